"""Past consignments, as a customs office keeps them: what is usual, and who has been seen before.

A CSV file with one row for each goods item of a past consignment, and these columns:
``reference``, ``day``, ``consignor``, ``consignee``, ``carrier``, ``hs_code``, ``net_mass_kg``,
``volume_m3``, ``value``, ``currency``, ``route`` (territories in order, between spaces) and
``infringement`` (empty, or what was found). A party is written ``SCHEME:number``, such as
``VKN:1234567890``.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from kervan.cargo.parties import Party
from kervan.cargo.reading import CargoError

COLUMNS = (
    "reference",
    "day",
    "consignor",
    "consignee",
    "carrier",
    "hs_code",
    "net_mass_kg",
    "volume_m3",
    "value",
    "currency",
    "route",
    "infringement",
)
PAST_ROLES = ("consignor", "consignee", "carrier")
"""Roles in which a party stands in the file."""

MOST_BYTES = 64 * 2**20
"""Size of the largest file that is read; some half a million rows."""

SMALLEST_SPREAD = 0.05
"""Least spread of a logarithm that a score counts with: 5 %, so that ten past consignments that
were all alike do not make one that is 1 % off look extraordinary."""


@dataclass(frozen=True, slots=True)
class PastItem:
    """One goods item of a past consignment: one row."""

    reference: str
    day: date
    consignor: str
    consignee: str
    carrier: str
    hs_code: str
    net_mass_kg: float | None
    volume_m3: float | None
    value: float | None
    currency: str
    route: tuple[str, ...]
    infringement: str

    @property
    def density(self) -> float | None:
        """Kilograms net for a cubic metre."""
        return _ratio(self.net_mass_kg, self.volume_m3)

    @property
    def unit_value(self) -> float | None:
        """Value for a kilogram net."""
        return _ratio(self.value, self.net_mass_kg)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """How far a value is from what is usual.

    Attributes
    ----------
    score
        Robust z-score of its logarithm: distance from the median in median absolute deviations,
        scaled by 1.4826 so that a normal spread is 1.
    median
        Of the past values.
    count
        How many.
    prefix
        The HS code, heading or chapter they are of.
    """

    score: float
    median: float
    count: int
    prefix: str


class Past:
    """What a file of past consignments says."""

    __slots__ = ("_known", "_parties", "_prefixes", "items")

    def __init__(self, items: Sequence[PastItem] = ()) -> None:
        self.items = tuple(items)
        # Worked out when first asked for, as a consignment may have thousands of items.
        self._known: dict[tuple[str, str, str], tuple[int, float, float] | None] = {}
        self._prefixes: dict[str, list[PastItem]] = {}
        self._parties: dict[str, dict[str, dict[str, bool]]] = {}

    def before(self, day: date) -> Past:
        """Return what was known on a day: consignments of earlier days alone."""
        return Past([item for item in self.items if item.day < day])

    def of_party(self, role: str, keys: frozenset[str]) -> tuple[int, int]:
        """Return how many past consignments a party was in, and how many had an infringement."""
        by_party = self._parties.get(role)
        if by_party is None:
            by_party = self._parties[role] = {}
            for item in self.items:
                of = by_party.setdefault(getattr(item, role), {})
                of[item.reference] = of.get(item.reference, False) or bool(item.infringement)
        seen: dict[str, bool] = {}
        for key in keys:
            for reference, infringed in by_party.get(key, {}).items():
                seen[reference] = seen.get(reference, False) or infringed
        return len(seen), sum(seen.values())

    def routes(self, start: str, end: str) -> dict[tuple[str, ...], int]:
        """Return the past ways between two territories, with the number of consignments of each."""
        by_reference = {
            item.reference: item.route
            for item in self.items
            if len(item.route) > 1 and (item.route[0], item.route[-1]) == (start, end)
        }
        found: dict[tuple[str, ...], int] = {}
        for route in by_reference.values():
            found[route] = found.get(route, 0) + 1
        return found

    def anomaly(
        self, hs_code: str, value: float, of: str, *, least: int, currency: str = ""
    ) -> Anomaly | None:
        """Return how far a density or unit value is from the past of its HS code.

        The code itself is taken where at least ``least`` past items have it, else its heading, else
        its chapter; None where not even that has so many.

        Notes
        -----
        The modified z-score of Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (ASQC,
        1993), of logarithms because both figures are ratios; they take 3.5 as the bound.
        """
        for length in (6, 4, 2):
            prefix = hs_code[:length]
            if len(prefix) < length:
                continue
            usual = self._usual(prefix, of, currency if of == "unit_value" else "")
            if usual is not None and usual[0] >= least:
                count, middle, spread = usual
                score = (math.log(value) - middle) / max(spread, SMALLEST_SPREAD)
                return Anomaly(score, math.exp(middle), count, prefix)
        return None

    def _usual(self, prefix: str, of: str, currency: str) -> tuple[int, float, float] | None:
        """Return number, median and spread of the logarithms of the past of an HS prefix."""
        key = (prefix, of, currency)
        if key not in self._known:
            logs = [
                math.log(past)
                for item in self._of_prefix(prefix)
                if (not currency or item.currency == currency)
                and (past := getattr(item, of)) is not None
            ]
            middle = median(logs) if logs else 0.0
            spread = 1.4826 * median(abs(x - middle) for x in logs) if logs else 0.0
            self._known[key] = (len(logs), middle, spread) if logs else None
        return self._known[key]

    def _of_prefix(self, prefix: str) -> Sequence[PastItem]:
        if not self._prefixes:
            for item in self.items:
                for length in (6, 4, 2):
                    if len(item.hs_code) >= length:
                        self._prefixes.setdefault(item.hs_code[:length], []).append(item)
        return self._prefixes.get(prefix, ())


def party_keys(party: Party | None) -> frozenset[str]:
    """Return how a party is written in the file: ``SCHEME:number`` for each of its numbers."""
    if party is None:
        return frozenset()
    return frozenset(f"{i.scheme}:{i.value}" for i in party.identifiers)


def read_past(path: Path) -> Past:
    """Read a file of past consignments.

    Raises
    ------
    CargoError
        If it cannot be read, lacks a column, or has a value that is none; the message names the
        line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CargoError(
                f"{path} is larger than {MOST_BYTES // 2**20} MB; give the last year alone."
            )
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise CargoError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CargoError(f"{path} is not written in UTF-8; save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if lacking:
        raise CargoError(f"{path} has no column '{lacking[0]}'. Expected {', '.join(COLUMNS)}.")
    try:
        return Past([_item(row, reader.line_num, path) for row in reader])
    except csv.Error as error:
        raise CargoError(f"{path}, line {reader.line_num}: {error}.") from None


def _item(row: dict[str, str], line: int, path: Path) -> PastItem:
    try:
        return PastItem(
            row["reference"],
            date.fromisoformat(row["day"]),
            row["consignor"],
            row["consignee"],
            row["carrier"],
            row["hs_code"],
            _number(row["net_mass_kg"]),
            _number(row["volume_m3"]),
            _number(row["value"]),
            row["currency"],
            tuple(row["route"].split()),
            row["infringement"].strip(),
        )
    except ValueError as error:
        raise CargoError(
            f"{path}, line {line}: {error}. Days are written like 2026-12-01, numbers like 4800.5 "
            "and above zero."
        ) from None


def _number(text: str) -> float | None:
    if not text:
        return None
    number = float(text)
    if not (number > 0 and math.isfinite(number)):
        raise ValueError(f"'{text}' is no number above zero")
    return number


def _ratio(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above / below

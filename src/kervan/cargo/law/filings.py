"""What each territory wants filed before goods come or go: data, with ground and source.

``requirements.csv`` beside this module has one row a filing, ``sources.csv`` one a source.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, cast

from kervan.cargo.law.elements import is_scoped, segments_of
from kervan.cargo.law.way import Role, Side

DATA = Path(__file__).parent
"""Where the tables lie."""


@dataclass(frozen=True, slots=True)
class LawSource:
    """Where a row comes from: one row of ``sources.csv``."""

    source_id: str
    title: str
    publisher: str
    url: str
    published: str
    retrieved: str
    note: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing a territory asks for: one row of ``requirements.csv``.

    Attributes
    ----------
    filing_id
        Key.
    territory
        Who asks: ``EU``, ``EAEU``, a country, or ``*`` for whoever takes part.
    side
        Whether on entry or on exit.
    modes
        Modes of transport it is for; all where empty.
    from_countries
        On entry by sea, countries left (on exit, entered) it is for; all where empty.
    not_from_countries
        Those it is not for.
    roles
        Whether the way begins, passes or ends in the territory.
    regimes
        Procedures it is for; any, and none, where empty.
    title, filer
        What is filed, and by whom.
    lead
        How long before the moment it is counted from.
    counted_from
        ``arrival`` at the border, or ``loading`` for the movement that crosses it. A consignment
        has no moment of loading; its departure is taken.
    is_binding
        Whether it must be; else it may be, and speeds things up.
    elements
        What must be in it, as :mod:`kervan.cargo.law.elements` reads names.
    elements_of_the_border
        Those among them whose meaning depends on the border: its movement, carrier and procedure.
    documents
        Kinds of documents of :mod:`kervan.documents` that give its data, the nearest first.
    legal_basis, edition
        Its ground, and the edition of the text.
    basis
        ``published`` where the source says the obligation and its lead time; ``known`` where part
        of the row is general knowledge, which ``note`` names.
    source_id
        Row of ``sources.csv``.
    valid_from, valid_to
        First and last day; None is unlimited.
    note
        What is simplified or not known.
    """

    filing_id: str
    territory: str
    side: Side
    modes: frozenset[str]
    from_countries: frozenset[str]
    not_from_countries: frozenset[str]
    roles: frozenset[Role]
    regimes: frozenset[str]
    title: str
    filer: str
    lead: timedelta
    counted_from: Literal["arrival", "loading"]
    is_binding: bool
    elements: tuple[str, ...]
    elements_of_the_border: frozenset[str]
    documents: tuple[str, ...]
    legal_basis: str
    edition: str
    basis: Literal["published", "known"]
    source_id: str
    valid_from: date | None
    valid_to: date | None
    note: str

    def applies(self, crossing: Crossing, day: date | None) -> bool:
        """Return whether it is asked for at a crossing on a day."""
        return (
            (not self.modes or crossing.mode in self.modes)
            and crossing.role in self.roles
            and (not self.from_countries or crossing.other_country in self.from_countries)
            and crossing.other_country not in self.not_from_countries
            and (not self.regimes or bool(self.regimes & crossing.regimes))
            and (
                day is None
                or (
                    (self.valid_from is None or self.valid_from <= day)
                    and (self.valid_to is None or day <= self.valid_to)
                )
            )
        )


class Crossing(NamedTuple):
    """What decides which filings are asked for on one side of a border."""

    territory: str
    side: Side
    role: Role
    mode: str
    other_country: str
    regimes: frozenset[str]


class Asked(NamedTuple):
    """What is asked for at a crossing.

    Attributes
    ----------
    filings
        In order of the table.
    anywhere
        Elements of theirs that are the same wherever they are asked for.
    """

    filings: tuple[Filing, ...]
    anywhere: frozenset[str]


@lru_cache(maxsize=8_192)
def asked_at(crossing: Crossing, day: date | None) -> Asked:
    """Return what is asked for at a crossing on a day; of any day where none is given."""
    found = tuple(
        filing
        for territory in (crossing.territory, "*")
        for filing in _by_border().get((territory, crossing.side), ())
        if filing.applies(crossing, day)
    )
    return Asked(
        found, frozenset(e for f in found for e in f.elements if e not in f.elements_of_the_border)
    )


@lru_cache(maxsize=1)
def all_filings() -> tuple[Filing, ...]:
    """Return every row, in order of the table."""
    return tuple(_filing(row) for row in _rows(DATA / "requirements.csv"))


@lru_cache(maxsize=1)
def law_sources() -> Mapping[str, LawSource]:
    """Return the sources by their key."""
    rows = _rows(DATA / "sources.csv")
    return MappingProxyType({row["source_id"]: LawSource(**row) for row in rows})


@lru_cache(maxsize=1)
def territories_on_file() -> frozenset[str]:
    """Return the territories some filing of which is known."""
    return frozenset(f.territory for f in all_filings()) - {"*"}


@lru_cache(maxsize=1)
def _by_border() -> dict[tuple[str, str], tuple[Filing, ...]]:
    found: dict[tuple[str, str], list[Filing]] = {}
    for filing in all_filings():
        found.setdefault((filing.territory, filing.side), []).append(filing)
    return {key: tuple(rows) for key, rows in found.items()}


def _filing(row: dict[str, str]) -> Filing:
    elements = tuple(row["elements"].split())
    for element in elements:
        segments_of(element)
    countries = row["countries"].split()
    return Filing(
        row["filing_id"],
        row["territory"],
        cast(Side, row["side"]),
        frozenset(row["modes"].split()),
        frozenset(c for c in countries if not c.startswith("!")),
        frozenset(c[1:] for c in countries if c.startswith("!")),
        cast("frozenset[Role]", frozenset(row["roles"].split())),
        frozenset(row["regimes"].split()),
        row["title"],
        row["filer"],
        timedelta(minutes=int(row["lead_minutes"])),
        cast("Literal['arrival', 'loading']", row["counted_from"]),
        row["binding"] == "yes",
        elements,
        frozenset(element for element in elements if is_scoped(element)),
        tuple(row["documents"].split()),
        row["legal_basis"],
        row["edition"],
        cast("Literal['published', 'known']", row["basis"]),
        row["source_id"],
        _day(row["valid_from"]),
        _day(row["valid_to"]),
        row["note"],
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""Which simplifications a consignment may claim, on what instrument, and whether it is in force.

``simplifications.csv`` beside this module has one row an arrangement. A row of a *kind*, such as
``AEO``, is for parties that hold an authorisation of that kind from one of ``granted_by``; it
counts in each territory of ``recognised_by`` that the way passes (``=`` is the granting one). A row
without a kind is for consignments whose way passes all of ``granted_by``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

from kervan.cargo.consignment import Consignment
from kervan.cargo.law.way import country_of
from kervan.cargo.parties import Party
from kervan.cargo.territories import UNIONS, territory_of
from kervan.feed.tables import Instrument

Status = Literal["in_force", "signed", "planned", "lapsed"]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One row of ``simplifications.csv``; see there for what the columns mean.

    Attributes
    ----------
    arrangement_id, title
        Key and name.
    kind
        Of authorisation it is for; empty where it is for a way.
    granted_by, recognised_by
        Countries, or ``EU``; ``*`` is all.
    instrument_id
        Row of a feed's ``instruments``, whose status and days then count instead of these.
    effect
        What it allows.
    status, valid_from, valid_to
        Whether it binds, and since and until when.
    basis
        ``published`` where the source says so, ``known`` where it is general knowledge.
    source, url, note
        Where that is from, and what is not known.
    """

    arrangement_id: str
    title: str
    kind: str
    granted_by: frozenset[str]
    recognised_by: frozenset[str]
    instrument_id: str
    effect: str
    status: Status
    valid_from: date | None
    valid_to: date | None
    basis: Literal["published", "known"]
    source: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class Simplification:
    """An arrangement that touches this consignment.

    Attributes
    ----------
    arrangement
        Which.
    role, authorisation
        Who holds an authorisation, and its number; empty where it is for the way.
    country
        That granted it.
    territory
        Where it counts.
    applies
        Whether it is in force there on the day.
    why
        In words.
    """

    arrangement: Arrangement
    role: str
    authorisation: str
    country: str
    territory: str
    applies: bool
    why: str


def simplifications_of(
    consignment: Consignment, *, day: date, instruments: Iterable[Instrument] = ()
) -> tuple[Simplification, ...]:
    """Return the simplifications that touch a consignment, those in force first.

    Parameters
    ----------
    consignment
        With the authorisations of its parties.
    day
        Day they have to be in force.
    instruments
        A feed's, whose status goes before the table's own.
    """
    known = {i.instrument_id: i for i in instruments}
    found = [
        *_of_parties(consignment, day, known),
        *_of_the_way(consignment, day, known),
    ]
    return tuple(sorted(found, key=lambda s: not s.applies))


def parties_of(consignment: Consignment) -> Iterator[tuple[str, Party]]:
    """Yield the parties that may hold authorisations, with their role."""
    for role in ("consignor", "consignee"):
        party = getattr(consignment, role)
        if party is not None:
            yield role, party
    for carrier in consignment.carriers:
        if carrier.party is not None:
            yield "carrier", carrier.party
    for procedure in consignment.procedures:
        if procedure.holder is not None:
            yield "holder", procedure.holder
    for other in consignment.other_parties:
        yield other.role, other.party


@lru_cache(maxsize=1)
def arrangements() -> tuple[Arrangement, ...]:
    """Return every row of the table."""
    path = Path(__file__).with_name("simplifications.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Arrangement(
                row["simplification_id"],
                row["title"],
                row["kind"],
                frozenset(row["granted_by"].split()),
                frozenset(row["recognised_by"].split()),
                row["instrument_id"],
                row["effect"],
                cast(Status, row["status"]),
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                cast("Literal['published', 'known']", row["basis"]),
                row["source"],
                row["url"],
                row["note"],
            )
            for row in csv.DictReader(file)
        )


def _of_parties(
    consignment: Consignment, day: date, known: dict[str, Instrument]
) -> Iterator[Simplification]:
    passed = _countries(consignment)
    seen: set[tuple[str, str, str, str]] = set()
    for role, party in parties_of(consignment):
        for held in party.authorisations:
            for row in arrangements():
                if row.kind != held.kind or not _among(held.country, row.granted_by):
                    continue
                for country in passed:
                    home = territory_of(country) == territory_of(held.country)
                    here = (
                        home
                        if "=" in row.recognised_by
                        else (not home or row.arrangement_id.startswith("eaeu"))
                        and _among(country, row.recognised_by)
                    )
                    territory = territory_of(country)
                    key = (row.arrangement_id, role, held.number, territory)
                    if here and key not in seen:
                        seen.add(key)
                        applies, why = _in_force(row, day, known)
                        yield Simplification(
                            row, role, held.number, held.country, territory, applies, why
                        )


def _of_the_way(
    consignment: Consignment, day: date, known: dict[str, Instrument]
) -> Iterator[Simplification]:
    passed = set(_countries(consignment))
    for row in arrangements():
        if not row.kind and row.granted_by <= passed:
            applies, why = _in_force(row, day, known)
            yield Simplification(row, "", "", "", " ".join(sorted(row.granted_by)), applies, why)


def _countries(consignment: Consignment) -> tuple[str, ...]:
    """Return the countries of the way, each once and in order."""
    return tuple(
        dict.fromkeys(
            country
            for movement in consignment.movements
            for place in (movement.origin, movement.destination)
            if (country := country_of(place))
        )
    )


def _among(country: str, countries: frozenset[str]) -> bool:
    return bool({"*", country} & countries) or ("EU" in countries and UNIONS.get(country) == "EU")


def _in_force(row: Arrangement, day: date, known: dict[str, Instrument]) -> tuple[bool, str]:
    instrument = known.get(row.instrument_id)
    if instrument is None:
        status, begins, ends, title = row.status, row.valid_from, row.valid_to, row.title
    else:
        status, title = cast(Status, instrument.status), instrument.title
        begins, ends = instrument.valid_from, instrument.valid_to
    if status != "in_force":
        return False, f"{title} is {status.replace('_', ' ')}, not in force"
    if begins is not None and day < begins:
        return False, f"{title} is in force only from {begins}"
    if ends is not None and day > ends:
        return False, f"{title} was in force until {ends}"
    return True, f"{title}: {row.effect}"

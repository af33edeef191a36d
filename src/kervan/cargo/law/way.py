"""Where and when a consignment enters and leaves each customs territory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from kervan.cargo.consignment import Consignment
from kervan.cargo.procedures import CustomsOffice, Procedure
from kervan.cargo.territories import territory_of
from kervan.cargo.transport import Movement, Place

Side = Literal["entry", "exit"]
Role = Literal["from", "through", "to"]

_WATER = ("sea", "ferry", "inland_waterway")


class Visit(NamedTuple):
    """A stay in one territory: positions of its first and last movement, and its procedures."""

    territory: str
    first: int
    last: int
    procedures: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Border:
    """One side of one crossing.

    Attributes
    ----------
    side
        Whether the territory is entered or left.
    territory
        Which.
    role
        Whether the way begins in it, ends in it or passes through.
    position
        Of the movement that crosses, from 0.
    mode
        Its mode.
    other_country
        The country on the other side: left on entry, entered on exit.
    name
        The crossing in words.
    at
        When; None where the consignment does not say.
    is_bound
        Whether ``at`` is only the departure before it, so that the crossing comes later.
    procedures
        Positions of the territory's procedures, from 0.
    """

    side: Side
    territory: str
    role: Role
    position: int
    mode: str
    other_country: str
    name: str
    at: datetime | None
    is_bound: bool
    procedures: tuple[int, ...]


def country_of(place: Place) -> str:
    """Return the country of a place, by its code where it is not said; empty where neither says."""
    if place.country:
        return place.country
    head = place.place_id[:2]
    return head if head.isascii() and head.isalpha() and head.isupper() else ""


@lru_cache(maxsize=1_024)
def _unions_of(countries: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(territory_of, countries))


def visits(consignment: Consignment) -> tuple[Visit, ...]:
    """Return the territories of the way in order; one that is entered twice stands there twice."""
    stays: list[tuple[str, int, int]] = []
    for position, movement in enumerate(consignment.movements):
        for place in (movement.origin, movement.destination):
            country = country_of(place)
            if not country:
                continue
            territory = territory_of(country)
            if stays and stays[-1][0] == territory:
                stays[-1] = (territory, stays[-1][1], position)
            else:
                stays.append((territory, position, position))
    return tuple(
        Visit(territory, first, last, _procedures_in(consignment, territory))
        for territory, first, last in stays
    )


def borders(
    consignment: Consignment, on_the_way: tuple[Visit, ...] | None = None
) -> Iterator[Border]:
    """Yield each exit and each entry, in order of the way; its visits may be given."""
    if on_the_way is None:
        on_the_way = visits(consignment)
    for before, after in pairwise(on_the_way):
        position = after.first
        movement = consignment.movements[position]
        at, is_bound, where = _moment(consignment, movement, before, after)
        name = where or f"{movement.origin.name or movement.origin.place_id} - " + (
            movement.destination.name or movement.destination.place_id
        )
        for side, visit, other in (
            ("exit", before, movement.destination),
            ("entry", after, movement.origin),
        ):
            role: Role = "through"
            if visit is on_the_way[0]:
                role = "from"
            elif visit is on_the_way[-1]:
                role = "to"
            yield Border(
                "exit" if side == "exit" else "entry",
                visit.territory,
                role,
                position,
                movement.mode,
                country_of(other),
                name,
                movement.departs if side == "exit" and movement.mode in _WATER else at,
                is_bound,
                visit.procedures,
            )


def _moment(
    consignment: Consignment, movement: Movement, before: Visit, after: Visit
) -> tuple[datetime | None, bool, str]:
    """Return when a movement reaches the border, whether that is a bound, and which office.

    By water the border is where the movement arrives. On land it lies somewhere between departure
    and arrival: an office on the far side that says when the goods are expected tells it, else the
    departure is the last moment that is surely before.
    """
    destination = movement.destination.name or movement.destination.place_id
    if movement.mode in _WATER:
        return movement.arrives, False, destination
    for position in (*after.procedures, *before.procedures):
        for office in _offices(consignment.procedures[position]):
            if (
                office.arrives is not None
                and territory_of(office.country or "") == after.territory
                and (movement.departs is None or movement.departs <= office.arrives)
                and (movement.arrives is None or office.arrives <= movement.arrives)
            ):
                return office.arrives, False, office.name or office.reference
    return movement.departs, True, ""


def _offices(procedure: Procedure) -> Iterator[CustomsOffice]:
    if procedure.office_of_departure is not None:
        yield procedure.office_of_departure
    yield from procedure.offices_of_transit


def _procedures_in(consignment: Consignment, territory: str) -> tuple[int, ...]:
    own, passing = [], []
    for position, procedure in enumerate(consignment.procedures):
        if territory_of(procedure.territory) == territory:
            own.append(position)
        elif territory in _passed(procedure):
            passing.append(position)
    return (*own, *passing)


def _passed(procedure: Procedure) -> frozenset[str]:
    """Return the territories a procedure names beside its own: on its routing, by its offices."""
    offices = procedure.offices_of_transit
    if procedure.office_of_destination is not None:
        offices = (*offices, procedure.office_of_destination)
    countries = (*procedure.countries_of_routing, *(office.country or "" for office in offices))
    return _unions_of(countries)

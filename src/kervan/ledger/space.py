"""Space on departures: taken everywhere at once or nowhere, given back, and given to who waits.

A *unit* is one section of one departure, the way between two calls next to each other. What is
taken of it is one conditional UPDATE: it takes if there is room, and says if there was. Units are
always taken and locked in one order, by departure and section, and rows of bookings after them, so
that no two transactions wait for each other. The CHECK on the table is a second net below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, tuple_, update

from kervan.ledger.database import by_code_point
from kervan.ledger.departures import departs_at, departure_of
from kervan.ledger.reduction import TryAgain
from kervan.ledger.tables import allotments, booking_units, bookings, capacity

MOST_SERVED = 100
"""How many waiting bookings are looked at when space comes free."""


# Made once, as making and hashing them anew takes longer than running them.
_TAKE = (
    update(capacity)
    .where(
        capacity.c.departure_id == bindparam("departure"),
        capacity.c.section == bindparam("number"),
        capacity.c.held + bindparam("teu") + capacity.c.allotted <= capacity.c.total,
    )
    .values(held=capacity.c.held + bindparam("teu"))
)
_LOOK = (
    select(capacity, allotments.c.guaranteed, allotments.c.used)
    .join(
        allotments,
        and_(
            allotments.c.departure_id == capacity.c.departure_id,
            allotments.c.section == capacity.c.section,
            allotments.c.member_id == bindparam("member"),
        ),
        isouter=True,
    )
    .where(
        tuple_(capacity.c.departure_id, capacity.c.section).in_(bindparam("units", expanding=True))
    )
)
_HOLD = insert(booking_units)


class Unit(NamedTuple):
    """One section of one departure; sections are counted from 0."""

    departure_id: str
    section: int


class NoSpace(Exception):
    """A unit has no room."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(f"There is no room on section {unit.section} of {unit.departure_id}.")
        self.unit = unit


@dataclass(frozen=True, slots=True)
class Share:
    """What of a unit is taken out of the member's allotment; the rest is out of what is free."""

    unit: Unit
    from_allotment: int

    def as_json(self) -> dict[str, Any]:
        """Return it as it stands in an outcome."""
        return {
            "departure_id": self.unit.departure_id,
            "section": self.unit.section,
            "from_allotment": self.from_allotment,
        }


def shares_of(outcome: Iterable[Mapping[str, Any]]) -> list[Share]:
    """Return the shares that stand in an outcome."""
    return [
        Share(Unit(row["departure_id"], row["section"]), row["from_allotment"]) for row in outcome
    ]


def lock(connection: Connection, units: Iterable[Unit]) -> None:
    """Lock units, in the order that everybody keeps. (On SQLite a writer is alone anyway.)"""
    wanted = sorted(set(units))
    if wanted and connection.dialect.name == "postgresql":
        connection.execute(
            select(capacity.c.section)
            .where(tuple_(capacity.c.departure_id, capacity.c.section).in_(wanted))
            .order_by(by_code_point(connection, capacity.c.departure_id), capacity.c.section)
            .with_for_update()
        ).all()


def look(
    connection: Connection, member_id: str, teu: int, units: Iterable[Unit]
) -> dict[Unit, int]:
    """Return what is left of a member's allotments on units, without those that have none.

    Nothing is locked: this saves the attempt where space is plainly gone, and promises none.

    Raises
    ------
    NoSpace
        If a unit has no room, or is none.
    """
    wanted = sorted(units)
    found, own = {}, {}
    for row in connection.execute(_LOOK, {"member": member_id, "units": wanted}):
        unit = Unit(row.departure_id, row.section)
        found[unit] = row.total - row.allotted - row.held
        if row.guaranteed is not None:
            own[unit] = row.guaranteed - row.used
    for unit in wanted:
        if found.get(unit, 0) + own.get(unit, 0) < teu:
            raise NoSpace(unit)
    return own


def take(
    connection: Connection,
    member_id: str,
    teu: int,
    units: Iterable[Unit],
    recorded: Sequence[Share] | None = None,
    seen: dict[Unit, int] | None = None,
) -> list[Share]:
    """Take space on every unit, out of the member's own allotment first.

    Parameters
    ----------
    connection
        In the transaction that holds the space.
    member_id, teu, units
        For whom, how much, and of what.
    recorded
        What was taken when the entry was written, where the state is rebuilt.
    seen
        What :func:`look` has just returned, where that was called.

    Raises
    ------
    NoSpace
        At the first unit without room. What was taken before it is taken still: the caller rolls
        back to its savepoint.
    """
    wanted = sorted(units)
    if recorded is not None:
        own = {share.unit: share.from_allotment for share in recorded}
    else:
        own = look(connection, member_id, teu, wanted) if seen is None else seen
        if own:
            # What is left of an allotment may only be believed under the lock of its unit.
            lock(connection, wanted)
            own = look(connection, member_id, teu, wanted)
    shares = []
    for unit in wanted:
        part = min(teu, own.get(unit, 0))
        if part:
            _use_allotment(connection, member_id, unit, part)
        free = teu - part
        done = connection.execute(
            _TAKE, {"departure": unit.departure_id, "number": unit.section, "teu": free}
        )
        if done.rowcount != 1:
            raise NoSpace(unit)
        shares.append(Share(unit, part))
    return shares


def give_back(connection: Connection, member_id: str, teu: int, shares: Iterable[Share]) -> None:
    """Give back what was taken, each part to where it came from."""
    for share in sorted(shares, key=lambda share: share.unit):
        connection.execute(
            update(capacity)
            .where(_is(share.unit))
            .values(held=capacity.c.held - (teu - share.from_allotment))
        )
        if share.from_allotment:
            _use_allotment(connection, member_id, share.unit, -share.from_allotment)


def shares_held(connection: Connection, booking_id: str) -> list[Share]:
    """Return what a booking holds, or waits for."""
    rows = connection.execute(
        select(booking_units).where(booking_units.c.booking_id == booking_id)
    ).mappings()
    return sorted(shares_of(rows.all()), key=lambda share: share.unit)  # type: ignore[arg-type]


def replace_shares(connection: Connection, booking_id: str, shares: Iterable[Share]) -> None:
    """Write down what a booking holds now, in the place of what it did."""
    connection.execute(delete(booking_units).where(booking_units.c.booking_id == booking_id))
    put_shares(connection, booking_id, shares)


def put_shares(connection: Connection, booking_id: str, shares: Iterable[Share]) -> None:
    """Write down what a new booking holds, or waits for."""
    connection.execute(
        _HOLD,
        [{"booking_id": booking_id, **share.as_json()} for share in shares],
    )


def lock_with_waiting(connection: Connection, freed: Iterable[Unit], own: Iterable[Unit]) -> None:
    """Lock units together with those that bookings want which wait for one that comes free."""
    units = {*freed, *own}
    for booking in _waiting(connection, freed):
        units |= {share.unit for share in shares_held(connection, booking["booking_id"])}
    lock(connection, units)
    for booking in _waiting(connection, freed):
        wanted = {share.unit for share in shares_held(connection, booking["booking_id"])}
        if not wanted <= units:  # it came to wait between looking and locking
            raise TryAgain


def serve(
    connection: Connection,
    freed: Iterable[Unit],
    now: datetime,
    recorded: Sequence[Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Give space that came free to who waits for it; the units are locked already.

    Who has waited longest comes first; of those who began at one moment, the lower booking number.
    One that does not fit is passed over for the next and goes on waiting. A booking whose first
    departure has left is passed over too.

    Returns
    -------
    list of dict
        ``booking_id``, ``held_until`` and ``units`` of each that holds space now.
    """
    served: list[dict[str, Any]] = []
    given = {row["booking_id"]: row for row in recorded or ()}
    for booking in _waiting(connection, freed):
        before = given.get(booking["booking_id"])
        if recorded is not None and before is None:
            continue
        wanted = [share.unit for share in shares_held(connection, booking["booking_id"])]
        end = hold_end(connection, wanted, now)
        if end is None:
            continue
        try:
            with connection.begin_nested():
                shares = take(
                    connection,
                    booking["member_id"],
                    booking["teu"],
                    wanted,
                    None if before is None else shares_of(before["units"]),
                )
        except NoSpace:
            continue
        connection.execute(
            update(bookings)
            .where(bookings.c.booking_id == booking["booking_id"])
            .values(status="held", held_until=end, waiting_since=None)
        )
        replace_shares(connection, booking["booking_id"], shares)
        served.append(
            {
                "booking_id": booking["booking_id"],
                "held_until": end.isoformat(),
                "units": [share.as_json() for share in shares],
            }
        )
    return served


def hold_end(connection: Connection, units: Iterable[Unit], now: datetime) -> datetime | None:
    """Return until when space on units would be held; None where the first of them has left.

    The shortest time of any departure counts, and no hold outlasts the first departure.
    """
    minutes, first = [], []
    for departure_id in {unit.departure_id for unit in units}:
        departure = departure_of(connection, departure_id)
        sections = [unit.section for unit in units if unit.departure_id == departure_id]
        minutes.append(departure.hold_minutes)
        first.append(departs_at(departure, min(sections)))
    if min(first) <= now:
        return None
    return min(now + timedelta(minutes=min(minutes)), min(first))


def _waiting(connection: Connection, units: Iterable[Unit]) -> Sequence[Mapping[Any, Any]]:
    wanted = sorted(set(units))
    if not wanted:
        return []
    touching = select(booking_units.c.booking_id).where(
        tuple_(booking_units.c.departure_id, booking_units.c.section).in_(wanted)
    )
    return (
        connection.execute(
            select(bookings)
            .where(bookings.c.status == "waiting", bookings.c.booking_id.in_(touching))
            .order_by(bookings.c.waiting_since, by_code_point(connection, bookings.c.booking_id))
            .limit(MOST_SERVED)
        )
        .mappings()
        .all()
    )


def _use_allotment(connection: Connection, member_id: str, unit: Unit, teu: int) -> None:
    """Move space between an allotment's use and its rest; the sum of the unit stays."""
    done = connection.execute(
        update(allotments)
        .where(
            allotments.c.departure_id == unit.departure_id,
            allotments.c.section == unit.section,
            allotments.c.member_id == member_id,
            allotments.c.used + teu <= allotments.c.guaranteed,
        )
        .values(used=allotments.c.used + teu)
    )
    if done.rowcount != 1:
        raise NoSpace(unit)


def _is(unit: Unit) -> Any:
    return and_(capacity.c.departure_id == unit.departure_id, capacity.c.section == unit.section)

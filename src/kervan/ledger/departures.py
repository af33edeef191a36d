"""Departures as they are sold: their calls, their rules, and who has which share of their space."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, model_validator
from sqlalchemy import Connection, bindparam, insert, select, update

from kervan.cargo.element import Code, Element, Moment
from kervan.ledger.database import insert_new
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import allotments, capacity, departures, members

MemberId = Annotated[str, Field(min_length=1, max_length=64)]
Space = Annotated[int, Field(ge=1, le=1_000_000)]


_ONE = select(departures).where(departures.c.departure_id == bindparam("departure"))


class Call(Element):
    """A stop of a departure.

    Attributes
    ----------
    place_id
        Where, as in the feed.
    arrives, departs
        When; the first call only departs, the last only arrives.
    """

    place_id: Code
    arrives: Moment | None = None
    departs: Moment | None = None


class CancellationStep(Element):
    """What cancelling costs from some time before departure on.

    Attributes
    ----------
    hours_before
        It holds for cancellations later than this many hours before departure.
    share
        Of the price, as decimal text between 0 and 1.
    """

    hours_before: Annotated[int, Field(ge=0, le=8_784)]
    share: Annotated[str, Field(pattern=r"^(0(\.\d{1,4})?|1(\.0{1,4})?)$")]


class PublishDeparture(Element):
    """Payload of ``departure.publish``; the departure is the entry's subject.

    Attributes
    ----------
    service_id
        Of which service it is a run, as in the feed.
    calls
        In order, two at least.
    space_teu
        What it carries on every section, TEU.
    hold_minutes
        How long space is held for a booking that is not confirmed.
    cancellation
        What cancelling costs; nothing where no step applies.
    next_departure_id
        Where a booking that misses this one is rolled over to.
    """

    service_id: MemberId
    calls: Annotated[tuple[Call, ...], Field(min_length=2, max_length=100)]
    space_teu: Space
    hold_minutes: Annotated[int, Field(ge=1, le=525_600)] = 1_440
    cancellation: tuple[CancellationStep, ...] = ()
    next_departure_id: MemberId | None = None

    @model_validator(mode="after")
    def _in_time(self) -> PublishDeparture:
        clock: datetime | None = None
        for number, call in enumerate(self.calls):
            is_first, is_last = number == 0, number == len(self.calls) - 1
            if (call.arrives is None) != is_first or (call.departs is None) != is_last:
                raise ValueError("every call arrives but the first, and departs but the last")
            for moment in (call.arrives, call.departs):
                if moment is not None and clock is not None and moment < clock:
                    raise ValueError(f"call {number} is before the one it follows")
                clock = moment or clock
        return self


class ResizeDeparture(Element):
    """Payload of ``departure.resize``; the departure is the entry's subject.

    Attributes
    ----------
    space_teu
        What it carries from now on, on every section.
    """

    space_teu: Annotated[int, Field(ge=0, le=1_000_000)]


class GrantAllotment(Element):
    """Payload of ``allotment.grant`` and ``allotment.release``; the departure is the subject.

    Attributes
    ----------
    member_id
        Whose guaranteed share grows or shrinks.
    teu
        By how much, on every section.
    """

    member_id: MemberId
    teu: Space


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure as it stands.

    Attributes
    ----------
    departure_id, carrier_id
        Its identifier, and whose it is.
    calls
        In order.
    hold_minutes, cancellation, next_departure_id
        As in :class:`PublishDeparture`.
    """

    departure_id: str
    carrier_id: str
    calls: tuple[Call, ...]
    hold_minutes: int
    cancellation: tuple[CancellationStep, ...]
    next_departure_id: str | None


def departure_of(connection: Connection, departure_id: str) -> Departure:
    """Return a departure, or refuse where there is none."""
    row = connection.execute(_ONE, {"departure": departure_id}).mappings().first()
    if row is None:
        raise Refused("unknown-departure", f"There is no departure {departure_id}.")
    return _departure(row)


def departs_at(departure: Departure, section: int) -> datetime:
    """Return when a departure leaves the call where a section begins."""
    moment = departure.calls[section].departs
    assert moment is not None
    return moment


def arrives_at(departure: Departure, call: int) -> datetime:
    """Return when a departure arrives at a call."""
    moment = departure.calls[call].arrives
    assert moment is not None
    return moment


def cancellation_share(departure: Departure, left_hours: Decimal) -> Decimal:
    """Return which share of the price a cancellation costs so many hours before departure."""
    due = [Decimal(s.share) for s in departure.cancellation if left_hours < s.hours_before]
    return max(due, default=Decimal(0))


def publish(writing: Writing, payload: PublishDeparture) -> Outcome:
    """Put a departure on sale."""
    is_new = insert_new(
        writing.connection,
        departures,
        {
            "departure_id": writing.subject,
            "carrier_id": writing.member_id,
            "service_id": payload.service_id,
            "calls": json.dumps([call.model_dump(mode="json") for call in payload.calls]),
            "hold_minutes": payload.hold_minutes,
            "cancellation": json.dumps([s.model_dump(mode="json") for s in payload.cancellation]),
            "next_departure_id": payload.next_departure_id,
        },
    )
    if not is_new:
        raise Refused("departure-exists", f"There is a departure {writing.subject} already.")
    writing.connection.execute(
        insert(capacity),
        [
            {
                "departure_id": writing.subject,
                "section": section,
                "total": payload.space_teu,
                "allotted": 0,
                "held": 0,
            }
            for section in range(len(payload.calls) - 1)
        ],
    )
    return {"status": "published", "sections": len(payload.calls) - 1}


def resize(writing: Writing, payload: ResizeDeparture) -> Outcome:
    """Change what a departure carries, on every section or on none; who waits is served."""
    from kervan.ledger.space import lock_with_waiting, serve

    connection = writing.connection
    units = _own_units(writing)
    lock_with_waiting(connection, units, units)
    for unit in units:
        done = connection.execute(
            update(capacity)
            .where(
                capacity.c.departure_id == unit.departure_id,
                capacity.c.section == unit.section,
                capacity.c.held + capacity.c.allotted <= payload.space_teu,
            )
            .values(total=payload.space_teu)
        )
        if done.rowcount != 1:
            raise Refused(
                "no-space",
                f"More than {payload.space_teu} TEU are held or allotted on section "
                f"{unit.section} of {unit.departure_id}; roll bookings over first.",
                section=unit.section,
            )
    served = serve(connection, units, writing.now, _recorded_served(writing))
    return {"status": "resized", "served": served}


def grant(writing: Writing, payload: GrantAllotment) -> Outcome:
    """Guarantee a member a share of the space, on every section or on none."""
    from kervan.ledger.space import lock

    connection = writing.connection
    known = select(members.c.member_id).where(members.c.member_id == payload.member_id)
    if connection.execute(known).first() is None:
        raise Refused("unknown-member", f"There is no member {payload.member_id}.")
    units = _own_units(writing)
    lock(connection, units)
    for unit in units:
        allotted = capacity.c.allotted + payload.teu
        done = connection.execute(
            update(capacity)
            .where(
                capacity.c.departure_id == unit.departure_id,
                capacity.c.section == unit.section,
                capacity.c.held + allotted <= capacity.c.total,
            )
            .values(allotted=allotted)
        )
        if done.rowcount != 1:
            raise Refused(
                "no-space",
                f"Section {unit.section} of {unit.departure_id} has no {payload.teu} TEU left.",
                section=unit.section,
            )
        key = {
            "departure_id": unit.departure_id,
            "section": unit.section,
            "member_id": payload.member_id,
        }
        if not insert_new(connection, allotments, {**key, "guaranteed": payload.teu, "used": 0}):
            connection.execute(
                update(allotments)
                .where(*(allotments.c[name] == value for name, value in key.items()))
                .values(guaranteed=allotments.c.guaranteed + payload.teu)
            )
    return {"status": "granted"}


def release(writing: Writing, payload: GrantAllotment) -> Outcome:
    """Take back what a member has not used of its share; who waits is served."""
    from kervan.ledger.space import lock_with_waiting, serve

    connection = writing.connection
    units = _own_units(writing)
    lock_with_waiting(connection, units, units)
    for unit in units:
        done = connection.execute(
            update(allotments)
            .where(
                allotments.c.departure_id == unit.departure_id,
                allotments.c.section == unit.section,
                allotments.c.member_id == payload.member_id,
                allotments.c.guaranteed - allotments.c.used >= payload.teu,
            )
            .values(guaranteed=allotments.c.guaranteed - payload.teu)
        )
        if done.rowcount != 1:
            raise Refused(
                "in-use",
                f"{payload.member_id} has no {payload.teu} TEU unused on section {unit.section} "
                f"of {unit.departure_id}.",
                section=unit.section,
            )
        connection.execute(
            update(capacity)
            .where(
                capacity.c.departure_id == unit.departure_id,
                capacity.c.section == unit.section,
            )
            .values(allotted=capacity.c.allotted - payload.teu)
        )
    served = serve(connection, units, writing.now, _recorded_served(writing))
    return {"status": "released", "served": served}


def _own_units(writing: Writing) -> list[Any]:
    """Return the units of the departure an entry is about, which must be its writer's."""
    from kervan.ledger.space import Unit

    departure = departure_of(writing.connection, writing.subject)
    if departure.carrier_id != writing.member_id and writing.writer_kind != "operator":
        raise Refused("not-permitted", f"Departure {writing.subject} is {departure.carrier_id}'s.")
    return [Unit(writing.subject, section) for section in range(len(departure.calls) - 1)]


def _recorded_served(writing: Writing) -> list[Mapping[str, Any]] | None:
    return None if writing.recorded is None else list(writing.recorded["served"])


def _departure(row: Mapping[Any, Any]) -> Departure:
    return Departure(
        row["departure_id"],
        row["carrier_id"],
        tuple(Call.model_validate(call) for call in json.loads(row["calls"])),
        row["hold_minutes"],
        tuple(CancellationStep.model_validate(s) for s in json.loads(row["cancellation"])),
        row["next_departure_id"],
    )


_SELLERS = frozenset({"operator", "carrier"})

KINDS: Sequence[Kind] = (
    Kind("departure.publish", PublishDeparture, _SELLERS, publish, "puts a departure on sale", 64),
    Kind("departure.resize", ResizeDeparture, _SELLERS, resize, "changes what a departure carries"),
    Kind("allotment.grant", GrantAllotment, _SELLERS, grant, "guarantees a member some space"),
    Kind("allotment.release", GrantAllotment, _SELLERS, release, "takes back unused guarantees"),
)
"""Kinds of entry about departures and their space."""

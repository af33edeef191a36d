"""Bookings: an offer accepted, its space held, confirmed, rolled over, given up, or waited for.

accept ─▶ held ─▶ confirmed ─▶ cancelled (with a fee)
   │       ├─▶ expired
   │       └─▶ cancelled
   └─▶ waiting ─▶ held …
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, select, update

from kervan.cargo.element import Element
from kervan.ledger.database import by_code_point, insert_new
from kervan.ledger.departures import MemberId, cancellation_share, departs_at, departure_of
from kervan.ledger.offers import (
    Offer,
    OfferedLeg,
    check_way,
    legs_of,
    legs_text,
    offer_of,
    units_of,
)
from kervan.ledger.reduction import Kind, Outcome, Refused, TryAgain, Writing
from kervan.ledger.space import (
    NoSpace,
    Share,
    Unit,
    give_back,
    hold_end,
    lock,
    lock_with_waiting,
    look,
    put_shares,
    replace_shares,
    serve,
    shares_held,
    shares_of,
    take,
)
from kervan.ledger.tables import bookings, capacity

MOST_EXPIRED = 500
"""Holds that one ``booking.expire`` ends; the next one goes on."""


class AcceptOffer(Element):
    """Payload of ``booking.accept``; the booking is the entry's subject.

    Attributes
    ----------
    offer_id
        Which offer.
    waitlist
        Whether to wait where there is no space.
    """

    offer_id: str
    waitlist: bool = False


class Nothing(Element):
    """A payload that says no more than the kind and the subject do."""


class RollOver(Element):
    """Payload of ``booking.roll``; the booking is the entry's subject.

    Attributes
    ----------
    departure_id
        The departure of the booking that it goes without; its next one is taken.
    """

    departure_id: MemberId


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it stands.

    Attributes
    ----------
    booking_id, offer_id, member_id, teu
        What it is, after which offer, whose, how much.
    status
        ``held``, ``waiting``, ``confirmed``, ``expired`` or ``cancelled``.
    legs
        The departures it goes with.
    held_until, waiting_since
        Where it is held and not confirmed; where it waits.
    fee_minor
        What its cancellation costs, in minor units of its offer's currency.
    """

    booking_id: str
    offer_id: str
    member_id: str
    teu: int
    status: str
    legs: tuple[OfferedLeg, ...]
    held_until: datetime | None
    waiting_since: datetime | None
    fee_minor: int | None


def booking_of(connection: Connection, booking_id: str) -> Booking:
    """Return a booking, or refuse where there is none."""
    row = (
        connection.execute(select(bookings).where(bookings.c.booking_id == booking_id))
        .mappings()
        .first()
    )
    if row is None:
        raise Refused("unknown-booking", f"There is no booking {booking_id}.")
    return Booking(**{**row, "legs": legs_of(row["legs"])})


def accept(writing: Writing, payload: AcceptOffer) -> Outcome:
    """Hold space on every departure of an offer, or on none; wait for it where asked to."""
    connection = writing.connection
    offer = offer_of(connection, payload.offer_id)
    if offer.to_member_id not in (None, writing.member_id):
        raise Refused("not-permitted", f"Offer {offer.offer_id} was made to somebody else.")
    if offer.valid_until < writing.now:
        raise Refused(
            "offer-ended", f"Offer {offer.offer_id} was good until {offer.valid_until.isoformat()}."
        )
    units = units_of(offer.legs)
    end = hold_end(connection, units, writing.now)
    if end is None:
        raise Refused("departed", "The first departure of the offer has left.")
    try:
        shares = _hold(writing, offer, units, end, payload.waitlist)
    except NoSpace as full:
        raise Refused("no-space", str(full), **_unit(full.unit)) from None
    if shares is None:
        return {"status": "waiting"}
    return {
        "status": "held",
        "held_until": end.isoformat(),
        "teu": offer.teu,
        "units": [share.as_json() for share in shares],
    }


def confirm(writing: Writing, _: Nothing) -> Outcome:
    """Make a booking of a hold, before it ends."""
    booking = _own(writing)
    # The row's own condition counts, not what was read: a sweep may be ending the hold.
    done = writing.connection.execute(
        update(bookings)
        .where(
            bookings.c.booking_id == booking.booking_id,
            bookings.c.status == "held",
            bookings.c.held_until >= writing.now,
        )
        .values(status="confirmed", held_until=None)
    )
    if done.rowcount != 1:
        ended = booking.status == "held"
        raise Refused(
            "hold-ended" if ended else "wrong-status",
            f"The hold of booking {booking.booking_id} has ended."
            if ended
            else f"Booking {booking.booking_id} is {booking.status}, not held.",
        )
    return {"status": "confirmed"}


def cancel(writing: Writing, _: Nothing) -> Outcome:
    """Give a booking up: its space goes to who waits, its departure's rules say the fee."""
    connection = writing.connection
    booking = _own(writing)
    units = units_of(booking.legs)
    lock_with_waiting(connection, units, units)
    before, booking = booking, _locked(writing)
    if before.legs != booking.legs:  # it was rolled over between looking and locking
        raise TryAgain
    if booking.status not in ("held", "waiting", "confirmed"):
        raise Refused("wrong-status", f"Booking {booking.booking_id} is {booking.status}.")
    first = departure_of(connection, booking.legs[0].departure_id)
    leaves = departs_at(first, booking.legs[0].from_call)
    if leaves <= writing.now:
        raise Refused("departed", f"Booking {booking.booking_id} left {leaves.isoformat()}.")
    offer = offer_of(connection, booking.offer_id)
    fee = 0
    if booking.status == "confirmed":
        left = Decimal((leaves - writing.now).total_seconds()) / 3600
        share = cancellation_share(first, left)
        fee = int((offer.price_minor * share).quantize(Decimal(1), ROUND_HALF_UP))
    connection.execute(
        update(bookings)
        .where(bookings.c.booking_id == booking.booking_id)
        .values(status="cancelled", held_until=None, waiting_since=None, fee_minor=fee)
    )
    served: list[dict[str, Any]] = []
    if booking.status != "waiting":
        shares = shares_held(connection, booking.booking_id)
        give_back(connection, booking.member_id, booking.teu, shares)
        served = serve(connection, units, writing.now, _served(writing))
    return {
        "status": "cancelled",
        "fee_minor": fee,
        "currency": offer.currency,
        "served": served,
    }


def roll(writing: Writing, payload: RollOver) -> Outcome:
    """Move a booking from one departure to its next, all sections at once or none.

    It costs nothing. Where the next one has no space, or leads to no connection, the booking stays
    as it is.
    """
    connection, recorded = writing.connection, writing.recorded
    booking = booking_of(connection, writing.subject)
    before = departure_of(connection, payload.departure_id)
    is_carrier = before.carrier_id == writing.member_id
    is_own = booking.member_id == writing.member_id
    if not (is_own or is_carrier or writing.writer_kind == "operator"):
        raise Refused("not-permitted", f"Booking {booking.booking_id} is another member's.")
    if before.next_departure_id is None:
        raise Refused("no-next", f"No departure is named that follows {payload.departure_id}.")
    if payload.departure_id not in {leg.departure_id for leg in booking.legs}:
        raise Refused("bad-way", f"The booking does not go with {payload.departure_id}.")
    legs = tuple(
        leg.model_copy(update={"departure_id": before.next_departure_id})
        if leg.departure_id == payload.departure_id
        else leg
        for leg in booking.legs
    )
    ways = check_way(connection, legs)
    after = ways[before.next_departure_id]
    if [c.place_id for c in after.calls] != [c.place_id for c in before.calls]:
        raise Refused("bad-way", f"{after.departure_id} does not call where the booking goes.")
    old, new = units_of(booking.legs), units_of(legs)
    if hold_end(connection, new, writing.now) is None:
        raise Refused("departed", "The first departure has left.")
    freed = [unit for unit in old if unit not in new]
    lock_with_waiting(connection, freed, [*old, *new])
    locked = _locked(writing)
    if locked.legs != booking.legs:
        raise TryAgain
    if locked.status not in ("held", "confirmed"):
        raise Refused("wrong-status", f"Booking {booking.booking_id} is {locked.status}.")
    give_back(
        connection, booking.member_id, booking.teu, shares_held(connection, booking.booking_id)
    )
    try:
        shares = take(
            connection,
            booking.member_id,
            booking.teu,
            new,
            None if recorded is None else shares_of(recorded["units"]),
        )
    except NoSpace as full:
        raise Refused("no-space", str(full), **_unit(full.unit)) from None
    connection.execute(
        update(bookings)
        .where(bookings.c.booking_id == booking.booking_id)
        .values(legs=legs_text(legs))
    )
    replace_shares(connection, booking.booking_id, shares)
    return {
        "status": "rolled",
        "units": [share.as_json() for share in shares],
        "served": serve(connection, freed, writing.now, _served(writing)),
    }


def expire(writing: Writing, _: Nothing) -> Outcome:
    """End every hold whose time is over, oldest first, and give the space to who waits."""
    connection, recorded = writing.connection, writing.recorded
    if recorded is None:
        over = connection.execute(
            select(bookings.c.booking_id)
            .where(bookings.c.status == "held", bookings.c.held_until < writing.now)
            .order_by(bookings.c.held_until, by_code_point(connection, bookings.c.booking_id))
            .limit(MOST_EXPIRED)
        ).scalars()
        names = list(over)
    else:
        names = list(recorded["expired"])
    shares = {name: shares_held(connection, name) for name in names}
    units = {share.unit for held in shares.values() for share in held}
    lock_with_waiting(connection, units, units)
    expired, freed = [], set()
    for name in names:
        # It may have been confirmed meanwhile.
        done = connection.execute(
            update(bookings)
            .where(
                bookings.c.booking_id == name,
                bookings.c.status == "held",
                bookings.c.held_until < writing.now,
            )
            .values(status="expired", held_until=None)
        )
        held = shares_held(connection, name)
        if done.rowcount != 1 or {s.unit for s in held} != {s.unit for s in shares[name]}:
            if recorded is not None:
                raise Refused("wrong-status", f"The hold of booking {name} has not ended.")
            if done.rowcount == 1:  # it was rolled over between looking and locking
                raise TryAgain
            continue
        booking = booking_of(connection, name)
        give_back(connection, booking.member_id, booking.teu, held)
        expired.append(name)
        freed |= {share.unit for share in held}
    served = serve(connection, freed, writing.now, _served(writing))
    return {"status": "expired", "expired": expired, "served": served}


def _hold(
    writing: Writing, offer: Offer, units: Sequence[Unit], end: datetime, waitlist: bool
) -> list[Share] | None:
    """Hold the space of a new booking; None where it waits for it.

    Raises
    ------
    NoSpace
        If there is no room, and the booking shall not wait or would wait in vain.
    """
    connection, recorded = writing.connection, writing.recorded
    if recorded is not None:
        if recorded["status"] == "waiting":
            _put(writing, offer, units, None)
            return None
        _put(writing, offer, units, end)
        shares = shares_of(recorded["units"])
        return _take(writing, offer, units, shares)
    try:
        seen = look(connection, writing.member_id, offer.teu, units)
        with connection.begin_nested() if waitlist else nullcontext():
            # Written before the space is taken, so that others wait for the space as shortly as
            # can be.
            _put(writing, offer, units, end)
            return _take(writing, offer, units, None, seen)
    except NoSpace:
        if not waitlist:
            raise
    # Who frees space looks for who waits under these locks. Without them, space could come free
    # between looking in vain and beginning to wait.
    lock(connection, units)
    try:
        with connection.begin_nested():
            _put(writing, offer, units, end)
            return _take(writing, offer, units)
    except NoSpace:
        if not _could_ever_hold(connection, units, offer.teu):
            raise
    _put(writing, offer, units, None)
    return None


def _put(writing: Writing, offer: Offer, units: Sequence[Unit], end: datetime | None) -> None:
    """Write a new booking down, held until a moment or, where that is None, waiting."""
    is_new = insert_new(
        writing.connection,
        bookings,
        {
            "booking_id": writing.subject,
            "offer_id": offer.offer_id,
            "member_id": writing.member_id,
            "teu": offer.teu,
            "status": "waiting" if end is None else "held",
            "legs": legs_text(offer.legs),
            "held_until": end,
            "waiting_since": writing.now if end is None else None,
            "fee_minor": None,
        },
    )
    if not is_new:
        raise Refused("booking-exists", f"There is a booking {writing.subject} already.")
    put_shares(writing.connection, writing.subject, [Share(unit, 0) for unit in units])


def _take(
    writing: Writing,
    offer: Offer,
    units: Sequence[Unit],
    recorded: list[Share] | None = None,
    seen: dict[Unit, int] | None = None,
) -> list[Share]:
    connection = writing.connection
    shares = take(connection, writing.member_id, offer.teu, units, recorded, seen)
    if any(share.from_allotment for share in shares):
        replace_shares(connection, writing.subject, shares)
    return shares


def _could_ever_hold(connection: Connection, units: Sequence[Unit], teu: int) -> bool:
    for unit in units:
        total = connection.execute(
            select(capacity.c.total).where(
                capacity.c.departure_id == unit.departure_id, capacity.c.section == unit.section
            )
        ).scalar_one()
        if total < teu:
            return False
    return True


def _own(writing: Writing) -> Booking:
    booking = booking_of(writing.connection, writing.subject)
    if booking.member_id != writing.member_id and writing.writer_kind != "operator":
        raise Refused("not-permitted", f"Booking {booking.booking_id} is another member's.")
    return booking


def _locked(writing: Writing) -> Booking:
    """Return the booking as it stands now that its row is locked, its units being locked before."""
    connection = writing.connection
    row = select(bookings.c.booking_id).where(bookings.c.booking_id == writing.subject)
    connection.execute(row.with_for_update()).all()
    return booking_of(connection, writing.subject)


def _served(writing: Writing) -> Sequence[Mapping[str, Any]] | None:
    return None if writing.recorded is None else list(writing.recorded["served"])


def _unit(unit: Unit) -> dict[str, Any]:
    return {"departure_id": unit.departure_id, "section": unit.section}


_BUYERS = frozenset({"operator", "carrier", "forwarder"})

KINDS: Sequence[Kind] = (
    Kind("booking.accept", AcceptOffer, _BUYERS, accept, "accepts an offer and holds its space"),
    Kind("booking.confirm", Nothing, _BUYERS, confirm, "makes a booking of a hold"),
    Kind("booking.cancel", Nothing, _BUYERS, cancel, "gives a booking up"),
    Kind("booking.roll", RollOver, _BUYERS, roll, "moves a booking to the next departure"),
    Kind(
        "booking.expire",
        Nothing,
        frozenset({"operator"}),
        expire,
        "ends the holds whose time is over",
    ),
)
"""Kinds of entry about bookings."""

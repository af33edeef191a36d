"""Offers that can be accepted: an itinerary over departures on sale, at a price."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, bindparam, select

from kervan.cargo.element import Element, Moment
from kervan.ledger.database import insert_new
from kervan.ledger.departures import (
    Departure,
    MemberId,
    Space,
    arrives_at,
    departs_at,
    departure_of,
)
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.space import Unit
from kervan.ledger.tables import offers

_ONE = select(offers).where(offers.c.offer_id == bindparam("offer"))


class OfferedLeg(Element):
    """A ride on one departure.

    Attributes
    ----------
    departure_id
        Which.
    from_call, to_call
        From which of its calls to which, counted from 0.
    """

    departure_id: MemberId
    from_call: Annotated[int, Field(ge=0, le=100)]
    to_call: Annotated[int, Field(ge=1, le=100)]


class MakeOffer(Element):
    """Payload of ``offer.make``; the offer is the entry's subject.

    Attributes
    ----------
    legs
        In order; each begins where the one before ends.
    teu
        How much it is for.
    price_minor, currency
        What it costs, in minor units of an ISO 4217 currency.
    valid_until
        Until when it can be accepted, as often as there is space.
    to_member_id
        Who alone may accept it; anybody where None.
    """

    legs: Annotated[tuple[OfferedLeg, ...], Field(min_length=1, max_length=50)]
    teu: Space
    price_minor: Annotated[int, Field(ge=0, le=10**15)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    valid_until: Moment
    to_member_id: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as it stands; the fields are those of :class:`MakeOffer`."""

    offer_id: str
    member_id: str
    to_member_id: str | None
    legs: tuple[OfferedLeg, ...]
    teu: int
    price_minor: int
    currency: str
    valid_until: datetime


def make(writing: Writing, payload: MakeOffer) -> Outcome:
    """Put an offer on the record."""
    check_way(writing.connection, payload.legs)
    is_new = insert_new(
        writing.connection,
        offers,
        {
            "offer_id": writing.subject,
            "member_id": writing.member_id,
            "to_member_id": payload.to_member_id,
            "legs": legs_text(payload.legs),
            "teu": payload.teu,
            "price_minor": payload.price_minor,
            "currency": payload.currency,
            "valid_until": payload.valid_until,
        },
    )
    if not is_new:
        raise Refused("offer-exists", f"There is an offer {writing.subject} already.")
    return {"status": "offered"}


def check_way(connection: Connection, legs: Sequence[OfferedLeg]) -> dict[str, Departure]:
    """Refuse legs that no cargo can ride one after the other; return their departures."""
    found: dict[str, Departure] = {}
    place, clock = None, None
    for number, leg in enumerate(legs):
        if leg.departure_id in found:
            raise Refused("bad-way", f"Departure {leg.departure_id} is ridden twice.")
        departure = found[leg.departure_id] = departure_of(connection, leg.departure_id)
        if not leg.from_call < leg.to_call < len(departure.calls):
            raise Refused(
                "bad-way",
                f"Leg {number} runs from call {leg.from_call} to {leg.to_call} of "
                f"{leg.departure_id}, which has calls 0 to {len(departure.calls) - 1}.",
            )
        begins = departure.calls[leg.from_call].place_id
        if place is not None and begins != place:
            raise Refused("bad-way", f"Leg {number} begins at {begins}, not at {place}.")
        leaves = departs_at(departure, leg.from_call)
        if clock is not None and leaves < clock:
            raise Refused(
                "bad-way",
                f"Leg {number} leaves {begins} at {leaves.isoformat()}, before the cargo is there "
                f"at {clock.isoformat()}.",
            )
        place = departure.calls[leg.to_call].place_id
        clock = arrives_at(departure, leg.to_call)
    return found


def units_of(legs: Iterable[OfferedLeg]) -> list[Unit]:
    """Return the units that legs run over, in the order in which they are taken."""
    return sorted(
        Unit(leg.departure_id, section)
        for leg in legs
        for section in range(leg.from_call, leg.to_call)
    )


def legs_text(legs: Iterable[OfferedLeg]) -> str:
    """Return legs as the text that is stored."""
    return json.dumps([leg.model_dump(mode="json") for leg in legs])


def legs_of(text: str) -> tuple[OfferedLeg, ...]:
    """Return legs from the text that is stored."""
    return tuple(OfferedLeg.model_validate(leg) for leg in json.loads(text))


def offer_of(connection: Connection, offer_id: str) -> Offer:
    """Return an offer, or refuse where there is none."""
    row: Mapping[Any, Any] | None = connection.execute(_ONE, {"offer": offer_id}).mappings().first()
    if row is None:
        raise Refused("unknown-offer", f"There is no offer {offer_id}.")
    return Offer(**{**row, "legs": legs_of(row["legs"])})


KINDS: Sequence[Kind] = (
    Kind(
        "offer.make",
        MakeOffer,
        frozenset({"operator", "carrier", "forwarder"}),
        make,
        "makes an offer",
    ),
)
"""Kinds of entry about offers."""

"""An offer kept as JSON, priced again: by today's record, or by that of the day it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kervan.errors import InvalidRequestError
from kervan.feed.tables import Feed
from kervan.network import compile_network
from kervan.network.legs import Leg
from kervan.offers.kept import offer_of
from kervan.shipment import Shipment, shipment
from kervan.tariff import Price, TariffBook

if TYPE_CHECKING:
    from kervan.offers.capacity import CapacityPrice


@dataclass(frozen=True, slots=True)
class Repriced:
    """An offer priced again.

    Attributes
    ----------
    legs, shipment
        What is priced.
    price
        The price now.
    quoted
        The total the offer was given with, in major units, None where it was incomplete.
    capacity
        What the places left, as they were then, make of the price now; None where the offer's did
        not depend on them.
    """

    legs: tuple[Leg, ...]
    shipment: Shipment
    price: Price
    quoted: str | None
    capacity: CapacityPrice | None = None

    @property
    def is_as_quoted(self) -> bool:
        """Whether the price is the quoted one to the cent."""
        total = self.price.total
        return self.quoted is not None and total is not None and str(total.major) == self.quoted


def reprice(
    feed: Feed,
    quote: Any,
    number: int,
    *,
    known_on: date | None = None,
    combination: str = "lowest",
) -> Repriced:
    """Price an offer of a quote again.

    Parameters
    ----------
    feed
        The feed to price by; it must still have the services of the offer.
    quote
        What ``kervan quote --json`` printed, parsed.
    number
        Which offer, from 1.
    known_on
        Day of the record to price by; None for today's.
    combination
        Rule of combination; see :class:`~kervan.tariff.TariffBook`.

    Raises
    ------
    InvalidRequestError
        If it is no quote, has no such offer, or the feed lacks one of its legs.
    """
    offer, request = offer_of(quote, number), quote["request"]
    day = date.fromisoformat(request["tariff_day"])
    legs = tuple(_leg(feed, day, leg) for leg in offer["legs"])
    cargo = shipment(
        request["equipment"],
        count=request["count"],
        weight_kg=request["weight_kg"],
        commodity=request["commodity"],
        dangerous_goods=request["dangerous_goods"],
        out_of_gauge=request["out_of_gauge"],
        block_train=request["block_train"],
        private_wagons=request["private_wagons"],
        value_usd=None if request["value_usd"] is None else Decimal(request["value_usd"]),
        customer_id=request["customer_id"],
    )
    book = TariffBook(feed, day, request["currency"], known_on=known_on, combination=combination)
    total = offer["price"]["total"]
    # Quotes of before it was asked for do not say what the customer commits to: nothing.
    committed = float(request.get("committed_teu", 0))
    price, capacity = book.price(legs, cargo, committed_teu=committed), None
    if offer.get("capacity") is not None:
        from kervan.offers.capacity import capacity_of_json, changed

        price, capacity = changed(price, capacity_of_json(offer["capacity"]))
    return Repriced(legs, cargo, price, total and total["amount"], capacity)


def _leg(feed: Feed, day: date, wanted: dict[str, Any]) -> Leg:
    service_id = wanted["service_id"]
    ends = (wanted["from"]["place_id"], wanted["to"]["place_id"])
    # The service alone, over a year, so that it is found whichever days it runs on.
    alone = _only(feed, service_id)
    if alone.services:
        network = compile_network(
            alone, day - timedelta(days=1), day + timedelta(days=365), include_planned=True
        )
        for leg in network.legs:
            if (leg.from_place_id, leg.to_place_id) == ends:
                return leg
    raise InvalidRequestError(
        f"The feed '{feed.info.name}' has no leg of {service_id} from {ends[0]} to {ends[1]} any "
        "more; price the offer by the version of the feed it was made with."
    )


def _only(feed: Feed, service_id: str) -> Feed:
    return replace(
        feed,
        services=tuple(row for row in feed.services if row.service_id == service_id),
        calls=tuple(row for row in feed.calls if row.service_id == service_id),
    )

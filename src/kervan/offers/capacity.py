"""Prices that follow the places left, in a quote: which departures are counted, and what it makes.

The search knows nothing of this: it finds ways by the tariff, and then the offers it found are
priced by what the places on their departures are worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import inf
from typing import TYPE_CHECKING, Any

from kervan.errors import InvalidRequestError
from kervan.tariff.exchange import ExchangeRates
from kervan.tariff.revenue import (
    BackhaulRule,
    CapacityRule,
    Outlook,
    capacity_line,
    with_capacity,
)
from kervan.tariff.revenue.inventory import Inventory, bid_prices, outlook_of

if TYPE_CHECKING:
    from kervan.feed.tables import Feed
    from kervan.itinerary import Ride
    from kervan.network.legs import Leg
    from kervan.offers.model import Offer
    from kervan.shipment import Shipment
    from kervan.tariff import Price


@dataclass(frozen=True, slots=True)
class CapacityPrice:
    """What the places left make of an offer's price, and all that it was worked out from.

    Attributes
    ----------
    counted_on
        Day on which the places were counted.
    rule
        The rule.
    outlooks
        One for each leg on a counted departure, at least one; in the currency of the price.
    sentences
        What was made of the price, and why.
    """

    counted_on: date
    rule: CapacityRule
    outlooks: tuple[Outlook, ...]
    sentences: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether every counted departure has places enough for the group."""
        return all(found.fits for found in self.outlooks)

    @property
    def lacking(self) -> str | None:
        """Say which departure is too full, None where all have places enough."""
        full = next((found for found in self.outlooks if not found.fits), None)
        if full is None:
            return None
        return (
            f"{full.name} has {full.left_teu:g} TEU left, and {full.teu:g} are asked for; choose "
            "another departure."
        )


Pricer = Callable[
    ["Price", Sequence["Leg"], Sequence["Ride"]], tuple["Price", CapacityPrice | None]
]
"""Prices an offer of legs and rides again; None where none of its departures is counted."""


def capacity_pricer(
    inventory: Inventory, feed: Feed, day: date, currency: str, shipment: Shipment
) -> Pricer:
    """Return what prices the offers of a shipment by the places left.

    Parameters
    ----------
    inventory
        The counted departures, the demand and the rule.
    feed
        For its rates of exchange.
    day
        Day whose rates of exchange are taken.
    currency
        ISO 4217 code of the prices.
    shipment
        What is to be moved.

    Raises
    ------
    InvalidRequestError
        If no rate of exchange leads from the inventory's currency to that of the prices.
    SolverMissingError
        If the linear solver is not installed.
    """
    conversion = ExchangeRates(feed.exchange_rates, day).conversion(inventory.currency, currency)
    if conversion is None:
        raise InvalidRequestError(
            f"The places are valued in {inventory.currency}, the quote is in {currency}, and no "
            "rate of exchange leads from one to the other. Ask for the quote in "
            f"{inventory.currency}, or add the rate to the feed."
        )
    teu = float(shipment.teu)
    values = bid_prices(inventory, teu)

    def priced(
        price: Price, legs: Sequence[Leg], rides: Sequence[Ride]
    ) -> tuple[Price, CapacityPrice | None]:
        outlooks = []
        for number, (leg, ride) in enumerate(zip(legs, rides, strict=True)):
            run = inventory.run_of(leg.service_id, leg.from_place_id, leg.to_place_id, ride.departs)
            if run is not None:
                found = outlook_of(values, run, number, teu)
                if conversion.rates:
                    found = found.converted(conversion.factor, currency)
                outlooks.append(found)
        if not outlooks:
            return price, None
        return changed(price, CapacityPrice(inventory.counted_on, inventory.rule, (*outlooks,), ()))

    return priced


def changed(price: Price, capacity: CapacityPrice) -> tuple[Price, CapacityPrice]:
    """Return the price with what the places left make of it, and the reasons.

    An incomplete price, and one for more than there are places, stays as it is.
    """
    sentences: tuple[str, ...]
    if capacity.lacking is not None:
        sentences = (f"{capacity.lacking} The price is that of the tariff.",)
    elif not price.is_complete:
        sentences = (
            "The price is incomplete, so it is not held against what the places are worth.",
        )
    else:
        change = capacity_line(price, capacity.outlooks, capacity.rule)
        assert change is not None  # there is a rule
        price, sentences = with_capacity(price, change), change.sentences
    return price, replace(capacity, sentences=sentences)


def cheapest_again(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return the offers with ``price`` among their merits where it is lowest now.

    The search told the cheapest by the tariff; the places left may have made it another. Where no
    price changed, or the cheapest is not among the offers, what the search told stays.
    """
    is_changed = any(line.kind == "capacity" for offer in offers for line in offer.price.lines)
    if not is_changed or all("price" not in offer.best_at for offer in offers):
        return tuple(offers)
    totals = [offer.price.total for offer in offers]
    least = min((total.minor for total in totals if total is not None), default=None)
    found = []
    for offer, total in zip(offers, totals, strict=True):
        names = set(offer.best_at) - {"price"}
        if total is not None and total.minor == least:
            names.add("price")
        order = ("arrival", "price", "co2e")
        found.append(replace(offer, best_at=tuple(name for name in order if name in names)))
    return tuple(found)


def capacity_notes(offers: Sequence[Offer]) -> tuple[str, ...]:
    """Return what the reader of a quote must know: departures too full, prices that follow."""
    notes = [
        f"Offer {offer.number}: {offer.capacity.lacking}"
        for offer in offers
        if offer.capacity is not None and not offer.capacity.fits
    ]
    by_rule: dict[tuple[str, date], list[int]] = {}
    for offer in offers:
        if offer.capacity is not None and any(ln.kind == "capacity" for ln in offer.price.lines):
            key = (offer.capacity.rule.rule_id, offer.capacity.counted_on)
            by_rule.setdefault(key, []).append(offer.number)
    for (rule_id, counted_on), numbers in by_rule.items():
        which = ("offer " if len(numbers) == 1 else "offers ") + ", ".join(map(str, numbers))
        notes.append(
            f"By rule {rule_id} the price of {which} follows the places left, as counted on "
            f"{counted_on}."
        )
    return tuple(notes)


def capacity_as_json(capacity: CapacityPrice) -> dict[str, Any]:
    """Return it as plain values, from which :func:`capacity_of_json` makes the same again."""
    rule, backhaul = capacity.rule, capacity.rule.backhaul
    return {
        "counted_on": capacity.counted_on.isoformat(),
        "fits": capacity.fits,
        "rule": {
            "rule_id": rule.rule_id,
            "source_id": rule.source_id,
            "follow": f"{rule.follow:f}",
            "most_raise_percent": f"{rule.most_raise_percent:f}",
            "backhaul": None
            if backhaul is None
            else {
                "below_load": f"{backhaul.below_load:f}",
                "full_discount_at_load": f"{backhaul.full_discount_at_load:f}",
                "most_percent": f"{backhaul.most_percent:f}",
            },
        },
        "departures": [
            {
                "leg": found.leg,
                "name": found.name,
                "capacity_teu": found.capacity_teu,
                "left_teu": found.left_teu,
                "teu": found.teu,
                "displacement": f"{Decimal(str(found.displacement)):f}" if found.fits else None,
                "carrying_cost": f"{found.carrying_cost:f}",
                "expected_load": found.expected_load,
                "currency": found.currency,
            }
            for found in capacity.outlooks
        ],
        "sentences": list(capacity.sentences),
    }


def capacity_of_json(content: Mapping[str, Any]) -> CapacityPrice:
    """Return what :func:`capacity_as_json` wrote down.

    Raises
    ------
    InvalidRequestError
        If something in it is not as it was written.
    """
    try:
        return CapacityPrice(
            date.fromisoformat(content["counted_on"]),
            _rule(content["rule"]),
            tuple(_outlook(found) for found in content["departures"]),
            tuple(map(str, content["sentences"])),
        )
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidRequestError(
            f"The offer's 'capacity' is not as `kervan quote --json` writes it ({error!r}). Take "
            "the file as it was written."
        ) from error


def _rule(content: Mapping[str, Any]) -> CapacityRule:
    backhaul = content["backhaul"]
    return CapacityRule(
        str(content["rule_id"]),
        str(content["source_id"]),
        Decimal(content["follow"]),
        Decimal(content["most_raise_percent"]),
        None
        if backhaul is None
        else BackhaulRule(
            Decimal(backhaul["below_load"]),
            Decimal(backhaul["full_discount_at_load"]),
            Decimal(backhaul["most_percent"]),
        ),
    )


def _outlook(content: Mapping[str, Any]) -> Outlook:
    displacement = content["displacement"]
    return Outlook(
        leg=int(content["leg"]),
        name=str(content["name"]),
        capacity_teu=float(content["capacity_teu"]),
        left_teu=float(content["left_teu"]),
        teu=float(content["teu"]),
        displacement=inf if displacement is None else float(displacement),
        carrying_cost=Decimal(content["carrying_cost"]),
        expected_load=float(content["expected_load"]),
        currency=str(content["currency"]),
    )

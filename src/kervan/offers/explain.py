"""A quote in words: the table of offers, and every hour and every line of the price."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from kervan.network.clock import local_datetime
from kervan.offers.model import Offer, OfferLeg, Quote, TimeEntry
from kervan.offers.wording import (
    BASES,
    TIME_KINDS,
    chance_text,
    days_text,
    duration_text,
    price_text,
    runs_text,
    way,
)
from kervan.tariff import PriceLine

if TYPE_CHECKING:
    from kervan.itinerary.strategy import Strategy


def explain(quote: Quote) -> Iterator[str]:
    """Yield the lines of the explanation of every offer."""
    for offer in quote.offers:
        yield from explain_offer(quote, offer)
        yield ""


def explain_offer(quote: Quote, offer: Offer) -> Iterator[str]:
    """Yield the lines that account for every hour and every amount of an offer."""
    yield f"Offer {offer.number}: {way(offer)}"
    yield (
        f"  {offer.distance_km:,.0f} km, {days_text(offer.transit)}, {price_text(offer.price)}, "
        f"{offer.emission.kg_co2e:,.0f} kg CO2e"
    )
    yield from _times(offer)
    yield from _reliability(quote, offer)
    yield from _price(offer)
    yield from _emission(offer)


def _times(offer: Offer) -> Iterator[str]:
    yield "  Time (planned, median; local clocks)"
    yield f"    hand-over by {_clock(offer.hand_over_at)} at {offer.legs[0].from_place.name}"
    for number, leg in enumerate(offer.legs, 1):
        yield (
            f"    Leg {number}: {leg.service.name} [{leg.service.service_id}], "
            f"{leg.carrier.name}, {leg.leg.mode.replace('_', ' ')}, "
            f"{leg.leg.distance_km:,.0f} km; {runs_text(leg.service)}"
        )
        for entry in leg.before:
            yield _entry(entry)
        yield f"      {'departs':<26} {_clock(leg.departs_at)}  {leg.from_place.name}"
        for entry in leg.aboard:
            yield _entry(entry)
        yield f"      {'arrives':<26} {_clock(leg.arrives_at)}  {leg.to_place.name}"
    total = sum(e.minutes for leg in offer.legs for e in (*leg.before, *leg.aboard))
    yield f"    in all {duration_text(total)}"


def _entry(entry: TimeEntry) -> str:
    text = f"      {TIME_KINDS[entry.kind]:<26} {duration_text(entry.minutes):>10}"
    if entry.p95_minutes is not None:
        text += f"  (P95 {duration_text(entry.p95_minutes)})"
    return f"{text}  {entry.where}" + (" *" if entry.is_estimate else "")


def _reliability(quote: Quote, offer: Offer) -> Iterator[str]:
    found = offer.reliability
    zone = quote.destination.timezone
    half, most = (
        "later than the horizon" if at is None else f"by {_clock(local_datetime(round(at), zone))}"
        for at in (found.p50, found.p95)
    )
    yield f"  Arrival: half {half}, 95 % {most}"
    for connection in found.connections:
        if connection.chance_missed is None:
            continue
        leg = offer.legs[connection.ride]
        text = (
            f"    {leg.service.name} at {leg.from_place.name}: missed in "
            f"{chance_text(connection.chance_missed)}"
        )
        if connection.chance_missed > 0 and connection.next_departure is not None:
            when = local_datetime(connection.next_departure, leg.from_place.timezone)
            text += f"; the next one leaves {_clock(when)}"
            if connection.delay_hours is not None:
                text += f", arrival {duration_text(connection.delay_hours * 60)} later on average"
        elif connection.chance_missed > 0:
            text += "; none leaves after it within the horizon"
        yield text


def _price(offer: Offer) -> Iterator[str]:
    price = offer.price
    yield f"  Price, by the tariffs of {price.day}"
    for line in price.lines:
        yield _price_line(offer, line)
    for index in price.unpriced_legs:
        leg = offer.legs[index]
        yield f"    leg {index + 1}  no applicable item of {leg.carrier.name}"
    yield f"    {'total':<64} {price_text(price):>18}"
    for rate in dict.fromkeys(rate for line in price.lines for rate in line.rates):
        yield (
            f"    rate of exchange: 1 {rate.from_currency} = {rate.rate} {rate.to_currency}, "
            f"{rate.rate_date} [{rate.source_id}]"
        )
    if offer.capacity is not None:
        yield f"  Places left, as counted on {offer.capacity.counted_on}"
        for sentence in offer.capacity.sentences:
            yield f"    {sentence}"


def _price_line(offer: Offer, line: PriceLine) -> str:
    covered = "+".join(str(index + 1) for index in line.legs)
    first, last = offer.legs[line.legs[0]], offer.legs[line.legs[-1]]
    what = line.name
    if line.kind == "freight":
        what = f"{first.carrier.name}, {first.from_place.name} - {last.to_place.name}"
    elif line.where:
        what = f"{line.name}, {_where(first, line.where)}"
    if line.basis in ("percent", "percent_of_value"):
        counted = f"{_number(line.rate)} % of {line.amount.currency} {_number(line.quantity)}"
    else:
        counted = (
            f"{_number(line.quantity)} {BASES[line.basis]} at {_number(line.rate)} "
            f"{line.amount.currency}"
        )
    if line.limit is not None:
        counted += ", least charge" if line.limit == "minimum" else ", highest charge"
    star = " *" if line.is_estimate else ""
    amount = str(line.amount)
    if line.in_total is not None and line.in_total.currency != line.amount.currency:
        amount += f" = {line.in_total}"
    return f"    leg {covered}  {what}: {counted} [{line.item_id}]{star}  {amount}"


def _where(leg: OfferLeg, key: str) -> str:
    for place in (leg.from_place, leg.to_place):
        if place.place_id == key:
            return place.name
    return key


def _emission(offer: Offer) -> Iterator[str]:
    yield "  CO2e, well to wheel"
    for line in offer.emission.lines:
        unit = "t-km" if line.factor.basis == "tonne_km" else "TEU-km"
        star = " *" if line.factor.is_estimate else ""
        yield (
            f"    leg {line.leg_index + 1}  {line.activity:,.0f} {unit} at "
            f"{line.factor.wtw_g_co2e_per_basis:g} g [{line.factor.factor_id}]{star}  "
            f"{line.kg_co2e:,.0f} kg"
        )


def _number(value: Decimal) -> str:
    """Write a number with thousands separated and no needless zeros."""
    plain = value.normalize() if value == value.to_integral_value() else value
    return f"{plain:,f}"


def _clock(moment: object) -> str:
    return f"{moment:%a %d %b %Y %H:%M}"


def strategy_lines(quote: Quote, strategy: Strategy) -> Iterator[str]:
    """Yield the lines of the best strategy: what to do where, and until when."""
    zone = quote.destination.timezone
    arrival = strategy.arrival
    yield (
        "Best strategy, each step decided when it comes: arrives "
        f"{_clock(strategy.expected_at.astimezone(local_datetime(0, zone).tzinfo))} on average"
        + "".join(
            f", {share} by {_clock(local_datetime(round(at), zone))}"
            for share, at in (("half", arrival.p50), ("95 %", arrival.p95))
            if at is not None
        )
    )
    places = {place.place_id: place for place in strategy.network.places}
    for decision in strategy.decisions:
        here, there = places[decision.place_id], places[decision.to_place_id]
        first, last = (
            local_datetime(minute, here.timezone)
            for minute in (decision.ready_from, decision.ready_until)
        )
        when = f"ready {_clock(first)}"
        if last > first:
            when += f" to {_clock(last)}"
        text = f"  {here.name}, {decision.mode.replace('_', ' ')}: {when}: "
        if decision.leg is None:
            text += f"change to {decision.next_mode.replace('_', ' ')}"
        else:
            service = strategy.network.way_of_leg(decision.leg).service
            text += f"take {service.name} [{service.service_id}] to {there.name}"
            if decision.departs is not None:
                text += f", leaving {_clock(local_datetime(decision.departs, here.timezone))}"
        yield f"{text} ({chance_text(decision.probability)})"

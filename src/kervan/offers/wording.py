"""The words for what an offer holds: durations, prices, chances, what is missing."""

from __future__ import annotations

from datetime import timedelta

from kervan.feed.tables import Service
from kervan.offers.model import Offer
from kervan.tariff import Price

BASES = {
    "per_container": "container",
    "per_teu": "TEU",
    "per_tonne": "t",
    "per_container_km": "container-km",
    "per_teu_km": "TEU-km",
    "per_tonne_km": "t-km",
    "per_wagon": "wagon",
    "per_wagon_km": "wagon-km",
    "per_container_day": "container-day",
}
TIME_KINDS = {
    "closed": "closed, waits for opening",
    "dwell": "changes at the terminal",
    "wait": "waits for the service",
    "run": "runs",
    "border": "border controls",
    "gauge_change": "gauge change",
    "stand": "stands",
}


def way(offer: Offer) -> str:
    """Return the places of an offer with the mode between them."""
    text = offer.legs[0].from_place.name
    for leg in offer.legs:
        text += f" —{leg.leg.mode.replace('_', ' ')}→ {leg.to_place.name}"
    return text


def price_text(price: Price) -> str:
    """Return the total, or what is known of it and that it is incomplete."""
    if price.total is not None:
        return str(price.total)
    return f"incomplete (known part {price.known})"


def why_incomplete(offer: Offer) -> list[str]:
    """Return a sentence for each thing that is missing from the price and the emission."""
    sentences: list[str] = []
    for index in offer.price.unpriced_legs:
        leg = offer.legs[index]
        sentences.append(
            f"Leg {index + 1}, {leg.from_place.name} to {leg.to_place.name} by "
            f"{leg.carrier.name}, has no applicable tariff item on {offer.price.day}; "
            "the price does not contain it."
        )
    sentences += [
        f"Amounts in {currency} are not in the total: no exchange rate leads to "
        f"{offer.price.currency} on or before {offer.price.day}."
        for currency in offer.price.unconverted
    ]
    sentences += [
        f"Leg {index + 1} has a stretch without an emission factor; the CO2e does not hold it."
        for index in offer.emission.missing_legs
    ]
    return sentences


def runs_text(service: Service) -> str:
    """Return how a service runs, in the source's words where there are any."""
    if service.frequency_as_published is not None:
        return service.frequency_as_published
    if service.pattern == "frequency" and service.departures_per_week is not None:
        return f"{service.departures_per_week:g} departures a week"
    return {
        "when_full": "leaves when full",
        "on_demand": "on demand",
        "timetable": "by timetable",
    }.get(service.pattern, service.pattern)


def duration_text(minutes: float) -> str:
    """Return a duration as days and hours: ``3 d 4 h``; short ones with minutes."""
    whole = round(minutes)
    days, rest = divmod(whole, 1440)
    hours, left = divmod(rest, 60)
    if days:
        hours = round(rest / 60)
        return f"{days} d {hours} h" if hours < 24 else f"{days + 1} d 0 h"
    return f"{hours} h {left:02d} min" if hours < 10 and left else f"{round(whole / 60)} h"


def days_text(span: timedelta) -> str:
    """Return a span in days with one decimal."""
    return f"{span / timedelta(days=1):.1f} d"


def chance_text(chance: float) -> str:
    """Return a chance in per cent, never rounded to certainty."""
    if 0 < chance < 0.005:
        return "<1 %"
    if 0.995 < chance < 1:
        return ">99 %"
    return f"{chance:.0%}".replace("%", " %")


def risk_text(offer: Offer) -> str:
    """Return the greatest risk of an offer in a few words."""
    missed = [
        (c.chance_missed, offer.legs[c.ride].from_place.name)
        for c in offer.reliability.connections
        if c.chance_missed is not None
    ]
    latest = offer.reliability.p95
    if latest is None:
        text = "1 in 20 is not there within the horizon"
    else:
        late = max(latest - offer.itinerary.arrival, 0)
        text = f"1 in 20 is over {duration_text(late)} late"
    if missed and max(missed)[0] > 0:
        chance, where = max(missed)
        text = f"{chance_text(chance)} miss {where}; {text}"
    return text

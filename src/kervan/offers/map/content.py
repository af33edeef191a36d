"""The words of a map: what is said of each offer and leg, as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kervan.network.clock import local_datetime
from kervan.offers.map.scene import Scene
from kervan.offers.model import Offer, OfferLeg, Quote
from kervan.offers.wording import price_text, risk_text, why_incomplete

BEST_AT = {"arrival": "earliest", "price": "cheapest", "co2e": "least CO₂e"}

MODE_NAMES = {
    "rail": "Rail",
    "road": "Road",
    "sea": "Ship",
    "ferry": "Ferry",
    "inland_waterway": "River",
    "air": "Air",
}

ATTRIBUTION = (
    "Land and borders: Natural Earth. Contested borders are dashed; the map takes no side. Lines "
    "show which places are passed in which order, not the exact course."
)

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class OfferText:
    """One row of the table of offers."""

    number: int
    tags: tuple[str, ...]
    modes: str
    hand_over: str
    arrives: str
    days: str
    price: str
    co2e: str
    p50: str
    p95: str
    facts: tuple[str, ...]
    risk: str
    warnings: tuple[str, ...]
    legs: tuple[LegText, ...]

    @property
    def sentence(self) -> str:
        """The row as one sentence, for those who hear it."""
        return (
            f"Offer {self.number}, {self.modes}: {self.days} days, arrives {self.arrives}, "
            f"{self.price}, {self.co2e} CO₂e"
        )


@dataclass(frozen=True, slots=True)
class LegText:
    """One leg of an offer."""

    mode: str
    mode_name: str
    ends: str
    carrier: str
    service: str
    departs: str
    arrives: str
    distance: str


def title_of(quote: Quote) -> str:
    """Return the heading."""
    return f"{quote.origin.name} to {quote.destination.name}"


def cargo_of(quote: Quote) -> str:
    """Return the question in a line."""
    cargo = quote.shipment
    load = "empty" if cargo.is_empty else f"{cargo.weight_kg:,.0f} kg of cargo each"
    parts = [f"{cargo.count} × {cargo.equipment.code}", load]
    if cargo.dangerous_goods:
        parts.append("dangerous goods")
    days = quote.window / timedelta(days=1)
    parts.append(f"ready {day_text(quote.ready)}")
    parts.append(f"handed over within {days:g} days" if days else "handed over at once")
    parts.append(f"tariffs of {day_text(quote.tariff_day)}")
    return ", ".join(parts)


def offer_texts(quote: Quote, scene: Scene) -> tuple[OfferText, ...]:
    """Return the rows of the table of offers."""
    return tuple(_offer(quote, offer, scene) for offer in quote.offers)


def _offer(quote: Quote, offer: Offer, scene: Scene) -> OfferText:
    zone = quote.destination.timezone
    changes = offer.itinerary.transshipments
    modes = dict.fromkeys(
        MODE_NAMES.get(line.mode, line.mode) for line in scene.lines[offer.number]
    )
    facts = [
        f"{offer.distance_km:,.0f} km",
        "no transshipment"
        if not changes
        else f"{changes} transshipment{'s' if changes > 1 else ''}",
    ]
    if offer.has_estimates:
        facts.append("partly estimated")
    mass = offer.emission.kg_co2e
    return OfferText(
        number=offer.number,
        tags=tuple(BEST_AT.get(name, name) for name in offer.best_at),
        modes=", ".join(modes).capitalize(),
        hand_over=day_text(offer.hand_over_at),
        arrives=day_text(offer.arrives_at),
        days=f"{offer.transit / timedelta(days=1):.1f}",
        price=price_text(offer.price),
        co2e=("" if offer.emission.is_complete else "over ")
        + (f"{mass / 1000:,.1f} t" if mass >= 100 else f"{mass:,.0f} kg"),
        p50=_likely(offer.reliability.p50, zone),
        p95=_likely(offer.reliability.p95, zone),
        facts=tuple(facts),
        risk=risk_text(offer),
        warnings=tuple(why_incomplete(offer)),
        legs=tuple(_leg(leg) for leg in offer.legs),
    )


def _likely(minute: float | None, zone: str) -> str:
    # As far as departures are known, it may never arrive with that chance.
    return "?" if minute is None else day_text(local_datetime(round(minute), zone))


def _leg(leg: OfferLeg) -> LegText:
    return LegText(
        mode=leg.leg.mode,
        mode_name=MODE_NAMES.get(leg.leg.mode, leg.leg.mode),
        ends=f"{leg.from_place.name} → {leg.to_place.name}",
        carrier=leg.carrier.name,
        service=leg.service.name or leg.service.service_id,
        departs=day_text(leg.departs_at),
        arrives=day_text(leg.arrives_at),
        distance=f"{leg.leg.distance_km:,.0f} km",
    )


def day_text(day: date) -> str:
    """Return a day, or the day of a moment, in English on any machine: ``5 Dec 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

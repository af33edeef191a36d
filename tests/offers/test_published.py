"""Offers on the shipped corridor lie within what was published of the same relation."""

from __future__ import annotations

from functools import lru_cache

import pytest

from kervan import read_feed
from kervan.corridor import Corridor
from kervan.feed import PublishedFigure
from kervan.offers import Quote

DAY_MINUTES = 1440
ROUTES = {
    ("CNXIY", "TRIST"): "middle_corridor",
    ("UZTAS", "TRMER"): "middle_corridor",
    ("KZALA", "ROCND"): "middle_corridor",
    ("CNCKG", "DEDUI"): "northern",
}
BOTH_WAYS = [pair for way in ROUTES for pair in (way, way[::-1])]
CROSSED = {"middle_corridor": {"AZ-ALAT"}, "northern": {"RUMOW", "BYBQT", "PL-MALASZEWICZE"}}


@lru_cache(maxsize=1)
def corridor() -> Corridor:
    return read_feed()


@lru_cache(maxsize=16)
def quote(origin: str, destination: str) -> Quote:
    # Published times and rates are those of trains and vessels.
    return corridor().quote(
        origin, destination, equipment="45G1", weight_kg=18_000, ready="2026-12-01", avoid=["road"]
    )


def figures(origin: str, destination: str, quantity: str) -> list[PublishedFigure]:
    return [
        row
        for row in corridor().feed.published_figures
        if (row.origin, row.destination, row.quantity) == (origin, destination, quantity)
    ]


def on_route(origin: str, destination: str) -> list[tuple[float, float, float]]:
    """Return planned days, mean days and the price of each offer that takes the route meant."""
    route = ROUTES.get((origin, destination)) or ROUTES[destination, origin]
    found = []
    for offer in quote(origin, destination).offers:
        passed = {s.to_place_id for leg in offer.legs for s in leg.leg.stretches}
        passed |= {s.from_place_id for leg in offer.legs for s in leg.leg.stretches}
        if CROSSED[route] & passed:
            departs = offer.legs[0].ride.departs
            planned = (offer.itinerary.arrival - departs) / DAY_MINUTES
            mean = (offer.reliability.mean - offer.itinerary.hand_over) / DAY_MINUTES
            assert offer.price.total is not None
            found.append((planned, mean, float(offer.price.total.major)))
    return found


@pytest.mark.parametrize(("origin", "destination"), BOTH_WAYS)
def test_an_offer_takes_as_long_as_was_published(origin: str, destination: str) -> None:
    published = figures(origin, destination, "transit_days")
    assert published
    offered = on_route(origin, destination)
    assert offered
    # From departure to mean arrival, half a day allowed: sources do not say which they mean.
    assert any(
        planned - 0.5 <= figure.high and figure.low <= mean + 0.5
        for planned, mean, _ in offered
        for figure in published
    )


@pytest.mark.parametrize(("origin", "destination"), ROUTES)
def test_an_offer_costs_what_was_published(origin: str, destination: str) -> None:
    published = figures(origin, destination, "price_usd_per_40ft")
    assert published
    assert any(
        figure.low <= price <= figure.high
        for _, _, price in on_route(origin, destination)
        for figure in published
    )


@pytest.mark.parametrize(("origin", "destination"), ROUTES)
def test_the_way_back_costs_no_more_than_the_way_out(origin: str, destination: str) -> None:
    """No eastbound rate was found; carriers fill returning trains for less, never for more."""
    (highest,) = {max(f.high for f in figures(origin, destination, "price_usd_per_40ft"))}
    (lowest,) = {min(f.low for f in figures(origin, destination, "price_usd_per_40ft"))}
    back = [price for _, _, price in on_route(destination, origin)]
    assert back
    assert any(lowest / 2 <= price <= highest for price in back)


@pytest.mark.parametrize(("origin", "destination"), BOTH_WAYS)
def test_every_offer_is_priced_whole_and_explains_every_minute(
    origin: str, destination: str
) -> None:
    for offer in quote(origin, destination).offers:
        assert offer.price.is_complete
        assert offer.emission.is_complete
        entries = [e for leg in offer.legs for e in (*leg.before, *leg.aboard)]
        planned = offer.itinerary.arrival - offer.itinerary.hand_over
        assert sum(entry.minutes for entry in entries) == planned
        assert all(entry.minutes >= 0 for entry in entries)
        assert offer.reliability.p50 is not None
        assert offer.reliability.p95 is not None
        assert offer.itinerary.hand_over <= offer.reliability.p50 <= offer.reliability.p95

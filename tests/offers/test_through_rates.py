"""A quote finds the ways that only a through rate makes cheap."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import NoItineraryError
from kervan.feed import Feed
from kervan.itinerary import Constraints, joint
from kervan.itinerary.alternatives import alternatives
from kervan.network import Network, compile_network
from kervan.offers import Quote
from kervan.offers.quote import Request, answer, weights_of
from kervan.shipment import shipment
from kervan.tariff import TariffBook
from kervan.tariff.price import COMBINATIONS, UNPRICED
from tests.corridors import Corridor
from tests.itinerary.brute_force import FAR, minutes
from tests.itinerary.test_search import READY, corridor_of, hop_of
from tests.tariff.rows import item, rebate, surcharge

CARGO = shipment("22G1", count=3, weight_kg=12_000)
DAY = date(2026, 3, 27)
WEEK = timedelta(days=7)
MOST_LEGS = 4


def fork(*items: Any, late: bool = False) -> Feed:
    """A direct service from A to Z, and a slower way by B, by another train if it is late."""
    corridor = Corridor()
    for place in ("KZAAA", "AZBBB", "TRZZZ"):
        corridor.place(place)
        corridor.terminal(place, ["rail"], 1.0)
    corridor.rolling("DIRECT", ["KZAAA", "TRZZZ"], [20.0], carrier="C")
    corridor.rolling("FIRST", ["KZAAA", "AZBBB"], [15.0], carrier="A")
    corridor.rolling("SECOND", ["AZBBB", "TRZZZ"], [15.0], carrier="B")
    if late:
        corridor.rolling("LATE", ["KZAAA", "AZBBB"], [16.0], carrier="A2")
    sections = [item("a", "90", carrier_id="A"), item("b", "90", carrier_id="B")]
    return corridor.feed(tariff_items=(item("c", "100"), *sections, *items))


def through(key: str, amount: str, **more: Any) -> Any:
    given = {"carrier_id": "A", "partner_ids": ("B",), "origin": "KZ", "destination": "TR"}
    return item(key, amount, **{"scope": "through", **given, **more})


def quote_of(feed: Feed) -> Quote:
    places = {place.place_id: place for place in feed.places}
    request = Request(places["KZAAA"], places["TRZZZ"], CARGO, READY, WEEK)
    return answer(feed, lambda first, last: compile_network(feed, first, last), request)


def quoted(feed: Feed) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the services of each offer and what it is best at."""
    offers = quote_of(feed).offers
    return {tuple(leg.service.service_id for leg in o.legs): o.best_at for o in offers}


def notes(feed: Feed) -> tuple[str, ...]:
    return quote_of(feed).notes


def test_a_way_that_only_a_through_rate_makes_cheap_is_offered() -> None:
    assert quoted(fork()) == {("DIRECT",): ("arrival", "price", "co2e")}
    assert quoted(fork(through("t", "60"))) == {
        ("DIRECT",): ("arrival", "co2e"),
        ("FIRST", "SECOND"): ("price", "co2e"),
    }


def test_a_general_through_rate_is_no_bait_where_a_particular_one_takes_its_place() -> None:
    general, particular = through("t", "60"), through("p", "150", origin="KZAAA")
    assert ("FIRST", "SECOND") not in quoted(fork(general, particular))
    # One in a band of kilometres does so only where the span lies in the band.
    assert ("FIRST", "SECOND") in quoted(fork(general, replace(particular, from_km=500.0)))
    assert ("FIRST", "SECOND") not in quoted(fork(general, replace(particular, from_km=100.0)))


def test_the_whole_shipment_is_weighed_and_not_one_unit_of_it() -> None:
    # A wagon takes three boxes of twenty feet: 120 for the wagon are less than 3 × 50.
    rate = through("t", "120", basis="per_wagon")
    dear = fork(rate)
    dear = replace(dear, tariff_items=(item("c", "50"), *dear.tariff_items[1:]))
    assert quoted(dear)["FIRST", "SECOND"] == ("price", "co2e")


def test_a_way_beaten_by_one_that_looked_cheaper_than_it_is_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two trains to B; the earlier one is in a particular rate that makes it dear in the end."""
    rates = [
        through("t", "60", partner_ids=("A2", "B")),
        through("p", "150", origin="KZAAA"),
    ]
    feed = fork(*rates, late=True)
    assert quoted(feed)["LATE", "SECOND"] == ("price", "co2e")
    assert not any("may be missed" in note for note in notes(feed))
    monkeypatch.setattr(joint, "MOST_PREFIXES", 1)
    assert any("may be missed" in note for note in notes(feed))


RATES = (
    ("1", "90", "per_container"),
    ("1", "90", "per_container"),
    ("1", "60", "per_wagon"),
    ("0.01", "0.6", "per_container_km"),
)


def random_tariff(rng: random.Random, feed: Feed) -> dict[str, Any]:
    """Return tariff rows in which everything a through rate knows of happens now and then."""
    carriers = [carrier.carrier_id for carrier in feed.carriers]
    ids = [place.place_id for place in feed.places]

    def amount(row: dict[str, Any]) -> dict[str, Any]:
        low, high, basis = rng.choice(RATES)
        value = f"{rng.uniform(float(low), float(high)):.3f}"
        row |= {"basis": basis, "amount": Decimal(value), "source_id": "test"}
        if rng.random() < 0.2:
            row["minimum_amount"] = Decimal(rng.randint(10, 60))
        if rng.random() < 0.2:
            row["maximum_amount"] = Decimal(rng.randint(60, 90))
        if rng.random() < 0.2:
            row |= {"rounding_step": Decimal(5), "rounding_mode": rng.choice(["up", "half_up"])}
        return row

    items = [
        item(f"leg-{carrier}", **amount({"carrier_id": carrier}))
        for carrier in carriers
        if rng.random() < 0.9
    ]
    for number in range(rng.randint(1, 6)):
        row: dict[str, Any] = {
            "scope": "through",
            "carrier_id": rng.choice(carriers),
            "partner_ids": tuple(rng.sample(carriers, rng.randint(0, len(carriers)))),
            "origin": rng.choice([rng.choice(ids), rng.choice(ids)[:2], "*"]),
            "destination": rng.choice([rng.choice(ids), rng.choice(ids)[:2], "*"]),
            "includes_surcharges": rng.random() < 0.5,
        }
        if rng.random() < 0.2:
            row["direction"] = rng.choice(["east", "west"])
        if rng.random() < 0.2:
            row["service_id"] = rng.choice(feed.services).service_id
        if rng.random() < 0.3:
            row[rng.choice(["from_km", "to_km"])] = rng.choice([150.0, 250.0])
        items.append(item(f"through-{number}", **amount(row)))
    surcharges = [
        surcharge(
            f"surcharge-{number}",
            str(rng.randint(1, 30)),
            **rng.choice(
                [
                    {"event": "load", "place_id": rng.choice(ids)},
                    {"event": "leg", "carrier_id": rng.choice(carriers)},
                    {"event": "leg", "basis": "percent", "currency": None},
                ]
            ),
        )
        for number in range(rng.randint(0, 3))
    ]
    rebates = []
    if rng.random() < 0.3:
        rebates.append(rebate("rebate", str(rng.randint(5, 50)), carrier_id=rng.choice(carriers)))
    return {
        "tariff_items": tuple(items),
        "surcharges": tuple(surcharges),
        "rebates": tuple(rebates),
    }


def price_of(book: TariffBook, network: Network, way: tuple[int, ...]) -> tuple[int, int]:
    """Return what is missing from the price of a way, and what is known of it."""
    price = book.price([network.leg(leg) for leg in way], CARGO)
    return len(price.unpriced_legs), price.known.minor


def check_cheapest(seed: int, combination: str) -> None:
    network, brute, origin, destination = corridor_of(seed)
    feed = replace(network.feed, **random_tariff(random.Random(seed), network.feed))
    network = replace(network, feed=feed)
    book = TariffBook(feed, DAY, "USD", combination=combination)
    leg_of = {hop_of(network, leg): leg for leg in range(len(network.leg_calls))}
    priced = sorted(
        (price_of(book, network, tuple(leg_of[hop] for hop in way)), number, way)
        for number, way in enumerate(brute.ways(origin, destination, MOST_LEGS))
        if leg_of.keys() >= set(way)  # a service that never runs has no legs
    )
    ready = minutes(READY)
    cheapest = next((p for p, _, way in priced if brute.arrival(way, ready) < FAR), None)
    constraints = Constraints(max_transshipments=MOST_LEGS - 1)
    question = (network, origin, destination, READY, WEEK)
    weights = weights_of(network, tuple(network.legs), book, CARGO, DAY)
    try:
        found = alternatives(*question, weights, constraints)
    except NoItineraryError:
        assert cheapest is None
        return
    assert cheapest is not None
    least = min(alternative.itinerary.price or 0 for alternative in found)
    assert least // UNPRICED == cheapest[0]
    if cheapest[0]:
        return
    assert least == cheapest[1]
    assert min(price_of(book, network, a.itinerary.legs) for a in found) == cheapest
    if combination == "lowest":
        places = {place.place_id: place for place in feed.places}
        request = Request(
            places[origin], places[destination], CARGO, READY, WEEK, constraints=constraints
        )
        quote = answer(feed, lambda first, last: network, request)
        totals = [offer.price.total for offer in quote.offers if offer.price.total]
        assert min(total.minor for total in totals) == cheapest[1]


@given(st.integers(0, 10**9), st.sampled_from(COMBINATIONS))
@settings(max_examples=120, deadline=None)
def test_no_way_is_cheaper_than_the_cheapest_offer(seed: int, combination: str) -> None:
    check_cheapest(seed, combination)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(400))
def test_no_way_of_four_hundred_corridors_is_cheaper(seed: int) -> None:
    check_cheapest(seed, COMBINATIONS[seed % 2])

"""What the search is told of through rates never exceeds what a way costs."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.feed import ExchangeRate
from kervan.network.legs import Leg
from kervan.shipment import shipment
from kervan.tariff import ThroughPrice, WayPrices, leg_prices, through_prices
from kervan.tariff.price import COMBINATIONS, UNPRICED
from tests.tariff.rows import book, item, leg, rebate, surcharge
from tests.tariff.test_through import cuts

CARGO = shipment("45G1", count=3, weight_kg=18_000, value_usd=Decimal(90_000))
PLACES = ["CNXIY", "KZAAU", "AZ-ALAT", "GETBS", "TRIST"]
RATES = tuple(
    ExchangeRate(
        rate_date=day, from_currency=here, to_currency=there, rate=Decimal(rate), source_id="test"
    )
    for day, here, there, rate in (
        (date(2026, 11, 30), "EUR", "USD", "1.0837"),
        (date(2026, 12, 1), "USD", "KZT", "512.37"),
    )
)
BASES = (
    "per_container",
    "per_teu",
    "per_wagon",
    "per_tonne",
    "per_container_km",
    "per_tonne_km",
    "percent_of_value",
)


def random_rows(rng: random.Random) -> list[Any]:
    def priced(**more: Any) -> dict[str, Any]:
        row = {
            "basis": rng.choice(BASES),
            "currency": rng.choice(["USD", "EUR", "KZT", "JPY"]),
            "rounding_mode": rng.choice(["half_up", "half_even", "up"]),
            "rounding_step": rng.choice([None, None, Decimal(1), Decimal(50)]),
            **more,
        }
        if rng.random() < 0.2:
            row["minimum_amount"] = Decimal(rng.randint(1, 300))
        if rng.random() < 0.2:
            row["maximum_amount"] = Decimal(rng.randint(100, 900))
        return row

    def amount() -> str:
        return f"{rng.uniform(0.01, 9):.4f}"

    rows: list[Any] = [item(f"s{c}", amount(), **priced(carrier_id=c)) for c in "ABC"]
    for number in range(rng.randint(1, 5)):
        start = rng.randint(0, 3)
        ends = PLACES[start], PLACES[rng.randint(start + 1, 4)]
        more: dict[str, Any] = {
            "scope": "through",
            "carrier_id": rng.choice("ABC"),
            "partner_ids": tuple(rng.sample("ABC", 2)),
            "origin": rng.choice([ends[0], ends[0][:2], "*"]),
            "destination": rng.choice([ends[1], ends[1][:2], "*"]),
            "includes_surcharges": rng.random() < 0.5,
        }
        if rng.random() < 0.2:
            more[rng.choice(["from_km", "to_km"])] = float(rng.randint(100, 900))
        rows.append(item(f"t{number}", amount(), **priced(**more)))
    rows += [
        surcharge("port", "3.33", event="load", place_id=rng.choice(PLACES), currency="EUR"),
        surcharge("fuel", "7", basis="percent", currency=None, carrier_id="A"),
        rebate("rebate", "12.5", carrier_id=rng.choice("ABC")),
    ]
    return rows[: rng.randint(len(rows) - 3, len(rows))]


def least_of_cut(
    single: list[int], through: tuple[ThroughPrice, ...], cut: list[tuple[int, int]]
) -> int:
    """Price each span of a cut by what the search is told; rows of legs are places on the way."""
    total = 0
    for start, end in cut:
        options = [
            rate.once + int(rate.inside[start:end].sum())
            for rate in through
            if rate.opens[start] and rate.closes[end - 1] and (rate.inside[start:end] >= 0).all()
        ]
        if end == start + 1:
            options.append(single[start])
        total += min(options, default=UNPRICED * len(single))
    return total


@given(st.integers(0, 10**9), st.sampled_from(COMBINATIONS))
@settings(max_examples=200, deadline=None)
def test_no_way_costs_less_than_the_search_is_told(seed: int, combination: str) -> None:
    rng = random.Random(seed)
    way: list[Leg] = [
        leg(a, b, rng.uniform(10, 400), carrier_id=rng.choice("ABC")) for a, b in pairwise(PLACES)
    ]
    currency = rng.choice(["USD", "KZT"])
    tariff = book(*random_rows(rng), currency=currency, rates=RATES, combination=combination)
    single = leg_prices(way, tariff, CARGO)
    through = through_prices(way, tariff, CARGO)
    least = min(least_of_cut(single.tolist(), through, cut) for cut in cuts(len(way)))
    price = tariff.price(way, CARGO)
    weighed = WayPrices(way, tariff, CARGO, single, through)(tuple(range(len(way))))
    assert least <= weighed
    if price.total is not None:
        assert weighed == price.total.minor


def test_a_rate_a_container_is_told_to_the_cent() -> None:
    way = [leg(a, b, carrier_id="A") for a, b in pairwise(PLACES)]
    rows = [
        item("s", "500", carrier_id="A"),
        item("t", "700", scope="through", carrier_id="A", origin="CN", destination="GE"),
        surcharge("port", "10", event="load", place_id="KZAAU"),
    ]
    (rate,) = through_prices(way, book(*rows), CARGO)
    assert rate.once == 3 * 700_00
    assert rate.inside.tolist() == [0, 3 * 10_00, 0, 0]
    assert rate.opens.tolist() == [True, False, False, False]
    assert rate.closes.tolist() == [False, False, True, False]
    assert rate.item_id == "t"


def test_a_rate_that_a_more_particular_one_always_replaces_is_not_told() -> None:
    way = [leg(a, b, carrier_id="A") for a, b in pairwise(PLACES)]
    given: dict[str, Any] = {"scope": "through", "carrier_id": "A", "destination": "TR"}
    general = item("general", "100", origin="*", **given)
    particular = item("particular", "700", origin="CN", **given)
    told = {rate.item_id: rate for rate in through_prices(way, book(general, particular), CARGO)}
    assert told["particular"].opens.tolist() == [True, False, False, False]
    assert told["general"].opens.tolist() == [False, True, True, True]

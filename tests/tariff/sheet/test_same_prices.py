"""Many prices at once are, to the cent, the ones the tariff book gives one by one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan import read_feed
from kervan.errors import InvalidRequestError
from kervan.feed import ExchangeRate
from kervan.network.legs import Leg
from kervan.shipment import Shipment, shipment
from kervan.tariff import Money
from kervan.tariff.sheet.classes import shipment_classes
from kervan.tariff.sheet.compiled import CompiledTariff, Prices, id_of
from tests.tariff.rows import DAY, feed, item, leg, rebate, surcharge
from tests.tariff.sheet.random_tariffs import random_feed, random_shipment, random_way
from tests.tariff.test_published_rates import RATES


def hold_against_the_book(
    tariff: CompiledTariff,
    ways: list[list[Leg]],
    shipments: list[Shipment],
    committed_teu: float = 0.0,
) -> Prices:
    """Price every pair both ways; the sums, what is missing and the rows used must be the same."""
    legs = [one for way in ways for one in way]
    rows, at = [], 0
    for way in ways:
        rows.append(tuple(range(at, at + len(way))))
        at += len(way)
    found = tariff.prices(legs, rows, shipments, committed_teu=committed_teu, with_rows=True)
    pair = 0
    for cargo in shipments:
        for way in ways:
            price = tariff.book.price(way, cargo, committed_teu=committed_teu)
            told = (way, cargo)
            assert found.complete[pair] == price.is_complete, told
            assert found.total[pair] == price.known.minor, told
            used = [id_of(tariff.rows[k]) for k in found.used[pair] if k >= 0]
            assert sorted(used) == sorted((line.kind, line.item_id) for line in price.lines)
            pair += 1
    return found


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_every_price_of_a_random_tariff_is_the_books_to_the_cent(seed: int) -> None:
    rng = random.Random(seed)
    tariff = CompiledTariff(
        random_feed(rng),
        DAY,
        rng.choice(["USD", "EUR", "JPY", "KWD"]),
        known_on=rng.choice([None, date(2026, 11, 15)]),
        combination=rng.choice(["lowest", "through_first"]),
    )
    ways = [random_way(rng) for _ in range(5)]
    shipments = [random_shipment(rng) for _ in range(6)]
    hold_against_the_book(tariff, ways, shipments, rng.choice([0.0, 250.0]))


def test_whole_numbers_suffice_for_nearly_every_price_of_the_shipped_tariff() -> None:
    corridor = read_feed()
    legs = list(corridor.network(DAY, date(2026, 12, 31)).legs)
    tariff = CompiledTariff(corridor.feed, DAY, "EUR")
    kinds = [kind.shipment for kind in shipment_classes(tariff.items)]
    found = tariff.prices(legs, [(k,) for k in range(len(legs))], kinds)
    assert found.one_by_one == 0
    sample = random.Random(3).sample(range(len(found.total)), 300)
    for pair in sample:
        price = tariff.book.price([legs[pair % len(legs)]], kinds[pair // len(legs)])
        assert (found.complete[pair], found.total[pair]) == (price.is_complete, price.known.minor)


@pytest.mark.parametrize("row", RATES, ids=lambda row: f"{row['item_id']}-{row['from_place_id']}")
def test_a_published_rate_is_in_the_price_to_the_cent(row: dict[str, str]) -> None:
    cargo = shipment(
        row["equipment"],
        count=int(row["count"]),
        weight_kg=float(row["weight_kg"]),
        private_wagons=row["private_wagons"] == "true",
        block_train=row["block_train"] == "true",
    )
    way = leg(
        row["from_place_id"],
        row["to_place_id"],
        float(row["km"]),
        carrier_id=row["carrier_id"],
        mode=row["mode"],
    )
    # The freight alone: surcharges of the places stand beside it.
    bare = replace(read_feed().feed, surcharges=())
    tariff = CompiledTariff(
        bare, date.fromisoformat(row["day"]), row["currency"], combination="through_first"
    )
    found = tariff.prices([way], [(0,)], [cargo], with_rows=True)
    assert found.total[0] == Money.of(Decimal(row["amount"]), row["currency"]).minor
    assert tariff.rows[found.used[0][0]].item_id == row["item_id"]


@pytest.mark.parametrize("amount", ["0.005", "12.345", "0.00198", "1", "7.77"])
def test_halves_of_a_cent_are_rounded_as_the_book_rounds_them(amount: str) -> None:
    rates = (
        ExchangeRate(
            from_currency="KZT",
            to_currency="USD",
            rate_date=DAY,
            rate=Decimal("0.005"),
            source_id="test",
        ),
        ExchangeRate(
            from_currency="USD",
            to_currency="EUR",
            rate_date=DAY,
            rate=Decimal("0.32"),
            source_id="test",
        ),
    )
    for currency, total in (("KZT", "USD"), ("EUR", "USD"), ("USD", "KZT"), ("KZT", "EUR")):
        rows = (item("a", amount, currency=currency),)
        tariff = CompiledTariff(feed(*rows, rates=rates), DAY, total)
        boxes = [shipment("22G1", count=count, weight_kg=1000) for count in range(1, 200)]
        hold_against_the_book(tariff, [[leg()]], boxes)


def test_what_64_bits_cannot_hold_is_priced_one_by_one_and_counted() -> None:
    long = item("a", "0.1234567890123456789")
    tariff = CompiledTariff(feed(long), DAY, "USD")
    found = hold_against_the_book(tariff, [[leg()]], [shipment("22G1"), shipment("42G1")])
    assert found.one_by_one == 2


def test_pairs_may_come_in_any_order() -> None:
    rng = random.Random(5)
    tariff = CompiledTariff(random_feed(rng), DAY, "USD")
    legs = random_way(rng)
    ways = [(k,) for k in range(len(legs))]
    kinds = [random_shipment(rng) for _ in range(6)]
    every = tariff.prices(legs, ways, kinds, with_rows=True)
    way_of, shipment_of = np.tile(np.arange(len(ways)), 6), np.repeat(np.arange(6), len(ways))
    mixed = np.random.default_rng(5).permutation(len(way_of))
    again = tariff.prices(legs, ways, kinds, way_of[mixed], shipment_of[mixed], with_rows=True)
    assert np.array_equal(again.total, every.total[mixed])
    assert np.array_equal(again.missing, every.missing[mixed])
    assert np.array_equal(again.used, every.used[mixed])


def test_a_way_without_its_shipment_is_refused() -> None:
    tariff = CompiledTariff(feed(item("a")), DAY, "USD")
    with pytest.raises(InvalidRequestError, match="way_of and shipment_of"):
        tariff.prices([leg()], [(0,)], [shipment("22G1")], np.zeros(1, np.int64))


def test_of_combinations_alike_the_books_is_taken() -> None:
    legs = [
        leg("KZ-ALTYNKOL", "KZAAU"),
        leg("KZAAU", "AZ-ALAT"),
        leg("AZ-ALAT", "GETBS"),
    ]
    ends = {"scope": "through", "carrier_id": "C"}
    early = item("early", "20", origin="KZ-ALTYNKOL", destination="AZ-ALAT", **ends)
    late = item("late", "20", origin="KZAAU", destination="GETBS", **ends)
    single = item("single", "10")
    tariff = CompiledTariff(feed(single, early, late, rebate("r", item_id="late")), DAY, "USD")
    hold_against_the_book(tariff, [legs], [shipment("22G1")])


def test_of_exclusive_surcharges_worth_the_same_the_first_is_charged() -> None:
    alike = {"exclusive_group": "g", "place_id": "KZAAU"}
    first = surcharge("z", "10", event="load", **alike)
    second = surcharge("a", "10", event="load", **alike)
    tariff = CompiledTariff(feed(item("i"), first, second), DAY, "USD")
    found = hold_against_the_book(tariff, [[leg()]], [shipment("22G1")])
    assert found.total[0] == 11_000


def test_what_a_cut_factor_of_exchange_cannot_decide_is_priced_one_by_one() -> None:
    rate = ExchangeRate(
        from_currency="USD",
        to_currency="CNY",
        rate_date=DAY,
        rate=Decimal("7.04"),
        source_id="test",
    )
    # 88 fen are exactly twelve and a half cents, by a factor that never ends.
    tariff = CompiledTariff(feed(item("a", "0.88", currency="CNY"), rates=(rate,)), DAY, "USD")
    boxes = [shipment("22G1", count=count) for count in range(1, 10)]
    found = hold_against_the_book(tariff, [[leg()]], boxes)
    assert 0 < found.one_by_one < len(boxes)

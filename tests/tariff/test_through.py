"""Through rates cover whole spans of legs, and the combination asked for is the one found."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.network.legs import Leg
from kervan.shipment import shipment
from kervan.tariff import Money, Price, TariffBook
from tests.tariff.rows import book, item, leg, surcharge

CARGO = shipment("45G1", count=2, weight_kg=18_000)
WAY = (
    leg("CNXIY", "KZAAU", 6400.0, carrier_id="A", service_id="SA"),
    leg("KZAAU", "AZ-ALAT", 500.0, carrier_id="B", service_id="SB", mode="sea"),
    leg("AZ-ALAT", "TRIST", 2400.0, carrier_id="C", service_id="SC"),
)
SECTIONS = [item(f"section-{c}", "1000", carrier_id=c) for c in "ABC"]


def through(key: str, amount: str, here: str = "CN", there: str = "TR", **more: object) -> object:
    return item(
        key,
        amount,
        scope="through",
        carrier_id="A",
        partner_ids=("B", "C"),
        origin=here,
        destination=there,
        **more,
    )


def freight(price: Price) -> list[tuple[str, tuple[int, ...]]]:
    return [(line.item_id, line.legs) for line in price.lines if line.kind == "freight"]


def test_a_through_rate_beats_the_sum_of_the_sections() -> None:
    price = book(*SECTIONS, through("whole", "2500")).price(WAY, CARGO)
    assert freight(price) == [("whole", (0, 1, 2))]
    assert price.total == Money.of(Decimal(5000), "USD")
    assert price.lines[0].is_through


def test_a_through_rate_dearer_than_its_sections_is_not_taken_unless_it_goes_first() -> None:
    rows = (*SECTIONS, through("whole", "3500"))
    assert len(freight(book(*rows).price(WAY, CARGO))) == 3
    first = book(*rows, combination="through_first").price(WAY, CARGO)
    assert freight(first) == [("whole", (0, 1, 2))]
    assert first.combination == "through_first"


def test_a_part_of_the_way_may_be_through_and_the_rest_in_sections() -> None:
    rows = (*SECTIONS, through("east-half", "1500", "CN", "AZ-ALAT"))
    price = book(*rows).price(WAY, CARGO)
    assert freight(price) == [("east-half", (0, 1)), ("section-C", (2,))]


def test_a_through_rate_prices_legs_no_section_does() -> None:
    price = book(SECTIONS[0], through("rest", "9999", "KZ", "TR")).price(WAY, CARGO)
    assert freight(price) == [("section-A", (0,)), ("rest", (1, 2))]
    assert price.is_complete


def test_a_through_rate_is_only_for_its_carrier_and_partners() -> None:
    stranger = (*WAY[:2], leg("AZ-ALAT", "TRIST", carrier_id="D"))
    price = book(*SECTIONS, through("whole", "1")).price(stranger, CARGO)
    assert price.unpriced_legs == (2,)
    assert freight(price) == [("section-A", (0,)), ("section-B", (1,))]


def test_a_through_rate_is_not_for_a_part_of_its_way_or_the_way_back() -> None:
    rows = (*SECTIONS, through("whole", "1"))
    assert len(freight(book(*rows).price(WAY[:2], CARGO))) == 2
    back = tuple(
        leg(x.to_place_id, x.from_place_id, carrier_id=x.carrier_id) for x in reversed(WAY)
    )
    assert len(freight(book(*rows).price(back, CARGO))) == 3


def test_kilometres_of_a_through_rate_are_those_of_the_whole_way() -> None:
    rate = through("whole", "0.5", basis="per_container_km", from_km=9000.0, to_km=9500.0)
    (line,) = book(rate).price(WAY, CARGO).lines
    assert line.quantity == Decimal(18600)
    assert line.amount == Money.of(Decimal(9300), "USD")


def test_surcharges_stand_beside_a_through_rate_unless_they_are_in_it() -> None:
    port = surcharge("thc", event="load", place_id="KZAAU")
    beside = book(through("whole", "100"), port).price(WAY, CARGO)
    assert beside.total == Money.of(Decimal(220), "USD")
    inside = book(through("whole", "100", includes_surcharges=True), port).price(WAY, CARGO)
    assert inside.total == Money.of(Decimal(200), "USD")


def test_surcharges_decide_which_combination_is_cheaper() -> None:
    port = surcharge("thc", "400", event="load", place_id="KZAAU")
    rows = (*SECTIONS, port, through("whole", "3200", includes_surcharges=True))
    assert freight(book(*rows).price(WAY, CARGO)) == [("whole", (0, 1, 2))]


def test_an_unknown_rule_of_combination_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="lowest or through_first"):
        book(combination="highest")


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_the_lowest_combination_is_the_one_found_by_trying_all(seed: int) -> None:
    rng = random.Random(seed)
    places = ["CNXIY", "KZAAU", "AZ-ALAT", "GETBS", "TRIST"]
    way = [leg(a, b, carrier_id=rng.choice("ABC")) for a, b in pairwise(places)]
    rows: list[object] = [
        item(f"s{c}", str(rng.randint(1, 20)), carrier_id=c) for c in "ABC" if rng.random() < 0.7
    ]
    for number in range(rng.randint(0, 6)):
        start = rng.randint(0, 3)
        end = rng.randint(start + 1, 4)
        rows.append(
            item(
                f"t{number}",
                str(rng.randint(1, 40)),
                scope="through",
                carrier_id=rng.choice("ABC"),
                partner_ids=tuple(rng.sample("ABC", 2)),
                origin=rng.choice([places[start], places[start][:2]]),
                destination=rng.choice([places[end], places[end][:2]]),
            )
        )
    tariff = book(*rows)
    found = tariff.price(way, CARGO)
    assert key(found) == min(key_of_cut(tariff, way, cut) for cut in cuts(len(way)))


def key(price: Price) -> tuple[int, int]:
    return len(price.unpriced_legs), price.known.minor


def cuts(count: int) -> list[list[tuple[int, int]]]:
    """Return every way of cutting so many legs into spans."""
    found = []
    for marks in product([False, True], repeat=count - 1):
        ends = [k + 1 for k, mark in enumerate(marks) if mark] + [count]
        found.append(list(zip([0, *ends[:-1]], ends, strict=True)))
    return found


def key_of_cut(tariff: TariffBook, way: list[Leg], cut: list[tuple[int, int]]) -> tuple[int, int]:
    """Price each span of a cut by itself, as one through rate or one section."""
    missing = minor = 0
    for start, end in cut:
        span = way[start:end]
        options = []
        whole = tariff.items.through_for(span, CARGO)
        if whole is not None:
            options.append(int(whole.amount * 2 * 100))
        if len(span) == 1:
            alone = tariff.items.item_for(span[0], CARGO)
            if alone is not None:
                options.append(int(alone.amount * 2 * 100))
        if options:
            minor += min(options)
        else:
            missing += len(span)
    return missing, minor

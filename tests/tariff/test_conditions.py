"""Storage, exclusive surcharges, wagons, declared values, roundings and rebates."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.shipment import shipment
from kervan.tariff import Money
from kervan.tariff.rounding import split
from tests.tariff.rows import book, item, leg, rebate, surcharge

CARGO = shipment("45G1", count=3, weight_kg=18_000)


def amounts(*rows: object, cargo: object = CARGO, **more: object) -> dict[str, Decimal]:
    price = book(*rows).price([leg()], cargo, **more)  # type: ignore[arg-type]
    return {line.item_id: line.amount.major for line in price.lines}


def test_storage_is_free_for_its_free_days_and_begun_days_count_whole() -> None:
    rate = surcharge(
        "storage",
        "12",
        event="storage",
        place_id="AZ-ALAT",
        basis="per_container_day",
        free_days=5.0,
    )
    for days, charged in ((0.0, None), (5.0, None), (5.1, 36), (8.0, 108)):
        cargo = replace(CARGO, storage_days=(("AZ-ALAT", days),))
        found = amounts(item("a"), rate, cargo=cargo)
        assert found.get("storage") == (None if charged is None else Decimal(charged))
    elsewhere = replace(CARGO, storage_days=(("KZAAU", 30.0),))
    assert "storage" not in amounts(item("a"), rate, cargo=elsewhere)


def test_of_an_exclusive_group_only_the_highest_is_charged() -> None:
    rows = [
        surcharge("security", "10", exclusive_group="safe"),
        surcharge("dangerous", "25", exclusive_group="safe"),
        surcharge("other", "1"),
    ]
    assert amounts(item("a"), *rows) == {"a": 300, "dangerous": 75, "other": 3}


def test_wagons_are_counted_as_the_boxes_fill_them() -> None:
    # Three 40-foot boxes need two wagons of 80 feet.
    assert amounts(item("a", "500", basis="per_wagon")) == {"a": 1000}
    twenty = shipment("22G1", count=5, weight_kg=10_000)
    assert amounts(item("a", "500", basis="per_wagon_km"), cargo=twenty) == {"a": 100_000}


def test_a_declared_value_is_charged_in_per_cent() -> None:
    cargo = replace(CARGO, value_usd=Decimal(250_000))
    rows = [item("a", "0.2", basis="percent_of_value", minimum_amount=Decimal(50))]
    assert amounts(*rows, cargo=cargo) == {"a": 500}
    assert amounts(*rows, cargo=replace(cargo, value_usd=Decimal(1000))) == {"a": 150}


def test_the_highest_charge_is_not_passed() -> None:
    (line,) = (
        book(item("a", "10", basis="per_container_km", maximum_amount=Decimal(400)))
        .price([leg()], CARGO)
        .lines
    )
    assert (line.amount.major, line.limit) == (1200, "maximum")


@pytest.mark.parametrize(
    ("step", "mode", "amount", "expected"),
    [
        (None, "half_up", "0.005", "0.01"),
        (None, "half_even", "0.005", "0.00"),
        (None, "up", "0.001", "0.01"),
        ("1", "half_up", "12.5", "13"),
        ("1", "half_even", "12.5", "12"),
        ("5", "up", "12.5", "15"),
        ("0.05", "half_up", "12.57", "12.55"),
    ],
)
def test_each_tariff_rounds_as_it_says(
    step: str | None, mode: str, amount: str, expected: str
) -> None:
    one = shipment("22G1", weight_kg=1000)
    rate = item(
        "a", amount, rounding_step=None if step is None else Decimal(step), rounding_mode=mode
    )
    (line,) = book(rate).price([leg()], one).lines
    assert line.amount == Money.of(Decimal(expected), "USD")
    assert line.rounding.startswith(mode)


def test_a_rebate_is_earned_by_volume_and_by_whom_it_is_for() -> None:
    rows = [
        item("a"),
        rebate("small", "5", from_teu=100.0),
        rebate("large", "12.5", from_teu=1000.0),
        rebate("friend", "20", from_teu=100.0, customer_id="friend"),
        rebate("short", "50", equipment=("2",)),
        rebate("other-item", "50", item_id="b"),
        rebate("other-carrier", "50", carrier_id="D"),
    ]
    assert amounts(*rows, committed_teu=99.0) == {"a": 300}
    assert amounts(*rows, committed_teu=100.0) == {"a": 300, "small": -15}
    assert amounts(*rows, committed_teu=5000.0) == {"a": 300, "large": Decimal("-37.50")}
    friend = replace(CARGO, customer_id="friend")
    assert amounts(*rows, cargo=friend, committed_teu=5000.0) == {"a": 300, "friend": -60}


def test_rates_for_kinds_of_cargo_hold_for_them_alone() -> None:
    rows = [
        item("plain", "100"),
        item("block", "80", requires=("block_train",)),
        item("cold-block", "70", requires=("block_train", "reefer")),
        item("private", "60", wagon="private"),
    ]
    cold = shipment("45R1", weight_kg=1000, block_train=True)
    assert list(amounts(*rows)) == ["plain"]
    assert list(amounts(*rows, cargo=replace(CARGO, block_train=True))) == ["block"]
    assert list(amounts(*rows, cargo=cold)) == ["cold-block"]
    assert list(amounts(*rows, cargo=replace(CARGO, private_wagons=True))) == ["private"]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.fractions(0, 1000, max_denominator=997), min_size=1, max_size=12),
)
def test_a_split_adds_up_and_no_part_is_a_unit_off(whole: int, shares: list[Fraction]) -> None:
    if sum(shares) == 0:
        with pytest.raises(ValueError, match="not all zero"):
            split(whole, shares)
        return
    parts = split(whole, shares)
    assert sum(parts) == whole
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(whole) * share / sum(shares)) < 1

"""A price is made of lines that add up, of the item that fits best, and never of guesses."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.feed import ExchangeRate, Zone
from kervan.shipment import shipment
from kervan.tariff import Money, unit_prices
from kervan.tariff.price import UNPRICED
from tests.tariff.rows import DAY, book, item, leg, surcharge

CARGO = shipment("45G1", count=2, weight_kg=18_000, commodity="854231")


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        ("per_container", "3.00"),  # 1.5 x 2
        ("per_teu", "6.00"),  # 1.5 x 4
        ("per_tonne", "54.00"),  # 1.5 x 36
        ("per_container_km", "300.00"),
        ("per_teu_km", "600.00"),
        ("per_tonne_km", "5400.00"),
    ],
)
def test_each_basis_counts_what_it_says(basis: str, expected: str) -> None:
    price = book(item("a", "1.5", basis=basis)).price([leg()], CARGO)
    assert price.total == Money.of(Decimal(expected), "USD")


def test_the_least_charge_holds_for_each_unit() -> None:
    rows = item("a", "0.01", basis="per_container_km", minimum_amount=Decimal(40))
    (line,) = book(rows).price([leg()], CARGO).lines
    assert line.limit == "minimum"
    assert line.amount == Money.of(Decimal(80), "USD")


CASPIAN = [Zone(zone_id="CASPIAN", member=member, source_id="test") for member in ("KZAAU", "AZ")]
MORE_PARTICULAR = [
    {"commodity_prefixes": ("8542",)},
    {"commodity_prefixes": ("85",)},
    {"service_id": "S"},
    {"origin": "KZAAU"},
    {"origin": "@CASPIAN"},
    {"origin": "KZ"},
    {"destination": "AZ-ALAT"},
    {"destination": "@CASPIAN"},
    {"destination": "AZ"},
    {"direction": "west"},
    {"mode": "rail"},
    {"equipment": ("45G",)},
    {"equipment": ("4",)},
    {"requires": ("single_wagon",)},
    {"wagon": "carrier"},
    {"weight_from_kg": 10_000.0, "weight_to_kg": 20_000.0},
    {"from_km": 0.0, "to_km": 500.0},
    {"valid_from": date(2026, 1, 1)},
    {"valid_from": date(2025, 1, 1)},
    {},
    {"is_estimate": True},
]


@pytest.mark.parametrize("k", range(len(MORE_PARTICULAR) - 1))
def test_the_more_particular_of_two_items_wins_whatever_its_price(k: int) -> None:
    first, second = MORE_PARTICULAR[k], MORE_PARTICULAR[k + 1]
    for amounts in (("1", "2"), ("2", "1")):
        rows = (item("z", amounts[0], **first), item("a", amounts[1], **second))
        price = book(*rows, *CASPIAN).price([leg(heading="west")], CARGO)
        assert price.lines[0].item_id == "z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"carrier_id": "D"},
        {"service_id": "T"},
        {"mode": "sea"},
        {"direction": "east"},
        {"wagon": "private"},
        {"requires": ("dangerous",)},
        {"requires": ("single_wagon", "reefer")},
        {"origin": "@NOWHERE"},
        {"from_km": 100.5},
        {"to_km": 100.0},
        {"basis": "percent_of_value"},
        {"origin": "AZ"},
        {"destination": "KZ"},
        {"destination": "AZBAK"},
        {"equipment": ("2", "42")},
        {"loaded": "empty"},
        {"weight_from_kg": 18_000.5},
        {"weight_to_kg": 18_000.0},
        {"commodity_prefixes": ("8543",)},
        {"valid_from": date(2026, 12, 2)},
        {"valid_to": date(2026, 11, 30)},
    ],
)
def test_an_item_that_does_not_apply_leaves_the_leg_unpriced(wrong: dict[str, Any]) -> None:
    price = book(item("a", **wrong), surcharge("s")).price([leg()], CARGO)
    assert price.unpriced_legs == (0,)
    assert price.total is None
    assert not price.is_complete
    assert price.known == Money.of(Decimal(20), "USD")


def test_the_reverse_direction_is_another_relation() -> None:
    tariff = book(item("west", origin="KZ", destination="AZ"))
    assert tariff.price([leg("KZAAU", "AZ-ALAT")], CARGO).is_complete
    assert tariff.price([leg("AZ-ALAT", "KZAAU")], CARGO).unpriced_legs == (0,)


def test_surcharges_fall_due_where_they_say() -> None:
    rows = [
        item("a"),
        surcharge("load", event="load", place_id="KZAAU", carrier_id="PORT"),
        surcharge("load-elsewhere", event="load", place_id="AZ-ALAT"),
        surcharge("border", event="border", crossing_id="X"),
        surcharge("other-border", event="border", crossing_id="Y"),
        surcharge("fuel", "12.5", basis="percent", currency=None),
        surcharge("rebate", "-10", basis="percent", currency=None, carrier_id="C"),
        surcharge("not-mine", carrier_id="D"),
        surcharge("discharge", event="discharge", place_id="AZ-ALAT", mode="rail"),
        surcharge("ship-discharge", event="discharge", place_id="AZ-ALAT", mode="sea"),
        surcharge("empties", loaded="empty"),
    ]
    price = book(*rows).price([leg(crossing_id="X")], CARGO)
    amounts = {line.item_id: line.amount.major for line in price.lines}
    assert amounts == {
        "a": 200,
        "load": 20,
        "border": 20,
        "fuel": 25,
        "rebate": -20,
        "discharge": 20,
    }
    assert price.total == Money.of(Decimal(265), "USD")
    assert price.lines[0].item_id == "a"


def test_a_percentage_of_an_unpriced_leg_is_not_made_up() -> None:
    rows = [surcharge("fuel", "10", basis="percent", currency=None)]
    price = book(*rows).price([leg()], CARGO)
    assert price.lines == ()
    assert price.unpriced_legs == (0,)


def test_an_amount_without_a_rate_of_exchange_leaves_the_price_incomplete() -> None:
    price = book(item("a", currency="KZT")).price([leg()], CARGO)
    assert price.unconverted == ("KZT",)
    assert price.total is None
    assert price.known == Money(0, "USD")


def test_a_currency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="ISO 4217"):
        book(item("a"), currency="RMB")


@given(st.integers(0, 10**9))
@settings(max_examples=200, deadline=None)
def test_the_lines_add_up_to_the_total_to_the_cent(seed: int) -> None:
    rng = random.Random(seed)
    rates = tuple(
        ExchangeRate(
            from_currency=code,
            to_currency="USD",
            rate_date=DAY,
            rate=Decimal(rng.randint(1, 10**7)) / 10**6,
            source_id="test",
        )
        for code in ("EUR", "KZT", "JPY")
    )
    rows: list[Any] = [
        item(
            f"i{number}",
            str(Decimal(rng.randint(1, 10**6)) / 10**3),
            basis=rng.choice(["per_container", "per_teu_km", "per_tonne"]),
            currency=rng.choice(["USD", "EUR", "KZT", "JPY", "AZN"]),
            carrier_id=rng.choice("CD"),
            origin=rng.choice(["*", "KZ", "KZAAU"]),
        )
        for number in range(rng.randint(0, 6))
    ]
    for number in range(rng.randint(0, 6)):
        percent = rng.random() < 0.4
        rows.append(
            surcharge(
                f"s{number}",
                str(
                    Decimal(rng.randint(-500, 5000)) / 100
                    if percent
                    else Decimal(rng.randint(0, 99))
                ),
                basis="percent" if percent else "per_container",
                currency=None if percent else rng.choice(["USD", "JPY"]),
            )
        )
    legs = [leg(km=rng.uniform(1, 4000), carrier_id=rng.choice("CD")) for _ in range(4)]
    tariff = book(*rows, rates=rates)
    price = tariff.price(legs, CARGO)
    assert price.known.minor == sum(line.in_total.minor for line in price.lines if line.in_total)
    assert price.is_complete == (price.total is not None)
    assert set(price.unpriced_legs) == {
        k for k in range(4) if not any(n.kind == "freight" and n.legs == (k,) for n in price.lines)
    }
    one = shipment("45G1", weight_kg=18_000, commodity="854231")
    units = unit_prices(legs, tariff, CARGO)
    for k, single in enumerate(legs):
        total = tariff.price([single], one).total
        assert units[k] == (UNPRICED if total is None else min(max(total.minor, 0), UNPRICED))


def test_a_percentage_of_a_surcharge_is_of_what_it_comes_to() -> None:
    rows_ = (
        item("a", "1000"),
        surcharge("wagon", "33.33", basis="per_wagon", currency="USD"),
        surcharge("off", "-30", basis="percent", currency=None, of_surcharge_id="wagon"),
    )
    lines = {line.item_id: line for line in book(*rows_).price([leg()], CARGO).lines}
    assert lines["off"].amount == Money(-1000, "USD")  # 30 % of 33.33, half up
    # Where the charge is not due, nothing is off it.
    other = replace(rows_[1], destination="TR")
    assert [
        line.item_id for line in book(rows_[0], other, rows_[2]).price([leg()], CARGO).lines
    ] == ["a"]


def test_a_surcharge_of_a_relation_is_due_there_alone() -> None:
    charged = surcharge("s", "5", origin="KZAAU", destination="AZ")
    for way, due in ((leg("KZAAU", "AZ-ALAT"), True), (leg("AZ-ALAT", "KZAAU"), False)):
        found = [line.item_id for line in book(item("a"), charged).price([way], CARGO).lines]
        assert ("s" in found) is due

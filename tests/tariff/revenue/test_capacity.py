from __future__ import annotations

import itertools
import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.shipment import shipment
from kervan.tariff import Money, Price
from kervan.tariff.revenue import (
    BackhaulRule,
    CapacityChange,
    CapacityRule,
    Departure,
    Outlook,
    Problem,
    capacity_line,
    outlook,
    place_values,
    with_capacity,
)
from tests.tariff.revenue.problems import product
from tests.tariff.rows import book, item, leg, rebate

RULE = CapacityRule("desk-2026", "desk")
BACKHAUL = CapacityRule("desk-2026", "desk", backhaul=BackhaulRule())


def _price(*amounts: str, through: bool = False) -> Price:
    """Price two containers over a leg an amount, each by its own item."""
    ends = [chr(ord("A") + k) * 5 for k in range(len(amounts) + 1)]
    legs = [leg(*pair) for pair in itertools.pairwise(ends)]
    rows = [
        item(f"item-{k}", amount, origin=here, destination=there)
        for k, (amount, here, there) in enumerate(zip(amounts, ends, ends[1:], strict=False))
    ]
    if through:
        rows = [item("through", "100", scope="through", origin=ends[0], destination=ends[-1])]
    return book(*rows).price(legs, shipment("22G1", count=2, weight_kg=10_000))


def _seen(number: int, worth: float, load: float, **more: object) -> Outlook:
    given = {
        "leg": number,
        "name": f"departure {number}",
        "capacity_teu": 100.0,
        "left_teu": 30.0,
        "teu": 2.0,
        "displacement": worth,
        "carrying_cost": Decimal(0),
        "expected_load": load,
        "currency": "USD",
    }
    return Outlook(**given | more)  # type: ignore[arg-type]


def _change(
    price: Price, *outlooks: Outlook, rule: CapacityRule = BACKHAUL
) -> tuple[int, CapacityChange]:
    found = capacity_line(price, outlooks, rule)
    assert found is not None
    total = with_capacity(price, found).total
    assert total is not None
    assert price.total is not None
    return total.minor - price.total.minor, found


def test_prices_do_not_depend_on_capacity_unless_a_rule_is_given() -> None:
    price = _price("100")
    assert capacity_line(price, [_seen(0, 900, 1.0)]) is None
    assert with_capacity(price, None) is price


def test_freight_below_the_worth_of_the_places_is_raised_to_it() -> None:
    change, found = _change(_price("100"), _seen(0, 230, 1.0))
    assert change == 30_00
    assert found.line is not None
    assert (found.line.kind, found.line.rate) == ("capacity", Decimal("15.00"))


def test_a_rule_may_follow_part_of_the_way() -> None:
    rule = replace(RULE, follow=Decimal("0.5"))
    assert _change(_price("100"), _seen(0, 230, 1.0), rule=rule)[0] == 15_00


def test_a_raise_is_held_to_the_most_the_rule_allows() -> None:
    change, found = _change(_price("100"), _seen(0, 900, 1.0), rule=RULE)
    assert change == 50_00
    assert "held to the most that rule desk-2026 allows" in found.sentences[-1]


def test_what_carrying_costs_is_part_of_the_worth() -> None:
    seen = _seen(0, 190, 1.0, carrying_cost=Decimal(20))
    assert _change(_price("100"), seen)[0] == 10_00


def test_freight_that_covers_full_departures_stays() -> None:
    change, found = _change(_price("100"), _seen(0, 150, 0.9))
    assert (change, found.line) == (0, None)
    assert "no backhaul discount" in found.sentences[-1]


@pytest.mark.parametrize(
    ("load", "off"), [(0.1, 40_00), (0.2, 40_00), (0.35, 20_00), (0.5, 0), (0.6, 0)]
)
def test_the_discount_grows_from_the_threshold_down_to_the_mark(load: float, off: int) -> None:
    assert _change(_price("100"), _seen(0, 0, load))[0] == -off


def test_no_discount_without_a_backhaul_rule() -> None:
    change, found = _change(_price("100"), _seen(0, 0, 0.1), rule=RULE)
    assert (change, found.line) == (0, None)


def test_only_the_empty_leg_is_lowered() -> None:
    assert _change(_price("100", "300"), _seen(0, 0, 0.1), _seen(1, 0, 0.9))[0] == -40_00


def test_a_through_rate_is_lowered_only_if_all_of_it_runs_empty() -> None:
    price = _price("1", "1", through=True)
    assert len(price.lines) == 1
    assert _change(price, _seen(0, 0, 0.1), _seen(1, 0, 0.9))[0] == 0
    assert _change(price, _seen(0, 0, 0.1), _seen(1, 0, 0.35))[0] == -20_00


def test_a_leg_whose_departure_is_not_known_is_not_lowered() -> None:
    assert _change(_price("100", "300"), _seen(1, 0, 0.1))[0] == -120_00


def test_a_discount_never_goes_below_what_the_places_are_worth() -> None:
    change, found = _change(_price("100"), _seen(0, 190, 0.1))
    assert change == -10_00
    assert "held at what the places are worth" in found.sentences[-1]


def test_a_discount_on_one_leg_leaves_enough_for_the_worth_of_another() -> None:
    # 200 + 200 of freight; the second leg's places are worth 380: only 20 can go.
    assert _change(_price("100", "100"), _seen(0, 0, 0.1), _seen(1, 380, 0.9))[0] == -20_00


def test_rebates_are_taken_off_before_freight_is_held_against_the_places() -> None:
    legs = [leg()]
    price = book(item("i"), rebate("r", "10")).price(
        legs, shipment("22G1", count=2, weight_kg=1000)
    )
    assert price.total == Money(180_00, "USD")
    assert _change(price, _seen(0, 190, 1.0))[0] == 9_99  # 5.55 % of 180: never past the worth


@given(
    amounts=st.lists(st.integers(1, 5000), min_size=1, max_size=3),
    worths=st.lists(st.floats(0, 9000), min_size=3, max_size=3),
    loads=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    follow=st.integers(0, 10),
)
def test_a_price_is_never_moved_past_the_worth_of_the_places(
    amounts: list[int], worths: list[float], loads: list[float], follow: int
) -> None:
    price = _price(*map(str, amounts))
    seen = [_seen(k, worths[k], loads[k]) for k in range(len(amounts))]
    rule = replace(BACKHAUL, follow=Decimal(follow) / 10)
    change, found = _change(price, *seen, rule=rule)
    worth = sum(row.worth for row in seen) * 100
    freight = price.total.minor if price.total else 0
    if freight < worth:
        assert 0 <= change <= min(worth - freight + 1, Decimal(freight) / 4 + 1)
    else:
        assert -Decimal(freight) / 5 - 1 <= change <= 0
        assert freight + change >= worth - 1
    if found.line is not None:
        exact = found.line.quantity * found.line.rate / 100
        assert found.line.amount == Money.of(exact, "USD")


def test_the_sentences_name_departure_places_bid_price_and_rule() -> None:
    pytest.importorskip("highspy")
    problem = Problem(
        (Departure("sea", 100, 20, "Feeder Aktau - Alat, departure of 3 December 2026"),),
        (product("p", ["sea"], 150, (90.0,)),),
    )
    values = place_values(problem)
    seen = outlook(values, 0, "sea", 2.0, period=0.0, carrying_cost_per_teu=Decimal(10))
    assert seen.expected_load == pytest.approx(1.0)
    _, found = _change(_price("100"), seen, rule=RULE)
    told = " ".join(found.sentences)
    for words in (
        "Feeder Aktau - Alat, departure of 3 December 2026",
        "20 of 100 TEU left",
        "a bid price of USD 150.00 a TEU",
        "cost USD 20.00 to carry",
        "worth USD 320.00",
        "held to the most that rule desk-2026 allows",
        "USD 50.00",
    ):
        assert words in told


def test_an_outlook_knows_what_has_been_sold_since() -> None:
    pytest.importorskip("highspy")
    problem = Problem((Departure("A", 100),), (product("p", "A", 150, (30.0,)),))
    values = place_values(problem)
    assert outlook(values, 0, "A", 1.0, period=0.0).expected_load == pytest.approx(0.3)
    late = outlook(values, 0, "A", 1.0, period=0.5, left_teu=20)
    assert late.expected_load == pytest.approx(0.8)


def test_places_that_no_group_can_fill_are_told_as_left() -> None:
    pytest.importorskip("highspy")
    problem = Problem((Departure("A", 225),), (product("p", "A", 150, (3.0,), 2.0),))
    assert outlook(place_values(problem), 0, "A", 2.0, period=0.0).left_teu == 225


def test_a_group_that_does_not_fit_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequestError, match="departure 0 has 1 TEU left, and 2"):
        capacity_line(_price("100"), [_seen(0, math.inf, 1.0, left_teu=1.0)], RULE)


def test_bid_prices_in_another_currency_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="bid price in EUR"):
        capacity_line(_price("100"), [_seen(0, 1, 1.0, currency="EUR")], RULE)


def test_an_incomplete_price_is_refused() -> None:
    price = book().price([leg()], shipment("22G1", weight_kg=1000))
    with pytest.raises(InvalidRequestError, match="complete the tariff"):
        capacity_line(price, [], RULE)


@pytest.mark.parametrize(
    "make",
    [
        lambda: BackhaulRule(below_load=Decimal("0.2"), full_discount_at_load=Decimal("0.2")),
        lambda: BackhaulRule(most_percent=Decimal(101)),
        lambda: CapacityRule("r", "s", follow=Decimal(2)),
        lambda: CapacityRule("r", "s", most_raise_percent=Decimal(-1)),
    ],
)
def test_rules_that_cannot_be_are_refused(make: object) -> None:
    with pytest.raises(InvalidRequestError):
        make()  # type: ignore[operator]

"""Netting: everything is cleared, nothing appears, and no less could be paid."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.tariff.settlement import DayRates, Payment, Transport, arranged, net, payments_for
from kervan.tariff.settlement.ledger import clearing_balances, trial_balance
from kervan.tariff.settlement.month import settle
from kervan.tariff.settlement.netting import EXACT_UP_TO, whole_units
from kervan.tariff.settlement.proration import MissingRateError
from tests.tariff.settlement.transports import CURRENCIES, MEMBERS, RATES, histories

DAY = date(2026, 11, 30)
NAMES = [f"M{k:02}" for k in range(30)]

_few = st.lists(st.integers(-9, 9), min_size=1, max_size=8)
_many = st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=29)


def positions_of(minors: list[int]) -> dict[str, int]:
    return dict(zip(NAMES, [*minors, -sum(minors)], strict=False))


def left_after(positions: dict[str, int], payments: tuple[Payment, ...]) -> dict[str, int]:
    left = defaultdict(int, positions)
    for payment in payments:
        left[payment.payer_id] += payment.minor
        left[payment.payee_id] -= payment.minor
    return {member: minor for member, minor in left.items() if minor}


def most_groups(minors: list[int]) -> int:
    """The most groups that add up to nothing, by trying every cut."""
    if not minors:
        return 0
    first, rest = minors[0], minors[1:]
    best = 0
    for size in range(len(rest) + 1):
        for chosen in combinations(range(len(rest)), size):
            if first + sum(rest[k] for k in chosen) == 0:
                others = [minor for k, minor in enumerate(rest) if k not in chosen]
                if sum(others) == 0:
                    best = max(best, 1 + most_groups(others))
    return best


@given(st.one_of(_few, _many))
@settings(deadline=None)
def test_payments_clear_every_position_and_come_to_the_least_there_is(minors: list[int]) -> None:
    positions = positions_of(minors)
    payments, _ = payments_for(positions)
    assert left_after(positions, payments) == {}
    assert all(payment.minor > 0 for payment in payments)
    assert sum(p.minor for p in payments) == sum(m for m in positions.values() if m > 0)
    open_ = [minor for minor in positions.values() if minor]
    assert len(payments) <= max(len(open_) - 1, 0)
    payers = {payment.payer_id for payment in payments}
    assert payers.isdisjoint(payment.payee_id for payment in payments)


@given(_few)
@settings(deadline=None)
def test_few_members_need_no_more_payments_than_any_way_could_do(minors: list[int]) -> None:
    positions = positions_of(minors)
    open_ = [minor for minor in positions.values() if minor]
    payments, fewest = payments_for(positions)
    assert fewest
    assert len(payments) == len(open_) - most_groups(open_)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=12))
@settings(max_examples=40, deadline=None)
def test_payments_come_to_the_optimum_of_the_minimum_cost_flow(minors: list[int]) -> None:
    positions = positions_of(minors)
    graph = nx.DiGraph()
    for member, minor in positions.items():
        graph.add_node(member, demand=minor)
    graph.add_edges_from(((a, b) for a in positions for b in positions if a != b), weight=1)
    cost, _ = nx.network_simplex(graph)
    assert sum(p.minor for p in payments_for(positions)[0]) == cost


def test_above_the_limit_pairs_that_cancel_are_taken_first() -> None:
    pairs = EXACT_UP_TO
    positions = {f"A{k:02}": 100 + k for k in range(pairs)}
    positions |= {f"B{k:02}": -100 - k for k in range(pairs)}
    payments, fewest = payments_for(positions)
    assert len(payments) == pairs
    assert fewest


def test_positions_too_large_for_64_bits_are_netted_all_the_same() -> None:
    positions = {"A": 2**70, "B": -(2**70), "C": 5, "D": -5}
    assert len(payments_for(positions)[0]) == 2


@given(st.lists(st.fractions(-100, 100, max_denominator=997), max_size=12))
def test_rounded_positions_add_up_to_nothing_and_none_is_a_whole_unit_off(
    values: list[Fraction],
) -> None:
    exact = [*values, -sum(values, Fraction(0))]
    rounded = whole_units(exact)
    assert sum(rounded) == 0
    assert all(abs(whole - value) < 1 for whole, value in zip(rounded, exact, strict=True))


@given(histories(), st.sampled_from(CURRENCIES), st.sampled_from((None, "MCM")))
@settings(max_examples=80, deadline=None)
def test_a_settled_month_leaves_nothing_open_and_no_money_appears(
    history: list[Transport], currency: str, house: str | None
) -> None:
    table = arranged(history, MEMBERS)
    settlement = settle(table, "2026-11", RATES, currency=currency, house=house)
    sums = defaultdict(int, settlement.closing)
    for key, minor in clearing_balances(settlement.settling).items():
        sums[key] += minor
    assert not any(sums.values())
    # Over all members the conversions come to nothing in each currency: nobody gained by them.
    exchanged: dict[str, int] = defaultdict(int)
    for (_, account, code), minor in trial_balance(settlement.settling).items():
        if account == "exchange":
            exchanged[code] += minor
    assert not any(exchanged.values())
    netting = settlement.netting
    units = len(netting.positions)
    assert netting.gross_minor <= netting.bilateral_in_one.gross_minor + units
    assert netting.bilateral_in_one.gross_minor <= netting.bilateral.gross_minor + 1
    assert all(abs(position.difference) < 1 for position in netting.positions)


def test_currencies_without_cents_and_with_mils_are_turned_exactly() -> None:
    balances = {
        ("A", "B", "JPY"): 150_000,
        ("B", "A", "JPY"): -150_000,
        ("A", "B", "IQD"): -1_310_000,
        ("B", "A", "IQD"): 1_310_000,
    }
    netting = net(balances, "USD", DAY, RATES)
    # 150,000 yen at 0.00667 are 1,000.50 USD; 1,310.000 dinars at 1,310 to the dollar are 1.00.
    assert [(p.payer_id, p.payee_id, p.minor) for p in netting.payments] == [("B", "A", 99_950)]
    assert netting.bilateral.count == 2
    assert netting.bilateral.gross_minor == 100_150


def test_three_who_owe_each_other_in_a_ring_need_one_payment_fewer() -> None:
    ring = {("A", "B"): -300, ("B", "C"): -300, ("C", "A"): -200}
    balances = {}
    for (payer, payee), minor in ring.items():
        balances[payer, payee, "USD"], balances[payee, payer, "USD"] = minor, -minor
    netting = net(balances, "USD", DAY, RATES)
    assert [(p.payer_id, p.payee_id, p.minor) for p in netting.payments] == [("A", "C", 100)]
    assert (netting.bilateral.count, netting.bilateral.gross_minor) == (3, 800)


def test_a_missing_rate_names_the_currencies_and_the_day() -> None:
    balances = {("A", "B", "GEL"): 1, ("B", "A", "GEL"): -1}
    with pytest.raises(MissingRateError, match="from GEL to USD on 2026-11-30"):
        net(balances, "USD", DAY, DayRates(()))


def test_balances_that_do_not_cancel_are_refused() -> None:
    with pytest.raises(ValueError, match="do not agree"):
        net({("A", "B", "USD"): 5}, "USD", DAY, RATES)

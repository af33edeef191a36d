"""Rates are divided to the cent, and nobody pays to carry."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.coalitions import carriers_of, cheapest_way, coalition_costs
from kervan.tariff.proposal.propose import Proposal, propose
from kervan.tariff.proposal.relation import Section
from tests.tariff.proposal.relations import bounds, relation, section, segment, step

WAY = (
    section("R", "AAAAA", "MMMMM", 1000, 3000),
    section("F", "MMMMM", "NNNNN", 500, 500),
    section("Q", "NNNNN", "ZZZZZ", 900, 1500),
)
RULES = ("cost", "distance", "shapley")

sections = st.lists(
    st.builds(
        section,
        st.sampled_from("ABCDE"),
        st.sampled_from(["AAAAA", "MMMMM", "NNNNN"]),
        st.sampled_from(["MMMMM", "NNNNN", "ZZZZZ"]),
        st.integers(0, 900),
        st.integers(100, 900),
    ),
    min_size=1,
    max_size=8,
)


def parts(found: Proposal) -> dict[str, tuple[float, Decimal, Decimal]]:
    return {p.carrier_id: (float(p.share), p.unit.major, p.contribution.major) for p in found.parts}


def ways(rows: list[Section], here: str, seen: frozenset[str]) -> list[list[Section]]:
    """Return every way from a place to ZZZZZ that comes to no place twice."""
    if here == "ZZZZZ":
        return [[]]
    return [
        [row, *rest]
        for row in rows
        if row.origin == here and row.destination not in seen
        for rest in ways(rows, row.destination, seen | {row.destination})
    ]


@given(sections)
def test_a_coalition_pays_for_the_cheapest_of_its_own_ways(rows: list[Section]) -> None:
    asked = relation(*rows)
    carriers = carriers_of(asked)
    members = np.array(list(product([False, True], repeat=len(carriers))))
    for inside, cost in zip(members, coalition_costs(asked, members), strict=True):
        own = {carrier for carrier, is_in in zip(carriers, inside, strict=True) if is_in}
        mine = [row for row in rows if row.carrier_id in own]
        costs = [
            float(sum(s.cost for s in way)) for way in ways(mine, "AAAAA", frozenset(["AAAAA"]))
        ]
        assert cost == min(costs, default=np.inf)
    if np.isfinite(cost):
        way = cheapest_way(asked)
        assert float(sum(s.cost for s in way)) == cost
        assert [s.destination for s in way[:-1]] == [s.origin for s in way[1:]]
        assert (way[0].origin, way[-1].destination) == ("AAAAA", "ZZZZZ")


def test_a_way_with_a_gap_is_told_with_where_it_ends() -> None:
    with pytest.raises(InvalidRequestError, match="from AAAAA to ZZZZZ: they lead to NNNNN"):
        propose(relation(*WAY[:2]))


@settings(max_examples=40, deadline=None)
@given(
    costs=st.lists(st.integers(1, 1500), min_size=3, max_size=3),
    share=st.floats(0.05, 0.6),
    rule=st.sampled_from(RULES),
    objective=st.sampled_from(["contribution", "volume"]),
)
def test_parts_add_up_to_the_cent_and_nobody_earns_less_than_its_cost(
    costs: list[int], share: float, rule: str, objective: str
) -> None:
    rows = [replace(s, cost=Decimal(c)) for s, c in zip(WAY, costs, strict=True)]
    asked = relation(
        *rows,
        segment(share=share),
        segment("L", commits_teu=900.0),
        step(500, 10, 2),
        rate=bounds(500, 30_000, 50),
    )
    found = propose(asked, objective, rule)
    assert sum(p.unit.minor for p in found.parts) == found.decision.rate * 100
    assert sum(p.year.minor for p in found.parts) == round(found.proposed.revenue * 100)
    assert sum(p.share for p in found.parts) == 1
    # A cent of rounding may be short where the rate stands at the bound.
    assert all(p.contribution.minor >= -1 for p in found.parts)


def test_by_cost_everybody_earns_the_same_on_what_it_spends() -> None:
    found = propose(relation(*WAY), rule="cost")
    assert [p.share for p in found.parts] == [Fraction(10, 24), Fraction(5, 24), Fraction(9, 24)]
    assert "USD 500.00 of the USD 2,400.00 that a unit costs, 20.83 %" in found.parts[1].reason


def test_by_distance_the_kilometres_decide() -> None:
    found = propose(relation(*WAY, rate=bounds(2000, 9000)), rule="distance")
    assert [p.share for p in found.parts] == [Fraction(3, 5), Fraction(1, 10), Fraction(3, 10)]
    # The ferry has its cost back from 500 / (1/10) on.
    assert found.floor == 5000
    assert found.decision.rate >= 5000


def test_a_distance_that_never_pays_the_ferry_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequestError, match=r"bring USD 5,000.00 on average before F has"):
        propose(relation(*WAY, rate=bounds(2000, 4900)), rule="distance")


def test_carriers_without_which_there_is_no_way_share_alike() -> None:
    found = propose(relation(*WAY), rule="shapley")
    earned = [p.contribution.minor for p in found.parts]
    assert max(earned) - min(earned) <= 1
    assert all("no way that earns anything" in p.reason for p in found.parts)


def test_two_who_can_do_the_same_for_the_same_leave_the_gain_to_the_third() -> None:
    # The glove game: one rail, two ferries. Its value is 2/3, 1/6, 1/6.
    rows = (
        section("R", "AAAAA", "MMMMM", 1000),
        section("F", "MMMMM", "ZZZZZ", 1000),
        section("G", "MMMMM", "ZZZZZ", 1000),
    )
    found = propose(relation(*rows), rule="shapley")
    assert found.game is not None
    whole = found.game.together
    assert found.game.value.values == (
        Fraction(2 * whole, 3),
        Fraction(whole, 6),
        Fraction(whole, 6),
    )
    told = parts(found)
    assert told["F"][2] == pytest.approx(told["G"][2], abs=Decimal("0.02"))
    assert "carries nothing on this way" in found.parts[2].reason


def test_a_carrier_that_is_never_the_cheaper_choice_gets_nothing() -> None:
    dear = section("X", "MMMMM", "NNNNN", 100_000)
    found = propose(relation(*WAY, dear), rule="shapley")
    assert parts(found)["X"] == (0.0, Decimal("0.00"), Decimal("0.00"))
    assert "adds nothing" in found.parts[-1].reason


def test_what_a_volume_proposal_earns_is_divided_in_the_proportions_of_the_game() -> None:
    asked = relation(*WAY, section("G", "MMMMM", "NNNNN", 700), capacity_teu=5000.0)
    most, best = (propose(asked, objective, "shapley") for objective in ("volume", "contribution"))
    earned, values = ([p.contribution.minor for p in f.parts] for f in (most, best))
    assert sum(earned) < sum(values)
    for a, b in zip(earned, values, strict=True):
        assert a / sum(earned) == pytest.approx(b / sum(values), abs=1e-6)


def test_seventeen_carriers_are_valued_from_drawn_orders_with_a_margin() -> None:
    rows = [
        section(f"C{number}", here, there, 500 + number)
        for number, (here, there) in enumerate(
            [("AAAAA", "MMMMM")] * 6 + [("MMMMM", "NNNNN")] * 6 + [("NNNNN", "ZZZZZ")] * 5
        )
    ]
    found = propose(relation(*rows), rule="shapley")
    assert found.game is not None
    assert found.game.value.orders > 0
    assert max(p.margin for p in found.parts) > 0
    assert sum(p.year.minor for p in found.parts) == round(found.proposed.revenue * 100)


def test_costs_above_every_rate_are_told_with_both() -> None:
    with pytest.raises(InvalidRequestError, match=r"A unit costs USD 2,500.00 .* up to 2400"):
        propose(relation(rate=bounds(2000, 2400)))


def test_a_contribution_out_of_reach_is_told_with_what_can_be_earned() -> None:
    with pytest.raises(InvalidRequestError, match="less than the least_contribution"):
        propose(relation(rate=bounds(least_contribution=Decimal(10) ** 9)))


def test_the_least_contribution_is_earned_by_the_most_volume() -> None:
    asked = relation(rate=bounds(least_contribution=Decimal(1_000_000)))
    assert 1_000_000 <= propose(asked, "volume").proposed.contribution < 1_010_000


def test_the_break_even_of_the_proposal_earns_nothing() -> None:
    asked = relation(
        segment("A", share=0.2),
        segment("B", share=0.3, commits_teu=900.0),
        step(500, 10),
    )
    found = propose(asked, "volume")
    from kervan.tariff.proposal.curve import point

    there = replace(found.decision, rate=Decimal(found.break_even))
    brought = point(asked, found.demand, there, found.unit_cost)
    assert brought.contribution == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("rule", RULES)
def test_a_rate_that_nobody_pays_is_divided_all_the_same(rule: str) -> None:
    hopeless = segment(share=1e-9, at_rate=100.0, price_coefficient=1.0)
    found = propose(relation(*WAY, hopeless, rate=bounds(5000, 9000)), rule=rule)
    assert found.proposed.teu == 0
    assert sum(p.unit.minor for p in found.parts) == found.decision.rate * 100

"""The best rate and rebates: held against trying them one by one, in plain Python."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.decision import (
    Decision,
    Decisions,
    best_contribution,
    loss_between_steps,
    outcome,
)
from kervan.tariff.proposal.demand import DemandCurves, demand_curves
from kervan.tariff.proposal.relation import Step
from tests.tariff.proposal.relations import bounds, curves, relation, segment, step

markets = st.lists(
    st.tuples(
        st.floats(100, 5000), st.floats(3e-4, 4e-3), st.floats(-2.0, 4.0), st.integers(0, 2)
    ).map(lambda m: (m[0], m[1], m[2] + m[1] * 4000, m[3])),
    min_size=1,
    max_size=3,
).map(lambda rows: curves(*rows))


def one_by_one(
    demand: DemandCurves, rate: float, rebates: tuple[float, ...]
) -> tuple[float, float]:
    volume = revenue = 0.0
    for units, b, a, at in zip(
        demand.units, demand.coefficient, demand.intercept, demand.step, strict=True
    ):
        price = rate * (1 - (0, *rebates)[at] / 100)
        carried = units / (1 + math.exp(b * price - a))
        volume, revenue = volume + carried, revenue + carried * price
    return volume, revenue


@settings(max_examples=40, deadline=None)
@given(markets, st.integers(1500, 4500), st.floats(0.3, 1.0), st.floats(0, 600))
def test_no_other_decision_is_better(
    demand: DemandCurves, cost: int, room: float, above: float
) -> None:
    rate = bounds(2500, 6500, 250)
    asked = relation(step(100, 12, 4), step(500, 15, 5), rate=rate)
    capacity = room * one_by_one(demand, 2500, (0, 0))[0]
    if one_by_one(demand, 6500, (0, 0))[0] > capacity:
        return
    decisions = Decisions(replace(asked, capacity_teu=capacity * asked.teu), demand)
    floor = cost + above
    lawful = {}
    for price, low, high in product(range(2500, 6501, 250), (0, 4, 8, 12), (0, 5, 10, 15)):
        volume, revenue = one_by_one(demand, price, (low, high))
        # The last digit of a sum is no reason to refuse.
        within = volume <= capacity * (1 + 1e-12) and revenue >= floor * volume * (1 - 1e-12)
        if low <= high and within:
            lawful[price, low, high] = (volume, revenue - cost * volume)
    for objective, place in (("volume", 0), ("contribution", 1)):
        found = decisions.best(objective, cost, floor)
        if not lawful:
            assert found is None
            continue
        assert found is not None
        worth = lawful[(int(found.rate), *map(int, found.rebates))][place]
        tolerance = 1.0 if objective == "volume" else 0.005
        assert worth >= max(w[place] for w in lawful.values()) - tolerance - 1e-6


def test_the_higher_of_two_peaks_is_found_wherever_it_lies() -> None:
    # A few who pay a lot and many who pay little: the contribution has two local maxima.
    few, many = (1000, 0.004, 0.004 * 7000, 0), (9000, 0.006, 0.006 * 3000, 0)
    asked = relation(rate=bounds(1000, 8000, 10))
    peaks = []
    for scale in (1.0, 0.2):
        demand = curves(few, (many[0] * scale, *many[1:]))
        decisions = Decisions(asked, demand)
        found = decisions.best("contribution", 1500, 1500)
        assert found is not None
        peaks.append(float(found.rate))
        rates = np.arange(1000, 8001, 10.0)
        earned = [
            revenue - 1500 * volume
            for volume, revenue in (one_by_one(demand, rate, ()) for rate in rates)
        ]
        tops = [k for k in range(1, 700) if earned[k - 1] < earned[k] > earned[k + 1]]
        assert len(tops) == 2
        assert float(found.rate) == rates[int(np.argmax(earned))]
    assert peaks[0] < 3500 < 5500 < peaks[1]


def test_of_decisions_that_earn_the_same_the_one_with_the_least_rebate_is_taken() -> None:
    # 4000 less 10 % is 3600: the same to everybody, for everybody earns the rebate.
    asked = relation(segment(commits_teu=1000.0), step(500, 10, 10), rate=bounds(3600, 4000, 400))
    found = Decisions(asked, demand_curves(asked)).best("contribution", 2100, 2100)
    assert found is not None
    assert (found.rate, found.rebates) == (3600, (Decimal(0),))


def test_a_step_that_nobody_reaches_gets_no_rebate() -> None:
    asked = relation(segment(), step(500, 10))
    found = Decisions(asked, demand_curves(asked)).best("volume", 2500, 2500)
    assert found is not None
    assert found.rebates == (Decimal(0),)


def test_customers_who_answer_more_to_the_rate_get_a_rebate_if_they_can_be_told_apart() -> None:
    asked = relation(
        segment("Small", share=0.2, price_coefficient=0.0006),
        segment("Large", share=0.2, price_coefficient=0.0012, commits_teu=800.0),
        step(500, 30),
    )
    found = Decisions(asked, demand_curves(asked)).best("contribution", 2500, 2500)
    assert found is not None
    assert 0 < found.rebates[0] < 30


def test_the_capacity_is_kept() -> None:
    asked = relation(capacity_teu=1500.0)
    demand = demand_curves(asked)
    for objective in ("volume", "contribution"):
        found = Decisions(asked, demand).best(objective, 1000, 1000)
        assert found is not None
        assert outcome(demand, found).volume * asked.teu <= 1500.0


def test_a_capacity_below_the_least_demand_is_told() -> None:
    asked = relation(capacity_teu=1.0)
    with pytest.raises(InvalidRequestError, match=r"Even at a rate of 8000 .* the capacity is 1"):
        Decisions(asked, demand_curves(asked))


@pytest.mark.parametrize(
    ("least_step", "steps"),
    [
        (0.01, (step(100, 50, 0.5), step(200, 50, 0.5))),
        ("1e-9", ()),
        (1, (step(100, 99, 1e-9),)),
        (1, tuple(step(k, 50, 1) for k in range(1, 9))),
    ],
)
def test_too_many_decisions_are_refused_before_they_are_tried(
    least_step: Any, steps: tuple[Step, ...]
) -> None:
    asked = relation(*steps, rate=bounds(1000, 5000, least_step))
    with pytest.raises(InvalidRequestError, match="Give larger steps"):
        Decisions(asked, demand_curves(asked))


@settings(max_examples=40, deadline=None)
@given(markets, st.integers(1500, 4500))
def test_no_rate_between_the_steps_earns_more_than_is_told(demand: DemandCurves, cost: int) -> None:
    asked = relation(rate=bounds(1500, 7500, 500))
    demand.step[:] = 0
    decisions = Decisions(asked, demand)
    found = decisions.best("contribution", cost, cost)
    assert found is not None
    told = loss_between_steps(decisions, found, cost)
    volume, revenue = one_by_one(demand, float(found.rate), ())
    for rate in np.linspace(1500, 7500, 1237):
        other, gained = one_by_one(demand, rate, ())
        assert gained - cost * other <= revenue - cost * volume + told + 1e-6


@settings(max_examples=40, deadline=None)
@given(markets, st.lists(st.floats(0, 7000), min_size=1, max_size=5))
def test_the_frontier_tells_the_best_contribution_at_every_cost(
    demand: DemandCurves, costs: list[float]
) -> None:
    asked = relation(step(100, 12, 4), step(500, 15, 5), rate=bounds(2500, 6500, 500))
    decisions = Decisions(asked, demand)
    told = best_contribution(decisions.frontier(), np.array([*costs, np.inf]))
    assert told[-1] == 0
    for cost, best in zip(costs, told, strict=False):
        earned = [
            outcome(demand, Decision(rate, rebates))
            for rate, rebates in product(decisions.rates, decisions.rebates)
        ]
        assert best == pytest.approx(
            max(0.0, *(o.revenue - cost * o.volume for o in earned)), rel=1e-9, abs=1e-6
        )

"""The demand meets what was observed, and answers to what has changed since."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.tariff.proposal.curve import cross_elasticities, point, rival_teu
from kervan.tariff.proposal.decision import Decision
from kervan.tariff.proposal.demand import demand_curves, with_elasticity, with_price
from kervan.tariff.proposal.relation import Relation
from tests.tariff.proposal.relations import alternative, relation, segment, step

SEA = alternative("Sea", 3000, 33)
NORTH = alternative("North", 6000, 20)


def shares(asked: Relation, rate: float) -> list[float]:
    prices = np.full(len(asked.segments), rate)
    return [float(share) for share in demand_curves(asked).share(prices)]


@given(
    share=st.floats(0.01, 0.99),
    at_rate=st.floats(500, 20_000),
    coefficient=st.floats(1e-5, 1e-2),
    value_of_time=st.floats(0, 300),
)
def test_the_stated_share_is_met_at_the_stated_rate(
    share: float, at_rate: float, coefficient: float, value_of_time: float
) -> None:
    market = segment(
        share=share, at_rate=at_rate, price_coefficient=coefficient, value_of_time=value_of_time
    )
    assert shares(relation(market, SEA, NORTH), at_rate) == pytest.approx([share], rel=1e-9)


def test_the_elasticity_of_the_curve_is_the_stated_one_where_it_was_stated() -> None:
    market = segment(share=0.2, at_rate=4910.0, price_coefficient=2.4 / (4910 * 0.8))
    assert market.elasticity == pytest.approx(-2.4)
    asked = relation(market)
    there = point(asked, demand_curves(asked), Decision(4910, ()), 0.0)  # type: ignore[arg-type]
    assert there.elasticity == pytest.approx(-2.4)
    low, high = (shares(asked, 4910 * factor)[0] for factor in (0.9999, 1.0001))
    assert (high - low) / 0.0002 / 0.2 == pytest.approx(-2.4, rel=1e-6)


def test_the_curve_is_the_logit_of_price_and_time() -> None:
    b, v = 0.0007, 60.0
    then = alternative("Sea", 3500, 30, price_then=2800, days_then=36)
    asked = relation(
        segment(share=0.25, at_rate=4000, price_coefficient=b, value_of_time=v),
        then,
        NORTH,
        days=15.0,
        days_then=18.0,
    )
    # The constant of the corridor, from the day the share was observed.
    rivals_then = math.exp(-b * (2800 + v * 36)) + math.exp(-b * (6000 + v * 20))
    constant = math.log(0.25 / 0.75 * rivals_then) + b * (4000 + v * 18)
    own = math.exp(constant - b * (4400 + v * 15))
    rivals = [math.exp(-b * (3500 + v * 30)), math.exp(-b * (6000 + v * 20))]
    assert shares(asked, 4400) == pytest.approx([own / (own + sum(rivals))])
    found = rival_teu(asked, demand_curves(asked), Decision(4400, ()))  # type: ignore[arg-type]
    assert found == pytest.approx([10_000 * r / (own + sum(rivals)) for r in rivals])


def test_stated_shares_of_the_alternatives_are_met_too() -> None:
    asked = relation(segment(share=0.3, shares=(0.6, 0.1)), SEA, NORTH)
    found = rival_teu(asked, demand_curves(asked), Decision(4000, ()))  # type: ignore[arg-type]
    assert found == pytest.approx([6000, 1000])


def test_a_dearer_or_slower_rival_brings_cargo_to_the_corridor() -> None:
    market = segment(value_of_time=50.0)
    now = shares(relation(market, SEA), 4000)
    assert shares(with_price(relation(market, SEA), "Sea", 1.1), 4000) > now
    assert shares(relation(market, replace(SEA, days=40)), 4000) > now
    assert shares(relation(market, SEA, days=14.0), 4000) > now


def test_cross_elasticities_are_those_of_the_curve() -> None:
    asked = relation(segment("A", share=0.2), segment("B", price_coefficient=0.002), SEA, NORTH)
    decision = Decision(4200, ())  # type: ignore[arg-type]
    told = cross_elasticities(asked, demand_curves(asked), decision)
    for name, elasticity in zip(("Sea", "North"), told, strict=True):
        low, high = (
            point(other, demand_curves(other), decision, 0.0).teu
            for other in (with_price(asked, name, factor) for factor in (0.9999, 1.0001))
        )
        assert (high - low) / 0.0002 / ((high + low) / 2) == pytest.approx(elasticity, rel=1e-5)


def test_another_elasticity_still_meets_the_stated_share() -> None:
    assert shares(with_elasticity(relation(), 1.5), 4000) == pytest.approx([0.3])


def test_customers_earn_the_highest_step_they_commit_to() -> None:
    asked = relation(
        *(segment(str(teu), commits_teu=teu) for teu in (0.0, 99.9, 100.0, 500.0, 9000.0)),
        step(100, 5),
        step(500, 10),
    )
    assert demand_curves(asked).step.tolist() == [0, 0, 1, 2, 2]

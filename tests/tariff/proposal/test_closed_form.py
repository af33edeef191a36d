"""The Lambert W function, and the best price of one segment in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.tariff.proposal.closed_form import best_price, lambert_w_of_exp
from kervan.tariff.proposal.propose import propose
from tests.tariff.proposal.relations import bounds, relation, section, segment


@given(st.floats(-600, 1e8))
def test_w_and_its_logarithm_add_up_to_the_argument(x: float) -> None:
    w = lambert_w_of_exp(x)
    assert w > 0
    assert w + math.log(w) == pytest.approx(x, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        (math.e, 1.0),
        (2 * math.e**2, 2.0),
        (1.0, 0.5671432904097838),
    ],  # the last: the omega constant
)
def test_w_takes_its_known_values(argument: float, value: float) -> None:
    assert lambert_w_of_exp(math.log(argument)) == pytest.approx(value, rel=1e-14)


def test_w_agrees_with_scipy() -> None:
    special = pytest.importorskip("scipy.special")
    for x in np.linspace(-50, 200, 1001):
        assert lambert_w_of_exp(x) == pytest.approx(float(special.wrightomega(x).real), rel=1e-12)


def test_a_hopeless_market_neither_overflows_nor_fails() -> None:
    assert lambert_w_of_exp(-5000.0) == 0.0
    assert best_price(-5000.0, 0.001, 100.0) == pytest.approx(1100.0)


@given(
    share=st.floats(0.02, 0.9),
    coefficient=st.floats(2e-4, 5e-3),
    cost=st.floats(200, 6000),
)
def test_no_price_near_the_closed_form_earns_more(
    share: float, coefficient: float, cost: float
) -> None:
    intercept = math.log(share / (1 - share)) + coefficient * 4000

    def earned(price: float) -> float:
        return (price - cost) * (1 - math.tanh((coefficient * price - intercept) / 2)) / 2

    best = best_price(intercept, coefficient, cost)
    for far in (-500, -5, -0.5, 0.5, 5, 500, 5000):
        assert earned(best + far) <= earned(best) * (1 + 1e-12)


@settings(max_examples=25, deadline=None)
@given(
    share=st.floats(0.05, 0.8),
    coefficient=st.floats(4e-4, 3e-3),
    cost=st.integers(500, 5000),
)
def test_the_proposal_for_one_segment_is_the_step_at_the_closed_form(
    share: float, coefficient: float, cost: int
) -> None:
    market = segment(share=share, price_coefficient=coefficient)
    asked = relation(
        market, section("C", "AAAAA", "ZZZZZ", cost), rate=bounds(cost, cost + 12_000, 10)
    )
    found = propose(asked)
    assert found.closed_form is not None
    if found.closed_form < cost + 12_000:
        assert abs(float(found.decision.rate) - found.closed_form) <= 10

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue import (
    Departure,
    PlaceValues,
    Problem,
    SolverMissingError,
    place_values,
    solve_linear,
)
from kervan.tariff.revenue.decomposition import FARES
from tests.tariff.revenue.problems import Accepts, exact_value, product, random_problem

pytest.importorskip("highspy")

SEEDS = range(12)


def _policy(problem: Problem, values: PlaceValues) -> Accepts:
    """Take what covers the sum of what it displaces on its departures."""
    unit = float(problem.unit_teu)

    def accepts(number: int, moment: float, left: tuple[int, ...]) -> bool:
        row = problem.products[number]
        cost = sum(
            values.displacement(key, row.teu, moment, left[problem.index[key]] * unit)
            for key in row.departure_ids
        )
        return row.fare >= cost - 1e-9

    return accepts


def test_the_linear_program_is_solved_as_by_hand() -> None:
    # 10 places; 6 at 100 and 8 at 60 are expected: six and four are taken, the next is worth 60.
    problem = Problem(
        (Departure("A", 10),),
        (product("dear", "A", 100, (6.0,)), product("cheap", "A", 60, (8.0,))),
    )
    plan = solve_linear(problem)
    assert plan.bound == pytest.approx(840)
    assert plan.groups.tolist() == pytest.approx([6, 4])
    assert plan.bid_prices.tolist() == pytest.approx([60])


def test_bid_prices_are_a_teu_and_not_a_unit() -> None:
    problem = Problem(
        (Departure("A", 9),),
        (product("box", "A", 100, (20.0,), 2.25), product("small", "A", 60, (8.0,))),
    )
    assert problem.unit_teu == 0.25
    assert solve_linear(problem).bid_prices.tolist() == pytest.approx([100])


def test_the_time_that_is_left_counts_only_requests_still_to_come() -> None:
    problem = Problem((Departure("A", 50),), (product("p", "A", 10, (4.0, 2.0, 1.0)),))
    bounds = [solve_linear(problem, period=moment).bound for moment in (0, 0.5, 1, 2.25, 3)]
    assert bounds == pytest.approx([70, 50, 30, 7.5, 0])


@pytest.mark.parametrize("seed", SEEDS)
def test_no_policy_passes_the_bounds_and_the_split_one_is_the_tighter_of_the_two(
    seed: int,
) -> None:
    problem = random_problem(seed)
    best = exact_value(problem)
    linear = solve_linear(problem).bound
    for fares in FARES:
        # The exact value here lets one request in at a time; a hair of it is the step's.
        assert best <= place_values(problem, fares=fares).bound * 1.002
        assert place_values(problem, fares=fares).bound <= linear * (1 + 1e-12)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("fares", FARES)
def test_a_departure_alone_is_solved_exactly(seed: int, fares: str) -> None:
    whole = random_problem(seed)
    problem = Problem(
        whole.departures[:1],
        tuple(row for row in whole.products if row.departure_ids == ("A",)),
    )
    found = place_values(problem, fares=fares, most_requests_a_step=0.02).tables[0][0, -1]
    assert found == pytest.approx(exact_value(problem, steps=1500), rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("fares", FARES)
def test_the_decomposition_comes_close_to_the_best_there_is(seed: int, fares: str) -> None:
    problem = random_problem(seed)
    best = exact_value(problem, steps=40)
    found = exact_value(problem, _policy(problem, place_values(problem, fares=fares)), steps=40)
    first_come = exact_value(problem, lambda *_: True, steps=40)
    assert found <= best * (1 + 1e-9)
    assert found >= 0.97 * best
    assert found >= first_come * (1 - 1e-9)


def test_two_classes_are_told_apart_by_littlewoods_rule() -> None:
    # Cheap requests come first, dear ones after: with x places left a cheap one is taken exactly if
    # its fare is at least the dear fare times the chance that x or more dear ones come.
    dear, cheap, expected, places = 100.0, 40.0, 8.0, 20
    problem = Problem(
        (Departure("A", places),),
        (product("cheap", "A", cheap, (30.0, 0.0)), product("dear", "A", dear, (0.0, expected))),
    )
    values = place_values(problem, most_requests_a_step=0.01)
    chance = [
        1 - sum(math.exp(-expected) * expected**k / math.factorial(k) for k in range(x))
        for x in range(1, places + 1)
    ]
    marginal = np.diff(values.tables[0][1])
    assert marginal == pytest.approx([dear * each for each in chance], abs=0.01)
    protected = max(x for x, each in enumerate(chance, 1) if dear * each > cheap)
    curve = values.curve("A", 1.0, 1.0)
    assert [x for x in range(1, places + 1) if curve[x] > cheap] == list(range(1, protected + 1))
    assert protected == 9  # a ninth dear one comes with chance 0.407, a tenth with 0.283


RATES = st.lists(st.floats(0.0, 3.0), min_size=3, max_size=3).map(tuple)


@settings(max_examples=60, deadline=None)
@given(
    places=st.integers(1, 12),
    rows=st.lists(st.tuples(st.floats(1.0, 500.0), RATES), min_size=1, max_size=4),
)
def test_single_containers_cost_no_more_with_more_places_or_less_time(
    places: int, rows: list[tuple[float, tuple[float, ...]]]
) -> None:
    problem = Problem(
        (Departure("A", places),),
        tuple(product(str(k), "A", fare, rates) for k, (fare, rates) in enumerate(rows)),
    )
    table = place_values(problem).tables[0]
    marginal = np.diff(table, axis=1)
    assert (np.diff(marginal, axis=1) <= 1e-9).all()
    assert (np.diff(marginal, axis=0) <= 1e-9).all()
    assert (marginal >= -1e-9).all()
    assert (marginal <= max(fare for fare, _ in rows) + 1e-9).all()


def test_with_groups_the_place_that_completes_one_may_be_dearer() -> None:
    problem = Problem(
        (Departure("A", 2),),
        (product("box", "A", 10, (5.0,)), product("pair", "A", 100, (5.0,), 2.0)),
    )
    curve = place_values(problem).curve("A", 1.0, 0.0)
    assert math.isinf(curve[0])
    assert curve[2] > curve[1]


def test_a_group_that_does_not_fit_displaces_without_limit() -> None:
    values = place_values(random_problem(1))
    assert math.isinf(values.displacement("A", 100.0, 0.0))


def test_a_departure_nobody_else_wants_costs_nothing() -> None:
    problem = Problem(
        (Departure("A", 500), Departure("B", 2)),
        (product("p", "A", 100, (3.0,)), product("q", "B", 100, (9.0,))),
    )
    values = place_values(problem)
    assert values.displacement("A", 2.0, 0.0) == pytest.approx(0, abs=1e-6)
    assert values.displacement("B", 1.0, 0.0) > 90


@pytest.mark.parametrize("seed", SEEDS)
def test_values_from_a_later_period_are_those_of_the_whole_when_fares_are_whole(seed: int) -> None:
    whole = random_problem(seed)
    problem = Problem(whole.departures[:1], whole.products[:2])
    late = place_values(problem, period=2)
    assert late.tables[0] == pytest.approx(place_values(problem).tables[0][2:])


def test_what_was_not_worked_out_is_not_answered() -> None:
    values = place_values(random_problem(3), period=1)
    for departure, moment, left, words in (
        ("X", 1.0, None, "no departure 'X'"),
        ("A", 0.5, None, "periods 1 to 3"),
        ("A", 1.0, 50.0, "not 50;"),
    ):
        with pytest.raises(InvalidRequestError, match=words):
            values.displacement(departure, 1.0, moment, left)
    with pytest.raises(InvalidRequestError, match="no way of the fares"):
        place_values(random_problem(3), fares="whole")
    with pytest.raises(InvalidRequestError, match="no booking period 9"):
        place_values(random_problem(3), period=9)


def test_nothing_to_sell_is_worth_nothing() -> None:
    values = place_values(Problem((Departure("A", 5),), ()))
    assert values.bound == 0
    assert values.tables[0].tolist() == [[0.0] * 6]


def test_without_the_solver_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(SolverMissingError, match=r"kervan\[plan\]"):
        solve_linear(random_problem(1))


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    solve_linear(random_problem(1))
    assert capfd.readouterr() == ("", "")

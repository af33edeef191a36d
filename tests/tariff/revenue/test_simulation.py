from __future__ import annotations

import numpy as np
import pytest

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue import Departure, Policy, Problem, place_values, simulate, solve_linear
from kervan.tariff.revenue.simulation import Requests, draw_requests, sell
from tests.tariff.revenue.problems import product, random_problem

pytest.importorskip("highspy")

POLICIES = (
    Policy("first_come"),
    Policy("linear"),
    Policy("linear", resolve_every=1),
    Policy("decomposition"),
    Policy("decomposition", resolve_every=1, fares="split"),
)


def test_the_same_seed_sells_the_same() -> None:
    problem = random_problem(4, teu=(1.0, 2.25))
    once, again = (simulate(problem, POLICIES, runs=20, seed=5) for _ in range(2))
    other = simulate(problem, POLICIES, runs=20, seed=6)
    for left, right, third in zip(once, again, other, strict=True):
        assert left.revenues.tolist() == right.revenues.tolist()
        assert left.revenues.tolist() != third.revenues.tolist()


def test_a_run_depends_on_its_number_and_on_no_other_policy() -> None:
    problem = random_problem(4)
    few = simulate(problem, POLICIES[3:4], runs=5, seed=5)[0]
    many = simulate(problem, POLICIES, runs=30, seed=5)[3]
    assert few.revenues.tolist() == many.revenues[:5].tolist()


def test_requests_come_as_often_as_expected_and_in_order() -> None:
    problem = Problem((Departure("A", 1),), (product("p", "A", 1, (400.0, 100.0)),))
    requests = draw_requests(problem, np.random.default_rng(1))
    assert (np.diff(requests.at) >= 0).all()
    assert abs((requests.at < 1).sum() - 400) < 5 * 20
    assert abs((requests.at >= 1).sum() - 100) < 5 * 10


def test_first_come_takes_whatever_fits_and_nothing_else() -> None:
    problem = Problem(
        (Departure("A", 5), Departure("B", 2)),
        (product("both", "AB", 1, (30.0,)), product("pair", "A", 500, (30.0,), 2.0)),
    )
    requests = draw_requests(problem, np.random.default_rng(2))
    sale = sell(problem, Policy("first_come"), requests)
    assert (sale.left >= 0).all()
    assert sale.left[0] < 2
    sizes, used = problem.arrays.sizes, np.array([[1, 1], [1, 0]])
    assert (problem.arrays.left - (sale.taken * sizes) @ used).tolist() == sale.left.tolist()
    assert sale.revenue == pytest.approx(float(sale.taken @ problem.arrays.fares))


def test_where_there_is_room_for_all_every_policy_takes_all() -> None:
    problem = Problem(
        (Departure("A", 500),),
        (product("p", "A", 0.01, (5.0,)), product("q", "A", 100, (5.0,), 2.25)),
    )
    outcomes = simulate(problem, POLICIES, runs=10, seed=1)
    first = draw_requests(problem, np.random.default_rng((1, 0)))
    assert outcomes[0].revenues[0] == pytest.approx(problem.arrays.fares[first.product].sum())
    for outcome in outcomes[1:]:
        assert outcome.revenues.tolist() == outcomes[0].revenues.tolist()


@pytest.mark.parametrize("kind", ["linear", "decomposition"])
def test_prices_worked_out_again_know_what_has_not_come(kind: str) -> None:
    # Dear requests were expected to fill the train, and none came; what is left may go cheaply.
    problem = Problem(
        (Departure("A", 10),),
        (product("dear", "A", 100, (40.0, 0.0)), product("cheap", "A", 10, (0.0, 5.0))),
    )
    requests = Requests(np.array([1.2, 1.5]), np.array([1, 1]))
    assert sell(problem, Policy(kind, resolve_every=1), requests).revenue == 20
    early = Requests(np.array([0.2, 0.5]), np.array([1, 1]))
    assert sell(problem, Policy(kind, resolve_every=1), early).revenue == 0


@pytest.mark.parametrize("kind", ["linear", "decomposition"])
def test_prices_worked_out_again_know_how_many_places_are_left(kind: str) -> None:
    # Eight of ten places went when hardly anybody was expected; dear requests fill the last two.
    problem = Problem(
        (Departure("A", 10),),
        (
            product("early", "A", 99, (0.1, 0.0)),
            product("dear", "A", 100, (0.0, 4.0)),
            product("cheap", "A", 10, (0.0, 2.0)),
        ),
    )
    requests = Requests(
        np.array([*np.linspace(0.1, 0.9, 8), 1.01]), np.array([0] * 8 + [2], np.int64)
    )
    assert sell(problem, Policy(kind, resolve_every=1), requests).revenue == 792
    assert sell(problem, Policy("linear"), requests).revenue == 802


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_policy_earns_more_than_the_bounds_on_average(seed: int) -> None:
    problem = random_problem(seed)
    bound = min(place_values(problem, fares=fares).bound for fares in ("reduced", "split"))
    assert bound <= solve_linear(problem).bound * (1 + 1e-12)
    for outcome in simulate(problem, POLICIES, runs=400, seed=seed):
        share, half = outcome.share_of(bound)
        assert share <= 1 + 2 * half


def _in_short_periods(*requests: float) -> tuple[float, ...]:
    return tuple(each / 15 for each in requests for _ in range(15))


def test_one_departure_earns_what_its_places_are_worth() -> None:
    problem = Problem(
        (Departure("A", 30),),
        (
            product("cheap", "A", 50, _in_short_periods(12.0, 6.0, 2.0)),
            product("dear", "A", 120, _in_short_periods(1.0, 4.0, 8.0)),
            product("box", "A", 80, _in_short_periods(2.0, 2.0, 2.0), 2.25),
        ),
    )
    values = place_values(problem)
    outcome = simulate(problem, [Policy("decomposition")], runs=3000, seed=9)[0]
    share, half = outcome.share_of(float(values.tables[0][0, -1]))
    assert half < 0.01
    assert abs(share - 1) < 2 * half


def test_load_factors_count_what_was_sold_before() -> None:
    problem = Problem((Departure("A", 10, 4),), (product("p", "A", 1, (50.0,)),))
    outcome = simulate(problem, [Policy("first_come")], runs=3, seed=1)[0]
    assert outcome.load_factors.tolist() == [1.0]


def test_what_cannot_be_simulated_is_refused() -> None:
    problem = random_problem(1)
    with pytest.raises(InvalidRequestError, match="no policy"):
        simulate(problem, [Policy("auction")], runs=1, seed=1)
    with pytest.raises(InvalidRequestError, match="every 0 periods"):
        simulate(problem, [Policy("linear", 0)], runs=1, seed=1)
    with pytest.raises(InvalidRequestError, match="0 runs"):
        simulate(problem, POLICIES, runs=0, seed=1)

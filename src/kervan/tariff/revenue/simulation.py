"""Selling a problem's places over and over, by several policies and to the same customers.

Every policy meets the same requests in the same order (common random numbers), so that what tells
two policies apart is not luck. A share of the bound, and a gain over another policy, come with the
half width of their 95 % confidence interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue.decomposition import PlaceValues, place_values
from kervan.tariff.revenue.linear import LinearPlan, solve_linear
from kervan.tariff.revenue.problem import Float64, Int64, Problem

KINDS = ("first_come", "linear", "decomposition")
Z95 = 1.959963984540054
"""97.5 % point of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A way to accept requests.

    Attributes
    ----------
    kind
        ``first_come``: whatever fits. ``linear``: what covers the dual prices of the linear
        program. ``decomposition``: what covers the value of the places it takes (see
        :mod:`kervan.tariff.revenue.decomposition`).
    resolve_every
        Periods after which prices are worked out again from the places left then; None for once.
    fares
        As in :func:`~kervan.tariff.revenue.decomposition.place_values`.
    """

    kind: str
    resolve_every: int | None = None
    fares: str = "reduced"


class Requests(NamedTuple):
    """Requests in the order they come."""

    at: Float64
    """Moment, in periods from the start; shape (requests,)."""
    product: Int64


class Sale(NamedTuple):
    """What one run sold."""

    revenue: float
    taken: Int64
    """Requests taken of each product."""
    left: Int64
    """Units left on each departure."""


@dataclass(frozen=True)
class Outcome:
    """What a policy earned, run by run.

    Attributes
    ----------
    policy
        The policy.
    revenues
        Major units; shape (runs,).
    load_factors
        Part of the capacity sold on each departure, on average; shape (departures,).
    """

    policy: Policy
    revenues: Float64
    load_factors: Float64

    @property
    def mean(self) -> float:
        """Average revenue in major units."""
        return float(self.revenues.mean())

    def share_of(self, bound: float) -> tuple[float, float]:
        """Return the average as part of a bound, and the half width of its 95 % interval."""
        return interval(self.revenues / bound)

    def gain_over(self, other: Outcome) -> tuple[float, float]:
        """Return what was earned more than by another policy, as part of that, and half width."""
        return interval((self.revenues - other.revenues) / other.mean)


def interval(values: Float64) -> tuple[float, float]:
    """Return the mean of some values and the half width of its 95 % confidence interval."""
    if len(values) < 2:
        return float(values.mean()), math.inf
    return float(values.mean()), Z95 * float(values.std(ddof=1)) / math.sqrt(len(values))


def draw_requests(problem: Problem, rng: np.random.Generator) -> Requests:
    """Draw the requests of all booking periods: Poisson numbers, evenly spread within a period."""
    numbers = rng.poisson(problem.arrays.requests)
    product, period = np.nonzero(numbers)
    times = numbers[product, period]
    product, period = np.repeat(product, times), np.repeat(period, times)
    at = period + rng.random(len(period))
    order = np.argsort(at, kind="stable")
    return Requests(at[order], product[order])


def sell(
    problem: Problem,
    policy: Policy,
    requests: Requests,
    *,
    start: LinearPlan | PlaceValues | None = None,
) -> Sale:
    """Meet requests with a policy.

    Parameters
    ----------
    problem
        Departures and products.
    policy
        The policy.
    requests
        From :func:`draw_requests`.
    start
        Prices to begin with, where they have been worked out already.
    """
    _check(policy)
    arrays = problem.arrays
    left, taken = arrays.left.copy(), np.zeros(len(arrays.fares), np.int64)
    every = policy.resolve_every or max(problem.periods, 1)
    revenue = 0.0
    for begins in range(0, problem.periods, every):
        ends = min(begins + every, problem.periods)
        prices = (
            start if begins == 0 and start is not None else _prices(problem, policy, begins, left)
        )
        first, last = np.searchsorted(requests.at, (begins, ends))
        part = Requests(requests.at[first:last], requests.product[first:last])
        revenue += _book(problem, prices, part, left, taken)
    return Sale(revenue, taken, left)


def simulate(
    problem: Problem, policies: Sequence[Policy], *, runs: int, seed: int
) -> tuple[Outcome, ...]:
    """Sell the problem's places many times, by each policy to the same customers.

    Parameters
    ----------
    problem
        Departures and products.
    policies
        The policies.
    runs
        How often.
    seed
        The same seed, the same requests; run k depends on the seed and on k alone.
    """
    if runs < 1:
        raise InvalidRequestError(f"{runs} runs show nothing; give one or more.")
    for policy in policies:
        _check(policy)
    starts = [_prices(problem, policy, 0, problem.arrays.left) for policy in policies]
    revenues = np.zeros((len(policies), runs))
    sold = np.zeros((len(policies), len(problem.departures)))
    for run in range(runs):
        requests = draw_requests(problem, np.random.default_rng((seed, run)))
        for k, (policy, start) in enumerate(zip(policies, starts, strict=True)):
            found = sell(problem, policy, requests, start=start)
            revenues[k, run] = found.revenue
            sold[k] += problem.arrays.left - found.left
    capacity = np.array([row.capacity_teu for row in problem.departures])
    before = np.array([row.capacity_teu - row.left_teu for row in problem.departures])
    loads = (before + sold * float(problem.unit_teu) / runs) / np.maximum(capacity, 1e-9)
    return tuple(Outcome(policy, revenues[k], loads[k]) for k, policy in enumerate(policies))


def _check(policy: Policy) -> None:
    if policy.kind not in KINDS:
        raise InvalidRequestError(f"'{policy.kind}' is no policy; use {', '.join(KINDS)}.")
    if policy.resolve_every is not None and policy.resolve_every < 1:
        raise InvalidRequestError(
            f"Prices cannot be worked out every {policy.resolve_every} periods; give 1 or more."
        )


def _prices(
    problem: Problem, policy: Policy, period: int, left: Int64
) -> LinearPlan | PlaceValues | None:
    if policy.kind == "first_come":
        return None
    plan = solve_linear(problem, period=period, left=left)
    if policy.kind == "linear":
        return plan
    return place_values(problem, period=period, left=left, plan=plan, fares=policy.fares)


def _book(
    problem: Problem,
    prices: LinearPlan | PlaceValues | None,
    requests: Requests,
    left: Int64,
    taken: Int64,
) -> float:
    from kervan.tariff.revenue.kernel import book

    arrays = problem.arrays
    tables, pointers, first = np.zeros(0), np.zeros((len(left), 2), np.int64), 0
    units = np.zeros(len(left))
    if isinstance(prices, LinearPlan):
        units = prices.unit_prices
    elif prices is not None:
        tables, pointers, first = prices.flat, prices.pointers, prices.first_period
    return float(
        book(
            requests.at,
            requests.product,
            arrays.fares,
            arrays.sizes,
            arrays.use_ptr,
            arrays.use,
            tables,
            pointers,
            first,
            units,
            left,
            taken,
        )
    )

"""Bid prices that know the time and the places left: the network split into its departures.

The exact dynamic program has a state for every combination of places left, far too many. Split by
departure, each is solved exactly by itself over time and places left, with the products that use
it. What a group displaces is the sum, over its departures, of the value of the places left less
the value of those left after it. Two ways to say what a product earns on one departure:

``reduced``
    Its fare less the dual prices of the other departures it uses (Talluri and van Ryzin 2004,
    section 3.4.4).
``split``
    The dual prices of this departure, and its part of what the fare exceeds or lacks the duals of
    all: shared in proportion to the duals, evenly where all are nil. The parts add up to the fare.
    This is one point of Topaloglu's Lagrangian relaxation (*Using Lagrangian relaxation to
    compute capacity-dependent bid prices in network revenue management*, Operations Research 57,
    2009), without his search for the best one.

Either gives an upper bound on what any policy earns on average that is no looser than the linear
program's. Split: the sum of the departures' values. Reduced: one departure's value, the other
departures' places at their dual prices, and what the products that do not use it earn above those
prices; the least over the departures is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue.linear import LinearPlan, expected_requests, solve_linear
from kervan.tariff.revenue.problem import Arrays, Float64, Int64, Problem

FARES = ("reduced", "split")

MOST_REQUESTS_A_STEP = 0.125
"""Requests that one step of a departure's dynamic program may expect."""


@dataclass(frozen=True)
class PlaceValues:
    """What the places of every departure are worth, by time and number left.

    Attributes
    ----------
    problem
        What was solved.
    first_period
        Booking period the tables begin with.
    flat, pointers
        The departures' tables end to end, and where each begins and how long its rows are; shape
        (departures, 2).
    plan
        The linear program whose duals were used.
    bound
        Upper bound on what any policy earns on average from ``first_period`` on; no looser than
        the linear program's.
    """

    problem: Problem
    first_period: int
    flat: Float64
    pointers: Int64
    plan: LinearPlan
    bound: float

    @property
    def tables(self) -> tuple[Float64, ...]:
        """One a departure: entry (p, x) is what x units are worth from a moment on.

        The moment is the beginning of period ``first_period + p``; major units; shape
        (periods - first_period + 1, units left + 1).
        """
        ends = [*self.pointers[1:, 0].tolist(), len(self.flat)]
        return tuple(
            self.flat[begin:end].reshape(-1, width)
            for (begin, width), end in zip(self.pointers.tolist(), ends, strict=True)
        )

    def displacement(
        self, departure_id: str, teu: float, period: float, left_teu: float | None = None
    ) -> float:
        """Return what taking a group costs on one departure in other sales that it displaces.

        Parameters
        ----------
        departure_id
            The departure.
        teu
            Size of the group.
        period
            The moment, in booking periods from the start.
        left_teu
            Places left; those of the problem unless given. More than were left when the tables
            were made cannot be asked for.

        Returns
        -------
        float
            Major units for the whole group; infinite where it does not fit.

        Raises
        ------
        InvalidRequestError
            If there is no such departure, moment, or number of places.
        """
        row = self.problem.row(departure_id)
        table = self.tables[row]
        since = period - self.first_period
        if not 0 <= since <= len(table) - 1:
            raise InvalidRequestError(
                f"Bid prices were made for periods {self.first_period} to "
                f"{self.first_period + len(table) - 1}; {period} is not among them."
            )
        left = table.shape[1] - 1
        if left_teu is not None:
            left = int(left_teu / float(self.problem.unit_teu) + 1e-9)
        if not 0 <= left < table.shape[1]:
            raise InvalidRequestError(
                f"Bid prices of '{departure_id}' were made for at most "
                f"{float((table.shape[1] - 1) * self.problem.unit_teu):g} TEU left, not "
                f"{left_teu:g}; make them again."
            )
        size = self.problem.units(teu)
        if size > left:
            return float("inf")
        begun = min(int(since), len(table) - 2) if len(table) > 1 else 0
        costs = table[begun : begun + 2, left] - table[begun : begun + 2, left - size]
        part = since - begun
        return float(costs[0] if len(costs) == 1 else (1 - part) * costs[0] + part * costs[1])

    def curve(self, departure_id: str, teu: float, period: float) -> Float64:
        """Return the bid price a TEU of a group by the number of units left, from none to all.

        It is infinite where the group does not fit. Never rising in places left for groups of one
        size; with groups of several sizes it may rise here and there, because a place too few for
        a large group is worth less than the place that completes it.

        Returns
        -------
        ndarray
            Major units a TEU; shape (units left + 1,).
        """
        unit = float(self.problem.unit_teu)
        lefts = range(self.tables[self.problem.row(departure_id)].shape[1])
        return np.array(
            [self.displacement(departure_id, teu, period, x * unit) / teu for x in lefts]
        )


def place_values(
    problem: Problem,
    *,
    period: int = 0,
    left: Int64 | None = None,
    plan: LinearPlan | None = None,
    fares: str = "reduced",
    most_requests_a_step: float = MOST_REQUESTS_A_STEP,
) -> PlaceValues:
    """Solve every departure by itself.

    Parameters
    ----------
    problem
        Departures and products.
    period
        Booking period to begin with.
    left
        Units left on each departure; those of the problem unless given.
    plan
        The linear program solved at that moment; solved here unless given.
    fares
        ``reduced`` or ``split``; see the module's text.
    most_requests_a_step
        Requests that a step of the dynamic program may expect, at most 1: smaller is closer to
        the Poisson process and slower.

    Notes
    -----
    Time and memory are O(departures x periods x units), time also times the products of a
    departure.

    Raises
    ------
    InvalidRequestError
        If the period, the way of the fares or the step is not one of those allowed.
    SolverMissingError
        If the linear program is to be solved and ``highspy`` is not installed.
    """
    from kervan.tariff.revenue.kernel import places_values

    if not 0 <= period <= problem.periods:
        raise InvalidRequestError(
            f"There is no booking period {period}; there are {problem.periods}."
        )
    if not 0 < most_requests_a_step <= 1:
        raise InvalidRequestError(
            f"A step cannot expect {most_requests_a_step} requests; give above 0 and at most 1."
        )
    if fares not in FARES:
        raise InvalidRequestError(f"'{fares}' is no way of the fares; use {' or '.join(FARES)}.")
    arrays = problem.arrays
    units = arrays.left if left is None else left
    if plan is None:
        plan = solve_linear(problem, period=period, left=units)
    earned = _split(arrays, plan) if fares == "split" else _reduced(arrays, plan)
    # The same by departure: a stable sort keeps the products of each in their order.
    earned = earned[np.argsort(arrays.use, kind="stable")]
    rows, widths = problem.periods - period + 1, units + 1
    pointers = np.stack([np.cumsum(rows * widths) - rows * widths, widths], axis=1)
    found = PlaceValues(
        problem, period, np.empty(int(rows * widths.sum())), pointers, plan, plan.bound
    )
    for row, values in enumerate(found.tables):
        here = slice(arrays.user_ptr[row], arrays.user_ptr[row + 1])
        users = arrays.user[here]
        places_values(
            earned[here],
            arrays.sizes[users],
            np.ascontiguousarray(arrays.requests[users, period:]),
            int(units[row]),
            most_requests_a_step,
            values,
        )
    worth = np.array([table[0, -1] for table in found.tables])
    if fares == "split":
        bound = float(worth.sum())
    else:
        bound = _reduced_bound(arrays, units, plan, worth, expected_requests(arrays, period))
    return replace(found, bound=min(plan.bound, bound))


def _priced(arrays: Arrays, plan: LinearPlan) -> tuple[Float64, Float64]:
    """Return each use of a departure at its dual price, and the sum of a product's uses."""
    priced: Float64 = (
        np.repeat(arrays.sizes, np.diff(arrays.use_ptr)) * plan.unit_prices[arrays.use]
    )
    whole = np.bincount(_product_of_use(arrays), priced, minlength=len(arrays.fares))
    return priced, whole.astype(np.float64)


def _product_of_use(arrays: Arrays) -> Int64:
    return np.repeat(np.arange(len(arrays.fares)), np.diff(arrays.use_ptr))


def _reduced(arrays: Arrays, plan: LinearPlan) -> Float64:
    priced, displaced = _priced(arrays, plan)
    return (arrays.fares - displaced)[_product_of_use(arrays)] + priced


def _split(arrays: Arrays, plan: LinearPlan) -> Float64:
    priced, displaced = _priced(arrays, plan)
    product = _product_of_use(arrays)
    uses = np.diff(arrays.use_ptr)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(displaced[product] > 0, priced / displaced[product], 1.0 / uses[product])
    return priced + share * (arrays.fares - displaced)[product]


def _reduced_bound(
    arrays: Arrays, units: Int64, plan: LinearPlan, worth: Float64, expected: Float64
) -> float:
    _, displaced = _priced(arrays, plan)
    gain = expected * np.maximum(0.0, arrays.fares - displaced)
    used = np.bincount(arrays.use, gain[_product_of_use(arrays)], minlength=len(units))
    places = plan.unit_prices * units
    bounds = (places.sum() - places) + (gain.sum() - used) + worth
    return float(bounds.min(initial=np.inf))

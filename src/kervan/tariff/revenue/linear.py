"""The deterministic linear program: every request comes as expected, and groups can be divided.

Maximise the sum of fare times groups taken, with no more groups of a product than are expected and
no more TEU on a departure than are left. Its value is an upper bound on what any way of accepting
requests earns on average (Talluri and van Ryzin, *The Theory and Practice of Revenue Management*,
2004, section 3.3.1; the argument is Jensen's inequality). The dual price of a departure, what one
more TEU would add, is its bid price.

HiGHS solves it: the package ``highspy``, in the extra ``plan``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kervan.errors import InvalidRequestError, KervanError
from kervan.tariff.revenue.problem import Arrays, Float64, Int64, Problem


class SolverMissingError(InvalidRequestError):
    """A linear program is to be solved, and the solver is not installed."""


@dataclass(frozen=True)
class LinearPlan:
    """Solution of the deterministic linear program.

    Attributes
    ----------
    bound
        Its value: no policy earns more on average; major units of the fares.
    unit_prices
        Dual price of one unit of capacity on each departure, never negative; shape (departures,).
    unit_teu
        TEU in a unit.
    groups
        Groups of each product it takes; shape (products,).
    sold
        Units it sells on each departure; shape (departures,).
    """

    bound: float
    unit_prices: Float64
    unit_teu: float
    groups: Float64
    sold: Float64

    @property
    def bid_prices(self) -> Float64:
        """Bid price of a TEU on each departure, major units; shape (departures,)."""
        return self.unit_prices / self.unit_teu


def solve_linear(problem: Problem, *, period: float = 0.0, left: Int64 | None = None) -> LinearPlan:
    """Solve the deterministic linear program of the time that is left.

    Parameters
    ----------
    problem
        Departures and products.
    period
        The moment, in booking periods from the start: 2.5 is the middle of period 2.
    left
        Units left on each departure; those of the problem unless given; shape (departures,).

    Raises
    ------
    SolverMissingError
        If ``highspy`` is not installed.
    KervanError
        If the solver finds no optimum, which a sound problem always has.
    """
    arrays = problem.arrays
    units = arrays.left if left is None else left
    expected = expected_requests(arrays, period)
    groups, prices = _maximum(arrays, expected, units)
    taken = np.repeat(groups * arrays.sizes, np.diff(arrays.use_ptr))
    return LinearPlan(
        bound=float(arrays.fares @ groups),
        unit_prices=prices,
        unit_teu=float(problem.unit_teu),
        groups=groups,
        sold=np.bincount(arrays.use, taken, minlength=len(units)).astype(np.float64),
    )


def expected_requests(arrays: Arrays, period: float = 0.0) -> Float64:
    """Return the requests still expected for each product at a moment; shape (products,)."""
    begun = int(period)
    whole: Float64 = arrays.requests[:, begun:].sum(axis=1)
    if begun < arrays.requests.shape[1]:
        whole -= arrays.requests[:, begun] * (period - begun)
    return np.maximum(whole, 0.0)


def _maximum(arrays: Arrays, expected: Float64, units: Int64) -> tuple[Float64, Float64]:
    if len(arrays.fares) == 0:
        return np.zeros(0), np.zeros(len(units))
    highspy = _solver()
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(arrays.fares), len(units)
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = arrays.fares
    program.col_lower_, program.col_upper_ = np.zeros(len(arrays.fares)), expected
    program.row_lower_ = np.full(len(units), -highspy.kHighsInf)
    program.row_upper_ = units.astype(np.float64)
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = arrays.use_ptr.astype(np.int32)
    program.a_matrix_.index_ = arrays.use.astype(np.int32)
    program.a_matrix_.value_ = np.repeat(arrays.sizes, np.diff(arrays.use_ptr)).astype(np.float64)
    solver = _quiet(highspy)
    solver.silent()
    # The simplex method gives the same vertex, and so the same duals, every time.
    solver.setOptionValue("solver", "simplex")
    solver.passModel(program)
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise KervanError(
            f"HiGHS found no optimum of the linear program ({solver.modelStatusToString(status)}); "
            "look for capacities or rates that are extremely large."
        )
    solution = solver.getSolution()
    groups = np.clip(np.array(solution.col_value), 0.0, expected)
    return groups, np.maximum(np.array(solution.row_dual), 0.0)


def _solver() -> Any:
    try:
        import highspy
    except ImportError:
        raise SolverMissingError(
            "Bid prices need the linear solver HiGHS, which is not installed: run "
            "`pip install 'kervan[plan]'`."
        ) from None
    return highspy


def _quiet(highspy: Any) -> Any:
    """Return a solver that prints nothing, which could fall among a command's output."""

    def callbacks_silenced(solver: Any) -> None:
        solver.silent()
        highspy.Highs.enableCallbacks(solver)

    # highspy 1.16 prints its banner while it is made, before any option can be set from outside.
    return type("QuietHighs", (highspy.Highs,), {"enableCallbacks": callbacks_silenced})()

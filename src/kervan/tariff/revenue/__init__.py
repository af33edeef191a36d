"""What a place on a departure is worth: bid prices, and prices that follow the capacity left."""

from kervan.tariff.revenue.capacity import (
    BackhaulRule,
    CapacityChange,
    CapacityRule,
    Outlook,
    capacity_line,
    outlook,
    with_capacity,
)
from kervan.tariff.revenue.dated import DatedRun, dated_runs
from kervan.tariff.revenue.decomposition import PlaceValues, place_values
from kervan.tariff.revenue.linear import LinearPlan, SolverMissingError, solve_linear
from kervan.tariff.revenue.problem import Departure, Problem, Product
from kervan.tariff.revenue.simulation import Outcome, Policy, simulate

__all__ = [
    "BackhaulRule",
    "CapacityChange",
    "CapacityRule",
    "DatedRun",
    "Departure",
    "LinearPlan",
    "Outcome",
    "Outlook",
    "PlaceValues",
    "Policy",
    "Problem",
    "Product",
    "SolverMissingError",
    "capacity_line",
    "dated_runs",
    "outlook",
    "place_values",
    "simulate",
    "solve_linear",
    "with_capacity",
]

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
from kervan.tariff.revenue.faults import InvalidInventoryError
from kervan.tariff.revenue.inventory import (
    CountedRun,
    ExpectedDemand,
    Inventory,
    bid_prices,
    outlook_of,
    problem_of,
)
from kervan.tariff.revenue.linear import LinearPlan, SolverMissingError, solve_linear
from kervan.tariff.revenue.problem import Departure, Problem, Product
from kervan.tariff.revenue.reading import inventory_of, read_inventory
from kervan.tariff.revenue.simulation import Outcome, Policy, simulate

__all__ = [
    "BackhaulRule",
    "CapacityChange",
    "CapacityRule",
    "CountedRun",
    "DatedRun",
    "Departure",
    "ExpectedDemand",
    "InvalidInventoryError",
    "Inventory",
    "LinearPlan",
    "Outcome",
    "Outlook",
    "PlaceValues",
    "Policy",
    "Problem",
    "Product",
    "SolverMissingError",
    "bid_prices",
    "capacity_line",
    "dated_runs",
    "inventory_of",
    "outlook",
    "outlook_of",
    "place_values",
    "problem_of",
    "read_inventory",
    "simulate",
    "solve_linear",
    "with_capacity",
]

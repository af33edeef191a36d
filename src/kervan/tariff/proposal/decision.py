"""The best rate and rebates, found by trying every one that may be published.

A rate is a multiple of a step and a rebate a percentage of one, so what may be proposed is a finite
set. All of it is tried: nothing published can do better, whatever the shape of the demand. That
matters, for with several segments the contribution may have several local maxima.

What a decision comes to is told by two numbers: the volume and the revenue of a year. The
contribution at any cost of a unit follows from them, and so do the lawfulness of a decision and
what a coalition of carriers with other costs could earn.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.demand import DemandCurves, Floats
from kervan.tariff.proposal.relation import Relation

OBJECTIVES = {
    "contribution": "the highest contribution, revenue less variable cost",
    "volume": "the most carried",
}
"""What a proposal may be best at, in words."""

MOST_DECISIONS = 5_000_000
"""Rates times combinations of rebates that are tried at most."""

MOST_COMBINATIONS = 200_000
"""Combinations of rebates, ordered or not, that are looked at."""

_BLOCK = 1 << 20
_FINE = 200_000


@dataclass(frozen=True, slots=True)
class Decision:
    """A rate and a rebate for each step, in percent."""

    rate: Decimal
    rebates: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision comes to in a year.

    Attributes
    ----------
    units
        Units carried for each segment, shape (segments,).
    revenue
        Of all of them, rebates deducted, in the currency.
    """

    units: Floats
    revenue: float

    @property
    def volume(self) -> float:
        """Units carried in all."""
        return float(self.units.sum())


def outcome(demand: DemandCurves, decision: Decision) -> Outcome:
    """Return what a decision comes to."""
    prices = net_prices(demand, decision)
    units = demand.volume(prices)
    return Outcome(units, float(units @ prices))


def net_prices(demand: DemandCurves, decision: Decision) -> Floats:
    """Return what a unit costs the customers of each segment, shape (segments,)."""
    kept = np.array([1.0, *(1 - float(percent) / 100 for percent in decision.rebates)])
    return float(decision.rate) * kept[demand.step]


class Decisions:
    """Every decision that may be published, with its volume and revenue.

    Parameters
    ----------
    relation
        Gives the rates, the rebates and the capacity.
    demand
        Its demand.

    Raises
    ------
    InvalidRequestError
        If there are more than can be tried, or no rate keeps the demand within the capacity.
    """

    def __init__(self, relation: Relation, demand: DemandCurves) -> None:
        self.relation, self.demand = relation, demand
        combinations = math.prod(step.count for step in relation.steps)
        if relation.rate.count > MOST_DECISIONS or combinations > MOST_COMBINATIONS:
            raise InvalidRequestError(
                f"There are {relation.rate.count:,} rates and {combinations:,} combinations of "
                f"rebates; {MOST_DECISIONS:,} and {MOST_COMBINATIONS:,} can be tried. Give larger "
                "steps or narrower bounds in [rate] and [[rebates]]."
            )
        self.rates = relation.rate.choices
        # A customer who earns a higher step also earns those below it, and is granted the highest
        # rebate of them: a step that grants less than one below it could never be had.
        self.rebates = [
            chosen
            for chosen in product(*(step.choices for step in relation.steps))
            if all(a <= b for a, b in pairwise(chosen))
        ]
        if not self.rebates:
            raise InvalidRequestError(
                "No rebates are lawful together: each step must allow at least the percentage of "
                "the step before it. Raise percent_to of the later [[rebates]]."
            )
        count = len(self.rates) * len(self.rebates)
        if count > MOST_DECISIONS:
            raise InvalidRequestError(
                f"{len(self.rates):,} rates and {len(self.rebates):,} combinations of rebates are "
                f"{count:,} decisions; {MOST_DECISIONS:,} can be tried. Give larger steps or "
                "narrower bounds in [rate] and [[rebates]]."
            )
        capacity = relation.capacity_teu
        self.capacity = np.inf if capacity is None else capacity / relation.teu
        # The first combination has the least rebate of every step, so it asks for the least volume.
        least = outcome(demand, Decision(self.rates[-1], self.rebates[0])).volume
        if least > self.capacity:
            raise InvalidRequestError(
                f"Even at a rate of {self.rates[-1]} {least * relation.teu:,.0f} TEU a year are "
                f"asked for, and the capacity is {capacity:,.0f}. Raise 'to' in [rate], or "
                "capacity_teu."
            )

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rates) * len(self.rebates)

    def best(
        self, objective: str, cost: float, floor: float, least_contribution: float = 0.0
    ) -> Decision | None:
        """Return the best lawful decision, None where none is lawful.

        Contributions within half a minor unit of the best, and volumes within one unit of
        equipment, count as equal: of these the one that is better at the other wins, then the one
        with the lowest rebates, then the one with the lowest rate.

        Parameters
        ----------
        objective
            One of :data:`OBJECTIVES`.
        cost
            Variable cost of a unit.
        floor
            What a unit must bring on average, rebates deducted.
        least_contribution
            What must be earned in all.
        """
        second = "volume" if objective == "contribution" else "contribution"
        tolerance = 0.005 if objective == "contribution" else 1.0
        top = max(
            float(np.where(lawful, _worth(objective, volume, revenue, cost), -np.inf).max())
            for _, volume, revenue, lawful in self._blocks(cost, floor, least_contribution)
        )
        if top == -np.inf:
            return None
        found: tuple[tuple[float, Decimal, Decimal], Decision] | None = None
        for start, volume, revenue, lawful in self._blocks(cost, floor, least_contribution):
            near = lawful & (_worth(objective, volume, revenue, cost) >= top - tolerance)
            if not near.any():
                continue
            other = np.where(near, _worth(second, volume, revenue, cost), -np.inf)
            for row, column in np.argwhere(other >= other.max() - 1e-6):
                decision = Decision(self.rates[start + row], self.rebates[column])
                key = (
                    -round(float(other.max()), 6),
                    sum(decision.rebates, Decimal(0)),
                    decision.rate,
                )
                if found is None or key < found[0]:
                    found = (key, decision)
        assert found is not None
        return found[1]

    def frontier(self) -> tuple[Floats, Floats]:
        """Return volumes and revenues of the decisions that are best at some cost of a unit.

        A decision that carries more for less revenue than another is best at no cost above 0. Both
        have the shape (kept,).
        """
        volumes, revenues = np.empty(0), np.empty(0)
        for _, volume, revenue, lawful in self._blocks(-np.inf, -np.inf, 0.0):
            volumes = np.concatenate([volumes, volume[lawful]])
            revenues = np.concatenate([revenues, revenue[lawful]])
            order = np.lexsort((-revenues, volumes))
            volumes, revenues = volumes[order], revenues[order]
            before = np.concatenate([[-np.inf], np.maximum.accumulate(revenues)[:-1]])
            volumes, revenues = volumes[revenues > before], revenues[revenues > before]
        return volumes, revenues

    def _blocks(
        self, cost: float, floor: float, least_contribution: float
    ) -> Iterator[tuple[int, Floats, Floats, NDArray[np.bool_]]]:
        """Yield the first rate, volumes, revenues and lawfulness, shape (rates, rebates), in parts.

        A cost of minus infinity asks for no contribution, a floor of minus infinity for no floor.
        """
        size = max(1, _BLOCK // len(self.rebates))
        for start in range(0, len(self.rates), size):
            rates = np.array([float(rate) for rate in self.rates[start : start + size]])
            volume = np.zeros((len(rates), len(self.rebates)))
            revenue = np.zeros_like(volume)
            for step in np.unique(self.demand.step):
                units, earned, column = self._of_step(int(step), rates)
                volume += units[:, column]
                revenue += earned[:, column]
            lawful = volume <= self.capacity * (1 + 1e-12)
            if floor > -np.inf:
                lawful &= revenue - floor * volume >= -1e-6
            if cost > -np.inf:
                lawful &= revenue - cost * volume >= least_contribution - 1e-6
            yield start, volume, revenue, lawful

    def _of_step(self, step: int, rates: Floats) -> tuple[Floats, Floats, NDArray[np.intp]]:
        """Return units and revenue of the segments of a step at each of its percentages.

        The last is which percentage each combination of rebates gives it, shape (rebates,).
        """
        among = self.demand.step == step
        choices = (Decimal(0),) if step == 0 else self.relation.steps[step - 1].choices
        place = {percent: k for k, percent in enumerate(choices)}
        column = np.array(
            [0 if step == 0 else place[chosen[step - 1]] for chosen in self.rebates], np.intp
        )
        kept = np.array([1 - float(percent) / 100 for percent in choices])
        price = rates[:, None] * kept
        units = self.demand.volume(price[..., None])[..., among].sum(axis=-1)
        return units, units * price, column


def _worth(objective: str, volume: Floats, revenue: Floats, cost: float) -> Floats:
    return volume if objective == "volume" else revenue - cost * volume


def best_contribution(frontier: tuple[Floats, Floats], costs: Floats) -> Floats:
    """Return what can be earned in a year at most at each cost of a unit; 0 where nothing can.

    Parameters
    ----------
    frontier
        Of :meth:`Decisions.frontier`.
    costs
        Cost of a unit, infinite where the way cannot be run, any shape.
    """
    volumes, revenues = frontier
    distinct, place = np.unique(costs, return_inverse=True)
    earned = np.zeros(len(distinct))
    for k, cost in enumerate(distinct):
        if np.isfinite(cost):
            earned[k] = max(0.0, float((revenues - cost * volumes).max()))
    return earned[place].reshape(costs.shape)


def loss_between_steps(decisions: Decisions, decision: Decision, cost: float) -> float:
    """Return what a rate off the steps could earn more in a year at most, the rebates as decided.

    Between two neighbouring rates the volume is at most that at the lower, and a unit earns at most
    what it does at the higher; so many rates are laid between the steps that this says much. The
    capacity bounds it too. A floor is left out: the result is an upper bound.
    """
    demand = decisions.demand
    kept = np.array([1.0, *(1 - float(percent) / 100 for percent in decision.rebates)])[demand.step]
    low, high = float(decisions.rates[0]), float(decisions.rates[-1])
    between = max(1, _FINE // len(decisions.rates))
    prices = np.linspace(low, high, (len(decisions.rates) - 1) * between + 1)[:, None] * kept
    units = demand.volume(prices)
    earned = (units[:-1] * np.maximum(prices[1:] - cost, 0)).sum(axis=1)
    within = units[1:].sum(axis=1) <= decisions.capacity
    own = outcome(demand, decision)
    if not within.any():
        return 0.0
    return max(0.0, float(earned[within].max()) - (own.revenue - cost * own.volume))

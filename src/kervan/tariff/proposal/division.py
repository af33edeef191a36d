"""What each carrier gets of a through rate, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currency_minor_units
from kervan.tariff.money import Money
from kervan.tariff.proposal.coalitions import carriers_of, coalition_costs
from kervan.tariff.proposal.decision import best_contribution
from kervan.tariff.proposal.demand import Floats
from kervan.tariff.proposal.relation import Relation, Section
from kervan.tariff.proposal.shapley import Value, shapley_value
from kervan.tariff.rounding import split

RULES = {
    "cost": "in proportion to the variable cost each carrier bears, so that all earn the same on "
    "what they spend",
    "distance": "in proportion to the kilometres each carrier runs, whatever they cost it",
    "shapley": "its cost back to each carrier, and of the contribution the Shapley value: what it "
    "adds to what others earn, on average over all orders in which the carriers could have joined",
}
"""Every rule, in words."""


@dataclass(frozen=True, slots=True)
class Part:
    """One carrier's part.

    Attributes
    ----------
    carrier_id
        Who.
    share
        Of the revenue; the shares add up to 1.
    unit
        Of the published rate of one unit.
    year
        Of the revenue of the year, rebates deducted.
    cost
        Its variable cost of the year.
    margin
        Half width of the 95 % confidence interval of ``year``, in the major unit; 0 where exact.
    reason
        Why, in a sentence or two.
    """

    carrier_id: str
    share: Fraction
    unit: Money
    year: Money
    cost: Money
    margin: float
    reason: str

    @property
    def contribution(self) -> Money:
        """What it earns in the year above its variable cost."""
        return Money(self.year.minor - self.cost.minor, self.year.currency)


@dataclass(frozen=True, slots=True)
class CoalitionGame:
    """The carriers as players, and the Shapley value of the best contribution.

    Attributes
    ----------
    carriers
        The players.
    value
        Their values, in minor units a year.
    together
        What all earn together at best, minor units a year.
    without
        What the others earn at best without each, minor units a year.
    """

    carriers: tuple[str, ...]
    value: Value
    together: int
    without: tuple[int, ...]


def least_average(way: Sequence[Section], rule: str) -> tuple[float, str | None]:
    """Return what a unit must bring on average so that nobody earns less than its cost, and who.

    The second is the carrier that needs more than the cost of all, None where none does.

    Raises
    ------
    InvalidRequestError
        If a carrier has costs and no share by the rule, or the rule has nothing to divide by.
    """
    cost = sum(float(section.cost) for section in way)
    if rule == "cost" and cost == 0:
        raise InvalidRequestError(
            "No section of the way costs anything, so a rate cannot be divided by cost. State "
            "costs in [[carriers]], or divide by distance."
        )
    if rule != "distance":
        return cost, None
    run = sum(section.km for section in way)
    if run == 0:
        raise InvalidRequestError(
            "Every section of the way is 0 km long, so a rate cannot be divided by distance. State "
            "km in [[carriers]], or divide by cost."
        )
    least, who = cost, None
    for carrier in dict.fromkeys(section.carrier_id for section in way):
        own = [section for section in way if section.carrier_id == carrier]
        km, spent = sum(s.km for s in own), sum(s.cost for s in own)
        if spent and not km:
            raise InvalidRequestError(
                f"{carrier} bears {spent} a unit over 0 km, so by distance it would get nothing. "
                "State its km in [[carriers]], or divide by cost or shapley."
            )
        if spent and float(spent * run / km) > least:
            least, who = float(spent * run / km), carrier
    return least, who


def coalition_game(relation: Relation, frontier: tuple[Floats, Floats]) -> CoalitionGame:
    """Return the game in which a coalition is worth the most its own sections can earn.

    A coalition that lacks a link of every way earns nothing. Bounds of the rate, rebates, capacity,
    customers and days are the same for all.

    Parameters
    ----------
    relation
        Gives the carriers and their sections.
    frontier
        What decisions come to, of :meth:`kervan.tariff.proposal.decision.Decisions.frontier`.
    """
    carriers = carriers_of(relation)
    scale = 10 ** currency_minor_units(relation.currency)

    def worth(members: NDArray[np.bool_]) -> NDArray[np.int64]:
        earned = best_contribution(frontier, coalition_costs(relation, members))
        minor: NDArray[np.int64] = np.rint(earned * scale).astype(np.int64)
        return minor

    all_and_without = np.vstack(
        [np.ones(len(carriers), np.bool_), ~np.eye(len(carriers), dtype=np.bool_)]
    )
    together, *without = (int(found) for found in worth(all_and_without))
    return CoalitionGame(carriers, shapley_value(len(carriers), worth), together, tuple(without))


def divide(
    relation: Relation,
    way: Sequence[Section],
    rule: str,
    *,
    rate: Money,
    revenue: Money,
    units: float,
    game: CoalitionGame | None = None,
) -> tuple[Part, ...]:
    """Divide a rate and a year's revenue among the carriers.

    Parameters
    ----------
    relation, way
        The relation and the sections that carry.
    rule
        One of :data:`RULES`.
    rate
        Of one unit, as published.
    revenue
        Of the year.
    units
        Units carried in the year.
    game
        For the rule ``shapley``.

    Returns
    -------
    tuple of Part
        Of the rule ``shapley`` every carrier of the game, else those on the way. Parts add up to
        the rate and to the revenue to the minor unit.
    """
    scale = Fraction(10) ** currency_minor_units(relation.currency)
    carriers = tuple(dict.fromkeys(section.carrier_id for section in way))
    if rule == "shapley" and game is not None:
        carriers = game.carriers
    costs = {
        carrier: sum((Fraction(s.cost) for s in way if s.carrier_id == carrier), Fraction(0))
        for carrier in carriers
    }
    spent = {carrier: cost * Fraction(units) * scale for carrier, cost in costs.items()}
    margins = dict.fromkeys(carriers, 0.0)
    if rule == "distance":
        weights = {
            carrier: sum((Fraction(s.km) for s in way if s.carrier_id == carrier), Fraction(0))
            for carrier in carriers
        }
        reasons = _by_distance(carriers, weights)
    elif rule == "cost" or game is None:
        weights = costs
        reasons = _by_cost(carriers, costs, relation.currency)
    else:
        earned = max(Fraction(0), revenue.minor - sum(spent.values(), Fraction(0)))
        whole = sum(game.value.values, Fraction(0))
        scaling = earned / whole if whole else Fraction(0)
        gained = {
            carrier: value * scaling
            for carrier, value in zip(carriers, game.value.values, strict=True)
        }
        weights = {carrier: spent[carrier] + gained[carrier] for carrier in carriers}
        margins = {
            carrier: margin * float(scaling / scale)
            for carrier, margin in zip(carriers, game.value.margins, strict=True)
        }
        reasons = _by_shapley(game, way, gained, relation.currency)
    if not any(weights.values()):
        # Nothing is earned and nothing spent; the rate of a unit is divided all the same.
        weights = costs if any(costs.values()) else dict.fromkeys(carriers, Fraction(1))
    shares = [weights[carrier] for carrier in carriers]
    total = sum(shares, Fraction(0))
    return tuple(
        Part(
            carrier_id=carrier,
            share=weights[carrier] / total,
            unit=Money(unit, relation.currency),
            year=Money(year, relation.currency),
            cost=Money(round(spent[carrier]), relation.currency),
            margin=margins[carrier],
            reason=reasons[carrier],
        )
        for carrier, unit, year in zip(
            carriers, split(rate.minor, shares), split(revenue.minor, shares), strict=True
        )
    )


def _by_distance(carriers: Sequence[str], km: dict[str, Fraction]) -> dict[str, str]:
    run = sum(km.values(), Fraction(0))
    return {
        carrier: f"It runs {float(km[carrier]):,.0f} of {float(run):,.0f} km, "
        f"{percent(float(km[carrier] / run), 2)} of the way."
        for carrier in carriers
    }


def _by_cost(carriers: Sequence[str], costs: dict[str, Fraction], currency: str) -> dict[str, str]:
    spent = sum(costs.values(), Fraction(0))
    return {
        carrier: f"It bears {_money(costs[carrier], currency)} of the {_money(spent, currency)} "
        f"that a unit costs, {percent(float(costs[carrier] / spent), 2)}."
        for carrier in carriers
    }


def _by_shapley(
    game: CoalitionGame, way: Sequence[Section], gained: dict[str, Fraction], currency: str
) -> dict[str, str]:
    scale = Fraction(10) ** currency_minor_units(currency)
    carrying = {section.carrier_id for section in way}
    whole = sum(gained.values(), Fraction(0))
    reasons = {}
    for carrier, without in zip(game.carriers, game.without, strict=True):
        part = float(gained[carrier] / whole) if whole else 0.0
        amount = _money(gained[carrier] / scale, currency)
        others = _money(Fraction(without) / scale, currency)
        if carrier in carrying:
            end = (
                "without it there is no way that earns anything."
                if not without
                else f"without it the others would earn {others} at best, by another way."
            )
            reasons[carrier] = (
                f"Its cost back, and {percent(part, 2)} of the contribution, {amount}: {end}"
            )
        elif gained[carrier]:
            reasons[carrier] = (
                f"It carries nothing on this way, and gets {percent(part, 2)} of the contribution, "
                f"{amount}, for standing ready: with it others can do without another carrier."
            )
        else:
            reasons[carrier] = "It adds nothing to what any others earn, so it gets nothing."
    return reasons


def percent(share: float, decimals: int) -> str:
    """Return a share as a percentage, in words: ``54.70 %``."""
    return f"{100 * share:.{decimals}f} %"


def _money(amount: Fraction, currency: str) -> str:
    return str(Money(round(amount * 10 ** currency_minor_units(currency)), currency))

"""Propose a through rate: the rate, the rebates, the curve, the split, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.tariff.money import Money
from kervan.tariff.proposal.closed_form import best_price
from kervan.tariff.proposal.coalitions import cheapest_way
from kervan.tariff.proposal.curve import (
    Point,
    break_even,
    cross_elasticities,
    curve,
    point,
    rates_to_show,
    rival_teu,
)
from kervan.tariff.proposal.decision import (
    OBJECTIVES,
    Decision,
    Decisions,
    loss_between_steps,
    outcome,
)
from kervan.tariff.proposal.demand import (
    DemandCurves,
    demand_curves,
    with_elasticity,
    with_price,
)
from kervan.tariff.proposal.division import (
    RULES,
    CoalitionGame,
    Part,
    coalition_game,
    divide,
    least_average,
)
from kervan.tariff.proposal.relation import Relation, Section

_SHOWN = 13
_ELASTICITY_FACTORS = (0.5, 0.75, 1.25, 1.5)
_PRICE_FACTORS = (0.9, 1.1)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What would be best, and what the proposal would earn, if something were otherwise.

    Attributes
    ----------
    changed
        In words.
    best
        What would be best then; None where no decision would be lawful.
    proposed
        What the proposal would bring then.
    over_capacity
        Whether more would be asked for than can be carried.
    """

    changed: str
    best: Point | None
    proposed: Point
    over_capacity: bool

    @property
    def lost(self) -> float | None:
        """What the proposal would miss of the best contribution, None where that says nothing."""
        if self.best is None or self.over_capacity:
            return None
        return self.best.contribution - self.proposed.contribution


@dataclass(frozen=True, slots=True)
class Proposal:
    """A through rate, and all that speaks for it.

    Attributes
    ----------
    relation
        What it was made from.
    demand
        The calibrated demand.
    objective, rule
        What it is best at, and how it is divided.
    decision
        The rate and the rebates.
    decisions_tried
        How many there were.
    off_the_steps
        What a rate between the steps could earn more in a year, at most; None for the objective
        ``volume``.
    closed_form
        The best rate without bounds, steps, rebates and capacity; None with several segments.
    way, unit_cost, floor
        The cheapest way, what a unit costs on it, and what a unit must bring on average so that
        nobody earns less than its cost.
    proposed, current
        What the proposal and today's rate bring; None where there is no rate today.
    break_even
        Rate at which revenue covers the variable cost.
    curve
        Rates over the bounds.
    cross_elasticities, rival_teu
        One an alternative.
    scenarios
        What if the customers answered more or less to the rate, or alternatives cost otherwise.
    parts
        What each carrier gets.
    game
        The coalition game, for the rule ``shapley``.
    """

    relation: Relation
    demand: DemandCurves
    objective: str
    rule: str
    decision: Decision
    decisions_tried: int
    off_the_steps: float | None
    closed_form: float | None
    way: tuple[Section, ...]
    unit_cost: float
    floor: float
    proposed: Point
    current: Point | None
    break_even: float
    curve: tuple[Point, ...]
    cross_elasticities: tuple[float, ...]
    rival_teu: tuple[float, ...]
    scenarios: tuple[Scenario, ...]
    parts: tuple[Part, ...]
    game: CoalitionGame | None

    @property
    def bounds_met(self) -> tuple[str, ...]:
        """Which bounds the proposal stands at, in words."""
        rate, found = self.relation.rate, []
        choices = rate.choices
        if self.decision.rate == choices[0]:
            found.append("the least rate allowed")
        if self.decision.rate == choices[-1]:
            found.append("the highest rate allowed")
        capacity = self.relation.capacity_teu
        if capacity is not None and self.proposed.teu >= 0.995 * capacity:
            found.append("the capacity")
        for step, percent in zip(self.relation.steps, self.decision.rebates, strict=True):
            if percent == step.choices[-1]:
                found.append(f"the highest rebate allowed from {step.from_teu:,.0f} TEU")
        return tuple(found)


def propose(relation: Relation, objective: str = "contribution", rule: str = "cost") -> Proposal:
    """Propose a through rate.

    Parameters
    ----------
    relation
        What it is for.
    objective
        ``contribution`` or ``volume``.
    rule
        How it is divided: ``cost``, ``distance`` or ``shapley``. It bounds the rate, for nobody
        may earn less than its cost.

    Raises
    ------
    InvalidRequestError
        If the carriers make no way, or nothing within the bounds is lawful; the message says what
        stands against it.
    """
    for given, known in ((objective, OBJECTIVES), (rule, RULES)):
        if given not in known:
            raise InvalidRequestError(f"'{given}' is not known; give {' or '.join(known)}.")
    way = cheapest_way(relation)
    cost = sum(float(section.cost) for section in way)
    floor, needy = least_average(way, rule)
    least = float(relation.rate.least_contribution)
    demand = demand_curves(relation)
    decisions = Decisions(relation, demand)
    decision = decisions.best(objective, cost, floor, least)
    if decision is None:
        raise InvalidRequestError(_why_none(decisions, cost, floor, least, rule, needy))
    proposed = point(relation, demand, decision, cost)
    current = relation.rate.current
    game = coalition_game(relation, decisions.frontier()) if rule == "shapley" else None
    result = outcome(demand, decision)
    single = len(relation.segments) == 1
    even = break_even(demand, decision, cost)
    return Proposal(
        relation=relation,
        demand=demand,
        objective=objective,
        rule=rule,
        decision=decision,
        decisions_tried=len(decisions),
        off_the_steps=loss_between_steps(decisions, decision, cost)
        if objective == "contribution"
        else None,
        closed_form=best_price(float(demand.intercept[0]), float(demand.coefficient[0]), cost)
        if single
        else None,
        way=way,
        unit_cost=cost,
        floor=floor,
        proposed=proposed,
        current=None
        if current is None
        else point(
            relation, demand, Decision(current, tuple(Decimal(0) for _ in relation.steps)), cost
        ),
        break_even=even,
        curve=curve(
            relation,
            demand,
            decision,
            cost,
            rates_to_show(
                relation, _SHOWN, [decision.rate, *([] if current is None else [current])]
            ),
        ),
        cross_elasticities=cross_elasticities(relation, demand, decision),
        rival_teu=rival_teu(relation, demand, decision),
        scenarios=_scenarios(relation, objective, decision, cost, floor, least),
        parts=divide(
            relation,
            way,
            rule,
            rate=Money.of(decision.rate, relation.currency),
            revenue=Money.of(Decimal(result.revenue), relation.currency),
            units=result.volume,
            game=game,
        ),
        game=game,
    )


def _scenarios(
    relation: Relation,
    objective: str,
    decision: Decision,
    cost: float,
    floor: float,
    least: float,
) -> tuple[Scenario, ...]:
    changes = [
        (f"elasticities {100 * (factor - 1):+.0f} %", with_elasticity(relation, factor))
        for factor in _ELASTICITY_FACTORS
    ]
    changes += [
        (
            f"{alternative.name} {100 * (factor - 1):+.0f} %",
            with_price(relation, alternative.name, factor),
        )
        for alternative in relation.alternatives
        for factor in _PRICE_FACTORS
    ]
    return tuple(
        _scenario(changed, other, objective, decision, cost, floor, least)
        for changed, other in changes
    )


def _scenario(
    changed: str,
    relation: Relation,
    objective: str,
    decision: Decision,
    cost: float,
    floor: float,
    least: float,
) -> Scenario:
    demand = demand_curves(relation)
    try:
        best = Decisions(relation, demand).best(objective, cost, floor, least)
    except InvalidRequestError:
        best = None  # more would be asked for at every rate than can be carried
    proposed = point(relation, demand, decision, cost)
    capacity = relation.capacity_teu
    return Scenario(
        changed=changed,
        best=None if best is None else point(relation, demand, best, cost),
        proposed=proposed,
        over_capacity=capacity is not None and proposed.teu > capacity * (1 + 1e-9),
    )


def _why_none(
    decisions: Decisions,
    cost: float,
    floor: float,
    least: float,
    rule: str,
    needy: str | None,
) -> str:
    relation = decisions.relation
    code, top = relation.currency, decisions.rates[-1]
    if decisions.best("contribution", cost, cost) is None:
        return (
            f"A unit costs {code} {cost:,.2f} by the cheapest way, and no lawful rate up to {top} "
            "covers that. Raise 'to' in [rate], or mend the costs in [[carriers]]."
        )
    if decisions.best("contribution", cost, floor) is None:
        return (
            f"Divided by {rule}, a unit would have to bring {code} {floor:,.2f} on average before "
            f"{needy} has its cost back, and no lawful rate up to {top} does. Divide by "
            "cost or shapley, give its section a counted_km, or raise 'to' in [rate]."
        )
    best = decisions.best("contribution", cost, floor)
    assert best is not None
    earned = point(relation, decisions.demand, replace(best), cost).contribution
    return (
        f"At best {code} {earned:,.2f} a year can be earned, less than the least_contribution of "
        f"{least:,.2f}. Lower it in [rate]."
    )


def dense_curve(proposal: Proposal, count: int = 400) -> tuple[Point, ...]:
    """Return the curve at many rates between the bounds, for drawing."""
    rate = proposal.relation.rate
    rates = [Decimal(float(r)) for r in np.linspace(float(rate.least), float(rate.most), count)]
    return curve(proposal.relation, proposal.demand, proposal.decision, proposal.unit_cost, rates)

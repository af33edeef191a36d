"""What each rate would bring: share, volume, revenue, contribution, and how sensitive it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kervan.tariff.proposal.decision import Decision, net_prices
from kervan.tariff.proposal.demand import DemandCurves
from kervan.tariff.proposal.relation import Relation

_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Point:
    """One rate, the rebates as proposed.

    Attributes
    ----------
    rate
        Of one unit.
    share
        Of what all segments move by all ways.
    teu
        Volume of a year; what is asked for, also beyond the capacity.
    revenue, contribution
        Of a year, in the currency.
    elasticity
        By what percentage the volume changes when the rate rises by one.
    """

    rate: Decimal
    share: float
    teu: float
    revenue: float
    contribution: float
    elasticity: float


def point(relation: Relation, demand: DemandCurves, decision: Decision, cost: float) -> Point:
    """Return what a decision brings when a unit costs so much."""
    prices = net_prices(demand, decision)
    shares = demand.share(prices)
    units = demand.units * shares
    volume = float(units.sum())
    revenue = float(units @ prices)
    lost = float((units * demand.coefficient * prices * (1 - shares)).sum())
    return Point(
        rate=decision.rate,
        share=volume / float(demand.units.sum()),
        teu=volume * relation.teu,
        revenue=revenue,
        contribution=revenue - cost * volume,
        elasticity=-lost / volume if volume else 0.0,
    )


def curve(
    relation: Relation,
    demand: DemandCurves,
    decision: Decision,
    cost: float,
    rates: Sequence[Decimal],
) -> tuple[Point, ...]:
    """Return what each of some rates brings, the rebates as decided."""
    return tuple(point(relation, demand, replace(decision, rate=rate), cost) for rate in rates)


def rates_to_show(relation: Relation, count: int, others: Sequence[Decimal]) -> list[Decimal]:
    """Return about so many rates, evenly over the bounds and on the steps, and some others."""
    choices = relation.rate.choices
    apart = max(1, round((len(choices) - 1) / max(1, count - 1)))
    return sorted({*choices[::apart], choices[-1], *others})


def break_even(demand: DemandCurves, decision: Decision, cost: float) -> float:
    """Return the rate at which revenue covers the variable cost, the rebates as decided."""
    kept = [1 - float(percent) / 100 for percent in (Decimal(0), *decision.rebates)]
    low, high = cost, cost / min(kept)

    def earned(rate: float) -> float:
        prices = net_prices(demand, replace(decision, rate=Decimal(rate)))
        return float(demand.volume(prices) @ (prices - cost))

    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if earned(middle) < 0:
            low = middle
        else:
            high = middle
    return high


def cross_elasticities(
    relation: Relation, demand: DemandCurves, decision: Decision
) -> tuple[float, ...]:
    """Return by what percentage the volume changes when each alternative's price rises by one."""
    shares = demand.share(net_prices(demand, decision))
    units = demand.units * shares
    volume = float(units.sum())
    gained = (units * demand.coefficient * (1 - shares)) @ demand.rival_shares
    return tuple(
        float(gain) * alternative.price / volume if volume else 0.0
        for gain, alternative in zip(gained, relation.alternatives, strict=True)
    )


def rival_teu(relation: Relation, demand: DemandCurves, decision: Decision) -> tuple[float, ...]:
    """Return what each alternative carries in a year, TEU."""
    left = demand.units * (1 - demand.share(net_prices(demand, decision)))
    return tuple(float(units) * relation.teu for units in left @ demand.rival_shares)

"""How much is carried at a rate: a multinomial logit calibrated to a stated share at a stated rate.

A customer of segment *m* chooses among the corridor and the alternatives *j*. The utility of a
choice is ``k - b (price + v days)``, with the price coefficient *b* and the value of time *v* of
the segment and a constant *k* of the choice, and the share of a choice is its part of the sum of
the exponentials (McFadden 1974, "Conditional logit analysis of qualitative choice behavior").
Seen from the rate alone this is one logistic curve a segment::

    share(p) = 1 / (1 + exp(b p - a))

The constant *a* gathers all that does not change with the rate. It is found from the share observed
*then*, and moved by what has changed since: the days of the corridor, and the prices and days of
the alternatives.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kervan.tariff.proposal.relation import Alternative, Relation, Segment

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DemandCurves:
    """The demand of every segment.

    Attributes
    ----------
    units
        Units of equipment a year by all ways, shape (segments,).
    coefficient
        Price coefficient *b*, a unit of currency, shape (segments,).
    intercept
        The constant *a*, shape (segments,).
    rival_shares
        Of what the corridor does not carry, the part of each alternative now, shape
        (segments, alternatives); rows add up to 1.
    step
        Which rebate each segment earns: 0 for none, then 1 for the first step; shape (segments,).
    """

    units: Floats
    coefficient: Floats
    intercept: Floats
    rival_shares: Floats
    step: NDArray[np.intp]

    def share(self, price: Floats) -> Floats:
        """Return the corridor's share.

        Parameters
        ----------
        price
            What a unit costs the customers of each segment, rebate deducted, shape
            (..., segments) or (..., 1).
        """
        # By the logarithm, for the exponential of the definition overflows at a high price.
        share: Floats = np.exp(-np.logaddexp(0.0, self.coefficient * price - self.intercept))
        return share

    def volume(self, price: Floats) -> Floats:
        """Return units a year of each segment; shapes as in :meth:`share`."""
        return self.units * self.share(price)


def demand_curves(relation: Relation) -> DemandCurves:
    """Calibrate the demand of a relation."""
    rows = [_calibrated(segment, relation) for segment in relation.segments]
    commits = np.array([segment.commits_teu for segment in relation.segments])
    starts = np.array([step.from_teu for step in relation.steps])
    return DemandCurves(
        units=np.array([segment.teu / relation.teu for segment in relation.segments]),
        coefficient=np.array([segment.price_coefficient for segment in relation.segments]),
        intercept=np.array([intercept for intercept, _ in rows]),
        rival_shares=np.array([shares for _, shares in rows]),
        step=np.searchsorted(starts, commits, side="right"),
    )


def _calibrated(segment: Segment, relation: Relation) -> tuple[float, Floats]:
    b, v = segment.price_coefficient, segment.value_of_time
    then = np.array([b * (a.price_then + v * a.days_then) for a in relation.alternatives])
    now = np.array([b * (a.price + v * a.days) for a in relation.alternatives])
    # Without stated shares the alternatives differ in price and time alone: their constants are 0.
    constants = np.zeros(len(then)) if segment.shares is None else np.log(segment.shares) + then
    gained = _log_sum(constants - now) - _log_sum(constants - then)
    faster = b * v * (relation.days_then - relation.days)
    odds = np.log(segment.share) - np.log1p(-segment.share)
    intercept = float(odds + b * segment.at_rate + faster - gained)
    return intercept, np.exp(constants - now - _log_sum(constants - now))


def _log_sum(utilities: Floats) -> float:
    top = utilities.max()
    return float(top + np.log(np.exp(utilities - top).sum()))


def with_elasticity(relation: Relation, factor: float) -> Relation:
    """Return the relation with every price coefficient, and so every elasticity, times a factor."""
    segments = tuple(
        replace(segment, price_coefficient=segment.price_coefficient * factor)
        for segment in relation.segments
    )
    return replace(relation, segments=segments)


def with_price(relation: Relation, name: str, factor: float) -> Relation:
    """Return the relation with the price of one alternative, as it is now, times a factor."""

    def changed(alternative: Alternative) -> Alternative:
        if alternative.name != name:
            return alternative
        return replace(alternative, price=alternative.price * factor)

    return replace(relation, alternatives=tuple(map(changed, relation.alternatives)))

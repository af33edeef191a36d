"""The best price of one logit segment in closed form.

Where a share ``1 / (1 + exp(b p - a))`` of a market pays a price *p* and a unit costs *c*, the
contribution has one maximum, at ``p = c + (1 + W(exp(a - b c - 1))) / b`` with the Lambert W
function. It follows from the condition of the first order ``b (p - c) (1 - share) = 1``; Li and Huh
(2011), "Pricing multiple products with the multinomial logit and nested logit models", give it for
several products. With several segments there may be more than one local maximum (Hanson and Martin
1996, "Optimizing multinomial logit profit functions"), which is why :mod:`.decision` tries every
rate.
"""

from __future__ import annotations

import math

_ROUNDS = 50
_LINEAR_BELOW = -40.0
"""W(z) is z less z squared and so on: below exp(-40) the square is less than a rounding error."""


def lambert_w_of_exp(x: float) -> float:
    """Return W(exp(x)), the w above 0 with ``w + log(w) = x``; good to about 15 digits.

    Halley's iteration (Corless et al. 1996, "On the Lambert W function"), on the logarithm: the
    exponential of a large x is never formed.
    """
    if x < _LINEAR_BELOW:
        return math.exp(x)
    w = math.exp(x) if x < -2 else x - math.log(x) if x > 2 else math.exp((x - 1) / 2)
    for _ in range(_ROUNDS):
        wrong = w + math.log(w) - x
        slope, bend = 1 + 1 / w, -1 / (w * w)
        moved = w - 2 * wrong * slope / (2 * slope * slope - wrong * bend)
        moved = moved if moved > 0 else w / 2
        if abs(moved - w) <= 1e-15 * w:
            return moved
        w = moved
    return w


def best_price(intercept: float, coefficient: float, cost: float) -> float:
    """Return the price at which one segment brings the highest contribution, without bounds.

    Parameters
    ----------
    intercept, coefficient
        The constants *a* and *b* of its share, ``1 / (1 + exp(b p - a))``.
    cost
        Variable cost of a unit.
    """
    return cost + (1 + lambert_w_of_exp(intercept - coefficient * cost - 1)) / coefficient

"""How an amount is rounded, and how a whole is split without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction

from kervan.tariff.money import Money

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP}


def rounded(amount: Decimal, currency: str, step: Decimal | None, mode: str) -> Money:
    """Return an amount of major units as money, rounded as a tariff says.

    Parameters
    ----------
    amount
        Major units.
    currency
        ISO 4217 code.
    step
        Round to multiples of this; None for the currency's minor unit.
    mode
        ``half_up``, ``half_even`` or ``up``.
    """
    if step:
        amount = (amount / step).to_integral_value(_MODES[mode]) * step
        return Money.of(amount, currency)
    return Money.of(amount, currency, _MODES[mode])


def split(whole: int, shares: Sequence[Fraction | int]) -> list[int]:
    """Split a whole number in proportion to shares, so that the parts add up to it.

    The largest-remainder rule: each part is first rounded towards nothing, and what is left goes,
    one each, to the parts cut the most; of parts cut alike the first.

    Parameters
    ----------
    whole
        What is split; may be negative.
    shares
        Zero or more each, not all zero.

    Raises
    ------
    ValueError
        If a share is negative or all are zero.
    """
    total = sum(shares, Fraction(0))
    if total <= 0 or any(share < 0 for share in shares):
        raise ValueError("Shares must be zero or more, and not all zero.")
    sign, size = (-1, -whole) if whole < 0 else (1, whole)
    exact = [Fraction(size) * share / total for share in shares]
    parts = [int(part) for part in exact]
    left = size - sum(parts)
    by_cut = sorted(range(len(parts)), key=lambda k: (parts[k] - exact[k], k))
    for k in by_cut[:left]:
        parts[k] += 1
    return [sign * part for part in parts]

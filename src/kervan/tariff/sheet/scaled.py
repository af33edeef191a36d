"""Decimal rules as whole numbers: rates, steps and factors of exchange that 64 bits can hold.

A rule is brought to one denominator, so that pricing is multiplying and dividing whole numbers and
gives what decimal arithmetic gives, digit for digit. What does not fit is marked, and whatever it
touches is left to :class:`~kervan.tariff.TariffBook`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

from kervan.feed.codes import currency_minor_units
from kervan.feed.tables import TariffItem

MOST = 1 << 62
"""No product may exceed this."""

MOST_DIGITS = 12
"""Digits of a rate or a step: with 16 of a quantity they stay within decimal's 28."""

COUNTED = ("container", "teu", "wagon", "tonne")
QUANTITY_DIGITS = (0, 3, 0, 6)
"""Decimals of a whole-number quantity, in the order of COUNTED; kilometres add three."""
KM_DIGITS = 3

HALF_UP, HALF_EVEN, UP = range(3)
MODES = {"half_up": HALF_UP, "half_even": HALF_EVEN, "up": UP}

SAME, RATIO, BINARY, NO_RATE = range(4)
"""How an amount becomes another currency: not at all, by a ratio, by a binary fraction, never."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a quantity becomes minor units.

    ``charge = rate * quantity``, at least ``least * count`` and at most ``most * count`` (-1 where
    there is none); steps are ``charge / step`` rounded by the mode; minor units are
    ``steps * minor_num / minor_den`` rounded half up.
    """

    rate: int
    least: int
    most: int
    step: int
    minor_num: int
    minor_den: int
    fits: bool


def rule_of_item(item: TariffItem) -> Rule:
    """Return the rule of a tariff item; the quantity in whole numbers as COUNTED has it."""
    return _rule(
        item.amount,
        _digits_of(item.basis),
        item.currency,
        least=item.minimum_amount,
        most=item.maximum_amount,
        step=item.rounding_step or None,
    )


def rule_of_amount(amount: Decimal, basis: str, currency: str) -> Rule:
    """Return the rule of a flat surcharge, rounded to the minor unit."""
    return _rule(amount, _digits_of(basis), currency)


def counted_by(basis: str) -> int:
    """Return the place in COUNTED of what a basis counts, -1 where it counts something else."""
    thing = basis.removeprefix("per_").removesuffix("_km")
    return COUNTED.index(thing) if thing in COUNTED else -1


def _digits_of(basis: str) -> int:
    counted = counted_by(basis)
    digits = QUANTITY_DIGITS[counted] if counted >= 0 else 0
    return digits + (KM_DIGITS if basis.endswith("_km") else 0)


def _rule(
    amount: Decimal,
    digits: int,
    currency: str,
    *,
    least: Decimal | None = None,
    most: Decimal | None = None,
    step: Decimal | None = None,
) -> Rule:
    minor = Fraction(10) ** -currency_minor_units(currency)
    stepped = minor if step is None else Fraction(step)
    per_step = stepped / minor
    given = [
        Fraction(amount) / 10**digits,
        Fraction(-1) if least is None else Fraction(least),
        Fraction(-1) if most is None else Fraction(most),
        stepped,
    ]
    scale = lcm(*(value.denominator for value in given))
    # An absent limit is no amount: it must not hold the others at a finer scale than they need.
    whole = [int(value * scale) for value in given]
    absent = [False, least is None, most is None, False]
    shared = gcd(*(value for value, gone in zip(whole, absent, strict=True) if not gone))
    rate, low, high, size = (
        -1 if gone else value // shared for value, gone in zip(whole, absent, strict=True)
    )
    decimals = [value for value in (amount, least, most, step) if value is not None]
    fits = (
        all(_short(value) for value in decimals)
        and all(value >= 0 for value in decimals)
        and max(rate, size) < MOST
        and max(low, high) < MOST >> 20
        and per_step.numerator < MOST >> 20
        and per_step.denominator < MOST >> 20
    )
    if not fits:
        return Rule(0, -1, -1, 1, 1, 1, False)
    return Rule(rate, low, high, size, per_step.numerator, per_step.denominator, True)


def percentage(percent: Decimal) -> tuple[int, int, bool]:
    """Return a percentage as numerator and denominator, and whether it fits."""
    share = Fraction(percent) / 100
    fits = _short(percent) and abs(share.numerator) < MOST >> 20 and share.denominator < MOST >> 20
    return (share.numerator, share.denominator, True) if fits else (0, 1, False)


def _short(value: Decimal) -> bool:
    digits = value.normalize().as_tuple()
    exponent = digits.exponent
    return (
        isinstance(exponent, int)
        and len(digits.digits) <= MOST_DIGITS
        and -MOST_DIGITS <= exponent <= MOST_DIGITS
    )


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of exchange between minor units.

    Attributes
    ----------
    kind
        SAME, RATIO, BINARY or NO_RATE.
    first, second
        RATIO: numerator and denominator. BINARY: the whole part, and the rest times 2**63, cut.
    most
        Minor units up to which it may be used.
    """

    kind: int
    first: int = 0
    second: int = 1
    most: int = MOST


def factor_of(factor: Decimal | None, here: str, there: str) -> Factor:
    """Return how minor units of one currency become those of another.

    Parameters
    ----------
    factor
        What one unit of the first is worth in the second, in major units; None where not known.
    """
    if here == there:
        return Factor(SAME)
    if factor is None:
        return Factor(NO_RATE)
    exact = Fraction(factor)
    exact *= Fraction(10) ** (currency_minor_units(there) - currency_minor_units(here))
    if _short(factor) and max(exact.numerator, exact.denominator) < 1 << 31:
        # 28 digits hold the product of a factor of 12 digits and an amount of 16.
        return Factor(RATIO, exact.numerator, exact.denominator, min(10**16, MOST // 2**31))
    whole = int(exact)
    if whole >= 10**8:
        return Factor(BINARY, 0, 0, -1)
    return Factor(BINARY, whole, int((exact - whole) * 2**63), MOST // (whole + 1) >> 1)

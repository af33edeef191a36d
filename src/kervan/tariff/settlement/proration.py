"""How a through charge is divided among the carriers whose legs it covers.

Each leg has a share, a whole number; the charge is split in proportion to the shares by the
largest remainder (:func:`kervan.tariff.rounding.split`), so that the parts add up to it to the
minor unit. What is not a through charge goes whole to the member it is due to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kervan.errors import InvalidRequestError
from kervan.feed.tables import ExchangeRate
from kervan.tariff.exchange import Conversion, ExchangeRates
from kervan.tariff.money import Money
from kervan.tariff.rounding import split
from kervan.tariff.settlement.performed import PerformedLeg

RULES = {
    "distance": "in proportion to the length of each leg, in whole metres",
    "cost": "in proportion to the share of the cost stated for each leg",
    "points": "in proportion to the points of the fixed proration table",
    "section": "in proportion to what each carrier would have charged for its leg alone, its "
    "section rate, at the rate of exchange of the day performed",
}
"""Every rule, in words."""

FIELDS = {
    "distance": "distance_km",
    "cost": "cost_weight",
    "points": "points",
    "section": "section_rate_minor",
}
"""The column each rule takes its shares from."""

COST_SCALE = 10**6
"""Cost weights have at most six decimals; as shares they are counted in millionths."""


class MissingRateError(InvalidRequestError):
    """No rates of exchange lead from one currency to another on a day."""

    def __init__(self, here: str, there: str, day: date) -> None:
        self.here, self.there, self.day = here, there, day
        super().__init__(
            f"No rates of exchange lead from {here} to {there} on {day}. Add one of that day or "
            "before to exchange_rates in the feed."
        )


class DayRates:
    """Rates of exchange of every day, each looked up once."""

    def __init__(self, rows: Iterable[ExchangeRate]) -> None:
        self._rows = tuple(rows)
        self._days: dict[date, ExchangeRates] = {}

    def conversion(self, here: str, there: str, day: date) -> Conversion:
        """Return how to convert on a day.

        Raises
        ------
        MissingRateError
            If no rates lead there.
        """
        if day not in self._days:
            self._days[day] = ExchangeRates(self._rows, day)
        found = self._days[day].conversion(here, there)
        if found is None:
            raise MissingRateError(here, there, day)
        return found

    def converted(self, amount: Money, currency: str, day: date) -> Money:
        """Return an amount in another currency, rounded half up to its minor unit."""
        if amount.currency == currency:
            return amount
        factor = self.conversion(amount.currency, currency, day).factor
        return Money.of(amount.major * factor, currency)


@dataclass(frozen=True, slots=True)
class Part:
    """What one carrier earns of a through charge for one leg.

    Attributes
    ----------
    leg
        Which leg, from 0.
    carrier_id
        Who carried it.
    share, of
        Its share and the sum of all shares.
    amount
        Its part.
    """

    leg: int
    carrier_id: str
    share: int
    of: int
    amount: Money


def share(leg: PerformedLeg, rule: str, currency: str, day: date, rates: DayRates) -> int | None:
    """Return the share of a leg by a rule, None where the leg lacks what the rule asks for."""
    if rule == "distance":
        return leg.distance_m
    if rule == "cost":
        return None if leg.cost_weight is None else int(leg.cost_weight * COST_SCALE)
    if rule == "points":
        return leg.points
    if leg.section_rate is None:
        return None
    return rates.converted(leg.section_rate, currency, day).minor


def prorate(
    amount: Money,
    legs: Sequence[tuple[int, PerformedLeg]],
    rule: str,
    day: date,
    rates: DayRates,
) -> tuple[Part, ...]:
    """Divide a through charge.

    Parameters
    ----------
    amount
        What was charged.
    legs
        The legs it covers, each with its number from 0.
    rule
        One of :data:`RULES`.
    day
        Day performed, whose rates of exchange hold.
    rates
        Rates of exchange, for section rates in another currency.

    Raises
    ------
    InvalidRequestError
        If a leg lacks what the rule asks for, or all shares are zero.
    """
    shares = []
    for number, leg in legs:
        found = share(leg, rule, amount.currency, day, rates)
        if found is None:
            raise InvalidRequestError(
                f"Leg {number + 1} of {leg.carrier_id} from {leg.from_place_id} to "
                f"{leg.to_place_id} has no {FIELDS[rule]}, which the rule '{rule}' divides by. "
                "State it, or take another rule."
            )
        shares.append(found)
    whole = sum(shares)
    if whole <= 0:
        raise InvalidRequestError(
            f"The {FIELDS[rule]} of every leg is 0, so {amount} cannot be divided. State at least "
            "one, or take another rule."
        )
    return tuple(
        Part(number, leg.carrier_id, part, whole, Money(minor, amount.currency))
        for (number, leg), part, minor in zip(
            legs, shares, split(amount.minor, shares), strict=True
        )
    )


def in_words(amount: Money, rule: str, parts: Sequence[Part]) -> list[str]:
    """Tell how a through charge was divided, a sentence a line."""
    return [
        f"{amount} is divided {RULES[rule]}; the minor units that rounding leaves go one each to "
        "the parts cut the most.",
        *(
            f"{part.carrier_id} carried leg {part.leg + 1}: {part.share:,} of {part.of:,}, "
            f"{part.amount}."
            for part in parts
        ),
        f"Together {Money(sum(part.amount.minor for part in parts), amount.currency)}.",
    ]

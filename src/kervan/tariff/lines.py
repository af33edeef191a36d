"""The lines of a price, and the price they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kervan.feed.tables import ExchangeRate
from kervan.tariff.money import Money


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price.

    Attributes
    ----------
    legs
        Which legs of the itinerary it covers, from 0; consecutive, unless it is for capacity.
    kind
        ``freight``, ``surcharge``, ``rebate``, or ``capacity``: what the places left make of it.
    carrier_id
        Who is paid; None where the feed does not say.
    item_id
        Key of the tariff item, surcharge or rebate.
    name
        What it is for.
    where
        Place or border crossing of a surcharge; empty otherwise.
    basis
        What is counted: ``per_container_km`` and so on, ``percent`` or ``percent_of_value``.
    rate
        Amount of one unit of the basis, in the currency's major unit, or the percentage.
    quantity
        How many units of the basis: containers, TEU, wagons, tonnes, their kilometres or days; for
        a percentage the amount it is of.
    amount
        What the line comes to, in its own currency.
    in_total
        The same in the currency of the total; None where no rate of exchange is known.
    rates
        Rates of exchange used.
    limit
        ``minimum`` or ``maximum`` where that took the place of rate times quantity, else None.
    rounding
        How the amount was rounded: ``half_up to 0.01``.
    exchange_rule
        Which day's rate of exchange is meant: ``acceptance_day`` or ``month_start``.
    instrument_id, conditions, is_estimate, source_id
        As in the feed.
    """

    legs: tuple[int, ...]
    kind: str
    carrier_id: str | None
    item_id: str
    name: str
    where: str
    basis: str
    rate: Decimal
    quantity: Decimal
    amount: Money
    in_total: Money | None
    rates: tuple[ExchangeRate, ...]
    limit: str | None
    rounding: str
    exchange_rule: str
    instrument_id: str | None
    conditions: str | None
    is_estimate: bool
    source_id: str

    @property
    def is_through(self) -> bool:
        """Whether it covers more than one leg."""
        return len(self.legs) > 1


@dataclass(frozen=True, slots=True)
class Price:
    """What a shipment costs over its legs.

    Attributes
    ----------
    currency
        Currency of the total.
    day
        Day whose tariffs and rates were taken.
    known_on
        Day of whose record they are; None for all that has been recorded.
    combination
        Rule by which through rates and sections were combined.
    lines
        Every line, in the order of the way.
    unpriced_legs
        Legs that no item prices.
    unconverted
        Currencies of lines that could not be brought into the total.
    """

    currency: str
    day: date
    known_on: date | None
    combination: str
    lines: tuple[PriceLine, ...]
    unpriced_legs: tuple[int, ...]
    unconverted: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every leg is priced and every line is in the total."""
        return not self.unpriced_legs and not self.unconverted

    @property
    def has_estimates(self) -> bool:
        """Whether any line rests on an estimate of the feed."""
        return any(line.is_estimate for line in self.lines)

    @property
    def known(self) -> Money:
        """Sum of the lines that are in the total's currency; the whole only where complete."""
        minor = sum(line.in_total.minor for line in self.lines if line.in_total)
        return Money(minor, self.currency)

    @property
    def total(self) -> Money | None:
        """The whole price; None where it is incomplete."""
        return self.known if self.is_complete else None

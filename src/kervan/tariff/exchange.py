"""Rates of exchange: which one holds on a day, and how one currency is reached from another.

The rule is the last rate published on or before the day. Where no rate leads straight from one
currency to the other, in either direction, the fewest rates that do are chained; of chains as short
the one whose oldest rate is newest is taken, and of those the first in the order of the codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from kervan.feed.as_of import latest_rates
from kervan.feed.tables import ExchangeRate

_MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Conversion:
    """How an amount of one currency becomes another.

    Attributes
    ----------
    factor
        What one unit of the first is worth in the second.
    rates
        The published rates it is made of, in order; empty for a currency into itself.
    """

    factor: Decimal
    rates: tuple[ExchangeRate, ...]

    @property
    def oldest(self) -> date | None:
        """Day of the oldest rate used."""
        return min((rate.rate_date for rate in self.rates), default=None)


class ExchangeRates:
    """The rates that hold on one day.

    Parameters
    ----------
    rows
        Published rates.
    day
        Rates of later days are not looked at.
    """

    def __init__(self, rows: Iterable[ExchangeRate], day: date) -> None:
        self.day = day
        self._next: dict[str, dict[str, ExchangeRate]] = {}
        for (here, there), row in sorted(latest_rates(rows, day).items()):
            for start, end in ((here, there), (there, here)):
                known = self._next.setdefault(start, {})
                if end not in known or known[end].rate_date < row.rate_date:
                    known[end] = row
        self._known: dict[tuple[str, str], Conversion | None] = {}

    def conversion(self, here: str, there: str) -> Conversion | None:
        """Return how to convert, or None where no rates lead there."""
        if (here, there) not in self._known:
            self._known[here, there] = self._search(here, there)
        return self._known[here, there]

    def _search(self, here: str, there: str) -> Conversion | None:
        chains: list[tuple[str, tuple[ExchangeRate, ...]]] = [(here, ())]
        seen = {here}
        for _ in range(_MOST_STEPS):
            arrived = [rates for at, rates in chains if at == there]
            if arrived:
                return _chained(here, max(arrived, key=_age))
            longer = [
                (end, (*rates, row))
                for at, rates in chains
                for end, row in self._next.get(at, {}).items()
                if end not in seen
            ]
            seen |= {at for at, _ in longer}
            chains = longer
        arrived = [rates for at, rates in chains if at == there]
        return _chained(here, max(arrived, key=_age)) if arrived else None


def _age(rates: tuple[ExchangeRate, ...]) -> date:
    return min((row.rate_date for row in rates), default=date.max)


def _chained(here: str, rates: tuple[ExchangeRate, ...]) -> Conversion:
    with localcontext() as context:
        context.prec = 28
        factor, at = Decimal(1), here
        for row in rates:
            if row.from_currency == at:
                factor, at = factor * row.rate, row.to_currency
            else:
                factor, at = factor / row.rate, row.from_currency
    return Conversion(factor, rates)

"""The price of a sequence of legs, line by line.

Each leg is priced by the tariff item that applies to it, or several together by a through rate, and
by the surcharges due. A line names the legs it covers. A leg that no item prices leaves the price
*incomplete*: the leg is named, and what is known is summed apart, never taken for the whole.

Combination
-----------
Where through rates hold, legs may be cut into spans in several ways, each span priced by a through
rate or, a leg alone, by its own item. Only whole spans are lawful: a through rate holds from its
origin to its destination and covers every leg between. Two rules choose among the lawful ways:

``lowest``
    The cheapest, freight and surcharges together (the default).
``through_first``
    The one that leaves the fewest legs to single items, and of those the cheapest.

Either way a combination that prices more legs is preferred to a cheaper one that prices fewer; of
combinations alike the one with the fewest lines of freight is taken.

Rounding
--------
Amounts are rounded once a line, in the line's own currency, by the item's rule (surcharges half up
to the minor unit), and once more, half up, where the line is brought into the currency of the
total. The total is the sum of the lines so rounded: the parts always add up to the whole.

Days
----
One day decides which items, surcharges and rates of exchange hold: the day of acceptance. Items
may name the first day of its month for the rate of exchange instead. ``known_on`` asks for the
record of an earlier day (see :mod:`kervan.tariff.record`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currencies
from kervan.feed.tables import ExchangeRate, Feed, Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.exchange import ExchangeRates
from kervan.tariff.items import Due, Items
from kervan.tariff.lines import Price, PriceLine
from kervan.tariff.money import Money
from kervan.tariff.quantities import quantity
from kervan.tariff.rebates import Rebates
from kervan.tariff.rounding import rounded

UNPRICED = 1 << 34
"""Weight of a leg without a price: more than any priced itinerary costs in minor units a unit, and
small enough that a path of them stays within what the search can sum."""

COMBINATIONS = ("lowest", "through_first")
_HALF_UP = "half_up"


@dataclass(frozen=True, slots=True)
class _Span:
    """Consecutive legs priced together."""

    lines: tuple[PriceLine, ...]
    unpriced: tuple[int, ...]
    single: int
    """Legs left to single items."""

    @property
    def cost(self) -> tuple[int, int]:
        """Things missing, and minor units of the total."""
        missing = sum(1 for line in self.lines if line.in_total is None)
        known = sum(line.in_total.minor for line in self.lines if line.in_total)
        return len(self.unpriced) + missing, known


class TariffBook:
    """The tariffs of a feed on one day, ready to price legs.

    Parameters
    ----------
    feed
        Its tariff items, surcharges, rebates, zones and exchange rates are used.
    day
        Day of acceptance, whose rows hold.
    currency
        Currency of the totals.
    known_on
        Day of whose record they are; None for all that has been recorded. Rates of exchange
        published later are not known then either.
    combination
        ``lowest`` or ``through_first``; see the module's text.

    Attributes
    ----------
    items
        The items and surcharges that hold.
    rebates
        The rebates that hold.
    exchange
        Rates of exchange by rule of exchange: ``acceptance_day``, ``month_start``.

    Raises
    ------
    InvalidRequestError
        If there is no such currency or combination rule.
    """

    def __init__(
        self,
        feed: Feed,
        day: date,
        currency: str,
        *,
        known_on: date | None = None,
        combination: str = "lowest",
    ) -> None:
        if currency not in currencies():
            raise InvalidRequestError(
                f"'{currency}' is no currency; give an ISO 4217 code such as USD, EUR or CNY."
            )
        if combination not in COMBINATIONS:
            raise InvalidRequestError(
                f"'{combination}' is no rule of combination; use {' or '.join(COMBINATIONS)}."
            )
        self.day, self.currency, self.known_on = day, currency, known_on
        self.combination = combination
        self.items = Items(feed, day, known_on)
        self.rebates = Rebates(feed.rebates, day, known_on)
        until = day if known_on is None else min(day, known_on)
        self.exchange = {
            "acceptance_day": ExchangeRates(feed.exchange_rates, until),
            "month_start": ExchangeRates(feed.exchange_rates, min(until, day.replace(day=1))),
        }

    def price(
        self, legs: Sequence[Leg], shipment: Shipment, *, committed_teu: float = 0.0
    ) -> Price:
        """Price a shipment over legs run one after the other.

        Parameters
        ----------
        legs
            In the order they are run.
        shipment
            What is moved.
        committed_teu
            Volume the customer has committed to in a period, for rebates.
        """
        spans = self._combined(legs, shipment)
        lines = [line for span in spans for line in span.lines]
        lines += self.rebate_lines(lines, shipment, committed_teu)
        unpriced = tuple(index for span in spans for index in span.unpriced)
        missing = dict.fromkeys(line.amount.currency for line in lines if line.in_total is None)
        return Price(
            currency=self.currency,
            day=self.day,
            known_on=self.known_on,
            combination=self.combination,
            lines=tuple(lines),
            unpriced_legs=unpriced,
            unconverted=tuple(missing),
        )

    def _combined(self, legs: Sequence[Leg], shipment: Shipment) -> list[_Span]:
        single = [self._section(index, leg, shipment) for index, leg in enumerate(legs)]
        if not self.items.has_through_rates:
            return single
        # The best way to price the first k legs, by dynamic programming over where spans end.
        best: list[tuple[tuple[int, ...], list[_Span]]] = [((0, 0, 0, 0), [])]
        for end in range(1, len(legs) + 1):
            ways = []
            for start in range(end):
                span = single[start] if start == end - 1 else None
                through = self._through(start, tuple(legs[start:end]), shipment)
                for option in (span, through):
                    if option is not None:
                        key, before = best[start]
                        ways.append((self._key(key, option), [*before, option]))
            best.append(min(ways, key=lambda way: way[0]))
        return best[-1][1]

    def _key(self, before: tuple[int, ...], span: _Span) -> tuple[int, ...]:
        """Return what a combination is compared by, the first of most weight."""
        missing, known = span.cost
        freight = sum(1 for line in span.lines if line.kind == "freight")
        single = span.single if self.combination == "through_first" else 0
        added = (missing, single, known, freight)
        return tuple(a + b for a, b in zip(before, added, strict=True))

    def _section(self, index: int, leg: Leg, shipment: Shipment) -> _Span:
        item = self.items.item_for(leg, shipment)
        freight = None
        if item is not None:
            freight = self.freight_line((index,), (leg,), item, shipment)
        lines = [] if freight is None else [freight]
        lines += self.surcharge_lines(index, leg, shipment, freight)
        return _Span(tuple(lines), (index,) if freight is None else (), 1)

    def _through(self, start: int, legs: tuple[Leg, ...], shipment: Shipment) -> _Span | None:
        item = self.items.through_for(legs, shipment)
        if item is None:
            return None
        covered = tuple(range(start, start + len(legs)))
        freight = self.freight_line(covered, legs, item, shipment)
        if freight is None:
            return None
        lines = [freight]
        if not item.includes_surcharges:
            for index, leg in zip(covered, legs, strict=True):
                lines += self.surcharge_lines(index, leg, shipment, None)
        return _Span(tuple(lines), (), 0)

    def freight_line(
        self,
        covered: tuple[int, ...],
        legs: tuple[Leg, ...],
        item: TariffItem,
        shipment: Shipment,
    ) -> PriceLine | None:
        """Return the freight an item comes to, rounded and within its minimum and maximum.

        Parameters
        ----------
        covered
            Places of the legs in the way, from 0, for the line to name.
        legs
            Legs it is charged over, together.
        item
            An item that applies to them.
        shipment
            What is moved.

        Returns
        -------
        PriceLine or None
            None where it is a percentage of a value that is not declared, or not convertible.
        """
        if item.basis == "percent_of_value":
            counted = self._declared_value(item.currency, shipment)
            if counted is None:
                return None
            charge = item.amount * counted / 100
        else:
            counted = quantity(item.basis, sum(leg.distance_km for leg in legs), shipment)
            charge = item.amount * counted
        limit = None
        if item.minimum_amount is not None and charge < item.minimum_amount * shipment.count:
            charge, limit = item.minimum_amount * shipment.count, "minimum"
        if item.maximum_amount is not None and charge > item.maximum_amount * shipment.count:
            charge, limit = item.maximum_amount * shipment.count, "maximum"
        amount = rounded(charge, item.currency, item.rounding_step, item.rounding_mode)
        in_total, rates = self._in_total(amount, item.exchange_rule)
        step = item.rounding_step or Money(1, item.currency).major
        return PriceLine(
            legs=covered,
            kind="freight",
            carrier_id=item.carrier_id,
            item_id=item.item_id,
            name="Through freight" if item.scope == "through" else "Freight",
            where="",
            basis=item.basis,
            rate=item.amount,
            quantity=counted,
            amount=amount,
            in_total=in_total,
            rates=rates,
            limit=limit,
            rounding=f"{item.rounding_mode} to {step}",
            exchange_rule=item.exchange_rule,
            instrument_id=item.instrument_id,
            conditions=item.conditions,
            is_estimate=item.is_estimate,
            source_id=item.source_id,
        )

    def surcharge_lines(
        self, index: int, leg: Leg, shipment: Shipment, freight: PriceLine | None
    ) -> list[PriceLine]:
        """Return the surcharges of a leg; of an exclusive group only the highest.

        Those that are a percentage of another come after all others.
        """
        found: list[tuple[Surcharge, PriceLine]] = []
        of_others: list[Due] = []
        for due in self.items.due_on(leg, shipment):
            if due.surcharge.of_surcharge_id is not None:
                of_others.append(due)
                continue
            line = self.surcharge_line(index, due, shipment, freight)
            if line is not None:
                found.append((due.surcharge, line))
        highest: dict[tuple[str, str, str], PriceLine] = {}
        for row, line in found:
            if row.exclusive_group is not None:
                group = (row.exclusive_group, row.event, line.where)
                if group not in highest or _worth(highest[group]) < _worth(line):
                    highest[group] = line
        charged = [
            line
            for row, line in found
            if row.exclusive_group is None
            or highest[row.exclusive_group, row.event, line.where] is line
        ]
        for due in of_others:
            for base in [line for line in charged if line.item_id == due.surcharge.of_surcharge_id]:
                line = self.surcharge_line(index, due, shipment, base)
                if line is not None:
                    charged.append(line)
        return charged

    def surcharge_line(
        self, index: int, due: Due, shipment: Shipment, base: PriceLine | None
    ) -> PriceLine | None:
        """Return what a surcharge due on a leg comes to.

        Parameters
        ----------
        index
            Place of the leg in the way, from 0, for the line to name.
        due
            The surcharge and what makes it due.
        shipment
            What is moved.
        base
            What a percentage is of: the leg's line of freight, or another surcharge.

        Returns
        -------
        PriceLine or None
            None where there is nothing to charge: no line or declared value to take a percentage
            of, or a quantity of zero.
        """
        row = due.surcharge
        if row.basis == "percent":
            if base is None:
                return None
            counted, currency = base.amount.major, base.amount.currency
            charge = counted * row.amount / 100
        elif row.basis == "percent_of_value":
            currency = row.currency or "USD"
            value = self._declared_value(currency, shipment)
            if value is None:
                return None
            counted, charge = value, value * row.amount / 100
        else:
            currency = row.currency or self.currency
            days = dict(shipment.storage_days).get(due.where, 0.0)
            # No surcharge counts kilometres.
            counted = quantity(row.basis, 0.0, shipment, days - (row.free_days or 0.0))
            charge = counted * row.amount
            if counted == 0:
                return None
        amount = rounded(charge, currency, None, _HALF_UP)
        in_total, rates = self._in_total(amount, "acceptance_day")
        return PriceLine(
            legs=(index,),
            kind="surcharge",
            carrier_id=row.carrier_id,
            item_id=row.surcharge_id,
            name=row.name,
            where=due.where,
            basis=row.basis,
            rate=row.amount,
            quantity=counted,
            amount=amount,
            in_total=in_total,
            rates=rates,
            limit=None,
            rounding=_to_the_minor_unit(currency),
            exchange_rule="acceptance_day",
            instrument_id=row.instrument_id,
            conditions=row.conditions,
            is_estimate=row.is_estimate,
            source_id=row.source_id,
        )

    def rebate_lines(
        self, lines: Sequence[PriceLine], shipment: Shipment, committed_teu: float
    ) -> list[PriceLine]:
        """Return the rebates on these lines of freight, for a volume committed to in TEU a year."""
        found = []
        for line in lines:
            rebate = self.rebates.rebate_for(line, shipment, committed_teu)
            if rebate is None:
                continue
            given = -(line.amount.major * rebate.percent / 100)
            amount = rounded(given, line.amount.currency, None, _HALF_UP)
            in_total, rates = self._in_total(amount, line.exchange_rule)
            found.append(
                replace(
                    line,
                    kind="rebate",
                    carrier_id=rebate.carrier_id,
                    item_id=rebate.rebate_id,
                    name=rebate.name,
                    basis="percent",
                    rate=-rebate.percent,
                    quantity=line.amount.major,
                    amount=amount,
                    in_total=in_total,
                    rates=rates,
                    limit=None,
                    rounding=_to_the_minor_unit(line.amount.currency),
                    instrument_id=rebate.instrument_id,
                    conditions=rebate.conditions,
                    is_estimate=rebate.is_estimate,
                    source_id=rebate.source_id,
                )
            )
        return found

    def _declared_value(self, currency: str, shipment: Shipment) -> Decimal | None:
        if shipment.value_usd is None:
            return None
        conversion = self.exchange["acceptance_day"].conversion("USD", currency)
        return None if conversion is None else shipment.value_usd * conversion.factor

    def _in_total(self, amount: Money, rule: str) -> tuple[Money | None, tuple[ExchangeRate, ...]]:
        if amount.currency == self.currency:
            return amount, ()
        conversion = self.exchange[rule].conversion(amount.currency, self.currency)
        if conversion is None:
            return None, ()
        return Money.of(amount.major * conversion.factor, self.currency), conversion.rates


def unit_prices(
    legs: Iterable[Leg], book: TariffBook, shipment: Shipment, *, committed_teu: float = 0.0
) -> NDArray[np.int64]:
    """Return what one unit of a shipment costs on each leg alone; shape (legs,).

    As :func:`leg_prices`, of one unit.
    """
    return leg_prices(legs, book, replace(shipment, count=1), committed_teu=committed_teu)


def leg_prices(
    legs: Iterable[Leg], book: TariffBook, shipment: Shipment, *, committed_teu: float = 0.0
) -> NDArray[np.int64]:
    """Return what a shipment costs on each leg alone, for the search; shape (legs,).

    Minor units of the book's currency; :data:`UNPRICED` for a leg without a complete price. A
    rebate never makes a leg cheaper than nothing. Through rates over several legs are not in it:
    :func:`kervan.tariff.through.through_prices` has them.
    """
    prices = []
    for leg in legs:
        total = book.price((leg,), shipment, committed_teu=committed_teu).total
        prices.append(UNPRICED if total is None else min(max(total.minor, 0), UNPRICED))
    return np.array(prices, np.int64)


@cache
def _to_the_minor_unit(currency: str) -> str:
    return f"half_up to {Money(1, currency).major}"


def _worth(line: PriceLine) -> Decimal:
    return line.amount.major if line.in_total is None else line.in_total.major

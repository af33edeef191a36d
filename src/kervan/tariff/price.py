"""The price of a sequence of legs, line by line.

Each leg is priced by the tariff item that applies to it and by the surcharges due on it. A line
names the legs it covers, so that a through rate over several legs is one line like any other. A leg
that no item prices leaves the price *incomplete*: the leg is named, and what is known is summed
apart, never taken for the whole.

Amounts are rounded half up to the minor unit once a line, in the line's own currency, and once more
where the line is brought into the currency of the total. The total is the sum of the lines so
rounded: the parts always add up to the whole.

One day decides which items, surcharges and rates of exchange hold: the day the carriage is asked
for, as carriers bill by the tariff in force when they accept the cargo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currencies
from kervan.feed.tables import ExchangeRate, Feed, Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.exchange import ExchangeRates
from kervan.tariff.items import Due, Items
from kervan.tariff.money import Money

UNPRICED = 1 << 34
"""Weight of a leg without a price: more than any priced itinerary costs in minor units a unit, and
small enough that a path of them stays within what the search can sum."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a price.

    Attributes
    ----------
    legs
        Which legs of the itinerary it covers, from 0, consecutive.
    kind
        ``freight`` or ``surcharge``.
    carrier_id
        Who is paid; None where the feed does not say.
    item_id
        Key of the tariff item or surcharge.
    name
        What it is for.
    where
        Place or border crossing of a surcharge; empty otherwise.
    basis
        What is counted: ``per_container_km`` and so on, or ``percent``.
    rate
        Amount of one unit of the basis, in the currency's major unit, or the percentage.
    quantity
        How many units of the basis: containers, TEU, tonnes, or their kilometres; for a percentage
        the freight it is of.
    amount
        What the line comes to, in its own currency.
    in_total
        The same in the currency of the total; None where no rate of exchange is known.
    rates
        Rates of exchange used.
    is_minimum
        Whether the item's least charge took the place of rate times quantity.
    conditions, is_estimate, source_id
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
    is_minimum: bool
    conditions: str | None
    is_estimate: bool
    source_id: str


@dataclass(frozen=True, slots=True)
class Price:
    """What a shipment costs over its legs.

    Attributes
    ----------
    currency
        Currency of the total.
    day
        Day whose tariffs and rates were taken.
    lines
        Every line, in the order of the way.
    unpriced_legs
        Legs that no item prices.
    unconverted
        Currencies of lines that could not be brought into the total.
    """

    currency: str
    day: date
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
        return Money(
            sum(line.in_total.minor for line in self.lines if line.in_total), self.currency
        )

    @property
    def total(self) -> Money | None:
        """The whole price; None where it is incomplete."""
        return self.known if self.is_complete else None


class TariffBook:
    """The tariffs of a feed on one day, ready to price legs.

    Parameters
    ----------
    feed
        Its tariff items, surcharges and exchange rates are used.
    day
        Day whose rows hold.
    currency
        Currency of the totals.

    Raises
    ------
    InvalidRequestError
        If there is no such currency.
    """

    def __init__(self, feed: Feed, day: date, currency: str) -> None:
        if currency not in currencies():
            raise InvalidRequestError(
                f"'{currency}' is no currency; give an ISO 4217 code such as USD, EUR or CNY."
            )
        self.day, self.currency = day, currency
        self._items = Items(feed.tariff_items, feed.surcharges, day)
        self._exchange = ExchangeRates(feed.exchange_rates, day)

    def price(self, legs: Sequence[Leg], shipment: Shipment) -> Price:
        """Price a shipment over legs run one after the other."""
        lines: list[PriceLine] = []
        unpriced: list[int] = []
        for index, leg in enumerate(legs):
            item = self._items.item_for(leg, shipment)
            freight = None
            if item is None:
                unpriced.append(index)
            else:
                freight = self._freight_line(index, leg, item, shipment)
                lines.append(freight)
            lines.extend(
                self._surcharge_line(index, leg, due, shipment, freight)
                for due in self._items.due_on(leg, shipment)
                if freight is not None or due.surcharge.basis != "percent"
            )
        missing = dict.fromkeys(line.amount.currency for line in lines if line.in_total is None)
        return Price(self.currency, self.day, tuple(lines), tuple(unpriced), tuple(missing))

    def _freight_line(
        self, index: int, leg: Leg, item: TariffItem, shipment: Shipment
    ) -> PriceLine:
        quantity = _quantity(item.basis, leg, shipment)
        charge = item.amount * quantity
        least = (item.minimum_amount or Decimal(0)) * shipment.count
        amount = Money.of(max(charge, least), item.currency)
        in_total, rates = self._in_total(amount)
        return PriceLine(
            legs=(index,),
            kind="freight",
            carrier_id=item.carrier_id,
            item_id=item.item_id,
            name="Freight",
            where="",
            basis=item.basis,
            rate=item.amount,
            quantity=quantity,
            amount=amount,
            in_total=in_total,
            rates=rates,
            is_minimum=least > charge,
            conditions=item.conditions,
            is_estimate=item.is_estimate,
            source_id=item.source_id,
        )

    def _surcharge_line(
        self, index: int, leg: Leg, due: Due, shipment: Shipment, freight: PriceLine | None
    ) -> PriceLine:
        row: Surcharge = due.surcharge
        if row.basis == "percent":
            # Only asked for where the leg has freight.
            of = freight.amount if freight is not None else Money(0, self.currency)
            quantity, currency = of.major, of.currency
            amount = Money.of(of.major * row.amount / 100, currency)
        else:
            quantity = _quantity(row.basis, leg, shipment)
            amount = Money.of(row.amount * quantity, row.currency or self.currency)
        in_total, rates = self._in_total(amount)
        return PriceLine(
            legs=(index,),
            kind="surcharge",
            carrier_id=row.carrier_id,
            item_id=row.surcharge_id,
            name=row.name,
            where=due.where,
            basis=row.basis,
            rate=row.amount,
            quantity=quantity,
            amount=amount,
            in_total=in_total,
            rates=rates,
            is_minimum=False,
            conditions=row.conditions,
            is_estimate=row.is_estimate,
            source_id=row.source_id,
        )

    def _in_total(self, amount: Money) -> tuple[Money | None, tuple[ExchangeRate, ...]]:
        conversion = self._exchange.conversion(amount.currency, self.currency)
        if conversion is None:
            return None, ()
        return Money.of(amount.major * conversion.factor, self.currency), conversion.rates


def unit_prices(legs: Iterable[Leg], book: TariffBook, shipment: Shipment) -> NDArray[np.int64]:
    """Return what one unit of a shipment costs on each leg, for the search; shape (legs,).

    Minor units of the book's currency; :data:`UNPRICED` for a leg without a complete price. A
    rebate never makes a leg cheaper than nothing.
    """
    unit = Shipment(
        shipment.equipment, 1, shipment.weight_kg, shipment.commodity, shipment.dangerous_goods
    )
    prices = []
    for leg in legs:
        total = book.price((leg,), unit).total
        prices.append(UNPRICED if total is None else min(max(total.minor, 0), UNPRICED))
    return np.array(prices, np.int64)


def _quantity(basis: str, leg: Leg, shipment: Shipment) -> Decimal:
    """Return how many units of a basis a shipment is on a leg."""
    tonnes = Decimal(str(shipment.freight_kg)) / 1000 * shipment.count
    counted = {
        "container": Decimal(shipment.count),
        "teu": shipment.teu,
        "tonne": tonnes,
    }[basis.removeprefix("per_").removesuffix("_km")]
    if basis.endswith("_km"):
        return counted * Decimal(str(round(leg.distance_km, 3)))
    return counted

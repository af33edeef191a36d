"""What legs can cost together, told to the search in arrays.

A through rate is no sum over legs, and which one prices a span is known only when the whole span
is. So the search is told two things. For each through rate, which legs begin, run and end a span
under it, and *no more* than what each leg adds to its price: sums of these never exceed what a way
costs. And, by a function, what a whole way costs exactly. The first tells it where to look, the
second what it has found.

What each leg adds is exact for a rate a container, TEU, wagon, tonne or per cent of the value. For
a rate by the kilometre it is short of the exact price by a few minor units a leg, for the rounding
of the sum, and by its minimum; one that also has a highest charge counts with its minimum alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from numpy.typing import NDArray

from kervan.feed.codes import currency_minor_units
from kervan.feed.tables import TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.items import fits_leg
from kervan.tariff.lines import PriceLine
from kervan.tariff.price import UNPRICED, TariffBook
from kervan.tariff.quantities import quantity


@dataclass(frozen=True, slots=True)
class ThroughPrice:
    """A through rate over the legs of a network, for one shipment.

    Attributes
    ----------
    item_id
        The tariff item.
    opens, closes
        Legs a span under it may begin and end with; bool, shape (legs,).
    inside
        No more than what each leg adds, in minor units; -1 for a leg it does not cover; shape
        (legs,).
    once
        No more than what it costs besides, once a span.
    """

    item_id: str
    opens: NDArray[np.bool_]
    closes: NDArray[np.bool_]
    inside: NDArray[np.int64]
    once: int


def through_prices(
    legs: Sequence[Leg], book: TariffBook, shipment: Shipment, *, committed_teu: float = 0.0
) -> tuple[ThroughPrice, ...]:
    """Return the through rates that can price some of the legs together.

    A rate that a more particular one always takes the place of, between the same two places, does
    not end there. One item makes several entries where that differs by the place it begins at.

    Parameters
    ----------
    legs
        In the order of the arrays wanted.
    book
        Whose through rates, rebates and surcharges are taken.
    shipment
        What is moved; amounts are for the whole of it.
    committed_teu
        Volume the customer commits to in a period, for rebates.

    Returns
    -------
    tuple[ThroughPrice, ...]
        Empty where single legs are all there is.
    """
    items = book.items.through_items(shipment)
    if not items:
        return ()
    ends = _Ends(legs, book, shipment)
    rates = [_Rate(item, ends) for item in items]
    surcharges = _Surcharges(legs, book, shipment)
    found: list[ThroughPrice] = []
    for rank, rate in enumerate(rates):
        if not (rate.begins.any() and rate.ends.any()):
            continue
        priced = _amounts(rate, legs, book, shipment, committed_teu)
        if priced is None:
            continue
        once, inside = priced
        if not rate.item.includes_surcharges:
            for leg in np.flatnonzero(rate.covers).tolist():
                inside[leg] = min(inside[leg] + surcharges.of(leg), UNPRICED)
        for opens, closes in _spans(rate, rates[:rank], ends):
            found.append(ThroughPrice(rate.item.item_id, opens, closes, inside, once))
    return tuple(found)


class WayPrices:
    """What whole ways cost, in minor units, each way worked out once.

    Each thing without a price weighs :data:`~kervan.tariff.price.UNPRICED`. Single legs are summed
    where no through rate can change that; else the way is priced by the book.

    Parameters
    ----------
    legs
        All there are; a way is rows of these.
    book, shipment
        As for :func:`through_prices`.
    single
        Price of each leg alone, from :func:`kervan.tariff.leg_prices`.
    through
        From :func:`through_prices`.
    committed_teu
        Volume the customer commits to in a period, for rebates.
    """

    def __init__(
        self,
        legs: Sequence[Leg],
        book: TariffBook,
        shipment: Shipment,
        single: NDArray[np.int64],
        through: Sequence[ThroughPrice],
        *,
        committed_teu: float = 0.0,
    ) -> None:
        self._legs, self._book, self._shipment = legs, book, shipment
        self._committed_teu = committed_teu
        self._single = single
        self._through = through
        self._known: dict[tuple[int, ...], int] = {}
        # A rebate is granted on the combination chosen, and does not choose it: the price may then
        # be above the sum of the single legs.
        self._never_above_sum = book.combination == "lowest" and not book.rebates.has_any

    def __call__(self, way: tuple[int, ...]) -> int:
        """Return the price of the legs of a way, in the order they are run."""
        if way not in self._known:
            self._known[way] = self._price(way)
        return self._known[way]

    def _price(self, way: tuple[int, ...]) -> int:
        # No more than what the first legs cost, by their number.
        least = [0]
        begun: dict[int, int] = {}
        has_spans = False
        for leg in way:
            here = least[-1] + int(self._single[leg])
            for k, rate in enumerate(self._through):
                added = int(rate.inside[leg])
                if added < 0:
                    begun.pop(k, None)
                    continue
                if k in begun:
                    begun[k] += added
                    if rate.closes[leg]:
                        has_spans = True
                        here = min(here, begun[k])
                if rate.opens[leg]:
                    fresh = least[-1] + rate.once + added
                    begun[k] = min(begun.get(k, fresh), fresh)
            least.append(here)
        alone = int(self._single[list(way)].sum())
        if not has_spans or (self._never_above_sum and least[-1] == alone):
            return alone
        price = self._book.price(
            [self._legs[leg] for leg in way], self._shipment, committed_teu=self._committed_teu
        )
        missing = len(price.unpriced_legs)
        missing += sum(1 for line in price.lines if line.in_total is None)
        return missing * UNPRICED + max(price.known.minor, 0)


class _Ends:
    """Where legs begin and end, and who runs them, each thing that differs counted once."""

    def __init__(self, legs: Sequence[Leg], book: TariffBook, shipment: Shipment) -> None:
        self.items, self.shipment = book.items, shipment
        starts: dict[tuple[str, str, str | None], int] = {}
        goals: dict[tuple[str, str], int] = {}
        runs: dict[tuple[str, str, str], int] = {}
        of_leg = np.array(
            [
                (
                    starts.setdefault(
                        (leg.from_place_id, leg.from_country, leg.heading), len(starts)
                    ),
                    goals.setdefault((leg.to_place_id, leg.to_country), len(goals)),
                    runs.setdefault((leg.carrier_id, leg.service_id, leg.mode), len(runs)),
                )
                for leg in legs
            ],
            np.int64,
        ).reshape(-1, 3)
        self.start_of, self.goal_of, self.run_of = of_leg.T
        self.starts, self.goals = list(starts), list(goals)
        first = dict(zip(self.run_of.tolist()[::-1], reversed(legs), strict=True))
        self.runs = [first[k] for k in range(len(runs))]
        self.km = np.array([leg.distance_km for leg in legs], np.float64)


class _Rate:
    """A through item: where it begins and ends, and which legs it covers."""

    def __init__(self, item: TariffItem, ends: _Ends) -> None:
        self.item = item
        carriers = {item.carrier_id, *item.partner_ids}
        runs = [leg.carrier_id in carriers and fits_leg(item, leg) for leg in ends.runs]
        self.covers = np.array(runs, np.bool_)[ends.run_of]
        if item.to_km is not None:
            self.covers &= ends.km < item.to_km
        lies_in = ends.items.lies_in
        self.starts = np.array(
            [
                item.direction in ("any", heading) and lies_in(item.origin, place, country)
                for place, country, heading in ends.starts
            ],
            np.bool_,
        )
        self.goals = np.array([lies_in(item.destination, *end) for end in ends.goals], np.bool_)
        self.begins = self.covers & self.starts[ends.start_of]
        self.ends = self.covers & self.goals[ends.goal_of]

    @property
    def is_banded(self) -> bool:
        """Whether it holds for some lengths of a span only."""
        return self.item.from_km is not None or self.item.to_km is not None


def _spans(
    rate: _Rate, before: Sequence[_Rate], ends: _Ends
) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return the legs a span may begin and end with, begins with the same ends as one."""
    rivals = [
        rival
        for rival in before
        if not rival.is_banded and bool((rival.covers | ~rate.covers).all())
    ]
    alike: dict[bytes, tuple[list[int], NDArray[np.bool_]]] = {}
    for start in sorted(set(ends.start_of[rate.begins].tolist())):
        goals = rate.goals.copy()
        for rival in rivals:
            if rival.starts[start]:
                goals &= ~rival.goals
        if goals.any():
            alike.setdefault(goals.tobytes(), ([], goals))[0].append(start)
    return [
        (rate.covers & np.isin(ends.start_of, starts), rate.covers & goals[ends.goal_of])
        for starts, goals in alike.values()
    ]


def _amounts(
    rate: _Rate,
    legs: Sequence[Leg],
    book: TariffBook,
    shipment: Shipment,
    committed_teu: float,
) -> tuple[int, NDArray[np.int64]] | None:
    """Return what a rate costs once and for each leg, no more; None where it prices nothing."""
    item = rate.item
    inside = np.where(rate.covers, 0, -1).astype(np.int64)
    leg = legs[int(np.argmax(rate.begins))]
    line = book.freight_line((0,), (leg,), item, shipment)
    if line is None:
        return None
    if line.in_total is None:
        return UNPRICED, inside
    rebates = book.rebate_lines((line,), shipment, committed_teu)
    if not item.basis.endswith("_km"):
        return min(max(_sum((line, *rebates)), 0), UNPRICED), inside
    conversion = book.exchange[item.exchange_rule].conversion(item.currency, book.currency)
    assert conversion is not None
    to_minor = conversion.factor * Decimal(10) ** currency_minor_units(book.currency)
    kept = 1 + sum((row.rate for row in rebates), Decimal(0)) / 100
    a_km = item.amount * quantity(item.basis, 1.0, shipment)
    smallest = Decimal(10) ** -currency_minor_units(item.currency)
    # Halves of a step and of a minor unit are what rounding can take off, and half a metre a leg.
    off = ((item.rounding_step or smallest) / 2 + smallest / 2 + a_km / 1000) * to_minor
    slack = int(off.to_integral_value(ROUND_CEILING)) + 2
    if item.maximum_amount is not None:
        least = (item.minimum_amount or Decimal(0)) * shipment.count
        least = min(least, item.maximum_amount * shipment.count)
        return max(_floor(least * to_minor * kept) - slack, 0), inside
    for k in np.flatnonzero(rate.covers).tolist():
        added = _floor(a_km * Decimal(str(legs[k].distance_km)) * to_minor * kept)
        inside[k] = min(max(added - slack, 0), UNPRICED)
    return 0, inside


class _Surcharges:
    """Surcharges of legs under a through rate that does not include them, each worked out once."""

    def __init__(self, legs: Sequence[Leg], book: TariffBook, shipment: Shipment) -> None:
        self._of: Callable[[int], list[PriceLine]] = lambda leg: book.surcharge_lines(
            0, legs[leg], shipment, None
        )
        self._known: dict[int, int] = {}

    def of(self, leg: int) -> int:
        if leg not in self._known:
            self._known[leg] = min(max(_sum(self._of(leg)), 0), UNPRICED)
        return self._known[leg]


def _sum(lines: Sequence[PriceLine]) -> int:
    return sum(UNPRICED if line.in_total is None else line.in_total.minor for line in lines)


def _floor(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_FLOOR))

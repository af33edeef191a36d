"""A tariff of one day, some ways and some shipments, compiled to arrays and priced all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currency_minor_units
from kervan.feed.tables import Feed, Rebate, Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.price import TariffBook
from kervan.tariff.sheet import scaled
from kervan.tariff.sheet.arrays import (
    CHARGE_COLUMNS,
    DAYS,
    ITEM_COLUMNS,
    PERCENT,
    VALUE,
    Int32,
    Int64,
    SpanArrays,
    TariffArrays,
    WayArrays,
)
from kervan.tariff.sheet.outcomes import MARKED
from kervan.tariff.sheet.spans import way_arrays
from kervan.tariff.sheet.units import shipment_arrays
from kervan.tariff.sheet.work import work_for

_WORTH_DIGITS = 4
"""Decimals that every currency's minor unit has at most (ISO 4217)."""


@dataclass(frozen=True)
class Prices:
    """What many pairs of a way and a shipment cost; every array of shape (pairs,).

    Attributes
    ----------
    total
        Minor units of the tariff's currency; what is known of it where the price is incomplete.
    missing
        Legs without a price and lines without a rate of exchange; 0 where the price is complete.
    used
        Rows that made each price, -1 where there are no more: places in ``rows`` of the tariff;
        shape (pairs, most). No columns unless asked for.
    one_by_one
        Pairs that did not fit into 64 bits and were priced by the TariffBook.
    """

    total: Int64
    missing: Int64
    used: Int32
    one_by_one: int

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which prices are complete."""
        complete: NDArray[np.bool_] = self.missing == 0
        return complete


class CompiledTariff:
    """A tariff book compiled to arrays: the same prices to the cent, many at once.

    Parameters
    ----------
    feed, day, currency, known_on, combination
        As for :class:`~kervan.tariff.TariffBook`.

    Attributes
    ----------
    book
        The tariff book.
    rows
        Items, surcharges and rebates that hold on the day, in this order.
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
        self.book = TariffBook(feed, day, currency, known_on=known_on, combination=combination)
        self.items: tuple[TariffItem, ...] = self.book.items.tariff_items
        self.charges: tuple[Surcharge, ...] = self.book.items.surcharges
        self.rebates: tuple[Rebate, ...] = self.book.rebates.rows
        self.rows: tuple[TariffItem | Surcharge | Rebate, ...] = (
            *self.items,
            *self.charges,
            *self.rebates,
        )
        self.arrays = _tariff_arrays(self)

    def prices(
        self,
        legs: Sequence[Leg],
        ways: Sequence[Sequence[int]],
        shipments: Sequence[Shipment],
        way_of: NDArray[np.integer] | None = None,
        shipment_of: NDArray[np.integer] | None = None,
        *,
        committed_teu: float = 0.0,
        with_rows: bool = False,
    ) -> Prices:
        """Price ways for shipments.

        Parameters
        ----------
        legs
            Legs the ways are made of.
        ways
            Places in ``legs``, in the order they are run.
        shipments
            What is moved.
        way_of, shipment_of
            Places in ``ways`` and ``shipments`` of each pair, shape (pairs,); every shipment on
            every way unless given, all the ways of the first shipment first.
        committed_teu
            Volume committed to, for rebates.
        with_rows
            Whether to say which rows made each price.

        Raises
        ------
        InvalidRequestError
            If one of ``way_of`` and ``shipment_of`` is given without the other, or they differ in
            length.
        """
        # Numba is loaded only where prices are asked for.
        from kervan.tariff.sheet.kernel import price_pairs

        pair_way, pair_shipment = _pairs(len(ways), len(shipments), way_of, shipment_of)
        spans, compiled_ways = way_arrays(self.book, legs, ways)
        compiled_shipments = shipment_arrays(self.book, legs, shipments, committed_teu)
        pairs = len(pair_way)
        # One shipment after the other, so that what a leg costs is worked out once for each.
        order = None
        if (pair_shipment[1:] < pair_shipment[:-1]).any():
            order = np.argsort(pair_shipment, kind="stable")
            pair_way, pair_shipment = pair_way[order], pair_shipment[order]
        total, missing = np.zeros(pairs, np.int64), np.zeros(pairs, np.int64)
        most = _most_rows(spans, compiled_ways) if with_rows else 0
        used = np.full((pairs, most), -1, np.int32)
        work = work_for(self.arrays, spans)
        price_pairs(
            self.arrays,
            spans,
            compiled_ways,
            compiled_shipments,
            work,
            pair_way,
            pair_shipment,
            total,
            missing,
            used,
        )
        unfit = np.flatnonzero(missing == MARKED)
        for pair in unfit.tolist():
            way = [legs[k] for k in ways[int(pair_way[pair])]]
            shipment = shipments[int(pair_shipment[pair])]
            total[pair], missing[pair], rows = self._one(way, shipment, committed_teu)
            if with_rows:
                used[pair, :] = -1
                used[pair, : len(rows)] = rows
        if order is not None:
            back = np.empty(pairs, np.int64)
            back[order] = np.arange(pairs)
            total, missing, used = total[back], missing[back], used[back]
        return Prices(total, missing, used, len(unfit))

    def _one(
        self, way: Sequence[Leg], shipment: Shipment, committed_teu: float
    ) -> tuple[int, int, list[int]]:
        """Price one pair by the book; also tell the places in ``rows`` of what was used."""
        price = self.book.price(way, shipment, committed_teu=committed_teu)
        place = {id_of(row): k for k, row in enumerate(self.rows)}
        unconverted = sum(1 for line in price.lines if line.kind != "rebate" and not line.in_total)
        rows = [place[line.kind, line.item_id] for line in price.lines]
        return price.known.minor, len(price.unpriced_legs) + unconverted, rows


def id_of(row: TariffItem | Surcharge | Rebate) -> tuple[str, str]:
    """Return the kind of line a row makes, and its key."""
    if isinstance(row, TariffItem):
        return "freight", row.item_id
    if isinstance(row, Surcharge):
        return "surcharge", row.surcharge_id
    return "rebate", row.rebate_id


def _pairs(
    ways: int,
    shipments: int,
    way_of: NDArray[np.integer] | None,
    shipment_of: NDArray[np.integer] | None,
) -> tuple[Int32, Int32]:
    if way_of is None and shipment_of is None:
        every = np.arange(shipments, dtype=np.int32)
        return np.tile(np.arange(ways, dtype=np.int32), shipments), np.repeat(every, ways)
    if way_of is None or shipment_of is None or len(way_of) != len(shipment_of):
        raise InvalidRequestError(
            "Pairs need a way and a shipment each; give way_of and shipment_of, of one length."
        )
    return way_of.astype(np.int32), shipment_of.astype(np.int32)


def _most_rows(spans: SpanArrays, ways: WayArrays) -> int:
    # A leg makes a line of freight, one of rebate, and its surcharges.
    of_leg = np.diff(spans.charge_ptr) + 2
    lines = np.concatenate([[0], np.cumsum(of_leg[ways.way_leg])])
    return int(np.max(lines[ways.way_ptr[1:]] - lines[ways.way_ptr[:-1]], initial=0))


def _tariff_arrays(tariff: CompiledTariff) -> TariffArrays:
    book = tariff.book
    factors: dict[tuple[str, str], int] = {}
    rows: list[scaled.Factor] = []

    def factor(currency: str, rule: str) -> int:
        if (currency, rule) not in factors:
            conversion = book.exchange[rule].conversion(currency, book.currency)
            known = None if conversion is None else conversion.factor
            factors[currency, rule] = len(rows)
            rows.append(scaled.factor_of(known, currency, book.currency))
        return factors[currency, rule]

    def worth(currency: str) -> int:
        return int(10 ** (_WORTH_DIGITS - currency_minor_units(currency)))

    currencies = [
        row.currency or ("USD" if row.basis == "percent_of_value" else book.currency)
        for row in tariff.charges
    ]
    groups: dict[tuple[str | None, ...], int] = {}
    group_of = [
        -1
        if row.exclusive_group is None
        else groups.setdefault(
            (row.exclusive_group, row.event, None if row.event == "leg" else _where(row)),
            len(groups),
        )
        for row in tariff.charges
    ]
    item_table = [
        (
            rule.rate,
            rule.least,
            rule.most,
            rule.step,
            scaled.MODES[row.rounding_mode],
            rule.minor_num,
            rule.minor_den,
            max(0, scaled.counted_by(row.basis)),
            row.basis.endswith("_km"),
            factor(row.currency, row.exchange_rule),
            factor(row.currency, "acceptance_day"),
            worth(row.currency),
            row.includes_surcharges,
            rule.fits,
        )
        for row, rule in ((row, scaled.rule_of_item(row)) for row in tariff.items)
    ]
    charge_table = [
        (rate, step, counted, factor(currency, "acceptance_day"), group, worth(currency), fits)
        for (rate, step, counted, fits), currency, group in zip(
            (_charge(row, book.currency) for row in tariff.charges),
            currencies,
            group_of,
            strict=True,
        )
    ]
    return TariffArrays(
        item=_table(item_table, ITEM_COLUMNS),
        charge=_table(charge_table, CHARGE_COLUMNS),
        rebate=_table([scaled.percentage(row.percent) for row in tariff.rebates], 3),
        factor=_table([(row.kind, row.first, row.second, row.most) for row in rows], 4),
        total_worth=worth(book.currency),
        through_first=int(book.combination == "through_first"),
    )


def _charge(row: Surcharge, currency: str) -> tuple[int, int, int, bool]:
    """Return rate, step, what is counted, and whether it fits."""
    if row.of_surcharge_id is not None:
        # So rare that it is left to the tariff book.
        return 0, 1, scaled.counted_by("per_container"), False
    if row.basis == "percent":
        num, den, fits = scaled.percentage(row.amount)
        return num, den, PERCENT, fits
    if row.basis == "percent_of_value":
        return 0, 1, VALUE, True
    if row.basis == "per_container_day":
        return 0, 1, DAYS, True
    rule = scaled.rule_of_amount(row.amount, row.basis, row.currency or currency)
    return rule.rate, rule.step, scaled.counted_by(row.basis), rule.fits


def _where(row: Surcharge) -> str | None:
    return row.crossing_id if row.event == "border" else row.place_id


def _table(rows: Sequence[Sequence[int]], columns: int) -> Int64:
    return np.array(rows, np.int64).reshape(len(rows), columns)

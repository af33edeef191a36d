"""Shipments as arrays: how much each is, and which items hold for it in which order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from kervan.feed.tables import Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.items import Due, longest_commodity, particularity
from kervan.tariff.price import TariffBook
from kervan.tariff.sheet.arrays import (
    NEVER_APPLIES,
    NORMAL,
    SKIP,
    Int32,
    Int64,
    ShipmentArrays,
    UInt8,
)

_MOST_COUNT = 100_000
_MOST_KG = 1e9


def shipment_arrays(
    book: TariffBook,
    legs: Sequence[Leg],
    shipments: Sequence[Shipment],
    committed_teu: float = 0.0,
) -> ShipmentArrays:
    """Return shipments as arrays.

    Parameters
    ----------
    book
        The tariff they will be priced by.
    legs
        Any legs at all.
    shipments
        What is moved.
    committed_teu
        Volume committed to, for rebates.
    """
    profiles = _Profiles(book)
    profile = [profiles.of(shipment) for shipment in shipments]
    quantity, fits = _quantities(shipments)
    extra, item_amount, charge_amount = _worked_out(book, legs, shipments, fits)
    rebates, rebate_of = _rebates(book, shipments, committed_teu)
    return ShipmentArrays(
        profile=np.array(profile, np.int32),
        extra=extra,
        rebates=rebates,
        quantity=quantity,
        fits=fits,
        item_rank=profiles.ranks(),
        charge_holds=profiles.charges(),
        item_amount=item_amount,
        charge_amount=charge_amount,
        rebate_of=rebate_of,
    )


class _Profiles:
    """Shipments alike in all that decides which rows hold for them."""

    def __init__(self, book: TariffBook) -> None:
        self._items = book.items
        limits = [(item.weight_from_kg, item.weight_to_kg) for item in book.items.tariff_items]
        self._breaks = sorted({kg for pair in limits for kg in pair if kg is not None})
        self._prefixes = sorted(
            {p for item in book.items.tariff_items for p in item.commodity_prefixes}
        )
        self._named: dict[str | None, tuple[str, ...]] = {}
        self._rows: dict[tuple[Any, ...], int] = {}
        self._first: list[Shipment] = []

    def of(self, shipment: Shipment) -> int:
        commodity = shipment.commodity
        if commodity not in self._named:
            self._named[commodity] = tuple(
                p for p in self._prefixes if (commodity or "").startswith(p)
            )
        key = (
            shipment.equipment.code,
            bisect_right(self._breaks, shipment.weight_kg),
            shipment.weight_kg == 0,
            self._named[commodity],
            shipment.dangerous_goods,
            shipment.out_of_gauge,
            shipment.block_train,
            shipment.private_wagons,
        )
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._first)
            self._first.append(shipment)
        return row

    def ranks(self) -> Int32:
        """Return the rank of every item for every profile, the most particular first."""
        items = self._items.tariff_items
        ranks = np.full((max(1, len(self._first)), len(items)), NEVER_APPLIES, np.int32)
        for row, shipment in enumerate(self._first):
            held = [
                (particularity(item, shipment), place)
                for place, item in enumerate(items)
                if _holds(item, shipment) and _weighs(item, shipment)
            ]
            for rank, (_, place) in enumerate(sorted(held)):
                ranks[row, place] = rank
        return ranks

    def charges(self) -> UInt8:
        """Return which surcharges hold for every profile."""
        rows = [[_holds(c, shipment) for c in self._items.surcharges] for shipment in self._first]
        shape = (max(1, len(self._first)), len(self._items.surcharges))
        return np.array(rows, np.uint8).reshape(shape) if rows else np.zeros(shape, np.uint8)


def _holds(row: TariffItem | Surcharge, shipment: Shipment) -> bool:
    """Tell whether what a row asks of the shipment, whatever the leg, is met."""
    return (
        (not row.equipment or shipment.equipment.code.startswith(row.equipment))
        and row.loaded in ("any", "empty" if shipment.is_empty else "loaded")
        and row.wagon in ("any", "private" if shipment.private_wagons else "carrier")
        and shipment.kinds.issuperset(row.requires)
    )


def _weighs(item: TariffItem, shipment: Shipment) -> bool:
    weight = shipment.weight_kg
    return (
        (item.weight_from_kg is None or item.weight_from_kg <= weight)
        and (item.weight_to_kg is None or weight < item.weight_to_kg)
        and (not item.commodity_prefixes or longest_commodity(item, shipment) > 0)
    )


def _quantities(shipments: Sequence[Shipment]) -> tuple[Int64, UInt8]:
    """Return containers, TEU, wagons and tonnes as whole numbers, and which of them are so."""
    count = np.array([shipment.count for shipment in shipments], np.int64)
    teu = np.array([int(shipment.equipment.teu * 1000) for shipment in shipments], np.int64)
    wagons = np.array([shipment.wagons for shipment in shipments], np.int64)
    freight_kg = np.array([shipment.freight_kg for shipment in shipments], np.float64)
    grams = np.rint(freight_kg * 1000)
    # The shortest decimal of a float so small is the one of three digits, if that gives it.
    fits = (grams / 1000 == freight_kg) & (freight_kg >= 0) & (freight_kg < _MOST_KG)
    fits &= (count > 0) & (count <= _MOST_COUNT)
    fits &= np.array(
        [
            len({place for place, _ in s.storage_days}) == len(s.storage_days)
            and s.equipment.teu * 1000 == int(s.equipment.teu * 1000)
            for s in shipments
        ],
        np.bool_,
    )
    tonnes = np.where(fits, grams, 0).astype(np.int64) * np.where(fits, count, 0)
    return np.column_stack([count, teu * count, wagons, tonnes]), fits.astype(np.uint8)


def _worked_out(
    book: TariffBook, legs: Sequence[Leg], shipments: Sequence[Shipment], fits: UInt8
) -> tuple[Int32, Int64, Int64]:
    """Work out, by the tariff book, what depends on a declared value or on days of storage."""
    by_value = [
        k for k, item in enumerate(book.items.tariff_items) if item.basis == "percent_of_value"
    ]
    special = [
        k
        for k, row in enumerate(book.items.surcharges)
        if row.event == "storage" or row.basis in ("percent_of_value", "per_container_day")
    ]
    plain_items = np.full(len(book.items.tariff_items), NORMAL, np.int64)
    plain_items[by_value] = SKIP
    plain_charges = np.full(len(book.items.surcharges), NORMAL, np.int64)
    plain_charges[special] = SKIP
    item_rows, charge_rows = [plain_items], [plain_charges]
    extra = np.zeros(len(shipments), np.int32)
    for place, shipment in enumerate(shipments):
        if (shipment.value_usd is None and not shipment.storage_days) or not fits[place]:
            continue
        extra[place] = len(item_rows)
        item_rows.append(plain_items.copy())
        charge_rows.append(plain_charges.copy())
        for k in by_value:
            line = book.freight_line((0,), (legs[0],), book.items.tariff_items[k], shipment)
            if line is not None:
                item_rows[-1][k] = line.amount.minor
        for k in special:
            charge_rows[-1][k] = _charge_amount(book, book.items.surcharges[k], shipment)
    return extra, np.array(item_rows), np.array(charge_rows)


def _charge_amount(book: TariffBook, row: Surcharge, shipment: Shipment) -> int:
    """Return what a surcharge comes to, or SKIP, or NORMAL where it is counted like others."""
    where = row.crossing_id if row.event == "border" else row.place_id
    if row.event == "storage" and where not in dict(shipment.storage_days):
        return SKIP
    if row.basis == "percent":
        return NORMAL
    due = Due(row, "" if row.event == "leg" else where or "")
    line = book.surcharge_line(0, due, shipment, None)
    return SKIP if line is None else line.amount.minor


def _rebates(
    book: TariffBook, shipments: Sequence[Shipment], committed_teu: float
) -> tuple[Int32, Int32]:
    """Return the row of rebates of each shipment, and the rebate each item earns in a row."""
    rows: list[list[int]] = []
    of: dict[tuple[str, str | None], int] = {}
    place = {row.rebate_id: k for k, row in enumerate(book.rebates.rows)}
    found = np.full(len(shipments), -1, np.int32)
    if not book.rebates.rows:
        return found, np.full((1, len(book.items.tariff_items)), -1, np.int32)
    for k, shipment in enumerate(shipments):
        key = (shipment.equipment.code, shipment.customer_id)
        if key not in of:
            of[key] = len(rows)
            earned = []
            for item in book.items.tariff_items:
                line = SimpleNamespace(
                    kind="freight", carrier_id=item.carrier_id, item_id=item.item_id
                )
                rebate = book.rebates.rebate_for(cast(Any, line), shipment, committed_teu)
                earned.append(-1 if rebate is None else place[rebate.rebate_id])
            rows.append(earned)
        found[k] = of[key]
    return found, np.array(rows, np.int32)

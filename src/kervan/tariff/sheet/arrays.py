"""The arrays that the pricing runs over: of a tariff, of ways, and of shipments.

An *item* here is a row of the tariff items that hold on the day, leg items and through items
together; a *charge* a surcharge that holds; a *span* a leg by itself (the first rows, one a leg) or
consecutive legs that some through rate may cover (the rows after them). ``SKIP`` and ``NORMAL``
stand in the tables of amounts worked out beforehand.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]

SKIP = -(2**63)
"""The row prices nothing for this shipment."""

NORMAL = SKIP + 1
"""The amount is worked out from its rule."""

NEVER_APPLIES = 2**31 - 1
"""Rank of an item that does not hold for a shipment."""

VALUE, DAYS, PERCENT = 4, 5, 6
"""What else an amount is counted by, after the places in ``scaled.COUNTED``."""


# Columns of TariffArrays.item.
(
    RATE,
    LEAST,
    MOST,
    STEP,
    MODE,
    MINOR_NUM,
    MINOR_DEN,
    COUNTED,
    BY_KM,
    FACTOR,
    PERCENT_FACTOR,
    WORTH,
    INCLUSIVE,
    FITS,
) = range(14)
ITEM_COLUMNS = 14

# Columns of TariffArrays.charge.
CHARGE_RATE, CHARGE_STEP, CHARGE_COUNTED, CHARGE_FACTOR, GROUP, CHARGE_WORTH, CHARGE_FITS = range(7)
CHARGE_COLUMNS = 7

# Columns of TariffArrays.rebate and of TariffArrays.factor.
REBATE_NUM, REBATE_DEN, REBATE_FITS = range(3)
KIND, FIRST, SECOND, MOST_MINOR = range(4)


class TariffArrays(NamedTuple):
    """A tariff on one day: few tables with many columns, cheap to hand on."""

    item: Int64
    """Rules of the items (see :class:`kervan.tariff.sheet.scaled.Rule`), the factors that bring
    them and percentages of them into the total's currency, and what makes their minor units
    comparable with those of other currencies; shape (items, 14)."""
    charge: Int64
    """The same of the surcharges; shape (charges, 7)."""
    rebate: Int64
    factor: Int64
    """See :class:`kervan.tariff.sheet.scaled.Factor`; shape (factors, 4)."""
    total_worth: int
    through_first: int


class SpanArrays(NamedTuple):
    """Spans of ways."""

    item_ptr: Int64
    """Items whose relation, service, mode, direction and kilometres a span meets."""
    item: Int32
    km: Int64
    """Length in metres; -1 where that is no whole number."""
    leg_ptr: Int64
    leg: Int32
    charge_ptr: Int64
    """Surcharges that may fall due on a leg, in the order they are listed; shape (legs + 1,)."""
    charge: Int32


class WayArrays(NamedTuple):
    """Ways cut into spans."""

    way_ptr: Int64
    way_leg: Int32
    cut_ptr: Int64
    """Spans of a way that through rates may cover, sorted by end, then start."""
    cut_start: Int32
    cut_end: Int32
    cut_span: Int32


class ShipmentArrays(NamedTuple):
    """Shipments, shape (shipments,), and what they have in common."""

    profile: Int32
    """Shipments of one profile meet the same items and surcharges."""
    extra: Int32
    """Row of the amounts worked out beforehand."""
    rebates: Int32
    """Row of the rebates earned."""
    quantity: Int64
    """Containers, TEU, wagons and tonnes as whole numbers; shape (shipments, 4)."""
    fits: UInt8
    item_rank: Int32
    """Lower wins; shape (profiles, items)."""
    charge_holds: UInt8
    """Shape (profiles, charges)."""
    item_amount: Int64
    """SKIP, NORMAL or minor units; shape (extras, items)."""
    charge_amount: Int64
    """The same; shape (extras, charges)."""
    rebate_of: Int32
    """Rebate each item earns, -1 for none; shape (rebate rows, items)."""

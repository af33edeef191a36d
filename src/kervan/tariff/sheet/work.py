"""Room for the compiled pricing to work in, and its columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kervan.tariff.sheet.arrays import Int64, SpanArrays, TariffArrays, UInt8

STAMP, STATE, KNOWN, MISSING, FREIGHT, PROFILE, ITEM = range(7)
"""Columns of ``Work.span``; ``Work.beside`` has the first four."""

TOTAL, WORTH, ROW = 2, 3, 4
"""Columns of ``Work.charge`` and ``Work.due``, after the first two above."""


class Unit(NamedTuple):
    """A shipment: its rows of the arrays of all."""

    number: np.int64
    profile: np.int64
    quantity: Int64
    item_rank: Int64
    charge_holds: UInt8
    item_amount: Int64
    charge_amount: Int64


class Work(NamedTuple):
    """Room to work in, and what was found for the shipment at hand."""

    span: Int64
    """Shipment it was priced for, state, sum, things missing, freight; profile, item."""
    charge: Int64
    """Shipment, state, sum, worth."""
    beside: Int64
    """Surcharges of a leg beside a through rate: shipment, state, sum, things missing."""
    due: Int64
    """Surcharges due on the leg at hand: state, sum, worth, row, each in its column."""


def work_for(tariff: TariffArrays, spans: SpanArrays) -> Work:
    """Return room enough for a tariff and some spans."""
    due = int(np.max(np.diff(spans.charge_ptr), initial=0)) + 1
    return Work(
        span=np.full((len(spans.km), 7), -1, np.int64),
        charge=np.full((len(tariff.charge), 4), -1, np.int64),
        beside=np.full((len(spans.charge_ptr) - 1, 4), -1, np.int64),
        due=np.zeros((due, 5), np.int64),
    )

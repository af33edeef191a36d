"""Rebates for volume: which one a line of freight earns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from kervan.feed.tables import Rebate
from kervan.feed.validity import holds_on
from kervan.shipment import Shipment
from kervan.tariff.lines import PriceLine
from kervan.tariff.record import on_record


class Rebates:
    """The rebates valid on a day, as they were on record on another.

    Attributes
    ----------
    rows
        Every rebate that holds, carrier by carrier.
    """

    def __init__(self, rows: Iterable[Rebate], day: date, known_on: date | None = None) -> None:
        self._by_carrier: dict[str, list[Rebate]] = defaultdict(list)
        for row in on_record(rows, known_on):
            if holds_on(row, day):
                self._by_carrier[row.carrier_id].append(row)
        self.rows: tuple[Rebate, ...] = tuple(
            row for of_carrier in self._by_carrier.values() for row in of_carrier
        )

    @property
    def has_any(self) -> bool:
        """Whether any rebate holds."""
        return bool(self._by_carrier)

    def rebate_for(
        self, line: PriceLine, shipment: Shipment, committed_teu: float
    ) -> Rebate | None:
        """Return the rebate a line of freight earns: the highest, then the first by key."""
        if line.kind != "freight":
            return None
        earned = [
            row
            for row in self._by_carrier.get(line.carrier_id or "", ())
            if row.item_id in (None, line.item_id)
            and row.customer_id in (None, shipment.customer_id)
            and row.from_teu <= committed_teu
            and (not row.equipment or shipment.equipment.code.startswith(row.equipment))
        ]
        return min(earned, key=lambda row: (-row.percent, row.rebate_id), default=None)

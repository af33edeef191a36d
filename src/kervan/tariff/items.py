"""Which tariff item prices a leg, and which surcharges fall due on it.

An item applies when its carrier, service, mode, relation, equipment, load, weight, commodity and
validity all do. Of the items that apply, the most particular one wins: compared in this order, an
item that names the commodity (the longest prefix first), the service, the origin (a place before a
country before anywhere), the destination, the mode, the equipment (the longest prefix first) or a
weight range beats one that does not; then the one in force later, then a published one before an
estimate, then the first by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kervan.feed.tables import Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.shipment import Shipment


@dataclass(frozen=True, slots=True)
class Due:
    """A surcharge and what makes it due."""

    surcharge: Surcharge
    where: str
    """Place or border crossing, empty where it falls due on the leg as a whole."""


class Items:
    """Tariff items and surcharges that hold on a day, by carrier and by event."""

    def __init__(
        self, items: Iterable[TariffItem], surcharges: Iterable[Surcharge], day: date
    ) -> None:
        self._items: dict[str, list[TariffItem]] = defaultdict(list)
        for item in items:
            if _holds(item, day):
                self._items[item.carrier_id].append(item)
        self._surcharges: dict[tuple[str, str | None], list[Surcharge]] = defaultdict(list)
        for row in surcharges:
            if _holds(row, day):
                where = row.crossing_id if row.event == "border" else row.place_id
                self._surcharges[row.event, None if row.event == "leg" else where].append(row)

    def item_for(self, leg: Leg, shipment: Shipment) -> TariffItem | None:
        """Return the item that prices a leg, None where none applies."""
        applying = [
            (_particularity(item, shipment), item)
            for item in self._items.get(leg.carrier_id, ())
            if _applies(item, leg, shipment)
        ]
        return min(applying, key=lambda pair: pair[0])[1] if applying else None

    def due_on(self, leg: Leg, shipment: Shipment) -> Iterator[Due]:
        """Yield every surcharge due on a leg, in the order of the way."""
        yield from self._due("load", leg.from_place_id, leg, shipment)
        for crossing_id in leg.crossing_ids:
            yield from self._due("border", crossing_id, leg, shipment)
        for row in self._surcharges.get(("leg", None), ()):
            if row.carrier_id in (None, leg.carrier_id) and _fits(row, leg, shipment):
                yield Due(row, "")
        yield from self._due("discharge", leg.to_place_id, leg, shipment)

    def _due(self, event: str, where: str, leg: Leg, shipment: Shipment) -> Iterator[Due]:
        for row in self._surcharges.get((event, where), ()):
            if _fits(row, leg, shipment):
                yield Due(row, where)


def _holds(row: TariffItem | Surcharge, day: date) -> bool:
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or day <= row.valid_to)


def _fits(row: TariffItem | Surcharge, leg: Leg, shipment: Shipment) -> bool:
    """Tell whether the service, mode, equipment and load of a row are those of a leg."""
    return (
        row.service_id in (None, leg.service_id)
        and row.mode in (None, leg.mode)
        and (not row.equipment or shipment.equipment.code.startswith(row.equipment))
        and row.loaded in ("any", "empty" if shipment.is_empty else "loaded")
    )


def _applies(item: TariffItem, leg: Leg, shipment: Shipment) -> bool:
    return (
        _fits(item, leg, shipment)
        and item.origin in ("*", leg.from_place_id, leg.from_country)
        and item.destination in ("*", leg.to_place_id, leg.to_country)
        and (item.weight_from_kg is None or item.weight_from_kg <= shipment.weight_kg)
        and (item.weight_to_kg is None or shipment.weight_kg < item.weight_to_kg)
        and (not item.commodity_prefixes or _longest_commodity(item, shipment) > 0)
    )


def _longest_commodity(item: TariffItem, shipment: Shipment) -> int:
    commodity = shipment.commodity or ""
    return max((len(p) for p in item.commodity_prefixes if commodity.startswith(p)), default=0)


def _particularity(item: TariffItem, shipment: Shipment) -> tuple[object, ...]:
    """Return a key by which the most particular item sorts first."""
    code = shipment.equipment.code
    equipment = max((len(p) for p in item.equipment if code.startswith(p)), default=0)
    ranged = item.weight_from_kg is not None or item.weight_to_kg is not None
    begun = item.valid_from or date.min
    return (
        -_longest_commodity(item, shipment),
        item.service_id is None,
        _relation_width(item.origin),
        _relation_width(item.destination),
        item.mode is None,
        -equipment,
        not ranged,
        -begun.toordinal(),
        item.is_estimate,
        item.item_id,
    )


def _relation_width(end: str) -> int:
    return 2 if end == "*" else 1 if len(end) == 2 else 0

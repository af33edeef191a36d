"""Which tariff item prices a leg or several, and which surcharges fall due.

An item applies when its carrier, service, mode, relation, direction, equipment, load, wagon,
conditions, weight, kilometres, commodity and validity all do. Of the items that apply, the most
particular one wins: compared in this order, an item that names the commodity (the longest prefix
first), the service, the origin (a place before a zone before a country before anywhere), the
destination, the direction, the mode, the equipment (the longest prefix first), conditions (the
more the better), the wagon, a range of weights or of kilometres beats one that does not; then the
one in force later, then a published one before an estimate, then the first by key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kervan.feed.tables import Feed, Surcharge, TariffItem
from kervan.feed.validity import holds_on
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.record import on_record


@dataclass(frozen=True, slots=True)
class Due:
    """A surcharge and what makes it due."""

    surcharge: Surcharge
    where: str
    """Place or border crossing, empty where it falls due on the leg as a whole."""


class Items:
    """Tariff items and surcharges valid on a day, as they were on record on another.

    Parameters
    ----------
    feed
        The feed.
    day
        Day of carriage.
    known_on
        Day of the record; None for all that has been recorded.

    Attributes
    ----------
    tariff_items
        Every item that holds: those of single legs, carrier by carrier, then the through ones.
    surcharges
        Every surcharge that holds, those of one event and place together.
    """

    def __init__(self, feed: Feed, day: date, known_on: date | None = None) -> None:
        self._leg_items: dict[str, list[TariffItem]] = defaultdict(list)
        self._through: list[TariffItem] = []
        for item in on_record(feed.tariff_items, known_on):
            if not holds_on(item, day):
                continue
            if item.scope == "through":
                self._through.append(item)
            else:
                self._leg_items[item.carrier_id].append(item)
        self._surcharges: dict[tuple[str, str | None], list[Surcharge]] = defaultdict(list)
        for row in on_record(feed.surcharges, known_on):
            if holds_on(row, day):
                where = row.crossing_id if row.event == "border" else row.place_id
                self._surcharges[row.event, None if row.event == "leg" else where].append(row)
        of_legs = (item for items in self._leg_items.values() for item in items)
        self.tariff_items: tuple[TariffItem, ...] = (*of_legs, *self._through)
        self.surcharges: tuple[Surcharge, ...] = tuple(
            row for rows in self._surcharges.values() for row in rows
        )
        self._known: dict[tuple[object, ...], dict[str | None, list[TariffItem]]] = {}
        self._candidates: dict[str | None, list[TariffItem]] = {}
        self._asked: Shipment | None = None
        self._zones: dict[str, set[str]] = defaultdict(set)
        for zone in feed.zones:
            self._zones[f"@{zone.zone_id}"].add(zone.member)

    @property
    def has_through_rates(self) -> bool:
        """Whether any through rate holds."""
        return bool(self._through)

    def item_for(self, leg: Leg, shipment: Shipment) -> TariffItem | None:
        """Return the item that prices a leg, None where none applies."""
        items = self._leg_items.get(leg.carrier_id)
        return self._best(leg.carrier_id, items, (leg,), shipment) if items else None

    def through_for(self, legs: Sequence[Leg], shipment: Shipment) -> TariffItem | None:
        """Return the through item that prices consecutive legs together, None where none does."""
        return self._best(None, self._through, legs, shipment) if self._through else None

    def through_items(self, shipment: Shipment) -> list[TariffItem]:
        """Return the through items that may hold for a shipment, the most particular first."""
        holding = [item for item in self._through if _holds_for(item, shipment)]
        return sorted(holding, key=lambda item: particularity(item, shipment))

    def due_on(self, leg: Leg, shipment: Shipment) -> Iterator[Due]:
        """Yield every surcharge due on a leg, in the order of the way.

        Of an exclusive group all are given; the price keeps the highest.
        """
        yield from self._due("load", leg.from_place_id, leg, shipment)
        for crossing_id in leg.crossing_ids:
            yield from self._due("border", crossing_id, leg, shipment)
        for row in self._surcharges.get(("leg", None), ()):
            if row.carrier_id in (None, leg.carrier_id) and self._is_due(row, leg, shipment):
                yield Due(row, "")
        yield from self._due("discharge", leg.to_place_id, leg, shipment)
        for place_id, _ in shipment.storage_days:
            if place_id == leg.to_place_id:
                yield from self._due("storage", place_id, leg, shipment)

    def _due(self, event: str, where: str, leg: Leg, shipment: Shipment) -> Iterator[Due]:
        for row in self._surcharges.get((event, where), ()):
            if self._is_due(row, leg, shipment):
                yield Due(row, where)

    def _is_due(self, row: Surcharge, leg: Leg, shipment: Shipment) -> bool:
        return fits_leg(row, leg) and fits_shipment(row, shipment) and self.is_between(row, leg)

    def is_between(self, row: Surcharge, leg: Leg) -> bool:
        """Tell whether a leg leads from a surcharge's origin to its destination."""
        return (
            row.origin == "*" or self.lies_in(row.origin, leg.from_place_id, leg.from_country)
        ) and (
            row.destination == "*" or self.lies_in(row.destination, leg.to_place_id, leg.to_country)
        )

    def _best(
        self,
        carrier_id: str | None,
        items: Sequence[TariffItem],
        legs: Sequence[Leg],
        shipment: Shipment,
    ) -> TariffItem | None:
        # Whether an item is for a shipment does not hang on the legs, nor does which of two is the
        # more particular: both are settled once for all shipments alike.
        if shipment is not self._asked:
            self._asked = shipment
            self._candidates = self._known.setdefault(_alike(shipment), {})
        candidates = self._candidates.get(carrier_id)
        if candidates is None:
            candidates = [item for item in items if _holds_for(item, shipment)]
            candidates.sort(key=lambda item: particularity(item, shipment))
            self._candidates[carrier_id] = candidates
        if not candidates:
            return None
        first, last = legs[0], legs[-1]
        here, there = first.from_place_id, last.to_place_id
        from_country, to_country = first.from_country, last.to_country
        for item in candidates:
            if (
                self.lies_in(item.origin, here, from_country)
                and self.lies_in(item.destination, there, to_country)
                and item.direction in ("any", first.heading)
                and all(_runs(item, leg) for leg in legs)
                and (not _is_banded(item) or in_band(item, sum(leg.distance_km for leg in legs)))
            ):
                return item
        return None

    def lies_in(self, end: str, place_id: str, country: str) -> bool:
        """Tell whether a place of a country lies in an end of a relation.

        The end is ``*``, the place, the country, or a zone (``@`` and its key) that holds either.
        """
        if end in ("*", place_id, country):
            return True
        members = self._zones.get(end)
        return members is not None and not members.isdisjoint((place_id, country))


def particularity(item: TariffItem, shipment: Shipment) -> tuple[object, ...]:
    """Return a key by which the most particular of the items that apply sorts first."""
    code = shipment.equipment.code
    equipment = max((len(p) for p in item.equipment if code.startswith(p)), default=0)
    weighed = item.weight_from_kg is not None or item.weight_to_kg is not None
    begun = item.valid_from or date.min
    return (
        -longest_commodity(item, shipment),
        item.service_id is None,
        width_of_end(item.origin),
        width_of_end(item.destination),
        item.direction == "any",
        item.mode is None,
        -equipment,
        -len(item.requires),
        item.wagon == "any",
        not weighed,
        not _is_banded(item),
        -begun.toordinal(),
        item.is_estimate,
        item.item_id,
    )


def _alike(shipment: Shipment) -> tuple[object, ...]:
    """Return what items ask of a shipment: those alike in it meet the same items."""
    return (
        shipment.equipment.code,
        shipment.weight_kg,
        shipment.commodity,
        shipment.private_wagons,
        shipment.kinds,
    )


def _runs(item: TariffItem, leg: Leg) -> bool:
    """Tell whether a leg is one of those an item prices, wherever it leads."""
    return (
        item.scope == "leg" or leg.carrier_id in (item.carrier_id, *item.partner_ids)
    ) and fits_leg(item, leg)


def fits_leg(row: TariffItem | Surcharge, leg: Leg) -> bool:
    """Tell whether service and mode of a row are those of a leg."""
    return row.service_id in (None, leg.service_id) and row.mode in (None, leg.mode)


def fits_shipment(row: TariffItem | Surcharge, shipment: Shipment) -> bool:
    """Tell whether equipment, load, wagon and conditions of a row are those of a shipment."""
    return (
        (not row.equipment or shipment.equipment.code.startswith(row.equipment))
        and row.loaded in ("any", "empty" if shipment.is_empty else "loaded")
        and row.wagon in ("any", "private" if shipment.private_wagons else "carrier")
        and (not row.requires or shipment.kinds.issuperset(row.requires))
    )


def _holds_for(item: TariffItem, shipment: Shipment) -> bool:
    """Tell whether an item holds for a shipment, whatever the way."""
    weight = shipment.weight_kg
    return (
        fits_shipment(item, shipment)
        and (item.weight_from_kg is None or item.weight_from_kg <= weight)
        and (item.weight_to_kg is None or weight < item.weight_to_kg)
        and (not item.commodity_prefixes or longest_commodity(item, shipment) > 0)
    )


def _is_banded(item: TariffItem) -> bool:
    return item.from_km is not None or item.to_km is not None


def in_band(item: TariffItem, km: float) -> bool:
    """Tell whether a distance lies in an item's band: its lower limit does, its upper does not."""
    return (item.from_km is None or item.from_km <= km) and (item.to_km is None or km < item.to_km)


def longest_commodity(item: TariffItem, shipment: Shipment) -> int:
    """Return how many digits of the shipment's commodity the item names; 0 where it names none."""
    commodity = shipment.commodity or ""
    return max((len(p) for p in item.commodity_prefixes if commodity.startswith(p)), default=0)


def width_of_end(end: str) -> int:
    """Return how wide one end of a relation is: a place 0, a zone 1, a country 2, anywhere 3."""
    return 3 if end == "*" else 2 if len(end) == 2 else 1 if end.startswith("@") else 0

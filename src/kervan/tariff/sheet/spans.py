"""Ways as arrays: the spans they may be cut into, and which items and surcharges fit each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import numpy as np

from kervan.feed.tables import Surcharge, TariffItem
from kervan.network.legs import Leg
from kervan.tariff.items import in_band
from kervan.tariff.price import TariffBook
from kervan.tariff.sheet.arrays import Int32, Int64, SpanArrays, WayArrays


def way_arrays(
    book: TariffBook, legs: Sequence[Leg], ways: Sequence[Sequence[int]]
) -> tuple[SpanArrays, WayArrays]:
    """Return ways as arrays.

    Parameters
    ----------
    book
        The tariff they will be priced by.
    legs
        Legs the ways are made of.
    ways
        Places in ``legs``; none may be empty.
    """
    legs = list(legs)
    distances = [leg.distance_km for leg in legs]
    fitting = _LegItems(book)
    span_items = [fitting.items(leg, km) for leg, km in zip(legs, distances, strict=True)]
    span_km = [_metres(km) for km in distances]
    span_legs: list[tuple[int, ...]] = [(k,) for k in range(len(legs))]
    through = _ThroughItems(book, legs)
    span_of: dict[tuple[int, ...], int | None] = {}
    cuts: list[list[tuple[int, int, int]]] = []
    for way in ways:
        found = []
        for start, end in through.candidates(way):
            key = tuple(way[start:end])
            if key not in span_of:
                # Added up as the tariff book does, so that the same float comes out.
                km = sum(distances[k] for k in key)
                items = through.items(key, km)
                span_of[key] = len(span_items) if items else None
                if items:
                    span_items.append(items)
                    span_km.append(_metres(km))
                    span_legs.append(key)
            span = span_of[key]
            if span is not None:
                found.append((end, start, span))
        cuts.append(sorted(found))
    charges = _Charges(book)
    span_item_ptr, span_item = _ragged(span_items)
    span_leg_ptr, span_leg = _ragged(span_legs)
    leg_charge_ptr, leg_charge = _ragged([charges.on(leg) for leg in legs])
    way_ptr, way_leg = _ragged(ways)
    cut_ptr, cut_end = _ragged([[end for end, _, _ in found] for found in cuts])
    spans = SpanArrays(
        item_ptr=span_item_ptr,
        item=span_item,
        km=np.array(span_km, np.int64),
        leg_ptr=span_leg_ptr,
        leg=span_leg,
        charge_ptr=leg_charge_ptr,
        charge=leg_charge,
    )
    return spans, WayArrays(
        way_ptr=way_ptr,
        way_leg=way_leg,
        cut_ptr=cut_ptr,
        cut_start=np.array([start for found in cuts for _, start, _ in found], np.int32),
        cut_end=cut_end,
        cut_span=np.array([span for found in cuts for _, _, span in found], np.int32),
    )


def _metres(km: float) -> int:
    """Return a length as the tariff book counts it, in metres; -1 where it is none."""
    exact = Decimal(str(round(km, 3))) * 1000
    return int(exact) if exact == int(exact) and 0 <= exact < 1 << 40 else -1


def _ragged(rows: Sequence[Sequence[int]]) -> tuple[Int64, Int32]:
    lengths = np.array([len(row) for row in rows], np.int64)
    pointers = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    return pointers, np.array([value for row in rows for value in row], np.int32)


class _LegItems:
    """Leg items by the geometry of a leg."""

    def __init__(self, book: TariffBook) -> None:
        self._items = book.items
        self._by_carrier: dict[str, list[tuple[int, TariffItem]]] = defaultdict(list)
        for place, item in enumerate(book.items.tariff_items):
            if item.scope != "through":
                self._by_carrier[item.carrier_id].append((place, item))

    def items(self, leg: Leg, km: float) -> list[int]:
        return [
            place
            for place, item in self._by_carrier.get(leg.carrier_id, ())
            if item.service_id in (None, leg.service_id)
            and item.mode in (None, leg.mode)
            and item.direction in ("any", leg.heading)
            and self._items.lies_in(item.origin, leg.from_place_id, leg.from_country)
            and self._items.lies_in(item.destination, leg.to_place_id, leg.to_country)
            and in_band(item, km)
        ]


class _ThroughItems:
    """Through items as bits, so that the ones for a span are found by cutting sets of them."""

    def __init__(self, book: TariffBook, legs: Sequence[Leg]) -> None:
        self._rows = book.items.tariff_items
        self._tariff_items = book.items
        self._through = [
            k for k, item in enumerate(book.items.tariff_items) if item.scope == "through"
        ]
        self._covers: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        if not self._through:
            return
        covers = _Remembered(self._bits_covering)
        starts = _Remembered(self._bits_starting)
        ends = _Remembered(self._bits_ending)
        for leg in legs:
            self._covers.append(covers(leg.carrier_id, leg.service_id, leg.mode))
            self._starts.append(starts(leg.from_place_id, leg.from_country, leg.heading or ""))
            self._ends.append(ends(leg.to_place_id, leg.to_country))

    def candidates(self, way: Sequence[int]) -> Iterable[tuple[int, int]]:
        """Yield start and end of every span that some item covers, kilometres aside."""
        if not self._through:
            return
        for start in range(len(way)):
            bits = self._starts[way[start]]
            for end in range(start + 1, len(way) + 1):
                bits &= self._covers[way[end - 1]]
                if not bits:
                    break
                if bits & self._ends[way[end - 1]]:
                    yield start, end

    def items(self, span: tuple[int, ...], km: float) -> list[int]:
        bits = self._starts[span[0]] & self._ends[span[-1]]
        for leg in span:
            bits &= self._covers[leg]
        return [
            place
            for k, place in enumerate(self._through)
            if bits >> k & 1 and in_band(self._rows[place], km)
        ]

    def _bits_covering(self, carrier_id: str, service_id: str, mode: str) -> int:
        return self._bits(
            lambda item: (
                carrier_id in (item.carrier_id, *item.partner_ids)
                and item.service_id in (None, service_id)
                and item.mode in (None, mode)
            )
        )

    def _bits_starting(self, place_id: str, country: str, heading: str) -> int:
        lies_in = self._tariff_items.lies_in
        return self._bits(
            lambda item: (
                item.direction in ("any", heading) and lies_in(item.origin, place_id, country)
            )
        )

    def _bits_ending(self, place_id: str, country: str) -> int:
        lies_in = self._tariff_items.lies_in
        return self._bits(lambda item: lies_in(item.destination, place_id, country))

    def _bits(self, holds: Callable[[TariffItem], bool]) -> int:
        return sum(1 << k for k, place in enumerate(self._through) if holds(self._rows[place]))


class _Remembered:
    """A function of texts, worked out once for each."""

    def __init__(self, function: Callable[..., int]) -> None:
        self._function = function
        self._known: dict[tuple[str, ...], int] = {}

    def __call__(self, *key: str) -> int:
        if key not in self._known:
            self._known[key] = self._function(*key)
        return self._known[key]


class _Charges:
    """Surcharges by the geometry of a leg, in the order they are listed on it."""

    def __init__(self, book: TariffBook) -> None:
        self._items = book.items
        self._at: dict[tuple[str, str | None], list[tuple[int, Surcharge]]] = defaultdict(list)
        for place, row in enumerate(book.items.surcharges):
            where = row.crossing_id if row.event == "border" else row.place_id
            self._at[row.event, None if row.event == "leg" else where].append((place, row))

    def on(self, leg: Leg) -> list[int]:
        events: list[tuple[str, str | None]] = [("load", leg.from_place_id)]
        events += [("border", crossing) for crossing in leg.crossing_ids]
        events += [("leg", None), ("discharge", leg.to_place_id), ("storage", leg.to_place_id)]
        return [
            place
            for event in events
            for place, row in self._at.get(event, ())
            if row.service_id in (None, leg.service_id)
            and row.mode in (None, leg.mode)
            and (event[0] != "leg" or row.carrier_id in (None, leg.carrier_id))
            and self._items.is_between(row, leg)
        ]

"""Gaps and inversions: legs without a price, and prices that run against length, size or load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kervan.network.legs import Leg
from kervan.tariff.money import Money
from kervan.tariff.sheet.arrays import Int64
from kervan.tariff.sheet.classes import ANY, ShipmentClass, shipment_classes
from kervan.tariff.sheet.compiled import CompiledTariff, Prices, id_of
from kervan.tariff.sheet.findings import ERROR, WARNING, Finding

_GROUPS = ("20", "40", "45")


@dataclass
class _Seen:
    """Legs found wrong in the same way; the first is told, the others counted."""

    first: tuple[str, str, int, int]
    items: dict[str, None] = field(default_factory=dict)
    count: int = 0


def gaps_and_inversions(tariff: CompiledTariff, legs: Sequence[Leg]) -> Iterator[Finding]:
    """Yield the gaps and inversions of a tariff, one for each service, rule and class.

    Freight and surcharges of each leg by itself are looked at, for one unit: 20, 40 and 45 feet,
    empty and loaded, in every class of weights that the items make. Parts and wholes are legs of
    one service, the one within the other.

    Parameters
    ----------
    tariff
        The tariff on the day.
    legs
        Legs that run.
    """
    if not legs:
        return
    classes = [k for k in shipment_classes(tariff.items, _GROUPS) if k.commodity == ANY]
    prices = tariff.prices(
        legs, [(k,) for k in range(len(legs))], [k.shipment for k in classes], with_rows=True
    )
    shape = (len(classes), len(legs))
    total, missing = prices.total.reshape(shape), prices.missing.reshape(shape)
    known = missing == 0
    yield from _gaps(tariff, legs, classes, prices, missing)
    yield from _across(tariff, legs, classes, prices, total, known)
    yield from _along(tariff, legs, classes, prices, total, known)


def _gaps(
    tariff: CompiledTariff,
    legs: Sequence[Leg],
    classes: Sequence[ShipmentClass],
    prices: Prices,
    missing: Int64,
) -> Iterator[Finding]:
    items = len(tariff.items)
    is_freight = (prices.used >= 0) & (prices.used < items)
    has_freight = np.any(is_freight, axis=1, keepdims=True).reshape(missing.shape)
    wanting: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, kind in enumerate(classes):
        for k in np.flatnonzero(~has_freight[row]).tolist():
            wanting[legs[k].service_id][_named(kind)].append(k)
    for service_id, by_class in wanting.items():
        some = sorted({k for found in by_class.values() for k in found})
        leg = legs[some[0]]
        more = f" and {len(some) - 1:,} legs more of it" if len(some) > 1 else ""
        yield Finding(
            ERROR,
            "gap",
            "tariff_items",
            (),
            "carrier_id",
            f"{service_id} of {leg.carrier_id} runs {leg.from_place_id} - {leg.to_place_id}{more}, "
            f"and no item prices it for: {', '.join(by_class)}.",
            f"Add an item of {leg.carrier_id} that holds on {tariff.book.day} for these.",
        )


def _across(
    tariff: CompiledTariff,
    legs: Sequence[Leg],
    classes: Sequence[ShipmentClass],
    prices: Prices,
    total: Int64,
    known: NDArray[np.bool_],
) -> Iterator[Finding]:
    """Yield inversions between two classes over the same leg."""
    for low, one in enumerate(classes):
        for high, other in enumerate(classes):
            rule = _rule(one, other)
            if rule is None:
                continue
            wrong = np.flatnonzero(known[low] & known[high] & (total[high] < total[low]))
            by_service: dict[str, _Seen] = {}
            for k in wrong.tolist():
                leg = legs[k]
                seen = by_service.setdefault(
                    leg.service_id,
                    _Seen(
                        (leg.from_place_id, leg.to_place_id, total[low, k], total[high, k]),
                    ),
                )
                seen.count += 1
                for row in (high, low):
                    seen.items.update(dict.fromkeys(_items(tariff, prices, len(legs), row, k)))
            for service_id, seen in by_service.items():
                here, there, least, most = seen.first
                yield Finding(
                    WARNING,
                    rule,
                    "tariff_items",
                    tuple(seen.items),
                    "amount",
                    f"{service_id}, {here} - {there}{_more(seen)}: {_named(other)} costs "
                    f"{Money(int(most), tariff.book.currency)}, {_named(one)} "
                    f"{Money(int(least), tariff.book.currency)}.",
                    "Check both amounts and their bases; if it is meant, say so in conditions.",
                )


def _rule(low: ShipmentClass, high: ShipmentClass) -> str | None:
    """Return the rule by which the second may not be cheaper than the first."""
    same_weights = (low.weight_from_kg, low.weight_to_kg) == (
        high.weight_from_kg,
        high.weight_to_kg,
    )
    if low.is_loaded == high.is_loaded and same_weights:
        return "forty-cheaper" if (low.equipment, high.equipment) == ("20", "40") else None
    if low.equipment != high.equipment:
        return None
    if not low.is_loaded and high.is_loaded:
        return "loaded-cheaper"
    both = low.is_loaded and high.is_loaded
    upper = low.weight_to_kg
    if both and upper is not None and upper == high.weight_from_kg:
        return "heavier-cheaper"
    return None


def _along(
    tariff: CompiledTariff,
    legs: Sequence[Leg],
    classes: Sequence[ShipmentClass],
    prices: Prices,
    total: Int64,
    known: NDArray[np.bool_],
) -> Iterator[Finding]:
    """Yield legs cheaper than a part of them."""
    parts = _parts(legs)
    if not parts:
        return
    whole, part = (np.array(column, np.int64) for column in zip(*parts, strict=True))
    for row, kind in enumerate(classes):
        wrong = known[row, whole] & known[row, part] & (total[row, whole] < total[row, part])
        by_service: dict[str, tuple[list[int], dict[str, None]]] = {}
        for k in np.flatnonzero(wrong).tolist():
            found, items = by_service.setdefault(legs[whole[k]].service_id, ([], {}))
            found.append(k)
            for leg in (int(whole[k]), int(part[k])):
                items.update(dict.fromkeys(_items(tariff, prices, len(legs), row, leg)))
        for service_id, (found, items) in by_service.items():
            k = found[0]
            long, short = legs[whole[k]], legs[part[k]]
            more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
            yield Finding(
                WARNING,
                "longer-cheaper",
                "tariff_items",
                tuple(items),
                "amount",
                f"{service_id}, {_named(kind)}: {long.from_place_id} - {long.to_place_id} costs "
                f"{Money(int(total[row, whole[k]]), tariff.book.currency)}, its part "
                f"{short.from_place_id} - {short.to_place_id} "
                f"{Money(int(total[row, part[k]]), tariff.book.currency)}{more}.",
                "Check both amounts; a part may be capped at the price of the whole by "
                "maximum_amount.",
            )


def _parts(legs: Sequence[Leg]) -> list[tuple[int, int]]:
    """Return every leg and each other leg of its service that lies within it."""
    by_service: dict[str, list[int]] = defaultdict(list)
    for k, leg in enumerate(legs):
        by_service[leg.service_id].append(k)
    found: list[tuple[int, int]] = []
    for members in by_service.values():
        stops = {k: _stops(legs[k]) for k in members}
        found += [
            (whole, part)
            for whole in members
            for part in members
            if len(stops[part]) < len(stops[whole]) and _within(stops[part], stops[whole])
        ]
    return found


def _stops(leg: Leg) -> tuple[str, ...]:
    return (leg.from_place_id, *(section.to_place_id for section in leg.sections))


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[k : k + len(part)] == part for k in range(len(whole) - len(part) + 1))


def _items(tariff: CompiledTariff, prices: Prices, legs: int, row: int, leg: int) -> list[str]:
    used = prices.used[row * legs + leg]
    return [id_of(tariff.rows[k])[1] for k in used.tolist() if 0 <= k < len(tariff.items)]


def _named(kind: ShipmentClass) -> str:
    if not kind.is_loaded:
        return f"{kind.equipment}' empty"
    if kind.weight_from_kg is None and kind.weight_to_kg is None:
        return f"{kind.equipment}' loaded"
    return f"{kind.equipment}' with {kind.shipment.weight_kg:,.0f} kg"


def _more(seen: _Seen) -> str:
    return f" (and {seen.count - 1:,} legs more)" if seen.count > 1 else ""

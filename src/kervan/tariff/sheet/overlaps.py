"""Overlaps: two items that may both price the same carriage, with nothing to choose by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from kervan.feed.tables import TariffItem, Zone
from kervan.tariff.items import width_of_end
from kervan.tariff.sheet.findings import ERROR, Finding

_EXCLUSIVE = frozenset({"block_train", "single_wagon"})


def overlaps(items: Sequence[TariffItem], zones: Iterable[Zone]) -> Iterator[Finding]:
    """Yield pairs of items as particular as each other that may apply to one carriage.

    Items of one carrier, or through items of one group of carriers, are held against each other.
    Those that differ in the day they came into force, or of which one is an estimate, are not
    equal: the later, and the published one, wins by rule.

    Parameters
    ----------
    items
        Items that hold on the day.
    zones
        Members of the zones.
    """
    members: dict[str, set[str]] = defaultdict(set)
    for zone in zones:
        members[f"@{zone.zone_id}"].add(zone.member)
    alike: dict[tuple[object, ...], list[TariffItem]] = defaultdict(list)
    for item in items:
        alike[_fixed(item)].append(item)
    for group in alike.values():
        for one, other in combinations(sorted(group, key=lambda item: item.item_id), 2):
            if _meet(one, other, members):
                yield _finding(one, other)


def _fixed(item: TariffItem) -> tuple[object, ...]:
    """Return what must be the same for two items to be equal claims."""
    carriers = frozenset((item.carrier_id, *item.partner_ids))
    return (
        item.scope,
        carriers if item.scope == "through" else item.carrier_id,
        item.service_id,
        width_of_end(item.origin),
        width_of_end(item.destination),
        item.direction,
        item.mode,
        len(item.requires),
        item.wagon,
        item.weight_from_kg is None and item.weight_to_kg is None,
        item.from_km is None and item.to_km is None,
        item.valid_from,
        item.is_estimate,
    )


def _meet(one: TariffItem, other: TariffItem, members: dict[str, set[str]]) -> bool:
    """Tell whether some carriage is met by both, as closely by the one as by the other."""
    return (
        _ends_meet(one.origin, other.origin, members)
        and _ends_meet(one.destination, other.destination, members)
        and _prefixes_meet(one.equipment, other.equipment)
        and _prefixes_meet(one.commodity_prefixes, other.commodity_prefixes)
        and (one.loaded == other.loaded or "any" in (one.loaded, other.loaded))
        and not set(one.requires) | set(other.requires) >= _EXCLUSIVE
        and _ranges_meet(
            (one.weight_from_kg, one.weight_to_kg), (other.weight_from_kg, other.weight_to_kg)
        )
        and _ranges_meet((one.from_km, one.to_km), (other.from_km, other.to_km))
    )


def _ends_meet(one: str, other: str, members: dict[str, set[str]]) -> bool:
    if one == other:
        return True
    return one.startswith("@") and not members[one].isdisjoint(members[other])


def _prefixes_meet(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether a code may be met by both, and by prefixes as long."""
    return (not one and not other) or not set(one).isdisjoint(other)


def _ranges_meet(
    one: tuple[float | None, float | None], other: tuple[float | None, float | None]
) -> bool:
    start = max(value or 0.0 for value in (one[0], other[0]))
    ends = [value for value in (one[1], other[1]) if value is not None]
    return not ends or start < min(ends)


def _finding(one: TariffItem, other: TariffItem) -> Finding:
    return Finding(
        ERROR,
        "overlap",
        "tariff_items",
        (one.item_id, other.item_id),
        "amount",
        f"Both price {one.origin} - {other.destination} by {one.carrier_id}: {one.item_id} at "
        f"{one.amount} {one.currency} {one.basis.replace('_', ' ')}, {other.item_id} at "
        f"{other.amount} {other.currency} {other.basis.replace('_', ' ')}. Neither is the more "
        f"particular, so {one.item_id} is taken for its key alone.",
        "Withdraw one of them, end it with valid_to, or make one more particular.",
    )

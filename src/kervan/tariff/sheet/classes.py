"""What a sheet distinguishes: equipment, loaded or empty, weight and commodity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from kervan.equipment import equipment
from kervan.feed.tables import TariffItem
from kervan.shipment import Shipment

EQUIPMENT = {
    "20": "22G1",
    "40": "42G1",
    "40HC": "45G1",
    "45": "L5G1",
    "20RF": "22R1",
    "40RF": "45R1",
}
"""Size-type code each group of a sheet is priced for, by the group's trade name."""

ANY = "any"
"""Commodity class of cargo that no item names."""

_KG_PER_TEU = 10_000
"""Cargo a TEU is priced with where a class of weights holds it: the GLEC Framework's default."""


@dataclass(frozen=True, slots=True)
class ShipmentClass:
    """One class of shipments, priced by one of them.

    Attributes
    ----------
    equipment
        Trade name of the group.
    is_loaded
        Whether the unit carries cargo.
    weight_from_kg, weight_to_kg
        Cargo weights of the class, the first included, the last not; None without a limit.
    commodity
        HS prefix, or ``any``.
    shipment
        One unit of the class, which stands for it.
    """

    equipment: str
    is_loaded: bool
    weight_from_kg: float | None
    weight_to_kg: float | None
    commodity: str
    shipment: Shipment


def shipment_classes(
    items: Iterable[TariffItem], groups: Sequence[str] = tuple(EQUIPMENT)
) -> list[ShipmentClass]:
    """Return the classes that some tariff items tell apart.

    Parameters
    ----------
    items
        Items that hold on the day; their weight limits and commodity prefixes make the classes.
    groups
        Trade names in EQUIPMENT, or any size-type codes or trade names.

    Raises
    ------
    InvalidRequestError
        If a group is no equipment.
    """
    items = list(items)
    limits = {kg for item in items for kg in (item.weight_from_kg, item.weight_to_kg) if kg}
    prefixes = sorted({prefix for item in items for prefix in item.commodity_prefixes})
    found = []
    for group in groups:
        kind = equipment(EQUIPMENT.get(group, group))
        breaks: list[float | None] = [
            None,
            *sorted(kg for kg in limits if 0 < kg <= kind.payload_kg),
            None,
        ]
        usual = float(kind.teu * Decimal(_KG_PER_TEU))
        for lower, upper in pairwise(breaks):
            weight = _weight_in(lower, upper, usual)
            for commodity in (ANY, *prefixes):
                named = None if commodity == ANY else commodity
                cargo = Shipment(kind, weight_kg=weight, commodity=named)
                found.append(ShipmentClass(group, True, lower, upper, commodity, cargo))
        found.append(ShipmentClass(group, False, None, None, ANY, Shipment(kind)))
    return found


def _weight_in(lower: float | None, upper: float | None, usual: float) -> float:
    """Return the usual weight if the class holds it, else the nearest that it does."""
    if lower is not None and usual < lower:
        return lower
    if upper is not None and usual >= upper:
        return max(upper - 1, lower or upper / 2)
    return usual

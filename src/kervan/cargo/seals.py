"""Which seals are on each unit, after every change on the way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kervan.cargo.consignment import Consignment


def seals_now(consignment: Consignment) -> Mapping[str, tuple[str, ...]]:
    """Return the numbers of the seals on each unit after the last change, by the unit's number.

    Changes are followed in the order of their moments. A seal taken off that was not on the unit
    changes nothing; `kervan.cargo.sense` names it.
    """
    # A dictionary keeps the order they were put on in, and finds each at once.
    on: dict[str, dict[str, None]] = {
        unit.number: dict.fromkeys(seal.number for seal in unit.seals)
        for unit in consignment.equipment
    }
    for change in sorted(consignment.seal_changes, key=lambda change: change.at):
        seals = on.setdefault(change.equipment_number, {})
        for number in change.removed:
            seals.pop(number, None)
        seals.update(dict.fromkeys(change.affixed))
    return MappingProxyType({number: tuple(seals) for number, seals in on.items()})

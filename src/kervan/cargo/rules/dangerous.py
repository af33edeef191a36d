"""Dangerous goods: what the list says of them, and which may not be in one unit.

The list of dangerous goods here is an excerpt (`kervan.cargo.code_lists`): a UN number that is not
in it is not compared.
"""

from __future__ import annotations

import re
from functools import lru_cache

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import DangerousGoods
from kervan.cargo.problems import Step
from kervan.cargo.rules.findings import Findings
from kervan.cargo.rules.lists import Substance, segregation, substance
from kervan.cargo.rules.values import hazard_class

FLASH_POINT_OF_CLASS_3_C = 60
"""Liquids that burn below it are of class 3 (ADR, IMDG 2.3.1.2)."""
FLASH_POINT_OF_GROUP_III_C = 23
"""From it on packing group III (2.3.2.6); below, only by the exception for viscous liquids."""
ENVIRONMENT = frozenset({"3077", "3082"})
"""UN numbers of what is dangerous to the environment and nothing else."""

MOST_TOGETHER = 50
"""Different substances in one unit that are compared with one another."""

_Together = dict[tuple[str, tuple[str, ...]], tuple[DangerousGoods, int]]
"""One substance of each kind in a unit, by UN number and hazards, with the item it is in."""

_WORDS = re.compile(r"[A-Z]{3,}")
_SEPARATION = {
    "1": "away from",
    "2": "separated from",
    "3": "separated by a complete compartment or hold from",
    "4": "separated longitudinally by an intervening complete compartment or hold from",
}
"""IMDG Code 7.2.2.2."""


def dangerous_goods(consignment: Consignment, found: Findings) -> None:
    """Note substances that are not as the list has them, and units that hold what may not meet."""
    at_sea = any(movement.mode in ("sea", "ferry") for movement in consignment.movements)
    in_unit: dict[str, _Together] = {}
    for i, item in enumerate(consignment.goods_items):
        segregated: _Together = {}
        for k, goods in enumerate(item.dangerous_goods):
            at: tuple[Step, ...] = ("goods_items", i, "dangerous_goods", k)
            _substance(goods, at, found)
            if at_sea:
                _at_sea(goods, at, found)
            # Limited quantities may meet anything (3.4.4.2).
            if not goods.limited_quantity and len(segregated) <= MOST_TOGETHER:
                segregated.setdefault((goods.un_number, _hazards(goods)), (goods, i))
        for number in dict.fromkeys(s.equipment_number for s in item.stowage) if segregated else ():
            there = in_unit.setdefault(number, {})
            if len(there) <= MOST_TOGETHER:
                for key, entry in segregated.items():
                    there.setdefault(key, entry)
    places = _places(consignment) if in_unit else {}
    for number, together in in_unit.items():
        if len(together) > 1 and not found.is_full:
            _segregated(number, together, places.get(number, ("equipment",)), at_sea, found)


def _substance(goods: DangerousGoods, at: tuple[Step, ...], found: Findings) -> None:
    listed = substance(goods.un_number)
    if listed is not None:
        _as_listed(goods, listed, at, found)
    name = goods.proper_shipping_name or ""
    if goods.technical_name is None and (
        "N.O.S" in name.upper() or (listed is not None and listed.wants_technical_name)
    ):
        found.error(
            "technical-name",
            (*at, "technical_name"),
            f"UN {goods.un_number} is not otherwise specified; what is in it must be said.",
            "Give the technical name of at most two substances that make it dangerous (3.1.2.8).",
        )
    flash = goods.flash_point_c
    if flash is not None and goods.hazard_class == "3":
        if flash > FLASH_POINT_OF_CLASS_3_C:
            found.warning(
                "flash-point",
                (*at, "flash_point_c"),
                f"The flash point of UN {goods.un_number} is {flash:f} °C; class 3 ends at "
                f"{FLASH_POINT_OF_CLASS_3_C} °C, unless it is carried hot.",
                "Measure again, or classify again.",
            )
        elif flash < FLASH_POINT_OF_GROUP_III_C and goods.packing_group == "III":
            found.warning(
                "flash-point",
                (*at, "flash_point_c"),
                f"The flash point of UN {goods.un_number} is {flash:f} °C; packing group III "
                f"begins at {FLASH_POINT_OF_GROUP_III_C} °C, unless the liquid is viscous "
                "(2.3.2.2).",
                "Measure again, or give packing group II.",
            )


def _as_listed(
    goods: DangerousGoods, listed: Substance, at: tuple[Step, ...], found: Findings
) -> None:
    number = goods.un_number
    if goods.hazard_class is None:
        found.error(
            "hazard-class",
            (*at, "hazard_class"),
            f"UN {number} has no class.",
            f"The list has {listed.hazard_class}.",
        )
    elif goods.hazard_class != listed.hazard_class and hazard_class(goods.hazard_class) is None:
        found.error(
            "hazard-class",
            (*at, "hazard_class"),
            f"UN {number} ({listed.name}) is of class {listed.hazard_class}, not "
            f"{goods.hazard_class}.",
            "Mend the class, or the UN number.",
        )
    missing = sorted(set(listed.subsidiary) - set(goods.subsidiary_hazards))
    if missing:
        found.warning(
            "subsidiary-hazard",
            (*at, "subsidiary_hazards"),
            f"UN {number} has the subsidiary hazard {', '.join(missing)} too.",
            "Add it.",
        )
    group = goods.packing_group
    if group is None and listed.packing_groups:
        found.error(
            "packing-group",
            (*at, "packing_group"),
            f"UN {number} has no packing group.",
            f"The list has {' or '.join(listed.packing_groups)}.",
        )
    elif group is not None and listed.packing_groups and group not in listed.packing_groups:
        found.error(
            "packing-group",
            (*at, "packing_group"),
            f"UN {number} has packing group {' or '.join(listed.packing_groups)}, not {group}.",
            "Mend the packing group, or the UN number.",
        )
    name = goods.proper_shipping_name
    if name is None:
        found.error(
            "shipping-name",
            (*at, "proper_shipping_name"),
            f"UN {number} has no proper shipping name.",
            f"The list has {listed.name}.",
        )
    elif not set(_WORDS.findall(name.upper())) & set(_WORDS.findall(listed.name)):
        found.error(
            "shipping-name",
            (*at, "proper_shipping_name"),
            f"UN {number} is {listed.name}, not '{name}'.",
            "Mend the name, or the UN number.",
        )


def _at_sea(goods: DangerousGoods, at: tuple[Step, ...], found: Findings) -> None:
    if goods.ems is None and not goods.limited_quantity:
        found.warning(
            "emergency-schedule",
            (*at, "ems"),
            f"UN {goods.un_number} goes by sea without its emergency schedule.",
            "Give it from column 15 of the IMDG Code's list, such as F-E, S-E.",
        )
    if goods.un_number in ENVIRONMENT and not goods.marine_pollutant:
        found.warning(
            "marine-pollutant",
            (*at, "marine_pollutant"),
            f"UN {goods.un_number} is dangerous to the environment and goes by sea, and is not "
            "said to be a marine pollutant.",
            "Say so, or look at the classification again.",
        )


def _places(consignment: Consignment) -> dict[str, tuple[Step, ...]]:
    """Return where each unit stands, and each wagon, that goods may be stowed in."""
    found: dict[str, tuple[Step, ...]] = {}
    for i, wagon in enumerate(consignment.wagons):
        found.setdefault(wagon.number, ("wagons", i))
    found |= {unit.number: ("equipment", i) for i, unit in enumerate(consignment.equipment)}
    return found


@lru_cache(maxsize=65_536)
def _worst(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Return the strictest entry of the table for the hazards of two substances."""
    return max(
        (segregation(a, b) for a in one for b in other),
        key=lambda entry: "X*1234".index(entry),
        default="X",
    )


def _segregated(
    number: str, together: _Together, at: tuple[Step, ...], at_sea: bool, found: Findings
) -> None:
    if len(together) > MOST_TOGETHER:
        found.warning(
            "segregation",
            at,
            f"More than {MOST_TOGETHER} different dangerous substances lie in {number}; which of "
            "them may meet is only compared for the first.",
            "Compare the others by hand.",
        )
    substances = list(together.items())[:MOST_TOGETHER]
    # Where no part of the way is by sea, ADR and RID ask for less (7.5.2.1: labels of class 1,
    # and of 4.1 and 5.2 with that of 1), so that what the table has is a warning there.
    for i, ((un_number, hazards), (one, item)) in enumerate(substances):
        for (other_number, other_hazards), (other, other_item) in substances[i + 1 :]:
            # Substances of one kind may meet.
            worst = "X" if un_number == other_number else _worst(hazards, other_hazards)
            if worst == "X":
                continue
            said = (
                f"UN {one.un_number} (class {one.hazard_class}, goods_items[{item}]) and UN "
                f"{other.un_number} (class {other.hazard_class}, goods_items[{other_item}]) lie in "
                f"{number}; the IMDG Code's table 7.2.4 has "
            )
            if worst in _SEPARATION:
                found.add_as(
                    "warning" if worst == "1" or not at_sea else "error",
                    "segregation",
                    at,
                    f"{said}{worst}, '{_SEPARATION[worst]}'.",
                    "Put them into two units (7.3.4.1)"
                    + (", or ask the authority for its approval." if worst == "1" else "."),
                )
            else:
                found.warning(
                    "segregation",
                    at,
                    f"{said}*, the provisions of 7.2.7.1 within class 1.",
                    "Compare their compatibility groups.",
                )


def _hazards(goods: DangerousGoods) -> tuple[str, ...]:
    main = () if goods.hazard_class is None else (goods.hazard_class,)
    return (*main, *goods.subsidiary_hazards)

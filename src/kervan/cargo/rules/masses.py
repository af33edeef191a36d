"""Packages and masses that must add up, and what units and wagons can carry."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import GoodsItem
from kervan.cargo.problems import Step
from kervan.cargo.rules.findings import Findings
from kervan.cargo.transport import TransportEquipment, has_container_form
from kervan.equipment import LARGEST_GROSS_KG

VGM_TOLERANCE = Decimal("0.05")
VGM_TOLERANCE_KG = Decimal(500)
"""How far a verified gross mass may be from tare and goods: 5 % of it or 500 kg, whichever is more.

SOLAS VI/2 and MSC.1/Circ.1475 leave the tolerance to the states; dunnage and lashing are in the
verified mass and in no goods item. The two figures are this project's choice, and a breach is only
warned of, unless the verified mass is less than the goods alone.
"""
ROUNDING_KG = Decimal("0.5")
"""Per stowage: masses are declared in whole kilograms by some and in grams by others."""
_RATING = Decimal(int(LARGEST_GROSS_KG))
_UNLIMITED = Decimal("Infinity")
_INSULATED = frozenset("RH")


def loads(consignment: Consignment) -> dict[str, tuple[Decimal, bool]]:
    """Return the goods in each unit, in kg, and whether every item in it says its share."""
    found: dict[str, tuple[Decimal, bool]] = {}
    for item in consignment.goods_items:
        alone = len(item.stowage) == 1
        for stowage in item.stowage:
            mass = stowage.gross_mass_kg
            if mass is None and alone:
                mass = item.gross_mass_kg
            before, whole = found.get(stowage.equipment_number, (Decimal(0), True))
            number = stowage.equipment_number
            found[number] = (before, False) if mass is None else (before + mass, whole)
    return found


def goods(consignment: Consignment, found: Findings) -> None:
    """Note items whose packages, masses, value or origin do not make sense."""
    for i, item in enumerate(consignment.goods_items):
        at: tuple[Step, ...] = ("goods_items", i)
        gross, net = item.gross_mass_kg, item.net_mass_kg
        if gross is not None and net is not None and net > gross:
            found.error(
                "net-over-gross",
                (*at, "net_mass_kg"),
                f"The net mass {net:f} kg is more than the gross mass {gross:f} kg.",
                "Weigh again, or exchange the two.",
            )
        if gross is not None and gross == 0:
            found.error(
                "no-mass", (*at, "gross_mass_kg"), "The goods weigh nothing.", "Give their mass."
            )
        if item.value is not None and item.value.value <= 0:
            found.error(
                "no-value",
                (*at, "value", "value"),
                f"The value is {item.value.value:f} {item.value.currency}; goods without a price "
                "have a value too.",
                "Give what they would be sold for.",
            )
        if item.stowage:
            _stowage(item, at, found)
        for k, substance in enumerate(item.dangerous_goods):
            mass = substance.net_mass_kg
            if mass is not None and gross is not None and mass > gross:
                found.error(
                    "net-over-gross",
                    (*at, "dangerous_goods", k, "net_mass_kg"),
                    f"There are {mass:f} kg of UN {substance.un_number} in an item "
                    f"of {gross:f} kg.",
                    "Mend one of the two.",
                )


def _stowage(item: GoodsItem, at: tuple[Step, ...], found: Findings) -> None:
    declared = item.package_count
    counts = [stowage.packages for stowage in item.stowage]
    stowed = sum(count for count in counts if count is not None)
    if declared and None not in counts and stowed != declared:
        found.error(
            "packages-do-not-add-up",
            (*at, "stowage"),
            f"{stowed} packages are stowed, and the item has {declared}.",
            "Count again; the packages of all kinds together must be in the units.",
        )
    masses = [stowage.gross_mass_kg for stowage in item.stowage]
    if item.gross_mass_kg is not None and None not in masses:
        total = sum((mass for mass in masses if mass is not None), Decimal(0))
        if abs(total - item.gross_mass_kg) > ROUNDING_KG * len(masses):
            found.error(
                "masses-do-not-add-up",
                (*at, "stowage"),
                f"{total:f} kg are stowed, and the item weighs {item.gross_mass_kg:f} kg gross.",
                "Weigh again; the shares must add up to the item.",
            )


def units(consignment: Consignment, found: Findings) -> dict[str, Decimal]:
    """Note units that hold more than they may, and return what each weighs, as far as is known."""
    carried = loads(consignment)
    weights: dict[str, Decimal] = {}
    for i, unit in enumerate(consignment.equipment):
        at: tuple[Step, ...] = ("equipment", i)
        cargo, whole = carried.get(unit.number, (Decimal(0), True))
        if unit.is_empty and unit.number in carried:
            found.error(
                "empty-with-goods",
                (*at, "is_empty"),
                f"{unit.number} travels empty, and {cargo:f} kg of goods are stowed in it.",
                "Take one of the two back.",
            )
        tare, most = unit.tare_kg, unit.max_gross_kg
        gross = cargo + (tare or 0)
        limit = most
        if limit is None:
            # A trailer is rated by its plate alone, and that is not said.
            limit = _RATING if unit.size_type or has_container_form(unit.number) else _UNLIMITED
        if tare is not None and tare >= limit:
            found.error(
                "tare",
                (*at, "tare_kg"),
                f"The tare {tare:f} kg is not less than the greatest gross mass {limit:f} kg.",
                "Read both from the plate again.",
            )
            # Nothing can be added to a tare that is wrong.
            weights[unit.number] = cargo
            continue
        if gross > limit:
            found.error(
                "overloaded",
                at,
                f"{unit.number} weighs {gross:f} kg with its goods; "
                + (
                    f"its plate allows {limit:f} kg."
                    if most is not None
                    else f"ISO 668 allows {limit:f} kg at most."
                ),
                f"Take out {gross - limit:f} kg, or mend the mass that is wrong.",
            )
        vgm = unit.verified_gross_mass
        weights[unit.number] = gross
        if vgm is not None:
            weights[unit.number] = max(vgm.mass_kg, gross)
            _verified(unit, vgm.mass_kg, cargo, whole, limit, at, found)
        set_to, kind = unit.temperature_c, (unit.size_type or "")[2:3]
        if set_to is not None and kind and kind not in _INSULATED:
            found.error(
                "temperature",
                (*at, "temperature_c"),
                f"{unit.number} is a {unit.size_type}, which keeps no temperature, and is set "
                f"to {set_to:f} °C.",
                "Leave the temperature out, or give the size-type of the reefer.",
            )
    return weights


def _verified(
    unit: TransportEquipment,
    verified: Decimal,
    cargo: Decimal,
    whole: bool,
    limit: Decimal,
    at: tuple[Step, ...],
    found: Findings,
) -> None:
    steps = (*at, "verified_gross_mass", "mass_kg")
    if verified > limit:
        found.error(
            "overloaded",
            steps,
            f"The verified gross mass of {unit.number}, {verified:f} kg, is more than the "
            f"{limit:f} kg it may weigh.",
            "Unload, or weigh again.",
        )
    elif verified < cargo:
        found.error(
            "verified-mass",
            steps,
            f"The verified gross mass of {unit.number}, {verified:f} kg, is less than its goods, "
            f"{cargo:f} kg.",
            "Weigh again.",
        )
    elif unit.tare_kg is not None and whole:
        expected = unit.tare_kg + cargo
        allowed = max(VGM_TOLERANCE_KG, VGM_TOLERANCE * verified)
        if abs(verified - expected) > allowed:
            found.warning(
                "verified-mass",
                steps,
                f"The verified gross mass of {unit.number} is {verified:f} kg, and its tare and "
                f"goods come to {expected:f} kg: {abs(verified - expected):f} kg apart, where "
                f"{allowed:f} kg are tolerated.",
                "Weigh again, or mend the mass of the goods.",
            )


def wagons(consignment: Consignment, weights: dict[str, Decimal], found: Findings) -> None:
    """Note wagons that carry more than their limit, and units on two wagons at once.

    A wagon carries the units on it, and the goods that are stowed under its own number.
    """
    units_too = {unit.number for unit in consignment.equipment}
    carried = loads(consignment)
    where: Counter[tuple[int | None, str]] = Counter()
    modes = {movement.number: movement.mode for movement in consignment.movements}
    for i, wagon in enumerate(consignment.wagons):
        at: tuple[Step, ...] = ("wagons", i)
        if wagon.load_limit_kg is not None:
            load = sum((weights.get(n, Decimal(0)) for n in wagon.equipment_numbers), Decimal(0))
            if wagon.number not in units_too:
                load += carried.get(wagon.number, (Decimal(0), True))[0]
            if load > wagon.load_limit_kg:
                found.error(
                    "wagon-overloaded",
                    at,
                    f"Wagon {wagon.number} carries {load:f} kg; its limit is "
                    f"{wagon.load_limit_kg:f} kg.",
                    "Move a unit or some of the goods to another wagon.",
                )
        mode = modes.get(wagon.movement or 0)
        if mode is not None and mode not in ("rail", "ferry"):
            found.error(
                "wagon-off-the-rails",
                (*at, "movement"),
                f"Wagon {wagon.number} is used on movement {wagon.movement}, which goes by {mode}.",
                "Name a movement by rail or by ferry.",
            )
        for k, number in enumerate(wagon.equipment_numbers):
            where[wagon.movement, number] += 1
            if wagon.movement is not None and where[wagon.movement, number] == 2:
                found.error(
                    "on-two-wagons",
                    (*at, "equipment_numbers", k),
                    f"{number} stands on two wagons on movement {wagon.movement}.",
                    "Leave it on one.",
                )

"""Containers and other units in a message: EQD and what follows it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import DangerousGoods
from kervan.cargo.transport import TransportEquipment
from kervan.documents.edifact.directory import Group
from kervan.documents.edifact.draft import Draft, Said, lines_of, padded, said
from kervan.documents.edifact.taking import Taking
from kervan.documents.format import DocumentError
from kervan.documents.look_alikes import refusal

SEALED_BY = {"consignor": "SH", "carrier": "CA", "customs": "CU", "terminal": "TO", "other": ""}
"""Sealing party (9303); who is none of these is left out."""
_SEALED_BY = {code: words for words, code in SEALED_BY.items() if code}

OVERHANG = {
    "front_cm": ("5", 1),
    "back_cm": ("6", 1),
    "right_cm": ("7", 2),
    "left_cm": ("8", 2),
    "top_cm": ("9", 3),
}
"""Dimension qualifier (6145), and which of length, width and height holds it."""

_CONTAINER = re.compile(r"[A-Z]{3}[UJZ]\d{7}")
_EMS = re.compile(r"F-([A-Z]), S-([A-Z])")
_EMS_SHORT = re.compile(r"F-([A-Z])S-([A-Z])")
_GROUPS = {"I": "1", "II": "2", "III": "3"}
_GROUPS_BACK = {code: words for words, code in _GROUPS.items()}

CARRIED = (
    "number",
    "size_type",
    "is_empty",
    "shipper_owned",
    "tare_kg",
    "verified_gross_mass.mass_kg",
    "verified_gross_mass.method",
    "seals.number",
    "seals.affixed_by",
    "overhang",
    "owner",
)
"""What of a unit every message with EQD carries."""


def add_head(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add EQD: a container by its number, a trailer or swap body otherwise."""
    draft.add(
        "EQD",
        "CN" if _CONTAINER.fullmatch(unit.number) else "TE",
        said(unit.number, f"{path}.number"),
        (said(unit.size_type, f"{path}.size_type"), *(("102", "5") if unit.size_type else ())),
        "1" if unit.shipper_owned else "2",
        "",
        "4" if unit.is_empty else "5",
    )


def add_masses(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add MEA: tare and verified gross mass."""
    if unit.tare_kg is not None:
        add_mass(draft, "T", said(unit.tare_kg, f"{path}.tare_kg"))
    verified = unit.verified_gross_mass
    if verified is not None:
        draft.add(
            "MEA",
            "AAE",
            ("VGM", "", verified.method),
            ("KGM", said(verified.mass_kg, f"{path}.verified_gross_mass.mass_kg")),
        )


def add_mass(draft: Draft, kind: str, mass: Said, unit: str = "KGM") -> None:
    """Add one MEA."""
    draft.add("MEA", "AAE", kind, (unit, mass))


def add_overhang(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add DIM: by how much the cargo stands over."""
    if unit.overhang is None:
        return
    for name, (qualifier, at) in OVERHANG.items():
        value = getattr(unit.overhang, name)
        if value:
            size = ["CMT", "", "", ""]
            size[at] = Said(str(value), f"{path}.overhang.{name}")
            draft.add("DIM", qualifier, tuple(size))


def add_temperature(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add TMP: what a reefer is set to."""
    if unit.temperature_c is not None:
        where = f"{path}.temperature_c"
        # D.95B has exactly three digits, D.00B as many as there are.
        three = draft.version == "D.95B"
        degrees = padded(unit.temperature_c, where, 3) if three else said(unit.temperature_c, where)
        draft.add("TMP", "2", (degrees, "CEL"))


def add_seals(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add SEL."""
    for at, seal in enumerate(unit.seals):
        draft.add(
            "SEL", said(seal.number, f"{path}.seals[{at}].number"), SEALED_BY[seal.affixed_by]
        )


def add_owner(draft: Draft, unit: TransportEquipment, path: str) -> None:
    """Add NAD+CF: whose unit it is."""
    if unit.owner is not None:
        name = Said(unit.owner, f"{path}.owner")
        draft.add("NAD", "CF", "", "", lines_of(name, 35, 5))


def add_dangerous(draft: Draft, substance: DangerousGoods, path: str, regulation: str) -> None:
    """Add DGS: one substance."""
    group = substance.packing_group
    if group is not None and group not in _GROUPS:
        raise DocumentError(
            f"{path}.packing_group: '{group}' is no packing group; I, II or III was expected."
        )
    flash = substance.flash_point_c
    where = f"{path}.flash_point_c"
    degrees: tuple[str, ...] = ()
    if flash is not None:
        three = draft.version == "D.95B"
        degrees = (padded(flash, where, 3) if three else said(flash, where), "CEL")
    draft.add(
        "DGS",
        regulation,
        said(substance.hazard_class, f"{path}.hazard_class"),
        said(substance.un_number, f"{path}.un_number"),
        degrees,
        _GROUPS.get(group or "", ""),
        _ems(substance, path),
        "",
        "",
        "",
        tuple(
            Said(hazard, f"{path}.subsidiary_hazards[{at}]")
            for at, hazard in enumerate(substance.subsidiary_hazards)
        ),
    )


def _ems(substance: DangerousGoods, path: str) -> str:
    if substance.ems is None:
        return ""
    found = _EMS.fullmatch(substance.ems)
    if not found:
        raise DocumentError(
            f"{path}.ems: '{substance.ems}' cannot be written; a schedule looks like F-A, S-I."
        )
    return f"F-{found[1]}S-{found[2]}"


def dangerous_in(consignment: Consignment, number: str) -> list[tuple[DangerousGoods, str]]:
    """Return the substances stowed in a unit, each with its JSON path."""
    return [
        (substance, f"$.goods_items[{at}].dangerous_goods[{position}]")
        for at, item in enumerate(consignment.goods_items)
        if any(place.equipment_number == number for place in item.stowage)
        for position, substance in enumerate(item.dangerous_goods)
    ]


def gross_mass(consignment: Consignment, unit: TransportEquipment) -> Decimal | None:
    """Return the gross mass of a unit in kg: verified, or tare and what is stowed in it.

    None where neither can be known.
    """
    if unit.verified_gross_mass is not None:
        return unit.verified_gross_mass.mass_kg
    stowed = [
        place.gross_mass_kg
        for item in consignment.goods_items
        for place in item.stowage
        if place.equipment_number == unit.number
    ]
    if unit.tare_kg is None or None in stowed:
        return None
    return unit.tare_kg + sum((mass for mass in stowed if mass is not None), Decimal(0))


def take_unit(taking: Taking, group: Group, *, temperature: bool = True) -> dict[str, Any] | None:
    """Return a unit from EQD and what follows it; None where it has no number."""
    head = group.head
    if head.value(0) == "RR" or not head.value(1).strip():
        return None
    if found := refusal(head.value(1)):
        raise DocumentError(f"Segment {head.number} (EQD): {found}")
    taking.expect(head, 0, 0, "CN", "TE")
    unit: dict[str, Any] = {"number": taking.value(head, 1), "size_type": taking.value(head, 2)}
    if unit["size_type"]:
        taking.expect(head, 2, 1, "102")
        taking.expect(head, 2, 2, "5")
    taking.expect(head, 3, 0, "1", "2")
    taking.expect(head, 5, 0, "4", "5")
    unit["shipper_owned"] = head.value(3) == "1"
    unit["is_empty"] = head.value(5) == "4"
    take_masses(taking, group, unit, {"T": "tare_kg"})
    _take_verified(taking, group, unit)
    _take_overhang(taking, group, unit)
    if temperature:
        _take_temperature(taking, group, unit)
    seals = []
    for below in group.all("SEL"):
        if number := taking.value(below.head, 0):
            by = _SEALED_BY.get(below.head.value(1), "other")
            taking.expect(below.head, 1, 0, *_SEALED_BY)
            seals.append({"number": number, "affixed_by": by})
    unit["seals"] = seals
    for below in group.all("NAD"):
        if below.head.value(0) == "CF" and "owner" not in unit:
            owner = taking.lines(below.head, 3, 35, 5)
            if owner:
                taking.expect(below.head, 0, 0, "CF")
                unit["owner"] = owner
    return unit


def take_masses(
    taking: Taking, group: Group, into: dict[str, Any], names: dict[str, str], unit: str = "KGM"
) -> None:
    """Take the MEA segments of these kinds in a unit of measure, each once."""
    for below in group.all("MEA"):
        head = below.head
        name = names.get(head.value(1))
        if name is None or name in into or head.value(2) != unit or head.value(2, 1) == "":
            continue
        value = taking.number(head, 2, 1)
        if value is not None:
            into[name] = value
            taking.expect(head, 0, 0, "AAE", "WT", "VOL")
            taking.expect(head, 1, 0, head.value(1))
            taking.expect(head, 2, 0, unit)


def _take_verified(taking: Taking, group: Group, unit: dict[str, Any]) -> None:
    for below in group.all("MEA"):
        head = below.head
        method = head.value(1, 2)
        if head.value(1) != "VGM" or head.value(2) != "KGM" or method not in ("SM1", "SM2"):
            continue
        mass = taking.number(head, 2, 1)
        if mass is not None and "verified_gross_mass" not in unit:
            unit["verified_gross_mass"] = {"mass_kg": mass, "method": method}
            for element, component in ((0, 0), (1, 0), (1, 2), (2, 0)):
                taking.value(head, element, component)


def _take_overhang(taking: Taking, group: Group, unit: dict[str, Any]) -> None:
    names = {qualifier: (name, at) for name, (qualifier, at) in OVERHANG.items()}
    # Height has a qualifier of its own since D.97B; before, it was among the general ones.
    names["13"] = names["9"]
    overhang: dict[str, Any] = {}
    for below in group.all("DIM"):
        head = below.head
        name, at = names.get(head.value(0), ("", 0))
        if not name or name in overhang or head.value(1) != "CMT":
            continue
        size = taking.count(head, 1, at)
        if size is not None:
            overhang[name] = size
            taking.value(head, 0)
            taking.value(head, 1)
    if overhang:
        unit["overhang"] = overhang


def _take_temperature(taking: Taking, group: Group, unit: dict[str, Any]) -> None:
    for below in group.all("TMP"):
        head = below.head
        if head.value(0) == "2" and head.value(1, 1) == "CEL" and "temperature_c" not in unit:
            degrees = taking.number(head, 1)
            if degrees is not None:
                unit["temperature_c"] = degrees
                taking.value(head, 0)
                taking.value(head, 1, 1)


def take_dangerous(
    taking: Taking, group: Group, regulations: tuple[str, ...]
) -> dict[str, Any] | None:
    """Return a substance from DGS; None where it has no UN number."""
    head = group.head
    if not head.value(2).strip():
        return None
    taking.expect(head, 0, 0, *regulations)
    found: dict[str, Any] = {
        "un_number": taking.value(head, 2),
        "hazard_class": taking.value(head, 1),
    }
    if head.value(3, 1) == "CEL":
        found["flash_point_c"] = taking.number(head, 3)
        if found["flash_point_c"] is not None:
            taking.value(head, 3, 1)
    if head.value(4) in _GROUPS_BACK:
        found["packing_group"] = _GROUPS_BACK[head.value(4)]
        taking.value(head, 4)
    if short := _EMS_SHORT.fullmatch(head.value(5)):
        found["ems"] = f"F-{short[1]}, S-{short[2]}"
        taking.value(head, 5)
    found["subsidiary_hazards"] = [
        hazard for at in range(3) if (hazard := taking.value(head, 9, at))
    ]
    return found

"""Rows of a list put together: which of them are one consignment, one unit, one goods item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError

Conflict = tuple["Row", str, str, str]
"""A row, the column where it says otherwise than one before it, what is wrong, and the mending."""


@dataclass(slots=True)
class Row:
    """What one row says; masses in kg, volume in cubic metres."""

    sheet: str
    number: int
    reference: str | None = None
    unit: int | None = None
    item: int | None = None
    leg: int | None = None
    wagon: str | None = None
    wagon_tare: Decimal | None = None
    load_limit: Decimal | None = None
    container: str | None = None
    trailer: str | None = None
    size_type: str | None = None
    container_tare: Decimal | None = None
    seals: tuple[str, ...] = ()
    hs_code: str | None = None
    national_code: tuple[str, str] | None = None
    nhm_code: str | None = None
    description: str | None = None
    packages: int | None = None
    packing: list[tuple[int | None, str]] | None = None
    marks: str | None = None
    gross_mass: Decimal | None = None
    net_mass: Decimal | None = None
    volume: Decimal | None = None
    un_numbers: tuple[str, ...] = ()
    hazard_classes: tuple[str, ...] = ()
    consignor: str | None = None
    consignee: str | None = None
    origin: dict[str, str] | None = None
    destination: dict[str, str] | None = None

    @property
    def carried_in(self) -> str | None:
        """Number of the container or trailer, or of the wagon the goods lie in without one."""
        return self.container or self.trailer or self.wagon

    @property
    def has_goods(self) -> bool:
        """Whether it says anything of goods."""
        said = (
            self.item,
            self.hs_code,
            self.nhm_code,
            self.description,
            self.packages,
            self.packing,
            self.gross_mass,
            self.net_mass,
            self.volume,
        )
        return any(value is not None for value in said) or bool(self.un_numbers)

    @property
    def says_something(self) -> bool:
        """Whether it says anything of a consignment."""
        return self.has_goods or self.carried_in is not None or self.reference is not None


def assemble(rows: Sequence[Row], reference: str) -> tuple[tuple[Consignment, ...], list[Conflict]]:
    """Return the consignments that rows make up, and where rows say two things of one.

    Parameters
    ----------
    rows
        In their order.
    reference
        Of the consignment that rows without one belong to.
    """
    by_reference: dict[str, list[Row]] = {}
    for row in rows:
        by_reference.setdefault(row.reference or reference, []).append(row)
    conflicts: list[Conflict] = []
    made = tuple(_consignment(name, its, conflicts) for name, its in by_reference.items())
    return made, conflicts


def _consignment(reference: str, rows: list[Row], conflicts: list[Conflict]) -> Consignment:
    content: dict[str, Any] = {
        "reference": reference,
        "equipment": _equipment(rows, conflicts),
        "wagons": _wagons(rows, conflicts),
        "goods_items": _goods(rows, conflicts),
    }
    for name in ("consignor", "consignee"):
        said = _agreed(rows, name, name, conflicts)
        if said:
            content[name] = {"name": said}
    for name, column in (("acceptance", "origin"), ("delivery", "destination")):
        content[name] = _agreed(rows, column, column, conflicts)
    try:
        return Consignment.model_validate(content)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        where = ".".join(map(str, detail["loc"]))
        said = str(detail.get("input"))[:40]
        raise DocumentError(
            f"Sheet '{rows[0].sheet}', consignment {reference[:40]}, beginning in row "
            f"{rows[0].number}: {where} would be '{said}', which it cannot be "
            f"({detail['msg']}). Mend the cell."
        ) from None


def _agreed(rows: list[Row], name: str, column: str, conflicts: list[Conflict]) -> Any:
    """Return what the rows say, once; a row that says otherwise is a conflict."""
    found: Any = None
    for row in rows:
        said = getattr(row, name)
        if said is None or said == ():
            continue
        if found is None:
            found = said
        elif said != found:
            conflicts.append(
                (
                    row,
                    column,
                    f"differs from '{_shown(found)}', which an earlier row has for the same "
                    "consignment, unit or item; the earlier one was kept.",
                    "Compare the rows.",
                )
            )
    return found


def _equipment(rows: list[Row], conflicts: list[Conflict]) -> list[dict[str, Any]]:
    by_number: dict[str, list[Row]] = {}
    for row in rows:
        if number := row.container or row.trailer:
            by_number.setdefault(number, []).append(row)
    units: list[tuple[int, dict[str, Any]]] = []
    for number, its in by_number.items():
        unit = {
            "number": number,
            "size_type": _agreed(its, "size_type", "size_type", conflicts),
            "tare_kg": _agreed(its, "container_tare", "container_tare", conflicts),
            "seals": [{"number": seal} for seal in _agreed(its, "seals", "seals", conflicts) or ()],
        }
        position = next((row.unit for row in its if row.unit is not None), len(units) + 1)
        units.append((position, unit))
    return [unit for _, unit in sorted(units, key=lambda entry: entry[0])]


def _wagons(rows: list[Row], conflicts: list[Conflict]) -> list[dict[str, Any]]:
    by_number: dict[tuple[str, int | None], list[Row]] = {}
    for row in rows:
        if row.wagon:
            by_number.setdefault((row.wagon, row.leg), []).append(row)
    return [
        {
            "number": number,
            "movement": leg,
            "tare_kg": _agreed(its, "wagon_tare", "wagon_tare", conflicts),
            "load_limit_kg": _agreed(its, "load_limit", "load_limit", conflicts),
            "equipment_numbers": list(
                dict.fromkeys(unit for row in its if (unit := row.container or row.trailer))
            ),
        }
        for (number, leg), its in by_number.items()
    ]


def _goods(rows: list[Row], conflicts: list[Conflict]) -> list[dict[str, Any]]:
    by_item: dict[int, list[Row]] = {}
    next_number = max((row.item or 0 for row in rows), default=0) + 1
    for row in rows:
        if not row.has_goods:
            continue
        number = row.item
        if number is None:
            number, next_number = next_number, next_number + 1
        by_item.setdefault(number, []).append(row)
    return [_item(number, its, conflicts) for number, its in sorted(by_item.items())]


def _item(number: int, rows: list[Row], conflicts: list[Conflict]) -> dict[str, Any]:
    national = _agreed(rows, "national_code", "hs_code", conflicts)
    item: dict[str, Any] = {
        "number": number,
        "packages": _packages(rows, conflicts),
        "national_codes": [{"territory": national[0], "code": national[1]}] if national else [],
        "stowage": [
            {
                "equipment_number": row.carried_in,
                "packages": row.packages,
                "gross_mass_kg": row.gross_mass,
            }
            for row in rows
            if row.carried_in
        ],
    }
    for name in ("hs_code", "nhm_code", "description"):
        item[name] = _agreed(rows, name, name, conflicts)
    for name, column in (
        ("gross_mass_kg", "gross_mass"),
        ("net_mass_kg", "net_mass"),
        ("volume_m3", "volume"),
    ):
        said = [value for row in rows if (value := getattr(row, column)) is not None]
        item[name] = sum(said, Decimal(0)) if said else None
    numbers = _agreed(rows, "un_numbers", "un_number", conflicts) or ()
    classes = _agreed(rows, "hazard_classes", "hazard_class", conflicts) or ()
    item["dangerous_goods"] = [
        {
            "un_number": un_number,
            "hazard_class": classes[at] if at < len(classes) and classes[at] != "-" else None,
        }
        for at, un_number in enumerate(numbers)
    ]
    return item


def _packages(rows: list[Row], conflicts: list[Conflict]) -> list[dict[str, Any]]:
    kinds = _agreed(rows, "packing", "packing", conflicts)
    counts = [row.packages for row in rows if row.packages is not None]
    marks = _agreed(rows, "marks", "marks", conflicts)
    if kinds is None:
        # Which kind is not said, or in a word that is not known: PK is a package of any kind.
        kinds = [(None, "PK")] if counts else []
    if len(kinds) == 1 and kinds[0][0] is None and counts:
        kinds = [(sum(counts), kinds[0][1])]
    packages = [{"kind": kind, "count": count} for count, kind in kinds]
    if packages and marks:
        packages[0]["marks"] = marks
    return packages


def _shown(value: object) -> str:
    said = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return said if len(said) <= 40 else said[:39] + "…"

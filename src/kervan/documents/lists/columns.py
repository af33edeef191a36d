"""What each column of a list puts into its row, and how."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from kervan.documents.lists import cells
from kervan.documents.lists.assembly import Row
from kervan.documents.lists.cells import Cell, CellError
from kervan.documents.lists.headings import Heading


def put(row: Row, meant: Heading, cell: Cell) -> str | None:
    """Put a cell into its row; return how it was mended, or None where nothing holds it.

    Raises
    ------
    CellError
        If the cell does not say what its column asks for.
    """
    taken = _COLUMNS.get(meant.column)
    return taken(row, meant, cell) if taken else None


def _text(name: str, most: int) -> Callable[[Row, Heading, Cell], str]:
    def put(row: Row, _: Heading, cell: Cell) -> str:
        said = cells.text(cell)
        if len(said) > most:
            raise CellError(f"has {len(said)} characters; {most} are the most.", "Shorten it.")
        setattr(row, name, said)
        return ""

    return put


def _mass(name: str) -> Callable[[Row, Heading, Cell], str]:
    def put(row: Row, meant: Heading, cell: Cell) -> str:
        found, mended = cells.number(cell, meant.unit or "kg")
        setattr(row, name, _six(found * 1000 if meant.unit == "t" else found))
        return mended

    return put


def _six(found: Decimal) -> Decimal:
    # Spreadsheets compute with binary fractions: 0.1 + 0.2 is 0.30000000000000004 there.
    rounded = round(found, 6).normalize()
    return rounded if rounded != rounded.to_integral_value() else rounded.quantize(Decimal(1))


def _volume(row: Row, _: Heading, cell: Cell) -> str:
    found, mended = cells.number(cell, "m3")
    row.volume = _six(found)
    return mended


def _container(row: Row, _: Heading, cell: Cell) -> str:
    row.container, mended = cells.container_number(cell)
    return mended


def _trailer(row: Row, _: Heading, cell: Cell) -> str:
    row.trailer = cells.plate(cell)
    return ""


def _wagon(row: Row, _: Heading, cell: Cell) -> str:
    row.wagon, mended = cells.wagon_number(cell)
    return mended


def _seals(row: Row, _: Heading, cell: Cell) -> str:
    row.seals = tuple(cells.seals(cell))
    return ""


def _whole(name: str) -> Callable[[Row, Heading, Cell], str]:
    def put(row: Row, _: Heading, cell: Cell) -> str:
        setattr(row, name, cells.count(cell))
        return ""

    return put


def _hs(row: Row, _: Heading, cell: Cell) -> str:
    code, mended = cells.commodity_code(cell, (4, 6, 8, 10, 12))
    if len(code) == 4:
        raise CellError("is a heading of the Harmonized System alone.", "Write six digits.")
    row.hs_code = code[:6]
    territory = {10: "EAEU", 12: "TR"}.get(len(code))
    if len(code) == 8:
        return f"was cut to the six digits {row.hs_code}: whose longer code it is, is not said"
    if territory:
        row.national_code = (territory, code)
    return mended


def _nhm(row: Row, _: Heading, cell: Cell) -> str:
    row.nhm_code, mended = cells.commodity_code(cell, (8,))
    return mended


def _rail_code(row: Row, _: Heading, cell: Cell) -> str | None:
    """ETSNG has five or six digits and no element; GNG has eight, and stands in it too."""
    said = cells.text(cell)
    if re.fullmatch(r"\d{8}", said):
        row.nhm_code = said
        return ""
    return None


def _packing(row: Row, _: Heading, cell: Cell) -> str | None:
    row.packing = cells.packing(cell)
    return "" if row.packing is not None else None


def _dangerous(name: str) -> Callable[[Row, Heading, Cell], str]:
    def put(row: Row, _: Heading, cell: Cell) -> str:
        parts = [part.strip() for part in cells.text(cell).split(";")]
        if name == "un_numbers":
            parts = [part.upper().removeprefix("UN").strip() for part in parts]
            parts = [part.zfill(4) if part.isdigit() and len(part) == 3 else part for part in parts]
            for part in parts:
                if not re.fullmatch(r"\d{4}", part):
                    raise CellError("is no UN number: four digits were expected.", "Look it up.")
        setattr(row, name, tuple(parts))
        return ""

    return put


def _place(name: str) -> Callable[[Row, Heading, Cell], str | None]:
    def put(row: Row, _: Heading, cell: Cell) -> str | None:
        found = cells.place(cell)
        setattr(row, name, found)
        return "" if found else None

    return put


_COLUMNS: dict[str, Callable[[Row, Heading, Cell], str | None]] = {
    "position": lambda row, _, cell: "",  # noqa: ARG005
    "reference": _text("reference", 70),
    "unit": _whole("unit"),
    "item": _whole("item"),
    "leg": _whole("leg"),
    "wagon": _wagon,
    "wagon_tare": _mass("wagon_tare"),
    "load_limit": _mass("load_limit"),
    "container": _container,
    "trailer": _trailer,
    "size_type": _text("size_type", 70),
    "container_tare": _mass("container_tare"),
    "seals": _seals,
    "hs_code": _hs,
    "nhm_code": _nhm,
    "rail_code": _rail_code,
    "description": _text("description", 2_000),
    "packages": _whole("packages"),
    "packing": _packing,
    "marks": _text("marks", 2_000),
    "gross_mass": _mass("gross_mass"),
    "net_mass": _mass("net_mass"),
    "volume": _volume,
    "un_number": _dangerous("un_numbers"),
    "hazard_class": _dangerous("hazard_classes"),
    "consignor": _text("consignor", 2_000),
    "consignee": _text("consignee", 2_000),
    "origin": _place("origin"),
    "destination": _place("destination"),
}
"""How a column is taken; one that is not here (a VGM without its method, remarks) is left over."""

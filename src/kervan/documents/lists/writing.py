"""A manifest or wagon list written: one row for each goods item in each unit."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.goods import GoodsItem, Stowage
from kervan.cargo.transport import Place, TransportEquipment, Wagon
from kervan.documents.format import DocumentError
from kervan.documents.lists.headings import LANGUAGES, wording

MASSES = {
    "wagon_tare": "kg",
    "load_limit": "kg",
    "container_tare": "kg",
    "gross_mass": "kg",
    "net_mass": "kg",
    "volume": "m3",
}
"""Unit of the columns that have one."""

_SUMMED = ("packages", "gross_mass", "net_mass", "volume")
_MANIFEST = (
    "position",
    "reference",
    "unit",
    "container",
    "trailer",
    "size_type",
    "container_tare",
    "seals",
    "item",
    "hs_code",
    "nhm_code",
    "description",
    "packages",
    "packing",
    "gross_mass",
    "net_mass",
    "volume",
    "un_number",
    "hazard_class",
    "consignor",
    "consignee",
    "origin",
    "destination",
)
_WAGON_LIST = (
    *_MANIFEST[:2],
    "leg",
    "wagon",
    "wagon_tare",
    "load_limit",
    *_MANIFEST[2:],
)
_TITLES = {
    ("manifest", "en"): "Cargo manifest",
    ("manifest", "ru"): "Грузовой манифест",
    ("manifest", "tr"): "Yük manifestosu",
    ("manifest", "zh"): "货物舱单",
    ("wagon-list", "en"): "Wagon and container list",
    ("wagon-list", "ru"): "Натурный лист вагонов и контейнеров",
    ("wagon-list", "tr"): "Vagon ve konteyner listesi",
    ("wagon-list", "zh"): "车辆和集装箱清单",
}
_TOTAL = {"en": "Total", "ru": "Итого", "tr": "Toplam", "zh": "合计"}
_UNITS = {"ru": {"kg": "кг", "m3": "м3"}}
_WIDTHS = {
    "position": 6,
    "leg": 9,
    "unit": 9,
    "item": 8,
    "packages": 10,
    "size_type": 8,
    "container": 15,
    "wagon": 15,
    "reference": 18,
    "seals": 22,
    "description": 42,
    "consignor": 30,
    "consignee": 30,
    "origin": 24,
    "destination": 24,
}
_CONTAINER = re.compile(r"[A-Z]{4}\d{7}")
# What XML 1.0 cannot hold, and a carriage return, which it turns into a line feed.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Layout:
    """What a list is: its kind, and which columns it has in which order."""

    kind: str
    columns: tuple[str, ...]


MANIFEST = Layout("manifest", _MANIFEST)
WAGON_LIST = Layout("wagon-list", _WAGON_LIST)


def write_list(
    consignments: Iterable[Consignment], layout: Layout, *, language: str, form: str
) -> bytes:
    """Return consignments as a list.

    Parameters
    ----------
    language
        Of the headings: ``en``, ``ru``, ``tr`` or ``zh``.
    form
        ``xlsx``, or ``csv`` in UTF-8 with semicolons.

    Raises
    ------
    DocumentError
        If a list cannot say something of a consignment; the message names its JSON path.
    """
    if language not in LANGUAGES:
        raise DocumentError(
            f"'{language[:20]}' is no language lists are written in; there are "
            f"{', '.join(LANGUAGES)}."
        )
    if form not in ("xlsx", "csv"):
        raise DocumentError(f"'{form[:20]}' is no form of a list; there are xlsx and csv.")
    chosen = tuple(consignments)
    seen: set[str] = set()
    for consignment in chosen:
        if consignment.reference in seen:
            raise DocumentError(
                f"$.reference: '{consignment.reference}' stands twice; a list tells consignments "
                "apart by it."
            )
        seen.add(consignment.reference)
    rows = [row for consignment in chosen for row in _rows(consignment, layout)]
    has_trailers = any(row.get("trailer") for row in rows)
    columns = [name for name in layout.columns if name != "trailer" or has_trailers]
    for position, row in enumerate(rows, start=1):
        row["position"] = position
    if form == "csv":
        return _csv(rows, columns, language)
    return _workbook(rows, columns, layout, language, _about(chosen, layout))


def heading(column: str, language: str) -> str:
    """Return the heading of a column, with its unit."""
    unit = MASSES.get(column)
    shown = _UNITS.get(language, {}).get(unit or "", unit)
    return f"{wording(column, language)}, {shown}" if unit else wording(column, language)


def _rows(consignment: Consignment, layout: Layout) -> list[dict[str, Value]]:
    """Return the rows of a consignment: by wagon where the list has wagons, then by unit."""
    _check(consignment, layout)
    rows: list[dict[str, Value]] = []
    told: set[str] = set()
    if layout is WAGON_LIST:
        for at, wagon in enumerate(consignment.wagons):
            rows += _wagon_rows(consignment, wagon, f"$.wagons[{at}]", told)
    for at, unit in enumerate(consignment.equipment):
        if unit.number not in told:
            rows += _unit_rows(consignment, unit, at)
    # Goods of which no unit is said.
    for at, item in enumerate(consignment.goods_items):
        if not item.stowage:
            rows.append(_goods_row(item, None, at, first=True))
    rows = rows or [{}]
    whole: dict[str, Value] = {
        "reference": _text(consignment.reference, "$.reference"),
        "origin": _place(consignment.acceptance, "$.acceptance"),
        "destination": _place(consignment.delivery, "$.delivery"),
    }
    for name in ("consignor", "consignee"):
        party = getattr(consignment, name)
        whole[name] = _text(party.name, f"$.{name}.name") if party and party.name else None
    return [{**whole, **row} for row in rows]


def _wagon_rows(
    consignment: Consignment, wagon: Wagon, path: str, told: set[str]
) -> list[dict[str, Value]]:
    """Return the rows of a wagon; goods stand at the first wagon their unit travels on."""
    if not re.fullmatch(r"\d{8}|\d{12}", wagon.number):
        raise DocumentError(
            f"{path}.number: '{wagon.number}' is no wagon number; it has 8 digits, or 12."
        )
    head: dict[str, Value] = {
        "wagon": wagon.number,
        "wagon_tare": _amount(wagon.tare_kg, f"{path}.tare_kg"),
        "load_limit": _amount(wagon.load_limit_kg, f"{path}.load_limit_kg"),
        "leg": wagon.movement,
    }
    numbers = [unit.number for unit in consignment.equipment]
    rows: list[dict[str, Value]] = []
    for at, number in enumerate(wagon.equipment_numbers):
        if number not in numbers:
            raise DocumentError(
                f"{path}.equipment_numbers[{at}]: '{number}' is not among the units. Add it."
            )
        index = numbers.index(number)
        unit = consignment.equipment[index]
        below = [_unit_row(unit, index)] if number in told else _unit_rows(consignment, unit, index)
        told.add(number)
        rows += [{**head, **row} for row in below]
    if wagon.number not in told:
        told.add(wagon.number)
        rows += [{**head, **row} for row in _stowed_in(consignment, wagon.number)]
    return rows or [head]


def _unit_rows(
    consignment: Consignment, unit: TransportEquipment, index: int
) -> list[dict[str, Value]]:
    head = _unit_row(unit, index)
    return [{**head, **row} for row in _stowed_in(consignment, unit.number)] or [head]


def _stowed_in(consignment: Consignment, number: str) -> list[dict[str, Value]]:
    """Return the goods that lie in a unit, or in a wagon itself."""
    return [
        _goods_row(item, stowage, at, first=position == 0)
        for at, item in enumerate(consignment.goods_items)
        for position, stowage in enumerate(item.stowage)
        if stowage.equipment_number == number
    ]


def _unit_row(unit: TransportEquipment, index: int) -> dict[str, Value]:
    path = f"$.equipment[{index}]"
    is_container = _CONTAINER.fullmatch(unit.number) is not None
    for at, seal in enumerate(unit.seals):
        if re.search(r"[,;/\n]", seal.number) or "  " in seal.number:
            raise DocumentError(
                f"{path}.seals[{at}].number: '{seal.number}' has a comma, semicolon, slash or two "
                "spaces, which stand between seals in a list. Write it without."
            )
    return {
        "unit": index + 1,
        "container" if is_container else "trailer": _text(unit.number, f"{path}.number"),
        "size_type": _text(unit.size_type, f"{path}.size_type"),
        "container_tare": _amount(unit.tare_kg, f"{path}.tare_kg"),
        "seals": ", ".join(_text(s.number, f"{path}.seals") or "" for s in unit.seals) or None,
    }


def _goods_row(
    item: GoodsItem, stowage: Stowage | None, index: int, *, first: bool
) -> dict[str, Value]:
    path = f"$.goods_items[{index}]"
    row: dict[str, Value] = {
        "item": item.number,
        "hs_code": item.hs_code,
        "nhm_code": item.nhm_code,
        "description": _text(item.description, f"{path}.description"),
        "packages": stowage.packages if stowage else None,
        "packing": _packing(item, path),
        "gross_mass": _amount(
            stowage.gross_mass_kg if stowage else item.gross_mass_kg, f"{path}.gross_mass_kg"
        ),
        "un_number": "; ".join(d.un_number for d in item.dangerous_goods) or None,
        "hazard_class": "; ".join(d.hazard_class or "-" for d in item.dangerous_goods) or None,
    }
    if first:
        row["net_mass"] = _amount(item.net_mass_kg, f"{path}.net_mass_kg")
        row["volume"] = _amount(item.volume_m3, f"{path}.volume_m3")
    return row


def _order_of_rows(consignment: Consignment, layout: Layout) -> dict[str, int]:
    """Return the position of each unit, and of each wagon that goods lie in without one.

    Wagons come first, as their rows do; a list without wagons knows units alone.
    """
    units = [unit.number for unit in consignment.equipment]
    wagons = [w.number for w in consignment.wagons] if layout is WAGON_LIST else []
    bare = [number for number in dict.fromkeys(wagons) if number not in set(units)]
    return {number: at for at, number in enumerate([*bare, *units])}


def _check(consignment: Consignment, layout: Layout) -> None:
    """Refuse what a row for each item in each unit cannot say."""
    units = [unit.number for unit in consignment.equipment]
    if len(set(units)) < len(units):
        raise DocumentError("$.equipment: one unit stands twice. Take it out.")
    order = _order_of_rows(consignment, layout)
    items = [item.number for item in consignment.goods_items]
    if items != sorted(set(items)):
        raise DocumentError(
            "$.goods_items: their numbers must rise, each once. Number them in their order."
        )
    for at, item in enumerate(consignment.goods_items):
        path = f"$.goods_items[{at}]"
        stowed = [stowage.equipment_number for stowage in item.stowage]
        for position, number in enumerate(stowed):
            if number not in order:
                raise DocumentError(
                    f"{path}.stowage[{position}].equipment_number: '{number}' is not among the "
                    "units. Add it."
                )
        if [order[n] for n in stowed] != sorted(order[n] for n in stowed):
            raise DocumentError(f"{path}.stowage: write the units in their order.")
        _check_masses(item, path)
        _check_codes(item, path)


def _check_masses(item: GoodsItem, path: str) -> None:
    masses = [stowage.gross_mass_kg for stowage in item.stowage]
    if not masses:
        return
    known = [mass for mass in masses if mass is not None]
    total = sum(known, Decimal(0)) if known else None
    if total != item.gross_mass_kg:
        raise DocumentError(
            f"{path}.gross_mass_kg: {item.gross_mass_kg} kg of the item, and {total} kg in its "
            "units; a list says the mass in each unit, and they must add up. Mend the stowage."
        )
    counted = any(stowage.packages is not None for stowage in item.stowage)
    if counted and len(item.packages) == 1 and item.packages[0].count is None:
        raise DocumentError(
            f"{path}.packages[0].count: it is not said, and the packages in units are. Give it."
        )
    if counted and not item.packages:
        raise DocumentError(f"{path}.packages: packages in units are counted; give their kind.")


def _check_codes(item: GoodsItem, path: str) -> None:
    for name, code, digits in (("hs_code", item.hs_code, 6), ("nhm_code", item.nhm_code, 8)):
        if code is not None and not re.fullmatch(rf"[0-9]{{{digits}}}", code):
            raise DocumentError(f"{path}.{name}: '{code}' has not {digits} digits. Look it up.")
    for at, substance in enumerate(item.dangerous_goods):
        where = f"{path}.dangerous_goods[{at}]"
        hazard = substance.hazard_class
        if not re.fullmatch(r"[0-9]{4}", substance.un_number):
            raise DocumentError(f"{where}.un_number: '{substance.un_number}' has not four digits.")
        if hazard is not None and (";" in hazard or hazard == "-"):
            raise DocumentError(f"{where}.hazard_class: '{hazard}' is no class.")


def _packing(item: GoodsItem, path: str) -> str | None:
    parts = []
    for at, package in enumerate(item.packages):
        if not re.fullmatch(r"[A-Z0-9]{2}", package.kind):
            raise DocumentError(
                f"{path}.packages[{at}].kind: '{package.kind}' is no code of Recommendation 21: "
                "two capital letters or digits."
            )
        parts.append(package.kind if package.count is None else f"{package.count} {package.kind}")
    return " + ".join(parts) or None


def _place(place: Place | None, path: str) -> str | None:
    if place is None:
        return None
    code = place.place_id
    if re.search(r"[(),]", code) or re.search(r"[(),]", place.station_code or ""):
        raise DocumentError(f"{path}.place_id: '{code}' has brackets or a comma. Mend it.")
    if re.fullmatch(r"\d{6,8}", code) and not place.station_code:
        raise DocumentError(
            f"{path}.station_code: the place has a station's code as its own; give it here too."
        )
    inside = f"{code}, {place.station_code}" if place.station_code else code
    name = _text(place.name, f"{path}.name")
    return f"{name} ({inside})" if name else f"({inside})"


def _text(value: str | None, path: str) -> str | None:
    if value is not None and (found := _UNWRITABLE.search(value)):
        raise DocumentError(
            f"{path}: the text holds the control character {ord(found.group()):#04x}, which a list "
            "cannot hold. Take it out."
        )
    return value


def _amount(value: Decimal | None, path: str) -> Decimal | None:
    if value is not None and (value < 0 or len(value.normalize().as_tuple().digits) > 15):
        raise DocumentError(
            f"{path}: {value} is negative or has more than the 15 digits a workbook keeps."
        )
    return value


def _about(consignments: Sequence[Consignment], layout: Layout) -> list[str]:
    """Return what stands above the table: how the cargo travels."""
    lines = []
    for consignment in consignments[:1]:
        wanted = ("sea", "ferry") if layout is MANIFEST else ("rail",)
        for movement in consignment.movements:
            if movement.mode not in wanted:
                continue
            means = movement.means
            said = [means.name, means.identity, means.voyage] if means else []
            ends = [p.name or p.place_id for p in (movement.origin, movement.destination)]
            when = [f"{movement.departs:%Y-%m-%d}"] if movement.departs else []
            parts = [movement.carrier_id, *said, " - ".join(ends), *when]
            lines.append(" · ".join(part for part in parts if part))
            if layout is MANIFEST:
                break
    return lines[:6]


def _totals(rows: Sequence[dict[str, Value]]) -> dict[str, Value]:
    totals: dict[str, Value] = {}
    for name in _SUMMED:
        said = [Decimal(value) for row in rows if (value := row.get(name)) is not None]
        if said:
            totals[name] = sum(said, Decimal(0))
    return totals


def _csv(rows: Sequence[dict[str, Value]], columns: Sequence[str], language: str) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([heading(column, language) for column in columns])
    for row in rows:
        writer.writerow([_plain_number(row.get(column)) for column in columns])
    return file.getvalue().encode("utf-8-sig")


def _plain_number(value: Value) -> str:
    if not isinstance(value, Decimal):
        return "" if value is None else str(value)
    shown = f"{value:f}"
    # Three decimals after one to three digits could be thousands: a fourth says they are not.
    return shown + "0" if re.fullmatch(r"\d{1,3}\.\d{3}", shown) else shown


def _workbook(
    rows: Sequence[dict[str, Value]],
    columns: Sequence[str],
    layout: Layout,
    language: str,
    about: Sequence[str],
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = layout.kind
    sheet.append([_TITLES[layout.kind, language]])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in about:
        sheet.append([None])
        _put(sheet.cell(sheet.max_row + (sheet.max_row == 1), 1), line)
    top = sheet.max_row + 2
    thin = Side(style="thin", color="999999")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    for at, column in enumerate(columns, start=1):
        cell = sheet.cell(top, at)
        _put(cell, heading(column, language))
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE6F0")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        cell.border = border
        sheet.column_dimensions[get_column_letter(at)].width = _WIDTHS.get(column, 13)
    sheet.row_dimensions[top].height = 45
    totals = {**_totals(rows), columns[0]: _TOTAL[language]}
    for offset, row in enumerate([*rows, totals], start=1):
        is_total = offset > len(rows)
        for at, column in enumerate(columns, start=1):
            cell = sheet.cell(top + offset, at)
            cell.border = border
            value = row.get(column)
            if value is not None:
                _put(cell, value)
            cell.alignment = Alignment(wrap_text=isinstance(value, str), vertical="top")
            if isinstance(value, Decimal):
                cell.number_format = "#,##0.###" if value != value.to_integral_value() else "#,##0"
            if is_total:
                cell.font = Font(bold=True)
    sheet.freeze_panes = sheet.cell(top + 1, 1)
    sheet.print_title_rows = f"{top}:{top}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _put(cell: Any, value: Value) -> None:
    cell.value = value
    if isinstance(value, str):
        # A text that begins with = is a text, not a formula.
        cell.data_type = "s"

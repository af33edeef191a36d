"""A feed as an Excel workbook that people can edit without harming it.

Codes, dates and times are texts in cells formatted as text, so that no spreadsheet turns them into
something else; numbers and amounts are numbers; true and false are Excel's own.
"""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from kervan.errors import FeedError
from kervan.feed.cells import cell_text
from kervan.feed.descriptor import FORMAT_VERSION
from kervan.feed.schema import Column, TableSchema, schemas
from kervan.feed.sheet_table import number_text
from kervan.feed.tables import Feed, FeedInfo

_BOLD = Font(bold=True)
_TEXT = "@"
_LONGEST_TEXT = 32767
_LONGEST_LIST = 255
_EXACT_INTEGERS = 2**53
_LAST_ROW = 1_048_576

_README = """\
This workbook is a corridor feed: the places, links, services, prices and demand of a freight
corridor, one table a sheet.

Check it:        kervan feed check {name}.xlsx
As CSV files:    kervan feed convert {name}.xlsx {name}/

How to edit it
- The first row of a sheet holds the names of the columns. Rest the pointer on a name to read what
  the column holds; do not rename columns.
- Names in bold red are required. A blank cell in any other column means: not known, or the default.
- Dates are written YYYY-MM-DD and clock times HH:MM, as text. The cells are formatted as text so
  that they stay as typed; paste values only (without formatting) to keep it so.
- Several values in one cell are separated by semicolons: KZ;AZ;GE.
- Durations come in pairs: the median (p50) and the 95th percentile (p95).
- source_id names a row of the sheet 'sources'. Where a figure is an estimate, set is_estimate to
  TRUE and say in estimate_basis how it was made.
- The sheet 'feed' holds the name, title and version of the feed. This sheet is not read.
"""


def workbook_bytes(feed: Feed) -> bytes:
    """Return a feed as the bytes of an ``.xlsx`` file, one sheet a table.

    Raises
    ------
    FeedError
        If a value cannot be written, or a table is longer than a sheet.
    """
    book = Workbook()
    readme = book.active
    readme.title = "README"
    for line in _README.format(name=feed.info.name).splitlines():
        readme.append([line])
    readme["A1"].font = _BOLD
    readme.column_dimensions["A"].width = 110
    _write_info(book.create_sheet("feed"), feed.info)
    for name, schema in schemas().items():
        _write_table(book.create_sheet(name), schema, feed.table(name))
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _write_info(sheet: Worksheet, info: FeedInfo) -> None:
    given = [("kervanFeed", FORMAT_VERSION)]
    given += [(field.name, str(getattr(info, field.name) or "")) for field in fields(info)]
    for number, (name, value) in enumerate(given, 1):
        sheet.cell(number, 1, name).font = _BOLD
        _set_text(sheet.cell(number, 2), value)
    sheet.column_dimensions["A"].width = 16
    sheet.column_dimensions["B"].width = 80


def _write_table(sheet: Worksheet, schema: TableSchema, rows: tuple[Any, ...]) -> None:
    if len(rows) >= _LAST_ROW:
        raise FeedError(
            f"{schema.name} has {len(rows):,} rows, and a sheet holds {_LAST_ROW - 1:,}. Write the "
            "feed to a folder or a .zip."
        )
    for number, column in enumerate(schema.columns, 1):
        _write_header(sheet, number, column)
    for row_number, row in enumerate(rows, 2):
        for number, column in enumerate(schema.columns, 1):
            value = getattr(row, column.name)
            if value is not None and value != ():
                _write_cell(sheet.cell(row_number, number), column, value)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(schema.columns))}{len(rows) + 1}"


def _write_header(sheet: Worksheet, number: int, column: Column) -> None:
    cell = sheet.cell(1, number, column.name)
    cell.font = Font(bold=True, color="C00000") if column.required else _BOLD
    cell.alignment = Alignment(vertical="top")
    comment = Comment(_comment(column), "Kervan", width=320, height=160)
    cell.comment = comment
    letter = get_column_letter(number)
    sheet.column_dimensions[letter].width = max(12, len(column.name) + 4)
    if _is_text(column):
        sheet.column_dimensions[letter].number_format = _TEXT
    validation = _validation(column)
    if validation is not None:
        validation.add(f"{letter}2:{letter}{_LAST_ROW}")
        sheet.add_data_validation(validation)


def _comment(column: Column) -> str:
    parts = [column.description]
    if column.unit is not None:
        parts.append(f"Unit: {column.unit}.")
    if column.choices is not None:
        parts.append(f"{'Any' if column.many else 'One'} of: {', '.join(column.choices)}.")
    if column.references is not None:
        parts.append(f"A {column.references[1]} of the sheet {column.references[0]}.")
    parts.append("Required." if column.required else "May be blank.")
    return "\n".join(parts)


def _validation(column: Column) -> DataValidation | None:
    if column.kind == "boolean":
        allowed = "TRUE,FALSE"
    elif column.choices is not None and not column.many:
        allowed = ",".join(column.choices)
    else:
        return None
    if len(allowed) > _LONGEST_LIST:
        return None
    return DataValidation(
        type="list",
        formula1=f'"{allowed}"',
        allow_blank=not column.required,
        showErrorMessage=True,
        errorTitle=column.name,
        error=f"Choose one of: {allowed}"[:_LONGEST_LIST],
    )


def _is_text(column: Column) -> bool:
    return column.many or column.kind in ("text", "date", "time")


def _write_cell(cell: Cell, column: Column, value: Any) -> None:
    text = cell_text(column, value)
    if _is_text(column):
        _set_text(cell, text)
        return
    match column.kind:
        case "boolean":
            cell.value = bool(value)
        case "integer" if abs(value) < _EXACT_INTEGERS:
            cell.value = int(value)
        case "number" if _keeps(value):
            cell.value = float(value)
        case "decimal":
            decimals = len(text.partition(".")[2])
            number_format = "0." + "0" * decimals if decimals else "General"
            if _keeps(float(text)) and number_text(float(text), number_format) == text:
                cell.value = float(text)
                cell.number_format = number_format
            else:
                _set_text(cell, text)
        case _:
            _set_text(cell, text)


def _keeps(number: float) -> bool:
    # Excel keeps fifteen digits; a number of more stays whole as a text.
    return float(f"{number:.15g}") == number


def _set_text(cell: Cell, text: str) -> None:
    if len(text) > _LONGEST_TEXT:
        raise FeedError(
            f"A text of {len(text):,} characters is longer than a cell of Excel can hold "
            f"({_LONGEST_TEXT:,}). Shorten it, or write the feed to a folder or a .zip."
        )
    cell.value = text or None
    if text:
        # A text that begins with '=' is a text, and not a formula.
        cell.data_type = "s"
    cell.number_format = _TEXT

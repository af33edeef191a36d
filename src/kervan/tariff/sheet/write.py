"""A tariff sheet written as Excel, CSV or Parquet, by the name of the file."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from kervan.errors import InvalidRequestError, KervanError
from kervan.feed.codes import currency_minor_units
from kervan.tariff.sheet.columns import SheetColumn, columns
from kervan.tariff.sheet.matrix import Progress, TariffSheet

MOST_EXCEL_ROWS = 1_048_575
"""Rows an Excel sheet holds below its heading."""

_EVERY = 500
_HEADING_FILL = "FFDDE5EE"


class SheetNotWrittenError(KervanError):
    """A sheet cannot be written where or as it was asked."""


def write_sheet(sheet: TariffSheet, path: Path, progress: Progress | None = None) -> None:
    """Write a sheet; what is at the path is replaced only once all of it is written.

    Parameters
    ----------
    sheet
        The sheet.
    path
        A name in ``.xlsx``, ``.csv`` or ``.parquet``.
    progress
        Called with what is done, how many of it, and of how many.

    Raises
    ------
    InvalidRequestError
        If the name has another ending, or the sheet has more rows than Excel holds.
    SheetNotWrittenError
        If the file cannot be written, or Parquet is not installed.
    """
    writer = writer_for(path)
    if path.suffix.lower() == ".xlsx" and len(sheet.rows) > MOST_EXCEL_ROWS:
        raise InvalidRequestError(
            f"The sheet has {len(sheet.rows):,} rows and Excel holds {MOST_EXCEL_ROWS:,}; write "
            ".csv or .parquet, or name fewer origins, destinations or equipment."
        )
    told = columns({place.place_id: place.name for place in sheet.feed.places})
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        beside = Path(name)
        writer(sheet, told, beside, progress or (lambda *_: None))
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except OSError as error:
        raise SheetNotWrittenError(
            f"{path} cannot be written: {error.strerror or error}. Name a file in a folder that "
            "exists and may be written to."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def writer_for(path: Path) -> Callable[..., None]:
    """Return what writes a name, so that a wrong one is refused before any work is done.

    Raises
    ------
    InvalidRequestError
        If no form of sheet ends so.
    SheetNotWrittenError
        If there is no such folder, or it ends in ``.parquet`` and that is not installed.
    """
    writers = {".xlsx": _excel, ".csv": _csv, ".parquet": _parquet}
    if path.suffix.lower() not in writers:
        raise InvalidRequestError(
            f"'{path.name}' names no form of sheet; end it in .xlsx, .csv or .parquet."
        )
    if path.suffix.lower() == ".parquet":
        _pyarrow()
    if path.is_dir() or not path.parent.is_dir():
        raise SheetNotWrittenError(
            f"{path} cannot be written: "
            + ("it is a folder." if path.is_dir() else f"there is no folder {path.parent}.")
            + " Name a file in a folder that exists and may be written to."
        )
    return writers[path.suffix.lower()]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _csv(sheet: TariffSheet, told: tuple[SheetColumn, ...], path: Path, progress: Progress) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in told])
        for k, row in enumerate(sheet.rows):
            writer.writerow([_text(column.cell(row)) for column in told])
            if k % _EVERY == 0:
                progress("writing", k, len(sheet.rows))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _pyarrow() -> Any:
    try:
        arrow = import_module("pyarrow")
        import_module("pyarrow.parquet")
    except ImportError as error:
        raise SheetNotWrittenError(
            "Parquet needs the package pyarrow; install it with pip install 'kervan[parquet]', or "
            "write .csv or .xlsx."
        ) from error
    return arrow


def _parquet(
    sheet: TariffSheet, told: tuple[SheetColumn, ...], path: Path, progress: Progress
) -> None:
    arrow = _pyarrow()
    digits = currency_minor_units(sheet.currency)
    types = {
        "text": arrow.string(),
        "decimal": arrow.decimal128(18, digits),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
        "date": arrow.date32(),
    }
    fields = [
        arrow.field(c.name, types[c.kind], metadata={"description": c.description}) for c in told
    ]
    schema = arrow.schema(fields, metadata={key: str(value) for key, value in facts(sheet)})
    filled = []
    for k, column in enumerate(told):
        filled.append([column.cell(row) for row in sheet.rows])
        progress("writing", k + 1, len(told))
    arrow.parquet.write_table(arrow.table(filled, schema=schema), path)


def facts(sheet: TariffSheet) -> list[tuple[str, object]]:
    """Return what a reader must know of a sheet before using a price of it."""
    info = sheet.feed.info
    estimates = sum(row.is_estimate for row in sheet.rows)
    return [
        ("feed", f"{info.title} ({info.name}, version {info.version})"),
        ("day of acceptance", sheet.day),
        ("record", "all that is on record" if sheet.known_on is None else f"of {sheet.known_on}"),
        ("currency", sheet.currency),
        ("ways", f"{sheet.how}, the {_RULES[sheet.rule]}."),
        (
            "through rates",
            "Combined with single legs by the lowest lawful combination."
            if sheet.combination == "lowest"
            else "Taken before single legs wherever they hold.",
        ),
        (
            "a price is of",
            "one unit, in a single wagon of the carrier, neither dangerous nor over "
            "gauge, nothing declared, no volume committed",
        ),
        ("rows", f"{len(sheet.rows):,}, of them {sheet.complete:,} with a price"),
        (
            "estimates",
            f"{estimates:,} rows rest on an estimate of the feed, not on published rates alone",
        ),
    ]


_RULES = {
    "cheapest": "cheapest, and of those the fastest",
    "earliest": "first to arrive, and of those the cheapest",
}


def _excel(
    sheet: TariffSheet, told: tuple[SheetColumn, ...], path: Path, progress: Progress
) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    bold, heading = Font(bold=True), excel_heading
    page = book.create_sheet("README")
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 20, 110
    page.append(heading(page, ["Tariff sheet", sheet.feed.info.title]))
    for name, value in facts(sheet):
        label, text = WriteOnlyCell(page, name), WriteOnlyCell(page, excel_safe(value))
        label.font, text.alignment = bold, Alignment(wrap_text=True, vertical="top")
        page.append([label, text])
    page.append([])
    page.append(heading(page, ["column", "what it holds"]))
    for column in told:
        page.append([column.name, column.description])

    page = book.create_sheet("Prices")
    for k, column in enumerate(told, 1):
        page.column_dimensions[get_column_letter(k)].width = column.width
    ends = next(k for k, column in enumerate(told) if column.name == "direction")
    page.freeze_panes = f"{get_column_letter(ends + 1)}2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(told))}{len(sheet.rows) + 1}"
    page.append(heading(page, [column.name for column in told]))
    digits = currency_minor_units(sheet.currency)
    formats = {
        "decimal": "#,##0" + ("." + "0" * digits if digits else ""),
        "date": "yyyy-mm-dd",
        "number": "General",
    }
    for k, row in enumerate(sheet.rows):
        cells: list[Any] = []
        for column in told:
            value = column.cell(row)
            if value is None or column.kind not in ("decimal", "date"):
                cells.append(excel_safe(value))
                continue
            cell = WriteOnlyCell(page, value)
            cell.number_format = formats[column.kind]
            cells.append(cell)
        page.append(cells)
        if k % _EVERY == 0:
            progress("writing", k, len(sheet.rows))
    book.save(path)


def excel_heading(page: Any, names: Sequence[str]) -> list[Any]:
    """Return the cells of a heading."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    bold, fill = Font(bold=True), PatternFill("solid", fgColor=_HEADING_FILL)
    cells = []
    for name in names:
        cell = WriteOnlyCell(page, name)
        cell.font, cell.fill = bold, fill
        cells.append(cell)
    return cells


def excel_safe(value: object) -> object:
    """Return a value that Excel takes for what it is: a text is never a formula."""
    if isinstance(value, str):
        clean = "".join(letter for letter in value if letter.isprintable() or letter == "\n")
        return f"'{clean}" if clean.startswith("=") else clean
    return value

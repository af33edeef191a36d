"""A workbook or CSV from strangers as sheets of cells, in bounded time and memory."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from kervan.documents.format import DocumentError
from kervan.documents.lists.cells import Cell
from kervan.documents.lists.headings import headings

MOST_BYTES = 8 * 2**20
"""Size of the largest list that is read."""
MOST_UNPACKED = 48 * 2**20
"""Size of a workbook unpacked: a list of 10,000 rows takes some 10 MB."""
MOST_PARTS = 500
MOST_CELLS = 200_000
LAST_ROW = 50_000
LAST_COLUMN = 200
LONGEST_CELL = 5_000
HEADING_ROWS = 30

_OLE = b"\xd0\xcf\x11\xe0"
_CODECS = ("cp1251", "cp1254", "gb18030")
_SEPARATORS = ";,\t|"

Position = tuple[int, int]
"""Row and column, from 1."""


@dataclass(slots=True)
class Sheet:
    """One sheet.

    Attributes
    ----------
    name
        Of the sheet; ``CSV`` for a text file.
    cells
        What is in it, by row and column from 1; empty cells are not there.
    merged
        For a cell hidden under a merged one, the position of that.
    unknown_formulas
        Cells with a formula whose value the file does not hold.
    """

    name: str
    cells: dict[Position, Cell] = field(default_factory=dict)
    merged: dict[Position, Position] = field(default_factory=dict)
    unknown_formulas: dict[Position, str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield the rows that have a cell, with their cells by column."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            found.setdefault(row, {})[column] = cell
        yield from sorted(found.items())


def open_list(data: bytes) -> list[Sheet]:
    """Return the sheets of a workbook or CSV.

    Raises
    ------
    DocumentError
        If it is neither, holds macros, is encrypted, or is larger than is read, packed or unpacked.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError(
            f"The list has {len(data) / 2**20:.1f} MB; up to {MOST_BYTES // 2**20} MB are read. "
            "Take pictures and other sheets out."
        )
    if data[:4] == _OLE:
        raise DocumentError(
            "The list is an old workbook (.xls) or an encrypted one, which is not read. Open it "
            "and save it as .xlsx without a password, or as CSV."
        )
    if data[:4] == b"PK\x03\x04":
        return _workbook(data)
    if not data.strip():
        raise DocumentError("The list is empty.")
    return [_csv(data)]


def _workbook(data: bytes) -> list[Sheet]:
    _guard(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
        has_formulas = any(
            cell.data_type == "f" for sheet in book.worksheets for cell in sheet._cells.values()
        )
        # The values that a spreadsheet program stored with its formulas are another reading.
        values = (
            load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
            if has_formulas
            else book
        )
    except Exception as error:  # openpyxl lets errors of every kind through
        raise DocumentError(
            f"The workbook cannot be opened ({type(error).__name__}); it is damaged. Open it in a "
            "spreadsheet program and save it again as .xlsx."
        ) from None
    return [_sheet(sheet, values[sheet.title]) for sheet in book.worksheets]


def _guard(data: bytes) -> None:
    """Refuse what would harm, before openpyxl sees it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS:
                raise DocumentError(
                    f"The workbook has {len(parts):,} parts; up to {MOST_PARTS} are read."
                )
            if "xl/workbook.xml" not in names:
                raise DocumentError(
                    "The file is packed as a workbook is, but is no .xlsx. Save it as .xlsx or CSV."
                )
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise DocumentError(
                    "The workbook holds macros, which a list does not need. Save it as .xlsx."
                )
            left = MOST_UNPACKED
            cells = 0
            for part in parts:
                left, found = _guard_part(packed, part, left)
                cells += found
    except DocumentError:
        raise
    except Exception as error:  # a damaged archive raises errors of many kinds
        raise DocumentError(
            f"The workbook cannot be unpacked ({type(error).__name__}); it is damaged. Ask for it "
            "again."
        ) from None
    if cells > MOST_CELLS:
        raise DocumentError(
            f"The workbook has {cells:,} cells; up to {MOST_CELLS:,} are read. Split the list."
        )


def _guard_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> tuple[int, int]:
    """Unpack a part in pieces; return what is left of the allowance, and its cells."""
    content = bytearray()
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    with packed.open(part) as file:
        while chunk := file.read(2**16):
            left -= len(chunk)
            if left < 0:
                raise DocumentError(
                    f"The workbook unpacks to more than {MOST_UNPACKED // 2**20} MB (at part "
                    f"{part.filename[:60]}), which no list takes; it is not read."
                )
            if is_xml:
                content += chunk
    return left, _cells_of(bytes(content), part.filename[:60]) if is_xml else 0


def _cells_of(content: bytes, name: str) -> int:
    """Return how many cells a part has, those under merged ones and links included."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = re.match(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", start[:300])
    if (start and start[:1] != b"<") or (declared and declared[1].lower() != b"utf-8"):
        raise DocumentError(
            f"Part {name} of the workbook is not written in UTF-8, as spreadsheet programs write "
            "it. Save it again as .xlsx."
        )
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise DocumentError(
            f"Part {name} of the workbook declares a document type, which could grow without end; "
            "no spreadsheet program writes one."
        )
    cells = len(re.findall(rb"<(?:\w+:)?c[\s>/]", content))
    # openpyxl makes every cell under a merged one, and under a link, however many they are.
    for found in re.finditer(rb"\sref\s*=\s*[\"']([^\"']+)[\"']", content):
        tag = content[content.rfind(b"<", 0, found.start()) + 1 :][:40].split(None, 1)[0]
        if tag.rpartition(b":")[2] in (b"mergeCell", b"hyperlink"):
            cells += _area(html.unescape(found[1].decode("utf-8", "replace")))
    return cells


def _area(reference: str) -> int:
    """Return how many cells a reference such as ``A1:C9`` covers."""
    corners = re.findall(r"\$?([A-Za-z]{1,3})\$?(\d{1,8})", reference)
    if len(corners) < 2:
        # Whole columns or rows are no cells of a list, and a single cell is one.
        return 1 if ":" not in reference else MOST_CELLS
    (left, top), (right, bottom) = corners[0], corners[-1]
    width = abs(_column(right) - _column(left)) + 1
    return width * (abs(int(bottom) - int(top)) + 1)


def _column(letters: str) -> int:
    number = 0
    for one in letters.upper():
        number = number * 26 + ord(one) - 64
    return number


def _sheet(with_formulas: Any, with_values: Any) -> Sheet:
    sheet = Sheet(str(with_formulas.title))
    # The worksheet's own store of cells: its iterators would make every cell up to the last one.
    for (row, column), cell in sorted(with_formulas._cells.items()):
        value = cell.value
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if row > LAST_ROW or column > LAST_COLUMN:
            raise DocumentError(
                f"Sheet '{sheet.name}', cell {cell.coordinate}: cells are read up to row "
                f"{LAST_ROW:,} and column {LAST_COLUMN}. Take out what stands beyond."
            )
        if cell.data_type == "f":
            formula = str(getattr(value, "text", value))
            computed = with_values._cells.get((row, column))
            value = computed.value if computed is not None else None
            if value is None:
                sheet.unknown_formulas[row, column] = formula[:200]
                continue
        said = _cell(value, f"Sheet '{sheet.name}', cell {cell.coordinate}")
        if said is not None:
            sheet.cells[row, column] = said
    for area in with_formulas.merged_cells.ranges:
        top = (area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, LAST_ROW) + 1):
            for column in range(area.min_col, min(area.max_col, LAST_COLUMN) + 1):
                if (row, column) != top:
                    sheet.merged[row, column] = top
    return sheet


def _cell(value: object, where: str) -> Cell | None:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        # As the sheet shows it: 54123456.0 and 5.4123456E7 are one number.
        return Decimal(repr(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    said = str(value)
    if len(said) > LONGEST_CELL:
        raise DocumentError(
            f"{where} has {len(said):,} characters; up to {LONGEST_CELL:,} are read. Shorten it."
        )
    return said if said.strip() else None


def _csv(data: bytes) -> Sheet:
    best: tuple[int, Sheet] | None = None
    complaint = ""
    for said in _decoded(data):
        for separator in _SEPARATORS:
            try:
                sheet = _separated(said, separator)
            except csv.Error as error:
                complaint = str(error)
                continue
            known = _known_headings(sheet)
            if best is None or known > best[0]:
                best = (known, sheet)
    if best is None:
        raise DocumentError(
            f"The list is no CSV that can be read: {complaint or 'its characters are of no set'}. "
            "Save it as .xlsx, or as CSV in UTF-8."
        )
    return best[1]


def _decoded(data: bytes) -> Iterator[str]:
    """Yield the texts a file may be: by its mark, or as UTF-8, or in one of three old sets."""
    for mark, codec in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            yield _strictly(data, codec)
            return
    if b"\x00" in data[:1000]:
        little = data[:1000].count(b"\x00", 1) and data[1:2] == b"\x00"
        yield _strictly(data, "utf-16-le" if little else "utf-16-be")
        return
    try:
        yield data.decode("utf-8")
    except UnicodeDecodeError:
        for codec in _CODECS:
            try:
                yield data.decode(codec)
            except UnicodeDecodeError:
                continue


def _strictly(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"The list begins as {codec} and is none at byte {error.start}; it was cut short or "
            "put together from two. Save it again as CSV in UTF-8."
        ) from None


def _separated(said: str, separator: str) -> Sheet:
    sheet = Sheet("CSV")
    for at, row in enumerate(csv.reader(io.StringIO(said, newline=""), delimiter=separator), 1):
        for column, value in enumerate(row, 1):
            if not value.strip():
                continue
            if at > LAST_ROW or column > LAST_COLUMN or len(sheet.cells) >= MOST_CELLS:
                raise csv.Error(
                    f"line {at} has more than {LAST_COLUMN} columns, or the list more than "
                    f"{LAST_ROW:,} lines"
                )
            if len(value) > LONGEST_CELL:
                raise csv.Error(f"line {at}, column {column} has {len(value):,} characters")
            sheet.cells[at, column] = value
    return sheet


def _known_headings(sheet: Sheet) -> int:
    best = 0
    for row, cells in sheet.rows():
        if row > HEADING_ROWS:
            break
        best = max(best, len(headings([str(cells.get(c, "")) for c in range(1, max(cells) + 1)])))
    return best

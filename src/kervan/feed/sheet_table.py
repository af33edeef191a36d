"""One sheet of an Excel workbook as rows of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kervan.errors import FeedError
from kervan.feed.problems import Findings

_FIXED_DECIMALS = re.compile(r"0\.(0+)")
_WIDEST = 200


class SheetTable:
    """A table in a sheet of a workbook that openpyxl has open."""

    size = 0

    def __init__(self, name: str, sheet: Any) -> None:
        self.name = name
        self.label = f"the sheet '{name}'"
        self._sheet = sheet

    def position(self) -> int:
        """Return 0: how far a workbook has been read cannot be told."""
        return 0

    def records(self, findings: Findings) -> Iterator[tuple[int, list[str]]]:
        """Yield the row number and the cells of every row that is not blank, header first."""
        del findings
        width = 0
        rows = self._rows()
        for number, row in enumerate(rows, 1):
            cells = [cell_text(cell) for cell in row]
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if any(cells):
                width = width or len(cells)
                yield number, cells

    def _rows(self) -> Iterator[Any]:
        # The size a workbook claims for a sheet may be missing or wrong.
        self._sheet.reset_dimensions()
        rows = iter(self._sheet.iter_rows(max_col=_WIDEST))
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except Exception as error:
                # openpyxl meets broken XML with whatever its internals raise.
                raise FeedError(
                    f"{self.label} cannot be read: {error}. Open the workbook in a spreadsheet "
                    "and save it again as .xlsx."
                ) from error
            yield row


def cell_text(cell: Any) -> str:
    """Return the text a cell would have in the CSV file."""
    value = cell.value
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return number_text(value, cell.number_format)
        case datetime():
            if value.time() == time():
                return value.date().isoformat()
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat("minutes" if not value.second else "seconds")
        case timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}"
        case _:
            return str(value)


def number_text(value: float, number_format: str) -> str:
    """Return a number as the CSV file has it, given the format it is shown in."""
    text = repr(value)
    if "e" in text or "n" in text:
        if value != value or abs(value) == float("inf"):
            return text
        text = format(Decimal(text), "f")
    text = text.removesuffix(".0")
    # A number kept with a fixed number of decimals was 12.50 in the CSV file, not 12.5.
    if fixed := _FIXED_DECIMALS.fullmatch(number_format or ""):
        decimals = len(fixed[1])
        missing = decimals - len(text.partition(".")[2])
        if missing > 0:
            return text + ("." if "." not in text else "") + "0" * missing
    return text

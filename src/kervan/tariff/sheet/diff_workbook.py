"""The changes of a tariff as an Excel workbook: one page of rows, one of prices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kervan.tariff.sheet.diff import PriceChange, RowChange
from kervan.tariff.sheet.write import SheetNotWrittenError, excel_heading, excel_safe

_ROWS = ("table", "key", "change", "was", "field", "old", "new", "percent")
_PRICES = (
    "origin",
    "destination",
    "equipment",
    "load",
    "weight_from_kg",
    "weight_to_kg",
    "commodity",
    "currency",
    "old",
    "new",
    "percent",
)


def write_changes(rows: Sequence[RowChange], prices: Sequence[PriceChange], path: Path) -> None:
    """Write changes to a workbook.

    Raises
    ------
    SheetNotWrittenError
        If the file cannot be written.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = _page(book, "Rows", _ROWS, sum(max(1, len(row.fields)) for row in rows))
    for change in rows:
        head = [change.table, excel_safe(change.key), change.kind, change.was]
        if not change.fields:
            page.append(head)
        for field in change.fields:
            page.append(
                [*head, field.field, excel_safe(field.old), excel_safe(field.new), field.percent]
            )
    page = _page(book, "Prices", _PRICES, len(prices))
    for price in prices:
        row, kind = price.row, price.row.shipments
        old = price.old.price if price.old else None
        new = price.new.price if price.new else None
        either = new or old
        page.append(
            [
                row.origin,
                row.destination,
                kind.equipment,
                "loaded" if kind.is_loaded else "empty",
                kind.weight_from_kg,
                kind.weight_to_kg,
                kind.commodity,
                None if either is None else either.currency,
                None if old is None else old.major,
                None if new is None else new.major,
                price.percent,
            ]
        )
    try:
        book.save(path)
    except OSError as error:
        raise SheetNotWrittenError(
            f"{path} cannot be written: {error.strerror or error}. Name a file in a folder that "
            "exists and may be written to."
        ) from error


def _page(book: Any, title: str, names: Sequence[str], rows: int) -> Any:
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:{get_column_letter(len(names))}{rows + 1}"
    for k in range(1, len(names) + 1):
        page.column_dimensions[get_column_letter(k)].width = 18
    page.append(excel_heading(page, names))
    return page

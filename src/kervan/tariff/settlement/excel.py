"""A statement as an Excel workbook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kervan.feed.codes import currency_minor_units
from kervan.tariff.money import Money
from kervan.tariff.settlement.statements import Statement
from kervan.tariff.settlement.wording import (
    BALANCE_HEADINGS,
    KIND_WORDS,
    balance_rows,
    facts,
    line_reference,
    named,
    outcome,
    rate_rows,
)

_FILL = "FFDDE5EE"


def write_excel(statement: Statement, names: Mapping[str, str], corridor: str, path: Path) -> None:
    """Write a statement as a workbook of four sheets: statement, lines, counterparties, rates.

    Parameters
    ----------
    statement
        The statement.
    names
        Members' names by key.
    corridor
        Title of the corridor.
    path
        Name of the file.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = _page(book, "Statement", (24, 20, 20, 20, 20, 20))
    page.append([_cell(page, f"Statement of {statement.month}", bold=True, size=14)])
    page.append([])
    for label, text in facts(statement, names, corridor):
        page.append([_cell(page, label, bold=True), _cell(page, text)])
    page.append([])
    page.append([_cell(page, heading, heading=True) for heading in BALANCE_HEADINGS])
    for code, *minors in balance_rows(statement):
        page.append([_cell(page, code), *(_money(page, minor, code) for minor in minors)])
    page.append([])
    for sentence in outcome(statement, names):
        page.append([_cell(page, sentence)])

    page = _page(book, "Lines", (12, 24, 26, 40, 10, 18))
    page.freeze_panes = "A2"
    page.auto_filter.ref = f"A1:F{len(statement.lines) + 1}"
    titles = ("Day", "What", "Transport", "Counterparty", "Currency", "Amount")
    page.append([_cell(page, title, heading=True) for title in titles])
    for line in statement.lines:
        page.append(
            [
                _cell(page, line.day, number_format="yyyy-mm-dd"),
                KIND_WORDS[line.kind],
                _cell(page, line_reference(line)),
                _cell(page, named(line.counterparty_id, names)),
                line.currency,
                _money(page, line.minor, line.currency),
            ]
        )

    page = _page(book, "Counterparties", (50, 10, 18))
    page.append([_cell(page, title, heading=True) for title in ("Counterparty", "Currency", "Due")])
    for (other, code), minor in statement.by_counterparty.items():
        page.append([_cell(page, named(other, names)), code, _money(page, minor, code)])

    page = _page(book, "Rates of exchange", (10, 40, 16, 14, 24))
    headings = ("Currency", "Pair", "Rate", "Day", "Source")
    page.append([_cell(page, title, heading=True) for title in headings])
    for row in rate_rows(statement):
        page.append([_cell(page, text) for text in row])
    book.save(path)


def _page(book: Any, title: str, widths: tuple[int, ...]) -> Any:
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(title)
    for k, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(k)].width = width
    page.page_setup.orientation, page.page_setup.fitToWidth = "landscape", 1
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    return page


def _cell(
    page: Any,
    value: object,
    *,
    bold: bool = False,
    heading: bool = False,
    size: int | None = None,
    number_format: str | None = None,
) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    if isinstance(value, str):
        value = "".join(letter for letter in value if letter.isprintable())
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text is never a formula
    if bold or heading:
        cell.font = Font(bold=True, size=size)
    if heading:
        cell.fill = PatternFill("solid", fgColor=_FILL)
    if number_format:
        cell.number_format = number_format
    return cell


def _money(page: Any, minor: int, code: str) -> Any:
    digits = currency_minor_units(code)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return _cell(page, Money(minor, code).major, number_format=pattern)

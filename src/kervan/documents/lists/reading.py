"""A manifest or list read: which columns it has, what its rows say, and every problem by its cell.

Rows that are sound are kept; a row with a problem that could put cargo into the wrong unit or
change its mass is left out, named, and its cells are left over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, LeftOver, ReadDocument
from kervan.documents.lists import cells
from kervan.documents.lists.assembly import Row, assemble
from kervan.documents.lists.cells import Cell, CellError
from kervan.documents.lists.columns import put
from kervan.documents.lists.headings import Heading, headings, plain
from kervan.documents.lists.tables import HEADING_ROWS, Position, Sheet, open_list

MOST_PROBLEMS = 1_000
_ANCHORS = frozenset({"container", "wagon", "trailer", "description", "gross_mass", "reference"})
_UNITS = frozenset({"container", "wagon", "trailer"})
_TOTAL = re.compile(
    r"^(итого|всего|total|grand total|sub total|toplam|genel toplam|合计|总计|小计|cemi|yekun)\b"
)
_AMOUNTS = frozenset(
    {
        "position",
        "packages",
        "gross_mass",
        "net_mass",
        "volume",
        "unit_gross",
        "item",
    }
)
"""Columns whose merged cells count once, in their first row; others hold for every row."""


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell, or how it was mended.

    Attributes
    ----------
    sheet, row, column
        Where: the sheet's name, the row from 1, the column's letter.
    heading
        Of its column.
    value
        As it stands.
    message, mending
        What is wrong, and what to do or what was done.
    severity
        With an ``error`` the row is left out; with a ``warning`` it is kept and should be looked
        at.
    """

    sheet: str
    row: int
    column: str
    heading: str
    value: str
    message: str
    mending: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """The problem as a sentence or two."""
        return (
            f"Sheet '{self.sheet}', cell {self.column}{self.row} ({self.heading}): "
            f"'{self.value[:60]}' {self.message} {self.mending}"
        )


@dataclass(frozen=True, slots=True)
class ListReading:
    """What was read of a list.

    Attributes
    ----------
    kind
        ``wagon-list`` where a column has wagons, otherwise ``manifest``.
    consignments
        In the order they begin in.
    problems
        Errors and warnings, in the order of the cells.
    left_over
        What no element of a consignment holds, and the cells of rows left out.
    """

    kind: str
    consignments: tuple[Consignment, ...]
    problems: tuple[CellProblem, ...]
    left_over: tuple[LeftOver, ...]

    @property
    def errors(self) -> tuple[CellProblem, ...]:
        """Problems for which a row was left out."""
        return tuple(p for p in self.problems if p.severity == "error")


def read_list(data: bytes, *, reference: str = "UNNUMBERED") -> ListReading:
    """Read a manifest or a wagon or container list with all its consignments.

    Parameters
    ----------
    data
        A workbook (.xlsx) or CSV.
    reference
        Of the consignment that rows without a number of one belong to.

    Raises
    ------
    DocumentError
        If the file cannot be opened, or no sheet has a row of headings.
    """
    tables = [_Table(sheet) for sheet in open_list(data)]
    if not any(table.columns for table in tables):
        raise DocumentError(
            f"No row of headings was found in the first {HEADING_ROWS} rows of any sheet: at least "
            "two of them must be known, such as 'Container No' and 'Gross weight, kg', "
            "'№ вагона' and 'Наименование груза', '箱号' and '毛重'."
        )
    rows = [row for table in tables for row in table.rows()]
    problems = [problem for table in tables for problem in table.problems]
    consignments, conflicts = assemble(rows, reference)
    for row, column, message, mending in conflicts:
        table = next(t for t in tables if t.sheet.name == row.sheet)
        problems.append(table.conflict(row, column, message, mending))
    left = [entry for table in tables for entry in table.left_over()]
    is_wagons = any("wagon" in table.by_name for table in tables)
    return ListReading(
        "wagon-list" if is_wagons else "manifest",
        consignments,
        tuple(problems[:MOST_PROBLEMS]),
        tuple(left),
    )


def read_manifest(data: bytes, *, reference: str = "UNNUMBERED") -> tuple[Consignment, ...]:
    """Read a manifest or list that has no errors, with all its consignments.

    Raises
    ------
    DocumentError
        As `read_list`, or if a row has an error; the message names the first.
    """
    return _sound(read_list(data, reference=reference)).consignments


def read_one(data: bytes) -> ReadDocument:
    """Read a list of one consignment that has no errors; its kind says which list it is.

    Raises
    ------
    DocumentError
        As `read_manifest`, or if there are several consignments.
    """
    reading = _sound(read_list(data))
    if len(reading.consignments) != 1:
        raise DocumentError(
            f"The list has {len(reading.consignments)} consignments; read them with read_manifest."
        )
    return ReadDocument(reading.kind, "1", reading.consignments[0], reading.left_over)


def _sound(reading: ListReading) -> ListReading:
    if reading.errors:
        more = f" and {len(reading.errors) - 1} more" if len(reading.errors) > 1 else ""
        raise DocumentError(
            f"{reading.errors[0]}{more}. (read_list keeps the rows that are sound.)"
        )
    return reading


@dataclass(slots=True)
class _Table:
    """One sheet: where its headings stand, and what of it has been taken."""

    sheet: Sheet
    columns: dict[int, Heading] = field(default_factory=dict)
    by_name: dict[str, int] = field(default_factory=dict)
    begins: int = 0
    problems: list[CellProblem] = field(default_factory=list)
    taken: set[Position] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)
    last_total: int = 0

    def __post_init__(self) -> None:
        found = _heading_row(self.sheet)
        if found is None:
            return
        first, last, self.columns = found
        self.begins = last + 1
        self.by_name = {meant.column: column for column, meant in self.columns.items()}
        self.taken.update(
            (row, column) for row in range(first, last + 1) for column in self.columns
        )

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table that are sound."""
        if not self.columns:
            return
        self._guess_units()
        filled = dict(self.sheet.rows())
        for number in sorted({*filled, *(row for row, _ in self.sheet.unknown_formulas)}):
            if number < self.begins:
                continue
            present = filled.get(number, {})
            if self._is_no_cargo(number, present):
                continue
            row = self._row(number)
            if row is not None:
                yield row

    def conflict(self, row: Row, column: str, message: str, mending: str) -> CellProblem:
        """Return a problem between rows, at the cell of the later one."""
        at = self.by_name.get(column, 1)
        value = self.sheet.cells.get((row.number, at), "")
        return self._problem(row.number, at, value, message, mending, "warning")

    def left_over(self) -> Iterator[LeftOver]:
        """Yield the cells that were not taken."""
        for (row, column), cell in sorted(self.sheet.cells.items()):
            if (row, column) not in self.taken:
                yield LeftOver(f"sheet '{self.sheet.name}', cell {letter(column)}{row}", str(cell))

    def _is_no_cargo(self, number: int, present: dict[int, Cell]) -> bool:
        """Return whether a row is a total, repeats the headings, or numbers the columns."""
        known = {c: v for c, v in present.items() if c in self.columns}
        if not known:
            return True
        first = present[min(present)]
        is_total = isinstance(first, str) and _TOTAL.match(plain(first)) is not None
        others = set(known) - {min(present)}
        if is_total and not any(self._at(name) in others for name in _UNITS):
            self._check_total(number, known)
            return True
        again = [c for c, v in known.items() if _same_heading(v, self.columns[c])]
        if len(again) >= 2 and len(again) * 2 >= len(known):
            self.taken.update((number, c) for c in again)
            return True
        order = sorted(present)
        is_count = [str(present[c]) for c in order] == [str(n) for n in range(1, len(order) + 1)]
        if is_count and len(order) >= 3:
            self.taken.update((number, c) for c in order)
            return True
        return False

    def _check_total(self, number: int, known: dict[int, Cell]) -> None:
        """Hold a total against the rows above it; what is right is taken."""
        for name in ("packages", "gross_mass", "net_mass", "volume"):
            column = self._at(name)
            if column not in known:
                continue
            unit = self.columns[column].unit
            overall = partial = Decimal(0)
            for row in self.kept:
                cell = self.sheet.cells.get((row, column))
                if cell is not None:
                    amount = cells.number(cell, unit)[0]
                    overall += amount
                    partial += amount if row > self.last_total else 0
            try:
                said, _ = cells.number(known[column], unit)
            except CellError:
                continue
            # A total is of the whole list, or of what stands since the one before it.
            if said in (overall, partial):
                self.taken.add((number, column))
            else:
                self.problems.append(
                    self._problem(
                        number,
                        column,
                        known[column],
                        f"is the total, and the sound rows above add up to {overall:f}.",
                        "Compare the list with its rows.",
                        "warning",
                    )
                )
        self.last_total = number

    def _row(self, number: int) -> Row | None:
        """Return a row, or None where it has an error or nothing that is taken."""
        row = Row(self.sheet.name, number)
        used: set[Position] = set()
        sound = True
        for column, meant in self.columns.items():
            place = (number, column)
            if meant.column not in _AMOUNTS:
                place = self.sheet.merged.get(place, place)
            formula = self.sheet.unknown_formulas.get(place)
            if formula is not None:
                sound = False
                self.problems.append(
                    self._problem(
                        place[0],
                        column,
                        formula,
                        "is a formula whose value the file does not hold.",
                        "Open the workbook in a spreadsheet program and save it.",
                        "error",
                    )
                )
                continue
            cell = self.sheet.cells.get(place)
            if cell is None:
                continue
            try:
                mended = put(row, meant, cell)
            except CellError as error:
                sound = False
                self.problems.append(
                    self._problem(place[0], column, cell, error.message, error.mending, "error")
                )
                continue
            if mended is None:
                continue
            used.add(place)
            if mended:
                self.problems.append(
                    self._problem(place[0], column, cell, mended + ".", "Compare it.", "warning")
                )
        if not sound or not row.says_something:
            return None
        self.taken |= used
        self.kept.add(number)
        return row

    def _at(self, name: str) -> int:
        return self.by_name.get(name, 0)

    def _guess_units(self) -> None:
        """Warn where a column of masses names no unit and its numbers look like tonnes."""
        for name in ("gross_mass", "net_mass", "container_tare", "wagon_tare", "load_limit"):
            column = self._at(name)
            if not column or self.columns[column].unit:
                continue
            seen = [
                cell
                for (row, at), cell in self.sheet.cells.items()
                if at == column and row >= self.begins and isinstance(cell, Decimal)
            ]
            if seen and all(cell < 100 for cell in seen):
                self.problems.append(
                    self._problem(
                        self.begins - 1,
                        column,
                        self.columns[column].wording,
                        "names no unit, and its numbers are as small as tonnes; they were read as "
                        "kg.",
                        "Write the unit into the heading.",
                        "warning",
                    )
                )

    def _problem(
        self,
        row: int,
        column: int,
        value: object,
        message: str,
        mending: str,
        severity: Literal["error", "warning"],
    ) -> CellProblem:
        meant = self.columns.get(column)
        wording = " ".join(meant.wording.split()) if meant else ""
        return CellProblem(
            self.sheet.name,
            row,
            letter(column),
            wording,
            str(value)[:200],
            message,
            mending,
            severity,
        )


def letter(column: int) -> str:
    """Return the letters of a column, ``AB`` for 28."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _heading_row(sheet: Sheet) -> tuple[int, int, dict[int, Heading]] | None:
    """Return first and last row of the headings, and what the columns mean.

    Headings may take two rows, a merged one over the parts of it: *Weight, kg* over *gross* and
    *net*.
    """
    best: tuple[tuple[int, ...], int, int, dict[int, Heading]] | None = None
    for first in [row for row, _ in sheet.rows() if row <= HEADING_ROWS]:
        for last in (first, first + 1):
            texts = _heading_texts(sheet, first, last)
            found = {at + 1: meant for at, meant in headings(texts).items()}
            names = {meant.column for meant in found.values()}
            if len(found) < 2 or not names & _ANCHORS:
                continue
            units = sum(bool(meant.unit) for meant in found.values())
            score = (len(found), units, first - last, -first)
            if best is None or score > best[0]:
                best = (score, first, last, found)
    return best[1:] if best else None


def _heading_texts(sheet: Sheet, first: int, last: int) -> list[list[str]]:
    width = max((c for r, c in sheet.cells if first <= r <= last), default=0)
    texts = []
    for column in range(1, width + 1):
        places = [(row, column) for row in range(first, last + 1)]
        cells_over = (sheet.cells.get(sheet.merged.get(place, place)) for place in places)
        texts.append([str(cell) for cell in cells_over if cell is not None])
    return texts


def _same_heading(cell: Cell, meant: Heading) -> bool:
    return isinstance(cell, str) and plain(cell) in (
        plain(meant.wording),
        plain(meant.wording.split()[-1]),
    )

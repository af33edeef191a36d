"""From raw tables to rows: every cell read, every fault of a single cell told.

Tables are read a few thousand rows at a time and column by column: the loops over cells then run
inside the interpreter's own C code, and a million rows take seconds.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice, repeat
from operator import attrgetter
from typing import Any

from kervan.feed.cells import Cells, Fault, cell_text
from kervan.feed.mending import explain
from kervan.feed.nearest import did_you_mean
from kervan.feed.package import Package, RawTable
from kervan.feed.problems import Findings, Severity
from kervan.feed.schema import Column, TableSchema, schemas

Progress = Callable[[str, int, int, int], None]
"""Told now and then how far a check is: table, rows read, bytes read, bytes there are (0: not
known)."""

# Measured: a batch this small stays in the processor's cache, a larger one is read a fifth slower.
_BATCH = 1024


@dataclass
class ParsedTable:
    """The rows of one table, as far as they could be read.

    Attributes
    ----------
    schema
        Its columns.
    present
        Whether the feed has the table at all.
    rows
        One row object a row of the file; a cell that could not be read is None in it.
    lines
        Line of the file each row stands on.
    unread
        Columns that could not be read, by position in ``rows``.
    missing
        Required columns the table lacks, None in every row.
    """

    schema: TableSchema
    findings: Findings
    present: bool = True
    rows: list[Any] = field(default_factory=list)
    lines: array[int] = field(default_factory=lambda: array("q"))
    unread: dict[int, frozenset[str]] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def sound(self, *columns: str) -> Iterator[tuple[int, Any]]:
        """Yield the line and the row of every row in which the columns named could be read."""
        if not self.missing.isdisjoint(columns):
            return iter(())
        if not self.unread:
            return zip(self.lines, self.rows, strict=True)
        wanted = set(columns)
        return (
            (line, row)
            for k, (line, row) in enumerate(zip(self.lines, self.rows, strict=True))
            if k not in self.unread or self.unread[k].isdisjoint(wanted)
        )

    @cached_property
    def index(self) -> Mapping[Any, int]:
        """Line each key is first given on."""
        key = attrgetter(*self.schema.key)
        if not self.missing.isdisjoint(self.schema.key):
            return {}
        if not self.unread:
            index = dict(zip(map(key, self.rows), self.lines, strict=True))
            if len(index) == len(self.rows):
                return index
        index = {}
        for line, row in self.sound(*self.schema.key):
            index.setdefault(key(row), line)
        return index

    def by_key(self) -> dict[Any, Any]:
        """Return the rows by key."""
        key = attrgetter(*self.schema.key)
        return {key(row): row for _, row in self.sound(*self.schema.key)}

    def problem(
        self,
        rule: str,
        line: int | None,
        column: str | None,
        value: Any,
        message: str,
        mending: str,
        severity: Severity = "error",
    ) -> None:
        """Tell of a problem; the value is written as it stands in the file."""
        if column is not None and value is not None and not isinstance(value, str):
            value = cell_text(self.schema.column(column), value)
        self.findings.add(
            rule,
            message,
            mending,
            table=self.schema.name,
            row=line,
            column=column,
            value=value,
            severity=severity,
        )

    def warn(
        self, rule: str, line: int | None, column: str | None, value: Any, message: str, mend: str
    ) -> None:
        """Tell of something that does not keep the feed from being read."""
        self.problem(rule, line, column, value, message, mend, "warning")


class Tables:
    """All tables of a feed, parsed; a table the feed lacks is there, empty."""

    def __init__(self, parsed: Mapping[str, ParsedTable], findings: Findings) -> None:
        self._parsed = {
            name: parsed.get(name) or ParsedTable(schema, findings, present=False)
            for name, schema in schemas().items()
        }

    def __getitem__(self, name: str) -> ParsedTable:
        return self._parsed[name]

    def __iter__(self) -> Iterator[ParsedTable]:
        return iter(self._parsed.values())


def parse_package(package: Package, findings: Findings, progress: Progress | None = None) -> Tables:
    """Read every table of a package, adding what is wrong with its cells to the findings."""
    parsed = {
        name: parse_table(raw, schemas()[name], findings, progress)
        for name, raw in package.tables.items()
    }
    return Tables(parsed, findings)


def parse_table(
    raw: RawTable, schema: TableSchema, findings: Findings, progress: Progress | None = None
) -> ParsedTable:
    """Read one table, adding what is wrong with its cells to the findings."""
    table = ParsedTable(schema, findings)
    records = raw.records(findings)
    first = next(records, None)
    if first is None:
        table.missing.update(column.name for column in schema.columns if column.required)
        if not findings.has_error_in(schema.name):
            table.problem(
                "empty-table",
                None,
                None,
                None,
                f"{raw.label} is empty: not even the names of the columns are there.",
                "Write the header row, or remove the file.",
            )
        return table
    line, header = first
    positions = _positions(table, line, [name.strip() for name in header])
    cells = {column.name: Cells(column) for column in schema.columns if column.name in positions}
    while batch := list(islice(records, _BATCH)):
        lines, rows = zip(*batch, strict=True)
        texts = list(zip(*_level(table, lines, rows, len(header)), strict=True))
        start = len(table.rows)
        table.lines.extend(lines)
        table.rows.extend(map(object.__new__, repeat(schema.row_type, len(lines))))
        fresh = table.rows[start:]
        for column in schema.columns:
            values: list[Any] | repeat[Any]
            if column.name in positions:
                known = cells[column.name]
                text = texts[positions[column.name]]
                values = known.values(text)
                if known.faulty:
                    _tell_faults(table, column, start, text, values)
            else:
                values = repeat(column.default, len(lines))
            # Frozen rows are filled through their slots, a column at a time: calling the
            # dataclass for each of a million rows would cost more than all the rest.
            fill = schema.row_type.__dict__[column.name].__set__
            deque(map(fill, fresh, values), maxlen=0)
        if progress is not None:
            progress(schema.name, len(table.rows), raw.position(), raw.size)
    return table


def _positions(table: ParsedTable, line: int, header: list[str]) -> dict[str, int]:
    """Return where each column stands, and tell of columns missing, doubled or unknown."""
    names = [column.name for column in table.schema.columns]
    positions: dict[str, int] = {}
    for k, name in enumerate(header):
        if name in positions:
            table.problem(
                "duplicate-column",
                line,
                name,
                name,
                f"The column {name} is there twice.",
                "Remove one of them; the first was read.",
            )
        elif name in names:
            positions[name] = k
        elif name:
            absent = [known for known in names if known not in header]
            table.problem(
                "unknown-column",
                line,
                None,
                name,
                f"{table.schema.name} has no column '{name}'.",
                did_you_mean(name, absent, "Rename or remove it: nothing of it would be read."),
            )
        else:
            table.warn(
                "unnamed-column",
                line,
                None,
                None,
                f"Column {k + 1} has no name and was not read.",
                "Remove it, or name it; a stray comma at the end of the header also does this.",
            )
    for column in table.schema.columns:
        if column.required and column.name not in positions:
            table.missing.add(column.name)
            table.problem(
                "missing-column",
                line,
                column.name,
                None,
                f"The required column {column.name} is missing: {column.description}",
                "Add it to the header, and its value to every row.",
            )
    return positions


def _level(
    table: ParsedTable, lines: tuple[int, ...], rows: tuple[list[str], ...], width: int
) -> tuple[list[str], ...] | list[list[str]]:
    """Return the rows cut or filled to the width of the header, telling of those that were not."""
    if set(map(len, rows)) == {width}:
        return rows
    level = []
    for line, row in zip(lines, rows, strict=True):
        if len(row) < width or any(row[width:]):
            table.problem(
                "ragged-row",
                line,
                None,
                None,
                f"The row has {len(row)} cells, the header {width}.",
                'Add or remove commas; put a cell that holds a comma in quotation marks ("…").',
            )
        level.append(row[:width] + [""] * (width - len(row)))
    return level


def _tell_faults(
    table: ParsedTable, column: Column, start: int, texts: tuple[str, ...], values: list[Any]
) -> None:
    """Tell of the cells that could not be read and put None in their place."""
    for k, value in enumerate(values):
        if type(value) is not Fault:
            continue
        values[k] = None
        table.unread[start + k] = _with(table.unread.get(start + k), column.name)
        if table.findings.only_counts(value.rule, table.schema.name, column.name):
            table.findings.count(value.rule, table.schema.name, column.name, 1)
            continue
        message, mending = explain(column, value.rule, texts[k])
        shown = texts[k].strip() or None
        table.problem(value.rule, table.lines[start + k], column.name, shown, message, mending)


@lru_cache(maxsize=4096)
def _with(names: frozenset[str] | None, name: str) -> frozenset[str]:
    # Shared, because a column that is wrong throughout would make one for each of a million rows.
    return (names or frozenset()) | {name}

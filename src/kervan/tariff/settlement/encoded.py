"""A table of text as codes: each column's different values once, and which of them a row has.

Values are read and checked once each, however many rows have them, so that a million transports
cost little more than their different values; and a fault still names the row it stands in.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.nearest import did_you_mean
from kervan.tariff.settlement.columns import COLUMNS, NAMES, parquet

TOLD_AT_MOST = 5
"""Faults told in full; the rest are counted."""

NONE = -1
"""Code of a blank cell."""

_BATCH = 1024

Value = TypeVar("Value")


class TransportsError(InvalidRequestError):
    """A table of performed transports has faults; ``faults`` lists them, row and field first."""

    def __init__(self, label: str, faults: Sequence[str], more: int = 0) -> None:
        self.faults = tuple(faults)
        count = len(self.faults) + more
        told = "\n".join(f"  {fault}" for fault in self.faults[:TOLD_AT_MOST])
        left = count - min(len(self.faults), TOLD_AT_MOST)
        super().__init__(
            f"{label} has {count} fault{'s' if count != 1 else ''}:\n{told}"
            + (f"\n  and {left} more" if left else "")
        )


class Faults:
    """The faults of one table, gathered.

    Parameters
    ----------
    label
        Name of the table, for the message.
    first_row
        Number of its first row: 2 below a header line, else 1.
    """

    def __init__(self, label: str, first_row: int = 2) -> None:
        self.label, self.first_row = label, first_row
        self._told: list[tuple[int, str]] = []
        self._more = 0

    def add(self, row: int | np.integer[Any], field: str, message: str) -> None:
        """Tell of a fault in a row, counted from 0."""
        if len(self._told) < TOLD_AT_MOST * 20:
            number = int(row) + self.first_row
            self._told.append((number, f"row {number}, {field}: {message}"))
        else:
            self._more += 1

    def add_all(self, rows: Iterable[int], field: str, message: str) -> None:
        """Tell of the same fault in several rows."""
        for row in rows:
            self.add(row, field, message)

    def refuse(self) -> None:
        """Raise what has been told, in the order of the rows.

        Raises
        ------
        TransportsError
            If anything has.
        """
        if self._told:
            raise TransportsError(self.label, [text for _, text in sorted(self._told)], self._more)


@dataclass(frozen=True)
class Encoded:
    """One column.

    Attributes
    ----------
    codes
        Which value each row has, −1 where it is blank; shape (rows,).
    values
        The different values.
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def parsed(
        self,
        read: Callable[[str], Value],
        default: Value,
        dtype: Any,
        faults: Faults,
        field: str,
    ) -> NDArray[Any]:
        """Return what each row's value reads as; shape (rows,).

        ``read`` raises ``ValueError`` with what was expected; every row that has such a value is
        then told of.
        """
        out = np.empty(len(self.values) + 1, dtype)
        out[-1] = default
        for code, value in enumerate(self.values):
            try:
                out[code] = read(value)
            except (ValueError, OverflowError) as error:
                out[code] = default
                rows = np.flatnonzero(self.codes == code)
                faults.add_all(rows, field, f"'{value}' {error}")
        return out[self.codes]

    def text(self, row: int | np.integer[Any]) -> str:
        """Return the value of a row, empty where it is blank."""
        code = int(self.codes[row])
        return "" if code < 0 else self.values[code]


@dataclass(frozen=True)
class EncodedTable:
    """A table of performed transports as it stands in the file.

    Attributes
    ----------
    label
        Its name, for messages.
    first_row
        Number of its first row.
    rows
        How many it has.
    columns
        Every column of :data:`~kervan.tariff.settlement.columns.COLUMNS`.
    """

    label: str
    first_row: int
    rows: int
    columns: Mapping[str, Encoded]

    def __getitem__(self, name: str) -> Encoded:
        return self.columns[name]


def encode(rows: Iterable[Mapping[str, object]], label: str = "transports") -> EncodedTable:
    """Encode rows in memory."""
    lists: dict[str, list[str]] = {name: [] for name in NAMES}
    for row in rows:
        for name, cells in lists.items():
            value = row.get(name)
            cells.append("" if value is None else str(value).strip())
    count = len(lists[NAMES[0]])
    return EncodedTable(label, 2, count, {name: _encode(lists[name]) for name in NAMES})


def read_encoded(path: Path) -> EncodedTable:
    """Read a table of performed transports, ``.csv`` or ``.parquet``.

    Raises
    ------
    TransportsError
        If a column is missing or unknown.
    InvalidRequestError
        If it cannot be read as such a table at all.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise InvalidRequestError(
            f"'{path.name}' is no table of transports; name a file in .csv or .parquet."
        )
    try:
        return _parquet(path) if suffix == ".parquet" else _csv(path)
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be read: {error.strerror or error}. Name a table of performed "
            "transports."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidRequestError(
            f"{path.name} is no CSV in UTF-8 ({error}); save it as 'CSV UTF-8'."
        ) from error


def _encode(cells: Sequence[str]) -> Encoded:
    values = _Codes()
    codes = np.fromiter(map(values.__getitem__, cells), np.int32, len(cells))
    return Encoded(codes, tuple(values.known))


def _check_names(names: Sequence[str], label: str) -> None:
    wrong = []
    for name in names:
        if name not in NAMES:
            absent = [known for known in NAMES if known not in names]
            wrong.append(
                f"row 1, {name or 'a column without a name'}: there is no such column. "
                + did_you_mean(name, absent, "Rename or remove it.")
            )
    wrong += [
        f"row 1, {column.name}: the column is missing. {column.description}"
        for column in COLUMNS
        if column.required and column.name not in names
    ]
    wrong += [
        f"row 1, {name}: the column is there twice. Remove one of them."
        for name in NAMES
        if names.count(name) > 1
    ]
    if wrong:
        raise TransportsError(label, wrong)


def _csv(path: Path) -> EncodedTable:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = [name.strip() for name in next(reader, [])]
        _check_names(header, path.name)
        known = [_Codes() for _ in header]
        codes = [array("i") for _ in header]
        width, row, blank = len(header), 2, 0
        wrong: list[str] = []
        while batch := list(islice(reader, _BATCH)):
            if blank or set(map(len, batch)) != {width}:
                batch, blank = _level(batch, width, row, blank, wrong)
            row += _BATCH
            # A column at a time, so that the loop over cells runs inside the interpreter.
            for values, column, cells in zip(known, codes, zip(*batch, strict=True), strict=False):
                column.extend(map(values.__getitem__, cells))
        if wrong:
            raise TransportsError(path.name, wrong)
    rows = len(codes[0]) if codes else 0
    columns = {
        name: Encoded(np.array(column, np.int32), tuple(values.known))
        for name, values, column in zip(header, known, codes, strict=True)
    }
    return EncodedTable(path.name, 2, rows, _filled(columns, rows))


class _Codes(dict[str, int]):
    """The code of each text of a column, new ones counted on; blank is −1."""

    def __init__(self) -> None:
        super().__init__({"": NONE})
        self.known: dict[str, int] = {}

    def __missing__(self, text: str) -> int:
        value = text.strip()
        code = self.known.setdefault(value, len(self.known)) if value else NONE
        self[text] = code
        return code


def _level(
    batch: list[list[str]], width: int, row: int, blank: int, wrong: list[str]
) -> tuple[list[list[str]], int]:
    """Return the rows of the right width, and a blank row that may yet turn out to be the last."""
    level = []
    for number, cells in enumerate(batch, row):
        if not any(cells):
            blank = blank or number
            continue
        if blank:
            wrong.append(f"row {blank}, all: it is blank. Remove it.")
            blank = 0
        if len(cells) != width:
            wrong.append(
                f"row {number}, all: it has {len(cells)} cells, the header {width}. Add or remove "
                "commas."
            )
            continue
        level.append(cells)
    return level, blank


def _parquet(path: Path) -> EncodedTable:
    arrow = parquet()
    try:
        file = arrow.parquet.ParquetFile(path)
    except arrow.ArrowInvalid as error:
        raise InvalidRequestError(f"{path.name} is no Parquet file ({error}).") from error
    _check_names(file.schema_arrow.names, path.name)
    rows = file.metadata.num_rows
    columns = {}
    for name in file.schema_arrow.names:
        # One column at a time: the table as text would take gigabytes.
        column = file.read([name]).column(0)
        if not arrow.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        column = column.unify_dictionaries().combine_chunks()
        if isinstance(column, arrow.ChunkedArray):
            column = column.chunk(0) if column.num_chunks else arrow.array([], column.type)
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
        values = [_cell(value) for value in column.dictionary.to_pylist()]
        columns[name] = _merged(codes, values)
    return EncodedTable(path.name, 1, rows, _filled(columns, rows))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return str(value).strip()


def _merged(codes: NDArray[np.int32], values: Sequence[str]) -> Encoded:
    """Return a column whose values are different and not blank, whatever the file had."""
    known = _Codes()
    new = [known[value] for value in values]
    if new != list(range(len(new))):
        codes = np.array([*new, NONE], np.int32)[codes]
    return Encoded(codes, tuple(known.known))


def _filled(columns: dict[str, Encoded], rows: int) -> dict[str, Encoded]:
    blank = Encoded(np.full(rows, NONE, np.int32), ())
    return {name: columns.get(name, blank) for name in NAMES}

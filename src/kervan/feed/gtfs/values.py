"""Cells of GTFS files as values, and the columns that were looked at.

Formats as the GTFS Schedule reference gives them (https://gtfs.org/documentation/schedule/reference):
``HH:MM:SS`` with hours past 24, dates as ``YYYYMMDD``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date

from kervan.feed.gtfs.files import Row, Table
from kervan.feed.gtfs.report import Tally

Cell = Callable[[Row], str]
BLANK = -1
"""A time that is not given."""

_TIME = re.compile(r"(\d{1,3}):([0-5]?\d):([0-5]\d)")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


class Columns:
    """The columns of a table that an import uses; the others are counted when it is done."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._used: set[str] = set()

    def __call__(self, column: str, *, required: bool = False) -> Cell:
        """Return how to take a column's cell from a row, stripped; blank where there is none.

        Raises
        ------
        FeedError
            If the column is required and lacking.
        """
        place = self._table.index(column, required=required)
        self._used.add(column)
        if place is None:
            return _blank
        at = place
        return lambda row: row[at].strip()

    def tell_unused(self, tally: Tally) -> None:
        """Count the columns nobody asked for."""
        for column in self._table.columns:
            if column and column not in self._used:
                tally.add("columns_not_read", f"{self._table.name}: {column}")


def _blank(_: Row) -> str:
    return ""


def plain(text: str) -> str:
    """Return a text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Times:
    """Reads times, each different text once."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {"": BLANK}

    def seconds(self, text: str, table: Table, column: str) -> int:
        """Return ``HH:MM:SS`` in seconds, :data:`BLANK` for a blank cell.

        Raises
        ------
        FeedError
            If it is no time.
        """
        known = self._known.get(text)
        if known is not None:
            return known
        found = _TIME.fullmatch(text)
        if found is None:
            raise table.problem(
                f"{column} is {text!r}, not a time; expected HH:MM:SS such as 08:05:00, or "
                "25:10:00 for ten past one on the next day."
            )
        hours, minutes, seconds = (int(part) for part in found.groups())
        self._known[text] = 3600 * hours + 60 * minutes + seconds
        return self._known[text]


def day(text: str, table: Table, column: str) -> int:
    """Return ``YYYYMMDD`` as :meth:`datetime.date.toordinal` numbers days.

    Raises
    ------
    FeedError
        If it is no day.
    """
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return date(*(int(part) for part in found.groups())).toordinal()
    except ValueError:
        pass
    raise table.problem(f"{column} is {text!r}, not a day; expected YYYYMMDD such as 20261201.")


def whole(
    text: str, table: Table, column: str, *, blank: int | None = None, most: int = 2**31 - 1
) -> int:
    """Return a whole number from 0 to ``most``; ``blank`` where the cell is blank.

    Raises
    ------
    FeedError
        If it is none, or blank and ``blank`` is None.
    """
    if not text and blank is not None:
        return blank
    if text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= most:
        return int(text)
    raise table.problem(f"{column} is {text!r}; expected a whole number from 0 to {most}.")


def number(text: str, table: Table, column: str) -> float:
    """Return a number, NaN where the cell is blank.

    Raises
    ------
    FeedError
        If it is none.
    """
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        raise table.problem(f"{column} is {text!r}; expected a number such as 12.5.")
    return value


def known(key: str, keys: Mapping[str, object], table: Table, column: str, other: str) -> None:
    """Refuse a reference to a row that does not exist.

    Raises
    ------
    FeedError
        If ``keys`` lacks the key; ``other`` is the file that should have it.
    """
    if key not in keys:
        raise table.problem(
            f"{column} {key!r} is not in {other}; add it there, or correct this row."
        )


def new(key: str, keys: Mapping[str, object], table: Table, column: str) -> None:
    """Refuse a key that is blank or stands in the file already.

    Raises
    ------
    FeedError
        If it is.
    """
    if not key:
        raise table.problem(f"{column} is blank; every row needs its own.")
    if key in keys:
        raise table.problem(f"{column} {key!r} stands in an earlier row too; keep one of them.")

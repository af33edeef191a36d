"""A table of a feed in memory as rows of text, as it would be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

from kervan.feed.cells import cell_text
from kervan.feed.package import Package
from kervan.feed.problems import Findings
from kervan.feed.schema import TableSchema, schemas
from kervan.feed.tables import Feed


class MemoryTable:
    """A table of a feed that is in memory already."""

    size = 0

    def __init__(self, schema: TableSchema, rows: Sequence[Any]) -> None:
        self.name = schema.name
        self.label = f"the table {schema.name}"
        self._schema = schema
        self._rows = rows

    def position(self) -> int:
        """Return 0: nothing is read from anywhere."""
        return 0

    def records(self, findings: Findings) -> Iterator[tuple[int, list[str]]]:
        """Yield the number a row would have in the file, and its cells; header first."""
        del findings
        yield from enumerate(text_rows(self._schema, self._rows), 1)


def text_rows(schema: TableSchema, rows: Iterable[Any]) -> Iterator[list[str]]:
    """Yield the header, then the cells of each row, as text.

    Raises
    ------
    FeedError
        If a value has no text that reads back as the same.
    """
    yield [column.name for column in schema.columns]
    columns = [(column, attrgetter(column.name)) for column in schema.columns]
    for row in rows:
        yield [cell_text(column, value_of(row)) for column, value_of in columns]


def package_of(feed: Feed) -> Package:
    """Return a feed in memory as an open package."""
    package = Package(label=f"the feed '{feed.info.name}'")
    for name, schema in schemas().items():
        package.tables[name] = MemoryTable(schema, feed.table(name))
    return package

"""Keys: given once, and found wherever they are referred to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from operator import attrgetter
from typing import Any

from kervan.feed.codes import countries
from kervan.feed.nearest import did_you_mean
from kervan.feed.parse import ParsedTable, Tables

_SUBJECT_TABLES = {
    "place": "places",
    "link": "links",
    "border_crossing": "border_crossings",
    "service": "services",
}


def duplicates(tables: Tables) -> None:
    """A key is given once."""
    for table in tables:
        if len(table.index) == len(table.rows):
            continue
        names = table.schema.key
        key_of = attrgetter(*names)
        for line, row in table.sound(*names):
            key = key_of(row)
            first = table.index[key]
            if first != line:
                table.problem(
                    "duplicate-key",
                    line,
                    names[-1],
                    getattr(row, names[-1]),
                    f"The key {_written(table, row)} is already on row {first}.",
                    "Remove one of the two rows, or give this one another key.",
                )


def _written(table: ParsedTable, row: Any) -> str:
    return ", ".join(f"{name} {getattr(row, name)}" for name in table.schema.key)


def references(tables: Tables) -> None:
    """A key that is referred to exists."""
    for table in tables:
        for column in table.schema.columns:
            if column.references is None or not table.rows:
                continue
            target = tables[column.references[0]]
            if not target.missing.isdisjoint(target.schema.key):
                continue
            for line, value in _unknown(table, column.name, target.index.keys()):
                _dangling(table, line, column.name, value, target)


def relations(tables: Tables) -> None:
    """The ends of a relation are places of the feed, countries, or anywhere."""
    zones = {f"@{row.zone_id}" for _, row in tables["zones"].sound("zone_id")}
    anywhere = tables["places"].index.keys() | countries().keys()
    for line, value in _unknown(tables["zones"], "member", anywhere):
        _dangling(tables["zones"], line, "member", value, tables["places"])
    known = anywhere | zones | {"*"}
    for name in ("tariff_items", "surcharges", "demand", "published_figures"):
        table = tables[name]
        for column in ("origin", "destination"):
            for line, value in _unknown(table, column, known):
                if value.startswith("@"):
                    _dangling(table, line, column, value, tables["zones"])
                elif len(value) == 2:
                    table.problem(
                        "unknown-country",
                        line,
                        column,
                        value,
                        f"'{value}' is not an ISO 3166-1 alpha-2 country code.",
                        "Use a country code like KZ, a place like KZAAU, or '*'.",
                    )
                else:
                    _dangling(table, line, column, value, tables["places"])


def closure_subjects(tables: Tables) -> None:
    """What a closure shuts exists in the table its subject names."""
    closures = tables["closures"]
    for line, row in closures.sound("subject", "subject_id"):
        target = tables[_SUBJECT_TABLES[row.subject]]
        if row.subject_id not in target.index:
            _dangling(closures, line, "subject_id", row.subject_id, target)


def _unknown(table: ParsedTable, column: str, known: Collection[str]) -> Iterator[tuple[int, str]]:
    values = set(map(attrgetter(column), table.rows))
    values.discard(None)
    unknown = values.difference(known)
    if not unknown:
        return
    for line, row in table.sound(column):
        value = getattr(row, column)
        if value in unknown:
            yield line, value


def _dangling(table: ParsedTable, line: int, column: str, value: str, target: ParsedTable) -> None:
    if table.findings.only_counts("dangling-reference", table.schema.name, column):
        table.findings.count("dangling-reference", table.schema.name, column, 1)
        return
    name = target.schema.name
    if not target.present:
        message = f"The feed has no table {name}, so '{value}' refers to nothing."
        mending = f"Add {name}.csv."
    else:
        message = f"There is no '{value}' in {name}."
        mending = did_you_mean(value, target.index, f"Add it to {name}, or refer to one there.")
    table.problem("dangling-reference", line, column, value, message, mending)

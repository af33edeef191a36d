"""The columns of every table, read off the row classes of :mod:`kervan.feed.tables`."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from kervan.feed.tables import ROW_TYPES

Kind = Literal["text", "integer", "number", "decimal", "boolean", "date", "time"]

# The annotations are strings, and comparing strings is a hundred times quicker than evaluating
# them, which matters for a command that only prints its help.
_KINDS: Mapping[str, Kind] = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "Decimal": "decimal",
    "bool": "boolean",
    "date": "date",
    "MinuteOfDay": "time",
}

_UNITS: Mapping[str, str] = {
    "_hours": "h",
    "_km": "km",
    "_kg": "kg",
    "_mm": "mm",
    "_deg": "degrees",
    "_teu": "TEU",
    "_wagons": "wagons",
    "_day": "days",
    "_usd": "USD",
    "_teu_per_year": "TEU a year",
    "_tonnes_per_year": "t a year",
    "_trains_per_day": "trains a day",
    "departures_per_week": "departures a week",
    "wtw_g_co2e_per_basis": "g CO2e a basis unit",
    "tonnes": "t",
    "teu": "TEU",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    table, name
        Where it stands.
    kind
        What a cell of it holds.
    many
        Whether a cell holds several values, separated by semicolons.
    required
        Whether the column must be there and no cell of it may be blank.
    default
        Value of a blank cell; ``None`` also where the column is required.
    unit
        Unit of a number, None where it has none.
    description, references, choices, minimum, maximum, pattern, code
        As declared by :func:`kervan.feed.tables.column`; ``references`` is a pair of table and
        column.
    """

    table: str
    name: str
    kind: Kind
    many: bool
    required: bool
    default: Any
    unit: str | None
    description: str
    references: tuple[str, str] | None
    choices: tuple[str, ...] | None
    minimum: float | None
    maximum: float | None
    pattern: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table: its name, row class, key and columns, in the order they are written."""

    name: str
    row_type: type[Any]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        KeyError
            If the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@lru_cache(maxsize=1)
def schemas() -> Mapping[str, TableSchema]:
    """Return the schema of every table, in the order the tables are written."""
    return MappingProxyType({name: _schema(name, row) for name, row in ROW_TYPES.items()})


def schema(table: str) -> TableSchema:
    """Return the schema of one table.

    Raises
    ------
    KeyError
        If there is no table of that name.
    """
    return schemas()[table]


def _schema(name: str, row_type: type[Any]) -> TableSchema:
    return TableSchema(
        name=name,
        row_type=row_type,
        key=row_type.KEY,
        columns=tuple(_column(name, field) for field in dataclasses.fields(row_type)),
        description=inspect.cleandoc(row_type.__doc__ or ""),
    )


def _column(table: str, field: dataclasses.Field[Any]) -> Column:
    annotation = str(field.type).removesuffix(" | None")
    many = annotation.startswith("tuple[")
    if many:
        annotation = annotation.removeprefix("tuple[").removesuffix(", ...]")
    required = field.default is dataclasses.MISSING
    declared = field.metadata
    references = declared["references"]
    return Column(
        table=table,
        name=field.name,
        kind=_KINDS[annotation],
        many=many,
        required=required,
        default=None if required else field.default,
        unit=_unit(field.name, _KINDS[annotation]),
        description=declared["description"],
        references=None if references is None else tuple(references.split(".")),
        choices=declared["choices"],
        minimum=declared["minimum"],
        maximum=declared["maximum"],
        pattern=declared["pattern"],
        code=declared["code"],
    )


def _unit(name: str, kind: Kind) -> str | None:
    if kind not in ("integer", "number", "decimal"):
        return None
    endings = (ending for ending in _UNITS if name.endswith(ending))
    longest = max(endings, key=len, default=None)
    return None if longest is None else _UNITS[longest]

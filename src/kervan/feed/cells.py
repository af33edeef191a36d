"""From the text of a cell to its value, and back.

A cell that cannot be read becomes a :class:`Fault` that only names the rule it breaks. The words
for it, and what to do about it, are found by :mod:`kervan.feed.mending` when the problem is
listed: a file with a million bad cells needs a million faults but only a page of words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from kervan.errors import FeedError
from kervan.feed.codes import countries, currencies
from kervan.feed.schema import Column
from kervan.feed.tables import MinuteOfDay
from kervan.feed.zones import zone_names


class Fault:
    """What a cell that cannot be read is held as: the rule it breaks."""

    __slots__ = ("rule",)

    def __init__(self, rule: str) -> None:
        self.rule = rule


BLANK = Fault("required")
NO_TYPE = Fault("type")
OUT_OF_RANGE = Fault("range")
NO_CHOICE = Fault("choice")
NO_PATTERN = Fault("pattern")
NO_CODE = Fault("code")
EMPTY_ITEM = Fault("empty-item")
CONTROL_CHARACTER = Fault("control-character")
SPREADSHEET_ERROR = Fault("spreadsheet-error")

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPREADSHEET_ERRORS = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "########")
)

_REMEMBERED = 1 << 16
_ENOUGH_TO_TELL = 1000

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_BOOLEANS = {"true": True, "false": False}


class Cells:
    """Reads the cells of one column, a batch at a time, each distinct text once.

    A column of a million rows rarely holds a million texts, and looking a text up is much quicker
    than reading it. Where nearly every text is new, as in a column of keys, looking up is given
    up; and what is remembered is forgotten now and then, so that memory stays bounded.

    Attributes
    ----------
    faulty
        Whether the last batch may hold a :class:`Fault`; False means that it holds none.
    """

    __slots__ = ("_distinct", "_known", "_read", "faulty")

    def __init__(self, column: Column) -> None:
        self._read = cell_reader(column)
        self._known = _Known(self._read)
        self._distinct = False
        self.faulty = False

    def values(self, texts: Sequence[str]) -> list[Any]:
        """Return the value of each cell, or its :class:`Fault`."""
        if self._distinct:
            values = list(map(self._read, texts))
            self.faulty = Fault in set(map(type, values))
            return values
        known = self._known
        if len(known) > _REMEMBERED:
            known.clear()
            known.faulty = False
        before = len(known)
        values = list(map(known.__getitem__, texts))
        self.faulty = known.faulty
        if len(texts) >= _ENOUGH_TO_TELL and len(known) - before > len(texts) // 2:
            self._distinct = True
            self._known = _Known(self._read)
        return values


class _Known(dict[str, Any]):
    """Values by text, read when first asked for."""

    __slots__ = ("_read", "faulty")

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read
        self.faulty = False

    def __missing__(self, text: str) -> Any:
        value = self._read(text)
        if type(value) is Fault:
            self.faulty = True
        self[text] = value
        return value


def cell_reader(column: Column) -> Callable[[str], Any]:
    """Return a function from the text of a cell to its value, or to a :class:`Fault`."""
    one = _one_reader(column)
    many, required, default = column.many, column.required, column.default

    def read(text: str) -> Any:
        text = text.strip()
        if not text:
            return BLANK if required else default
        if not text.isprintable():  # the quick question first: hardly any text is not
            if CONTROL.search(text):
                return CONTROL_CHARACTER
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        if text[0] == "#" and text in SPREADSHEET_ERRORS:
            return SPREADSHEET_ERROR
        if not many:
            return one(text)
        values = []
        for item in text.split(";"):
            value = one(item.strip()) if item.strip() else EMPTY_ITEM
            if type(value) is Fault:
                return value
            values.append(value)
        return tuple(values)

    return read


def codes_of(code: str) -> Collection[str]:
    """Return the members of a code list named in :func:`kervan.feed.tables.column`.

    Raises
    ------
    KeyError
        If there is no list of that name.
    """
    return _CODES[code]()


_CODES: dict[str, Callable[[], Collection[str]]] = {
    "country": lambda: countries().keys(),
    "currency": lambda: currencies().keys(),
    "timezone": zone_names,
}


def _one_reader(column: Column) -> Callable[[str], Any]:
    if column.kind == "text":
        return _text_reader(column)
    read = _TYPE_READERS[column.kind]
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return read

    def within(text: str) -> Any:
        value = read(text)
        if type(value) is Fault:
            return value
        if (low is not None and value < low) or (high is not None and value > high):
            return OUT_OF_RANGE
        return value

    return within


def _text_reader(column: Column) -> Callable[[str], Any]:
    if column.choices is not None:
        choices = frozenset(column.choices)
        return lambda text: text if text in choices else NO_CHOICE
    if column.code is not None:
        name = column.code
        return lambda text: text if text in codes_of(name) else NO_CODE
    if column.pattern is not None:
        matches = re.compile(column.pattern, re.ASCII).fullmatch
        return lambda text: text if matches(text) else NO_PATTERN
    return lambda text: text


def _integer(text: str) -> int | Fault:
    return int(text) if _INTEGER.fullmatch(text) else NO_TYPE


def _number(text: str) -> float | Fault:
    if not _NUMBER.fullmatch(text):
        return NO_TYPE
    value = float(text)
    return value if abs(value) != float("inf") else OUT_OF_RANGE


def _decimal(text: str) -> Decimal | Fault:
    return Decimal(text) if _DECIMAL.fullmatch(text) else NO_TYPE


def _boolean(text: str) -> bool | Fault:
    return _BOOLEANS.get(text.lower(), NO_TYPE)


def _date(text: str) -> date | Fault:
    if not _DATE.fullmatch(text):
        return NO_TYPE
    try:
        return date.fromisoformat(text)
    except ValueError:
        return NO_TYPE


def _time(text: str) -> MinuteOfDay | Fault:
    if not _TIME.fullmatch(text):
        return NO_TYPE
    return MinuteOfDay(int(text[:2]) * 60 + int(text[3:]))


_TYPE_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "time": _time,
}


def cell_text(column: Column, value: Any) -> str:
    """Return the text a value is written as: the shortest that reads back as the same value.

    Raises
    ------
    FeedError
        If no text reads back as the value: a control character, an item with a semicolon, a
        number that is not finite.
    """
    if value is None:
        return ""
    if column.many:
        items = [_one_text(column, item) for item in value]
        if any(";" in item or not item for item in items):
            raise _unwritable(column, value, "an item may not be empty or hold a semicolon")
        return ";".join(items)
    return _one_text(column, value)


def _one_text(column: Column, value: Any) -> str:
    match column.kind:
        case "text":
            return _written_text(column, value)
        case "boolean":
            return "true" if value else "false"
        case "time":
            return f"{value // 60:02d}:{value % 60:02d}"
        case "number":
            number = float(value)
            if number != number or abs(number) == float("inf"):
                raise _unwritable(column, value, "a number must be finite")
            text = repr(number)
            return text.removesuffix(".0")
        case "decimal":
            text = format(value, "f")
            if not _DECIMAL.fullmatch(text):
                why = "an amount must be finite, with at most 18 digits and 12 decimals"
                raise _unwritable(column, value, why)
            return text
        case _:
            return str(value)


def _written_text(column: Column, value: Any) -> str:
    text = str(value).strip().replace("\r\n", "\n").replace("\r", "\n")
    if CONTROL.search(text):
        raise _unwritable(column, value, "a text may hold no control characters")
    if text in SPREADSHEET_ERRORS:
        raise _unwritable(column, value, "it would be read as the error of a spreadsheet")
    return text


def _unwritable(column: Column, value: Any, why: str) -> FeedError:
    return FeedError(
        f"{column.table}.{column.name} cannot be written as {value!r}: {why}. Change the value."
    )

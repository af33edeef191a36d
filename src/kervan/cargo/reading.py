"""A consignment from JSON: everything wrong with its structure said at once, the rest kept.

A value of the wrong type is named, left out, and the reading goes on, so that the checks of the
other elements are not held up by it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Problem, Step, json_path
from kervan.cargo.shape import element_below, fields_set
from kervan.errors import KervanError

MOST_BYTES = 16 * 2**20
"""Size of the largest file that is read; ten thousand goods items take some 5 MB."""
DEEPEST = 32
"""Levels of nesting; a consignment has seven."""
MOST_PROBLEMS = 1_000
MOST_VALUES = 1_000_000
"""Commas in a file; ten thousand goods items have some 300,000."""
LONGEST_LIST = 9_999
"""Entries of the longest list there is, as goods items are numbered to there."""
MOST_FAULTS = 20_000
"""Places that may be wrong in a file of which the rest is kept."""
_MOST_FAST_BYTES = 2**20


class CargoError(KervanError):
    """A file is no consignment, or one that cannot be used."""


class InvalidConsignmentError(CargoError):
    """A consignment has errors; ``problems`` lists them."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = tuple(problems)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes
    ----------
    consignment
        With what could not be read left out; None where nothing could.
    problems
        What is wrong with the structure.
    positions
        Where the entries of a list stood, for the lists of which some were left out.
    """

    consignment: Consignment | None
    problems: tuple[Problem, ...]
    positions: Mapping[tuple[Step, ...], tuple[int, ...]] = field(default_factory=dict)

    def path(self, *steps: Step) -> str:
        """Return the JSON path, in what was read, of an element of the consignment."""
        as_read: list[Step] = []
        for depth, step in enumerate(steps):
            kept = self.positions.get(steps[:depth])
            as_read.append(kept[step] if kept is not None and isinstance(step, int) else step)
        return json_path(*as_read)


def read_consignment(source: Path | bytes | str | Mapping[str, Any]) -> Consignment:
    """Read a consignment whose structure is sound.

    Parameters
    ----------
    source
        A file, JSON as text or bytes, or a mapping already parsed.

    Raises
    ------
    InvalidConsignmentError
        If its structure is not; ``problems`` says all that is wrong.
    CargoError
        If it is no JSON object, or larger than is read.
    """
    reading = read(source)
    if reading.consignment is None or reading.problems:
        more = f" and {len(reading.problems) - 1} more" if len(reading.problems) > 1 else ""
        raise InvalidConsignmentError(
            f"The consignment cannot be read: {reading.problems[0]}{more}", reading.problems
        )
    return reading.consignment


def read(source: Path | bytes | str | Mapping[str, Any]) -> Reading:
    """Read a consignment as far as can be, with every problem of its structure.

    Raises
    ------
    CargoError
        If it is no JSON object, or larger than is read.
    """
    if isinstance(source, Mapping):
        # What cannot be read is taken out of it further down; the caller's own stays whole.
        content: Any = deepcopy(dict(source))
    else:
        data = _bytes(source)
        if data.count(b",") > MOST_VALUES:
            raise CargoError(
                f"The file has more than {MOST_VALUES:,} values, which no consignment has."
            )
        # A large file in which much is wrong would have it all listed before it is refused.
        sound = _read_fast(data) if len(data) <= _MOST_FAST_BYTES else None
        if sound is not None:
            return Reading(sound, ())
        content = _parsed(data)
    return _as_far_as_can_be(content)


def _as_far_as_can_be(content: Any) -> Reading:
    too_long = tuple(_without_long_lists(content))
    problems: tuple[Problem, ...] | None = None
    while True:
        try:
            consignment = Consignment.model_validate(content)
        except ValidationError as error:
            if error.error_count() > MOST_FAULTS:
                raise CargoError(
                    f"The file is wrong in {error.error_count():,} places; it is no consignment."
                ) from None
            details = error.errors(include_url=False, include_context=False)
            # What is missing once a bad value is left out has been said already: it was bad.
            if problems is None:
                problems = (*too_long, *map(_problem, details[:MOST_PROBLEMS]))
            if not _leave_out(content, [detail["loc"] for detail in details]):
                return Reading(None, problems)
        else:
            return Reading(consignment, problems or too_long, dict(_positions(content)))


def _without_long_lists(content: Any) -> Iterator[Problem]:
    """Take out the lists that are longer than any, and yield a problem for each."""
    waiting: list[tuple[tuple[Step, ...], Any]] = [((), content)]
    while waiting:
        steps, parent = waiting.pop()
        entries = list(parent.items() if isinstance(parent, dict) else enumerate(parent))
        for step, entry in entries:
            if isinstance(entry, list) and len(entry) > LONGEST_LIST and isinstance(parent, dict):
                del parent[step]
                yield _problem({"loc": (*steps, step), "type": "too_long", "input": entry})
            elif isinstance(entry, dict | list):
                waiting.append(((*steps, step), entry))


def write_consignment(consignment: Consignment, *, indent: int | None = 2) -> str:
    """Return a consignment as JSON, without the elements that say nothing."""
    content = consignment.model_dump(mode="json", exclude_defaults=True)
    return json.dumps({"format": consignment.format, **content}, ensure_ascii=False, indent=indent)


def _bytes(source: Path | bytes | str) -> bytes:
    if isinstance(source, Path):
        try:
            size = source.stat().st_size
            data = b"" if size > MOST_BYTES else source.read_bytes()
        except OSError as error:
            raise CargoError(f"{source} cannot be read: {error.strerror}.") from None
    else:
        data = source.encode() if isinstance(source, str) else source
        size = len(data)
    if size > MOST_BYTES:
        raise CargoError(
            f"The consignment has {size / 2**20:.0f} MB; up to {MOST_BYTES // 2**20} MB are read. "
            "Split it, or send attached files by their sha256."
        )
    return data


_FRACTION = re.compile(rb":-?[0-9]+[.eE]")


def _read_fast(data: bytes) -> Consignment | None:
    """Return a consignment in which nothing is wrong, and None where that is not sure.

    The parser of pydantic takes the last of two fields of one name, and numbers with a fraction as
    binary ones; where either may be, the slower way is taken, which also names what is wrong. No
    field was there twice where there are no more colons after a name than fields were read.
    """
    try:
        consignment = Consignment.model_validate_json(data)
    except ValidationError:
        return None
    # Without blanks, every name is followed by a quotation mark and a colon.
    dense = data.translate(None, b" \t\r\n")
    if dense.count(b'":') != fields_set(consignment) or _FRACTION.search(dense):
        return None
    return consignment


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data, parse_float=Decimal, object_pairs_hook=_without_repeats)
    except RecursionError:
        raise CargoError("The JSON is nested too deep to be a consignment.") from None
    except UnicodeDecodeError as error:
        _refuse_other(data)
        raise CargoError(
            f"The consignment is not written in UTF-8 (byte {error.start}); save it as UTF-8."
        ) from None
    except ValueError as error:
        _refuse_other(data)
        raise CargoError(f"The consignment is no JSON: {error}.") from None
    if not isinstance(content, dict):
        raise CargoError(
            "The consignment is no JSON object; it begins with { and has the fields of "
            "consignment.v1."
        )
    meant = _OTHER_FORMS.get(str(content.get("schema") or content.get("format")))
    if meant is not None:
        raise CargoError(meant)
    if _depth(content) > DEEPEST:
        raise CargoError("The JSON is nested too deep to be a consignment.")
    return content


_OTHER_FORMS = {
    "quote.v1": (
        "The file is a quote; `kervan consignment from-quote FILE --reference TEXT` begins a "
        "consignment from an offer of it."
    ),
    "consignment-history.v1": (
        "The file is the history of a consignment; `kervan consignment history FILE --version N` "
        "prints a version of it."
    ),
}
_OTHERS = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a workbook or other archive",
    b"<": "XML",
    b"UNA": "an EDIFACT interchange",
    b"UNB": "an EDIFACT interchange",
}


def _refuse_other(data: bytes) -> None:
    """Refuse what is empty, or a document and not the data set."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise CargoError("The file is empty; a consignment is JSON of the form consignment.v1.")
    for head, what in _OTHERS.items():
        if start.startswith(head):
            raise CargoError(
                f"The file is {what} and no consignment as JSON; "
                "`kervan document read FILE --out consignment.json` makes one of a document."
            )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        twice = next(name for name, count in times.items() if count > 1)
        raise ValueError(f"the field '{twice}' stands twice in one object")
    return found


def _depth(content: Any) -> int:
    depth, level = 0, [content]
    while level:
        depth += 1
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
    return depth


_EXPECTED = {
    "extra_forbidden": (
        "is no field of it.",
        "Take it out, or write the name as the reference of consignment.v1 has it.",
    ),
    "missing": ("is missing.", "Give it."),
    "decimal_max_places": ("has more than six decimals.", "Round it."),
    "decimal_max_digits": ("has more digits than any mass or value.", "Mend it."),
    "decimal_parsing": (
        "is no number.",
        "Write digits with a point for the decimals, and neither unit nor separators: 5600.5.",
    ),
    "timezone_aware": (
        "has no offset from UTC.",
        "Write it like 2026-12-01T08:00:00+05:00.",
    ),
    "string_too_short": ("is empty.", "Give it, or leave the field out."),
    "too_long": ("has more entries than there may be.", "Split the consignment, or mend the list."),
    "string_too_long": ("is too long.", "Shorten it."),
}


def _problem(detail: Any) -> Problem:
    steps: tuple[Step, ...] = detail["loc"]
    kind: str = detail["type"]
    if kind in _EXPECTED:
        words, mending = _EXPECTED[kind]
    else:
        said = detail["msg"].removeprefix("Input should be ")
        words, mending = f"should be {said}.", "Mend the value."
    if kind == "extra_forbidden":
        mending = _meant_field(steps) + mending
    value = detail.get("input")
    shown = "" if kind in ("missing", "extra_forbidden") else f"{_shown(value)} "
    what = "" if shown else f"'{steps[-1] if steps else ''}' "
    return Problem(
        "form", f"form.{kind.replace('_', '-')}", json_path(*steps), what + shown + words, mending
    )


def _meant_field(steps: tuple[Step, ...]) -> str:
    """Return a question for the field that was probably meant, empty where none is like it."""
    kind: Any = Consignment
    for step in steps[:-1]:
        if isinstance(step, str):
            kind = element_below(kind, step)
            if kind is None:
                return ""
    from kervan.feed.nearest import nearest

    meant = nearest(str(steps[-1]), kind.model_fields)
    return "" if meant is None else f"Was '{meant}' meant? "


def _shown(value: Any) -> str:
    text = f"'{value}'" if not isinstance(value, dict | list) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "…'"


class _Thinned(list[Any]):
    """A list some of whose entries were left out, and where the others stood."""

    def __init__(self, entries: list[Any]) -> None:
        super().__init__(entries)
        self.positions = list(range(len(entries)))

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        del self.positions[index]


def _leave_out(content: Any, problems: list[tuple[Step, ...]]) -> bool:
    """Take out what the problems are at; a missing value takes what should hold it with it.

    Return whether anything was left to take out.
    """
    places = {trail for steps in problems if (trail := _present(content, steps))}
    # From the end, so that the positions still to come stay right.
    for trail in sorted(places, key=_order, reverse=True):
        parent: Any = content
        for step in trail[:-1]:
            below = parent[step]
            if isinstance(below, list) and not isinstance(below, _Thinned):
                below = parent[step] = _Thinned(below)
            parent = below
        del parent[trail[-1]]
    return bool(places)


def _order(trail: tuple[Step, ...]) -> tuple[tuple[bool, Any], ...]:
    return tuple((isinstance(step, int), step) for step in trail)


def _present(content: Any, steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the path of the innermost element of a path that is there."""
    here = content
    for depth, step in enumerate(steps):
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            return steps[:depth]
    return steps


def _positions(content: Any, *steps: Step) -> Iterator[tuple[tuple[Step, ...], tuple[int, ...]]]:
    entries: Iterable[tuple[Step, Any]] = ()
    if isinstance(content, dict):
        entries = content.items()
    elif isinstance(content, list):
        entries = enumerate(content)
        if isinstance(content, _Thinned):
            yield steps, tuple(content.positions)
    for step, entry in entries:
        yield from _positions(entry, *steps, step)

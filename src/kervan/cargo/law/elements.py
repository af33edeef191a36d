"""Whether the elements a filing asks for are in a consignment.

An element is a dotted name. ``goods_items.hs_code`` asks it of every goods item, and of at least
one; ``dangerous_goods?`` in it, of those there are, if any. ``identifiers[VKN,EORI]`` asks for an
entry whose scheme, kind or role is one of these. ``movements`` means the movement that crosses the
border, ``carriers`` its carrier, ``procedures`` the procedure the filing is made under.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import Step, json_path

_SEGMENT = re.compile(r"(?P<name>[a-z0-9_]+)(\[(?P<of>[^\]]+)\])?(?P<optional>\?)?")


class Scope(NamedTuple):
    """Positions of the movement that crosses, and of the procedure a filing is made under."""

    movement: int
    procedure: int | None


class Segment(NamedTuple):
    """One name of an element, with which entries of a list are meant."""

    name: str
    of: frozenset[str]
    is_optional: bool


@lru_cache(maxsize=1_024)
def segments_of(element: str) -> tuple[Segment, ...]:
    """Return the names of an element.

    Raises
    ------
    ValueError
        If it is not written like one.
    """
    found = []
    for part in re.split(r"\.(?![^\[]*\])", element):
        match = _SEGMENT.fullmatch(part)
        if match is None:
            raise ValueError(f"'{element}' is no name of an element: '{part}' cannot be read")
        of = frozenset(match["of"].split(",")) if match["of"] else frozenset()
        found.append(Segment(match["name"], of, match["optional"] is not None))
    return tuple(found)


_SCOPED = frozenset(("movements", "carriers", "procedures"))


@lru_cache(maxsize=1_024)
def is_scoped(element: str) -> bool:
    """Return whether what an element means depends on where it is asked for."""
    return segments_of(element)[0].name in _SCOPED


def missing_at(consignment: Consignment, element: str, scope: Scope) -> tuple[str, ...]:
    """Return the JSON paths where an element is missing; none where all is there."""
    segments = segments_of(element)
    first = segments[0].name
    start: Any = consignment
    steps: tuple[Step, ...] = ()
    if first in _SCOPED:
        position: int | None
        if first == "movements":
            position = scope.movement
        elif first == "procedures":
            position = scope.procedure
        else:
            carrier_id = consignment.movements[scope.movement].carrier_id
            position = next(
                (i for i, c in enumerate(consignment.carriers) if c.carrier_id == carrier_id), None
            )
        if position is None:
            return (json_path(*(s.name for s in segments)),)
        start = getattr(consignment, first)[position]
        steps, segments = (first, position), segments[1:]
    if _is_whole(start, segments, 0):
        return ()
    found: list[tuple[Step, ...]] = []
    _walk(start, segments, steps, found)
    return tuple(json_path(*path) for path in found)


def _is_whole(value: Any, segments: tuple[Segment, ...], at: int) -> bool:
    # Nearly always it is; the paths are worked out only where it is not.
    last = len(segments)
    while at < last:
        name, of, is_optional = segments[at]
        value = getattr(value, name)
        at += 1
        if value is None:
            return is_optional
        if type(value) is tuple:
            entries = [e for e in value if _names(e) & of] if of else value
            if not entries:
                return is_optional
            return at == last or all(_is_whole(entry, segments, at) for entry in entries)
    return True


def _walk(
    value: Any,
    segments: tuple[Segment, ...],
    steps: tuple[Step, ...],
    found: list[tuple[Step, ...]],
) -> None:
    name, of, is_optional = segments[0]
    rest = segments[1:]
    here = (*steps, name)
    below = getattr(value, name)
    if isinstance(below, tuple):
        entries = [(i, e) for i, e in enumerate(below) if not of or _names(e) & of]
        if not entries:
            if not is_optional:
                found.append(here)
        elif rest:
            for position, entry in entries:
                _walk(entry, rest, (*here, position), found)
    elif below is None:
        if not is_optional:
            found.append((*here, *(s.name for s in rest)))
    elif rest:
        _walk(below, rest, here, found)


def _names(entry: Any) -> set[str]:
    fields = entry.__dict__
    return {fields[field] for field in ("scheme", "kind", "role") if field in fields}

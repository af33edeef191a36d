"""Whether the elements a filing asks for are in a consignment.

An element is a dotted name. ``goods_items.hs_code`` asks it of every goods item, and of at least
one; ``dangerous_goods?`` in it, of those there are, if any. ``identifiers[VKN,EORI]`` asks for an
entry whose scheme, kind or role is one of these. A unit that travels empty
needs no seals. ``movements`` means the movement that crosses the
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


class Branch(NamedTuple):
    """One name that elements have in common, and what they ask for below it."""

    segment: Segment
    below: tuple[Branch, ...]


@lru_cache(maxsize=4_096)
def tree_of(elements: frozenset[str]) -> tuple[Branch, ...]:
    """Return elements as a tree, so that each list is gone through once for all of them."""
    return _branches([segments_of(element) for element in sorted(elements)])


def _branches(elements: list[tuple[Segment, ...]]) -> tuple[Branch, ...]:
    below: dict[Segment, list[tuple[Segment, ...]]] = {}
    for first, *rest in elements:
        found = below.setdefault(first, [])
        if rest:
            found.append(tuple(rest))
    return tuple(Branch(segment, _branches(rest)) for segment, rest in below.items())


def is_all_there(consignment: Consignment, tree: tuple[Branch, ...], scope: Scope) -> bool:
    """Return whether none of the elements of a tree is missing."""
    for branch in tree:
        name = branch.segment.name
        if name not in _SCOPED:
            if not _is_whole(consignment, (branch,)):
                return False
            continue
        position = _position(consignment, name, scope)
        if position is None or not _is_whole(getattr(consignment, name)[position], branch.below):
            return False
    return True


def missing_at(consignment: Consignment, element: str, scope: Scope) -> tuple[str, ...]:
    """Return the JSON paths where an element is missing; none where all is there."""
    segments = segments_of(element)
    first = segments[0].name
    found: list[tuple[Step, ...]] = []
    if first not in _SCOPED:
        _walk(consignment, segments, (), found)
    else:
        position = _position(consignment, first, scope)
        if position is None:
            return (json_path(*(s.name for s in segments)),)
        start = getattr(consignment, first)[position]
        _walk(start, segments[1:], (first, position), found)
    return tuple(json_path(*path) for path in found)


def _position(consignment: Consignment, name: str, scope: Scope) -> int | None:
    if name == "movements":
        return scope.movement
    if name == "procedures":
        return scope.procedure
    carrier_id = consignment.movements[scope.movement].carrier_id
    return next((i for i, c in enumerate(consignment.carriers) if c.carrier_id == carrier_id), None)


def _is_whole(value: Any, tree: tuple[Branch, ...]) -> bool:
    for (name, of, is_optional), below in tree:
        child = getattr(value, name)
        if type(child) is tuple:
            entries = [e for e in child if _names(e) & of] if of else child
            if not entries:
                if not is_optional and not _needs_none(value, name):
                    return False
            elif below:
                for entry in entries:
                    if not _is_whole(entry, below):
                        return False
        elif child is None:
            if not is_optional:
                return False
        elif below and not _is_whole(child, below):
            return False
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
            if not is_optional and not _needs_none(value, name):
                found.append(here)
        elif rest:
            for position, entry in entries:
                _walk(entry, rest, (*here, position), found)
    elif below is None:
        if not is_optional:
            found.append((*here, *(s.name for s in rest)))
    elif rest:
        _walk(below, rest, here, found)


def _needs_none(value: Any, name: str) -> bool:
    """Return whether an element is well without any of a name: an empty unit bears no seals."""
    return name == "seals" and bool(value.is_empty)


def _names(entry: Any) -> set[str]:
    fields = entry.__dict__
    return {fields[field] for field in ("scheme", "kind", "role") if field in fields}

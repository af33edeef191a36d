"""A message against the directory it names: segments in their order, elements in their format.

The tables are data (``directories/D.95B.txt`` and others), facts of the United Nations Trade Data
Interchange Directory. A table is walked once from beginning to end without going back, as the
rules of message design ask for it: at each position the next segment either fits or it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kervan.documents.edifact.interchange import Segment
from kervan.documents.format import DocumentError

DIRECTORIES = Path(__file__).with_name("directories")

_NUMBER = re.compile(r"-?\d*(?:[.,]\d+)?")
_MOST_FAULTS = 100


class Component(NamedTuple):
    """A simple element: its number, whether it must be there, its format (``an..35``)."""

    number: str
    mandatory: bool
    form: str


class ElementRule(NamedTuple):
    """An element of a segment; a simple one has one component and no composite number."""

    number: str
    mandatory: bool
    components: tuple[Component, ...]
    composite: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A row of a segment table: a segment, or a group with what is in it."""

    name: str
    mandatory: bool
    most: int
    children: tuple[Node, ...] = ()

    @property
    def tag(self) -> str:
        """Tag it begins with: a group's is that of its first segment."""
        return self.children[0].tag if self.children else self.name


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory, as far as it is shipped.

    Attributes
    ----------
    name
        ``D.95B``.
    messages
        Segment tables by message.
    segments
        Elements by tag, of the segments these messages use.
    titles
        Names of the segments.
    """

    name: str
    messages: dict[str, tuple[Node, ...]]
    segments: dict[str, tuple[ElementRule, ...]]
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a message that its directory does not allow.

    Attributes
    ----------
    segment
        At which segment.
    message
        What is wrong and what was expected, as a sentence.
    element, component
        At which element and component, from 0; None where it is the segment itself.
    limit
        Format that the value breaks: ``an..35``; empty where it is another fault.
    """

    segment: Segment
    message: str
    element: int | None = None
    component: int = 0
    limit: str = ""

    def __str__(self) -> str:
        """The fault as a sentence with its place."""
        return f"Segment {self.segment.number} ({self.segment.tag}): {self.message}"


@dataclass(frozen=True, slots=True)
class Group:
    """A message, or a group of one: its first segment, and what follows it in the group."""

    head: Segment
    below: list[Group] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Group]:
        """Yield the segments and groups directly in it that begin with one of these tags."""
        return (group for group in self.below if group.head.tag in tags)


# Service segments of a message, ISO 9735 version 4; their lengths hold for versions 1 to 3 as well.
_SERVICE: dict[str, tuple[ElementRule, ...]] = {
    "UNH": (
        ElementRule("0062", True, (Component("0062", True, "an..14"),), False),
        ElementRule(
            "S009",
            True,
            tuple(
                Component(number, mandatory, form)
                for number, mandatory, form in (
                    ("0065", True, "an..6"),
                    ("0052", True, "an..3"),
                    ("0054", True, "an..3"),
                    ("0051", True, "an..3"),
                    ("0057", False, "an..6"),
                    ("0110", False, "an..6"),
                    ("0113", False, "an..6"),
                )
            ),
            True,
        ),
        ElementRule("0068", False, (Component("0068", False, "an..35"),), False),
        ElementRule(
            "S010",
            False,
            (Component("0070", True, "n..2"), Component("0073", False, "a1")),
            True,
        ),
    ),
    "UNT": (
        ElementRule("0074", True, (Component("0074", True, "n..10"),), False),
        ElementRule("0062", True, (Component("0062", True, "an..14"),), False),
    ),
}


def directory_names() -> tuple[str, ...]:
    """Return the directories that are shipped, oldest first."""
    names = (path.stem for path in DIRECTORIES.glob("*.txt"))
    return tuple(sorted(names, key=lambda name: (int(name[2:4]) < 50, name)))


@cache
def directory(name: str) -> Directory:
    """Return a directory by its name, such as ``D.95B``.

    Raises
    ------
    DocumentError
        If it is not shipped.
    """
    if name not in directory_names():
        raise DocumentError(
            f"The message is written to directory {name[:20]}, which is not shipped; there are "
            f"{', '.join(directory_names())}. Ask the sender for one of these."
        )
    return _parsed(name, (DIRECTORIES / f"{name}.txt").read_text("utf-8"))


def check_message(segments: Sequence[Segment], name: str) -> tuple[Fault, ...]:
    """Return what a directory does not allow in a message.

    Parameters
    ----------
    segments
        From UNH to UNT.
    name
        Directory: ``D.95B``.

    Notes
    -----
    The order of segments is checked up to its first fault, as nothing after it could be placed with
    certainty; elements are checked in all segments. Time and memory grow with the number of
    segments and no faster.
    """
    return structure(segments, name)[1]


def structure(segments: Sequence[Segment], name: str) -> tuple[Group, tuple[Fault, ...]]:
    """Return a message by its groups, and what its directory does not allow in it."""
    found = directory(name)
    kind = segments[0].value(1)
    if kind not in found.messages:
        raise DocumentError(
            f"Segment {segments[0].number} (UNH): '{kind[:20]}' is no message that is read; there "
            f"are {', '.join(found.messages)}."
        )
    walk = _Walk(found, kind, segments)
    tree = walk.tree()
    faults = walk.faults
    for segment in segments:
        if len(faults) >= _MOST_FAULTS:
            break
        faults.extend(_element_faults(segment, found))
    return tree, tuple(faults)


class _Walk:
    """One walk over a segment table and the segments, side by side."""

    def __init__(self, found: Directory, kind: str, segments: Sequence[Segment]) -> None:
        self.found = found
        self.kind = kind
        self.segments = segments
        self.at = 0
        self.faults: list[Fault] = []
        # Rows that are full since the last segment was placed, with what holds them.
        self.full: dict[str, int] = {}

    def tree(self) -> Group:
        root = Group(self.segments[0])
        if self.rows(self.found.messages[self.kind], root) and self.at < len(self.segments):
            self.misplaced()
        return root

    def rows(self, nodes: tuple[Node, ...], into: Group) -> bool:
        """Place segments by these rows; return whether no fault was met."""
        for node in nodes:
            count = 0
            while count < node.most and self.here() == node.tag:
                count += 1
                segment = self.segments[self.at]
                if node.children:
                    group = Group(segment)
                    into.below.append(group)
                    if not self.rows(node.children, group):
                        return False
                else:
                    self.at += 1
                    self.full.clear()
                    if segment is not into.head:
                        into.below.append(Group(segment))
            if count == node.most:
                self.full[node.tag] = node.most
            if node.mandatory and count == 0:
                self.missing(node)
                return False
        return True

    def here(self) -> str:
        return self.segments[self.at].tag if self.at < len(self.segments) else ""

    def missing(self, node: Node) -> None:
        last = self.at >= len(self.segments)
        segment = self.segments[-1] if last else self.segments[self.at]
        if not last and segment.tag not in self.found.segments and segment.tag not in _SERVICE:
            self.misplaced()
            return
        if not last and self.full.get(segment.tag, 2) > 1 and segment.tag in self.full:
            self.misplaced()
            return
        title = self.found.titles.get(node.tag, "")
        self.faults.append(
            Fault(
                segment,
                f"before it {node.tag} ({title}) is missing, which {self.kind} {self.found.name} "
                "asks for here; another segment may stand in its place or too early.",
            )
        )

    def misplaced(self) -> None:
        segment = self.segments[self.at]
        if segment.tag not in self.found.segments and segment.tag not in _SERVICE:
            words = (
                f"no segment of {self.kind} {self.found.name} has this tag; its segments are "
                f"{', '.join(_tags(self.found.messages[self.kind]))}."
            )
        elif segment.tag in self.full:
            words = (
                f"it stands more often than the {self.full[segment.tag]} times {self.kind} "
                f"{self.found.name} allows here."
            )
        else:
            words = (
                f"it may not stand after {self.segments[self.at - 1].tag} in {self.kind} "
                f"{self.found.name}; the order of segments is another."
            )
        self.faults.append(Fault(segment, words))


def _tags(nodes: tuple[Node, ...]) -> list[str]:
    found: dict[str, None] = {}
    for node in nodes:
        for tag in _tags(node.children) if node.children else [node.name]:
            found[tag] = None
    return sorted(found)


def _element_faults(segment: Segment, found: Directory) -> Iterator[Fault]:
    rules = _SERVICE.get(segment.tag) or found.segments.get(segment.tag)
    if rules is None:
        return
    if len(segment.elements) > len(rules):
        yield Fault(
            segment,
            f"it has {len(segment.elements)} elements; {found.name} has {len(rules)}. A + inside "
            "of a text must have the release character before it.",
        )
    for at, rule in enumerate(rules):
        values = segment.elements[at] if at < len(segment.elements) else ()
        if not any(values):
            if rule.mandatory:
                yield Fault(segment, f"element {at + 1} ({rule.number}) is missing.", at)
            continue
        if len(values) > len(rule.components):
            yield Fault(
                segment,
                f"element {at + 1} ({rule.number}) has {len(values)} components; {found.name} has "
                f"{len(rule.components)}. A : inside of a text must have the release character "
                "before it.",
                at,
            )
        for position, component in enumerate(rule.components):
            value = values[position] if position < len(values) else ""
            name = f"{rule.number}.{component.number}" if rule.composite else component.number
            if not value:
                if component.mandatory:
                    yield Fault(
                        segment,
                        f"element {at + 1}, component {position + 1} ({name}) is missing.",
                        at,
                        position,
                    )
            elif not fits(value, component.form):
                yield Fault(
                    segment,
                    f"element {at + 1}, component {position + 1} ({name}): '{_shown(value)}' is "
                    f"not {form_in_words(component.form)}.",
                    at,
                    position,
                    component.form,
                )


def fits(value: str, form: str) -> bool:
    """Return whether a value has a format of the directories: ``an..35``, ``n4``, ``a3``.

    The sign and the decimal mark of a number are not counted, as ISO 9735 has it.
    """
    letters, exact, length = _form(form)
    if letters == "n":
        if not _NUMBER.fullmatch(value) or not value.isascii():
            return False
        size = sum(c.isdigit() for c in value)
        if size == 0:
            return False
    else:
        if letters == "a" and any(c.isdigit() for c in value):
            return False
        size = len(value)
    return size == length if exact else size <= length


def form_in_words(form: str) -> str:
    """Return a format of the directories in words."""
    letters, exact, length = _form(form)
    kind = {"n": "digits of a number", "a": "letters", "an": "characters"}[letters]
    return f"{'exactly' if exact else 'up to'} {length} {kind} ({form})"


@cache
def _form(form: str) -> tuple[str, bool, int]:
    letters = form.rstrip("0123456789.")
    rest = form[len(letters) :]
    return letters, not rest.startswith(".."), int(rest.removeprefix(".."))


def _shown(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


def _parsed(name: str, text: str) -> Directory:
    messages: dict[str, tuple[Node, ...]] = {}
    segments: dict[str, tuple[ElementRule, ...]] = {}
    titles: dict[str, str] = {}
    for block in text.split("\n\n"):
        first, *rows = [line for line in block.splitlines() if not line.startswith("#")] or [""]
        words = first.split(" ", 2)
        if words[0] == "message":
            messages[words[1]] = _nodes([(_depth(row), row.split()) for row in rows])
        elif words[0] == "segment":
            titles[words[1]] = words[2]
            segments[words[1]] = tuple(_elements(rows))
    return Directory(name, messages, segments, titles)


def _depth(row: str) -> int:
    return (len(row) - len(row.lstrip())) // 2


def _nodes(rows: list[tuple[int, list[str]]]) -> tuple[Node, ...]:
    found: list[Node] = []
    at = 0
    while at < len(rows):
        depth, (name, status, most) = rows[at]
        end = at + 1
        while end < len(rows) and rows[end][0] > depth:
            end += 1
        found.append(Node(name, status == "M", int(most), _nodes(rows[at + 1 : end])))
        at = end
    return tuple(found)


def _elements(rows: list[str]) -> Iterator[ElementRule]:
    at = 0
    while at < len(rows):
        number, status, *form = rows[at].split()
        at += 1
        if form:
            component = Component(number, status == "M", form[0])
            yield ElementRule(number, status == "M", (component,), False)
            continue
        below = []
        while at < len(rows) and _depth(rows[at]) == 2:
            part, part_status, part_form = rows[at].split()
            below.append(Component(part, part_status == "M", part_form))
            at += 1
        yield ElementRule(number, status == "M", tuple(below), True)

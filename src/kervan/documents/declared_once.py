"""Declared once: how many values are keyed in, and how many are sent over all papers of the way.

A value is a leaf of the consignment: one code, number, date or text. What is keyed in is every
leaf once; what a document sends is every leaf it carries. The consignment's own data set is what is
keyed in, and is not counted among the documents; nor are further forms of a document, such as the
note as XML beside the note as paper.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kervan.cargo.consignment import Consignment
from kervan.documents.format import Format

Leaf = tuple[tuple[str, ...], str]
"""Path of a value, positions included, and the value as text."""

OWN = "data-set"
"""Kind of the consignment's own data set."""


@dataclass(frozen=True, slots=True)
class DocumentElements:
    """What one document carries of a consignment.

    Attributes
    ----------
    kind, title
        Which document.
    values
        Leaves of this consignment that it sends.
    names
        Different elements among them, as dotted names.
    new
        Leaves that no document before it has sent.
    """

    kind: str
    title: str
    values: int
    names: int
    new: int


@dataclass(frozen=True, slots=True)
class DeclaredOnce:
    """Values keyed in against values sent.

    Attributes
    ----------
    keyed
        Leaves of the consignment.
    documents
        In order of the way.
    sent
        Leaves over all documents together.
    never_sent
        Leaves that none of them carries.
    """

    keyed: int
    documents: tuple[DocumentElements, ...]
    sent: int
    never_sent: int

    @property
    def ratio(self) -> float:
        """How often a value that is keyed in is sent, on average."""
        return self.sent / self.keyed if self.keyed else 0.0


def declared_once(consignment: Consignment, formats: Iterable[Format]) -> DeclaredOnce:
    """Count what is keyed in and what is sent.

    Parameters
    ----------
    consignment
        The one data set.
    formats
        Documents of its way, such as those of
        :func:`kervan.documents.formats.wanted_formats`; its own data set is left out.
    """
    keyed = leaves(consignment)
    seen: set[Leaf] = set()
    documents: list[DocumentElements] = []
    for found in formats:
        # The same note as paper, XML and JSON is one document.
        if found.kind == OWN or found.form_of is not None:
            continue
        sent = _carried(keyed, found.carries)
        documents.append(
            DocumentElements(
                found.kind,
                found.title,
                len(sent),
                len({_name(leaf) for leaf, _ in sent}),
                len(sent - seen),
            )
        )
        seen |= sent
    return DeclaredOnce(
        len(keyed), tuple(documents), sum(d.values for d in documents), len(keyed - seen)
    )


def leaves(consignment: Consignment) -> set[Leaf]:
    """Return the leaves of a consignment: their path, positions included, and value as text.

    Its own reference is one of them; the form it is written in is none.
    """
    content = consignment.model_dump(mode="json", exclude_defaults=True)
    found: set[Leaf] = set()
    _collect(content, (), found)
    return found


def _carried(keyed: set[Leaf], names: frozenset[str]) -> set[Leaf]:
    # Not the leaves of carried(): lists thinned by it have other positions than the whole.
    wanted = {tuple(name.split(".")) for name in names}
    return {
        leaf
        for leaf in keyed
        if any(_path(leaf[0])[:length] in wanted for length in range(1, len(leaf[0]) + 1))
    }


def _path(steps: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(step for step in steps if not step.isdigit())


def _name(steps: tuple[str, ...]) -> str:
    return ".".join(_path(steps))


def _collect(content: Any, steps: tuple[str, ...], found: set[Leaf]) -> None:
    if isinstance(content, dict):
        for key, value in content.items():
            _collect(value, (*steps, key), found)
    elif isinstance(content, list):
        for position, value in enumerate(content):
            _collect(value, (*steps, str(position)), found)
    elif content is not None:
        found.add((steps, str(content)))

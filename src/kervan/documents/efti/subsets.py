"""The subsets of the common data set: what an authority under one rule may see.

The published schema says of every element in which subsets it is (``EU01``, ``FI02``,
``identifier``), by the way that leads to it. What a query did not ask for is not given.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kervan.documents.efti.schema import annotated_schema

if TYPE_CHECKING:
    from lxml import etree

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_ROOT = "ASBIE1027"
"""The consignment, in the data set's own numbering."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An element of the data set in one place.

    Attributes
    ----------
    number
        Its number: ``eFTI374`` for a value, ``ASBIE1086`` for an element that holds others.
    parent
        Number of what it stands in.
    name
        Its name in XML.
    format, definition
        As the data set gives them.
    unece
        Number in the UN/CEFACT core component library.
    subsets
        Those it is in.
    """

    number: str
    parent: str
    name: str
    format: str
    definition: str
    unece: str
    subsets: frozenset[str]


@cache
def entries() -> dict[tuple[str, str], Entry]:
    """Return every element of the data set, by the number of what it stands in and its name."""
    found = {}
    for element in annotated_schema().iter(f"{_XSD}element"):
        unece = next((e.get("unId", "") for e in element.iter("{*}unCefact")), "")
        for said in element.iter("{*}efti"):
            entry = Entry(
                said.get("id", ""),
                said.get("parentId", ""),
                element.get("name", ""),
                said.get("format", ""),
                " ".join(said.get("definition", "").split()),
                unece,
                frozenset(subset.get("id", "") for subset in said.iter("{*}subset")),
            )
            found[entry.parent, entry.name] = entry
    return found


@cache
def subsets() -> frozenset[str]:
    """Return the names of all subsets."""
    return frozenset(name for entry in entries().values() for name in entry.subsets)


def subsets_of(name: str) -> frozenset[str]:
    """Return the subsets that a name means: itself, or all of a country by its two letters."""
    if len(name) == 2 and name.isalpha():
        return frozenset(found for found in subsets() if found[:2] == name and found[2:3].isdigit())
    return subsets() & {name}


def entry_at(path: str) -> Entry | None:
    """Return the element that names lead to from the consignment: ``carrier/name``."""
    found, parent = None, _ROOT
    for name in path.split("/"):
        found = entries().get((parent, name))
        if found is None:
            return None
        parent = found.number
    return found


def keep_subsets(consignment: etree._Element, names: frozenset[str]) -> None:
    """Take out of a consignment what is in none of these subsets."""
    _keep(consignment, _ROOT, names)


def _keep(element: etree._Element, number: str, names: frozenset[str]) -> None:
    for child in list(element):
        entry = entries().get((number, str(child.tag).rpartition("}")[2]))
        if entry is None or not entry.subsets & names:
            element.remove(child)
        elif len(child):
            _keep(child, entry.number, names)
            if not len(child):
                element.remove(child)

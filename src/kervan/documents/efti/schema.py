"""The published XSDs, compiled once, and what of a message they find wrong.

They are XSD 1.0, which libxml2 reads. They lie in one archive as they were published, licence
included; nothing in them is changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Literal
from zipfile import ZipFile

if TYPE_CHECKING:
    from lxml import etree

VERSION = "0.5"
"""Of the schemas."""

COMMON = "http://efti.eu/v1/consignment/common"
"""Namespace of the common data set."""
IDENTIFIER = "http://efti.eu/v1/consignment/identifier"
"""Namespace of the identifier subset."""
EDELIVERY = "http://efti.eu/v1/edelivery"
"""Namespace of the messages between gates and platforms."""

Schema = Literal["consignment-common.xsd", "consignment-identifier.xsd", "edelivery/gate.xsd"]

FEW_ELEMENTS = 2_000
"""Up to so many, every fault is told with its place."""

_AT_A_TIME = 200
_FACET = re.compile(r"\[facet '(\w+)'\]")
_LIMIT = re.compile(r"length of '(\d+)'\.?$|'(\d+)'\.$")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing the schema finds wrong.

    Attributes
    ----------
    place
        XPath of the element.
    reason
        What is wrong with it, in words.
    """

    place: str
    reason: str


@cache
def schema(name: Schema) -> etree.XMLSchema:
    """Return a schema, compiled."""
    from lxml import etree

    archive = _archive()

    class _Inside(etree.Resolver):  # type: ignore[misc]
        def resolve(self, url: str, _id: str, context: object) -> object:
            return self.resolve_string(archive[url], context, base_url=url)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Inside())
    return etree.XMLSchema(etree.parse(BytesIO(archive[name]), parser, base_url=name))


def annotated_schema() -> etree._Element:
    """Return the schema of the common data set as it was published, with what it says of itself."""
    from lxml import etree

    return etree.fromstring(_archive()["consignment-common.xsd"])


@cache
def _archive() -> dict[str, bytes]:
    data = files("kervan.documents.efti").joinpath(f"schemas-{VERSION}.zip").read_bytes()
    with ZipFile(BytesIO(data)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    # Some parts name others by a path from their own folder, and libxml2 does not tidy it.
    return found | {f"edelivery/../{name}": data for name, data in found.items()}


def faults(root: etree._Element, name: Schema) -> tuple[Fault, ...]:
    """Return what a schema finds wrong with a message; nothing where it is valid."""
    found = schema(name)
    if found.validate(root):
        return ()
    return tuple(Fault(error.path or "/", _words(error.message)) for error in found.error_log)


def streamed_faults(root: etree._Element, name: Schema) -> tuple[Fault, ...]:
    """Return the first thing a schema finds wrong with a large message.

    Where a message is wrong in thousands of places, telling the place of each takes time that grows
    with the square of their number. Read as a stream they have no place; the first is then looked
    for in a few elements at a time.
    """
    from lxml import etree

    parser = etree.XMLParser(schema=schema(name), no_network=True, resolve_entities=False)
    try:
        etree.fromstring(etree.tostring(root), parser)
    except etree.XMLSyntaxError as error:
        return (_first_in_parts(root, name) or Fault(f"/{root.tag}", _words(error.msg or "")),)
    return ()


def _first_in_parts(root: etree._Element, name: Schema) -> Fault | None:
    """Return the first fault of a message whose elements below the root stand alone."""
    from copy import deepcopy

    from lxml import etree

    for start in range(0, len(root), _AT_A_TIME):
        part = etree.Element(root.tag, root.attrib, nsmap=root.nsmap)
        part.extend(deepcopy(child) for child in root[start : start + _AT_A_TIME])
        if sum(1 for _ in part.iter()) > FEW_ELEMENTS:
            continue
        for fault in faults(part, name):
            prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
            places = part.getroottree().xpath(fault.place, namespaces=prefixes)
            found = next((e for e in places if e is not part), None)
            if found is None:
                return fault
            while found.getparent() is not part:
                found = found.getparent()
            return Fault(f"/*/*[{start + part.index(found) + 1}]", fault.reason)
    return None


def _words(message: str) -> str:
    """Say what libxml2 found, without the namespaces and the lists of hundreds of codes."""
    facet = _FACET.search(message)
    if facet is None:
        said = re.sub(r"\{[^}]*\}", "", message)
        return said if len(said) <= 300 else said[:300] + " …"
    limit = _LIMIT.search(message)
    number = next((group for group in limit.groups() if group), "") if limit else ""
    return {
        "maxLength": f"it may have at most {number} characters",
        "minLength": f"it must have at least {number} characters",
        "totalDigits": f"it may have at most {number or 16} digits",
        "fractionDigits": f"it may have at most {number or 6} decimals",
        "enumeration": "it is no code of its list",
        "pattern": "it does not have the form asked for",
    }.get(facet[1], message.split("] ")[-1][:200])

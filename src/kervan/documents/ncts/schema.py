"""The published XSDs of the NCTS messages, and two ways to hold a message against one.

The schemas declare themselves to be of XSD 1.1 (``vc:minVersion="1.1"``), but use nothing that XSD
1.0 lacks. A processor of 1.0, as libxml2 is, leaves out all that asks for 1.1 and would find no
message at all. With that one attribute taken off, libxml2 comes to the verdict of a processor of
1.1, many times faster; the tests hold the two against each other on thousands of sound and spoilt
messages. A processor of 1.1 still has the last word on every message that is refused. (In one thing
xmlschema is wrong, and libxml2 followed: a no-break space is none of the spaces that a type drops.)

Of each schema, the types that a message does not use are left out before either compiles it: of
some 900 types, a declaration uses about 150.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kervan.documents.format import DocumentError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from lxml import etree

NAMESPACE = "http://ncts.dgtaxud.ec"
"""Of the root element; the elements below it have none."""

Version = Literal["60.4", "51.8"]
"""Of the messages: 60.4 is NCTS phase 6, 51.8 phase 5."""

RELEASES: dict[str, str] = {"60.4": "60.4.16", "51.8": "51.8.6"}
"""Release of the XSDs that each version is held against."""

SCHEMAS_FOLDER = "KERVAN_NCTS_SCHEMAS"
"""Variable of the environment that names a folder of further XSDs, a folder or zip a release.

Those of 60.4.16 are part of the package. Those of 51.8.6 are not: whoever declares to an authority
that still runs phase 5 has them from that authority.
"""

PHASE = "NCTS5.1"
"""What the attribute PhaseID says: the XSDs of both versions know no later phase."""

TITLES: dict[str, str] = {
    "CC004C": "amendment accepted",
    "CC007C": "arrival notification",
    "CC009C": "decision on invalidation",
    "CC013C": "amendment of the declaration",
    "CC014C": "request for invalidation",
    "CC015C": "transit declaration",
    "CC017C": "departure control results discrepancies",
    "CC019C": "discrepancies at destination",
    "CC022C": "notification to amend the declaration",
    "CC023C": "guarantor notification",
    "CC025C": "goods release at destination",
    "CC028C": "MRN allocated",
    "CC029C": "release for transit",
    "CC035C": "recovery notification",
    "CC042C": "export movement information",
    "CC043C": "unloading permission",
    "CC044C": "unloading remarks",
    "CC045C": "write-off notification",
    "CC048C": "suspended transit",
    "CC051C": "no release for transit",
    "CC055C": "guarantee not valid",
    "CC056C": "rejection by the office of departure",
    "CC057C": "rejection by the office of destination",
    "CC060C": "control decision",
    "CC170C": "presentation of goods declared beforehand",
    "CC182C": "forwarded incident",
    "CC190C": "export movement information request",
    "CC191C": "export movement response",
    "CC228C": "comprehensive guarantee cancellation",
    "CC906C": "functional refusal",
    "CC917C": "XML refusal",
    "CC928C": "positive acknowledgement",
}
"""The messages that have a schema here."""

_OTHER_SPACES = re.compile(r"[^\S \t\r\n]")
_XS = "{http://www.w3.org/2001/XMLSchema}"
_MIN_VERSION = "{http://www.w3.org/2007/XMLSchema-versioning}minVersion"


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where a message does not follow its schema.

    Attributes
    ----------
    place
        XPath of the element, with positions.
    reason
        What is wrong, as the processor says it.
    value
        What stands there; None where an element is missing or too many.
    """

    place: str
    reason: str
    value: str | None = None

    def __str__(self) -> str:
        """The fault in a line."""
        shown = "" if self.value is None else f" ('{self.value[:60]}')"
        return f"{self.place}{shown}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the schema expects of an element that holds a value."""

    base: str
    facets: tuple[tuple[str, str], ...]

    def words(self) -> str:
        """Say what is expected."""
        found = dict(self.facets)
        allowed = [value for name, value in self.facets if name == "enumeration"]
        if allowed:
            more = " …" if len(allowed) > 12 else ""
            return f"one of {', '.join(allowed[:12])}{more}"
        said = {
            "length": "exactly {} characters",
            "maxLength": "at most {} characters",
            "totalDigits": "at most {} digits",
            "fractionDigits": "at most {} decimals",
            "minInclusive": "at least {}",
            "maxInclusive": "at most {}",
        }
        words = [text.format(found[name]) for name, text in said.items() if name in found]
        patterns = [value for name, value in self.facets if name == "pattern"]
        # Only says that a text neither begins nor ends with a space.
        patterns = [p for p in patterns if p != r"\P{Z}(.*\P{Z})?"]
        if patterns:
            words.append(f"the form {' or '.join(patterns)}")
        return f"{self.base.removeprefix('xs:')} of " + ", ".join(words) if words else self.base


class MessageSchema:
    """The schema of one message in one version, compiled once."""

    def __init__(self, kind: str, version: str) -> None:
        from lxml import etree

        self.kind = kind
        self.version = version
        self._parts = _parts(version)
        text = self.text()
        self._fast = etree.XMLSchema(etree.fromstring(text))
        self._exact: Any = None
        self._spaced = etree.XPath("boolean(//*[not(*)][normalize-space() != string()])")

    def text(self) -> bytes:
        """Return the schema in one piece, with what this message uses, as XSD 1.0."""
        from lxml import etree

        root = self._parts[f"element {self.kind}"]
        wanted, found = [f"element {self.kind}"], {}
        while wanted:
            name = wanted.pop()
            if name in found:
                continue
            part = found[name] = self._parts[name]
            wanted += _references(part)
        schema = etree.Element(
            f"{_XS}schema",
            nsmap={"xs": _XS[1:-1], None: NAMESPACE},
            targetNamespace=NAMESPACE,
        )
        # Parts are copied: an element of lxml has one parent.
        from copy import deepcopy

        schema.append(deepcopy(root))
        schema.extend(deepcopy(part) for name, part in sorted(found.items()) if part is not root)
        for annotation in list(schema.iter(f"{_XS}annotation")):
            annotation.getparent().remove(annotation)
        return bytes(etree.tostring(schema))

    def is_valid(self, root: etree._Element) -> bool:
        """Return whether a message is valid, by libxml2 wherever that can be relied on.

        libxml2 (to 2.14 at least) holds patterns against a value before the spaces that its type
        drops are dropped. Where a value has such spaces, XSD 1.1 is asked instead.
        """
        valid = bool(self._fast.validate(root))
        if valid and self._spaced(root):
            return not self.exact_faults(root, most=1)
        return valid

    def first_fault(self, root: etree._Element) -> Fault:
        """Return the first fault libxml2 found in a message that it found not to be valid."""
        self._fast.validate(root)
        error = self._fast.error_log[0]
        reason = error.message.replace(f"{{{NAMESPACE}}}", "")
        return Fault(error.path or f"/{self.kind}", reason, _value(root, error.path))

    def exact_faults(self, root: etree._Element, most: int = 20) -> tuple[Fault, ...]:
        """Return the faults of a message by XSD 1.1: none where it is valid. Slow."""
        if self._exact is None:
            import xmlschema

            self._exact = xmlschema.XMLSchema11(self.text().decode())
        found = []
        for error in self._exact.iter_errors(root):
            element = error.elem
            value = None
            if element is not None and not len(element):
                value = element.text or ""
            place = (error.path or f"/{self.kind}").replace("ncts:", "")
            reason = " ".join((error.reason or error.message).split())
            found.append(Fault(place.replace("{" + NAMESPACE + "}", ""), reason, value))
            if len(found) == most:
                break
        if not found and self._has_other_spaces(root) and not self._fast.validate(root):
            return (self.first_fault(root),)
        return tuple(found)

    def _has_other_spaces(self, root: etree._Element) -> bool:
        return any(_OTHER_SPACES.search(text) for text in root.itertext())

    def leaf(self, path: tuple[str, ...]) -> Leaf | None:
        """Return what is expected of the value of an element, by the names that lead to it."""
        part = self._parts[f"element {self.kind}"]
        for name in path:
            inner = self._parts.get(f"type {part.get('type')}")
            if inner is None:
                return None
            part = next((e for e in self._elements(inner) if e.get("name") == name), None)
            if part is None:
                return None
        facets: list[tuple[str, str]] = []
        name = part.get("type", "")
        while (inner := self._parts.get(f"type {name}")) is not None:
            restriction = inner.find(f"{_XS}restriction")
            if restriction is None:
                return None
            facets += [
                (facet.tag.removeprefix(_XS), facet.get("value"))
                for facet in restriction
                if isinstance(facet.tag, str) and facet.get("value") is not None
            ]
            name = restriction.get("base", "")
        return Leaf(name, tuple(facets))

    def children(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of the elements below an element, in the order of the schema."""
        part = self._parts[f"element {self.kind}"]
        for name in path:
            inner = self._parts.get(f"type {part.get('type')}")
            found = () if inner is None else self._elements(inner)
            part = next((e for e in found if e.get("name") == name), None)
            if part is None:
                return ()
        inner = self._parts.get(f"type {part.get('type')}")
        return () if inner is None else tuple(e.get("name") for e in self._elements(inner))

    def _elements(self, part: etree._Element) -> Iterator[etree._Element]:
        for extension in part.iter(f"{_XS}extension"):
            yield from self._elements(self._parts[f"type {extension.get('base')}"])
        for element in part.iter(f"{_XS}element", f"{_XS}group"):
            if element.tag == f"{_XS}element":
                yield element
            elif element.get("ref"):
                yield from self._elements(self._parts[f"group {element.get('ref')}"])


@cache
def message_schema(kind: str, version: str) -> MessageSchema:
    """Return the schema of a message.

    Raises
    ------
    DocumentError
        If there is none for this message or version.
    """
    if version not in RELEASES:
        raise DocumentError(
            f"'{version}' is no version of the NCTS messages; there are {', '.join(RELEASES)}."
        )
    if version not in versions_at_hand():
        release = RELEASES[version]
        raise DocumentError(
            f"The XSDs of NCTS {release} are not part of Kervan, so no message of version "
            f"{version} can be held against them. Put them, as the authority publishes them, into "
            f"a folder {release} (or {release}.zip) and name the folder that holds it in "
            f"{SCHEMAS_FOLDER}."
        )
    if kind not in TITLES:
        raise DocumentError(
            f"'{kind}' is no NCTS message that there is a schema of; there are {', '.join(TITLES)}."
        )
    return MessageSchema(kind, version)


def versions_at_hand() -> tuple[str, ...]:
    """Return the versions whose XSDs are here, the newest first."""
    return tuple(version for version in RELEASES if _where(version) is not None)


def published(version: str) -> Mapping[str, bytes]:
    """Return the XSDs of a version at hand as published, by the name of the file."""
    import zipfile

    where = _where(version)
    assert where is not None
    if where.is_dir():
        return {f.name: f.read_bytes() for f in where.iterdir() if f.name.endswith(".xsd")}
    with where.open("rb") as opened, zipfile.ZipFile(opened) as found:
        return {name: found.read(name) for name in found.namelist() if name.endswith(".xsd")}


def _where(version: str) -> Traversable | None:
    """Return the folder or zip of a version's XSDs, or None where they are not at hand."""
    release = RELEASES[version]
    shipped = files("kervan.documents.ncts").joinpath(f"schemas/{release}.zip")
    if shipped.is_file():
        return shipped
    folder = os.environ.get(SCHEMAS_FOLDER)
    if folder is None:
        return None
    given = (Path(folder) / release, Path(folder) / f"{release}.zip")
    return next((path for path in given if path.exists()), None)


@cache
def _parts(version: str) -> dict[str, Any]:
    """Return every type, group and root element, by its kind and name."""
    from lxml import etree

    found = {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    for name, text in published(version).items():
        # Elements that only appear within the documentation of the others.
        if name == "doc.xsd":
            continue
        schema = etree.fromstring(text, parser)
        # All the versions of XSD that a part asks for stand at the top, and only there.
        schema.attrib.pop(_MIN_VERSION, None)
        for part in schema:
            kind = str(part.tag).removeprefix(_XS)
            if kind != "include":
                kind = "type" if kind in ("complexType", "simpleType") else kind
                found[f"{kind} {part.get('name')}"] = part
    return found


def _references(part: etree._Element) -> Iterator[str]:
    for inner in part.iter():
        if not isinstance(inner.tag, str):
            continue
        for attribute in ("type", "base"):
            name = inner.get(attribute)
            if name and not name.startswith("xs:") and inner.tag.startswith(_XS):
                yield f"type {name}"
        if inner.tag == f"{_XS}group" and inner.get("ref"):
            yield f"group {inner.get('ref')}"


def _value(root: etree._Element, path: str | None) -> str | None:
    if not path:
        return None
    try:
        found = root.getroottree().xpath(path, namespaces={"ncts": NAMESPACE})
    except Exception:
        return None
    if not found or len(found[0]):
        return None
    return found[0].text or ""

"""XML from strangers, read in bounded time and memory.

No document type is accepted, so no entity can be declared, internal or external, and nothing can
grow (``billion laughs``) or be fetched from elsewhere. Size, depth and attributes are limited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from kervan.documents.format import DocumentError

if TYPE_CHECKING:
    from lxml import etree

MOST_BYTES = 16 * 2**20
DEEPEST = 64
LONGEST_ATTRIBUTE = 10_000
MOST_ATTRIBUTES = 100
MOST_ELEMENTS = 500_000


def parse_xml(data: bytes) -> etree._Element:
    """Return the root element of an XML document, without its comments.

    Raises
    ------
    DocumentError
        If it is not well formed, declares a document type, or is larger or deeper than is read.
    """
    from lxml import etree

    _guard(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise DocumentError(
            f"The XML is not well formed at line {line}, column {column}: {error.msg}."
        ) from None


def _guard(data: bytes) -> None:
    """Refuse what would harm, before anything is built or expanded."""
    if len(data) > MOST_BYTES:
        raise DocumentError(
            f"The XML has {len(data) / 2**20:.0f} MB; up to {MOST_BYTES // 2**20} MB are read."
        )
    if not data.strip():
        raise DocumentError("The XML file is empty.")
    # Expat tells of a document type as it begins, so nothing declared in it is ever used.
    parser = expat.ParserCreate()
    watch = _Watch(parser)
    parser.StartDoctypeDeclHandler = watch.doctype
    parser.StartElementHandler = watch.start
    parser.EndElementHandler = watch.end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise DocumentError(
            f"The XML is not well formed at line {error.lineno}, column {error.offset + 1}: "
            f"{expat.errors.messages[error.code]}."
        ) from None
    except (LookupError, ValueError):
        raise DocumentError(
            "The XML is written in a character set that is not read; save it as UTF-8."
        ) from None


class _Watch:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.depth = 0
        self.elements = 0

    def doctype(self, *_: object) -> None:
        raise DocumentError(
            f"The XML declares a document type (<!DOCTYPE …>, line "
            f"{self.parser.CurrentLineNumber}), which could draw in other files or grow without "
            "end. Take the declaration out."
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > DEEPEST:
            raise self._excess(f"elements are nested deeper than {DEEPEST} levels")
        if self.elements > MOST_ELEMENTS:
            raise self._excess(f"it has more than {MOST_ELEMENTS:,} elements")
        if len(attributes) > MOST_ATTRIBUTES:
            raise self._excess(f"<{name[:60]}> has more than {MOST_ATTRIBUTES} attributes")
        if any(len(value) > LONGEST_ATTRIBUTE for value in attributes.values()):
            raise self._excess(
                f"an attribute of <{name[:60]}> has more than {LONGEST_ATTRIBUTE:,} characters"
            )

    def end(self, _: str) -> None:
        self.depth -= 1

    def _excess(self, what: str) -> DocumentError:
        return DocumentError(
            f"The XML is not read: at line {self.parser.CurrentLineNumber}, {what}."
        )

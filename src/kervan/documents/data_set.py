"""The consignment itself, as JSON in one canonical form (RFC 8785): what is signed and exchanged.

Canonical means that equal consignments are equal bytes: names in order, no spaces, no element that
says nothing. It carries everything.
"""

from __future__ import annotations

from kervan.cargo.consignment import SCHEMA, Consignment
from kervan.cargo.reading import CargoError, read_consignment
from kervan.documents.format import DocumentError, Format, ReadDocument
from kervan.documents.signing import consignment_data


def render(consignment: Consignment) -> bytes:
    """Return a consignment as canonical JSON."""
    return consignment_data(consignment)


def read(data: bytes) -> ReadDocument:
    """Read a consignment written as JSON, canonical or not.

    Raises
    ------
    DocumentError
        If it is none; the message says the first thing wrong with it.
    """
    try:
        consignment = read_consignment(data)
    except CargoError as error:
        raise DocumentError(str(error)) from None
    return ReadDocument(FORMAT.kind, consignment.format, consignment)


def _recognises(head: bytes) -> bool:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and SCHEMA.encode() in head


FORMAT = Format(
    kind="data-set",
    title="Consignment data set, canonical JSON",
    suffix=".json",
    standard="consignment.v1 in the canonical form of RFC 8785",
    carries=frozenset(Consignment.model_fields),
    render=render,
    read=read,
    recognises=_recognises,
)

"""All documents and messages, each loaded when it is asked for, and how a file is recognised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, Format, ReadDocument
from kervan.feed.nearest import nearest

FORMATS: dict[str, str] = {
    "data-set": "kervan.documents.data_set:FORMAT",
    "smgs": "kervan.documents.smgs.note:SMGS",
    "smgs-xml": "kervan.documents.smgs.structured:SMGS_XML",
    "smgs-json": "kervan.documents.smgs.structured:SMGS_JSON",
    "cim-smgs": "kervan.documents.smgs.common_note:CIM_SMGS",
    "cim-smgs-xml": "kervan.documents.smgs.structured:CIM_SMGS_XML",
    "cim-smgs-json": "kervan.documents.smgs.structured:CIM_SMGS_JSON",
    "dangerous-goods": "kervan.documents.dangerous_goods:DANGEROUS_GOODS",
    "packing-list": "kervan.documents.packing_list:PACKING_LIST",
    "ncts-cc015c": "kervan.documents.ncts:DECLARATION",
    "ncts-cc013c": "kervan.documents.ncts:AMENDMENT",
    "efti-common": "kervan.documents.efti.common:FORMAT",
    "efti-identifiers": "kervan.documents.efti.identifiers:FORMAT",
    "etir-advance": "kervan.documents.etir.advance:FORMAT",
    "iftmin": "kervan.documents.edifact.iftmin:FORMAT",
    "iftsta": "kervan.documents.edifact.iftsta:FORMAT",
    "coprar": "kervan.documents.edifact.terminal:COPRAR",
    "codeco": "kervan.documents.edifact.terminal:CODECO",
    "manifest": "kervan.documents.lists.formats:MANIFEST",
    "wagon-list": "kervan.documents.lists.formats:WAGON_LIST",
}
"""Where each format is, by its kind, in the order of the way."""

MOST_BYTES = 16 * 2**20
"""Size of the largest file that is read."""
HEAD_BYTES = 4_096


def document_format(kind: str) -> Format:
    """Return a format.

    Raises
    ------
    DocumentError
        If there is none of this kind, or what it needs is not installed.
    """
    if kind not in FORMATS:
        meant = nearest(kind, FORMATS)
        raise DocumentError(
            f"'{kind}' is no document. "
            + (f"Did you mean '{meant}'? " if meant else "")
            + f"There are {', '.join(FORMATS)}."
        )
    module, name = FORMATS[kind].split(":")
    try:
        found: Format = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise DocumentError(
            f"'{kind}' needs the package {error.name}, which is not installed; install "
            "kervan[documents]."
        ) from None
    return found


def document_formats() -> Iterator[Format]:
    """Yield every format, in the order of the way."""
    for kind in FORMATS:
        yield document_format(kind)


def wanted_formats(consignment: Consignment) -> tuple[Format, ...]:
    """Return the documents the way of a consignment asks for."""
    return tuple(f for f in document_formats() if f.wanted(consignment))


def recognise(head: bytes) -> Format:
    """Return the format that a file is, by its first 4,096 bytes.

    Raises
    ------
    DocumentError
        If it is none of those that can be read.
    """
    for candidate in document_formats():
        if candidate.recognises(head):
            return candidate
    readable = ", ".join(f.kind for f in document_formats() if f.read is not None)
    raise DocumentError(
        f"The file begins with {_beginning(head)} and is none of the documents that can be read: "
        f"{readable}. If it is one of them, say which with --as."
    )


def read_document(source: Path | bytes, kind: str | None = None) -> ReadDocument:
    """Read a document of any kind.

    Parameters
    ----------
    source
        A file, or what is in it.
    kind
        Key of its format; recognised unless given.

    Raises
    ------
    DocumentError
        If it cannot be read, is larger than is read, or is none of the formats.
    """
    data = file_bytes(source) if isinstance(source, Path) else source
    if len(data) > MOST_BYTES:
        raise _too_large(len(data))
    found = document_format(kind or kind_of(data))
    if found.read is None:
        raise DocumentError(f"'{found.kind}' ({found.title}) is written only; it is not read back.")
    return found.read(data)


def kind_of(data: bytes) -> str:
    """Return the kind of a document; of a paper, by its code and not by its first bytes.

    Raises
    ------
    DocumentError
        If it is none of those that can be read.
    """
    if data.startswith(b"%PDF-"):
        from kervan.documents.paper.reading import read_paper

        return read_paper(data).claim.kind
    return recognise(data[:HEAD_BYTES]).kind


def known_kinds(names: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds that names mean, each once and in the order of the way; ``all`` is all.

    Raises
    ------
    DocumentError
        If a name is no kind.
    """
    asked = set(names)
    if "all" in asked:
        return tuple(FORMATS)
    for name in asked:
        document_format(name)
    return tuple(kind for kind in FORMATS if kind in asked)


def file_bytes(path: Path) -> bytes:
    """Return what is in a file, unless it is larger than is read.

    Raises
    ------
    DocumentError
        If it is, or cannot be read.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _too_large(size)
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {error.strerror}.") from None


def _too_large(size: int) -> DocumentError:
    return DocumentError(
        f"The file has {size / 2**20:.0f} MB; up to {MOST_BYTES // 2**20} MB are read."
    )


def _beginning(head: bytes) -> str:
    if not head:
        return "nothing, for it is empty,"
    shown = head[:24].decode("utf-8", "replace")
    return f"'{''.join(c if c.isprintable() else '·' for c in shown)}'"

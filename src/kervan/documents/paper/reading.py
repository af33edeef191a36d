"""A paper read back: from the signed data attached to it, never from what its page looks like.

What comes from outside is looked through first. A PDF with scripts, actions, embedded files other
than ours, forms of another kind, or encryption is refused, and so is one that would grow: every
compressed stream is counted out to a limit before a PDF library sees the file.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kervan.cargo.consignment import Consignment
from kervan.cargo.reading import CargoError, read_consignment
from kervan.documents.format import DocumentError, LeftOver, ReadDocument
from kervan.documents.paper.drawing import MARK
from kervan.documents.paper.proof import PLAIN_NAME, SIGNED_NAME, Claim, claimed, read_code
from kervan.documents.signing import (
    PublicKey,
    SignatureError,
    canonical,
    consignment_data,
    digest,
    header,
    unverified,
    verify,
)

if TYPE_CHECKING:
    from pypdf import PdfReader

MOST_BYTES = 16 * 2**20
"""Size of the largest paper that is read; a note with all its sheets has a quarter of a MB."""
MOST_GROWN = 64 * 2**20
"""What all its streams may hold together, decompressed."""
MOST_STREAMS = 4_000
MOST_OBJECTS = 100_000
DEEPEST = 64
_MOST_FIELDS = 5_000

_FORBIDDEN: Mapping[str, str] = {
    "/JavaScript": "a script",
    "/JS": "a script",
    "/OpenAction": "an action on opening",
    "/AA": "actions on events",
    "/A": "an action",
    "/Launch": "a program to start",
    "/XFA": "a form in XML (XFA)",
    "/RichMedia": "rich media",
    "/Encrypt": "encryption",
    "/Collection": "a collection of files",
}
"""Keys, and values of type, that none of our papers has."""

_FORBIDDEN_TYPES = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/GoToE",
        "/Rendition",
        "/Movie",
        "/Sound",
        "/FileAttachment",
        "/RichMedia",
        "/Screen",
        "/3D",
        "/URI",
        "/Named",
        "/Hide",
    }
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper's file holds.

    Attributes
    ----------
    claim
        What its code says.
    consignment
        The attached data.
    signed_by
        Key whose signature was verified; None where no keys were given.
    filled_in
        What was typed into its fields, by name of the field.
    """

    claim: Claim
    consignment: Consignment
    signed_by: str | None
    filled_in: Mapping[str, str]


def read_paper(data: bytes, keys: Iterable[PublicKey] | None = None) -> Paper:
    """Read a paper of ours.

    Parameters
    ----------
    data
        The file.
    keys
        Keys that are trusted. None reads without verifying who signed; that the attached data is
        what the code says is checked all the same.

    Raises
    ------
    SignatureError
        If it was changed after it was signed, by another key, or not signed and keys were given.
    DocumentError
        If it is no PDF, no paper of ours, or holds what is refused.
    """
    _guard(data)
    trusted = None if keys is None else list(keys)
    name, attached, code, filled_in = _contents(data)
    claim = read_code(code, trusted, link=_link(code))
    payload, signed_by = _payload(name, attached, claim, trusted)
    if digest(payload) != claim.sha256:
        raise SignatureError(
            "The data attached to the paper is not what its code says: the digests differ. Ask "
            "whoever issued it for the paper again."
        )
    try:
        consignment = read_consignment(payload)
    except CargoError as error:
        raise DocumentError(f"The data attached to the paper is no consignment: {error}") from None
    if claim != claimed(claim.kind, consignment, claim.key_id):
        raise DocumentError(
            "The code of the paper says other than its data: reference, packages or mass differ."
        )
    if consignment_data(consignment) != payload:
        raise DocumentError("The data attached to the paper is not in canonical form (RFC 8785).")
    return Paper(claim, consignment, signed_by, filled_in)


def reader(kind: str, version: str) -> Callable[[bytes], ReadDocument]:
    """Return a function that reads papers of one kind.

    Parameters
    ----------
    kind
        Of the paper: ``smgs``.
    version
        Of the form.
    """

    def read(data: bytes) -> ReadDocument:
        paper = read_paper(data)
        if paper.claim.kind != kind:
            raise DocumentError(
                f"The paper is of the kind '{paper.claim.kind[:40]}'; '{kind}' was expected."
            )
        return ReadDocument(
            kind,
            version,
            paper.consignment,
            tuple(LeftOver(f"field {name}", value) for name, value in paper.filled_in.items()),
        )

    return read


def recogniser(kind: str) -> Callable[[bytes], bool]:
    """Return a function that tells by its first bytes whether a file may be a paper of this kind.

    A paper saved again by another program has lost its mark, and may be any.
    """

    def recognises(head: bytes) -> bool:
        found = _MARKED.search(head[:200])
        return is_pdf(head) and (found is None or found[1].decode() == kind)

    return recognises


_MARKED = re.compile(MARK.encode() + rb"([a-z-]+)")


def is_pdf(head: bytes) -> bool:
    """Tell whether a file begins like a PDF."""
    return head.startswith(b"%PDF-")


def _payload(
    name: str, attached: bytes, claim: Claim, keys: list[PublicKey] | None
) -> tuple[bytes, str | None]:
    if name == PLAIN_NAME:
        if keys is not None:
            raise SignatureError("The paper is not signed: it is a draft.")
        try:
            import json

            return canonical(json.loads(attached)), None
        except (ValueError, RecursionError):
            raise DocumentError("The data attached to the paper is no JSON.") from None
    try:
        text = attached.decode("ascii")
    except UnicodeDecodeError:
        raise SignatureError("The file attached to the paper is no signature.") from None
    if keys is None:
        return unverified(text), None
    if header(text)["kid"] != claim.key_id:
        raise SignatureError("The code of the paper and its data are signed by different keys.")
    return verify(text, keys), claim.key_id


def _link(code: str) -> str:
    """Return what stands before the claim in a code."""
    return code[: len(code) - len(_CLAIM_AT_END.search(code)[0])]  # type: ignore[index]


_CLAIM_AT_END = re.compile(r"[A-Za-z0-9_.-]*$")


def _guard(data: bytes) -> None:
    """Refuse what would harm, before a PDF library sees it."""
    if len(data) > MOST_BYTES:
        raise DocumentError(
            f"The PDF has {len(data) / 2**20:.0f} MB; up to {MOST_BYTES // 2**20} MB are read."
        )
    if not is_pdf(data[:8]):
        raise DocumentError("The file is no PDF: it does not begin with %PDF-.")
    grown = fed = streams = 0
    view = memoryview(data)
    for found in _STREAM.finditer(data):
        streams += 1
        if streams > MOST_STREAMS:
            raise DocumentError(f"The PDF is not read: it has more than {MOST_STREAMS:,} streams.")
        start = found.end()
        if data[start : start + 1] not in _ZLIB:
            continue
        inflate = zlib.decompressobj()
        waiting: bytes | memoryview = b""
        while not inflate.eof and (waiting or start < len(data)):
            if not waiting:
                waiting = view[start : start + _CHUNK]
                start += _CHUNK
                fed += _CHUNK
            try:
                grown += len(inflate.decompress(waiting, MOST_GROWN - grown + 1))
            except zlib.error:
                break
            waiting = inflate.unconsumed_tail
            # Streams that lie one in another could be fed the whole file again and again.
            if grown > MOST_GROWN or fed > 4 * MOST_BYTES + streams * _CHUNK:
                raise DocumentError(
                    "The PDF is not read: decompressed, its streams hold more than "
                    f"{MOST_GROWN // 2**20} MB, or they lie one in another."
                )


_CHUNK = 1 << 16
_STREAM = re.compile(rb"stream\r?\n")
_ZLIB = frozenset((b"\x08", b"\x18", b"\x28", b"\x38", b"\x48", b"\x58", b"\x68", b"\x78"))
"""First bytes of what zlib compressed, by the size of its window."""


def _contents(data: bytes) -> tuple[str, bytes, str, dict[str, str]]:
    """Return name and content of the attached file, the code, and what was filled in."""
    import logging
    import warnings

    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise DocumentError(
            "Reading a PDF needs the package pypdf. Install what it needs with "
            "pip install 'kervan[documents]'."
        ) from None
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pdf = PdfReader(io.BytesIO(data), strict=True)
            if pdf.is_encrypted:
                raise DocumentError("The PDF is encrypted; take the encryption off.")
            _look_through(pdf)
            name, attached = _attached(pdf)
            metadata = pdf.metadata
            code = str(metadata.get("/Keywords", "")) if metadata is not None else ""
            return name, attached, code, _filled_in(pdf)
        except DocumentError:
            raise
        # A PDF that was tampered with fails in as many ways as pypdf has lines.
        except (
            PyPdfError,
            ValueError,
            TypeError,
            KeyError,
            IndexError,
            AttributeError,
            AssertionError,
            ArithmeticError,
            NotImplementedError,
            RecursionError,
            OSError,
            zlib.error,
        ) as error:
            raise DocumentError(
                f"The PDF cannot be read: it is damaged ({type(error).__name__})."
            ) from None


def _look_through(pdf: PdfReader) -> None:
    """Refuse a file one of whose objects does what no paper of ours does."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Any, int]] = [(pdf.trailer, 0)]
    count = 0
    while waiting:
        found, depth = waiting.pop()
        count += 1
        if count > MOST_OBJECTS or depth > DEEPEST * 16:
            raise DocumentError(f"The PDF is not read: it has more than {MOST_OBJECTS:,} objects.")
        if isinstance(found, IndirectObject):
            key = (found.idnum, found.generation)
            if key not in seen:
                seen.add(key)
                waiting.append((found.get_object(), depth + 1))
        elif isinstance(found, DictionaryObject):
            _look_at(found)
            waiting += ((found.raw_get(name), depth + 1) for name in found)
        elif isinstance(found, ArrayObject):
            waiting += (
                (found.raw_get(place) if hasattr(found, "raw_get") else entry, depth + 1)
                for place, entry in enumerate(list.__iter__(found))
            )


def _look_at(found: Mapping[str, Any]) -> None:
    for key in found:
        if key in _FORBIDDEN:
            raise DocumentError(
                f"The PDF is not read: it holds {_FORBIDDEN[key]} ({key}), which no paper of ours "
                "does."
            )
    for key in ("/S", "/Subtype"):
        value = found.get(key)
        if isinstance(value, str) and value in _FORBIDDEN_TYPES:
            raise DocumentError(
                f"The PDF is not read: it holds an object of the type {value}, which no paper of "
                "ours does."
            )


def _attached(pdf: PdfReader) -> tuple[str, bytes]:
    catalog: Any = pdf.trailer["/Root"].get_object()
    tree: Any = catalog.get("/Names")
    files: Any = tree.get_object().get("/EmbeddedFiles") if tree is not None else None
    if files is None:
        raise DocumentError(
            "The PDF is no paper of ours: no data is attached to it. Only papers written by Kervan "
            "are read."
        )
    names: Any = files.get_object().get("/Names")
    if names is None or "/Kids" in files.get_object() or len(names.get_object()) != 2:
        raise DocumentError("The PDF is not read: it has other files attached than ours.")
    name = str(names.get_object()[0])
    if name not in (SIGNED_NAME, PLAIN_NAME):
        raise DocumentError(
            f"The PDF is not read: the file '{name[:40]}' is attached to it; {SIGNED_NAME} or "
            f"{PLAIN_NAME} was expected."
        )
    entry: Any = names.get_object()[1].get_object()
    stream: Any = entry["/EF"].get_object()["/F"].get_object()
    if stream.get("/Filter") not in (None, "/FlateDecode"):
        raise DocumentError("The file attached to the PDF is compressed in a way that is not read.")
    raw: bytes = stream._data
    if stream.get("/Filter") is None:
        return name, raw
    inflate = zlib.decompressobj()
    content = inflate.decompress(raw, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise DocumentError(f"The file attached has more than {MOST_BYTES // 2**20} MB.")
    return name, content


def _filled_in(pdf: PdfReader) -> dict[str, str]:
    catalog: Any = pdf.trailer["/Root"].get_object()
    form: Any = catalog.get("/AcroForm")
    if form is None:
        return {}
    fields: Any = form.get_object().get("/Fields")
    if fields is None:
        return {}
    entries = list(fields.get_object())
    if len(entries) > _MOST_FIELDS:
        raise DocumentError(f"The PDF is not read: it has more than {_MOST_FIELDS:,} fields.")
    found: dict[str, str] = {}
    for entry in entries:
        field: Any = entry.get_object()
        value = field.get("/V")
        if value is not None and str(value) != "":
            found[str(field.get("/T", ""))] = str(value)
    return found

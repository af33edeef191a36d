"""Papers from strangers: what could harm is refused, in a sentence that says what it was."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError
from kervan.documents.paper.proof import prove
from kervan.documents.paper.reading import MOST_BYTES, read_paper
from kervan.documents.signing import SignatureError, generate_key, sign
from kervan.documents.smgs.note import SMGS

KEY = generate_key()
EXAMPLE = example_consignment()
SIGNED = SMGS.render(EXAMPLE, key=KEY)
CORPUS = Path(__file__).parent / "corpus" / "paper"


def rewritten(change: object) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(SIGNED))
    change(writer)  # type: ignore[operator]
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _script(writer: pypdf.PdfWriter) -> None:
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")}
    )
    named = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("s"), script])})
    writer.root_object["/Names"][NameObject("/JavaScript")] = named  # type: ignore[index]


def _opened(writer: pypdf.PdfWriter) -> None:
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")}
    )
    writer.root_object[NameObject("/OpenAction")] = action


def _page_action(writer: pypdf.PdfWriter) -> None:
    writer.pages[0][NameObject("/AA")] = DictionaryObject()


def _launched(writer: pypdf.PdfWriter) -> None:
    annotation = DictionaryObject(
        {
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
            NameObject("/A"): DictionaryObject({NameObject("/S"): NameObject("/Launch")}),
        }
    )
    writer.pages[0]["/Annots"].append(annotation)  # type: ignore[attr-defined]


def _second_file(writer: pypdf.PdfWriter) -> None:
    writer.add_attachment("virus.exe", b"MZ")


def _file_annotation(writer: pypdf.PdfWriter) -> None:
    annotation = DictionaryObject({NameObject("/Subtype"): NameObject("/FileAttachment")})
    writer.pages[0]["/Annots"].append(writer._add_object(annotation))  # type: ignore[attr-defined]


def _xfa(writer: pypdf.PdfWriter) -> None:
    form = writer.root_object["/AcroForm"].get_object()
    form[NameObject("/XFA")] = TextStringObject("x")  # type: ignore[index]


def _encrypted(writer: pypdf.PdfWriter) -> None:
    writer.encrypt("", algorithm="RC4-128")


def _without_names(writer: pypdf.PdfWriter) -> None:
    del writer.root_object["/Names"]


def _hidden_script(writer: pypdf.PdfWriter) -> None:
    """A script in an object that nothing on a page leads to but the catalog does."""
    writer.root_object[NameObject("/PieceInfo")] = DictionaryObject(
        {
            NameObject("/Deep"): ArrayObject(
                [DictionaryObject({NameObject("/JS"): TextStringObject("1")})]
            )
        }
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_script, "script"),
        (_opened, "OpenAction"),
        (_page_action, "AA"),
        (_launched, "action"),
        (_second_file, "files attached"),
        (_file_annotation, "FileAttachment"),
        (_xfa, "XFA"),
        (_encrypted, "encrypt"),
        (_without_names, "no data is attached"),
        (_hidden_script, "script"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else "",
)
def test_what_no_paper_of_ours_has_is_refused(change: object, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        read_paper(rewritten(change))


def test_a_paper_saved_again_by_another_program_is_read() -> None:
    assert (
        read_paper(rewritten(lambda writer: None), [KEY.public]).claim.reference == "EX-2026-000417"
    )


def test_a_name_written_in_hexadecimal_hides_nothing() -> None:
    # /OpenAction with one letter as #41; the file grows, which readers forgive.
    data = SIGNED.replace(b"/Type /Catalog", b"/Type /Catalog /Open#41ction << /S /Launch >>", 1)
    with pytest.raises(DocumentError):
        read_paper(data)


def test_the_attached_data_cannot_be_exchanged() -> None:
    other = EXAMPLE.model_copy(update={"reference": "EX-OTHER"})
    theirs = prove("smgs", other, KEY).data

    def exchange(writer: pypdf.PdfWriter) -> None:
        names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
        stream = DecodedStreamObject()
        stream.set_data(theirs)
        names[1].get_object()["/EF"][NameObject("/F")] = writer._add_object(stream)

    with pytest.raises(SignatureError, match="digests differ"):
        read_paper(rewritten(exchange), [KEY.public])
    with pytest.raises(SignatureError, match="digests differ"):
        read_paper(rewritten(exchange))


def test_signed_nonsense_is_no_consignment() -> None:
    from unittest.mock import patch

    from kervan.documents.paper import proof as proofs

    with patch.object(proofs, "consignment_data", lambda consignment: b'{"no":"consignment"}'):
        data = SMGS.render(EXAMPLE, key=KEY)
    with pytest.raises(DocumentError):
        read_paper(data, [KEY.public])


def test_too_large_a_file_is_refused_unread() -> None:
    with pytest.raises(DocumentError, match="MB"):
        read_paper(b"%PDF-1.4\n" + b" " * MOST_BYTES)


def test_a_bomb_in_a_stream_is_refused_before_it_grows() -> None:
    bomb = zlib.compress(b"\0" * (80 * 2**20), 9)
    data = SIGNED.replace(b"%%EOF", b"\n9 0 obj\n<<>>\nstream\n" + bomb + b"\nendstream\n%%EOF", 1)
    with pytest.raises(DocumentError, match="decompressed"):
        read_paper(data)


def test_streams_that_lie_one_in_another_are_refused_in_bounded_time() -> None:
    # Blocks that hold nothing, as a compressor may write: input without output, to the end.
    inner = b"stream\n\x78\x9c" + b"\x00\x00\x00\xff\xff" * 20
    stored = (
        b"\x00" + len(inner).to_bytes(2, "little") + (0xFFFF - len(inner)).to_bytes(2, "little")
    )
    data = b"%PDF-1.4\nstream\n\x78\x9c" + (stored + inner) * 3_000
    with pytest.raises(DocumentError):
        read_paper(data + b"\x00\x00\x00\xff\xff" * 2_000_000)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*")), ids=lambda path: path.name)
def test_every_file_of_the_corpus_is_refused(path: Path) -> None:
    with pytest.raises(DocumentError):
        read_paper(path.read_bytes())


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    for attempt in (data, b"%PDF-1.4\n" + data):
        with pytest.raises(DocumentError):
            read_paper(attempt)


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_paper_with_changed_bytes_is_refused_or_says_the_same(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(SIGNED)
    for _ in range(rng.choice([1, 1, 3, 20])):
        place = rng.randrange(len(data))
        match rng.randrange(3):
            case 0:
                data[place] = rng.randrange(256)
            case 1:
                del data[place : place + rng.randrange(1, 40)]
            case _:
                data[place:place] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 12)))
    try:
        found = read_paper(bytes(data), [KEY.public])
    except DocumentError:
        return
    assert found.consignment == read_paper(SIGNED).consignment


@given(st.integers(0, len(SIGNED)))
@settings(max_examples=25, deadline=None)
def test_a_paper_cut_short_is_refused(length: int) -> None:
    if length < len(SIGNED) - 8:
        with pytest.raises(DocumentError):
            read_paper(SIGNED[:length])


def test_a_claim_that_says_other_than_its_data_is_refused() -> None:
    from unittest.mock import patch

    from kervan.documents.paper import proof as proofs

    whole = proofs.claimed

    def light(kind: str, consignment: Consignment, key_id: str | None) -> proofs.Claim:
        claim = whole(kind, consignment, key_id)
        return proofs.Claim(kind, claim.reference, 1, 1, "1", claim.sha256, key_id)

    with patch.object(proofs, "claimed", light):
        data = SMGS.render(EXAMPLE, key=KEY)
    with pytest.raises(DocumentError, match="says other than its data"):
        read_paper(data, [KEY.public])
    assert sign(b"{}", KEY)

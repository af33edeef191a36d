"""XML from strangers is read, or refused in a sentence, in bounded time and memory."""

from __future__ import annotations

import contextlib
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.documents.format import DocumentError
from kervan.documents.safe_xml import (
    DEEPEST,
    LONGEST_ATTRIBUTE,
    MOST_ATTRIBUTES,
    MOST_BYTES,
    MOST_ELEMENTS,
    parse_xml,
)

CORPUS = sorted(Path(__file__).with_name("corpus").joinpath("xml").iterdir())
SOUND = b'<?xml version="1.0" encoding="UTF-8"?><a x="1"><b>\xd0\x96<!-- word --></b><b/></a>'


def test_sound_xml_is_read_without_its_comments() -> None:
    root = parse_xml(SOUND)
    assert root.get("x") == "1"
    assert [child.text for child in root] == ["Ж", None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_other_character_sets_are_read_where_the_file_names_them(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><a>Груз</a>'
    assert parse_xml(text.encode(encoding)).text == "Груз"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_file_of_the_corpus_is_refused(path: Path) -> None:
    with pytest.raises(DocumentError, match="XML"):
        parse_xml(path.read_bytes())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<a>" * (DEEPEST + 1), "nested deeper"),
        (b'<a b="' + b"x" * (LONGEST_ATTRIBUTE + 1) + b'"/>', "an attribute of <a>"),
        (
            b"<a " + b" ".join(b'b%d=""' % i for i in range(MOST_ATTRIBUTES + 1)) + b"/>",
            "more than 100 attributes",
        ),
        (b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>", "more than 500,000 elements"),
        (b" " * (MOST_BYTES + 1), "MB"),
    ],
    ids=["deep", "long attribute", "many attributes", "many elements", "large"],
)
def test_what_is_too_much_is_named_with_its_line(data: bytes, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        parse_xml(data)


def test_a_bomb_takes_no_memory() -> None:
    bomb = next(path for path in CORPUS if path.stem == "billion-laughs").read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(50):
        with pytest.raises(DocumentError):
            parse_xml(bomb)
    # A bomb that went off would take gigabytes; kilobytes are counted here.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        parse_xml(data)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=3))
def test_a_spoilt_file_is_read_or_refused(position: int, put_in: bytes) -> None:
    with contextlib.suppress(DocumentError):
        parse_xml(SOUND[:position] + put_in + SOUND[position + 1 :])

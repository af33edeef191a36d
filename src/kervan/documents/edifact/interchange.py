"""The envelope of UN/EDIFACT (ISO 9735): what is between UNA or UNB and UNZ, read and written.

The library pydifact takes segments apart and puts them together. What comes from outside is
guarded here: size, character set, separators, counts and control references. pydifact's own parser
is not used, only its tokens: it looks for ``'UNA`` anywhere in the text and drops what stands
before it, and it answers several kinds of damage with errors of Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from kervan.documents.format import DocumentError

MOST_BYTES = 2 * 2**20
"""Size of the largest interchange that is read; some 6,000 containers of a loading order."""
MOST_SEGMENTS = 100_000
LONGEST_SEGMENT = 10_000
"""Characters in one segment; the longest of the directories, FTX, holds fewer than 3,000."""

CHARSETS: dict[str, tuple[str, str]] = {
    "UNOA": ("ascii", "ISO 646, level A"),
    "UNOB": ("ascii", "ISO 646, level B"),
    "UNOC": ("iso8859_1", "ISO 8859-1, Latin 1"),
    "UNOD": ("iso8859_2", "ISO 8859-2, Latin 2"),
    "UNOE": ("iso8859_5", "ISO 8859-5, Cyrillic"),
    "UNOF": ("iso8859_7", "ISO 8859-7, Greek"),
    "UNOG": ("iso8859_3", "ISO 8859-3, Latin 3"),
    "UNOH": ("iso8859_4", "ISO 8859-4, Latin 4"),
    "UNOI": ("iso8859_6", "ISO 8859-6, Arabic"),
    "UNOJ": ("iso8859_8", "ISO 8859-8, Hebrew"),
    "UNOK": ("iso8859_9", "ISO 8859-9, Latin 5, Turkish"),
    "UNOW": ("utf-8", "ISO 10646 as UTF-8"),
    "UNOY": ("utf-8", "ISO 10646, read as UTF-8"),
}
"""Character set by syntax identifier: Python's name, and in words (code list 0001)."""

_LEVEL_A = re.compile(r"""[A-Z0-9 .,\-()/=!"%&*;<>'+:?]*""")
_WRITTEN = ("UNOA", "UNOB", "UNOC", "UNOE", "UNOK", "UNOW")
_NEEDS_VERSION_4 = frozenset({"UNOG", "UNOH", "UNOI", "UNOJ", "UNOK", "UNOW", "UNOY"})
# What a data element may not hold: control characters of ISO 646 and ISO 8859.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NO_RELEASE = "\uffff"

Elements = tuple[tuple[str, ...], ...]


class Segment(NamedTuple):
    """One segment: its tag, its elements by component, and its position from UNB, which is 1."""

    tag: str
    elements: Elements
    number: int

    def value(self, element: int, component: int = 0) -> str:
        """Return a component by its position, both from 0; empty where it is not there."""
        if element < len(self.elements) and component < len(self.elements[element]):
            return self.elements[element][component]
        return ""

    def __str__(self) -> str:
        """The segment as a reader is told of it."""
        return f"segment {self.number} ({self.tag})"


@dataclass(frozen=True, slots=True)
class Message:
    """One message, from UNH to UNT.

    Attributes
    ----------
    kind, version, release, agency, association
        Of its identifier: ``COPRAR``, ``D``, ``95B``, ``UN``, ``SMDG16``.
    reference
        Its control reference.
    segments
        UNH and UNT included.
    """

    kind: str
    version: str
    release: str
    agency: str
    association: str
    reference: str
    segments: tuple[Segment, ...]

    @property
    def directory(self) -> str:
        """Directory it is written to: ``D.95B``."""
        return f"{self.version}.{self.release}"


@dataclass(frozen=True, slots=True)
class Interchange:
    """What one file holds.

    Attributes
    ----------
    charset
        Syntax identifier: ``UNOC``.
    header
        UNB as it stands.
    messages
        In order.
    """

    charset: str
    header: Segment
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is said of an interchange that is written.

    Attributes
    ----------
    sender, recipient
        Who sends it and to whom, up to 35 characters.
    prepared
        Day and time as digits, ``CCYYMMDDHHMM``.
    reference
        Control reference, up to 14 characters.
    charset
        Syntax identifier; the narrowest that holds every character where None.
    """

    sender: str
    recipient: str
    prepared: str
    reference: str = "1"
    charset: str | None = None


def is_interchange(head: bytes, kind: str) -> bool:
    """Return whether the beginning of a file is an interchange with a message of a kind."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:3] in (b"UNA", b"UNB", b"UNH") and kind.encode() in head


def read_interchange(data: bytes) -> Interchange:
    """Read an interchange and check its envelope.

    Raises
    ------
    DocumentError
        If it is none, is larger than is read, holds characters its syntax identifier does not
        allow, is cut short, or counts and references do not agree. The message names the segment.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError(
            f"The interchange has {len(data) / 2**20:.1f} MB; up to {MOST_BYTES // 2**20} MB are "
            "read. Split it into several."
        )
    charset, text, marks = _text(data)
    segments = tuple(_segments(text, marks))
    return _checked(charset, segments)


def write_interchange(
    message: tuple[str, str, str], segments: Iterable[tuple[str, Elements]], envelope: Envelope
) -> bytes:
    """Return an interchange with one message.

    Parameters
    ----------
    message
        Its kind, version and release: ``("COPRAR", "D", "95B")``.
    segments
        Tags and elements between UNH and UNT.
    envelope
        What UNB says.

    Raises
    ------
    DocumentError
        If the character set asked for lacks a character.
    """
    from pydifact.segments import Segment as Written
    from pydifact.serializer import Serializer

    body = list(segments)
    charset = envelope.charset or narrowest(
        [envelope.sender, envelope.recipient, *(c for _, e in body for p in e for c in p)]
    )
    if charset not in CHARSETS:
        raise DocumentError(
            f"'{charset}' is no syntax identifier that is written; there are {', '.join(CHARSETS)}."
        )
    four = charset in _NEEDS_VERSION_4
    day, clock = envelope.prepared[:8], envelope.prepared[8:12]
    whole: list[tuple[str, list[Any]]] = [
        (
            "UNB",
            [
                [charset, "4" if four else "3"],
                envelope.sender,
                envelope.recipient,
                [day if four else day[2:], clock],
                envelope.reference,
            ],
        ),
        ("UNH", ["1", [*message, "UN"]]),
        *((tag, [list(e) if len(e) > 1 else e[0] for e in elements]) for tag, elements in body),
        ("UNT", [str(len(body) + 2), "1"]),
        ("UNZ", ["1", envelope.reference]),
    ]
    text = Serializer(_characters(":+.? '")).serialize(
        [Written(tag, *elements) for tag, elements in whole], break_lines=True
    )
    try:
        return text.encode(CHARSETS[charset][0])
    except UnicodeEncodeError as error:
        raise DocumentError(
            f"'{text[error.start]}' is not in the character set of {charset} "
            f"({CHARSETS[charset][1]}); leave the character set out, and one that holds it is "
            "chosen."
        ) from None


def narrowest(values: Iterable[str]) -> str:
    """Return the first of the written syntax identifiers that holds all of these values."""
    text = "".join(values)
    for charset in _WRITTEN:
        if charset == "UNOA" and not _LEVEL_A.fullmatch(text):
            continue
        try:
            text.encode(CHARSETS[charset][0])
        except UnicodeEncodeError:
            continue
        return charset
    raise DocumentError("A text holds half a character (a lone surrogate); write it again.")


def control_character(value: str) -> str | None:
    """Return the first character that no data element may hold, or None."""
    found = _CONTROL.search(value)
    return found.group() if found else None


def _characters(marks: str) -> Any:
    from pydifact.control.characters import Characters

    return Characters.from_str(marks)


def _text(data: bytes) -> tuple[str, str, str]:
    """Return the syntax identifier, the text from UNB on, and the six separators."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t")
    marks = ":+.? '"
    if start[:3] == b"UNA":
        marks = start[3:9].decode("latin-1")
        _check_marks(marks)
        start = start[9:].lstrip(b" \r\n")
    if start[:3] != b"UNB":
        shown = "".join(c if c.isprintable() else "·" for c in start[:12].decode("latin-1"))
        raise DocumentError(
            f"The interchange begins with '{shown}', not with UNA or UNB (the interchange header)."
        )
    charset = start[4:8].decode("latin-1")
    if charset not in CHARSETS:
        raise DocumentError(
            f"Segment 1 (UNB): '{charset}' is no syntax identifier that is read; there are "
            f"{', '.join(CHARSETS)}."
        )
    codec, words = CHARSETS[charset]
    try:
        return charset, start.decode(codec), marks
    except UnicodeDecodeError as error:
        before = start[: error.start]
        terminator = marks[5].encode("latin-1")
        number = before.count(terminator) + 1
        raise DocumentError(
            f"Segment {number}: the byte {start[error.start]:#04x} is not in the character set of "
            f"{charset} ({words}), which UNB names. Write the identifier of the set that is used: "
            "UNOE for Cyrillic in ISO 8859-5, UNOC for Latin 1, UNOW for UTF-8."
        ) from None


def _check_marks(marks: str) -> None:
    used = [mark for at, mark in enumerate(marks) if at not in (2, 4) and (at, mark) != (3, " ")]
    sound = (
        len(marks) == 6
        and len(set(used)) == len(used)
        and all(m.isascii() and m.isprintable() and not m.isalnum() and m != " " for m in used)
    )
    if not sound:
        shown = "".join(c if c.isprintable() else "·" for c in marks)
        raise DocumentError(
            f"UNA names the separators '{shown}'; they must be six characters: component and "
            "element separator, decimal mark, release character, a space, segment terminator, "
            "all different and none a letter or digit. The usual ones are UNA:+.? '"
        )


def _segments(text: str, marks: str) -> Iterator[Segment]:
    from pydifact.exceptions import EDISyntaxError
    from pydifact.parser import Parser, TokenIterator
    from pydifact.tokenizer import Tokenizer

    _guard_lengths(text, marks)
    # A space as release character means that there is none; pydifact would take every space for it.
    if marks[3] == " ":
        marks = marks[:3] + _NO_RELEASE + marks[4:]
    parser = Parser()
    tokens = TokenIterator(Tokenizer().get_tokens(text, _characters(marks)))
    number = 0
    try:
        for raw in parser.convert_tokens_to_raw_segments(tokens):
            number += 1
            yield _segment(raw, number)
    except EDISyntaxError:
        raise DocumentError(
            f"The interchange ends within segment {number + 1}, or breaks a line after a release "
            f"character there: its terminator {marks[5]} is missing. It was cut short, or another "
            "terminator is used than UNA names."
        ) from None


def _guard_lengths(text: str, marks: str) -> None:
    """Refuse a segment that is too long, and too many of them, before they are taken apart."""
    count = 0
    for count, length in enumerate(map(len, text.split(marks[5])), start=1):
        if length > LONGEST_SEGMENT:
            raise DocumentError(
                f"Segment {count} has {length:,} characters; one has at most {LONGEST_SEGMENT:,}. "
                f"Its terminator {marks[5]} may be missing."
            )
    if count > MOST_SEGMENTS:
        raise DocumentError(
            f"The interchange has some {count:,} segments; up to {MOST_SEGMENTS:,} are read."
        )


def _segment(raw: Sequence[Any], number: int) -> Segment:
    tag = raw[0] if raw else ""
    if not (isinstance(tag, str) and len(tag) == 3 and tag.isascii() and tag.isalnum()):
        shown = str(tag)[:20]
        raise DocumentError(
            f"Segment {number} begins with '{shown}', which is no tag; a tag is three capital "
            "letters. A terminator or separator inside of a text must have the release character "
            "before it."
        )
    elements = tuple(tuple(e) if isinstance(e, list) else (e,) for e in raw[1:])
    segment = Segment(tag, elements, number)
    for element in elements:
        for value in element:
            if value and (found := control_character(value)):
                raise DocumentError(
                    f"{_name(segment)}: '{_shown(value)}' holds the control character "
                    f"{ord(found):#04x}, which no character set of UN/EDIFACT allows. Take it out; "
                    "lines may only be broken between segments."
                )
    return segment


def _checked(charset: str, segments: tuple[Segment, ...]) -> Interchange:
    if not segments:
        raise DocumentError(
            "The interchange has no segment: none ends with the segment terminator. Ask its sender "
            "for it again, or mend the service string UNA."
        )
    header = segments[0]
    if header.tag != "UNB":
        raise DocumentError(f"{_name(header)}: the first segment must be UNB.")
    if header.value(0, 1) not in ("1", "2", "3", "4"):
        raise DocumentError(
            f"{_name(header)}: '{_shown(header.value(0, 1))}' is no version of the syntax; "
            "versions are 1 to 4."
        )
    for at, what in (
        (1, "the sender"),
        (2, "the recipient"),
        (3, "day and time"),
        (4, "the control reference"),
    ):
        if not header.value(at):
            raise DocumentError(f"{_name(header)}: {what} (element {at + 1}) is missing.")
    messages: list[Message] = []
    group: tuple[Segment, int] | None = None
    groups = 0
    body: list[Segment] = []
    for segment in segments[1:]:
        if body:
            body.append(segment)
            if segment.tag == "UNT":
                messages.append(_message(tuple(body)))
                body = []
            elif segment.tag in ("UNB", "UNZ", "UNH", "UNG", "UNE"):
                raise DocumentError(
                    f"{_name(segment)} stands within the message that begins at segment "
                    f"{body[0].number}; UNT, its trailer, was expected before it."
                )
        elif segment.tag == "UNH":
            body = [segment]
        elif segment.tag == "UNG" and group is None:
            group = (segment, len(messages))
            groups += 1
        elif segment.tag == "UNE" and group is not None:
            _agree(segment, 0, len(messages) - group[1], "messages in the group")
            _same(segment, 1, group[0].value(4), "UNG")
            group = None
        elif segment.tag == "UNZ" and group is None:
            if segment is not segments[-1]:
                raise DocumentError(
                    f"{_name(segments[segment.number])} stands after UNZ, the end of the "
                    "interchange; one file holds one."
                )
            _agree(segment, 0, groups or len(messages), "groups" if groups else "messages")
            _same(segment, 1, header.value(4), "UNB")
            if not messages:
                raise DocumentError(f"{_name(segment)}: the interchange holds no message.")
            return Interchange(charset, header, tuple(messages))
        else:
            raise DocumentError(
                f"{_name(segment)} stands between messages; UNH, which begins one, or UNZ, the "
                "end of the interchange, was expected."
            )
    last = segments[-1]
    missing = "UNT, the trailer of the message," if body else "UNZ, the trailer of the interchange,"
    raise DocumentError(
        f"The interchange ends with {last}; {missing} is missing. It was cut short: ask for it "
        "again."
    )


def _message(segments: tuple[Segment, ...]) -> Message:
    head, trailer = segments[0], segments[-1]
    if not head.value(0):
        raise DocumentError(f"{_name(head)}: the reference of the message (element 1) is missing.")
    names = [head.value(1, at) for at in range(5)]
    for at, what in ((0, "kind"), (1, "version"), (2, "release"), (3, "agency")):
        if not names[at]:
            raise DocumentError(
                f"{_name(head)}: the {what} of the message (element 2, component {at + 1}) is "
                "missing; it looks like COPRAR:D:95B:UN."
            )
    _agree(trailer, 0, len(segments), "segments from UNH to UNT")
    _same(trailer, 1, head.value(0), "UNH")
    kind, version, release, agency, association = names
    return Message(kind, version, release, agency, association, head.value(0), segments)


def _agree(segment: Segment, element: int, count: int, what: str) -> None:
    said = segment.value(element)
    if not (said.isascii() and said.isdigit() and len(said) <= 10 and int(said) == count):
        raise DocumentError(
            f"{_name(segment)} says '{_shown(said)}' {what}, and there are {count}. Something was "
            "lost or added on the way: ask for it again."
        )


def _same(segment: Segment, element: int, expected: str, of: str) -> None:
    said = segment.value(element)
    if said != expected:
        raise DocumentError(
            f"{_name(segment)} has the control reference '{_shown(said)}', and {of} has "
            f"'{_shown(expected)}'; they must be the same."
        )


def _name(segment: Segment) -> str:
    return f"Segment {segment.number} ({segment.tag})"


def _shown(value: str) -> str:
    value = "".join(c if c.isprintable() else "·" for c in value)
    return value if len(value) <= 40 else value[:39] + "…"

"""A message while it is written: segments that remember from which element each value came.

So that a value the directory has no room for is refused by the JSON path of the element, before
anything is sent.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from kervan.cargo.consignment import Consignment
from kervan.documents.edifact.directory import Fault, check_message, form_in_words
from kervan.documents.edifact.interchange import (
    Envelope,
    Segment,
    control_character,
    write_interchange,
)
from kervan.documents.format import DocumentError

LINES = 5
"""Lines of text in one FTX."""


class Said(str):
    """A value of the consignment, with the JSON path it stands at."""

    path: str

    def __new__(cls, value: str, path: str) -> Said:
        """Return a value with its path."""
        found = super().__new__(cls, value)
        found.path = path
        return found


Part = str | tuple[str, ...]


class Draft:
    """The segments of one message between UNH and UNT, as they are added."""

    def __init__(self, kind: str, version: str) -> None:
        if not re.fullmatch(r"D\.\d\d[A-Z]", version):
            raise DocumentError(
                f"'{version[:20]}' is no directory of UN/EDIFACT; it looks like D.95B."
            )
        self.kind = kind
        self.version = version
        self.segments: list[tuple[str, tuple[tuple[str, ...], ...]]] = []

    def add(self, tag: str, *parts: Part) -> None:
        """Add a segment; empty elements and components at the end are left out."""
        elements = [_trimmed(part if isinstance(part, tuple) else (part,)) for part in parts]
        while elements and not any(elements[-1]):
            elements.pop()
        for element in elements:
            for value in element:
                if value and (found := control_character(value)):
                    raise DocumentError(
                        f"{path_of(value)}: '{_shown(value)}' holds the control character "
                        f"{ord(found):#04x}, such as a line break, which UN/EDIFACT cannot carry. "
                        "Write it in one line."
                    )
        self.segments.append((tag, tuple(elements)))

    def text(self, qualifier: str, text: Said, *more: str) -> None:
        """Add FTX segments with a text, five lines of 70 characters each."""
        lines = split(text, 70)
        if len(lines) % LINES == 0:
            # The last FTX of a text is never full, so that the next one begins another text.
            lines = _one_more(lines, text)
        for at in range(0, len(lines), LINES):
            chunk = tuple(Said(line, text.path) for line in lines[at : at + LINES])
            self.add("FTX", qualifier, "", more, chunk)

    def render(self, envelope: Envelope) -> bytes:
        """Return the interchange, held against its directory first."""
        release = self.version.removeprefix("D.")
        head = Segment("UNH", (("1",), (self.kind, "D", release, "UN")), 1)
        body = [Segment(tag, e, at) for at, (tag, e) in enumerate(self.segments, start=2)]
        tail = Segment("UNT", ((str(len(body) + 2),), ("1",)), len(body) + 2)
        faults = check_message([head, *body, tail], self.version)
        if faults:
            raise self._refusal(faults[0])
        return write_interchange((self.kind, "D", release), self.segments, envelope)

    def _refusal(self, fault: Fault) -> DocumentError:
        if fault.element is not None and fault.limit:
            value = fault.segment.value(fault.element, fault.component)
            return DocumentError(
                f"{path_of(value)}: '{_shown(value)}' does not fit {fault.segment.tag} of "
                f"{self.kind} {self.version}, which takes {form_in_words(fault.limit)}. Shorten or "
                "mend it."
            )
        paths = [v.path for e in fault.segment.elements for v in e if isinstance(v, Said)]
        where = paths[0] if paths else "$"
        return DocumentError(f"{where}: {self.kind} {self.version} cannot hold it. {fault}")


def path_of(value: str) -> str:
    """Return the JSON path a value came from; ``$`` where it is none of the consignment's."""
    return value.path if isinstance(value, Said) else "$"


def split(text: Said, width: int) -> list[str]:
    """Return a text in lines, so that `joined` gives it back.

    A line shorter than the width ends at a space, which is dropped; one of full width ends within
    a word.
    """
    lines: list[str] = []
    rest = str(text)
    while len(rest) > width:
        # The space must be a single one within the width, and the line must not be full.
        at = rest.rfind(" ", 1, width)
        while at > 0 and (rest[at - 1] == " " or rest[at + 1] == " "):
            at = rest.rfind(" ", 1, at)
        if at > 0:
            lines.append(rest[:at])
            rest = rest[at + 1 :]
        else:
            lines.append(rest[:width])
            rest = rest[width:]
    lines.append(rest)
    return lines


def joined(lines: list[str], width: int) -> str:
    """Return a text from its lines: after a full line nothing, after a shorter one a space."""
    text = ""
    for at, line in enumerate(lines):
        text += line
        if at + 1 < len(lines) and len(line) != width:
            text += " "
    return text


def _one_more(lines: list[str], text: Said) -> list[str]:
    last = lines[-1]
    at = last.rfind(" ", 1, 70)
    while at > 0 and (last[at - 1] == " " or last[at + 1 : at + 2] in ("", " ")):
        at = last.rfind(" ", 1, at)
    if at > 0:
        return [*lines[:-1], last[:at], last[at + 1 :]]
    raise DocumentError(
        f"{text.path}: the text fills its lines exactly and has no space in the last one, so that "
        "its end could not be told. Put a space or another word into it."
    )


def lines_of(text: Said, width: int, most: int) -> tuple[Said, ...]:
    """Return a text in lines, refused where it takes more of them than there are."""
    lines = split(text, width)
    if len(lines) > most:
        raise DocumentError(
            f"{text.path}: '{_shown(text)}' has {len(text)} characters and takes {len(lines)} "
            f"lines of {width}; there is room for {most}. Shorten it."
        )
    return tuple(Said(line, text.path) for line in lines)


def said(value: object, path: str) -> Said:
    """Return a value as it is written, with its path; empty for None."""
    if value is None:
        return Said("", path)
    return Said(f"{value:f}" if isinstance(value, Decimal) else str(value), path)


def padded(value: Decimal, path: str, digits: int) -> Said:
    """Return a number with zeros in front, for elements of exactly so many digits."""
    text = f"{abs(value):f}"
    zeros = "0" * (digits - sum(c.isdigit() for c in text))
    return Said(("-" if value < 0 else "") + zeros + text, path)


def moment(value: datetime, path: str) -> Said:
    """Return a moment in format 205: minutes, and the offset from UTC.

    Raises
    ------
    DocumentError
        If it has seconds, or an offset with seconds.
    """
    offset = value.utcoffset()
    if value.second or value.microsecond or (offset is not None and offset.total_seconds() % 60):
        raise DocumentError(
            f"{path}: {value.isoformat()} has seconds, which the message does not carry; give it "
            "to the minute."
        )
    return Said(f"{value:%Y%m%d%H%M%z}"[-17:].rjust(17, "0"), path)


def place_code(place_id: str, path: str) -> tuple[Said, str, str]:
    """Return a place's code with its list: a UN/LOCODE, or a key agreed between the parties."""
    is_locode = len(place_id) == 5 and place_id.isalnum() and place_id.isascii()
    return (Said(place_id, path), *(("139", "6") if is_locode else ("", "ZZZ")))


def envelope(
    consignment: Consignment,
    *,
    sender: str | None,
    recipient: str | None,
    prepared: datetime | None,
    charset: str | None,
) -> Envelope:
    """Return what UNB says, by the rules of the documents' reference where nothing is given."""
    return Envelope(
        _checked(sender or "KERVAN", "sender"),
        _checked(recipient or _carrier(consignment) or "CARRIER", "recipient"),
        _prepared(consignment, prepared),
        charset=charset,
    )


def _carrier(consignment: Consignment) -> str | None:
    carriers = consignment.carriers
    chosen = next((c for c in carriers if c.contractual), carriers[0] if carriers else None)
    return chosen.carrier_id if chosen else None


def _checked(name: str, what: str) -> str:
    if len(name) > 35 or control_character(name):
        raise DocumentError(
            f"'{_shown(name)}' cannot be the {what} of an interchange: up to 35 characters without "
            "control characters."
        )
    return name


def _prepared(consignment: Consignment, prepared: datetime | None) -> str:
    if prepared is not None:
        return f"{prepared.year:04d}{prepared:%m%d%H%M}"
    if consignment.issued_on is not None:
        return f"{consignment.issued_on.year:04d}{consignment.issued_on:%m%d}0000"
    for movement in consignment.movements:
        if movement.departs is not None:
            return f"{movement.departs.year:04d}{movement.departs:%m%d%H%M}"
    raise DocumentError(
        "$.issued_on: the interchange says when it was prepared; give the day of issue, or "
        "'prepared'."
    )


def _trimmed(values: tuple[str, ...]) -> tuple[str, ...]:
    kept = list(values)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept) or ("",)


def _shown(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"

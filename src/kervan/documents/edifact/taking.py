"""A message while it is read: what has been taken from it, so that the rest is left over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from kervan.cargo.consignment import Consignment
from kervan.cargo.problems import json_path
from kervan.documents.edifact.directory import Group, structure
from kervan.documents.edifact.draft import LINES, joined
from kervan.documents.edifact.interchange import Interchange, Message, Segment, read_interchange
from kervan.documents.format import DocumentError, LeftOver, ReadDocument

# Service segments whose values are checked against the rest and say nothing of the cargo.
_CHECKED = {"UNH", "UNT", "UNZ"}


class Taking:
    """One message, by its groups, and which of its values have been taken."""

    def __init__(self, interchange: Interchange, message: Message) -> None:
        self.interchange = interchange
        self.message = message
        self.root, faults = structure(message.segments, message.directory)
        if faults:
            more = f" There are {len(faults) - 1} more faults." if len(faults) > 1 else ""
            raise DocumentError(f"{faults[0]}{more}")
        self._taken: set[tuple[int, int, int]] = set()

    def value(self, segment: Segment, element: int, component: int = 0) -> str | None:
        """Take a value; None where it is empty."""
        found = segment.value(element, component)
        if not found.strip():
            return None
        self._taken.add((segment.number, element, component))
        return found

    def expect(self, segment: Segment, element: int, component: int, *codes: str) -> None:
        """Take a value if it is one of these codes, as it then says nothing of its own."""
        if segment.value(element, component) in codes:
            self._taken.add((segment.number, element, component))

    def number(self, segment: Segment, element: int, component: int = 0) -> Decimal | None:
        """Take a number; one that is none is left."""
        try:
            found = Decimal(segment.value(element, component).replace(",", "."))
        except InvalidOperation:
            return None
        if not found.is_finite() or _beyond(found):
            return None
        self._taken.add((segment.number, element, component))
        return found

    def count(self, segment: Segment, element: int, component: int = 0) -> int | None:
        """Take a count; one that is no whole number from 0 is left."""
        said = segment.value(element, component)
        if not (said.isascii() and said.isdigit() and len(said) <= 8):
            return None
        self._taken.add((segment.number, element, component))
        return int(said)

    def moment(self, segment: Segment) -> datetime | None:
        """Take the moment of a DTM; one without an offset from UTC is left."""
        said, form = segment.value(0, 1), segment.value(0, 2)
        if form != "205" or len(said) != 17:
            return None
        try:
            clock = datetime.strptime(said[:12], "%Y%m%d%H%M")
            hours, minutes = int(said[13:15]), int(said[15:17])
            sign = {"+": 1, "-": -1}[said[12]]
            zone = timezone(sign * timedelta(hours=hours, minutes=minutes))
        except (ValueError, KeyError):
            return None
        self._whole(segment, 0, 0, 1, 2)
        return clock.replace(tzinfo=zone)

    def day(self, segment: Segment) -> str | None:
        """Take the day of a DTM, as ISO text."""
        said, form = segment.value(0, 1), segment.value(0, 2)
        if form != "102" or len(said) != 8 or not said.isascii() or not said.isdigit():
            return None
        try:
            found = datetime.strptime(said, "%Y%m%d").date()
        except ValueError:
            return None
        self._whole(segment, 0, 0, 1, 2)
        return found.isoformat()

    def lines(
        self, segment: Segment, element: int, width: int, most: int = 99, first: int = 0
    ) -> str | None:
        """Take the lines of a composite, from the first to the most, as one text."""
        values = segment.elements[element] if element < len(segment.elements) else ()
        values = values[first:most]
        if not any(value.strip() for value in values):
            return None
        for at in range(first, first + len(values)):
            self._taken.add((segment.number, element, at))
        return joined([value for value in values if value], width)

    def texts(self, groups: Iterator[Group], qualifier: str) -> Iterator[str]:
        """Take the texts of the FTX segments with a qualifier; a full one goes on in the next."""
        lines: list[str] = []
        for group in groups:
            segment = group.head
            if segment.value(0) != qualifier or not any(segment.elements[3:4]):
                if lines:
                    yield joined(lines, 70)
                    lines = []
                continue
            values = segment.elements[3]
            if not any(value.strip() for value in values):
                continue
            self.value(segment, 0)
            for at in range(len(values)):
                self._taken.add((segment.number, 3, at))
            lines += [value for value in values if value]
            if len(values) < LINES:
                yield joined(lines, 70)
                lines = []
        if lines:
            yield joined(lines, 70)

    def left_over(self) -> Iterator[LeftOver]:
        """Yield what has not been taken."""
        for segment in (self.interchange.header, *self.message.segments):
            for at, element in enumerate(segment.elements):
                for position, value in enumerate(element):
                    if not value.strip() or (segment.number, at, position) in self._taken:
                        continue
                    if segment.tag in _CHECKED and (segment.tag != "UNH" or at == 0):
                        continue
                    if segment.tag == "UNH" and at == 1 and position < 4:
                        continue
                    if segment.tag == "UNB" and at == 0:
                        continue
                    yield LeftOver(
                        f"segment {segment.number} {segment.tag}, element {at + 1}, component "
                        f"{position + 1}",
                        value,
                    )

    def document(self, kind: str, content: Mapping[str, Any]) -> ReadDocument:
        """Return what was read."""
        try:
            consignment = Consignment.model_validate(content)
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            said = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
            raise DocumentError(
                f"The {self.message.kind} cannot be read: {json_path(*detail['loc'])} would be "
                f"'{str(detail.get('input'))[:40]}', and should be {said}."
            ) from None
        return ReadDocument(kind, self.message.directory, consignment, tuple(self.left_over()))

    def _whole(self, segment: Segment, element: int, *components: int) -> None:
        self._taken.update((segment.number, element, at) for at in components)


def messages(data: bytes, kind: str) -> Iterator[Taking]:
    """Yield the messages of a kind in an interchange, each by its groups.

    Raises
    ------
    DocumentError
        If the interchange or a message is not sound, or there is another kind of message in it.
    """
    interchange = read_interchange(data)
    for message in interchange.messages:
        if message.kind != kind:
            first = message.segments[0]
            raise DocumentError(
                f"Segment {first.number} (UNH) begins a message {message.kind[:10]}, where "
                f"{kind} was expected."
            )
        yield Taking(interchange, message)


def only(data: bytes, kind: str) -> Taking:
    """Return the one message of an interchange.

    Raises
    ------
    DocumentError
        If there are several, or as `messages` has it.
    """
    found = list(messages(data, kind))
    if len(found) > 1:
        raise DocumentError(
            f"The interchange has {len(found)} messages, which are as many consignments; read them "
            "with read_all."
        )
    return found[0]


def _beyond(number: Decimal) -> bool:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return len(digits) + max(exponent, 0) > 18 or exponent < -6

"""IFTSTA, the status report: what happened to a consignment on its way, and what is planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from kervan.cargo.consignment import Consignment
from kervan.cargo.transport import Place
from kervan.documents.edifact.directory import Group
from kervan.documents.edifact.draft import Draft, Said, envelope, moment, place_code, said
from kervan.documents.edifact.interchange import is_interchange
from kervan.documents.edifact.taking import Taking, messages, only
from kervan.documents.format import DocumentError, Format, ReadDocument

EventKind = Literal[
    "arrived",
    "cleared_by_customs",
    "collected",
    "crossed_border",
    "damaged",
    "delayed",
    "delivered",
    "departed",
    "discharged",
    "gate_in",
    "gate_out",
    "loaded",
    "sealed",
    "stopped",
    "transhipped",
]

CODES: dict[EventKind, str] = {
    "arrived": "1",
    "cleared_by_customs": "12",
    "collected": "13",
    "crossed_border": "16",
    "damaged": "18",
    "delayed": "20",
    "delivered": "21",
    "departed": "24",
    "discharged": "29",
    "gate_in": "98",
    "gate_out": "99",
    "loaded": "48",
    "sealed": "83",
    "stopped": "90",
    "transhipped": "100",
}
"""Status event codes of directory D.95B, element 9011, the list of UN/ECE Recommendation 24.

Gate-in and gate-out are the list's *transferred in* and *transferred out*.
"""
_KINDS = {code: kind for kind, code in CODES.items()}

_PLANNED: dict[EventKind, str] = {"arrived": "132", "departed": "133"}
_HAPPENED = "334"
_MOST_EVENTS = 99


@dataclass(frozen=True, slots=True)
class TransportEvent:
    """Something that happened to a consignment, or is planned to.

    Attributes
    ----------
    kind
        What: a key of `CODES`.
    at
        When, with the offset from UTC, to the minute.
    place_id, place_name
        Where: UN/LOCODE or the feed's code, and its name.
    equipment
        Numbers of the units it is about; of the whole consignment where there are none.
    planned
        Whether it is still to come; arrivals and departures alone can be.
    remark
        In words, up to 350 characters.
    """

    kind: EventKind
    at: datetime
    place_id: str | None = None
    place_name: str | None = None
    equipment: tuple[str, ...] = ()
    planned: bool = False
    remark: str | None = None


CARRIES = frozenset({"reference", "equipment.number"})


def planned_events(consignment: Consignment) -> tuple[TransportEvent, ...]:
    """Return the departures and arrivals of a consignment's movements, as planned."""
    numbers = tuple(unit.number for unit in consignment.equipment)
    events: list[TransportEvent] = []
    for movement in consignment.movements:
        steps: tuple[tuple[EventKind, datetime | None, Place], ...] = (
            ("departed", movement.departs, movement.origin),
            ("arrived", movement.arrives, movement.destination),
        )
        events += [
            TransportEvent(kind, when, place.place_id, place.name, numbers, planned=True)
            for kind, when, place in steps
            if when is not None
        ]
    return tuple(events)


def render(
    consignment: Consignment,
    *,
    events: Iterable[TransportEvent] | None = None,
    version: str = "D.00B",
    sender: str | None = None,
    recipient: str | None = None,
    prepared: datetime | None = None,
    charset: str | None = None,
) -> bytes:
    """Return a status report.

    Parameters
    ----------
    events
        What is reported; the planned departures and arrivals of the movements unless given.
    version, sender, recipient, prepared, charset
        As in `kervan.documents.edifact.iftmin.render`.

    Raises
    ------
    DocumentError
        If there is nothing to report, or a value does not fit the directory.
    """
    reported = planned_events(consignment) if events is None else tuple(events)
    if not reported:
        raise DocumentError(
            "$.movements: a status report needs an event; give the movements' times, or events."
        )
    draft = Draft("IFTSTA", version)
    reference = said(consignment.reference, "$.reference")
    draft.add("BGM", "77", reference, "9")
    for at, event in enumerate(reported):
        if at % _MOST_EVENTS == 0:
            draft.add("CNI", str(at // _MOST_EVENTS + 1), reference)
        _add_event(draft, event, f"events[{at}]")
    return draft.render(
        envelope(
            consignment, sender=sender, recipient=recipient, prepared=prepared, charset=charset
        )
    )


def _add_event(draft: Draft, event: TransportEvent, path: str) -> None:
    if event.at.tzinfo is None:
        raise DocumentError(f"{path}.at: {event.at.isoformat()} has no offset from UTC. Give it.")
    qualifier = _HAPPENED
    if event.planned:
        if event.kind not in _PLANNED:
            raise DocumentError(
                f"{path}.planned: '{event.kind}' cannot be reported as planned; "
                f"{' and '.join(_PLANNED)} can."
            )
        qualifier = _PLANNED[event.kind]
    draft.add("STS", "1", CODES[event.kind])
    draft.add("DTM", (qualifier, moment(event.at, f"{path}.at"), "205"))
    if event.remark:
        draft.text("AAI", Said(event.remark, f"{path}.remark"))
    if event.place_id:
        draft.add(
            "LOC",
            "175",
            (
                *place_code(event.place_id, f"{path}.place_id"),
                said(event.place_name, f"{path}.place_name"),
            ),
        )
    for at, number in enumerate(event.equipment):
        draft.add("EQD", "CN", said(number, f"{path}.equipment[{at}]"))


def read(data: bytes) -> ReadDocument:
    """Read the one report of an interchange; its events are read by `read_events`.

    Raises
    ------
    DocumentError
        If it is none, or several.
    """
    return _read(only(data, "IFTSTA"))[0]


def read_events(data: bytes) -> dict[str, tuple[TransportEvent, ...]]:
    """Return the events of all reports of an interchange, by the consignment's reference.

    A moment without an offset from UTC is no event that can be placed in time: it stays with what
    `read` leaves over.
    """
    found: dict[str, tuple[TransportEvent, ...]] = {}
    for taking in messages(data, "IFTSTA"):
        document, events = _read(taking)
        reference = document.consignment.reference
        found[reference] = found.get(reference, ()) + events
    return found


def _read(taking: Taking) -> tuple[ReadDocument, tuple[TransportEvent, ...]]:
    content: dict[str, Any] = {}
    events: list[TransportEvent] = []
    root = taking.root
    for group in root.all("BGM"):
        taking.expect(group.head, 0, 0, "77")
        taking.expect(group.head, 2, 0, "9")
    for group in root.all("CNI"):
        reference = group.head.value(1).strip()
        if reference and content.get("reference") in (None, reference):
            content["reference"] = taking.value(group.head, 1)
            taking.value(group.head, 0)
        for status in group.all("STS"):
            event = _event(taking, status)
            events += [event] if event else []
    for group in root.all("BGM"):
        same = group.head.value(1) == content.get("reference")
        if same or "reference" not in content:
            content["reference"] = taking.value(group.head, 1) or taking.message.reference
    numbers = dict.fromkeys(number for event in events for number in event.equipment)
    content["equipment"] = [{"number": number} for number in numbers]
    return taking.document("iftsta", content), tuple(events)


def _event(taking: Taking, group: Group) -> TransportEvent | None:
    head = group.head
    kind = _KINDS.get(head.value(1))
    if kind is None:
        return None
    when, planned = None, False
    for below in group.all("DTM"):
        qualifier = below.head.value(0)
        if when is None and qualifier in (_HAPPENED, _PLANNED.get(kind)):
            when = taking.moment(below.head)
            planned = qualifier != _HAPPENED
    if when is None:
        return None
    taking.expect(head, 0, 0, "1")
    taking.value(head, 1)
    place_id = place_name = None
    for below in group.all("LOC"):
        if place_id is None and below.head.value(1).strip():
            place_id = taking.value(below.head, 1)
            place_name = taking.value(below.head, 1, 3)
            taking.expect(below.head, 1, 1, "139")
            taking.expect(below.head, 1, 2, "6", "ZZZ")
            taking.expect(below.head, 0, 0, "175")
    numbers = []
    for below in group.all("EQD"):
        if number := taking.value(below.head, 1):
            taking.expect(below.head, 0, 0, "CN")
            numbers.append(number)
    remarks = list(taking.texts(group.all("FTX"), "AAI"))
    return TransportEvent(
        kind,
        when,
        place_id,
        place_name,
        tuple(numbers),
        planned,
        " ".join(remarks) or None,
    )


FORMAT = Format(
    kind="iftsta",
    title="Status report IFTSTA",
    suffix=".edi",
    standard="UN/EDIFACT IFTSTA, directories D.95B and D.00B (UN/ECE)",
    carries=CARRIES,
    render=render,
    read=read,
    recognises=lambda head: is_interchange(head, "IFTSTA"),
    wanted=lambda consignment: any(m.departs or m.arrives for m in consignment.movements),
    takes=frozenset({"events", "version", "sender", "recipient", "prepared", "charset"}),
)

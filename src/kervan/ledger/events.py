"""Transport events: planned, estimated and actual, as DCSA Track & Trace classifies them.

Each stands as it was said. An actual event that is said twice is told apart by who says it; what
follows from several that contradict each other is for whoever reads them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select

from kervan.cargo.element import Code, Element, Moment
from kervan.ledger.reduction import Kind, Outcome, Writing
from kervan.ledger.tables import transport_events

EventType = Literal[
    "ARRI",
    "DEPA",
    "LOAD",
    "DISC",
    "GTIN",
    "GTOT",
    "STUF",
    "STRP",
    "PICK",
    "DROP",
    "INSP",
    "RSEA",
    "RMVD",
    "CUSS",
    "CUSI",
    "CUSR",
    "GAUG",
]
"""Codes of DCSA Track & Trace for transport and equipment: arrived, departed, loaded, discharged,
gate in, gate out, stuffed, stripped, picked up, dropped off, inspected, resealed, seal removed.
Besides, for customs, selected, inspected and released (CUSS, CUSI, CUSR), and for a change of
gauge, GAUG."""


class ReportEvent(Element):
    """Payload of ``event.report``; the consignment or booking is the entry's subject.

    Attributes
    ----------
    event_type
        One of ``EventType``.
    classifier
        ``PLN`` planned, ``EST`` estimated, ``ACT`` actual.
    occurred_at
        When it is, will be or was.
    place_id
        Where, as in the feed.
    departure_id
        With which departure.
    equipment
        ISO 6346 number of the container, or number of the wagon.
    detail
        What else is to be said, such as a seal.
    """

    event_type: EventType
    classifier: Literal["PLN", "EST", "ACT"]
    occurred_at: Moment
    place_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    departure_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    equipment: Annotated[str, Field(min_length=1, max_length=15)] | None = None
    detail: dict[Code, str] | None = None


def report_event(writing: Writing, payload: ReportEvent) -> Outcome:
    """Put an event down."""
    detail = payload.detail and json.dumps(payload.detail, ensure_ascii=False, sort_keys=True)
    writing.connection.execute(
        insert(transport_events).values(
            member_id=writing.member_id,
            entry_id=writing.statement.entry_id,
            subject=writing.subject,
            event_type=payload.event_type,
            classifier=payload.classifier,
            occurred_at=payload.occurred_at,
            recorded_at=writing.now,
            place_id=payload.place_id,
            departure_id=payload.departure_id,
            equipment=payload.equipment,
            detail=detail or None,
        )
    )
    return {"status": "recorded"}


def events_of(connection: Connection, subject: str) -> Sequence[Mapping[Any, Any]]:
    """Return the events of a consignment or booking, oldest first; of one moment, as recorded."""
    columns = transport_events.c
    found = connection.execute(
        select(transport_events)
        .where(columns.subject == subject)
        .order_by(columns.occurred_at, columns.recorded_at, columns.member_id, columns.entry_id)
    )
    return found.mappings().all()


KINDS: Sequence[Kind] = (
    Kind(
        "event.report",
        ReportEvent,
        frozenset({"operator", "carrier", "port", "customs", "forwarder"}),
        report_event,
        "reports a planned, estimated or actual event",
    ),
)
"""Kinds of entry about events."""

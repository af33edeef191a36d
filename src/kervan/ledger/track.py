"""Everything the record holds about one thing: its booking, its versions, its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kervan.ledger.bookings import Booking, booking_of
from kervan.ledger.departures import arrives_at, departs_at, departure_of
from kervan.ledger.events import events_of
from kervan.ledger.reduction import Refused
from kervan.ledger.tables import consignment_versions


@dataclass(frozen=True, slots=True)
class Ride:
    """A leg of a booking as its departure is planned."""

    departure_id: str
    from_place_id: str
    departs: datetime
    to_place_id: str
    arrives: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """What is on the record about a subject.

    Attributes
    ----------
    subject
        Number of a booking, or reference of a consignment.
    booking
        The booking of this number, or None.
    rides
        Its legs; none without a booking.
    versions
        Rows of the versions of the consignment of this reference, oldest first.
    events
        Rows of ``transport_events``, oldest first.
    """

    subject: str
    booking: Booking | None
    rides: tuple[Ride, ...]
    versions: Sequence[Mapping[Any, Any]]
    events: Sequence[Mapping[Any, Any]]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing."""
        return self.booking is None and not self.versions and not self.events


def track(connection: Connection, subject: str) -> Track:
    """Return what is on the record about a booking or a consignment."""
    versions = connection.execute(
        select(consignment_versions)
        .where(consignment_versions.c.consignment_id == subject)
        .order_by(consignment_versions.c.version)
    )
    try:
        booking: Booking | None = booking_of(connection, subject)
    except Refused:
        booking = None
    return Track(
        subject,
        booking,
        _rides(connection, booking) if booking else (),
        versions.mappings().all(),
        events_of(connection, subject),
    )


def _rides(connection: Connection, booking: Booking) -> tuple[Ride, ...]:
    rides = []
    for leg in booking.legs:
        departure = departure_of(connection, leg.departure_id)
        rides.append(
            Ride(
                leg.departure_id,
                departure.calls[leg.from_call].place_id,
                departs_at(departure, leg.from_call),
                departure.calls[leg.to_call].place_id,
                arrives_at(departure, leg.to_call),
            )
        )
    return tuple(rides)

"""Members who write to a record, each with its key, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from kervan.ledger import (
    Receipt,
    SignedStatement,
    SigningKey,
    Statement,
    TreeHead,
    Verification,
    new_key,
    reading,
    sequence,
    sign,
    verify,
    write,
)
from kervan.ledger.tables import bookings, capacity

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
MEMBERS = {
    "rail": ("carrier", "KZ"),
    "ferry": ("carrier", "AZ"),
    "port": ("port", "KZ"),
    "customs": ("customs", "GE"),
    "fwd-a": ("forwarder", "TR"),
    "fwd-b": ("forwarder", "CN"),
    "fwd-c": ("forwarder", "GE"),
}


@dataclass
class Desk:
    """A record and its members' keys."""

    engine: Engine
    keys: dict[str, SigningKey] = field(default_factory=dict)
    now: datetime = NOON
    written: int = 0

    @classmethod
    def begin(cls, engine: Engine, members: Mapping[str, tuple[str, str]] = MEMBERS) -> Desk:
        """Begin a record with an operator and members."""
        desk = cls(engine)
        for name, (kind, country) in {"operator": ("operator", "KZ"), **members}.items():
            desk.add_member(name, kind, country)
        return desk

    def add_member(self, name: str, kind: str, country: str) -> Receipt:
        self.keys[name] = new_key()
        said = {"name": name, "kind": kind, "country": country, "key": self.keys[name].public.x}
        return self.say("operator", "member.add", name, said)

    def statement(
        self,
        member: str,
        kind: str,
        subject: str,
        payload: Mapping[str, Any] | None = None,
        entry_id: str | None = None,
    ) -> Statement:
        if entry_id is None:
            self.written += 1
            entry_id = f"e{self.written}"
        return Statement(entry_id, member, kind, subject, self.now, payload or {})

    def signed(self, *arguments: Any, **named: Any) -> SignedStatement:
        statement = self.statement(*arguments, **named)
        return sign(statement, self.keys[statement.member_id])

    def say(self, *arguments: Any, **named: Any) -> Receipt:
        """Sign an entry with its member's key and write it."""
        return write(self.engine, self.signed(*arguments, **named), self.now)

    def sequence(self, **named: Any) -> TreeHead | None:
        return sequence(self.engine, self.keys["operator"], lambda: self.now, **named)

    def verify(self, **named: Any) -> Verification:
        with reading(self.engine) as connection:
            return verify(connection, **named)

    def wait(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def departs(
        self,
        departure: str,
        places: str = "A B C",
        *,
        space: int = 10,
        days: float = 10,
        carrier: str = "rail",
        **rules: Any,
    ) -> Receipt:
        """Put a departure on sale, a day from call to call."""
        names, first = places.split(), NOON + timedelta(days=days)
        calls = []
        for number, place in enumerate(names):
            at = (first + timedelta(days=number)).isoformat()
            call = {"place_id": place}
            if number:
                call["arrives"] = at
            if number < len(names) - 1:
                call["departs"] = at
            calls.append(call)
        said = {"service_id": "service", "calls": calls, "space_teu": space, **rules}
        return self.say(carrier, "departure.publish", departure, said)

    def offers(
        self, offer: str, *legs: tuple[str, int, int], teu: int = 2, price: int = 100_000
    ) -> Receipt:
        """Make an offer to everybody, good for a year."""
        said = {
            "legs": [{"departure_id": d, "from_call": a, "to_call": b} for d, a, b in legs],
            "teu": teu,
            "price_minor": price,
            "currency": "USD",
            "valid_until": (NOON + timedelta(days=365)).isoformat(),
        }
        return self.say("operator", "offer.make", offer, said)

    def accept(self, member: str, booking: str, offer: str, *, waitlist: bool = False) -> Receipt:
        """Accept an offer."""
        said = {"offer_id": offer, "waitlist": waitlist}
        return self.say(member, "booking.accept", booking, said)

    def space(self) -> dict[tuple[str, int], tuple[int, int, int]]:
        """Return total, allotted and held of every unit."""
        with reading(self.engine) as connection:
            return {
                (r.departure_id, r.section): (r.total, r.allotted, r.held)
                for r in connection.execute(select(capacity))
            }

    def statuses(self) -> dict[str, str]:
        """Return the status of every booking."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(bookings.c.booking_id, bookings.c.status))
            return {row.booking_id: row.status for row in rows}

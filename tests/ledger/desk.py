"""Members who write to a record, each with its key, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

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

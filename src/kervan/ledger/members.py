"""Members and their keys: who may speak, and whose signature is whose, from when to when."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection, select, update

from kervan.cargo.element import Code, Element, Moment, Text
from kervan.errors import InvalidEntryError, LedgerError
from kervan.ledger.database import insert_new
from kervan.ledger.entry import Statement
from kervan.ledger.keys import PublicKey, public_key
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import member_keys, members

WRITE_SECONDS = 60
"""Longest a write may take. A key retires no sooner than this after it is said to, so that no
entry that is being written under it falls on the wrong side."""

MemberKind = Literal["operator", "carrier", "port", "customs", "forwarder", "auditor"]


class AddMember(Element):
    """Payload of ``member.add``; the member is the entry's subject.

    Attributes
    ----------
    name
        What it is called.
    kind
        What it is.
    country
        ISO 3166-1 alpha-2 code of where it is established.
    roles
        What it does besides, in codes of the corridor's own.
    key
        Its public Ed25519 key, base64url.
    """

    name: Text
    kind: MemberKind
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    roles: tuple[Code, ...] = ()
    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class ChangeKey(Element):
    """Payload of ``member.key``; the member is the entry's subject.

    Attributes
    ----------
    key
        The new public key, good from when the entry is recorded; None to add none.
    retire
        Thumbprint of the key that is good no longer; None to retire none.
    retire_at
        From when; a minute after the entry is recorded unless later.
    """

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")] | None = None
    retire: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")] | None = None
    retire_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A public key of a member.

    Attributes
    ----------
    key
        The key.
    member_id
        Whose it is.
    valid_from, valid_to
        Entries recorded from the one on and before the other may be signed with it; ``valid_to``
        is None while it is good.
    """

    key: PublicKey
    member_id: str
    valid_from: datetime
    valid_to: datetime | None

    def is_valid_at(self, moment: datetime) -> bool:
        """Say whether an entry recorded at a moment may be signed with it."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class Member:
    """A member.

    Attributes
    ----------
    member_id
        Its identifier.
    name, kind, country, roles
        As in :class:`AddMember`.
    keys
        All it ever had, oldest first.
    """

    member_id: str
    name: str
    kind: str
    country: str
    roles: tuple[str, ...]
    keys: tuple[MemberKey, ...]


def members_of(connection: Connection) -> tuple[Member, ...]:
    """Return all members, by identifier."""
    rows = connection.execute(select(member_keys).order_by("valid_from", "key_id")).mappings()
    by_member: dict[str, list[MemberKey]] = {}
    for row in rows:
        by_member.setdefault(row["member_id"], []).append(key_of(row))
    found = connection.execute(select(members).order_by("member_id")).mappings()
    return tuple(
        Member(
            row["member_id"],
            row["name"],
            row["kind"],
            row["country"],
            tuple(json.loads(row["roles"])),
            tuple(by_member.get(row["member_id"], ())),
        )
        for row in found
    )


def key_of(row: Mapping[Any, Any]) -> MemberKey:
    """Return the key of a row of the table ``member_keys``."""
    key = PublicKey(row["key_id"], row["x"])
    return MemberKey(key, row["member_id"], row["valid_from"], row["valid_to"])


def first_key(statement: Statement, payload: Element) -> MemberKey:
    """Return the key of the operator who begins a record: the one its own first entry names.

    Raises
    ------
    InvalidEntryError
        If the entry is not an operator adding itself.
    """
    is_own = isinstance(payload, AddMember) and payload.kind == "operator"
    if not is_own or statement.subject != statement.member_id:
        raise InvalidEntryError(
            "A record begins with the entry by which its operator adds itself (member.add)."
        )
    assert isinstance(payload, AddMember)
    return MemberKey(_key(payload.key), statement.member_id, statement.at, None)


def changes_of_keys(
    statement: Statement, payload: Element, recorded_at: datetime
) -> tuple[MemberKey | None, tuple[str, datetime] | None]:
    """Return the key an entry adds, and the one it retires with its last moment.

    Both the reducer and the verification, which trusts no table, learn of keys here.
    """
    if isinstance(payload, AddMember):
        return MemberKey(_key(payload.key), statement.subject, recorded_at, None), None
    if not isinstance(payload, ChangeKey):
        return None, None
    new = None
    if payload.key is not None:
        new = MemberKey(_key(payload.key), statement.subject, recorded_at, None)
    if payload.retire is None:
        return new, None
    soonest = recorded_at + timedelta(seconds=WRITE_SECONDS)
    return new, (payload.retire, max(payload.retire_at or soonest, soonest))


def add_member(writing: Writing, payload: AddMember) -> Outcome:
    """Add a member with its first key."""
    added, _ = changes_of_keys(writing.statement, payload, writing.now)
    assert added is not None
    if not insert_new(
        writing.connection,
        members,
        {
            "member_id": writing.subject,
            "name": payload.name,
            "kind": payload.kind,
            "country": payload.country,
            "roles": json.dumps(sorted(payload.roles)),
        },
    ):
        raise Refused("member-exists", f"There is a member {writing.subject} already.")
    _insert_key(writing.connection, added)
    return {"status": "added", "key_id": added.key.key_id}


def change_key(writing: Writing, payload: ChangeKey) -> Outcome:
    """Add a key, retire one, or both; a member may do so for itself, the operator for any."""
    connection = writing.connection
    if writing.member_id != writing.subject and writing.writer_kind != "operator":
        raise Refused("not-permitted", "Only the operator changes the keys of another member.")
    held = select(members.c.member_id).where(members.c.member_id == writing.subject)
    # The member's row is locked: of two retirements at once, one must see the other's.
    if connection.execute(held.with_for_update()).first() is None:
        raise Refused("unknown-member", f"There is no member {writing.subject}.")
    added, retired = changes_of_keys(writing.statement, payload, writing.now)
    outcome: Outcome = {"status": "changed"}
    if added is not None:
        _insert_key(connection, added)
        outcome["key_id"] = added.key.key_id
    if retired is not None:
        key_id, end = retired
        done = connection.execute(
            update(member_keys)
            .where(
                member_keys.c.key_id == key_id,
                member_keys.c.member_id == writing.subject,
                member_keys.c.valid_to.is_(None),
            )
            .values(valid_to=end)
        )
        if done.rowcount == 0:
            raise Refused("unknown-key", f"{writing.subject} has no key {key_id} in use.")
        outcome["retired_key_id"] = key_id
        outcome["retired_at"] = end.isoformat()
    left = connection.execute(
        select(member_keys.c.key_id).where(
            member_keys.c.member_id == writing.subject, member_keys.c.valid_to.is_(None)
        )
    ).first()
    if left is None:
        raise Refused(
            "last-key", f"{writing.subject} would be left without a key; add one with it."
        )
    return outcome


def _insert_key(connection: Connection, key: MemberKey) -> None:
    if not insert_new(
        connection,
        member_keys,
        {
            "key_id": key.key.key_id,
            "member_id": key.member_id,
            "x": key.key.x,
            "valid_from": key.valid_from,
            "valid_to": None,
        },
    ):
        raise Refused(
            "key-exists", "This key is on the record already; make a new one for each member."
        )


def _key(x: str) -> PublicKey:
    try:
        return public_key(x)
    except LedgerError as error:
        raise InvalidEntryError(str(error)) from None


KINDS: Sequence[Kind] = (
    Kind("member.add", AddMember, frozenset({"operator"}), add_member, "adds a member", 64),
    Kind(
        "member.key",
        ChangeKey,
        frozenset({"operator", "carrier", "port", "customs", "forwarder", "auditor"}),
        change_key,
        "adds or retires a member's key",
    ),
)
"""Kinds of entry about members."""

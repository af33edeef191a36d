"""An entry: what a member says, in one canonical form, under its signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from kervan.errors import InvalidEntryError
from kervan.ledger.keys import SigningKey
from kervan.ledger.moments import moment_text

LONGEST_ENTRY = 4 * 2**20
"""Bytes of one entry in canonical form."""
LONGEST_NAME = {"entry_id": 128, "member_id": 64, "kind": 64, "subject": 200}
"""Letters of what an entry is named by."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member says, before it is signed.

    Attributes
    ----------
    entry_id
        The member's own name for it, unique among its entries: writing it again changes nothing.
    member_id
        Who says it.
    kind
        What kind of thing is said, such as ``booking.accept``.
    subject
        What it is about: the booking, the departure, the consignment.
    at
        When it was signed, by the member's clock.
    payload
        The rest, as JSON; each kind has its own form.
    """

    entry_id: str
    member_id: str
    kind: str
    subject: str
    at: datetime
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement and its member's signature.

    Attributes
    ----------
    statement
        What was said.
    signature
        Detached JWS over :func:`signed_bytes`.
    """

    statement: Statement
    signature: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A signed statement on the record, and what the operator made of it.

    Attributes
    ----------
    signed
        The statement and its signature.
    recorded_at
        When it was written, by the operator's clock. Rules reckon with this one.
    outcome
        What was decided: its ``status``, and what was given or taken. Part of the record, and
        under the operator's signature through the tree.
    """

    signed: SignedStatement
    recorded_at: datetime
    outcome: Mapping[str, Any]


def canonical(content: Any) -> bytes:
    """Return JSON in its one canonical form (RFC 8785).

    Raises
    ------
    InvalidEntryError
        If the content has none: an integer beyond 2**53, an infinite number, a foreign type.
    """
    try:
        return rfc8785.dumps(content)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise InvalidEntryError(
            f"An entry has no canonical form: {error}. Write large numbers as text."
        ) from None


def signed_bytes(statement: Statement) -> bytes:
    """Return what is signed: the whole statement in canonical form.

    Raises
    ------
    InvalidEntryError
        If it has none, a name is empty or too long, or the whole is too large.
    """
    names = {name: getattr(statement, name) for name in LONGEST_NAME}
    for name, text in names.items():
        if not 0 < len(text) <= LONGEST_NAME[name] or not text.isprintable():
            raise InvalidEntryError(
                f"The {name} of an entry is '{text}'; 1 to {LONGEST_NAME[name]} printable letters "
                "were expected."
            )
    content = canonical({**names, "at": moment_text(statement.at), "payload": statement.payload})
    if b"\\u0000" in content:  # PostgreSQL takes none, so no record does
        raise InvalidEntryError(
            f"Entry {statement.entry_id} holds the character U+0000; leave it out."
        )
    if len(content) > LONGEST_ENTRY:
        raise InvalidEntryError(
            f"Entry {statement.entry_id} has {len(content):,} bytes; at most {LONGEST_ENTRY:,} "
            "are taken. Say it in several entries."
        )
    return content


def sign(statement: Statement, key: SigningKey) -> SignedStatement:
    """Return a statement under a member's signature."""
    return SignedStatement(statement, key.sign(signed_bytes(statement)))


def digest(statement: Statement) -> str:
    """Return the SHA-256 of what is signed, in hexadecimal."""
    return hashlib.sha256(signed_bytes(statement)).hexdigest()


def leaf_bytes(entry: Entry) -> bytes:
    """Return what a leaf of the tree is the hash of: statement, signature, moment and outcome."""
    return canonical(
        {
            "statement_sha256": digest(entry.signed.statement),
            "signature": entry.signed.signature,
            "recorded_at": moment_text(entry.recorded_at),
            "outcome": entry.outcome,
        }
    )


def entry_of(row: Mapping[Any, Any]) -> Entry:
    """Return the entry of a row of the table ``entries``."""
    statement = Statement(
        row["entry_id"],
        row["member_id"],
        row["kind"],
        row["subject"],
        row["at"],
        json.loads(row["payload"]),
    )
    return Entry(
        SignedStatement(statement, row["signature"]),
        row["recorded_at"],
        json.loads(row["outcome"]),
    )

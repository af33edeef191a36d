"""What a kind of entry does to the state: the form of its payload, who may write it, its reducer.

A reducer runs in the transaction that writes the entry, and decides. It runs again when the state
is rebuilt; then it is handed the outcome that stands on the record and does what was decided,
under the same conditions, so that a rebuild proves again that no space was given twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from kervan.cargo.element import Element
from kervan.errors import InvalidEntryError, LedgerError
from kervan.ledger.entry import Statement, canonical

MEMBER_KINDS = ("operator", "carrier", "port", "customs", "forwarder", "auditor")
"""What a member can be."""


class Refused(Exception):
    """The rules say no. The refusal is an outcome and stands on the record.

    Parameters
    ----------
    reason
        A stable code, such as ``no-space``.
    message
        A sentence.
    details
        What a program may want to know.
    """

    def __init__(self, reason: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.reason = reason
        self.details = details


class TryAgain(Exception):
    """Something moved while locks were taken; the transaction is begun anew."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a reducer is handed.

    Attributes
    ----------
    connection
        In the transaction that writes the entry.
    statement
        What the member said.
    writer_kind
        What the member is, one of ``MEMBER_KINDS``.
    now
        When the entry is recorded, by the operator's clock.
    recorded
        The outcome on the record where the state is rebuilt, else None.
    """

    connection: Connection
    statement: Statement
    writer_kind: str
    now: datetime
    recorded: Mapping[str, Any] | None = None

    @property
    def subject(self) -> str:
        """What the entry is about."""
        return self.statement.subject

    @property
    def member_id(self) -> str:
        """Who wrote it."""
        return self.statement.member_id


Outcome = dict[str, Any]
"""What was decided, as JSON: its ``status``, and what was given or taken."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entry.

    Attributes
    ----------
    name
        Such as ``booking.accept``.
    payload
        The form of its payload.
    writers
        Kinds of member that may write it.
    apply
        Its reducer, handed the payload in its form.
    meaning
        What writing it does, in a few words.
    longest_subject
        Letters of its subject.
    """

    name: str
    payload: type[Element]
    writers: frozenset[str]
    apply: Callable[[Writing, Any], Outcome]
    meaning: str
    longest_subject: int = 200


def parsed(kind: Kind, statement: Statement) -> Element:
    """Return the payload of a statement in the form of its kind.

    Raises
    ------
    InvalidEntryError
        If it has another form; the first fault is named.
    """
    if len(statement.subject) > kind.longest_subject:
        raise InvalidEntryError(
            f"Entry {statement.entry_id} has a subject of {len(statement.subject)} letters; a "
            f"{kind.name} has {kind.longest_subject} at most."
        )
    try:
        return kind.payload.model_validate(dict(statement.payload))
    except ValidationError as error:
        faults = error.errors(include_url=False)
        first = faults[0]
        where = ".".join(str(step) for step in first["loc"]) or "the payload"
        more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
        raise InvalidEntryError(
            f"Entry {statement.entry_id} is no {kind.name}: {where}: {first['msg']}{more}."
        ) from None


def run(kind: Kind, writing: Writing, payload: Element) -> Outcome:
    """Let a reducer decide, within a savepoint: a refusal leaves nothing behind.

    Raises
    ------
    LedgerError
        If, while the state is rebuilt, the outcome on the record does not follow from it.
    """
    recorded = writing.recorded
    if recorded is not None and recorded["status"] == "refused":
        return dict(recorded)
    where = f"Entry {writing.statement.entry_id} of {writing.member_id} ({kind.name})"
    try:
        with writing.connection.begin_nested():
            outcome = kind.apply(writing, payload)
    except Refused as refusal:
        if recorded is not None:
            raise LedgerError(
                f"{where} was taken when it was written, and does not follow from what stands "
                f"before it: {refusal}"
            ) from None
        return {
            "status": "refused",
            "reason": refusal.reason,
            "message": str(refusal),
            **refusal.details,
        }
    outcome = dict(json.loads(canonical(outcome)))
    if recorded is not None and outcome != dict(recorded):
        raise LedgerError(f"{where} comes out otherwise than when it was written.")
    return outcome

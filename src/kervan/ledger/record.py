"""Writing an entry: checked, decided and put on the record in one transaction, or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, select
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from kervan.errors import ConflictingEntryError, InvalidEntryError, LedgerError
from kervan.ledger.database import cause_of, writing
from kervan.ledger.entry import SignedStatement, Statement, canonical, signed_bytes
from kervan.ledger.keys import is_signed, key_named_by
from kervan.ledger.kinds import kind_named
from kervan.ledger.members import WRITE_SECONDS, MemberKey, first_key, key_of
from kervan.ledger.reduction import Kind, TryAgain, Writing, parsed, run
from kervan.ledger.tables import entries, member_keys, members, pending

MOST_TRIES = 20
"""How often a transaction is begun anew when another one is in its way."""
CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a member's clock may be ahead of the operator's."""
_OF_WRITERS = 0x6B65727661
"""Number of the lock that writers share and a rebuild has alone."""
_BEGIN_ANEW = {"40001", "40P01"}
"""PostgreSQL's codes for a serialization failure and a deadlock."""

# Made once, as making and hashing them anew takes longer than running them.
_SHARE = select(func.pg_advisory_xact_lock_shared(_OF_WRITERS))
_SAME = select(entries).where(
    entries.c.member_id == bindparam("member_id"), entries.c.entry_id == bindparam("entry_id")
)
_KEY = (
    select(member_keys, members.c.kind)
    .join(members, members.c.member_id == member_keys.c.member_id)
    .where(
        member_keys.c.key_id == bindparam("key_id"),
        member_keys.c.member_id == bindparam("member_id"),
    )
)
_ANY = select(entries.c.position).limit(1)
_PUT = insert(entries).returning(entries.c.position)
_WAIT = insert(pending)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an entry.

    Attributes
    ----------
    position
        Its place among the entries; its place on the log is settled later.
    recorded_at
        When it was recorded.
    outcome
        What was decided; ``status`` is ``refused`` where the rules said no.
    is_repeat
        Whether it stood on the record already, and this is what was decided then.
    """

    position: int
    recorded_at: datetime
    outcome: Mapping[str, Any]
    is_repeat: bool

    @property
    def is_refused(self) -> bool:
        """Whether the rules said no."""
        return bool(self.outcome["status"] == "refused")


def write(engine: Engine, signed: SignedStatement, now: datetime) -> Receipt:
    """Put an entry on the record and do what it says, at once or not at all.

    Writing an entry again gives what was decided the first time, whether the first answer arrived
    or not; its moment and signature may differ then, what it says may not.

    Parameters
    ----------
    engine
        An open database.
    signed
        The entry.
    now
        The operator's clock.

    Raises
    ------
    InvalidEntryError
        If it is malformed, not signed by a key its member has at the moment, or of a kind its
        member may not write. Nothing is recorded.
    ConflictingEntryError
        If its member has said something else under this ``entry_id``.
    LedgerError
        If the database was too busy; nothing is recorded.
    """
    statement = signed.statement
    kind = kind_named(statement.kind)
    content = signed_bytes(statement)
    payload = parsed(kind, statement)
    if statement.at > now + CLOCK_TOLERANCE:
        raise InvalidEntryError(
            f"Entry {statement.entry_id} is signed as of {statement.at.isoformat()}, which is "
            f"after {now.isoformat()}; set the clock of {statement.member_id}."
        )
    began, has_clashed = monotonic(), False
    for _ in range(MOST_TRIES):
        try:
            with writing(engine) as connection:
                share_with_writers(connection)
                repeated = _repeated(connection, statement)
                if repeated is not None:
                    return repeated
                key, writer_kind = _writer(connection, signed, kind, payload, now)
                if not is_signed(signed.signature, content, key.key):
                    raise InvalidEntryError(
                        f"The signature of entry {statement.entry_id} does not fit what it says; "
                        f"it must be made by {statement.member_id} over the whole of it."
                    )
                done = Writing(connection, statement, writer_kind, now)
                outcome = run(kind, done, payload)
                receipt = _insert(connection, signed, content, now, outcome)
                if monotonic() - began > WRITE_SECONDS:
                    raise LedgerError(
                        f"Entry {statement.entry_id} took longer than {WRITE_SECONDS} seconds to "
                        "write and was not recorded; write it again."
                    )
                return receipt
        except TryAgain:
            continue
        except IntegrityError:
            # Most likely the same entry was being written by another hand, which is done now.
            if has_clashed:
                raise
            has_clashed = True
        except StatementError as error:
            if isinstance(error, DataError) or isinstance(error.orig, (OverflowError, ValueError)):
                raise InvalidEntryError(
                    f"Entry {statement.entry_id} holds a value that no database takes: "
                    f"{cause_of(error)}."
                ) from None
            if getattr(error.orig, "sqlstate", None) not in _BEGIN_ANEW:
                raise
    raise LedgerError(
        f"Entry {statement.entry_id} met other writers {MOST_TRIES} times and was not recorded; "
        "write it again."
    )


def share_with_writers(connection: Connection) -> None:
    """Take the lock that writers share, until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(_SHARE)


def shut_out_writers(connection: Connection) -> None:
    """Wait until nobody writes, and keep it so until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_OF_WRITERS)))


def _repeated(connection: Connection, statement: Statement) -> Receipt | None:
    names = {"member_id": statement.member_id, "entry_id": statement.entry_id}
    row = connection.execute(_SAME, names).mappings().first()
    if row is None:
        return None
    said = (row["kind"], row["subject"], row["payload"])
    if said != (statement.kind, statement.subject, canonical(statement.payload).decode()):
        raise ConflictingEntryError(
            f"{statement.member_id} has written an entry {statement.entry_id} that says something "
            "else; give the new one a new entry_id."
        )
    return Receipt(row["position"], row["recorded_at"], json.loads(row["outcome"]), True)


def _writer(
    connection: Connection, signed: SignedStatement, kind: Kind, payload: Any, now: datetime
) -> tuple[MemberKey, str]:
    """Return the key an entry names, and what kind of member its writer is."""
    statement = signed.statement
    key_id = key_named_by(signed.signature)
    names = {"key_id": key_id, "member_id": statement.member_id}
    row = connection.execute(_KEY, names).mappings().first()
    if row is None:
        if connection.execute(_ANY).first() is None:
            shut_out_writers(connection)  # two operators must not begin one record
            if connection.execute(_ANY).first() is None:
                return first_key(statement, payload), "operator"
        raise InvalidEntryError(
            f"Entry {statement.entry_id} is signed with a key that {statement.member_id} does not "
            "have; `kervan member list` shows whose keys are on the record."
        )
    key = key_of(row)
    if not key.is_valid_at(now):
        raise InvalidEntryError(
            f"Entry {statement.entry_id} is signed with key {key.key.key_id}, which "
            f"{statement.member_id} has retired; sign with one in use."
        )
    if row["kind"] not in kind.writers:
        raise InvalidEntryError(
            f"{statement.member_id} is a member of kind {row['kind']} and may not write "
            f"{kind.name}; {', '.join(sorted(kind.writers))} may."
        )
    return key, str(row["kind"])


def _insert(
    connection: Connection,
    signed: SignedStatement,
    content: bytes,
    now: datetime,
    outcome: Mapping[str, Any],
) -> Receipt:
    # This comes last, so that the position is drawn when all locks are held: entries that bear on
    # each other then stand in the order in which they were decided.
    statement = signed.statement
    position = connection.execute(
        _PUT,
        {
            "entry_id": statement.entry_id,
            "member_id": statement.member_id,
            "kind": statement.kind,
            "subject": statement.subject,
            "at": statement.at,
            "payload": canonical(statement.payload).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
            "signature": signed.signature,
            "recorded_at": now,
            "outcome": canonical(outcome).decode(),
        },
    ).scalar_one()
    connection.execute(_WAIT, {"position": position})
    return Receipt(position, now, outcome, False)

"""Rebuilding the state from the record, from zero, and comparing the two."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, select

from kervan.errors import LedgerError
from kervan.ledger.database import by_code_point
from kervan.ledger.entry import Entry, canonical, entry_of
from kervan.ledger.kinds import kind_named
from kervan.ledger.moments import moment_text
from kervan.ledger.record import shut_out_writers
from kervan.ledger.reduction import Writing, parsed, run
from kervan.ledger.tables import DERIVED, entries, log, members

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class TableDigest:
    """What a table held.

    Attributes
    ----------
    rows
        How many.
    sha256
        Over all rows in the order of their keys, the same in every database.
    """

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Rebuild:
    """What a rebuild found.

    Attributes
    ----------
    entries
        How many were replayed.
    before, after
        Each derived table as it was, and as it follows from the record.
    """

    entries: int
    before: Mapping[str, TableDigest]
    after: Mapping[str, TableDigest]

    @property
    def changed(self) -> tuple[str, ...]:
        """Tables that were not what follows from the record."""
        return tuple(name for name, there in self.before.items() if there != self.after[name])


def rebuild(engine: Engine, *, keep: bool = True) -> Rebuild:
    """Empty the derived tables and fill them again from the record, while nobody writes.

    Parameters
    ----------
    engine
        An open database.
    keep
        Whether the new state takes the place of the old one; else all is as before afterwards.

    Raises
    ------
    LedgerError
        If an outcome on the record does not follow from what stands before it: then the record
        was tampered with, or decided against the rules. The state stays as it was.
    """
    with engine.connect() as connection, connection.begin() as transaction:
        shut_out_writers(connection)
        before = digests(connection)
        for table in DERIVED:
            connection.execute(delete(table))
        count = fill(connection)
        result = Rebuild(count, before, digests(connection))
        if not keep:
            transaction.rollback()
    return result


def fill(connection: Connection) -> int:
    """Derive the state of a record whose derived tables are empty; return how many entries."""
    count = 0
    for entry in in_order(connection):
        _replay(connection, entry)
        count += 1
    return count


def in_order(connection: Connection) -> Iterator[Entry]:
    """Yield all entries in the order in which they were decided: the log, then what is pending."""
    # Read in pages: SQLite must not read on while its rows are written.
    seq = -1
    while True:
        page = connection.execute(
            select(log.c.seq, entries)
            .join(entries, entries.c.position == log.c.position)
            .where(log.c.seq > seq)
            .order_by(log.c.seq)
            .limit(_AT_ONCE)
        ).mappings()
        rows = page.all()
        if not rows:
            break
        for row in rows:
            yield entry_of(row)
        seq = rows[-1]["seq"]
    waiting = connection.execute(
        select(entries)
        .join(log, log.c.position == entries.c.position, isouter=True)
        .where(log.c.seq.is_(None))
        .order_by(entries.c.position)
    )
    for row in waiting.mappings().all():
        yield entry_of(row)


def digests(connection: Connection) -> dict[str, TableDigest]:
    """Return what each derived table holds."""
    return {table.name: _digest(connection, table) for table in DERIVED}


def _digest(connection: Connection, table: Table) -> TableDigest:
    whole, count = hashlib.sha256(), 0
    keys = [by_code_point(connection, column) for column in table.primary_key.columns]
    for row in connection.execute(select(table).order_by(*keys)).mappings():
        whole.update(canonical({name: _plain(value) for name, value in row.items()}) + b"\n")
        count += 1
    return TableDigest(count, whole.hexdigest())


def _plain(value: Any) -> Any:
    # Money in minor units may pass what canonical JSON holds as a number.
    if isinstance(value, datetime):
        return moment_text(value)
    return str(value) if isinstance(value, int) else value


def _replay(connection: Connection, entry: Entry) -> None:
    statement = entry.signed.statement
    kind = kind_named(statement.kind)
    writer = connection.execute(
        select(members.c.kind).where(members.c.member_id == statement.member_id)
    ).scalar()
    if writer is None:
        if connection.execute(select(func.count()).select_from(members)).scalar():
            raise LedgerError(
                f"Entry {statement.entry_id} was written by {statement.member_id}, who was no "
                "member then."
            )
        writer = "operator"
    if writer not in kind.writers:
        raise LedgerError(
            f"Entry {statement.entry_id} was written by {statement.member_id}, of kind {writer}, "
            f"and only {', '.join(sorted(kind.writers))} may write {kind.name}."
        )
    done = Writing(connection, statement, str(writer), entry.recorded_at, entry.outcome)
    run(kind, done, parsed(kind, statement))

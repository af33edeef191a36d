"""Backup and restore: the record as a file, from which everything else follows.

A backup is gzip over lines of JSON: a first line with the format, the entries, the log and the
signed heads, and a last one with counts and a digest, so that one cut short is noticed. Restoring
derives the state and the tree anew and verifies the whole; it works from SQLite to PostgreSQL and
back as well.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from kervan.errors import LedgerError
from kervan.ledger import merkle
from kervan.ledger.database import reading, writing
from kervan.ledger.migration import revision_of, upgrade
from kervan.ledger.moments import moment_text, parse_moment
from kervan.ledger.rebuild import fill
from kervan.ledger.sequencer import end_of_log, stored_nodes
from kervan.ledger.tables import Moment, entries, log, pending, tree_heads, tree_nodes
from kervan.ledger.verify import Verification, verify

FORMAT = "kervan-ledger-backup.v1"
_PARTS = {"entry": entries, "log": log, "head": tree_heads}
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes
    ----------
    entries, on_log, heads
        How many there are, of how many the order was settled, and how many heads are signed.
    """

    entries: int
    on_log: int
    heads: int


def backup(engine: Engine, path: Path) -> Backup:
    """Write the record as it stands at one moment into a file, while others go on writing.

    Raises
    ------
    LedgerError
        If there is a file of this name, or it cannot be written.
    """
    counts = dict.fromkeys(_PARTS, 0)
    beside = path.with_name(f".{path.name}.new")
    if path.exists():
        raise LedgerError(f"{path} is there already; name another file for this backup.")
    try:
        with gzip.open(beside, "wb") as file, reading(engine) as connection:
            whole = hashlib.sha256()
            for part, line in _lines(connection):
                if part:
                    counts[part] += 1
                whole.update(line)
                file.write(line)
            file.write(_line("end", {**counts, "sha256": whole.hexdigest()}))
        with beside.open("rb") as done:
            os.fsync(done.fileno())
        beside.rename(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise LedgerError(f"The backup {path} cannot be written: {error.strerror}.") from None
    return Backup(counts["entry"], counts["log"], counts["head"])


def restore(engine: Engine, path: Path) -> Verification:
    """Fill an empty database from a backup, derive its state, and verify it; all of it or nothing.

    Raises
    ------
    LedgerError
        If the database holds a record already, the file cannot be read, is no backup or was cut
        short, or what it holds does not verify.
    """
    for _ in _rows(path):  # the digest is at the end, so it is read through once before
        pass
    if revision_of(engine) is None:
        upgrade(engine)
    with writing(engine) as connection:
        if connection.execute(select(entries.c.position).limit(1)).first() is not None:
            raise LedgerError("The database holds a record already; restore into an empty one.")
        for part, rows in _pages(path):
            if part == "log":
                _put_on_log(connection, rows)
            else:
                connection.execute(insert(_PARTS[part]), rows)
        _put_pending(connection)
        _count_on(connection)
        fill(connection)
        found = verify(connection)
        if not found.ok:
            raise LedgerError(f"What {path} holds does not verify: {found.faults[0]}")
    return found


def _lines(connection: Connection) -> Iterator[tuple[str, bytes]]:
    yield "", _line("format", FORMAT)
    for part, table in _PARTS.items():
        rows = connection.execute(
            select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_AT_ONCE)
        )
        for row in rows.mappings():
            yield part, _line(part, {name: _text(value) for name, value in row.items()})


def _line(part: str, content: Any) -> bytes:
    text = json.dumps({part: content}, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, (int, str)) else moment_text(value)


def _pages(path: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield rows of one part each, many at once, in the order of the file."""
    part, rows = "", list[dict[str, Any]]()
    for name, row in _rows(path):
        if rows and (name != part or len(rows) == _AT_ONCE):
            yield part, rows
            rows = []
        part = name
        rows.append(row)
    if rows:
        yield part, rows


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    whole, end = hashlib.sha256(), None
    try:
        with gzip.open(path, "rb") as file:
            first = file.readline()
            if first != _line("format", FORMAT):
                raise LedgerError(f"{path} is no backup of a record ({FORMAT}).")
            whole.update(first)
            for line in file:
                ((part, content),) = json.loads(line).items()
                if part == "end":
                    end = content
                    break
                whole.update(line)
                yield part, _row(_PARTS[part], content)
    except (EOFError, zlib.error, gzip.BadGzipFile, ValueError, KeyError, AttributeError):
        raise LedgerError(f"{path} is no backup of a record, or it was damaged.") from None
    except OSError as error:
        raise LedgerError(f"The backup {path} cannot be read: {error.strerror}.") from None
    if end is None or end.get("sha256") != whole.hexdigest():
        raise LedgerError(f"The backup {path} was cut short or changed.")


def _row(table: Table, content: Mapping[str, Any]) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        value = content[column.name]
        if isinstance(column.type, Moment):
            value = parse_moment(value)
        elif column.type.python_type is bytes:
            value = bytes.fromhex(value)
        row[column.name] = value
    return row


def _put_on_log(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    size, _ = end_of_log(connection)
    leaves = [row["leaf_hash"] for row in rows]
    grown = merkle.grown(size, leaves, stored_nodes(connection))
    connection.execute(insert(log), list(rows))
    if grown:
        connection.execute(
            insert(tree_nodes),
            [{"level": n.level, "number": n.number, "hash": n.hash} for n in grown],
        )


def _put_pending(connection: Connection) -> None:
    waiting = (
        select(entries.c.position)
        .join(log, log.c.position == entries.c.position, isouter=True)
        .where(log.c.seq.is_(None))
    )
    connection.execute(insert(pending).from_select(["position"], waiting))


def _count_on(connection: Connection) -> None:
    """Let the next entry draw a position after those restored. (SQLite does so by itself.)"""
    if connection.dialect.name == "postgresql":
        last = select(func.max(entries.c.position)).scalar_subquery()
        sequence = func.pg_get_serial_sequence("entries", "position")
        connection.execute(select(func.setval(sequence, func.coalesce(last, 1))))

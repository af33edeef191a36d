"""Settling the order: entries go on the log in batches, and the operator signs the tree's head.

Writers wait for no common lock. What they wrote is *pending* until the next batch (the merge delay
of certificate transparency, RFC 9162, 4.4); whoever runs the record says how often that is.

The order of the log is one in which the entries could have been written one after the other: an
entry draws its position while it holds its locks, so one that bears on another that was decided
before has the higher position, and a batch that holds it holds the other too, or an earlier did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select

from kervan.errors import LedgerError
from kervan.ledger import merkle
from kervan.ledger.database import writing
from kervan.ledger.entry import canonical, entry_of, leaf_bytes
from kervan.ledger.keys import PublicKey, SigningKey, is_signed
from kervan.ledger.moments import moment_text
from kervan.ledger.tables import entries, log, member_keys, members, pending, tree_heads, tree_nodes

BATCH = 1_000
"""Most entries of one transaction of the sequencer."""
FIRST_CHAIN = bytes(32)
"""What the first entry of the log is chained to."""
_OF_SEQUENCERS = 0x6B65727662


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The root of the tree over the first entries of the log, signed by the operator.

    Attributes
    ----------
    size
        How many entries.
    root
        Hash over them (RFC 9162, 2.1.1).
    at
        When it was signed.
    signature
        Detached JWS of the operator over :func:`head_bytes`.
    """

    size: int
    root: bytes
    at: datetime
    signature: str


def head_bytes(size: int, root: bytes, at: datetime) -> bytes:
    """Return what the operator signs of a head, in canonical form."""
    return canonical({"at": moment_text(at), "root": root.hex(), "size": size})


def is_signed_by(head: TreeHead, key: PublicKey) -> bool:
    """Say whether a head was signed with a key."""
    return is_signed(head.signature, head_bytes(head.size, head.root, head.at), key)


def chained(before: bytes, leaf: bytes) -> bytes:
    """Return the link of the chain for a leaf after a link."""
    return hashlib.sha256(before + leaf).digest()


def sequence(
    engine: Engine, key: SigningKey, clock: Callable[[], datetime], *, batch: int = BATCH
) -> TreeHead | None:
    """Put everything pending on the log, and sign the head of the tree.

    Parameters
    ----------
    engine
        An open database.
    key
        The operator's.
    clock
        Gives the moment a head is signed.
    batch
        Most entries of one transaction.

    Returns
    -------
    TreeHead or None
        The newest head; None while the record is empty.

    Raises
    ------
    LedgerError
        If the key is no operator's.
    """
    while True:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(select(func.pg_advisory_xact_lock(_OF_SEQUENCERS)))
            count = append(connection, batch)
            _sign_head(connection, key, clock())
            if count < batch:
                return latest_head(connection)


def append(connection: Connection, batch: int = BATCH) -> int:
    """Put the oldest pending entries on the log with their links and nodes; return how many."""
    rows = (
        connection.execute(
            select(entries)
            .join(pending, pending.c.position == entries.c.position)
            .order_by(entries.c.position)
            .limit(batch)
        )
        .mappings()
        .all()
    )
    if not rows:
        return 0
    size, link = end_of_log(connection)
    leaves = [merkle.leaf_hash(leaf_bytes(entry_of(row))) for row in rows]
    lines = []
    for number, (row, leaf) in enumerate(zip(rows, leaves, strict=True)):
        link = chained(link, leaf)
        lines.append(
            {"seq": size + number, "position": row["position"], "leaf_hash": leaf, "chain": link}
        )
    grown = merkle.grown(size, leaves, stored_nodes(connection))
    connection.execute(insert(log), lines)
    if grown:
        connection.execute(
            insert(tree_nodes),
            [{"level": n.level, "number": n.number, "hash": n.hash} for n in grown],
        )
    positions = [row["position"] for row in rows]
    connection.execute(delete(pending).where(pending.c.position.in_(positions)))
    return len(rows)


def end_of_log(connection: Connection) -> tuple[int, bytes]:
    """Return how many entries are on the log, and its last link."""
    last = connection.execute(
        select(log.c.seq, log.c.chain).order_by(log.c.seq.desc()).limit(1)
    ).first()
    return (0, FIRST_CHAIN) if last is None else (last.seq + 1, bytes(last.chain))


def latest_head(connection: Connection) -> TreeHead | None:
    """Return the newest signed head, or None."""
    return next(_heads(connection, newest_first=True), None)


def heads(connection: Connection) -> tuple[TreeHead, ...]:
    """Return every signed head, smallest first."""
    return tuple(_heads(connection, newest_first=False))


def inclusion_proof(
    connection: Connection, member_id: str, entry_id: str, head: TreeHead
) -> tuple[int, list[bytes]]:
    """Return the place of an entry on the log, and the proof that a head's tree holds it.

    Raises
    ------
    LedgerError
        If it is not on the log, or only on a later part of it.
    """
    seq = connection.execute(
        select(log.c.seq)
        .join(entries, entries.c.position == log.c.position)
        .where(entries.c.member_id == member_id, entries.c.entry_id == entry_id)
    ).scalar()
    if seq is None or seq >= head.size:
        raise LedgerError(
            f"Entry {entry_id} of {member_id} is not among the first {head.size} of the log; "
            "if it is on the record, it is pending or under a later head."
        )
    return seq, merkle.inclusion_proof(seq, head.size, stored_nodes(connection))


def consistency_proof(connection: Connection, first: TreeHead, second: TreeHead) -> list[bytes]:
    """Return the proof that the tree of one head is the beginning of that of another."""
    return merkle.consistency_proof(first.size, second.size, stored_nodes(connection))


def stored_nodes(connection: Connection) -> merkle.Node:
    """Return what gives the nodes of the tree as they are stored."""

    def node(level: int, number: int) -> bytes:
        query = (
            select(log.c.leaf_hash).where(log.c.seq == number)
            if level == 0
            else select(tree_nodes.c.hash).where(
                tree_nodes.c.level == level, tree_nodes.c.number == number
            )
        )
        found = connection.execute(query).scalar()
        if found is None:
            raise LedgerError(
                f"Node {number} of level {level} of the tree is missing; something was removed "
                "from the record, `kervan ledger verify` says what."
            )
        return bytes(found)

    return node


def _sign_head(connection: Connection, key: SigningKey, at: datetime) -> None:
    own = connection.execute(
        select(member_keys.c.key_id)
        .join(members, members.c.member_id == member_keys.c.member_id)
        .where(
            member_keys.c.key_id == key.key_id,
            members.c.kind == "operator",
            member_keys.c.valid_from <= at,
            member_keys.c.valid_to.is_(None) | (member_keys.c.valid_to > at),
        )
    ).first()
    if own is None:
        raise LedgerError(
            f"Key {key.key_id} is no operator's key in use, and only the operator settles the "
            "order of the log; `kervan member list` shows the keys."
        )
    size, _ = end_of_log(connection)
    newest = latest_head(connection)
    if size == 0 or (newest is not None and newest.size == size):
        return
    root = merkle.root(size, stored_nodes(connection))
    connection.execute(
        insert(tree_heads).values(
            size=size, root=root, at=at, signature=key.sign(head_bytes(size, root, at))
        )
    )


def _heads(connection: Connection, *, newest_first: bool) -> Iterator[TreeHead]:
    order = tree_heads.c.size.desc() if newest_first else tree_heads.c.size
    for row in connection.execute(select(tree_heads).order_by(order)):
        yield TreeHead(row.size, bytes(row.root), row.at, row.signature)

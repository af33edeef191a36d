"""Verifying a record: nothing in it was changed, nothing was removed, everything was signed.

Nothing is believed of a table that is derived, nor of a hash or node that is stored: whose keys are
good when is read from the entries themselves, in the order of the log, and all hashes are worked
out anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from kervan.errors import LedgerError
from kervan.ledger import merkle
from kervan.ledger.entry import Entry, digest, entry_of, leaf_bytes, signed_bytes
from kervan.ledger.keys import is_signed, key_named_by
from kervan.ledger.kinds import kind_named
from kervan.ledger.members import MemberKey, changes_of_keys, first_key
from kervan.ledger.reduction import parsed
from kervan.ledger.sequencer import FIRST_CHAIN, TreeHead, chained, heads, is_signed_by
from kervan.ledger.tables import entries, log, pending, tree_nodes

MOST_FAULTS = 100
"""Faults that are told; a record with more is no record."""
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found.

    Attributes
    ----------
    entries
        How many are on the log.
    pending
        How many wait to be put there.
    pending_since
        When the oldest of these was recorded.
    heads
        How many signed heads there are.
    head
        The newest of them.
    operator_key_id
        Thumbprint of the key that began the record; who trusts the record has it from elsewhere.
    faults
        What does not hold, in sentences; none where the record verifies.
    """

    entries: int
    pending: int
    pending_since: datetime | None
    heads: int
    head: TreeHead | None
    operator_key_id: str | None
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether all of it holds."""
        return not self.faults


@dataclass(slots=True)
class _Keys:
    """Whose keys are good when, as the entries so far tell."""

    by_id: dict[str, MemberKey] = field(default_factory=dict)
    operators: set[str] = field(default_factory=set)
    first: str | None = None

    def faults_of(self, entry: Entry, where: str) -> Iterator[str]:
        """Yield what is wrong with an entry's signature, and learn the keys it tells of."""
        statement = entry.signed.statement
        try:
            payload = parsed(kind_named(statement.kind), statement)
            if not self.by_id:
                own = first_key(statement, payload)
                key: MemberKey | None = own
                self.first = own.key.key_id
            else:
                key = self.by_id.get(key_named_by(entry.signed.signature) or "")
            content = signed_bytes(statement)
        except LedgerError as error:
            yield f"{where}: {error}"
            return
        if key is None or key.member_id != statement.member_id:
            yield f"{where} is signed with a key that is not {statement.member_id}'s."
            return
        if not is_signed(entry.signed.signature, content, key.key):
            yield f"{where} does not fit its signature: one of them was changed."
            return
        if not key.is_valid_at(entry.recorded_at):
            yield f"{where} is signed with a key that was not good when it was recorded."
        if entry.outcome.get("status") != "refused":
            self._learn(entry, payload)

    def _learn(self, entry: Entry, payload: Any) -> None:
        statement = entry.signed.statement
        added, retired = changes_of_keys(statement, payload, entry.recorded_at)
        if added is not None:
            self.by_id[added.key.key_id] = added
            if getattr(payload, "kind", None) == "operator":
                self.operators.add(added.member_id)
        if retired is not None and retired[0] in self.by_id:
            old = self.by_id[retired[0]]
            self.by_id[old.key.key_id] = MemberKey(
                old.key, old.member_id, old.valid_from, retired[1]
            )

    def is_good_head(self, head: TreeHead) -> bool:
        """Say whether an operator signed a head with a key good at its moment."""
        key = self.by_id.get(key_named_by(head.signature) or "")
        return (
            key is not None
            and key.member_id in self.operators
            and key.is_valid_at(head.at)
            and is_signed_by(head, key.key)
        )


@dataclass(slots=True)
class _Tree:
    """The tree of the leaves so far: the hashes of its complete subtrees, largest first."""

    size: int = 0
    edge: list[tuple[int, bytes]] = field(default_factory=list)

    def add(self, leaf: bytes) -> Iterator[merkle.StoredNode]:
        """Take a leaf in, and yield the nodes it completes."""
        level, number, found = 0, self.size, leaf
        while self.edge and self.edge[-1][0] == level:
            found = merkle.node_hash(self.edge.pop()[1], found)
            level, number = level + 1, number // 2
            yield merkle.StoredNode(level, number, found)
        self.edge.append((level, found))
        self.size += 1

    def root(self) -> bytes:
        """Return the hash over all of it."""
        if not self.edge:
            return merkle.EMPTY_ROOT
        *rest, (_, found) = self.edge
        for _, left in reversed(rest):
            found = merkle.node_hash(left, found)
        return found


def verify(
    connection: Connection, *, kept: TreeHead | None = None, operator_key_id: str | None = None
) -> Verification:
    """Verify a record, entry by entry.

    O(n) in the entries of the record; memory does not grow with them, but for keys and heads.

    Parameters
    ----------
    connection
        In a transaction that reads one state, :func:`kervan.ledger.database.reading`.
    kept
        A head that was kept elsewhere: the record must begin with what it was signed over.
    operator_key_id
        Thumbprint of the key the record must have been begun with.

    Returns
    -------
    Verification
        With at most ``MOST_FAULTS`` faults.
    """
    faults: list[str] = []
    for fault in _Verifying(connection, kept, operator_key_id, report := _Found()).faults():
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    return Verification(
        report.entries,
        report.pending,
        report.pending_since,
        report.heads,
        report.head,
        report.operator_key_id,
        tuple(faults),
    )


@dataclass(slots=True)
class _Found:
    entries: int = 0
    pending: int = 0
    pending_since: datetime | None = None
    heads: int = 0
    head: TreeHead | None = None
    operator_key_id: str | None = None


@dataclass(slots=True)
class _Verifying:
    connection: Connection
    kept: TreeHead | None
    operator_key_id: str | None
    found: _Found

    def faults(self) -> Iterator[str]:
        """Yield what does not hold."""
        keys, tree, link = _Keys(), _Tree(), FIRST_CHAIN
        signed = heads(self.connection)
        self.found.heads, self.found.head = len(signed), signed[-1] if signed else None
        by_size = {head.size: head for head in signed}
        for row in self._log():
            where = _name(row)
            if row["seq"] != tree.size:
                yield f"{where} stands on the log where number {tree.size} was expected."
            if row["entry_id"] is None:
                yield f"Number {row['seq']} of the log has no entry: it was removed."
                leaf = bytes(row["leaf_hash"])
            else:
                entry = entry_of(row)
                yield from keys.faults_of(entry, where)
                yield from _faults_of_hashes(row, entry, where)
                leaf = merkle.leaf_hash(leaf_bytes(entry))
            link = chained(link, leaf)
            if leaf != bytes(row["leaf_hash"]) or link != bytes(row["chain"]):
                yield f"{where} does not fit the chain: it or one before it was changed."
            for node in tree.add(leaf):
                if not self._is_stored(node):
                    yield f"Node {node.number} of level {node.level} of the tree was changed."
            self.found.entries = tree.size
            if tree.size in by_size:
                yield from self._faults_of_head(by_size.pop(tree.size), tree, keys)
            if self.kept is not None and self.kept.size == tree.size:
                yield from self._faults_of_kept(self.kept, tree, keys)
        self.found.operator_key_id = keys.first
        for head in by_size.values():
            yield (
                f"A head was signed over {head.size} entries and there are {tree.size}: entries "
                "were removed."
            )
        if self.kept is not None and self.kept.size > tree.size:
            yield (
                f"The head that was kept is over {self.kept.size} entries and there are "
                f"{tree.size}: entries were removed."
            )
        if self.operator_key_id is not None and self.operator_key_id != keys.first:
            yield (
                f"The record was begun with key {keys.first}, and {self.operator_key_id} was "
                "expected: it is another record."
            )
        yield from self._faults_of_pending(keys)

    def _log(self) -> Iterator[Mapping[Any, Any]]:
        query = (
            select(log.c.seq, log.c.leaf_hash, log.c.chain, entries)
            .join(entries, entries.c.position == log.c.position, isouter=True)
            .order_by(log.c.seq)
            .execution_options(yield_per=_AT_ONCE)
        )
        yield from self.connection.execute(query).mappings()

    def _is_stored(self, node: merkle.StoredNode) -> bool:
        stored = self.connection.execute(
            select(tree_nodes.c.hash).where(
                tree_nodes.c.level == node.level, tree_nodes.c.number == node.number
            )
        ).scalar()
        return stored is not None and bytes(stored) == node.hash

    def _faults_of_head(self, head: TreeHead, tree: _Tree, keys: _Keys) -> Iterator[str]:
        if head.root != tree.root():
            yield (
                f"The head signed over {head.size} entries is not theirs: one of them was changed "
                "after it was signed."
            )
        if not keys.is_good_head(head):
            yield f"The head over {head.size} entries is not signed by the operator."

    def _faults_of_kept(self, head: TreeHead, tree: _Tree, keys: _Keys) -> Iterator[str]:
        if not keys.is_good_head(head):
            yield "The head that was kept is not signed by the operator of this record."
        if head.root != tree.root():
            yield (
                f"The first {head.size} entries are not those that the head that was kept was "
                "signed over: the record was written anew."
            )

    def _faults_of_pending(self, keys: _Keys) -> Iterator[str]:
        query = (
            select(entries, pending.c.position.label("waits"))
            .join(log, log.c.position == entries.c.position, isouter=True)
            .join(pending, pending.c.position == entries.c.position, isouter=True)
            .where(log.c.seq.is_(None))
            .order_by(entries.c.position)
        )
        for row in self.connection.execute(query).mappings():
            where, entry = _name(row), entry_of(row)
            self.found.pending += 1
            if self.found.pending_since is None or entry.recorded_at < self.found.pending_since:
                self.found.pending_since = entry.recorded_at
            if row["waits"] is None:
                yield f"{where} is neither on the log nor waiting to be put there."
            yield from keys.faults_of(entry, where)
            yield from _faults_of_hashes(row, entry, where)


def _faults_of_hashes(row: Mapping[Any, Any], entry: Entry, where: str) -> Iterator[str]:
    if row["sha256"] != digest(entry.signed.statement):
        yield f"{where} does not fit its digest."


def _name(row: Mapping[Any, Any]) -> str:
    return f"Entry {row['entry_id']} of {row['member_id']} ({row['kind']} {row['subject']})"

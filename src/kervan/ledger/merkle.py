"""The Merkle tree of RFC 9162 over the log, its nodes kept so that proofs read few of them.

Every node over a complete subtree is stored once and never changes; level 0 are the leaf hashes,
which the log itself holds. The hash over an unfinished right edge is made of at most one stored
node a level, so a root or a proof takes O(log² n) hashes at most and O(log n) nodes read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Node = Callable[[int, int], bytes]
"""Gives the stored hash of the complete subtree ``number`` of ``level``."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of a tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class StoredNode:
    """A node over a complete subtree of ``2 ** level`` leaves, the ``number``-th of its level."""

    level: int
    number: int
    hash: bytes


def grown(size: int, leaves: Sequence[bytes], node: Node) -> list[StoredNode]:
    """Return the nodes that new leaves complete.

    Parameters
    ----------
    size
        Leaves of the tree so far.
    leaves
        Hashes of the leaves that follow.
    node
        Gives a node of the tree so far, level 0 included.

    Returns
    -------
    list of StoredNode
        Of level 1 and above; about as many as there are new leaves.
    """
    made: dict[tuple[int, int], bytes] = {(0, size + n): h for n, h in enumerate(leaves)}
    out: list[StoredNode] = []

    def known(level: int, number: int) -> bytes:
        there = made.get((level, number))
        return node(level, number) if there is None else there

    level, before, after = 0, size, size + len(leaves)
    while after > 1:
        level += 1
        before, after = before // 2, after // 2
        for number in range(before, after):
            both = known(level - 1, 2 * number), known(level - 1, 2 * number + 1)
            made[level, number] = node_hash(*both)
            out.append(StoredNode(level, number, made[level, number]))
    return out


def root(size: int, node: Node) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _hash_of(0, size, node)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the hashes that lead from a leaf to the root (RFC 9162, 2.1.3.1).

    Raises
    ------
    ValueError
        If there is no such leaf in a tree of this size.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    return _path(index, 0, size, node)


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """Return the hashes that show one tree to be the beginning of another (RFC 9162, 2.1.4.1).

    Raises
    ------
    ValueError
        Unless ``0 < first <= second``.
    """
    if not 0 < first <= second:
        raise ValueError(f"A tree of {first} leaves is not the beginning of one of {second}.")
    return [] if first == second else _subproof(first, 0, second, node, True)


def holds_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes
) -> bool:
    """Say whether a proof leads from a leaf's hash to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node_at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node_at % 2 or node_at == last:
            found = node_hash(sibling, found)
            while not node_at % 2 and node_at:
                node_at, last = node_at // 2, last // 2
        else:
            found = node_hash(found, sibling)
        node_at, last = node_at // 2, last // 2
    return last == 0 and found == root_hash


def holds_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether a proof shows one root to be of the beginning of the other (RFC 9162, 2.1.4.2).

    Every tree begins with the empty one, which needs no proof.
    """
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    node_at, last = first - 1, second - 1
    while node_at % 2:
        node_at, last = node_at // 2, last // 2
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node_at % 2 or node_at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node_at % 2 and node_at:
                node_at, last = node_at // 2, last // 2
        else:
            new = node_hash(new, sibling)
        node_at, last = node_at // 2, last // 2
    return last == 0 and old == first_root and new == second_root


def _split(count: int) -> int:
    """Return the largest power of two smaller than a count above 1."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash_of(start: int, end: int, node: Node) -> bytes:
    count = end - start
    # A span that RFC 9162 speaks of begins at a multiple of the power of two that holds it, so a
    # span of exactly a power of two is a stored node.
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    half = _split(count)
    return node_hash(_hash_of(start, start + half, node), _hash_of(start + half, end, node))


def _path(index: int, start: int, end: int, node: Node) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if index < middle:
        return [*_path(index, start, middle, node), _hash_of(middle, end, node)]
    return [*_path(index, middle, end, node), _hash_of(start, middle, node)]


def _subproof(first: int, start: int, end: int, node: Node, is_whole: bool) -> list[bytes]:
    if first == end:
        return [] if is_whole else [_hash_of(start, end, node)]
    middle = start + _split(end - start)
    if first <= middle:
        return [*_subproof(first, start, middle, node, is_whole), _hash_of(middle, end, node)]
    return [*_subproof(first, middle, end, node, False), _hash_of(start, middle, node)]

"""The tree against a reference that recomputes everything, written after RFC 9162 alone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.ledger import merkle


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, section 2.1.1, over the leaves' data."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], b: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, section 2.1.4.1."""
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], b), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def stored(leaves: list[bytes], batches: list[int]) -> dict[tuple[int, int], bytes]:
    """Grow a tree batch by batch, as a sequencer does."""
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    nodes: dict[tuple[int, int], bytes] = {}
    size = 0
    known = reader(nodes)
    for batch in [*batches, len(leaves)]:
        new = hashes[size : size + batch]
        grown = merkle.grown(size, new, known)
        nodes.update({(0, size + n): h for n, h in enumerate(new)})
        for node in grown:
            assert (node.level, node.number) not in nodes, "a node is made once"
            nodes[node.level, node.number] = node.hash
        size += len(new)
    return nodes


def reader(nodes: dict[tuple[int, int], bytes]) -> Any:
    return lambda level, number: nodes[level, number]


trees = st.tuples(
    st.integers(1, 40), st.lists(st.integers(1, 7), max_size=8), st.integers(0), st.integers(0)
)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_roots_and_proofs_are_those_of_the_standard(tree: Any) -> None:
    count, batches, one, other = tree
    leaves = [bytes([n]) for n in range(count)]
    node = reader(stored(leaves, batches))
    size = one % count + 1
    index, first = other % size, other % size + 1
    assert merkle.root(size, node) == mth(leaves[:size])
    proof = merkle.inclusion_proof(index, size, node)
    assert proof == path(index, leaves[:size])
    leaf, root = merkle.leaf_hash(leaves[index]), mth(leaves[:size])
    assert merkle.holds_inclusion(leaf, index, size, proof, root)
    assert len(proof) <= size.bit_length()
    consistency = merkle.consistency_proof(first, size, node)
    if first < size:
        assert consistency == subproof(first, leaves[:size], True)
    assert merkle.holds_consistency(first, size, mth(leaves[:first]), root, consistency)


@settings(max_examples=60, deadline=None)
@given(trees)
def test_a_proof_shows_nothing_else(tree: Any) -> None:
    count, batches, one, other = tree
    leaves = [bytes([n]) for n in range(count)]
    node = reader(stored(leaves, batches))
    size = one % count + 1
    index = other % size
    leaf, root = merkle.leaf_hash(leaves[index]), merkle.root(size, node)
    proof = merkle.inclusion_proof(index, size, node)
    stranger = merkle.leaf_hash(b"stranger")
    assert not merkle.holds_inclusion(stranger, index, size, proof, root)
    assert not merkle.holds_inclusion(leaf, index, size, [*proof, root], root)
    assert not merkle.holds_inclusion(leaf, size, size, proof, root)
    if proof:
        assert not merkle.holds_inclusion(leaf, index, size, proof[:-1], root)
        other_side = index ^ 1
        if other_side < size:
            assert not merkle.holds_inclusion(leaf, other_side, size, proof, root)
    first = index + 1
    if first < size:
        old, shown = merkle.root(first, node), merkle.consistency_proof(first, size, node)
        assert not merkle.holds_consistency(first, size, stranger, root, shown)
        assert not merkle.holds_consistency(first, size, old, stranger, shown)
        assert not merkle.holds_consistency(first, size, old, root, shown[:-1])
        assert not merkle.holds_consistency(first, size, old, root, [*shown, stranger])


def test_an_empty_tree_is_the_beginning_of_every_tree() -> None:
    assert merkle.root(0, reader({})) == mth([])
    assert merkle.holds_consistency(0, 3, mth([]), mth([b"a", b"b", b"c"]), [])
    assert not merkle.holds_consistency(0, 3, mth([b"a"]), mth([b"a", b"b", b"c"]), [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="There is no leaf"):
        merkle.inclusion_proof(index, size, reader({}))

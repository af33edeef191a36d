"""Spans of time behave as the sets of minutes they stand for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kervan.network.intervals import (
    ALWAYS,
    DAWN,
    NEVER,
    Spans,
    complement,
    difference,
    intersection,
    union,
)

pairs = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6)


def minutes(spans: Spans) -> set[int]:
    return {m for start, end in spans for m in range(max(start, -5), min(end, 45))}


@given(pairs, pairs)
def test_union_intersection_and_difference_are_those_of_sets(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    a, b = union(left), union(right)
    everything = set(range(-5, 45))
    assert minutes(a) == {m for s, e in left for m in range(s, e)}
    assert minutes(intersection(a, b)) == minutes(a) & minutes(b)
    assert minutes(difference(a, b)) == minutes(a) - minutes(b)
    assert minutes(complement(a)) == everything - minutes(a)
    for spans in (a, intersection(a, b), difference(a, b), complement(a)):
        assert all(start < end for start, end in spans)
        assert all(spans[k][1] < spans[k + 1][0] for k in range(len(spans) - 1))


def test_always_and_never_are_each_others_complement() -> None:
    assert complement(ALWAYS) == ()
    assert complement(()) == ALWAYS == ((DAWN, NEVER),)

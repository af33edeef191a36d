"""Spans of time in which something is open: sorted, disjoint, half-open, in minutes."""

from __future__ import annotations

from collections.abc import Iterable

Spans = tuple[tuple[int, int], ...]

DAWN = -(2**31) + 1
"""Before every horizon."""
NEVER = 2**31 - 1
"""After every horizon; as an arrival it means "not at all"."""
ALWAYS: Spans = ((DAWN, NEVER),)


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return the time covered by any of the spans."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(left: Spans, right: Spans) -> Spans:
    """Return the time covered by both."""
    common: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(common)


def complement(spans: Spans) -> Spans:
    """Return the time covered by none of the spans."""
    gaps: list[tuple[int, int]] = []
    cursor = DAWN
    for start, end in spans:
        if cursor < start:
            gaps.append((cursor, start))
        cursor = max(cursor, end)
    if cursor < NEVER:
        gaps.append((cursor, NEVER))
    return tuple(gaps)


def difference(left: Spans, right: Spans) -> Spans:
    """Return the time covered by the first and not by the second."""
    return intersection(left, complement(right))

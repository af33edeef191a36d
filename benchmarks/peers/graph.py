"""A weighted graph as arrays, from which each library's own form is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Graph:
    """Arcs, and which nodes a question begins and ends at.

    The distance from a question's source to a place's node, in minutes, is the time from the
    cargo's readiness to its earliest arrival at the place.
    """

    nodes: int
    tails: Int64
    heads: Int64
    minutes: Int64
    place_node: int
    """Node of place 0; the other places follow."""
    sources: Int64
    """Source node of each question."""
    minute: Int64 | None = None
    """Minute of each waiting, riding and source node, where nodes have one; shape (nodes,)."""


@dataclass(frozen=True)
class Question:
    """From where, to where, ready when (rows of places; minutes since 1970)."""

    origin: int
    destination: int
    ready: int


def of_arcs(
    nodes: int,
    arcs: list[tuple[Int64, Int64, Int64]],
    place_node: int,
    sources: Int64,
    minute: Int64 | None = None,
) -> Graph:
    """Put lists of (tails, heads, minutes) together; of parallel arcs the shortest stays."""
    tails, heads, minutes = (np.concatenate([part[k] for part in arcs]) for k in range(3))
    assert (minutes >= 0).all()
    order = np.lexsort((minutes, heads, tails))
    tails, heads, minutes = tails[order], heads[order], minutes[order]
    first = np.ones(len(tails), np.bool_)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    return Graph(nodes, tails[first], heads[first], minutes[first], place_node, sources, minute)

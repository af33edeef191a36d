"""The network's dated departures as a time-expanded graph (Schulz, Wagner and Weihe, 2000).

Nodes
-----
waiting
    (dock, minute) for every minute by which cargo must be ready for some departure there; each is
    joined to the next of its dock.
riding
    (departure, call): on board, leaving the call. Reached from the waiting node of its minute
    (the cut-off lies on this arc) and from the riding node of the call before.
place, source
    One a place, the end of every question; one a question, its beginning.

A riding node leads to the waiting nodes that the next call's dock can be changed to, at the first
minute not before arrival, opening hours and dwell. Arcs are as long as the time between their ends,
so the shortest distance is the earliest arrival.

Only what lies within a span of days is expanded: the shorter the span, the quicker every peer.
Services without a
timetable have no events to expand; a network that has any is refused.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.graph import Graph, Int64, Question, of_arcs
from kervan.itinerary.model import dock_opens
from kervan.network import Network
from kervan.network.arrays import ROLLING, Arrays


class Events:
    """Every dated boarding within a span, and the waiting nodes of every dock."""

    def __init__(self, network: Network, opens: int, closes: int) -> None:
        a = network.arrays
        if (a.line_departures == ROLLING).any():
            raise ValueError("A time-expanded graph holds timetabled services only.")
        counts = a.line_departures.astype(np.int64)
        calls = np.diff(a.line_call_ptr).astype(np.int64)
        # The arrays hold, for each line, its calls one after the other with all departures each.
        self.call = np.repeat(np.arange(len(a.call_dock)), np.repeat(counts, calls))
        self.count = counts[a.call_line[self.call]]
        self.departs = a.departs.astype(np.int64)
        self.arrives = a.arrives.astype(np.int64)
        self.board_by = a.board_by.astype(np.int64)
        # Carried-forward values are not boardable in their own right (see Arrays.board_by).
        same = np.zeros(len(self.call), np.bool_)
        same[1:] = (self.call[1:] == self.call[:-1]) & (self.board_by[1:] == self.board_by[:-1])
        last = self.call == a.line_call_ptr[a.call_line[self.call] + 1] - 1
        self.inside = (self.departs >= opens) & (self.departs < closes) & ~last
        self.boardable = self.inside & a.call_loads[self.call] & ~same & (self.board_by >= opens)
        self.dock = a.call_dock[self.call].astype(np.int64)
        self.keys = np.unique(_key(self.dock, self.board_by)[self.boardable])
        """Waiting nodes, (dock, minute) in one number, ascending."""

    def waiting(self, dock: Int64, minute: Int64) -> tuple[Int64, NDArray[np.bool_]]:
        """Return the first waiting node of a dock not before a minute, and whether there is one."""
        node = np.searchsorted(self.keys, _key(dock, minute))
        found = (node < len(self.keys)) & (
            self.keys[np.minimum(node, len(self.keys) - 1)] >> 32 == dock
        )
        return node, found

    def minute_of(self, node: Int64) -> Int64:
        """Return the minute of waiting nodes."""
        return self.keys[node] & 0xFFFFFFFF


def _key(dock: Int64, minute: Int64) -> Int64:
    return (dock.astype(np.int64) << 32) | np.maximum(minute, 0)


def opened(a: Arrays, dock: Int64, minute: Int64) -> Int64:
    """Return the first minute, not before the one given, in which each dock is open."""
    result = minute.copy()
    hours = np.flatnonzero(a.open_ptr[dock + 1] > a.open_ptr[dock])
    for row in hours:
        result[row] = dock_opens(a, int(dock[row]), int(minute[row]))
    return result


def time_expanded(network: Network, opens: int, closes: int, asked: list[Question]) -> Graph:
    """Return the graph of all departures from minute ``opens`` to ``closes``.

    Parameters
    ----------
    network
        Timetabled services only.
    opens, closes
        Minutes; every answer must lie between them.
    asked
        The questions, each of which gets its source node.
    """
    a = network.arrays
    events = Events(network, opens, closes)
    waits = len(events.keys)
    ride = np.cumsum(events.inside) - 1 + waits
    place_node = waits + int(events.inside.sum())
    sources = place_node + len(network.places) + np.arange(len(asked))
    arcs = []
    # Wait for the next minute at the dock.
    here = np.flatnonzero(events.keys[1:] >> 32 == events.keys[:-1] >> 32)
    arcs.append((here, here + 1, events.minute_of(here + 1) - events.minute_of(here)))
    # Board.
    rows = np.flatnonzero(events.boardable)
    node, _ = events.waiting(events.dock[rows], events.board_by[rows])
    arcs.append((node, ride[rows], events.departs[rows] - events.board_by[rows]))
    # Stay on board: the same departure at the next call lies one count further on.
    rows = np.flatnonzero(events.inside)
    onward = rows + events.count[rows]
    stays = events.inside[onward]
    arcs.append(
        (
            ride[rows[stays]],
            ride[onward[stays]],
            events.departs[onward[stays]] - events.departs[rows[stays]],
        )
    )
    # Leave at the next call, once the dock is open; change to every dock that can be changed to.
    leaves = a.call_discharges[events.call[onward]]
    rows, onward = rows[leaves], onward[leaves]
    dock = events.dock[onward]
    comes = opened(a, dock, events.arrives[onward])
    arcs.append((ride[rows], place_node + a.dock_place[dock], comes - events.departs[rows]))
    for change in range(int(np.diff(a.transfer_ptr).max(initial=0))):
        entry = a.transfer_ptr[dock] + change
        some = np.flatnonzero(entry < a.transfer_ptr[dock + 1])
        fit = comes[some] + a.transfer_minutes[entry[some]]
        node, found = events.waiting(a.transfer_dock[entry[some]].astype(np.int64), fit)
        some, node = some[found], node[found]
        arcs.append((ride[rows[some]], node, events.minute_of(node) - events.departs[rows[some]]))
    for source, question in zip(sources, asked, strict=True):
        docks = np.arange(*a.place_dock_ptr[question.origin : question.origin + 2])
        ready = opened(a, docks, np.full(len(docks), question.ready))
        node, found = events.waiting(docks, ready)
        node = node[found]
        arcs.append((np.full(len(node), source), node, events.minute_of(node) - question.ready))
    minute = np.concatenate(
        [
            events.minute_of(np.arange(waits)),
            events.departs[events.inside],
            np.zeros(len(network.places), np.int64),
            np.array([question.ready for question in asked], np.int64),
        ]
    )
    return of_arcs(len(minute), arcs, place_node, sources, minute)

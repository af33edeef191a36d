"""The network's services without a timetable as a graph: time does not matter, so none is expanded.

Where every dock and every service is always open, a wait, a ride and a dwell take as long whenever
they begin, and the earliest arrival is a shortest path over docks.
"""

from __future__ import annotations

import numpy as np

from benchmarks.peers.graph import Graph, Question, of_arcs
from kervan.network import Network
from kervan.network.arrays import ROLLING


def unscheduled(network: Network, asked: list[Question]) -> Graph:
    """Return the graph: each dock once as ready to board and once as arrived.

    Raises
    ------
    ValueError
        If a service has a timetable, or a dock has opening hours.
    """
    a = network.arrays
    if (a.line_departures != ROLLING).any() or len(a.open_start):
        raise ValueError("Only a network that is always open has no times to expand.")
    docks = len(a.dock_place)
    place_node = 2 * docks
    sources = place_node + len(network.places) + np.arange(len(asked))
    board, alight = network.leg_calls.T
    legs = np.flatnonzero(a.call_loads[board] & a.call_discharges[alight])
    board, alight = board[legs], alight[legs]
    wait = a.line_wait[a.call_line[board]].astype(np.int64)
    arrived = docks + a.call_dock[alight].astype(np.int64)
    changes = np.repeat(np.arange(docks), np.diff(a.transfer_ptr))
    arcs = [
        (a.call_dock[board].astype(np.int64), arrived, wait + a.leg_ride[legs]),
        (docks + changes, a.transfer_dock.astype(np.int64), a.transfer_minutes.astype(np.int64)),
        (
            docks + np.arange(docks),
            place_node + a.dock_place.astype(np.int64),
            np.zeros(docks, np.int64),
        ),
    ]
    for source, question in zip(sources, asked, strict=True):
        at = np.arange(*a.place_dock_ptr[question.origin : question.origin + 2])
        arcs.append((np.full(len(at), source), at, np.zeros(len(at), np.int64)))
    return of_arcs(int(sources[-1]) + 1, arcs, place_node, sources)

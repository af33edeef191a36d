"""The Pareto profile by multi-criteria label setting (Martins, 1984) on a networkx graph.

The graph is time-expanded: a node is a dock and a minute by which cargo must be ready there, an arc
either waits for the dock's next minute or rides one leg, with its price and CO2e, and ends at the
minute cargo is ready again. Labels (price, CO2e, legs) are settled in the order of time; each
hand-over is a search of its own, and what is dominated among all of them is left out at the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.peers.time_expanded import Events, opened
from kervan.itinerary import Weights
from kervan.itinerary.model import dock_opens
from kervan.network import Network

Vector = tuple[int, int, int, int, int]
"""Hand-over, arrival, price, CO2e, legs."""


def networkx_label_setting(
    network: Network, opens: int, closes: int, weights: Weights
) -> Callable[[int, int, int, int], set[Vector]]:
    """Return what answers (origin, destination, ready, window in minutes) with the Pareto set.

    Parameters
    ----------
    network
        Timetabled services only.
    opens, closes
        Minutes the graph spans; every answer must lie between them.
    weights
        Prices and emissions of the legs.
    """
    import networkx as nx

    a = network.arrays
    events = Events(network, opens, closes)
    drawn = nx.MultiDiGraph()
    keys = events.keys.tolist()
    drawn.add_nodes_from(range(len(keys)))
    drawn.add_edges_from(
        (k, k + 1) for k in range(len(keys) - 1) if keys[k] >> 32 == keys[k + 1] >> 32
    )
    arrivals: dict[int, list[tuple[int, int, int, int]]] = {}
    rows = np.flatnonzero(events.boardable)
    node, _ = events.waiting(events.dock[rows], events.board_by[rows])
    length = np.diff(a.line_call_ptr)[a.call_line[events.call[rows]]]
    position = events.call[rows] - a.line_call_ptr[a.call_line[events.call[rows]]]
    for ahead in range(1, int(length.max(initial=1))):
        some = np.flatnonzero(position + ahead < length)
        call = events.call[rows[some]] + ahead
        some = some[a.call_discharges[call]]
        call = events.call[rows[some]] + ahead
        dock = a.call_dock[call].astype(np.int64)
        row = rows[some] + ahead * events.count[rows[some]]
        comes = opened(a, dock, events.arrives[row])
        leg = a.call_leg[events.call[rows[some]]] + ahead - 1
        price, emission = weights.price[leg], weights.emission[leg]
        for n, place, time, paid, grams in zip(
            node[some].tolist(),
            a.dock_place[dock].tolist(),
            comes.tolist(),
            price.tolist(),
            emission.tolist(),
            strict=True,
        ):
            arrivals.setdefault(n, []).append((place, time, paid, grams))
        for change in range(int(np.diff(a.transfer_ptr).max(initial=0))):
            entry = a.transfer_ptr[dock] + change
            these = np.flatnonzero(entry < a.transfer_ptr[dock + 1])
            fit = comes[these] + a.transfer_minutes[entry[these]]
            there, found = events.waiting(a.transfer_dock[entry[these]].astype(np.int64), fit)
            these, there = these[found], there[found]
            drawn.add_edges_from(
                (n, m, {"price": paid, "emission": grams})
                for n, m, paid, grams in zip(
                    node[some[these]].tolist(),
                    there.tolist(),
                    price[these].tolist(),
                    emission[these].tolist(),
                    strict=True,
                )
            )
    minute = events.minute_of(np.arange(len(keys))).tolist()

    def answer(origin: int, destination: int, ready: int, window: int) -> set[Vector]:
        found: set[Vector] = set()
        for hand_over, first in _hand_overs(network, events, origin, ready, ready + window):
            found |= {
                (hand_over, *rest) for rest in _search(drawn, arrivals, minute, first, destination)
            }
        return not_dominated(found)

    return answer


def _hand_overs(
    network: Network, events: Events, origin: int, ready: int, closes: int
) -> list[tuple[int, int]]:
    """Return the last moments to hand over, each with the waiting node it is in time for."""
    a = network.arrays
    found = []
    for dock in range(a.place_dock_ptr[origin], a.place_dock_ptr[origin + 1]):
        at = np.array([dock])
        node, some = events.waiting(at, np.array([dock_opens(a, dock, ready)]))
        row = int(node[0])
        while some[0] and row < len(events.keys) and events.keys[row] >> 32 == dock:
            limit = _last_moment(network, dock, int(events.minute_of(row)))
            found.append((min(limit, closes), row))
            if limit > closes:
                break
            row += 1
    # Past the window's end every later node is open to a search from the first of them.
    return found


def _last_moment(network: Network, dock: int, minute: int) -> int:
    """Return the last minute of hand-over from which the dock opens by a minute."""
    a = network.arrays
    spans = range(a.open_ptr[dock], a.open_ptr[dock + 1])
    if not len(spans):
        return minute
    before = [k for k in spans if a.open_start[k] <= minute]
    return min(minute, int(a.open_end[before[-1]]) - 1)


def _search(drawn, arrivals, minute: list[int], first: int, destination: int):
    """Return arrival, price, CO2e and legs of every label that nothing dominates."""
    best: dict[int, list[tuple[int, int, int]]] = {}
    final: set[tuple[int, int, int, int]] = set()
    heap = [(minute[first], first, 0, 0, 0)]
    while heap:
        now, node, paid, grams, legs = heapq.heappop(heap)
        label = (paid, grams, legs)
        here = best.setdefault(node, [])
        if any(_covers(old, label) for old in here):
            continue
        # A label that cannot beat what has arrived by now, before it has even left, is done.
        if any(time <= now and _covers(rest, label) for time, *rest in final):
            continue
        here.append(label)
        for place, time, price, emission in arrivals.get(node, ()):
            if place == destination:
                final.add((time, paid + price, grams + emission, legs + 1))
        for _, there, data in drawn.out_edges(node, data=True):
            ridden = 1 if data else 0
            heapq.heappush(
                heap,
                (
                    minute[there],
                    there,
                    paid + data.get("price", 0),
                    grams + data.get("emission", 0),
                    legs + ridden,
                ),
            )
    return final


def _covers(left: Iterable[int], right: Iterable[int]) -> bool:
    return all(a <= b for a, b in zip(left, right, strict=True))


def not_dominated(vectors: set[Vector]) -> set[Vector]:
    """Return the vectors that no other one dominates."""
    ordered = sorted(vectors, key=lambda v: (-v[0], *v[1:]))
    kept: list[Vector] = []
    for vector in ordered:
        if not any(old[0] >= vector[0] and _covers(old[1:], vector[1:]) for old in kept):
            kept.append(vector)
    return set(kept)

"""Shortest paths over one graph in networkx, scipy and igraph, each in the forms it is quickest in.

Every function takes the graph once and returns what answers one question, so that building the
library's own form is not counted against it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.peers.graph import Graph

Answer = Callable[[int, int], int]
"""Minutes from a question's source node to a place (its row), -1 where there is no way."""


def networkx_dijkstra(graph: Graph) -> Answer:
    """Dijkstra that stops at the target."""
    import networkx as nx

    drawn = nx.DiGraph()
    drawn.add_nodes_from(range(graph.nodes))
    drawn.add_weighted_edges_from(
        zip(graph.tails.tolist(), graph.heads.tolist(), graph.minutes.tolist(), strict=True)
    )

    def answer(source: int, place: int) -> int:
        try:
            return int(nx.dijkstra_path_length(drawn, source, graph.place_node + place))
        except nx.NetworkXNoPath:
            return -1

    return answer


def igraph_dijkstra(graph: Graph) -> Answer:
    """Dijkstra that stops at the target."""
    import igraph

    drawn = igraph.Graph(
        n=graph.nodes, edges=np.stack([graph.tails, graph.heads], axis=1), directed=True
    )
    drawn.es["minutes"] = graph.minutes.tolist()

    def answer(source: int, place: int) -> int:
        found = drawn.distances(source, graph.place_node + place, weights="minutes")[0][0]
        return -1 if np.isinf(found) else int(found)

    return answer


def igraph_reach(graph: Graph) -> Answer:
    """Reachability: the earliest of the place's arrivals that can be reached.

    In a time-expanded graph every node has its minute, so no distances are needed.
    """
    import igraph

    drawn = igraph.Graph(
        n=graph.nodes, edges=np.stack([graph.tails, graph.heads], axis=1), directed=True
    )
    earliest = _earliest_of_reached(graph)
    return lambda source, place: earliest(source, place, drawn.subcomponent(source, mode="out"))


def scipy_dijkstra(graph: Graph) -> Answer:
    """Dijkstra over a sparse matrix; it has no target to stop at."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    shape = (graph.nodes, graph.nodes)
    matrix = csr_array((graph.minutes.astype(np.float64), (graph.tails, graph.heads)), shape=shape)

    def answer(source: int, place: int) -> int:
        found = dijkstra(matrix, indices=source)[graph.place_node + place]
        return -1 if np.isinf(found) else int(found)

    return answer


def scipy_reach(graph: Graph) -> Answer:
    """Breadth-first reachability, as :func:`igraph_reach`."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    shape = (graph.nodes, graph.nodes)
    # A stored nought is an arc, but not to this function: every arc is given the length 1.
    ones = np.ones(len(graph.tails))
    matrix = csr_array((ones, (graph.tails, graph.heads)), shape=shape)
    earliest = _earliest_of_reached(graph)
    return lambda source, place: earliest(
        source, place, breadth_first_order(matrix, source, return_predecessors=False)
    )


def _earliest_of_reached(graph: Graph) -> Callable[[int, int, object], int]:
    """Return a function from reached nodes to the earliest arrival, the index made beforehand."""
    assert graph.minute is not None, "reachability tells no time where nodes have none"
    minute = graph.minute
    last = np.flatnonzero((graph.heads >= graph.place_node) & (graph.heads < graph.sources[0]))
    by_place = last[np.argsort(graph.heads[last], kind="stable")]
    edges = np.searchsorted(
        graph.heads[by_place], np.arange(graph.place_node, graph.sources[0] + 1)
    )
    rider = graph.tails[by_place]
    comes = minute[rider] + graph.minutes[by_place]
    reached = np.zeros(graph.nodes, np.bool_)

    def earliest(source: int, place: int, nodes: object) -> int:
        reached[nodes] = True
        these = slice(edges[place], edges[place + 1])
        some = comes[these][reached[rider[these]]]
        reached[nodes] = False
        return int(some.min() - minute[source]) if len(some) else -1

    return earliest

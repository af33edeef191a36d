"""Earliest arrival against time-expanded graphs in networkx, scipy and igraph."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import kervan
from benchmarks.large_corridor import FIRST_DAY, LAST_DAY, large_corridor, questions
from benchmarks.peers.graph import Graph, Question
from benchmarks.peers.shortest_paths import (
    Answer,
    igraph_dijkstra,
    igraph_reach,
    networkx_dijkstra,
    scipy_dijkstra,
    scipy_reach,
)
from benchmarks.peers.time_expanded import time_expanded
from benchmarks.peers.unscheduled import unscheduled
from benchmarks.report import Goal, Report, Timed, micros, timed, times
from kervan.errors import NoItineraryError
from kervan.feed.tables import Feed
from kervan.itinerary import earliest_arrival
from kervan.itinerary.engine.compiled import use_machine_code
from kervan.network import Network, compile_network
from kervan.network.arrays import ROLLING

GOAL = 100
READY_DAY = date(2026, 3, 20)
"""Summer time begins nine days later, within the way of most questions."""
SPAN_DAYS = 17
"""Days expanded: no answer takes so long, and a longer graph would only slow the peers."""

YEAR_DAYS = 366
YEAR_ASKED = 8

PEERS: dict[str, tuple[Callable[[Graph], Answer], int]] = {
    # With the most questions each is asked: the slow ones are asked fewer of the same.
    "networkx, Dijkstra to the target": (networkx_dijkstra, 12),
    "scipy, Dijkstra": (scipy_dijkstra, 30),
    "scipy, breadth-first reach": (scipy_reach, 30),
    "igraph, Dijkstra to the target": (igraph_dijkstra, 60),
    "igraph, reach": (igraph_reach, 30),
}


def main(*, departures: int = 1_000_000, asked: int = 60) -> Report:
    use_machine_code()
    report = Report(
        "Earliest arrival",
        header=("network", "who", "questions", "median a question", "times Kervan's", "answers"),
    )
    everything = large_corridor(departures)
    _alone(report, everything, asked)
    dated = compile_network(only(everything, "timetable"), FIRST_DAY, LAST_DAY)
    questions_asked = _on_one_day(everything, asked)
    where = f"generated, {dated.departure_count:,} dated departures"
    against(
        report,
        f"{where}; peers hold the rest of the year",
        "on the generated corridor, the same data on both sides",
        dated,
        questions_asked[:YEAR_ASKED],
        lambda network, rows: expanded(network, rows, YEAR_DAYS),
        # Eleven million arcs as Python dictionaries would not fit beside the others.
        {name: peer for name, peer in PEERS.items() if not name.startswith("networkx")},
    )
    against(
        report,
        f"{where}; peers hold {SPAN_DAYS} days",
        f"on the generated corridor, the peers given only the {SPAN_DAYS} days that matter",
        dated,
        questions_asked,
        lambda network, rows: expanded(network, rows, SPAN_DAYS),
        PEERS,
    )
    shipped = _always_open(kervan.read_feed().feed)
    against(
        report,
        f"shipped corridor, {len(shipped.line_ways)} services without a timetable",
        "on the shipped corridor, without its timetabled services",
        shipped,
        _pairs(shipped, asked),
        unscheduled,
        {name: peer for name, peer in PEERS.items() if "reach" not in name},
    )
    report.notes += [
        "Peers are timed without building their graphs. Kervan's times are those of the Python "
        "function, its checks and the itinerary it returns included; a peer returns the arrival "
        "alone. A ratio sets a peer's median against Kervan's over the questions that peer was "
        "asked.",
        f"The graph of {SPAN_DAYS} days is the peers' best form, and more than fair: it presumes "
        "knowing beforehand how long the longest answer takes. Kervan searches the whole year in "
        "every row.",
        "A time-expanded graph has no place for a service that can leave at any minute. On the "
        "generated corridor both sides therefore answer over its timetabled services alone, "
        "opening hours, cut-offs and dwell included; the first row, with all services, has no "
        "peer.",
        "The shipped corridor is the reverse: its sources give nearly no timetables and no opening "
        "hours. Both sides answer over its services without a timetable, and for the peers the "
        "graph has two nodes a dock and nothing to expand: a plain shortest path over a few "
        "hundred arcs, where the time goes into calling the library.",
    ]
    return report


def expanded(network: Network, asked: list[Question], days: int) -> Graph:
    opens = min(question.ready for question in asked)
    return time_expanded(network, opens, opens + days * 1440, asked)


def _alone(report: Report, feed: Feed, asked: int) -> None:
    network = compile_network(feed, FIRST_DAY, LAST_DAY)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rolling = int((network.arrays.line_departures == ROLLING).sum())
    mine = timed(
        lambda here, there, minute: earliest_arrival(
            network, here, there, start + timedelta(minutes=minute)
        ),
        questions(feed, asked),
    )
    report.rows.append(
        (
            f"generated, {network.departure_count:,} dated departures and {rolling} services "
            "without a timetable",
            "Kervan",
            str(asked),
            micros(mine.median),
            "1",
            "",
        )
    )


def against(
    report: Report,
    where: str,
    claim: str,
    network: Network,
    asked: list[tuple[str, str, datetime]],
    expand: Callable[[Network, list[Question]], Graph],
    peers: dict[str, tuple[Callable[[Graph], Answer], int]],
) -> None:
    mine = timed(lambda *question: _minutes(network, *question), asked)
    report.rows.append((where, "Kervan", str(len(asked)), micros(mine.median), "1", ""))
    rows = [
        Question(
            network.place_index[here],
            network.place_index[there],
            int(ready.timestamp()) // 60,
        )
        for here, there, ready in asked
    ]
    graph = expand(network, rows)
    ratios: dict[str, float] = {}
    for name, (make, most) in peers.items():
        answer = make(graph)
        few = [
            (int(source), question.destination)
            for source, question in zip(graph.sources, rows, strict=True)
        ][:most]
        theirs = timed(answer, few)
        _check_equal(name, mine, theirs)
        # Against Kervan's time on the very questions this peer was asked.
        own = Timed(mine.answers[: len(few)], mine.seconds[: len(few)])
        ratios[name] = theirs.median / own.median
        report.rows.append(
            (
                f"{graph.nodes:,} nodes, {len(graph.tails):,} arcs",
                name,
                str(len(few)),
                micros(theirs.median),
                times(ratios[name]),
                f"{len(few)} of {len(few)} equal",
            )
        )
        del answer
    best = min(ratios, key=ratios.__getitem__)
    report.goals.append(
        Goal(
            f"at least {GOAL} times faster than the best peer {claim}",
            f"{times(ratios[best])} times the best, which is {best}",
            ratios[best] >= GOAL,
        )
    )


def _minutes(network: Network, here: str, there: str, ready: datetime) -> int:
    try:
        found = earliest_arrival(network, here, there, ready)
    except NoItineraryError:
        return -1
    return found.arrival - found.hand_over


def _check_equal(name: str, mine: Timed, theirs: Timed) -> None:
    for row, (left, right) in enumerate(zip(mine.answers, theirs.answers, strict=False)):
        if left != right:
            raise AssertionError(f"question {row}: Kervan {left}, {name} {right} minutes")


def only(feed: Feed, pattern: str) -> Feed:
    services = tuple(s for s in feed.services if s.pattern == pattern)
    kept = {service.service_id for service in services}
    return replace(
        feed, services=services, calls=tuple(c for c in feed.calls if c.service_id in kept)
    )


def _on_one_day(feed: Feed, count: int) -> list[tuple[str, str, datetime]]:
    day = datetime(READY_DAY.year, READY_DAY.month, READY_DAY.day, tzinfo=UTC)
    return [
        (here, there, day + timedelta(minutes=minute % 1440))
        for here, there, minute in questions(feed, count)
    ]


def _always_open(feed: Feed) -> Network:
    """Compile the services of a feed that have no timetable and are open the year through."""
    network = compile_network(feed, FIRST_DAY, LAST_DAY)
    a = network.arrays
    begins, ends = FIRST_DAY, LAST_DAY
    first = (begins - date(1970, 1, 1)).days * 1440
    last = ((ends - date(1970, 1, 1)).days + 1 + 366) * 1440
    kept = set()
    for line, way in enumerate(network.line_ways):
        spans = range(a.line_open_ptr[line], a.line_open_ptr[line + 1])
        always = not len(spans) or any(
            a.line_open_start[k] <= first and a.line_open_end[k] >= last for k in spans
        )
        if a.line_departures[line] == ROLLING and always:
            kept.add(way.service.service_id)
    services = tuple(s for s in feed.services if s.service_id in kept)
    return compile_network(
        replace(
            feed, services=services, calls=tuple(c for c in feed.calls if c.service_id in kept)
        ),
        FIRST_DAY,
        LAST_DAY,
    )


def _pairs(network: Network, count: int) -> list[tuple[str, str, datetime]]:
    rng = random.Random(5)
    called = sorted({call.place_id for way in network.line_ways for call in way.calls})
    start = datetime(2026, 2, 1, tzinfo=UTC)
    return [
        (*rng.sample(called, 2), start + timedelta(minutes=rng.randrange(200 * 1440)))
        for _ in range(count)
    ]


if __name__ == "__main__":
    print(main().markdown())

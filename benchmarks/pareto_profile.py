"""The Pareto profile of one day: its time, and its set against two others'."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np

import kervan
from benchmarks.earliest_arrival import READY_DAY, only
from benchmarks.large_corridor import (
    FIRST_DAY,
    LAST_DAY,
    large_corridor,
    leg_weights,
    questions,
)
from benchmarks.peers.label_setting import Vector, networkx_label_setting, not_dominated
from benchmarks.report import Goal, Report, micros, timed, times
from kervan.errors import NoItineraryError
from kervan.itinerary import Constraints, Itinerary, Weights, pareto_itineraries
from kervan.itinerary.engine.compiled import use_machine_code
from kervan.itinerary.model import follow
from kervan.network import Network, compile_network

GOAL_MS = 5.0
WINDOW = timedelta(days=1)
PEER_DEPARTURES = 400_000
PEER_SPAN_DAYS = 8
BRUTE_RIDES = 3


def main(*, departures: int = 1_000_000, asked: int = 100) -> Report:
    use_machine_code()
    report = Report(
        "Pareto profile of one day, five criteria",
        header=("network", "who", "questions", "median a question", "95 % under", "in the set"),
    )
    _large(report, departures, asked)
    _against_label_setting(report)
    _shipped(report, asked)
    report.notes += [
        "Criteria: hand-over, arrival, price, CO2e, transshipments, all exact.",
        "The peer's whole set is compared, vector by vector, up to the end of its graph of "
        f"{PEER_SPAN_DAYS} days. It is asked on a corridor of the same shape with fewer "
        "departures, hubs five to twelve apart and timetabled services alone: each of the "
        "questions above would keep it far longer.",
        f"On the shipped corridor every sequence of at most {BRUTE_RIDES} rides is followed, "
        "minute by minute where the first is dated, and what nothing dominates must be the set "
        "found.",
    ]
    return report


def _large(report: Report, departures: int, asked: int) -> None:
    feed = large_corridor(departures)
    network = compile_network(feed, FIRST_DAY, LAST_DAY)
    weights = leg_weights(network)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    mine = timed(
        lambda here, there, minute: pareto_itineraries(
            network, here, there, start + timedelta(minutes=minute), WINDOW, weights
        ),
        questions(feed, asked),
    )
    where = f"generated, {network.departure_count:,} dated departures and the rolling services"
    _row(report, where, "Kervan", [len(found) for found in mine.answers], mine.median, mine.p95)
    report.goals.append(
        Goal(
            f"a one-day profile in under {GOAL_MS:.0f} ms on the generated corridor (median)",
            f"{mine.median * 1e3:.1f} ms on this machine while this ran",
            mine.median * 1e3 < GOAL_MS,
        )
    )


def _against_label_setting(report: Report) -> None:
    feed = only(large_corridor(PEER_DEPARTURES, seed=11), "timetable")
    network = compile_network(feed, FIRST_DAY, LAST_DAY)
    weights = leg_weights(network)
    day = datetime(READY_DAY.year, READY_DAY.month, READY_DAY.day, tzinfo=UTC)
    asked = _near(network, 6, day)
    mine = timed(
        lambda here, there, ready: _vectors(
            network, here, there, ready, WINDOW, weights, Constraints(max_transshipments=99)
        ),
        asked,
    )
    opens = int(day.timestamp()) // 60
    answer = networkx_label_setting(network, opens, opens + PEER_SPAN_DAYS * 1440, weights)
    rows = [
        (
            network.place_index[here],
            network.place_index[there],
            int(ready.timestamp()) // 60,
            int(WINDOW / timedelta(minutes=1)),
        )
        for here, there, ready in asked
    ]
    theirs = timed(answer, rows)
    end = opens + PEER_SPAN_DAYS * 1440
    for left, right in zip(mine.answers, theirs.answers, strict=True):
        # The graph ends somewhere; what arrives before its end must be the same on both sides.
        _check_same("networkx", {v for v in left if v[1] < end}, {v for v in right if v[1] < end})
    where = f"generated, {network.departure_count:,} dated departures"
    sizes = [len(found) for found in mine.answers]
    _row(report, where, "Kervan", sizes, mine.median, mine.p95)
    _row(
        report,
        where,
        f"networkx, label setting ({times(theirs.median / mine.median)} times Kervan's)",
        [len(found) for found in theirs.answers],
        theirs.median,
        theirs.p95,
    )


def _shipped(report: Report, asked: int) -> None:
    feed = kervan.read_feed().feed
    network = compile_network(feed, FIRST_DAY, LAST_DAY)
    weights = _some_weights(network)
    rng = random.Random(3)
    called = sorted({call.place_id for way in network.line_ways for call in way.calls})
    start = datetime(2026, 2, 1, tzinfo=UTC)
    pairs = []
    while len(pairs) < asked:
        here, there = rng.sample(called, 2)
        ready = start + timedelta(minutes=rng.randrange(200 * 1440))
        if _vectors(network, here, there, ready, WINDOW, weights):
            pairs.append((here, there, ready))
    mine = timed(
        lambda here, there, ready: pareto_itineraries(network, here, there, ready, WINDOW, weights),
        pairs,
    )
    sizes = [len(found) for found in mine.answers]
    _row(report, "shipped corridor", "Kervan", sizes, mine.median, mine.p95)
    limit = Constraints(max_transshipments=BRUTE_RIDES - 1)
    # The richest of them: an empty set is no test.
    few = sorted(
        pairs,
        key=lambda pair: -len(_vectors(network, *pair, WINDOW, weights, limit)),
    )[:8]
    brute = timed(
        lambda here, there, ready: _by_brute_force(network, here, there, ready, weights), few
    )
    short = timed(
        lambda here, there, ready: _vectors(network, here, there, ready, WINDOW, weights, limit),
        few,
    )
    for left, right in zip(short.answers, brute.answers, strict=True):
        _check_same("brute force", left, right)
    _row(
        report,
        f"shipped corridor, at most {BRUTE_RIDES} rides",
        f"every sequence followed ({times(brute.median / short.median)} times Kervan's)",
        [len(found) for found in brute.answers],
        brute.median,
        brute.p95,
    )


def _row(report: Report, where: str, who: str, sizes: list[int], median: float, p95: float) -> None:
    report.rows.append(
        (
            where,
            who,
            str(len(sizes)),
            micros(median),
            micros(p95),
            f"{min(sizes)} to {max(sizes)}",
        )
    )


def _vector(itinerary: Itinerary) -> Vector:
    assert itinerary.price is not None
    assert itinerary.emission is not None
    return (
        itinerary.hand_over,
        itinerary.arrival,
        itinerary.price,
        itinerary.emission,
        len(itinerary.rides),
    )


def _vectors(
    network: Network,
    here: str,
    there: str,
    ready: datetime,
    window: timedelta,
    weights: Weights,
    constraints: Constraints | None = None,
) -> set[Vector]:
    try:
        found = pareto_itineraries(
            network, here, there, ready, window, weights, constraints or Constraints()
        )
    except NoItineraryError:
        return set()
    return {_vector(itinerary) for itinerary in found}


def _check_same(name: str, mine: set[Vector], theirs: set[Vector]) -> None:
    if mine != theirs:
        raise AssertionError(
            f"Kervan alone: {sorted(mine - theirs)[:3]}; {name} alone: {sorted(theirs - mine)[:3]}"
        )


def _near(network: Network, count: int, day: datetime) -> list[tuple[str, str, datetime]]:
    """Return questions between hubs five to twelve apart, so that the peer comes to an end."""
    rng = random.Random(9)
    asked: list[tuple[str, str, datetime]] = []
    while len(asked) < count:
        here, there = rng.sample(network.places, 2)
        apart = abs(here.longitude_deg - there.longitude_deg)
        if 14 < apart < 34 and len(here.place_id) == len(there.place_id) == 6:
            ready = day + timedelta(minutes=rng.randrange(1440))
            if _vectors(
                network, here.place_id, there.place_id, ready, WINDOW, leg_weights(network)
            ):
                asked.append((here.place_id, there.place_id, ready))
    return asked


def _some_weights(network: Network) -> Weights:
    """Weigh the shipped corridor's legs by length and mode; its tariffs are not the question."""
    rate = {"rail": 50, "road": 120, "sea": 12, "ferry": 80, "inland_waterway": 25, "air": 900}
    grams = {
        "rail": 400,
        "road": 1500,
        "sea": 160,
        "ferry": 700,
        "inland_waterway": 450,
        "air": 9000,
    }
    legs = list(network.legs)
    return Weights(
        np.array([10_000 + round(rate[leg.mode] * leg.distance_km) for leg in legs], np.int64),
        np.array([round(grams[leg.mode] * leg.distance_km) for leg in legs], np.int64),
    )


def _by_brute_force(
    network: Network, origin: str, destination: str, ready: datetime, weights: Weights
) -> set[Vector]:
    """Follow every sequence of a few legs from every moment a hand-over may be worth it."""
    a = network.arrays
    here, there = network.place_index[origin], network.place_index[destination]
    start = int(ready.timestamp()) // 60
    end = start + int(WINDOW / timedelta(minutes=1))
    ends = a.dock_place[a.call_dock[network.leg_calls]]
    useful = a.call_loads[network.leg_calls[:, 0]] & a.call_discharges[network.leg_calls[:, 1]]
    leaving: dict[int, list[int]] = {}
    for leg in np.flatnonzero(useful).tolist():
        leaving.setdefault(int(ends[leg, 0]), []).append(leg)
    found: set[Vector] = set()
    queue: list[tuple[int, ...]] = [(leg,) for leg in leaving.get(here, ())]
    while queue:
        legs = queue.pop()
        at = int(ends[legs[-1], 1])
        if at != there:
            if len(legs) < BRUTE_RIDES:
                queue.extend((*legs, leg) for leg in leaving.get(at, ()))
            continue
        price = int(weights.price[list(legs)].sum())
        emission = int(weights.emission[list(legs)].sum())
        dated = a.line_departures[network.line_of_leg(legs[0])] >= 0
        for moment in range(start, end + 1, 1 if dated else 1440):
            rides = follow(network, moment, legs)
            if rides:
                found.add((moment, rides[-1].arrives, price, emission, len(legs)))
    return not_dominated(found)


if __name__ == "__main__":
    print(main().markdown())

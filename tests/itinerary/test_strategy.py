"""The best strategy keeps its promise when followed with dice, and no fixed itinerary beats it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
import pytest

from kervan import read_feed
from kervan.errors import InvalidRequestError, NoItineraryError
from kervan.itinerary import (
    Constraints,
    earliest_arrival,
    pareto_itineraries,
)
from kervan.itinerary.reliability import reliability
from kervan.itinerary.strategy import Strategy, best_strategy
from kervan.network import Network, compile_network
from tests.corridors import Corridor, random_corridor
from tests.itinerary.brute_force import FAR, BruteForce, Hop
from tests.itinerary.monte_carlo import MonteCarlo
from tests.itinerary.recursion import Recursion

FIRST, LAST = date(2026, 3, 24), date(2026, 4, 20)
READY = datetime(2026, 3, 27, 5, 0, tzinfo=UTC)
STEP = 30
CHANGING = (10, 21, 23, 25, 30, 45, 59, 65, 80, 105, 187, 237)
"""Random corridors on which the best strategy changes on the way, as few of them need to."""


@lru_cache(maxsize=64)
def case(seed: int, spread: bool) -> tuple[Network, BruteForce, Strategy | None, str, str]:
    feed = random_corridor(seed, spread=spread)
    network = compile_network(feed, FIRST, LAST)
    ids = [place.place_id for place in feed.places]
    try:
        strategy = best_strategy(network, ids[0], ids[-1], READY, step=STEP)
    except NoItineraryError:
        strategy = None
    return network, BruteForce(feed, FIRST, LAST), strategy, ids[0], ids[-1]


@pytest.mark.parametrize("seed", range(60))
def test_no_fixed_itinerary_arrives_earlier_on_average(seed: int) -> None:
    network, _, strategy, origin, destination = case(seed, spread=True)
    if strategy is None:
        with pytest.raises(NoItineraryError):
            earliest_arrival(network, origin, destination, READY)
        return
    for itinerary in pareto_itineraries(network, origin, destination, READY, timedelta(0)):
        told = reliability(network, itinerary, step=STEP)
        if told.chance_unfinished < 1e-6:
            assert strategy.expected <= told.mean + 2 * STEP


@pytest.mark.parametrize("seed", range(60))
def test_without_chance_the_strategy_is_the_earliest_arrival(seed: int) -> None:
    network, _, strategy, origin, destination = case(seed, spread=False)
    if strategy is None:
        return
    if any(way.service.pattern == "frequency" for way in network.line_ways):
        return  # the wait for a frequency is never certain
    found = earliest_arrival(network, origin, destination, READY)
    assert strategy.expected == pytest.approx(found.arrival, abs=1e-6)
    assert strategy.arrival.p50 == strategy.arrival.p95 == found.arrival


@pytest.mark.parametrize("days", [None, 4])
@pytest.mark.parametrize("seed", [0, 9, *CHANGING])
def test_the_strategy_is_the_one_found_by_trying_everything(seed: int, days: int | None) -> None:
    feed = random_corridor(seed, spread=True)
    # Beyond its horizon a network keeps no opening hours: the grid must end before.
    last = date(2026, 6, 20)
    network, brute = compile_network(feed, FIRST, last), BruteForce(feed, FIRST, last)
    origin, destination = feed.places[0].place_id, feed.places[-1].place_id
    latest = None if days is None else READY + timedelta(days=days)
    try:
        strategy = best_strategy(
            network, origin, destination, READY, Constraints(latest_arrival=latest), step=60
        )
    except NoItineraryError:
        return
    assert strategy.grid.end <= (network.last_day + 1) * 1440
    everything = Recursion(brute, destination, strategy.grid.start, strategy.grid.points)
    assert strategy.expected == pytest.approx(
        everything.expected(origin, strategy.ready), rel=0.0, abs=1e-6
    )
    # What the decisions lead to is what they promise.
    unfinished = strategy.chance_unfinished
    told = (1 - unfinished) * (strategy.arrival.mean if unfinished < 1 else 0.0)
    assert told + unfinished * strategy.grid.end == pytest.approx(
        strategy.expected, rel=0.0, abs=0.01
    )


def follow(strategy: Strategy, brute: BruteForce, seed: int) -> float:
    """Follow a strategy once, with dice; return the minute of arrival."""
    dice = MonteCarlo(brute, seed)
    network = strategy.network
    place, mode, minute = strategy.origin, strategy.start_mode, float(strategy.ready)
    minute = float(dice.opens(place, mode, np.array([minute]))[0])
    for _ in range(40):
        advice = strategy.advise(place, mode, minute)
        if advice.leg is None:
            return float(strategy.grid.end)
        board, alight = network.positions(advice.leg)
        hop = Hop(network.way_of_leg(advice.leg).service.service_id, board, alight)
        if advice.departure is None:
            assert advice.call_at is not None
            arrived, _ = dice.board(hop, np.array([max(minute, advice.call_at)]))
        else:
            assert advice.departs is not None
            rows = [row[1][board] for row in brute.departures_of(hop.service)]
            ride = advice.departs + dice.dated_minutes(hop, rows.index(advice.departs), 1)
            there = brute.calls[hop.service][alight].place_id
            arrived = dice.opens(there, dice.mode(hop), ride)
        minute = float(arrived[0])
        place, came_by = brute.calls[hop.service][alight].place_id, dice.mode(hop)
        if place == strategy.destination or minute >= FAR:
            return min(minute, float(strategy.grid.end))
        next_mode = strategy.change(place, came_by, minute)
        if next_mode is None:
            return float(strategy.grid.end)
        minute += float(dice.dwell(place, came_by, next_mode, 1)[0])
        mode = next_mode
    raise AssertionError("the strategy goes round in circles")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(8), *CHANGING])
def test_followed_with_dice_it_arrives_when_it_promised(seed: int) -> None:
    _, brute, strategy, _, _ = case(seed, spread=True)
    if strategy is None:
        return
    arrivals = np.array([follow(strategy, brute, 1000 * seed + k) for k in range(800)])
    error = 4.0 * float(arrivals.std()) / np.sqrt(len(arrivals))
    assert strategy.expected == pytest.approx(float(arrivals.mean()), abs=error + 2 * STEP)


@pytest.mark.parametrize("seed", range(30))
def test_the_decisions_are_along_the_way_and_their_chances_are_chances(seed: int) -> None:
    network, _, strategy, origin, _ = case(seed, spread=True)
    if strategy is None:
        return
    assert strategy.decisions
    assert strategy.decisions[0].place_id == origin
    for decision in strategy.decisions:
        assert 0.0 < decision.probability <= 1.0 + 1e-9
        assert decision.ready_from <= decision.ready_until
        if decision.leg is not None:
            leg = network.leg(decision.leg)
            assert (leg.from_place_id, leg.to_place_id) == (
                decision.place_id,
                decision.to_place_id,
            )
    mass = strategy.arrival.mass.sum() + strategy.chance_unfinished
    assert mass == pytest.approx(1.0, abs=1e-6)


def crossroads(change_p95: float) -> Network:
    """A connection that may be missed, beside a slower way that is sure."""
    corridor = Corridor()
    for place in ("KZAAA", "KZBBB", "AZCCC"):
        corridor.place(place)
        corridor.terminal(place, ["rail", "sea", "road"], 1.0)
    corridor.rolling("TRAIN", ["KZAAA", "KZBBB"], [20.0], run_p95_hours=[change_p95])
    corridor.timetable(
        "FERRY",
        [("KZBBB", None, "0 12:00"), ("AZCCC", "1 00:00", None)],
        days="1000000",
        mode="sea",
    )
    corridor.rolling("TRUCK", ["KZBBB", "AZCCC"], [60.0], mode="road")
    return compile_network(corridor.feed(), FIRST, LAST)


def test_whoever_misses_the_ferry_takes_the_truck() -> None:
    # Ready on Sunday at 10:00; the ferry leaves on Monday at 12:00, the next a week later.
    ready = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    network = crossroads(40.0)
    strategy = best_strategy(network, "KZAAA", "AZCCC", ready, step=15)
    monday = int(datetime(2026, 3, 30, 12, 0, tzinfo=UTC).timestamp()) // 60
    early = strategy.advise("KZBBB", "sea", monday - 60)
    assert early.leg is not None
    assert network.way_of_leg(early.leg).service.service_id == "FERRY"
    assert strategy.change("KZBBB", "rail", monday - 120) == "sea"
    assert strategy.change("KZBBB", "rail", monday + 60) == "road"
    fixed = earliest_arrival(network, "KZAAA", "AZCCC", ready)
    assert strategy.expected < reliability(network, fixed).mean - 12 * 60


def test_what_a_strategy_cannot_keep_in_mind_is_refused() -> None:
    network = crossroads(40.0)
    for limits in (
        Constraints(via_places=frozenset({"KZBBB"})),
        Constraints(max_transshipments=1),
    ):
        with pytest.raises(InvalidRequestError, match="strategy"):
            best_strategy(network, "KZAAA", "AZCCC", READY, limits)
    avoiding = Constraints(avoid_modes=frozenset({"sea", "road"}))
    with pytest.raises(NoItineraryError):
        best_strategy(network, "KZAAA", "AZCCC", READY, avoiding)


def test_the_shipped_corridor_has_a_strategy_no_worse_than_its_offers() -> None:
    network = compile_network(read_feed().feed, date(2026, 11, 30), date(2027, 6, 1))
    ready = datetime(2026, 12, 1, tzinfo=UTC)
    for origin, destination in (("CNXIY", "TRIST"), ("UZTAS", "TRMER"), ("CNCKG", "DEDUI")):
        strategy = best_strategy(network, origin, destination, ready)
        for itinerary in pareto_itineraries(network, origin, destination, ready, timedelta(0)):
            assert strategy.expected <= reliability(network, itinerary).mean + 120

"""The distribution of an itinerary's arrival, against dice thrown many times over."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import erfc, sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan import read_feed
from kervan.errors import InvalidRequestError, NoItineraryError
from kervan.feed.tables import MinuteOfDay
from kervan.itinerary import Itinerary, earliest_arrival, pareto_itineraries
from kervan.itinerary.reliability import Reliability, reliability
from kervan.network import Network, compile_network
from kervan.network.arrays import ROLLING
from kervan.network.durations import CONSTANT, LOGNORMAL, UNIFORM, Duration
from kervan.network.spreads import spread_of
from tests.corridors import Corridor, random_corridor
from tests.itinerary.brute_force import FAR, BruteForce, Hop
from tests.itinerary.monte_carlo import MonteCarlo

FIRST, LAST = date(2026, 3, 24), date(2026, 4, 20)
READY = datetime(2026, 3, 27, 5, 0, tzinfo=UTC)
SAMPLES = 40_000


def hops_of(network: Network, itinerary: Itinerary) -> tuple[Hop, ...]:
    found = []
    for leg in itinerary.legs:
        board, alight = network.positions(leg)
        found.append(Hop(network.way_of_leg(leg).service.service_id, board, alight))
    return tuple(found)


def itineraries(seed: int) -> tuple[Network, BruteForce, list[Itinerary]]:
    feed = random_corridor(seed, spread=True)
    network = compile_network(feed, FIRST, LAST)
    ids = [place.place_id for place in feed.places]
    try:
        found = pareto_itineraries(network, ids[0], ids[-1], READY, timedelta(days=2))
    except NoItineraryError:
        found = []
    return network, BruteForce(feed, FIRST, LAST), found


@pytest.mark.parametrize("seed", range(24))
def test_the_distribution_is_that_of_riding_many_times(seed: int) -> None:
    network, brute, found = itineraries(seed)
    for itinerary in found[:3]:
        told = reliability(network, itinerary, step=15)
        ridden = MonteCarlo(brute, seed).ride(
            hops_of(network, itinerary), itinerary.hand_over, SAMPLES
        )
        agree(told, ridden.arrival)
        for connection in told.connections:
            if connection.chance_missed is None:
                continue
            left = ridden.departure[connection.ride]
            # Cargo may also be early, and take a departure before the planned one.
            missed = float(np.mean(left > connection.planned_departure))
            assert connection.chance_missed == pytest.approx(missed, abs=0.015)


def agree(told: Reliability, arrival: np.ndarray) -> None:
    """Hold a distribution against samples: its chances at their quantiles, its mean."""
    there = arrival[arrival < FAR]
    assert told.chance_unfinished == pytest.approx(1 - len(there) / len(arrival), abs=0.012)
    if len(there) < 1000:
        return
    for share in (0.05, 0.25, 0.5, 0.75, 0.95):
        at = float(np.quantile(there, share, method="inverted_cdf"))
        # A jump at a departure or an opening holds many samples: the chance must straddle it.
        before = float(np.mean(arrival < at - 20))
        after = float(np.mean(arrival <= at + 20))
        assert before - 0.015 <= told.chance_by(round(at)) <= after + 0.015
    assert told.mean == pytest.approx(float(there.mean()), abs=60 + 0.02 * float(there.std()))


def test_constant_durations_arrive_as_planned() -> None:
    for seed in range(60):
        feed = random_corridor(seed)
        network = compile_network(feed, FIRST, LAST)
        ids = [place.place_id for place in feed.places]
        try:
            found = earliest_arrival(network, ids[0], ids[-1], READY)
        except NoItineraryError:
            continue
        services = [network.way_of_leg(leg).service for leg in found.legs]
        if any(service.pattern == "frequency" for service in services):
            continue  # the wait for a frequency is never certain
        told = reliability(network, found)
        assert told.p50 == told.p95 == found.arrival
        assert told.mean == pytest.approx(found.arrival)
        assert all(c.chance_missed in (None, 0.0) for c in told.connections)


@given(st.integers(0, 10**9), st.sampled_from([15, 30, 60]))
@settings(max_examples=60, deadline=None)
def test_chances_are_chances(seed: int, step: int) -> None:
    network, _, found = itineraries(seed)
    for itinerary in found[:2]:
        told = reliability(network, itinerary, step=step)
        assert told.mass.sum() + told.chance_unfinished == pytest.approx(1.0, abs=1e-6)
        assert told.mass.min(initial=0.0) >= 0.0
        assert 0.0 <= told.chance_unfinished <= 1.0
        minutes = itinerary.hand_over + np.arange(0, 60 * 1440, 720)
        chances = [told.chance_by(int(minute)) for minute in minutes]
        assert all(0.0 <= chance <= 1.0 for chance in chances)
        assert all(a <= b + 1e-12 for a, b in itertools.pairwise(chances))
        if told.p50 is not None and told.p95 is not None:
            assert itinerary.hand_over <= told.p50 <= told.p95
        for connection in told.connections:
            rolling = network.arrays.line_departures[
                network.line_of_leg(itinerary.rides[connection.ride].leg)
            ]
            assert (connection.chance_missed is None) == (rolling == ROLLING)


@given(st.integers(0, 10**9), st.integers(1, 48))
@settings(max_examples=40, deadline=None)
def test_handing_over_later_never_arrives_earlier(seed: int, hours: int) -> None:
    network, _, found = itineraries(seed)
    for itinerary in found[:1]:
        later = replace(itinerary, hand_over=itinerary.hand_over + 60 * hours)
        early, late = reliability(network, itinerary), reliability(network, later)
        for minute in range(itinerary.hand_over, itinerary.hand_over + 40 * 1440, 1440):
            assert late.chance_by(minute) <= early.chance_by(minute) + 0.01


def test_a_missed_ferry_is_replaced_by_the_next_departure() -> None:
    corridor = Corridor()
    for place in ("KZAAA", "KZBBB", "AZCCC"):
        corridor.place(place)
        corridor.terminal(place, ["rail", "sea"], 2.0)
    corridor.rolling("TRAIN", ["KZAAA", "KZBBB"], [20.0], run_p95_hours=[40.0])
    corridor.timetable(
        "FERRY",
        [("KZBBB", None, "0 12:00"), ("AZCCC", "1 12:00", None)],
        days="1010000",
        mode="sea",
    )
    network = compile_network(corridor.feed(), FIRST, LAST)
    ready = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)
    found = earliest_arrival(network, "KZAAA", "AZCCC", ready)
    told = reliability(network, found)
    train, ferry = told.connections
    # Monday's ferry at noon: 26 hours after hand-over, of which 2 are the change.
    z = np.log(24 / 20) / (np.log(2) / 1.6448536269514722)
    missed = 0.5 * erfc(z / sqrt(2))
    assert train.chance_missed is None
    assert ferry.chance_missed == pytest.approx(missed, abs=0.003)
    wednesday = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
    assert ferry.next_departure == int(wednesday.timestamp()) // 60
    # Nearly all who miss Monday's catch Wednesday's, two days later.
    assert ferry.delay_hours == pytest.approx(48.0, abs=1.0)
    assert told.chance_by(found.arrival) == pytest.approx(1 - missed, abs=0.003)


@pytest.mark.parametrize(
    ("origin", "destination"), [("CNXIY", "TRIST"), ("UZTAS", "TRMER"), ("CNCKG", "DEDUI")]
)
def test_the_shipped_corridor_agrees_with_dice(origin: str, destination: str) -> None:
    network = compile_network(read_feed().feed, date(2026, 11, 30), date(2027, 6, 1))
    ready = datetime(2026, 12, 1, tzinfo=UTC)
    rng = np.random.default_rng(7)
    for itinerary in pareto_itineraries(network, origin, destination, ready, timedelta(0))[:3]:
        told = reliability(network, itinerary)
        total = np.full(SAMPLES, float(itinerary.hand_over))
        before = None
        for ride in itinerary.rides:
            mode = network.way_of_leg(ride.leg).service.mode
            place = network.leg(ride.leg).from_place_id
            parts = [] if before is None else [network.docks.dwell(place, before, mode)]
            wait = network.wait_part(ride.leg)
            assert wait is not None  # without clock times, nothing is shut on these ways
            parts += [wait.duration] + [p.duration for p in network.ride_parts(ride.leg)]
            for duration in parts:
                assert duration is not None
                if duration.shape == CONSTANT:
                    total += duration.p50
                elif duration.shape == LOGNORMAL:
                    total += duration.p50 * np.exp(duration.sigma * rng.standard_normal(SAMPLES))
                else:
                    total += rng.uniform(0, 2 * duration.p50, SAMPLES)
            before = mode
        assert told.mean == pytest.approx(float(total.mean()), abs=60)
        for share, at in ((0.5, told.p50), (0.95, told.p95)):
            assert at is not None
            assert at == pytest.approx(float(np.quantile(total, share)), abs=240)


def test_a_grid_that_cannot_be_is_refused() -> None:
    network, _, found = itineraries(3)
    for step in (0, 1441):
        with pytest.raises(InvalidRequestError, match="cannot be used"):
            reliability(network, found[0], step=step)
    with pytest.raises(InvalidRequestError, match="no rides"):
        reliability(network, replace(found[0], rides=()))


def ferry_after_train(change_p95: float, **ferry: Any) -> tuple[Network, Itinerary]:
    """A train that comes at 08:00, a change of four hours, a weekly ferry at 13:00."""
    corridor = Corridor()
    for place in ("KZALA", "KZAAU", "AZBAK"):
        corridor.place(place)
    corridor.timetable("T", [("KZALA", None, "0 00:00"), ("KZAAU", "0 08:00", None)])
    corridor.timetable(
        "F",
        [("KZAAU", None, "0 13:00"), ("AZBAK", "1 13:00", None)],
        mode="sea",
        days="1000000",
        **ferry,
    )
    corridor.transfer("KZAAU", "rail", "sea", 4.0, change_p95)
    network = compile_network(corridor.feed(), FIRST, LAST)
    monday = datetime(2026, 3, 30, tzinfo=UTC)
    return network, earliest_arrival(network, "KZALA", "AZBAK", monday)


@pytest.mark.parametrize("step", [30, 47, 720])
def test_a_connection_that_is_just_caught_is_caught_on_every_grid(step: int) -> None:
    network, itinerary = ferry_after_train(4.0)
    told = reliability(network, itinerary, step=step)
    assert told.connections[1].chance_missed == 0.0
    assert told.p50 == told.p95 == itinerary.arrival


@pytest.mark.parametrize("step", [10, 30, 60])
def test_a_timetabled_run_is_late_by_its_own_spread(step: int) -> None:
    late = {1: {"run_p50_hours": 20.0, "run_p95_hours": 26.0}}
    network, itinerary = ferry_after_train(4.0, call_options=late)
    told = reliability(network, itinerary, step=step)
    # Planned 24 hours, and the spread of the run: P95 is six hours later.
    assert told.p50 == pytest.approx(itinerary.arrival, abs=10)
    assert told.p95 == pytest.approx(itinerary.arrival + 6 * 60, abs=10)
    run = Duration(LOGNORMAL, 24 * 60.0, 30 * 60.0)
    assert told.mean == pytest.approx(itinerary.arrival - 24 * 60 + run.mean, abs=1)


def test_cargo_that_outlives_the_timetable_is_unfinished_and_not_forgotten() -> None:
    corridor = Corridor()
    for place in ("KZALA", "KZAAU", "AZBAK"):
        corridor.place(place)
    corridor.rolling("R", ["KZALA", "KZAAU"], [10.0], run_p95_hours=[40.0])
    corridor.terminal("KZAAU", ["rail", "sea"], 0.0)
    corridor.timetable(
        "F",
        [("KZAAU", None, "0 13:00"), ("AZBAK", "1 13:00", None)],
        mode="sea",
        calendar_id=corridor.calendar(valid_to=date(2026, 3, 28)),
    )
    network = compile_network(corridor.feed(), FIRST, LAST)
    told = reliability(network, earliest_arrival(network, "KZALA", "AZBAK", READY))
    # Ready on 27 March at 05:00; the last ferry leaves on the 28th at 13:00, 32 hours later.
    z = np.log(32 / 10) / (np.log(4) / 1.6448536269514722)
    assert told.chance_unfinished == pytest.approx(0.5 * erfc(z / sqrt(2)), abs=0.002)
    assert told.p50 is not None
    assert told.p95 is None


def test_cargo_that_comes_at_night_waits_until_the_dock_opens() -> None:
    corridor = Corridor()
    for place in ("KZALA", "KZAAU"):
        corridor.place(place)
    corridor.rolling("R", ["KZALA", "KZAAU"], [24.0], run_p95_hours=[30.0])
    eight, noon = MinuteOfDay(8 * 60), MinuteOfDay(12 * 60)
    corridor.terminal("KZAAU", ["rail"], 1.0, opens_local=eight, closes_local=noon)
    network = compile_network(corridor.feed(), FIRST, LAST)
    told = reliability(network, earliest_arrival(network, "KZALA", "KZAAU", READY))
    ride = Duration(LOGNORMAL, 24 * 60.0, 30 * 60.0)
    for day in (1, 2):
        opens = int((READY + timedelta(days=day, hours=3)).timestamp()) // 60
        by = ride.cdf(np.array([day * 24 * 60.0 + 180, day * 24 * 60.0 + 420 - 1440]))
        assert told.chance_by(opens) == pytest.approx(by[0], abs=0.003)
        # From noon of the day before nothing is taken in.
        assert told.chance_by(opens - 1) == pytest.approx(by[1], abs=0.003)


@pytest.mark.parametrize("step", [15, 30, 60])
def test_a_sum_of_durations_keeps_its_mean_and_its_chances(step: int) -> None:
    durations = (
        Duration(LOGNORMAL, 600.0, 1500.0),
        Duration(CONSTANT, 47.0, 47.0),
        Duration(UNIFORM, 720.0, 1368.0),
        Duration(LOGNORMAL, 130.0, 140.0),
    )
    spread = spread_of(durations, step)
    assert spread.mean(step) == pytest.approx(sum(d.mean for d in durations), abs=0.51)
    rng = np.random.default_rng(3)
    sample = np.sort(sum(d.sample(rng, 400_000) for d in durations))
    ends = spread.offset + (spread.first + np.arange(len(spread.bins))) * step
    by = np.searchsorted(sample, ends, side="right") / len(sample)
    assert np.abs(np.cumsum(spread.bins) - by).max() < 0.004

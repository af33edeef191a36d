"""The compiled searches against brute force on random corridors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import NoItineraryError
from kervan.itinerary import (
    Constraints,
    Weights,
    earliest_arrival,
    latest_departure,
    pareto_itineraries,
)
from kervan.network import Network, compile_network
from tests.corridors import random_corridor
from tests.itinerary.brute_force import FAR, BruteForce, Hop, minutes

FIRST, LAST = date(2026, 3, 24), date(2026, 4, 20)
"""Two of the zones change to summer time on 29 March 2026."""
READY = datetime(2026, 3, 27, 5, 0, tzinfo=UTC)
seeds = st.integers(0, 10**9)


def corridor_of(seed: int) -> tuple[Network, BruteForce, str, str]:
    feed = random_corridor(seed)
    network = compile_network(feed, FIRST, LAST)
    ids = [place.place_id for place in feed.places]
    return network, BruteForce(feed, FIRST, LAST), ids[0], ids[1 + seed % (len(ids) - 1)]


def weights_of(network: Network, brute: BruteForce, seed: int):
    rng = np.random.default_rng(seed)
    price = {hop: int(rng.integers(1, 6)) for hop in brute.hops}
    emission = {hop: int(rng.integers(1, 4)) for hop in brute.hops}
    arrays = [np.zeros(len(network.leg_calls), np.int64) for _ in range(2)]
    for leg in range(len(network.leg_calls)):
        hop = hop_of(network, leg)
        arrays[0][leg] = price.get(hop, 0)
        arrays[1][leg] = emission.get(hop, 0)
    return price, emission, Weights(*arrays)


def hop_of(network: Network, leg: int) -> Hop:
    board, alight = network.positions(leg)
    return Hop(network.way_of_leg(leg).service.service_id, board, alight)


@given(seeds)
@settings(max_examples=150, deadline=None)
def test_no_way_arrives_before_the_earliest_arrival(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    start = minutes(READY)
    best = min(
        (brute.arrival(way, start) for way in brute.ways(origin, destination, 4)), default=FAR
    )
    try:
        found = earliest_arrival(network, origin, destination, READY)
    except NoItineraryError:
        assert best == FAR
        return
    assert found.arrival <= best
    hops = tuple(hop_of(network, leg) for leg in found.legs)
    assert brute.arrival(hops, start) == found.arrival
    if len(hops) <= 4:
        assert found.arrival == best


@given(seeds)
@settings(max_examples=100, deadline=None)
def test_the_latest_departure_is_the_last_hand_over_that_arrives_in_time(seed: int) -> None:
    network, _, origin, destination = corridor_of(seed)
    deadline = READY + timedelta(days=6)
    try:
        found = latest_departure(network, origin, destination, deadline, not_before=READY)
    except NoItineraryError:
        with pytest.raises(NoItineraryError):
            earliest_arrival(
                network, origin, destination, READY, Constraints(latest_arrival=deadline)
            )
        return
    assert found.arrival <= minutes(deadline)
    later = found.hand_over_at + timedelta(minutes=1)
    try:
        after = earliest_arrival(network, origin, destination, later)
    except NoItineraryError:
        return
    assert after.arrival > minutes(deadline)


@given(seeds)
@settings(max_examples=120, deadline=None)
def test_the_pareto_set_is_the_one_found_by_trying_everything(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    price, emission, weights = weights_of(network, brute, seed)
    window = timedelta(days=2)
    start = minutes(READY)
    expected = brute.pareto(
        origin,
        destination,
        start,
        start + 2 * 1440,
        3,
        price.__getitem__,
        emission.__getitem__,
    )
    try:
        found = pareto_itineraries(
            network,
            origin,
            destination,
            READY,
            window,
            weights,
            Constraints(max_transshipments=2),
        )
    except NoItineraryError:
        assert not expected
        return
    vectors = [(i.hand_over, i.arrival, i.price, i.emission, len(i.rides)) for i in found]
    assert len(set(vectors)) == len(vectors)
    assert set(vectors) == expected
    for itinerary in found:
        hops = tuple(hop_of(network, leg) for leg in itinerary.legs)
        assert brute.arrival(hops, itinerary.hand_over) == itinerary.arrival


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_what_must_be_passed_is_passed_and_nothing_better_is_missed(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    carriers = sorted({s.carrier_id for s in network.feed.services})
    via = carriers[seed % len(carriers)]
    best = min(
        (
            brute.arrival(way, minutes(READY))
            for way in brute.ways(origin, destination, 3)
            if any(brute.services[hop.service].carrier_id == via for hop in way)
        ),
        default=FAR,
    )
    constraints = Constraints(via_carriers=frozenset({via}), max_transshipments=2)
    try:
        found = earliest_arrival(network, origin, destination, READY, constraints)
    except NoItineraryError:
        assert best == FAR
        return
    assert found.arrival == best
    assert via in {network.way_of_leg(leg).service.carrier_id for leg in found.legs}

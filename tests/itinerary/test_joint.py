"""The search for legs weighed together, held against the Pareto search where none are."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import NoItineraryError
from kervan.itinerary import Constraints, Itinerary, Together, Weights, pareto_itineraries
from kervan.itinerary.joint import joint_itineraries
from kervan.network import Network
from tests.itinerary.test_search import READY, corridor_of, weights_of

WINDOW = timedelta(days=5)


def in_vain(network: Network, weights: Weights) -> Weights:
    """Return weights under which no legs may be weighed together, though it is asked for."""
    legs = len(network.leg_calls)
    nothing = np.zeros(legs, np.bool_)
    together = Together(nothing, nothing, np.full(legs, -1, np.int64), 0)

    def of_way(way: tuple[int, ...]) -> int:
        return int(weights.price[list(way)].sum())

    return replace(weights, together=(together,), of_way=of_way)


def front(itineraries: list[Itinerary]) -> set[tuple[int, int]]:
    """Return arrival and price of what nothing beats in both."""
    points = {(i.arrival, i.price or 0) for i in itineraries}
    return {p for p in points if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in points)}


def random_constraints(seed: int, network: Network) -> Constraints:
    rng = random.Random(seed)
    countries = sorted({place.country for place in network.places})
    return Constraints(
        via_countries=frozenset(rng.sample(countries, rng.choice([0, 0, 1]))),
        avoid_countries=frozenset(rng.sample(countries, rng.choice([0, 0, 0, 1]))),
        max_transshipments=rng.choice([1, 2, 15]),
        latest_arrival=rng.choice([None, READY + timedelta(days=rng.randint(2, 12))]),
    )


@given(st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_for_every_arrival_the_cheapest_way_is_found_within_the_conditions(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    _, _, weights = weights_of(network, brute, seed)
    constraints = random_constraints(seed, network)
    question = (network, origin, destination, READY, WINDOW)
    found = joint_itineraries(*question, in_vain(network, weights), constraints, known=[])
    assert found.is_complete
    try:
        pareto = pareto_itineraries(*question, weights, constraints)
    except NoItineraryError:
        assert not found.itineraries
        return
    assert front(found.itineraries) == front(pareto)
    ways = {itinerary.legs for itinerary in found.itineraries}
    for known in pareto:
        if known.legs in ways:
            assert any(
                i.legs == known.legs
                and i.hand_over >= known.hand_over
                and (i.arrival, i.price) <= (known.arrival, known.price)
                and i.emission == known.emission
                for i in found.itineraries
            )


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_found_that_is_known_already(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    _, _, weights = weights_of(network, brute, seed)
    question = (network, origin, destination, READY, WINDOW)
    try:
        known = pareto_itineraries(*question, weights)
    except NoItineraryError:
        return
    assert not joint_itineraries(*question, in_vain(network, weights), known=known).itineraries

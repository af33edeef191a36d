"""Alternatives are the extremes of the Pareto set and ways that truly differ."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from kervan.errors import NoItineraryError
from kervan.itinerary import Constraints, Weights, pareto_itineraries
from kervan.itinerary.alternatives import LEAST_DIFFERENCE, alternatives, difference
from kervan.network import Network, compile_network
from tests.corridors import Corridor, random_corridor

READY = datetime(2026, 3, 27, 5, 0, tzinfo=UTC)
HORIZON = (date(2026, 3, 24), date(2026, 4, 20))
WEEK = timedelta(days=7)


def ladder() -> Network:
    """Two ways from A to Z, and a third that is worse in everything."""
    corridor = Corridor()
    for place in ("KZAAA", "AZBBB", "GECCC", "IRDDD", "TRZZZ"):
        corridor.place(place)
        corridor.terminal(place, ["rail", "sea"], 1.0)
    corridor.link("KZAAA", "AZBBB", km=500)
    corridor.link("AZBBB", "TRZZZ", km=500)
    corridor.link("KZAAA", "GECCC", mode="sea", km=900)
    corridor.link("GECCC", "TRZZZ", mode="sea", km=900)
    corridor.link("KZAAA", "IRDDD", km=700)
    corridor.link("IRDDD", "TRZZZ", km=700)
    corridor.rolling("FAST", ["KZAAA", "AZBBB", "TRZZZ"], [10.0, 10.0])
    corridor.rolling("CHEAP", ["KZAAA", "GECCC", "TRZZZ"], [40.0, 40.0], mode="sea")
    corridor.rolling("WORSE", ["KZAAA", "IRDDD", "TRZZZ"], [22.0, 22.0])
    return compile_network(corridor.feed(), *HORIZON)


def weights_by_service(network: Network, price: dict[str, int]) -> Weights:
    values = [price[network.way_of_leg(k).service.service_id] for k in range(len(network.legs))]
    return Weights(np.array(values, np.int64), np.array(values, np.int64))


def test_a_way_worse_in_everything_is_still_an_alternative() -> None:
    network = ladder()
    weights = weights_by_service(network, {"FAST": 100, "CHEAP": 60, "WORSE": 130})
    pareto = pareto_itineraries(network, "KZAAA", "TRZZZ", READY, timedelta(0), weights)
    ways = {network.way_of_leg(i.legs[0]).service.service_id for i in pareto}
    assert ways == {"FAST", "CHEAP"}
    found = alternatives(network, "KZAAA", "TRZZZ", READY, timedelta(0), weights, count=5)
    named = {network.way_of_leg(a.itinerary.legs[0]).service.service_id: a.best_at for a in found}
    assert named == {"FAST": ("arrival",), "CHEAP": ("price", "co2e"), "WORSE": ()}


def test_what_nobody_would_take_is_no_alternative() -> None:
    network = ladder()
    weights = weights_by_service(network, {"FAST": 100, "CHEAP": 60, "WORSE": 251})
    found = alternatives(network, "KZAAA", "TRZZZ", READY, timedelta(0), weights, count=5)
    assert len(found) == 2


def test_fewer_are_given_when_fewer_are_wanted_and_the_first_to_arrive_is_kept() -> None:
    network = ladder()
    weights = weights_by_service(network, {"FAST": 100, "CHEAP": 60, "WORSE": 130})
    found = alternatives(network, "KZAAA", "TRZZZ", READY, timedelta(0), weights, count=1)
    assert [a.best_at for a in found] == [("arrival",)]


def test_conditions_hold_for_every_alternative() -> None:
    network = ladder()
    weights = weights_by_service(network, {"FAST": 100, "CHEAP": 60, "WORSE": 130})
    limits = Constraints(avoid_modes=frozenset({"sea"}))
    found = alternatives(network, "KZAAA", "TRZZZ", READY, WEEK, weights, limits, count=5)
    assert all(network.leg(leg).mode == "rail" for a in found for leg in a.itinerary.legs)
    assert len(found) == 2


@pytest.mark.parametrize("seed", range(40))
def test_the_extremes_are_there_and_the_rest_truly_differ(seed: int) -> None:
    network = compile_network(random_corridor(seed), *HORIZON)
    rng = np.random.default_rng(seed)
    legs = len(network.legs)
    weights = Weights(rng.integers(1, 9, legs), rng.integers(1, 9, legs))
    ids = [place.place_id for place in network.places]
    try:
        pareto = pareto_itineraries(network, ids[0], ids[-1], READY, WEEK, weights)
    except NoItineraryError:
        with pytest.raises(NoItineraryError):
            alternatives(network, ids[0], ids[-1], READY, WEEK, weights)
        return
    found = alternatives(network, ids[0], ids[-1], READY, WEEK, weights, count=6)
    assert 1 <= len(found) <= 6
    chosen = [a.itinerary for a in found]
    assert len(set(chosen)) == len(chosen)
    assert min(i.arrival for i in chosen) == min(i.arrival for i in pareto)
    assert min(i.price or 0 for i in chosen) == min(i.price or 0 for i in pareto)
    assert min(i.emission or 0 for i in chosen) == min(i.emission or 0 for i in pareto)
    plain = [a.itinerary for a in found if not a.best_at]
    for itinerary in plain:
        others = [other for other in chosen if other is not itinerary]
        assert all(difference(network, itinerary, o) >= LEAST_DIFFERENCE for o in others)

"""The engine's two gears, plain Python and machine code, on the same questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import NoItineraryError
from kervan.itinerary import (
    Itinerary,
    Weights,
    earliest_arrival,
    earliest_arrival_minutes,
    latest_departure,
    pareto_itineraries,
)
from kervan.itinerary.engine import compiled
from tests.itinerary.test_search import READY, corridor_of, weights_of


def in_gear(gear: float, ask: Callable[[], object]) -> object:
    before = compiled._spent[0]
    compiled._spent[0] = gear
    try:
        return ask()
    except NoItineraryError as nothing:
        return str(nothing)
    finally:
        compiled._spent[0] = before


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_plain_python_and_machine_code_give_the_same_itineraries(seed: int) -> None:
    network, brute, origin, destination = corridor_of(seed)
    _, _, weights = weights_of(network, brute, seed)
    window = timedelta(days=2)
    deadline = READY + timedelta(days=6)
    questions: list[Callable[[], object]] = [
        lambda: earliest_arrival(network, origin, destination, READY),
        lambda: earliest_arrival_minutes(network, origin, READY).tolist(),
        lambda: latest_departure(network, origin, destination, deadline, not_before=READY),
        lambda: pareto_itineraries(network, origin, destination, READY, window, weights),
        lambda: pareto_itineraries(
            network, origin, destination, READY, window, Weights.none(network)
        ),
    ]
    for ask in questions:
        plain = in_gear(0.0, ask)
        assert plain == in_gear(compiled.PLAIN_SECONDS, ask)
        assert isinstance(plain, (Itinerary, list, str))


def test_many_questions_change_up_to_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    network, _, origin, _ = corridor_of(3)
    monkeypatch.setattr(compiled, "_spent", [0.0])
    monkeypatch.setattr(compiled, "PLAIN_SECONDS", 1e-9)
    earliest_arrival_minutes(network, origin, READY)
    assert compiled._spent[0] >= compiled.PLAIN_SECONDS

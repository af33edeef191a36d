"""Tiny networks to sell, and their exact value over every state."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kervan.tariff.revenue import Departure, Problem, Product

Accepts = Callable[[int, float, tuple[int, ...]], bool]
"""Whether a product is taken at a moment (in periods) with so many units left."""


def product(
    key: str, on: Sequence[str], fare: float, requests: tuple[float, ...], teu: float = 1.0
) -> Product:
    """Make a product of a fare a TEU on departures, named in a list or one letter each."""
    return Product(key, tuple(on), fare, teu, requests)


def random_problem(seed: int, *, teu: tuple[float, ...] = (1.0, 2.0)) -> Problem:
    """Make two departures of a few places and five products over three periods."""
    rng = np.random.default_rng(seed)
    departures = tuple(Departure(key, float(rng.integers(2, 6))) for key in "AB")
    ways = ("A", "A", "B", "AB", "AB")
    return Problem(
        departures,
        tuple(
            product(
                str(number),
                on,
                float(rng.integers(20, 200)),
                tuple(rng.uniform(0.0, 1.2, 3).tolist()),
                float(rng.choice(teu)),
            )
            for number, on in enumerate(ways)
        ),
    )


def exact_value(problem: Problem, accepts: Accepts | None = None, steps: int = 200) -> float:
    """Return what is earned on average from the start, over every state of every departure.

    Parameters
    ----------
    problem
        A tiny one.
    accepts
        The policy; the best one unless given.
    steps
        Steps a period, in each of which at most one request comes.
    """
    arrays = problem.arrays
    shape = tuple(int(left) + 1 for left in arrays.left)
    value = np.zeros(shape)
    states = list(np.ndindex(shape))
    uses = [arrays.use[arrays.use_ptr[j] : arrays.use_ptr[j + 1]] for j in range(len(arrays.fares))]
    for period in range(problem.periods - 1, -1, -1):
        for step in range(steps - 1, -1, -1):
            before = value.copy()
            for j, fare in enumerate(arrays.fares):
                chance = arrays.requests[j, period] / steps
                size = int(arrays.sizes[j])
                here = tuple(
                    slice(size, None) if row in uses[j] else slice(None)
                    for row in range(len(shape))
                )
                there = tuple(
                    slice(None, -size) if row in uses[j] else slice(None)
                    for row in range(len(shape))
                )
                if before[here].size == 0:
                    continue
                gain = fare - before[here] + before[there]
                if accepts is None:
                    gain = np.maximum(gain, 0.0)
                else:
                    moment = period + (step + 0.5) / steps
                    taken = np.zeros(shape)
                    for state in states:
                        if all(state[row] >= size for row in uses[j]):
                            taken[state] = accepts(j, moment, state)
                    gain = gain * taken[here]
                value[here] += chance * gain
    return float(value[tuple(int(left) for left in arrays.left)])

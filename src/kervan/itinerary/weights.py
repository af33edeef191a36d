"""What a search adds up along a way: a weight for each leg, and for legs weighed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.network import Network


@dataclass(frozen=True, slots=True)
class Together:
    """Legs that may be weighed together, one after the other, instead of each by itself.

    Attributes
    ----------
    opens, closes
        Legs that such a span may begin and end with; bool, shape (legs,).
    inside
        What each leg adds within a span, at least; negative for a leg that no span may hold; shape
        (legs,).
    once
        What a span weighs besides, at least.
    """

    opens: NDArray[np.bool_]
    closes: NDArray[np.bool_]
    inside: NDArray[np.int64]
    once: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Leg weights of one shipment.

    Attributes
    ----------
    price
        Minor units of one currency for each leg by itself; shape (legs,).
    emission
        Grams of CO2e for each leg; shape (legs,).
    together
        Legs that may be priced together. No way may be priced lower than by the best cut of it
        into single legs and such spans.
    of_way
        The exact price of a whole way, given the rows of its legs; the sum of ``price`` unless
        given. Needed where there is anything in ``together``.
    """

    price: NDArray[np.int64]
    emission: NDArray[np.int64]
    together: tuple[Together, ...] = ()
    of_way: Callable[[tuple[int, ...]], int] | None = None

    @staticmethod
    def none(network: Network) -> Weights:
        """Return weights of nothing: the search then looks at times and transshipments alone."""
        zeros = np.zeros(len(network.leg_calls), np.int64)
        return Weights(zeros, zeros)

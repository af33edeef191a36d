"""The Shapley value of a game: what each player adds, on average over all orders of joining.

Shapley (1953), "A value for n-person games". It is the only rule that gives out the whole, the same
to players who add the same, nothing to one who adds nothing, and for two games together the sum of
their values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 16
"""Most players for whom every coalition is looked at."""

_ORDERS = 4_000
_Z95 = 1.959964

Worth = Callable[[NDArray[np.bool_]], NDArray[np.int64]]
"""Worth of coalitions in whole units, given who is in each, shape (coalitions, players)."""


@dataclass(frozen=True, slots=True)
class Value:
    """The Shapley value of every player.

    Attributes
    ----------
    values
        One a player; they add up to the worth of all together.
    margins
        Half width of the 95 % confidence interval of each; all 0 where the value is exact.
    orders
        How many orders of joining were drawn; 0 where the value is exact.
    """

    values: tuple[Fraction, ...]
    margins: tuple[float, ...]
    orders: int


def shapley_value(players: int, worth: Worth, *, seed: int = 0, orders: int = _ORDERS) -> Value:
    """Return the Shapley value.

    Exact for up to :data:`EXACT_UP_TO` players; beyond, the mean over orders of joining drawn at
    random (Castro, Gómez and Tejada 2009, "Polynomial calculation of the Shapley value based on
    sampling"), with its margin of error.

    Parameters
    ----------
    players
        How many.
    worth
        Of coalitions; that of nobody must be 0.
    seed, orders
        Of the drawing.
    """
    if players <= EXACT_UP_TO:
        return exact_value(players, worth)
    return sampled_value(players, worth, seed=seed, orders=orders)


def exact_value(players: int, worth: Worth) -> Value:
    """Return the Shapley value from all coalitions, in time and memory of ``players 2^players``."""
    masks = np.arange(1 << players)
    members = (masks[:, None] >> np.arange(players)) & 1 == 1
    worths = worth(members)
    sizes = members.sum(axis=1)
    values = []
    for player in range(players):
        without = masks[~members[:, player]]
        added = worths[without | (1 << player)] - worths[without]
        by_size = np.zeros(players, np.int64)
        np.add.at(by_size, sizes[without], added)
        # A coalition of s before the player comes in 1 of n (n-1 choose s) orders.
        values.append(
            sum(
                (
                    Fraction(int(total), players * math.comb(players - 1, size))
                    for size, total in enumerate(by_size)
                ),
                Fraction(0),
            )
        )
    return Value(tuple(values), (0.0,) * players, 0)


def sampled_value(players: int, worth: Worth, *, seed: int, orders: int) -> Value:
    """Return the mean of what each player adds over orders of joining drawn at random."""
    orders_drawn = np.argsort(np.random.default_rng(seed).random((orders, players)), axis=1)
    added = np.zeros((orders, players), np.int64)
    members = np.zeros((orders, players), np.bool_)
    every = np.arange(orders)
    before = worth(members)
    for place in range(players):
        joining = orders_drawn[:, place]
        members[every, joining] = True
        after = worth(members)
        added[every, joining] = after - before
        before = after
    values = tuple(Fraction(int(total), orders) for total in added.sum(axis=0))
    errors = added.std(axis=0, ddof=1) / math.sqrt(orders)
    return Value(values, tuple(float(_Z95 * error) for error in errors), orders)

"""The Shapley value, held against its definition over all orders and against its axioms."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kervan.tariff.proposal.shapley import (
    EXACT_UP_TO,
    Worth,
    exact_value,
    sampled_value,
    shapley_value,
)

Members = NDArray[np.bool_]


def game(worths: list[int]) -> Worth:
    """Return a game from the worth of every coalition, player k in it where bit k is set."""
    table = np.array(worths, np.int64)

    def worth(members: Members) -> NDArray[np.int64]:
        return table[members @ (1 << np.arange(members.shape[1]))]

    return worth


def over_all_orders(players: int, worths: list[int]) -> list[Fraction]:
    values, count = [Fraction(0)] * players, 0
    for order in permutations(range(players)):
        coalition, count = 0, count + 1
        for player in order:
            joined = coalition | 1 << player
            values[player] += worths[joined] - worths[coalition]
            coalition = joined
    return [value / count for value in values]


games = st.integers(1, 5).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.integers(-1000, 1000), min_size=2**n, max_size=2**n).map(lambda w: [0, *w[1:]]),
    )
)


@given(games)
def test_it_is_what_each_adds_on_average_over_all_orders(asked: tuple[int, list[int]]) -> None:
    players, worths = asked
    assert list(exact_value(players, game(worths)).values) == over_all_orders(players, worths)


@given(games)
def test_it_gives_out_the_whole(asked: tuple[int, list[int]]) -> None:
    players, worths = asked
    assert sum(exact_value(players, game(worths)).values) == worths[-1]


@given(games, st.data())
def test_players_who_add_the_same_get_the_same(
    asked: tuple[int, list[int]], data: st.DataObject
) -> None:
    players, worths = asked
    if players < 2:
        return
    a, b = data.draw(st.permutations(range(players)))[:2]
    for coalition in range(len(worths)):
        has_a, has_b = coalition >> a & 1, coalition >> b & 1
        if has_a and not has_b:
            worths[coalition ^ (1 << a) ^ (1 << b)] = worths[coalition]
    value = exact_value(players, game(worths)).values
    assert value[a] == value[b]


@given(games, st.data())
def test_a_player_who_adds_nothing_gets_nothing(
    asked: tuple[int, list[int]], data: st.DataObject
) -> None:
    players, worths = asked
    dummy = data.draw(st.integers(0, players - 1))
    worths = [worths[coalition & ~(1 << dummy)] for coalition in range(len(worths))]
    assert exact_value(players, game(worths)).values[dummy] == 0


@given(games, st.data())
def test_the_value_of_two_games_together_is_the_sum(
    asked: tuple[int, list[int]], data: st.DataObject
) -> None:
    players, one = asked
    other = [
        0,
        *data.draw(st.lists(st.integers(-99, 99), min_size=len(one) - 1, max_size=len(one) - 1)),
    ]
    both = [a + b for a, b in zip(one, other, strict=True)]
    values = [exact_value(players, game(worths)).values for worths in (one, other, both)]
    assert [a + b for a, b in zip(values[0], values[1], strict=True)] == list(values[2])


def test_the_airport_game_has_its_known_value() -> None:
    # Littlechild and Owen (1973): each stretch of runway is shared by those who need it.
    needs = [12, 24, 36]
    worths = [max((needs[k] for k in range(3) if c >> k & 1), default=0) for c in range(8)]
    assert exact_value(3, game(worths)).values == (4, 10, 22)


def test_twelve_players_are_valued_exactly() -> None:
    weights = np.arange(1, 13)

    def worth(members: Members) -> NDArray[np.int64]:
        return (members @ weights) ** 2

    # For (sum of w)^2 a player adds, on average, its weight times the sum of all.
    value = shapley_value(12, worth)
    assert value.orders == 0
    assert value.values == tuple(int(w * weights.sum()) for w in weights)


def test_drawn_orders_give_out_the_whole_and_tell_their_error() -> None:
    weights = np.arange(1, EXACT_UP_TO + 5)

    def worth(members: Members) -> NDArray[np.int64]:
        return (members @ weights) ** 2

    value = shapley_value(len(weights), worth)
    truth = weights * weights.sum()
    assert value.orders > 0
    assert sum(value.values) == weights.sum() ** 2
    errors = np.abs([float(v) for v in value.values] - truth)
    # 95 % confidence each: of twenty players at most a few lie outside, none by far.
    assert (errors > value.margins).sum() <= 4
    assert (errors < 2 * np.array(value.margins)).all()
    assert shapley_value(len(weights), worth) == value


def test_drawn_orders_agree_with_the_exact_value() -> None:
    worths = [0, 5, 7, 30, 2, 40, 11, 90]
    drawn = sampled_value(3, game(worths), seed=4, orders=20_000)
    exact = exact_value(3, game(worths))
    for a, b, margin in zip(drawn.values, exact.values, drawn.margins, strict=True):
        assert float(a) == pytest.approx(float(b), abs=2 * margin)

from __future__ import annotations

from fractions import Fraction

import pytest

from kervan.errors import InvalidRequestError
from kervan.tariff.revenue import Departure, Problem, Product
from tests.tariff.revenue.problems import product


def test_a_unit_is_the_largest_measure_of_every_group() -> None:
    sizes = {(1.0, 2.0): Fraction(1), (1.0, 2.25): Fraction(1, 4), (2.0, 4.0): Fraction(2)}
    for teu, unit in sizes.items():
        rows = tuple(product(str(size), "A", 1.0, (1.0,), size) for size in teu)
        assert Problem((Departure("A", 10),), rows).unit_teu == unit


def test_capacity_that_no_group_can_fill_is_not_counted() -> None:
    problem = Problem((Departure("A", 7.0),), (product("p", "A", 1.0, (1.0,), 2.0),))
    assert problem.arrays.left.tolist() == [3]


def test_places_already_sold_are_not_there_to_sell() -> None:
    problem = Problem((Departure("A", 90.0, 35.0),), (product("p", "A", 1.0, (1.0,)),))
    assert problem.arrays.left.tolist() == [35]


@pytest.mark.parametrize(
    ("departure", "row", "words"),
    [
        (Departure("A", 5, 6), product("p", "A", 1, (1.0,)), "6 of 5 TEU"),
        (Departure("A", float("nan")), product("p", "A", 1, (1.0,)), "nan TEU"),
        (Departure("A", 5), product("p", "B", 1, (1.0,)), "'B'"),
        (Departure("A", 5), product("p", "AA", 1, (1.0,)), "each named once"),
        (Departure("A", 5), product("p", "", 1, (1.0,)), "each named once"),
        (Departure("A", 5), product("p", "A", -1, (1.0,)), "fare of -1"),
        (Departure("A", 5), product("p", "A", 1, (1.0,), 0.0), "groups of 0.0"),
        (Departure("A", 5), product("p", "A", 1, (1.0,), 0.333), "hundredths"),
        (Departure("A", 5), product("p", "A", 1, (-1.0,)), "fewer requests than none"),
    ],
)
def test_what_cannot_be_is_refused_by_name(departure: Departure, row: Product, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        Problem((departure,), (row,))


def test_keys_are_given_once_and_periods_agree() -> None:
    one, two = product("p", "A", 1, (1.0,)), product("q", "A", 1, (1.0, 1.0))
    with pytest.raises(InvalidRequestError, match="same key"):
        Problem((Departure("A", 5), Departure("A", 5)), (one,))
    with pytest.raises(InvalidRequestError, match="occurs twice"):
        Problem((Departure("A", 5),), (one, one))
    with pytest.raises(InvalidRequestError, match="booking periods"):
        Problem((Departure("A", 5),), (one, two))

"""Check digits are those of published numbers, and of a second computation from the rule."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterable

import pytest

from kervan.cargo.check_digits import (
    bin_digit,
    imo_ship_digit,
    inn_digits,
    iso6346_digit,
    modulo10_digit,
    vkn_digit,
)

CHARACTERS = string.digits + string.ascii_uppercase


@pytest.mark.parametrize(
    ("digit", "number"),
    [
        (iso6346_digit, "CSQU3054383"),  # ISO 6346, annex A
        (iso6346_digit, "MWCU6059784"),  # worked through on prefixlist.com
        (iso6346_digit, "18GB0000601001EBB5"),  # MRNs of public code and its tests
        (iso6346_digit, "19GB00006010021477"),
        (iso6346_digit, "21DE12345678901234"),
        (iso6346_digit, "21DE27364916384836"),
        (imo_ship_digit, "9074729"),  # the example of the IMO number scheme
        (vkn_digit, "4540536920"),  # the example of python-stdnum
        (vkn_digit, "1234567890"),
        (bin_digit, "971240001315"),  # a Kazakh company's
        (modulo10_digit, "218124712173"),  # the wagon most often shown, 21 81 2471 217-3
        (modulo10_digit, "79927398713"),  # the published example of the sum
    ],
)
def test_a_published_number_ends_in_its_check_digit(
    digit: Callable[[str], str | None], number: str
) -> None:
    assert digit(number[:-1]) == number[-1]


@pytest.mark.parametrize("number", ["7707083893", "500100732259"])
def test_a_published_inn_ends_in_its_check_digits(number: str) -> None:
    stem = number[: 9 if len(number) == 10 else 10]
    assert inn_digits(stem) == number[len(stem) :]


def test_iso_6346_agrees_with_the_long_way() -> None:
    # Values by counting on from ten and stepping over multiples of eleven; the sum in decimals.
    values, value = {}, 10
    for letter in string.ascii_uppercase:
        value += value % 11 == 0
        values[letter] = value
        value += 1
    rng = random.Random(6346)
    for _ in range(2_000):
        stem = "".join(rng.choices(CHARACTERS, k=rng.choice([10, 16, 17])))
        total = sum((values.get(c) or int(c)) * 2**i for i, c in enumerate(stem))
        remainder = total - total // 11 * 11
        assert iso6346_digit(stem) == ("0" if remainder == 10 else str(remainder))


@pytest.mark.parametrize("length", [7, 11])
def test_modulo_10_leaves_one_digit_and_finds_every_single_slip(length: int) -> None:
    rng = random.Random(length)
    for _ in range(200):
        stem = "".join(rng.choices(string.digits, k=length))
        fitting = [d for d in string.digits if _luhn_sum(stem + d) % 10 == 0]
        assert [modulo10_digit(stem)] == fitting
        place = rng.randrange(length)
        slipped = (
            stem[:place] + str((int(stem[place]) + rng.randint(1, 9)) % 10) + stem[place + 1 :]
        )
        assert modulo10_digit(slipped) != modulo10_digit(stem)


def _luhn_sum(number: str) -> int:
    # From the left: which digits are doubled depends on the length.
    total = 0
    for position, digit in enumerate(number):
        product = int(digit) * (1 + (len(number) - position + 1) % 2)
        total += sum(map(int, str(product)))
    return total


def test_imo_numbers_agree_with_the_long_way() -> None:
    for serial in range(900_000, 1_000_000, 7):
        total = sum(int(d) * w for d, w in zip(str(serial), range(7, 1, -1), strict=True))
        assert imo_ship_digit(str(serial)) == str(total)[-1]


def test_a_bin_whose_both_sums_are_ten_is_not_given_out() -> None:
    both = [
        stem
        for stem in (f"{n:011d}" for n in range(20_000))
        if _mod11(stem, range(1, 12)) == 10 and _mod11(stem, [*range(3, 12), 1, 2]) == 10
    ]
    assert both
    assert all(bin_digit(stem) is None for stem in both)


def _mod11(stem: str, weights: Iterable[int]) -> int:
    return sum(int(d) * w for d, w in zip(stem, weights, strict=True)) % 11


@pytest.mark.parametrize("stem", ["CSQU3О5438", "٣٤٥٦٧٨٩٠١", "csqu305438", "²²²²²²²²²", ""])
def test_what_is_no_number_has_no_check_digit(stem: str) -> None:
    found = [f(stem) for f in (imo_ship_digit, vkn_digit, bin_digit, inn_digits)]
    assert found == [None] * 4
    assert not stem or iso6346_digit(stem) is None

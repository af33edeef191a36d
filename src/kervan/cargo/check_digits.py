"""Check digits of the numbers in a consignment, each by its published rule.

Every function takes the number without its check digit and returns the digit it should end in, or
None where what was given cannot be such a number.
"""

from __future__ import annotations

from collections.abc import Sequence

# Letters count from 10 and leave out the multiples of 11 (ISO 6346:2022, annex A).
_VALUES = {c: v for v, c in enumerate("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ") if c != "?"}
_WEIGHTED = tuple({c: v << place for c, v in _VALUES.items()} for place in range(24))


def iso6346_digit(stem: str) -> str | None:
    """Return the check digit of ISO 6346, annex A.

    Values of the characters times powers of two, summed, modulo 11; ten is written 0. The same sum
    checks container numbers (ten characters), the customs references GRN (sixteen) and MRN
    (seventeen) of the EU's transit.
    """
    total = 0
    try:
        for values, character in zip(_WEIGHTED, stem, strict=False):
            total += values[character]
    except KeyError:
        return None
    return str(total % 11 % 10) if len(stem) <= len(_WEIGHTED) else None


_DOUBLED = {str(d): sum(divmod(2 * d, 10)) for d in range(10)}


def modulo10_digit(stem: str) -> str | None:
    """Return the check digit modulo 10 of a wagon's number, UIC leaflet 438-2, annex 4.

    From the right, the digits are multiplied by 2 and 1 in turn and the digits of the products
    summed; wagons of the 1520 mm railways (eight digits) are checked likewise.
    """
    if not _are_digits(stem):
        return None
    backwards = stem[::-1]
    total = sum(map(_DOUBLED.__getitem__, backwards[::2])) + sum(map(int, backwards[1::2]))
    return str(-total % 10)


def imo_ship_digit(stem: str) -> str | None:
    """Return the check digit of an IMO ship number: six digits times 7 to 2, modulo 10.

    IMO resolution A.1117(30); 907472 gives 9.
    """
    return _weighted(stem, (7, 6, 5, 4, 3, 2), 10) if len(stem) == 6 else None


def vkn_digit(stem: str) -> str | None:
    """Return the check digit of a Turkish tax number, VKN, of nine digits.

    Each digit and its distance from the end are added modulo 10, the sum multiplied by two to the
    power of the distance, modulo 9, where a product that is not nought but divides by 9 counts 9;
    their sum's complement to ten is the digit. (Gelir İdaresi Başkanlığı.)
    """
    if len(stem) != 9 or not _are_digits(stem):
        return None
    total = 0
    for distance, digit in zip(range(9, 0, -1), stem, strict=True):
        shifted = (int(digit) + distance) % 10
        product = shifted * 2**distance
        total += product % 9 or (9 if shifted else 0)
    return str(-total % 10)


def bin_digit(stem: str) -> str | None:
    """Return the check digit of a Kazakh BIN or IIN: eleven digits before it.

    Weights 1 to 11 modulo 11; where that is ten, weights 3 to 11, 1, 2. A number for which the
    second gives ten as well is not given out. (Law of 12 January 2007, No. 223-III, and its rules.)
    """
    if len(stem) != 11 or not _are_digits(stem):
        return None
    digits = [int(c) for c in stem]
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        rest = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
        if rest < 10:
            return str(rest)
    return None


def inn_digits(stem: str) -> str | None:
    """Return the check digits of a Russian INN: one after nine digits, two after ten.

    Weighted sums modulo 11 and then 10. (Federal Tax Service.)
    """
    if len(stem) == 9:
        return _weighted(stem, (2, 4, 10, 3, 5, 9, 4, 6, 8), 11)
    if len(stem) != 10:
        return None
    first = _weighted(stem, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8), 11)
    second = first and _weighted(stem + first, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8), 11)
    return first + second if first and second else None


def _weighted(stem: str, weights: Sequence[int], modulus: int) -> str | None:
    if not _are_digits(stem):
        return None
    total = sum(w * int(d) for w, d in zip(weights, stem, strict=True))
    return str(total % modulus % 10)


def _are_digits(text: str) -> bool:
    # Not isdigit() alone, which other scripts' digits pass.
    return text.isascii() and text.isdigit()

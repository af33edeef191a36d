"""Published code lists: countries (ISO 3166-1), currencies (ISO 4217), commodities (HS 2022).

The lists are the files beside this module, each row naming its source;
``scripts/make_feed_codes.py`` brings them up to date. They are read when first asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Return the English name of every country by its ISO 3166-1 alpha-2 code."""
    return MappingProxyType({row["code"]: row["name"] for row in _rows("countries.csv")})


@lru_cache(maxsize=1)
def currencies() -> Mapping[str, str]:
    """Return the English name of every currency by its ISO 4217 code.

    Gold, special drawing rights and other codes without a minor unit are left out: nobody is paid
    in them.
    """
    return MappingProxyType({row["code"]: row["name"] for row in _rows("currencies.csv")})


def currency_minor_units(code: str) -> int:
    """Return the decimals of a currency's minor unit: 2 for USD, 0 for JPY, 3 for IQD.

    Raises
    ------
    KeyError
        If there is no currency of that code.
    """
    return _minor_units()[code]


@lru_cache(maxsize=1)
def commodities() -> Mapping[str, str]:
    """Return the description of every chapter, heading and subheading of the HS by its code."""
    return MappingProxyType({row["code"]: row["description"] for row in _rows("hs.csv")})


def commodity_exists(code: str) -> bool:
    """Return whether an HS code exists, as far as the HS itself goes.

    The first six digits are international; what follows is each country's own and is not looked
    at, nor are chapters 98 and 99, which the HS leaves to the countries. A code of an odd number of
    digits is judged by those that make a whole level.
    """
    if code[:2] in ("98", "99"):
        return True
    whole = code[: min(6, len(code) - len(code) % 2)]
    return whole in commodities()


@lru_cache(maxsize=1)
def _minor_units() -> Mapping[str, int]:
    return {row["code"]: int(row["minor_units"]) for row in _rows("currencies.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""Published code lists: countries (ISO 3166-1 alpha-2) and currencies (ISO 4217).

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
def _minor_units() -> Mapping[str, int]:
    return {row["code"]: int(row["minor_units"]) for row in _rows("currencies.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

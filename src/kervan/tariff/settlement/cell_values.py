"""What the cells of a table of transports may hold; each reader says what it expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from kervan.feed.nearest import did_you_mean
from kervan.tariff.settlement.table import day_number

_PATTERN = re.compile(r"\w[\w .:/+\-]{0,79}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


def key(text: str) -> int:
    """Check a key; it is looked up elsewhere."""
    if not _PATTERN.fullmatch(text):
        raise ValueError(
            "is no key; begin with a letter or digit and use letters, digits, spaces and . : / + - "
            "_, 80 at most."
        )
    return 0


def day(text: str) -> int:
    """Return the days since 1970-01-01."""
    try:
        if len(text) != 10:
            raise ValueError
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise ValueError("is no day; write it like 2026-11-30.") from None


def boolean(text: str) -> bool:
    """Return whether it is true."""
    if text.lower() not in ("true", "false"):
        raise ValueError("is neither true nor false.")
    return text.lower() == "true"


def choice(known: tuple[str, ...]) -> Callable[[str], int]:
    """Return a reader of one of some words, as its number."""

    def read(text: str) -> int:
        if text not in known:
            raise ValueError(f"is none of {', '.join(known)}. {did_you_mean(text, known, '')}")
        return known.index(text)

    return read


def whole(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise ValueError(f"is no whole number from {least:,} to {most:,}.")
        return int(text)

    return read


def scaled(scale: int, decimals: int, most: int) -> Callable[[str], int]:
    """Return a reader of decimals of zero or more, as whole numbers of their scale."""

    def read(text: str) -> int:
        try:
            exact = Decimal(text) * scale
        except InvalidOperation:
            raise ValueError("is no number; write it like 1234.5.") from None
        if not exact.is_finite() or exact < 0:
            raise ValueError("is negative or no number; give zero or more.")
        if exact > most or exact != int(exact):
            raise ValueError(
                f"has more than {decimals} decimals or is more than {most // scale:,}."
            )
        return int(exact)

    return read

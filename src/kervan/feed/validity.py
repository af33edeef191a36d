"""Validity: the days for which a row holds, both ends included, open where none is given."""

from __future__ import annotations

from datetime import date
from typing import Any


def holds_on(row: Any, day: date) -> bool:
    """Return whether a row with ``valid_from`` and ``valid_to`` is valid on a day."""
    return within(day, row.valid_from, row.valid_to)


def within(day: date, first: date | None, last: date | None) -> bool:
    """Return whether a day lies in a validity."""
    return (first is None or first <= day) and (last is None or day <= last)


def overlap(
    first: date | None, last: date | None, other_first: date | None, other_last: date | None
) -> bool:
    """Return whether two validities have a day in common."""
    start = max((day for day in (first, other_first) if day), default=None)
    end = min((day for day in (last, other_last) if day), default=None)
    return start is None or end is None or start <= end

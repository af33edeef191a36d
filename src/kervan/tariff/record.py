"""What was on record on a day: rows are added, never changed, and a new one supersedes an old.

A tariff has two times. *Valid time* says for which day of carriage a row holds (``valid_from``,
``valid_to``); *recorded time* says from which day on it was known (``recorded_on``). A row is on
record on a day when it had been recorded by then and nothing recorded by then supersedes it. So a
quote given in March is priced again to the cent in September by asking what was on record in
March, and nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from kervan.feed.tables import Rebate, Surcharge, TariffItem

Row = TypeVar("Row", TariffItem, Surcharge, Rebate)


def on_record(rows: Iterable[Row], known_on: date | None) -> list[Row]:
    """Return the rows on record on a day, withdrawals left out.

    Parameters
    ----------
    rows
        Every version ever recorded.
    known_on
        The day; None for today's record, all that has been recorded.
    """
    recorded = [row for row in rows if was_recorded(row, known_on)]
    superseded = {row.supersedes for row in recorded if row.supersedes is not None}
    return [row for row in recorded if key_of(row) not in superseded and not row.is_withdrawal]


def was_recorded(row: Any, known_on: date | None) -> bool:
    """Return whether a row had been put on record by a day."""
    return known_on is None or row.recorded_on is None or row.recorded_on <= known_on


def key_of(row: Any) -> str:
    """Return the key of a tariff item, surcharge or rebate."""
    key: str = getattr(row, type(row).KEY[0])
    return key

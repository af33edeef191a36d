"""The corridor feed: plain tables, read, checked and written.

A feed is a folder or a zip archive of CSV files with a ``datapackage.json`` beside them, or one
Excel workbook. The tables are declared in :mod:`kervan.feed.tables`.

>>> from kervan.feed import check_feed, read_feed_tables
>>> report = check_feed("feeds/middle-corridor")  # doctest: +SKIP
>>> feed = read_feed_tables("feeds/middle-corridor")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kervan.feed.tables import (
    BorderCrossing,
    Calendar,
    CalendarException,
    Call,
    Carrier,
    Closure,
    Demand,
    EmissionFactor,
    ExchangeRate,
    Feed,
    FeedInfo,
    Instrument,
    Link,
    MinuteOfDay,
    Place,
    PublishedFigure,
    Rebate,
    Service,
    Source,
    Surcharge,
    TariffItem,
    Terminal,
    Transfer,
    Zone,
)

if TYPE_CHECKING:
    from kervan.feed.as_of import feed_as_of
    from kervan.feed.check import check_feed
    from kervan.feed.problems import CheckReport, InvalidFeedError, Problem
    from kervan.feed.read import read_feed_tables
    from kervan.feed.write import write_feed

__all__ = [
    "BorderCrossing",
    "Calendar",
    "CalendarException",
    "Call",
    "Carrier",
    "CheckReport",
    "Closure",
    "Demand",
    "EmissionFactor",
    "ExchangeRate",
    "Feed",
    "FeedInfo",
    "Instrument",
    "InvalidFeedError",
    "Link",
    "MinuteOfDay",
    "Place",
    "Problem",
    "PublishedFigure",
    "Rebate",
    "Service",
    "Source",
    "Surcharge",
    "TariffItem",
    "Terminal",
    "Transfer",
    "Zone",
    "check_feed",
    "feed_as_of",
    "read_feed_tables",
    "write_feed",
]

# The reader and its rules take as long to import as a feed takes to read, and most of Kervan
# wants only the row classes.
_ON_DEMAND = {
    "CheckReport": "problems",
    "InvalidFeedError": "problems",
    "Problem": "problems",
    "check_feed": "check",
    "feed_as_of": "as_of",
    "read_feed_tables": "read",
    "write_feed": "write",
}


def __getattr__(name: str) -> Any:
    if name not in _ON_DEMAND:
        raise AttributeError(f"module 'kervan.feed' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"kervan.feed.{_ON_DEMAND[name]}"), name)
    globals()[name] = value
    return value

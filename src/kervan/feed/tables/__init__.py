"""The tables of the corridor feed: one frozen dataclass a table, one field a column.

Everything else that speaks of the format is made from these classes: the reader, the checker, the
``datapackage.json`` descriptor, the Excel workbook and the reference page in the documentation.

Conventions
-----------
- A field without ``None`` in its type is a required column and may not be blank.
- Units stand in the column's name (``_hours``, ``_km``, ``_kg``, ``_deg``, ``_mm``).
- Durations come in pairs, the median ``_p50_hours`` and the 95th percentile ``_p95_hours``.
- Clock times are local to the place of the row; a ``_day`` column counts calendar days from the
  day the service starts (0). Dates are ISO 8601, ``YYYY-MM-DD``.
- Validity is ``valid_from`` to ``valid_to``, both days included; blank means open-ended.
- ``source_id`` names the row of ``sources`` a fact comes from. ``is_estimate`` says the figure is
  ours and not the source's, and ``estimate_basis`` then says how it was made.
- A tuple is written with semicolons: ``KZ;AZ;GE``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kervan.feed.tables.columns import MODES, PATTERNS, STATUSES, MinuteOfDay
from kervan.feed.tables.figures import Demand, EmissionFactor, PublishedFigure
from kervan.feed.tables.places import Place, Terminal, Transfer
from kervan.feed.tables.services import Calendar, CalendarException, Call, Closure, Service
from kervan.feed.tables.sources import Carrier, Instrument, Source
from kervan.feed.tables.tariffs import ExchangeRate, Rebate, Surcharge, TariffItem, Zone
from kervan.feed.tables.ways import BorderCrossing, Link

__all__ = [
    "MODES",
    "PATTERNS",
    "ROW_TYPES",
    "STATUSES",
    "BorderCrossing",
    "Calendar",
    "CalendarException",
    "Call",
    "Carrier",
    "Closure",
    "Demand",
    "EmissionFactor",
    "ExchangeRate",
    "Feed",
    "FeedInfo",
    "Instrument",
    "Link",
    "MinuteOfDay",
    "Place",
    "PublishedFigure",
    "Rebate",
    "Service",
    "Source",
    "Surcharge",
    "TariffItem",
    "Terminal",
    "Transfer",
    "Zone",
]

ROW_TYPES: Mapping[str, type[Any]] = {
    row.TABLE: row
    for row in (
        Source,
        Instrument,
        Carrier,
        Place,
        Terminal,
        Transfer,
        Link,
        BorderCrossing,
        Calendar,
        CalendarException,
        Service,
        Call,
        Closure,
        Zone,
        TariffItem,
        Surcharge,
        Rebate,
        ExchangeRate,
        EmissionFactor,
        Demand,
        PublishedFigure,
    )
}
"""Row class of each table, in the order the tables are written."""


@dataclass(frozen=True)
class FeedInfo:
    """What the descriptor says of the feed as a whole.

    ``valid_from`` and ``valid_to`` are the first and last day the feed means to speak for, both
    included; None where it does not say.
    """

    name: str
    title: str
    version: str
    description: str = ""
    licence: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Feed:
    """A corridor feed in memory: one tuple of rows a table, in the order of the file."""

    info: FeedInfo
    sources: tuple[Source, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    places: tuple[Place, ...] = ()
    terminals: tuple[Terminal, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    links: tuple[Link, ...] = ()
    border_crossings: tuple[BorderCrossing, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    calendar_exceptions: tuple[CalendarException, ...] = ()
    services: tuple[Service, ...] = ()
    calls: tuple[Call, ...] = ()
    closures: tuple[Closure, ...] = ()
    zones: tuple[Zone, ...] = ()
    tariff_items: tuple[TariffItem, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    rebates: tuple[Rebate, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    emission_factors: tuple[EmissionFactor, ...] = ()
    demand: tuple[Demand, ...] = ()
    published_figures: tuple[PublishedFigure, ...] = ()

    def table(self, name: str) -> tuple[Any, ...]:
        """Return the rows of one table.

        Raises
        ------
        KeyError
            If there is no table of that name.
        """
        if name not in ROW_TYPES:
            raise KeyError(name)
        rows: tuple[Any, ...] = getattr(self, name)
        return rows

"""Who says a thing, what allows it, and who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kervan.feed.tables.columns import (
    column,
    identifier,
    source_id,
    valid_from,
    valid_to,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A publication that facts are taken from."""

    TABLE: ClassVar[str] = "sources"
    KEY: ClassVar[tuple[str, ...]] = ("source_id",)

    source_id: str = identifier("Key of the source.")
    title: str = column("Title of the publication, page or data set.")
    publisher: str | None = column("Who published it.", default=None)
    url: str | None = column("Where it can be read.", default=None)
    published_date: date | None = column("Day of publication, where known.", default=None)
    licence: str | None = column("Licence of the data, where stated.", default=None)
    note: str | None = column("Anything a reader should know of it.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A treaty, agreement or memorandum that allows a thing."""

    TABLE: ClassVar[str] = "instruments"
    KEY: ClassVar[tuple[str, ...]] = ("instrument_id",)

    instrument_id: str = identifier("Key of the instrument.")
    title: str = column("Title of the instrument.")
    type: str = column(
        "Kind of instrument.",
        choices=("treaty", "agreement", "memorandum", "protocol", "decision", "convention"),
    )
    parties: tuple[str, ...] = column("Parties, as country codes.", code="country", default=())
    status: str = column(
        "Whether it binds today.", choices=("in_force", "signed", "planned", "lapsed")
    )
    signed_date: date | None = column("Day of signature, where known.", default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    note: str | None = column("What it allows or sets.", default=None)
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A railway, shipping line, road haulier, port or terminal operator."""

    TABLE: ClassVar[str] = "carriers"
    KEY: ClassVar[tuple[str, ...]] = ("carrier_id",)

    carrier_id: str = identifier("Key of the carrier, its usual abbreviation.")
    name: str = column("Full name.")
    type: str = column(
        "What it does.",
        choices=("railway", "ferry", "feeder", "ocean", "road", "terminal", "port", "operator"),
    )
    country: str | None = column("Country of its seat.", code="country", default=None)
    url: str | None = column("Its page.", default=None)
    source_id: str = source_id()

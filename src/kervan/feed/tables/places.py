"""Places, and how cargo changes there from one mode to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kervan.feed.tables.columns import (
    MODES,
    MinuteOfDay,
    column,
    estimate_basis,
    hours,
    identifier,
    is_estimate,
    source_id,
    valid_from,
    valid_to,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place cargo starts from, passes or ends at."""

    TABLE: ClassVar[str] = "places"
    KEY: ClassVar[tuple[str, ...]] = ("place_id",)

    place_id: str = column(
        "UN/LOCODE without the space where there is one (CNXIY); else the country code, a hyphen "
        "and a name (KZ-ALTYNKOL).",
        pattern=r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9\-]+)",
    )
    name: str = column("Name in English.")
    alt_names: tuple[str, ...] = column("Other names and spellings, any script.", default=())
    country: str = column("Country, ISO 3166-1 alpha-2.", code="country")
    latitude_deg: float = column("WGS 84 latitude.", minimum=-90.0, maximum=90.0)
    longitude_deg: float = column("WGS 84 longitude.", minimum=-180.0, maximum=180.0)
    coordinates_basis: str = column(
        "Whose coordinates: UN/LOCODE's, another published source's, or well known.",
        choices=("unlocode", "published", "known"),
    )
    timezone: str = column("IANA time zone.", code="timezone")
    type: str = column(
        "What kind of place.",
        choices=("city", "rail_station", "seaport", "river_port", "border", "dry_port", "airport"),
    )
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where cargo changes from one service to another.

    Cargo changes services only at a place that has a terminal or a row in ``transfers``.
    """

    TABLE: ClassVar[str] = "terminals"
    KEY: ClassVar[tuple[str, ...]] = ("terminal_id",)

    terminal_id: str = identifier("Key of the terminal.")
    place_id: str = column("Place it stands at.", references="places.place_id")
    name: str = column("Name in English.")
    carrier_id: str | None = column("Its operator.", references="carriers.carrier_id", default=None)
    modes: tuple[str, ...] = column("Modes it serves.", choices=MODES)
    dwell_p50_hours: float = column(
        "Median time from arrival of one service to readiness for the next.", minimum=0.0
    )
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    cut_off_hours: float | None = hours(
        "Cargo must be ready this long before a timetabled departure, unless the call says else."
    )
    open_days: tuple[str, ...] = column(
        "Days it handles cargo; blank: every day.",
        choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        default=(),
    )
    opens_local: MinuteOfDay | None = column("Opening time; blank: 00:00.", default=None)
    closes_local: MinuteOfDay | None = column("Closing time; blank: 24:00.", default=None)
    capacity_teu_per_year: float | None = column(
        "Container handling capacity.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column(
        "Cargo handling capacity.", minimum=0.0, default=None
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The dwell of one pair of modes at a place, where it differs from the terminal's own."""

    TABLE: ClassVar[str] = "transfers"
    KEY: ClassVar[tuple[str, ...]] = ("place_id", "from_mode", "to_mode")

    place_id: str = column("Place of the change.", references="places.place_id")
    from_mode: str = column("Mode the cargo comes by.", choices=MODES)
    to_mode: str = column("Mode it goes on by.", choices=MODES)
    dwell_p50_hours: float = column("Median time for the change.", minimum=0.0)
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()

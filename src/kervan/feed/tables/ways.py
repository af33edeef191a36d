"""Links between places, and the borders that lie over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kervan.feed.tables.columns import (
    STATUSES,
    column,
    estimate_basis,
    hours,
    identifier,
    instrument_id,
    is_estimate,
    mode,
    source_id,
    valid_from,
    valid_to,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A stretch of way between two places, in one mode."""

    TABLE: ClassVar[str] = "links"
    KEY: ClassVar[tuple[str, ...]] = ("link_id",)

    link_id: str = identifier("Key of the link.")
    from_place_id: str = column("One end.", references="places.place_id")
    to_place_id: str = column("The other end.", references="places.place_id")
    mode: str = mode()
    distance_km: float = column("Length of the way, not of the crow.", minimum=0.001)
    both_ways: bool = column("Whether it can be used in both directions.", default=True)
    gauge_mm: int | None = column("Track gauge.", minimum=600, maximum=1676, default=None)
    traction: str | None = column(
        "Traction of the line.", choices=("electric", "diesel"), default=None
    )
    status: str = column("Whether it is in use.", choices=STATUSES, default="open")
    capacity_trains_per_day: float | None = column(
        "Trains a day in one direction.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column(
        "Cargo a year, both directions.", minimum=0.0, default=None
    )
    waypoints: str | None = column(
        "Points between the ends, for drawing: 'lon lat;lon lat'.",
        pattern=r"-?\d+(\.\d+)? -?\d+(\.\d+)?(;-?\d+(\.\d+)? -?\d+(\.\d+)?)*",
        default=None,
    )
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCrossing:
    """One direction of a border crossing, laid over the link between its two places.

    Every service that runs over that link in that direction spends this time there, unless its
    call says the border is already in the running time, or it has a timetable.
    """

    TABLE: ClassVar[str] = "border_crossings"
    KEY: ClassVar[tuple[str, ...]] = ("crossing_id",)

    crossing_id: str = identifier("Key of the crossing in this direction.")
    name: str = column("Usual name, leaving side first.")
    from_place_id: str = column("Place on the leaving side.", references="places.place_id")
    to_place_id: str = column("Place on the entering side.", references="places.place_id")
    mode: str = mode()
    dwell_p50_hours: float = column(
        "Median time for controls and handover, gauge change not included.", minimum=0.0
    )
    dwell_p95_hours: float = column("95th percentile of the same.", minimum=0.0)
    gauge_from_mm: int | None = column("Gauge before.", minimum=600, maximum=1676, default=None)
    gauge_to_mm: int | None = column("Gauge after.", minimum=600, maximum=1676, default=None)
    gauge_change_p50_hours: float | None = hours("Median time of the gauge change.")
    gauge_change_p95_hours: float | None = hours("95th percentile of the same.")
    procedure: str | None = column(
        "Customs and consignment note procedure at the crossing.", default=None
    )
    capacity_trains_per_day: float | None = column(
        "Trains a day in this direction.", minimum=0.0, default=None
    )
    capacity_tonnes_per_year: float | None = column("Cargo a year.", minimum=0.0, default=None)
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()

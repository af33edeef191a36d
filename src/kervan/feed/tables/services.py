"""Services: on which days, over which calls, and when not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from kervan.feed.tables.columns import (
    PATTERNS,
    STATUSES,
    MinuteOfDay,
    column,
    equipment,
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
class Calendar:
    """The weekdays and the season a timetable runs on."""

    TABLE: ClassVar[str] = "calendars"
    KEY: ClassVar[tuple[str, ...]] = ("calendar_id",)

    calendar_id: str = identifier("Key of the calendar.")
    monday: bool = column("Runs on Mondays.")
    tuesday: bool = column("Runs on Tuesdays.")
    wednesday: bool = column("Runs on Wednesdays.")
    thursday: bool = column("Runs on Thursdays.")
    friday: bool = column("Runs on Fridays.")
    saturday: bool = column("Runs on Saturdays.")
    sunday: bool = column("Runs on Sundays.")
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarException:
    """A single day added to a calendar or taken from it."""

    TABLE: ClassVar[str] = "calendar_exceptions"
    KEY: ClassVar[tuple[str, ...]] = ("calendar_id", "exception_date")

    calendar_id: str = column("Calendar it changes.", references="calendars.calendar_id")
    exception_date: date = column("The day.")
    type: str = column("Whether the day is added or removed.", choices=("added", "removed"))
    reason: str | None = column("Why.", default=None)
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A regular offer of transport by one carrier, in one mode."""

    TABLE: ClassVar[str] = "services"
    KEY: ClassVar[tuple[str, ...]] = ("service_id",)

    service_id: str = identifier("Key of the service.")
    carrier_id: str = column("Who runs it.", references="carriers.carrier_id")
    name: str = column("Usual name.")
    mode: str = mode()
    pattern: str = column("How it runs.", choices=PATTERNS)
    calendar_id: str | None = column(
        "Days of a timetable.", references="calendars.calendar_id", default=None
    )
    departures_per_week: float | None = column(
        "Departures a week, for a frequency.", minimum=0.001, default=None
    )
    frequency_as_published: str | None = column(
        "The source's own words: 'twice a week', 'leaves when full'.", default=None
    )
    wait_p50_hours: float | None = hours(
        "Median wait from readiness to departure, for when_full and on_demand."
    )
    wait_p95_hours: float | None = hours("95th percentile of the same.")
    capacity_teu: float | None = column(
        "Containers a departure takes, in TEU.", minimum=0.0, default=None
    )
    capacity_wagons: float | None = column("Wagons a departure takes.", minimum=0.0, default=None)
    equipment: tuple[str, ...] = equipment("taken ('2', '4', 'L5', '45R1')")
    dangerous_goods: str = column(
        "Whether dangerous goods are taken.",
        choices=("accepted", "on_request", "refused"),
        default="on_request",
    )
    traction: str | None = column(
        "Traction, where it is not the links'.",
        choices=("electric", "diesel"),
        default=None,
    )
    status: str = column("Whether it runs.", choices=STATUSES, default="open")
    valid_from: date | None = valid_from()
    valid_to: date | None = valid_to()
    instrument_id: str | None = instrument_id()
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A stop of a service, in the order of the way.

    A timetabled service gives days and, where published, clock times. Any other service gives the
    running time from the call before.
    """

    TABLE: ClassVar[str] = "calls"
    KEY: ClassVar[tuple[str, ...]] = ("service_id", "sequence")

    service_id: str = column("The service.", references="services.service_id")
    sequence: int = column("Order of the call; rising along the way.", minimum=0)
    place_id: str = column("Where it calls.", references="places.place_id")
    arrival_day: int | None = column(
        "Timetable: days after the start day, local.", minimum=0, default=None
    )
    arrival_time_local: MinuteOfDay | None = column(
        "Timetable: clock time of arrival; blank: hour unknown.", default=None
    )
    departure_day: int | None = column(
        "Timetable: days after the start day, local.", minimum=0, default=None
    )
    departure_time_local: MinuteOfDay | None = column(
        "Timetable: clock time of departure; blank: hour unknown.", default=None
    )
    run_p50_hours: float | None = hours(
        "Median running time from the departure of the call before."
    )
    run_p95_hours: float | None = hours("95th percentile of the same.")
    dwell_p50_hours: float | None = hours(
        "Median time the service stands here before going on; blank: none."
    )
    dwell_p95_hours: float | None = hours("95th percentile of the same.")
    cut_off_hours: float | None = hours(
        "Cargo must be ready this long before departure; blank: the terminal's."
    )
    can_load: bool = column("Cargo may be loaded here.", default=True)
    can_discharge: bool = column("Cargo may be discharged here.", default=True)
    border_included: bool = column(
        "The running time from the call before already holds the border's time.", default=False
    )
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """Days on which a place, link, crossing or service is shut: a storm, a strike, a decision."""

    TABLE: ClassVar[str] = "closures"
    KEY: ClassVar[tuple[str, ...]] = ("closure_id",)

    closure_id: str = identifier("Key of the closure.")
    subject: str = column("What is shut.", choices=("place", "link", "border_crossing", "service"))
    subject_id: str = column("Key of what is shut, in its own table.")
    valid_from: date = column("First day shut, local to the subject.")
    valid_to: date | None = valid_to()
    reason: str = column("Why.")
    is_estimate: bool = is_estimate()
    estimate_basis: str | None = estimate_basis()
    source_id: str = source_id()

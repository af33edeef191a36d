"""Runs as services: one for every local timetable, with the days it runs on."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kervan.feed.gtfs.days import DaySets, calendar_of, weeks_between
from kervan.feed.gtfs.headways import Window
from kervan.feed.gtfs.naming import Claims, identifier
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.runs import APPROXIMATE, DISCHARGES, INTERPOLATED, LOADS, Minutes, Run
from kervan.feed.gtfs.trips import Trip
from kervan.feed.gtfs.zones import (
    MINUTES_PER_DAY,
    ServiceClocks,
    Steps,
    is_repeated,
    local_minute,
    steps_within,
)
from kervan.feed.tables import (
    Calendar,
    CalendarException,
    Call,
    MinuteOfDay,
    Place,
    Service,
)

_BASES = {
    APPROXIMATE: "approximate in stop_times.txt (timepoint=0)",
    INTERPOLATED: "interpolated between the timed stops around it, by great circle",
}
_HEADWAY_BASIS = (
    "departures a week counted from headway, hours and days of frequencies.txt; running times as "
    "timetabled, the 95th percentile equal to the median"
)


@dataclass(frozen=True, slots=True)
class _Timetable:
    """Calls at local times, whatever the days; what makes two trips the same service."""

    route_id: str
    number: str
    headsign: str
    places: tuple[str, ...]
    flags: tuple[int, ...]
    arrives: bytes
    """Local minutes from midnight of the day the service starts, as int32."""
    departs: bytes


class Services:
    """Collects the timetables of a feed, and writes them as rows."""

    def __init__(
        self, clocks: ServiceClocks, zones: Mapping[str, str], source_id: str, tally: Tally
    ) -> None:
        """Prepare.

        Parameters
        ----------
        clocks
            Local times of the service days.
        zones
            Time zone of each spot, by its ``stop_id``.
        source_id
            Source of every row.
        """
        self._clocks, self._zones, self._source, self._tally = clocks, zones, source_id, tally
        self._days = DaySets()
        self._dated: dict[_Timetable, list[tuple[Trip, int]]] = {}
        self._headway: list[tuple[Trip, Run, list[Window], tuple[int, ...]]] = []
        self._groups: dict[tuple[str, tuple[str, ...], str, tuple[int, ...]], int] = {}
        self._service_ids, self._calendar_ids = Claims(), Claims()
        self._calendar_of: dict[int, str] = {}
        self.calendars: list[Calendar] = []
        self.calendar_exceptions: list[CalendarException] = []
        self.services: list[Service] = []
        self.calls: list[Call] = []

    def add(self, trip: Trip, run: Run, minutes: Minutes, days: tuple[int, ...]) -> None:
        """Add the departures of a trip on the days of its calendar."""
        zone_of = [self._zones[place] for place in run.places]
        zones = tuple(sorted(set(zone_of)))
        row = [zones.index(zone) for zone in zone_of]
        agency_zone = trip.route.agency.zone
        groups = self._clocks.groups(agency_zone, zones, trip.service_id, days)
        earliest, latest = minutes.departs[0], minutes.arrives[-1]
        alike: dict[tuple[Steps, ...], list[int]] = {}
        for k, group in enumerate(groups):
            met = tuple(steps_within(steps, earliest, latest) for steps in group.steps)
            alike.setdefault(met, []).append(k)
        for met, members in alike.items():
            key = (agency_zone, zones, trip.service_id, tuple(members))
            if key not in self._groups:
                joined = sorted(day for k in members for day in groups[k].days)
                self._groups[key] = self._days.add(tuple(joined))
            arrives, departs, repeated = _local(minutes, [met[k] for k in row])
            if repeated:
                count = repeated * len(self._days[self._groups[key]])
                self._tally.add("calls_in_repeated_hour", trip.trip_id, count)
            # Days are counted from the earliest local day, so that none is below zero.
            start = min(*arrives, *departs) // MINUTES_PER_DAY
            moved = start * MINUTES_PER_DAY
            timetable = _Timetable(
                trip.route.route_id,
                trip.number,
                trip.headsign,
                run.places,
                run.flags,
                array("i", [minute - moved for minute in arrives]).tobytes(),
                array("i", [minute - moved for minute in departs]).tobytes(),
            )
            number = self._days.shift(self._groups[key], start)
            if start and timetable not in self._dated:
                self._tally.add("calendars_moved", trip.trip_id)
            self._dated.setdefault(timetable, []).append((trip, number))
        if len(alike) > 1:
            self._tally.add("trips_split_by_clock", trip.trip_id)

    def add_headway(
        self, trip: Trip, run: Run, windows: Sequence[Window], days: tuple[int, ...]
    ) -> None:
        """Add a trip that leaves at a headway, no clock time promised."""
        self._headway.append((trip, run, list(windows), days))
        self._tally.add("headway_services", trip.trip_id)
        self._tally.add("headway_windows", trip.trip_id, len(windows))

    def write(self, places: Mapping[str, Place]) -> None:
        """Make the rows.

        Parameters
        ----------
        places
            Place of each spot, by its ``stop_id``.
        """
        for timetable, members in self._dated.items():
            self._write_dated(timetable, members, places)
        for trip, run, windows, days in self._headway:
            self._write_headway(trip, run, windows, days, places)
        self._dated.clear()

    def _write_dated(
        self,
        timetable: _Timetable,
        members: list[tuple[Trip, int]],
        places: Mapping[str, Place],
    ) -> None:
        trip, number = members[0]
        for other, other_number in members[1:]:
            together = self._days.unite(number, other_number)
            if len(self._days[together]) < len(self._days[number]) + len(self._days[other_number]):
                self._tally.add("identical_trips", other.trip_id)
            elif other.trip_id != trip.trip_id:
                self._tally.add("trips_joined", other.trip_id)
            number = together
        days = self._days[number]
        service_id = self._service_id(trip)
        self.services.append(
            Service(
                service_id=service_id,
                carrier_id=trip.route.agency.carrier_id,
                name=_name(trip),
                mode=_mode(trip),
                pattern="timetable",
                calendar_id=self._calendar(number, trip.service_id),
                valid_from=date.fromordinal(days[0]),
                valid_to=date.fromordinal(days[-1]),
                source_id=self._source,
            )
        )
        arrives, departs = array("i", timetable.arrives), array("i", timetable.departs)
        last = len(timetable.places) - 1
        for k, (place, flags) in enumerate(zip(timetable.places, timetable.flags, strict=True)):
            estimate, basis = _estimate(flags)
            arrival_day, arrival = divmod(arrives[k], MINUTES_PER_DAY)
            departure_day, departure = divmod(departs[k], MINUTES_PER_DAY)
            self.calls.append(
                Call(
                    service_id=service_id,
                    sequence=k + 1,
                    place_id=places[place].place_id,
                    arrival_day=arrival_day if k else None,
                    arrival_time_local=MinuteOfDay(arrival) if k else None,
                    departure_day=departure_day if k < last else None,
                    departure_time_local=MinuteOfDay(departure) if k < last else None,
                    can_load=bool(flags & LOADS),
                    can_discharge=bool(flags & DISCHARGES),
                    is_estimate=estimate,
                    estimate_basis=basis,
                    source_id=self._source,
                )
            )

    def _write_headway(
        self,
        trip: Trip,
        run: Run,
        windows: list[Window],
        days: tuple[int, ...],
        places: Mapping[str, Place],
    ) -> None:
        service_id = self._service_id(trip)
        a_day = sum(len(window.departures) for window in windows)
        self.services.append(
            Service(
                service_id=service_id,
                carrier_id=trip.route.agency.carrier_id,
                name=_name(trip),
                mode=_mode(trip),
                pattern="frequency",
                departures_per_week=max(0.001, round(a_day * len(days) / weeks_between(days), 3)),
                frequency_as_published="; ".join(window.words for window in windows),
                valid_from=date.fromordinal(days[0]),
                valid_to=date.fromordinal(days[-1]),
                is_estimate=True,
                estimate_basis=_HEADWAY_BASIS,
                source_id=self._source,
            )
        )
        last = len(run.places) - 1
        for k, place in enumerate(run.places):
            runs = round((run.arrives[k] - run.departs[k - 1]) / 3600, 4) if k else None
            stands = round((run.departs[k] - run.arrives[k]) / 3600, 4) if 0 < k < last else None
            self.calls.append(
                Call(
                    service_id=service_id,
                    sequence=k + 1,
                    place_id=places[place].place_id,
                    run_p50_hours=runs,
                    run_p95_hours=runs,
                    dwell_p50_hours=stands,
                    dwell_p95_hours=stands,
                    can_load=bool(run.flags[k] & LOADS),
                    can_discharge=bool(run.flags[k] & DISCHARGES),
                    is_estimate=True,
                    estimate_basis=_HEADWAY_BASIS,
                    source_id=self._source,
                )
            )

    def _service_id(self, trip: Trip) -> str:
        wanted = identifier(trip.trip_id)
        if wanted != trip.trip_id:
            self._tally.add("names_in_ascii", trip.trip_id)
        return self._service_ids.claim(wanted)

    def _calendar(self, number: int, service_id: str) -> str:
        if number not in self._calendar_of:
            calendar_id = self._calendar_ids.claim(identifier(service_id))
            self._calendar_of[number] = calendar_id
            calendar, exceptions = calendar_of(self._days[number], calendar_id, self._source)
            self.calendars.append(calendar)
            self.calendar_exceptions.extend(exceptions)
        return self._calendar_of[number]


def _local(minutes: Minutes, steps: Sequence[Steps]) -> tuple[list[int], list[int], int]:
    """Return a run's times on the local clocks, and how many show a repeated hour again.

    A clock time that comes twice is read as the first, so the second is written as the first, but
    never before what went before it: where that fell within the second pass by this zone's clock,
    the first time after the pass is written.
    """
    if not any(changes for _, changes in steps):
        return (
            [t + s[0] for t, s in zip(minutes.arrives, steps, strict=True)],
            [t + s[0] for t, s in zip(minutes.departs, steps, strict=True)],
            0,
        )
    arrives: list[int] = []
    departs: list[int] = []
    repeated = 0
    before: int | None = None
    for arrival, departure, of_zone in zip(minutes.arrives, minutes.departs, steps, strict=True):
        again = False
        for moment, local in ((arrival, arrives), (departure, departs)):
            read_as = moment
            if is_repeated(of_zone, moment):
                again = True
                read_as = moment - _turned_back(of_zone, moment)
            before = read_as if before is None else max(before, read_as)
            if is_repeated(of_zone, before):
                before = _end_of_pass(of_zone, before)
            local.append(local_minute(of_zone, before))
        repeated += again
    return arrives, departs, repeated


def _end_of_pass(steps: Steps, moment: int) -> int:
    return next(at - by for at, by in steps[1] if by < 0 and at <= moment < at - by)


def _turned_back(steps: Steps, moment: int) -> int:
    return next(-by for at, by in steps[1] if by < 0 and at <= moment < at - by)


def _estimate(flags: int) -> tuple[bool, str | None]:
    for flag in (INTERPOLATED, APPROXIMATE):
        if flags & flag:
            return True, _BASES[flag]
    return False, None


def _name(trip: Trip) -> str:
    words = [trip.route.name]
    if trip.number and trip.number not in trip.route.name:
        words.append(trip.number)
    if trip.headsign:
        words.append(f"to {trip.headsign.removeprefix('to ')}")
    return " ".join(words)


def _mode(trip: Trip) -> str:
    assert trip.route.mode is not None  # trips of other modes are not imported
    return trip.route.mode

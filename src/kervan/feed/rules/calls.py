"""Calls: in order, at times that can be, over links that exist."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from kervan.feed.parse import ParsedTable, Tables
from kervan.feed.rules.timetables import Calls, calls_by_service
from kervan.feed.zones import zone

_DAY = 1440
_CLOCK = ("arrival_day", "arrival_time_local", "departure_day", "departure_time_local")
# Days to tell the time zones on where a timetable does not say when it holds: winter and summer.
_ANY_WINTER, _HALF_A_YEAR = date(2026, 1, 15), timedelta(days=182)


def order(tables: Tables) -> None:
    """Calls stand in the file in the order of the way, and each is somewhere else."""
    table = tables["calls"]
    before: dict[str, tuple[int, Any]] = {}
    for line, row in table.sound("service_id", "sequence", "place_id"):
        earlier = before.get(row.service_id)
        before[row.service_id] = (line, row)
        if earlier is None:
            continue
        # A sequence that is repeated is told of as a key given twice.
        if row.sequence < earlier[1].sequence:
            table.problem(
                "calls-out-of-order",
                line,
                "sequence",
                row.sequence,
                f"Call {row.sequence} of {row.service_id} stands after call "
                f"{earlier[1].sequence} on row {earlier[0]}.",
                "Sort the calls of the service by sequence, or correct the sequence.",
            )
        elif row.place_id == earlier[1].place_id:
            table.problem(
                "call-repeated",
                line,
                "place_id",
                row.place_id,
                f"{row.service_id} calls at {row.place_id} twice in a row.",
                "Put arrival and departure into one row, or correct the place.",
            )


def times(tables: Tables) -> None:
    """A timetable gives a day for every call, and no clock runs back."""
    table = tables["calls"]
    services = {row.service_id: row for _, row in tables["services"].sound("service_id", "pattern")}
    calendars = tables["calendars"].by_key()
    zones = _zones(tables)
    for service_id, calls in calls_by_service(tables).items():
        service = services.get(service_id)
        if service is None:
            continue
        if service.pattern != "timetable":
            _without_clock(table, calls, service.pattern)
            continue
        if not _readable(table, calls):
            continue
        _days_given(table, calls)
        starts = _starts(service, calendars.get(service.calendar_id))
        for line, call in calls:
            _stands_forward(table, line, call)
        for (_, here), (line, there) in pairwise(calls):
            at, to = zones.get(here.place_id), zones.get(there.place_id)
            if at is not None and to is not None:
                _runs_forward(table, line, (here, at), (there, to), starts)


def _readable(table: ParsedTable, calls: Calls) -> bool:
    if not table.unread:
        return True
    unread = {table.lines[k] for k, names in table.unread.items() if names & set(_CLOCK)}
    return not any(line in unread for line, _ in calls)


def _zones(tables: Tables) -> dict[str, ZoneInfo]:
    return {
        row.place_id: zone(row.timezone)
        for _, row in tables["places"].sound("place_id", "timezone")
    }


def _starts(service: Any, calendar: Any) -> tuple[date, date]:
    given = [service.valid_from, None if calendar is None else calendar.valid_from]
    first = max((day for day in given if day is not None), default=_ANY_WINTER)
    first = min(first, date(9990, 1, 1))
    return first, first + _HALF_A_YEAR


def _days_given(table: ParsedTable, calls: Calls) -> None:
    for k, (line, call) in enumerate(calls):
        for what in ("arrival", "departure"):
            day, clock = getattr(call, f"{what}_day"), getattr(call, f"{what}_time_local")
            if clock is not None and day is None:
                table.problem(
                    "time-without-day",
                    line,
                    f"{what}_day",
                    None,
                    f"{what}_time_local is given and {what}_day is not.",
                    "Give the day as well: 0 is the day the service starts.",
                )
        leaves, arrives = call.departure_day is not None, call.arrival_day is not None
        if k == 0 and not leaves and call.departure_time_local is None:
            _no_day(table, line, "departure_day", "the first call of a timetable needs a departure")
        elif k == len(calls) - 1 and k and not arrives and call.arrival_time_local is None:
            _no_day(table, line, "arrival_day", "the last call of a timetable needs an arrival")
        elif not (leaves or arrives) and not (call.arrival_time_local or call.departure_time_local):
            _no_day(table, line, "arrival_day", "a call of a timetable needs a day")
        if k == 0 and call.departure_day:
            table.warn(
                "first-day-not-zero",
                line,
                "departure_day",
                call.departure_day,
                f"The service starts on day {call.departure_day}; days are counted from its start.",
                "Count the days of all its calls from the first departure, which is day 0.",
            )


def _no_day(table: ParsedTable, line: int, column: str, why: str) -> None:
    table.problem(
        "timetable-without-days",
        line,
        column,
        None,
        f"There is no {column}: {why}.",
        "Give the day, 0 being the day the service starts; the clock time may stay blank.",
    )


def _stands_forward(table: ParsedTable, line: int, call: Any) -> None:
    if call.arrival_day is None or call.departure_day is None:
        return
    arrives, leaves = _earliest(call, "arrival"), _latest(call, "departure")
    if leaves < arrives:
        table.problem(
            "departs-before-arrival",
            line,
            "departure_time_local" if call.departure_time_local is not None else "departure_day",
            call.departure_time_local
            if call.departure_time_local is not None
            else call.departure_day,
            f"The service leaves {call.place_id} before it arrives there.",
            "Correct the times, or add a day to the departure.",
        )


def _runs_forward(
    table: ParsedTable,
    line: int,
    here: tuple[Any, ZoneInfo],
    there: tuple[Any, ZoneInfo],
    starts: tuple[date, date],
) -> None:
    leaving, at = here
    arriving, to = there
    leaves = _earliest(leaving, "departure" if leaving.departure_day is not None else "arrival")
    what = "arrival" if arriving.arrival_day is not None else "departure"
    arrives = _latest(arriving, what)
    if leaves < 0 or arrives < 0:
        return
    # Only what is impossible in winter and in summer is wrong for certain.
    if all(
        arrives - _offset(to, start, arrives) < leaves - _offset(at, start, leaves)
        for start in starts
    ):
        clock = getattr(arriving, f"{what}_time_local")
        column = f"{what}_time_local" if clock is not None else f"{what}_day"
        table.problem(
            "arrives-before-departure",
            line,
            column,
            getattr(arriving, column),
            f"The service reaches {arriving.place_id} before it has left {leaving.place_id} "
            f"({to.key} and {at.key} allowed for).",
            "Correct the times, or add a day; times are local to each place.",
        )


def _earliest(call: Any, what: str) -> int:
    """Return the earliest minute after the start a call may mean, -1 where no day is given."""
    day, clock = getattr(call, f"{what}_day"), getattr(call, f"{what}_time_local")
    return -1 if day is None else day * _DAY + (clock or 0)


def _latest(call: Any, what: str) -> int:
    """Return the latest minute after the start a call may mean, -1 where no day is given."""
    day, clock = getattr(call, f"{what}_day"), getattr(call, f"{what}_time_local")
    return -1 if day is None else day * _DAY + (_DAY - 1 if clock is None else clock)


def _offset(place: ZoneInfo, start: date, minute: int) -> int:
    try:
        local = datetime.combine(start, time(), place) + timedelta(minutes=minute)
    except OverflowError:
        return 0
    offset = local.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _without_clock(table: ParsedTable, calls: Calls, pattern: str) -> None:
    for line, call in calls:
        for column in _CLOCK:
            if getattr(call, column) is not None:
                table.warn(
                    "pattern-ignores",
                    line,
                    column,
                    getattr(call, column),
                    f"{column} says nothing for a service that runs by {pattern}.",
                    "Give run_p50_hours and run_p95_hours, or make the service a timetable.",
                )
                break


def running_times(tables: Tables) -> None:
    """A service without a timetable says how long it runs from call to call."""
    table = tables["calls"]
    patterns = {
        row.service_id: row.pattern for _, row in tables["services"].sound("service_id", "pattern")
    }
    readable = {line for line, _ in table.sound("run_p50_hours", "run_p95_hours")}
    for service_id, calls in calls_by_service(tables).items():
        if patterns.get(service_id, "timetable") == "timetable":
            continue
        for k, (line, call) in enumerate(calls):
            if k and call.run_p50_hours is None and call.run_p95_hours is None and line in readable:
                table.problem(
                    "no-running-time",
                    line,
                    "run_p50_hours",
                    None,
                    f"There is no running time from {calls[k - 1][1].place_id} to {call.place_id}.",
                    f"Give run_p50_hours and run_p95_hours: {service_id} has no timetable.",
                )
            elif k == 0 and call.run_p50_hours is not None:
                table.warn(
                    "pattern-ignores",
                    line,
                    "run_p50_hours",
                    call.run_p50_hours,
                    "A running time to the first call says nothing: there is no call before it.",
                    "Clear it, or put it into the row it belongs to.",
                )


def ways(tables: Tables) -> None:
    """Consecutive calls are joined by links of the service's mode."""
    table = tables["calls"]
    if tables["links"].unread or tables["links"].missing:
        return  # a link that could not be read may be the one that seems missing
    services = {
        row.service_id: row for _, row in tables["services"].sound("service_id", "mode", "status")
    }
    places = tables["places"].index
    reach = _Reach(tables)
    for service_id, calls in calls_by_service(tables).items():
        service = services.get(service_id)
        if service is None or service.status == "closed":
            continue
        for (_, here), (line, there) in pairwise(calls):
            origin, destination = here.place_id, there.place_id
            if origin == destination or origin not in places or destination not in places:
                continue
            if not reach.joined(service.mode, service.status, origin, destination):
                table.problem(
                    "no-way",
                    line,
                    "place_id",
                    destination,
                    f"No {service.mode} links lead from {origin} to {destination}, which "
                    f"{service_id} runs between.",
                    "Add the link or links, or correct the mode of the service.",
                )


class _Reach:
    """Which places links of a mode join."""

    def __init__(self, tables: Tables) -> None:
        self._next: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for _, link in tables["links"].sound():
            statuses = {"open": ("open", "planned"), "planned": ("planned",)}
            for status in statuses.get(link.status, ()):
                self._next[link.mode, status, link.from_place_id].add(link.to_place_id)
                if link.both_ways:
                    self._next[link.mode, status, link.to_place_id].add(link.from_place_id)
        self._reached: dict[tuple[str, str, str], set[str]] = {}

    def joined(self, mode: str, status: str, origin: str, destination: str) -> bool:
        if destination in self._next.get((mode, status, origin), ()):
            return True
        key = (mode, status, origin)
        if key not in self._reached:
            reached, waiting = {origin}, [origin]
            while waiting:
                for place in self._next.get((mode, status, waiting.pop()), ()):
                    if place not in reached:
                        reached.add(place)
                        waiting.append(place)
            self._reached[key] = reached
        return destination in self._reached[key]

"""Services: what each pattern needs, and days on which a timetable runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from kervan.feed.parse import ParsedTable, Tables
from kervan.feed.rules.validity import WEEKDAYS, runs_between
from kervan.feed.validity import overlap, within

_NEEDED = {
    "timetable": ("calendar_id", "Name the calendar of its days."),
    "frequency": ("departures_per_week", "Say how many departures a week there are."),
    "when_full": ("wait_p50_hours", "Give wait_p50_hours and wait_p95_hours."),
    "on_demand": ("wait_p50_hours", "Give wait_p50_hours and wait_p95_hours."),
}
_UNUSED = ("calendar_id", "departures_per_week", "wait_p50_hours")


def patterns(tables: Tables) -> None:
    """A service gives what its pattern needs, and at least two calls."""
    table = tables["services"]
    for line, row in table.sound("pattern", *_UNUSED):
        needed, mending = _NEEDED[row.pattern]
        if getattr(row, needed) is None:
            table.problem(
                "pattern-incomplete",
                line,
                needed,
                None,
                f"A service that runs by {row.pattern} needs {needed}.",
                mending,
            )
        for name in _UNUSED:
            # A frequency may state the wait it was seen to give.
            used = name == needed or (row.pattern == "frequency" and name.startswith("wait"))
            if not used and getattr(row, name) is not None:
                table.warn(
                    "pattern-ignores",
                    line,
                    name,
                    getattr(row, name),
                    f"{name} says nothing for a service that runs by {row.pattern}.",
                    "Clear it, or correct the pattern.",
                )
    _enough_calls(tables)


def _enough_calls(tables: Tables) -> None:
    table, calls = tables["services"], tables["calls"]
    count: dict[str, int] = defaultdict(int)
    for _, call in calls.sound("service_id"):
        count[call.service_id] += 1
    if sum(count.values()) < len(calls.rows):
        return  # a call whose service could not be read may be the one that seems missing
    for line, row in table.sound("service_id"):
        if count[row.service_id] < 2:
            table.problem(
                "too-few-calls",
                line,
                "service_id",
                row.service_id,
                f"The service has {'one call' if count[row.service_id] else 'no calls'}; it needs "
                "two to go anywhere.",
                "Add its calls to calls.csv.",
            )


def days(tables: Tables) -> None:
    """A timetable has a day on which it runs."""
    table = tables["services"]
    by_key = tables["calendars"].by_key()
    added: dict[str, list[date]] = defaultdict(list)
    for _, row in tables["calendar_exceptions"].sound("calendar_id", "exception_date", "type"):
        if row.type == "added":
            added[row.calendar_id].append(row.exception_date)
    for line, row in table.sound("pattern", "calendar_id", "valid_from", "valid_to"):
        calendar = by_key.get(row.calendar_id)
        if row.pattern == "timetable" and calendar is not None:
            _runs_ever(table, line, row, calendar, added[row.calendar_id])


def _runs_ever(table: ParsedTable, line: int, row: Any, calendar: Any, added: list[date]) -> None:
    if any(getattr(calendar, day) is None for day in WEEKDAYS):
        return
    if any(within(day, row.valid_from, row.valid_to) for day in added):
        return
    first = max((d for d in (row.valid_from, calendar.valid_from) if d), default=None)
    last = min((d for d in (row.valid_to, calendar.valid_to) if d), default=None)
    if not runs_between(calendar, calendar.valid_from, calendar.valid_to):
        return  # told of the calendar already
    if (row.valid_from and row.valid_to and row.valid_to < row.valid_from) or runs_between(
        calendar, first, last
    ):
        return
    apart = not overlap(row.valid_from, row.valid_to, calendar.valid_from, calendar.valid_to)
    table.problem(
        "never-runs",
        line,
        "calendar_id",
        row.calendar_id,
        f"The service never runs: its validity and that of calendar {row.calendar_id} have no "
        f"{'day' if apart else 'running day'} in common.",
        "Correct one of the validities, or name another calendar.",
    )

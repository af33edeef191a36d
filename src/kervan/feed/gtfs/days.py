"""Service days: calendars read, sets of days counted and written as calendars again."""

from __future__ import annotations

from datetime import date, timedelta

from kervan.errors import FeedError
from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.values import Columns, day, new, plain, whole
from kervan.feed.tables import Calendar, CalendarException

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_YEARS = 50
"""A calendar longer than this is taken for one that means "for ever"."""

Days = tuple[int, ...]
"""Ordinals of days, ascending."""


def read_calendars(archive: Archive, options: Options, tally: Tally) -> dict[str, Days]:
    """Return the days of every ``service_id``, calendar and exceptions together.

    Raises
    ------
    FeedError
        If neither file is there, a row is not sound, or a calendar runs for too many years.
    """
    if "calendar.txt" not in archive and "calendar_dates.txt" not in archive:
        raise FeedError(
            f"{archive.path} has neither calendar.txt nor calendar_dates.txt, so no trip has a "
            "day; GTFS requires one of them."
        )
    first = options.first_day.toordinal() if options.first_day else date.min.toordinal()
    last = options.last_day.toordinal() if options.last_day else date.max.toordinal()
    days: dict[str, set[int]] = {}
    if "calendar.txt" in archive:
        _read_weekly(archive, first, last, days, tally)
    if "calendar_dates.txt" in archive:
        _read_exceptions(archive, first, last, days, tally)
    return {service_id: tuple(sorted(found)) for service_id, found in days.items()}


def _read_weekly(
    archive: Archive, first: int, last: int, days: dict[str, set[int]], tally: Tally
) -> None:
    with archive.open("calendar.txt") as table:
        columns = Columns(table)
        key = columns("service_id", required=True)
        week = [columns(name, required=True) for name in WEEKDAYS]
        begins, ends = columns("start_date", required=True), columns("end_date", required=True)
        for row in table:
            service_id = plain(key(row))
            new(service_id, days, table, "service_id")
            runs = [
                whole(cell(row), table, name, most=1) == 1
                for cell, name in zip(week, WEEKDAYS, strict=True)
            ]
            start, end = day(begins(row), table, "start_date"), day(ends(row), table, "end_date")
            if end < start:
                raise table.problem("end_date is before start_date; exchange them.")
            low, high = max(start, first), min(end, last)
            if high - low > LONGEST_YEARS * 366:
                raise table.problem(
                    f"the calendar runs for more than {LONGEST_YEARS} years; say which days to "
                    "import with --from and --to."
                )
            # Ordinal 1 was a Monday.
            days[service_id] = {d for d in range(low, high + 1) if runs[(d - 1) % 7]}
            outside = _running(runs, start, end) - len(days[service_id])
            if outside:
                tally.add("days_not_asked_for", service_id, outside)
        tally.rows_read["calendar.txt"] = len(days)
        columns.tell_unused(tally)


def _running(runs: list[bool], start: int, end: int) -> int:
    weeks, rest = divmod(end - start + 1, 7)
    return weeks * sum(runs) + sum(runs[(start - 1 + k) % 7] for k in range(rest))


def _read_exceptions(
    archive: Archive, first: int, last: int, days: dict[str, set[int]], tally: Tally
) -> None:
    rows = 0
    seen: dict[str, set[int]] = {}
    with archive.open("calendar_dates.txt") as table:
        columns = Columns(table)
        key, when = columns("service_id", required=True), columns("date", required=True)
        kind = columns("exception_type", required=True)
        for row in table:
            rows += 1
            service_id = plain(key(row))
            if not service_id:
                raise table.problem("service_id is blank; say whose day it is.")
            at = day(when(row), table, "date")
            change = kind(row)
            if change not in ("1", "2"):
                raise table.problem(
                    f"exception_type is {change!r}; expected 1 (added) or 2 (removed)."
                )
            if at in seen.setdefault(service_id, set()):
                raise table.problem(
                    f"{service_id!r} has an exception on that day in an earlier row too; keep one."
                )
            seen[service_id].add(at)
            running = days.setdefault(service_id, set())
            if not first <= at <= last:
                if change == "1":
                    tally.add("days_not_asked_for", service_id)
            elif change == "1":
                running.add(at)
            else:
                running.discard(at)
        tally.rows_read["calendar_dates.txt"] = rows
        columns.tell_unused(tally)


class DaySets:
    """Sets of days, each kept once and named by a number."""

    def __init__(self) -> None:
        self._number: dict[Days, int] = {}
        self._sets: list[Days] = []
        self._shifted: dict[tuple[int, int], int] = {}
        self._united: dict[tuple[int, int], int] = {}

    def __getitem__(self, number: int) -> Days:
        return self._sets[number]

    def add(self, days: Days) -> int:
        """Return the number of a set of days."""
        number = self._number.setdefault(days, len(self._sets))
        if number == len(self._sets):
            self._sets.append(days)
        return number

    def shift(self, number: int, by: int) -> int:
        """Return the number of the set moved by some days."""
        if by == 0:
            return number
        key = (number, by)
        if key not in self._shifted:
            self._shifted[key] = self.add(tuple(d + by for d in self._sets[number]))
        return self._shifted[key]

    def unite(self, one: int, other: int) -> int:
        """Return the number of the union of two sets."""
        if one == other:
            return one
        key = (one, other)
        if key not in self._united:
            union = set(self._sets[one]) | set(self._sets[other])
            self._united[key] = self.add(tuple(sorted(union)))
        return self._united[key]


def calendar_of(
    days: Days, calendar_id: str, source_id: str
) -> tuple[Calendar, list[CalendarException]]:
    """Return a set of days as a calendar with the fewest exceptions."""
    first, last = days[0], days[-1]
    ran = [0] * 7
    for at in days:
        ran[(at - 1) % 7] += 1
    there = [(last - first - (k - (first - 1)) % 7) // 7 + 1 for k in range(7)]
    runs = [2 * ran[k] > there[k] for k in range(7)]
    running = set(days)
    changes = [
        CalendarException(
            calendar_id=calendar_id,
            exception_date=date.fromordinal(at),
            type="added" if at in running else "removed",
            source_id=source_id,
        )
        for at in range(first, last + 1)
        if (at in running) != runs[(at - 1) % 7]
    ]
    calendar = Calendar(
        calendar_id=calendar_id,
        **dict(zip(WEEKDAYS, runs, strict=True)),
        valid_from=date.fromordinal(first),
        valid_to=date.fromordinal(last),
        source_id=source_id,
    )
    return calendar, changes


def weeks_between(days: Days) -> float:
    """Return how many weeks a set of days spans, at least one."""
    span = timedelta(days=days[-1] - days[0] + 1)
    return max(1.0, span / timedelta(weeks=1))

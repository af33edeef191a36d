"""GTFS times and corridor-feed times in UTC, each straight from its definition."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kervan.feed.tables import Call, Feed, Service
from kervan.network.clock import day_number
from kervan.network.timetables import departures, service_days


def gtfs_moment(day: date, seconds: int, zone: str) -> datetime:
    """Return noon of the day less twelve hours, and the GTFS time later, in UTC."""
    noon = datetime.combine(day, time(12), ZoneInfo(zone)).astimezone(UTC)
    return noon - timedelta(hours=12) + timedelta(seconds=seconds)


def dated_runs(feed: Feed, first: date, last: date) -> dict[str, list[tuple[tuple[int, int], ...]]]:
    """Return arrival and departure (minutes since 1970) at each call of every dated departure."""
    calendars = {row.calendar_id: row for row in feed.calendars}
    zones = {place.place_id: place.timezone for place in feed.places}
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in feed.calls:
        calls[call.service_id].append(call)
    found: dict[str, list[tuple[tuple[int, int], ...]]] = {}
    for service in feed.services:
        if service.pattern == "timetable":
            way = tuple(sorted(calls[service.service_id], key=lambda c: c.sequence))
            days = service_days(
                service,
                calendars[service.calendar_id or ""],
                [e for e in feed.calendar_exceptions if e.calendar_id == service.calendar_id],
                day_number(first) - 3,
                day_number(last) + 3,
            )
            run = departures(days, way, tuple(zones[c.place_id] for c in way), (0,) * len(way))
            both = np.stack([run.arrives, run.departs], axis=2)
            found[service.service_id] = [
                tuple((int(a), int(d)) for a, d in both[:, k]) for k in range(len(run))
            ]
    return found


def service_named(feed: Feed, service_id: str) -> Service:
    return next(s for s in feed.services if s.service_id == service_id)


def calls_named(feed: Feed, service_id: str) -> list[Call]:
    return [c for c in feed.calls if c.service_id == service_id]

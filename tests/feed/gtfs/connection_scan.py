"""Earliest arrivals straight from GTFS files, by scanning every connection once.

After Dibbelt, Pajor, Strasser and Wagner, "Intriguingly simple and fast transit routing" (2013).
It knows nothing of the corridor feed: files in, minutes out.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kervan.network.clock import minute_of
from tests.feed.gtfs.clock import gtfs_moment

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Connection:
    departs: int
    arrives: int
    origin: str
    destination: str
    trip: tuple[str, date]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / f"{name}.txt"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def connections(folder: Path, first: date, last: date) -> list[Connection]:
    """Return every connection of trips of the days from first to last, by departure."""
    zone = rows(folder, "agency")[0]["agency_timezone"]
    station = {s["stop_id"]: s.get("parent_station") or s["stop_id"] for s in rows(folder, "stops")}
    at_headway = {row["trip_id"] for row in rows(folder, "frequencies")}
    stops: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows(folder, "stop_times"):
        stops[row["trip_id"]].append(row)
    running = _running(folder)
    found = []
    span = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    for trip in rows(folder, "trips"):
        if trip["trip_id"] in at_headway:
            continue
        way = sorted(stops[trip["trip_id"]], key=lambda row: int(row["stop_sequence"]))
        for day in span:
            if day not in running[trip["service_id"]]:
                continue
            moments = [
                tuple(
                    minute_of(gtfs_moment(day, _seconds(row[c]), zone))
                    for c in ("arrival_time", "departure_time")
                )
                for row in way
            ]
            found.extend(
                Connection(
                    moments[k][1],
                    moments[k + 1][0],
                    station[way[k]["stop_id"]],
                    station[way[k + 1]["stop_id"]],
                    (trip["trip_id"], day),
                )
                for k in range(len(way) - 1)
            )
    return sorted(found, key=lambda c: (c.departs, c.arrives))


def _running(folder: Path) -> dict[str, set[date]]:
    running: dict[str, set[date]] = defaultdict(set)
    for row in rows(folder, "calendar"):
        day, end = _day(row["start_date"]), _day(row["end_date"])
        while day <= end:
            if row[WEEK[day.weekday()]] == "1":
                running[row["service_id"]].add(day)
            day += timedelta(days=1)
    for row in rows(folder, "calendar_dates"):
        change = running[row["service_id"]]
        (change.add if row["exception_type"] == "1" else change.discard)(_day(row["date"]))
    return running


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _seconds(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def earliest_arrivals(
    scanned: list[Connection], origin: str, ready: int, change_minutes: int
) -> dict[str, int]:
    """Return the earliest arrival at each station that can be reached."""
    reached = {origin: ready}
    aboard: set[tuple[str, date]] = set()
    for c in scanned:
        if c.origin in reached:
            boards_at = reached[c.origin] + (0 if c.origin == origin else change_minutes)
            if boards_at <= c.departs:
                aboard.add(c.trip)
        if c.trip in aboard and c.arrives < reached.get(c.destination, c.arrives + 1):
            reached[c.destination] = c.arrives
    return reached

"""Searches by trying everything, written from the feed's rows and nothing of the network's code.

Slow, plain and independent: what the compiled search must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kervan.feed.tables import Call, Feed, Service

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR = 10**9
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minutes(moment: datetime) -> int:
    return int((moment - EPOCH).total_seconds()) // 60


@dataclass(frozen=True)
class Hop:
    """A ride on one service between two of its calls, by position."""

    service: str
    board: int
    alight: int


class BruteForce:
    def __init__(self, feed: Feed, first: date, last: date) -> None:
        self.feed, self.first, self.last = feed, first, last
        self.services: dict[str, Service] = {s.service_id: s for s in feed.services}
        self.calls: dict[str, list[Call]] = {
            s.service_id: sorted(
                (c for c in feed.calls if c.service_id == s.service_id), key=lambda c: c.sequence
            )
            for s in feed.services
        }
        self.zone = {p.place_id: ZoneInfo(p.timezone) for p in feed.places}
        self.hops = [
            Hop(s.service_id, i, j)
            for s in feed.services
            for i, here in enumerate(self.calls[s.service_id])
            for j, there in enumerate(self.calls[s.service_id])
            if i < j and here.can_load and there.can_discharge
        ]
        self.is_open_at = lru_cache(maxsize=None)(self._is_open_at)
        self.departures_of = lru_cache(maxsize=None)(self._departures_of)

    # Time and opening hours, minute by minute in local time.

    def local(self, place_id: str, minute: int) -> datetime:
        return (EPOCH + timedelta(minutes=minute)).astimezone(self.zone[place_id])

    def shut(self, subject: str, subject_id: str, place_id: str, minute: int) -> bool:
        day = self.local(place_id, minute).date()
        return any(
            row.subject == subject
            and row.subject_id == subject_id
            and row.valid_from <= day
            and (row.valid_to is None or day <= row.valid_to)
            for row in self.feed.closures
        )

    def _is_open_at(self, place_id: str, mode: str, minute: int) -> bool:
        if self.shut("place", place_id, place_id, minute):
            return False
        serving = [t for t in self.feed.terminals if t.place_id == place_id and mode in t.modes]
        if not serving:
            return True
        local = self.local(place_id, minute)
        clock = local.hour * 60 + local.minute
        return any(
            (not t.open_days or DAYS[local.weekday()] in t.open_days)
            and (t.opens_local or 0) <= clock
            and clock < (1440 if t.closes_local is None else t.closes_local)
            for t in serving
        )

    def opens(self, place_id: str, mode: str, minute: int) -> int:
        for later in range(minute, minute + 60 * 24 * 60, 1 if minute % 60 else 60):
            if self.is_open_at(place_id, mode, later):
                return later
            if later % 60:
                # Nothing opens but on the hour.
                return self.opens(place_id, mode, later + 60 - later % 60)
        return FAR

    # Links and services.

    def link_of(self, service: Service, k: int):
        here = self.calls[service.service_id][k].place_id
        there = self.calls[service.service_id][k + 1].place_id
        for link in self.feed.links:
            if link.mode == service.mode and {link.from_place_id, link.to_place_id} == {
                here,
                there,
            }:
                return link
        raise AssertionError("every section of a test corridor has its own link")

    def crossing_of(self, service: Service, k: int):
        here = self.calls[service.service_id][k].place_id
        there = self.calls[service.service_id][k + 1].place_id
        for row in self.feed.border_crossings:
            if (row.from_place_id, row.to_place_id, row.mode) == (here, there, service.mode):
                return row
        return None

    def _departures_of(self, service_id: str) -> list[tuple[list[int], list[int], list[int]]]:
        """Return (board by, departs, arrives) of every departure, one entry a call."""
        service, calls = self.services[service_id], self.calls[service_id]
        calendar = next(c for c in self.feed.calendars if c.calendar_id == service.calendar_id)
        weekdays = [
            calendar.monday,
            calendar.tuesday,
            calendar.wednesday,
            calendar.thursday,
            calendar.friday,
            calendar.saturday,
            calendar.sunday,
        ]
        found = []
        day = self.first - timedelta(days=10)
        while day <= self.last:
            runs = weekdays[day.weekday()]
            for exception in self.feed.calendar_exceptions:
                if exception.calendar_id == service.calendar_id and exception.exception_date == day:
                    runs = exception.type == "added"
            if runs:
                departure = self._on(service, calls, day)
                if departure is not None:
                    found.append(departure)
            day += timedelta(days=1)
        return found

    def _on(
        self, service: Service, calls: list[Call], day: date
    ) -> tuple[list[int], list[int], list[int]] | None:
        board, departs, arrives = [], [], []
        for call in calls:
            arrive = self._at(call.place_id, day, call.arrival_day, call.arrival_time_local)
            depart = self._at(call.place_id, day, call.departure_day, call.departure_time_local)
            arrives.append(depart if arrive is None else arrive)
            departs.append(arrives[-1] if depart is None else depart)
            stated = [
                t.cut_off_hours
                for t in self.feed.terminals
                if t.place_id == call.place_id
                and service.mode in t.modes
                and t.cut_off_hours is not None
            ]
            cut_off = int(min(stated) * 60) if stated else 0
            shut = self.shut("place", call.place_id, call.place_id, departs[-1])
            board.append(-FAR if depart is None or shut else departs[-1] - cut_off)
        for k in range(len(calls) - 1):
            link = self.link_of(service, k)
            for minute in range(departs[k], arrives[k + 1], 60):
                if self.shut("link", link.link_id, link.from_place_id, minute) or self.shut(
                    "service", service.service_id, calls[0].place_id, minute
                ):
                    return None
        return board, departs, arrives

    def _at(self, place_id: str, day: date, offset: int | None, clock: int | None) -> int | None:
        if offset is None:
            return None
        assert clock is not None
        on = day + timedelta(days=offset)
        wall = datetime(on.year, on.month, on.day, tzinfo=self.zone[place_id]).replace(
            hour=clock // 60, minute=clock % 60
        )
        return minutes(wall.astimezone(UTC))

    def runs_at(self, service: Service, minute: int) -> bool:
        """Tell whether a rolling service can be boarded."""
        first_place = self.calls[service.service_id][0].place_id
        day = self.local(first_place, minute).date()
        if service.valid_from is not None and day < service.valid_from:
            return False
        if self.shut("service", service.service_id, first_place, minute):
            return False
        return not any(
            self.shut("link", link.link_id, link.from_place_id, minute)
            for k in range(len(self.calls[service.service_id]) - 1)
            for link in [self.link_of(service, k)]
        )

    def ride(self, hop: Hop, ready: int) -> int:
        """Return the arrival of the first ride that can be had, FAR if none."""
        service, calls = self.services[hop.service], self.calls[hop.service]
        here, there = calls[hop.board].place_id, calls[hop.alight].place_id
        if service.pattern == "timetable":
            arrivals = [
                arrives[hop.alight]
                for board, _, arrives in self.departures_of(hop.service)
                if board[hop.board] >= ready
            ]
            arrival = min(arrivals, default=FAR)
        else:
            leaves = self.opens(here, service.mode, ready)
            while leaves < FAR and not self.runs_at(service, leaves):
                leaves += 60 - leaves % 60
                if leaves > ready + 60 * 24 * 60:
                    leaves = FAR
            if leaves >= FAR:
                return FAR
            hours = service.wait_p50_hours or 0.0
            if service.departures_per_week is not None:
                hours = 7 * 24 / service.departures_per_week / 2
            for k in range(hop.board, hop.alight):
                hours += calls[k + 1].run_p50_hours or 0.0
                crossing = self.crossing_of(service, k)
                if crossing is not None:
                    hours += crossing.dwell_p50_hours
            arrival = leaves + round(hours * 60)
        return FAR if arrival >= FAR else self.opens(there, service.mode, arrival)

    def dwell(self, place_id: str, from_mode: str, to_mode: str) -> int | None:
        for row in self.feed.transfers:
            if (row.place_id, row.from_mode, row.to_mode) == (place_id, from_mode, to_mode):
                return round(row.dwell_p50_hours * 60)
        for terminal in self.feed.terminals:  # a test place has at most one
            if terminal.place_id == place_id:
                if from_mode in terminal.modes and to_mode in terminal.modes:
                    return round(terminal.dwell_p50_hours * 60)
                return None
        return None

    def arrival(self, hops: tuple[Hop, ...], hand_over: int) -> int:
        """Return the arrival of riding hops one after the other."""
        first = hops[0]
        mode = self.services[first.service].mode
        ready = self.opens(self.calls[first.service][first.board].place_id, mode, hand_over)
        arrival = ready
        for k, hop in enumerate(hops):
            if k:
                before = hops[k - 1]
                here = self.calls[hop.service][hop.board].place_id
                dwell = self.dwell(
                    here, self.services[before.service].mode, self.services[hop.service].mode
                )
                if dwell is None:
                    return FAR
                ready = arrival + dwell
            if ready >= FAR:
                return FAR
            arrival = self.ride(hop, ready)
        return arrival

    def ways(self, origin: str, destination: str, most: int) -> Iterator[tuple[Hop, ...]]:
        """Yield every sequence of at most so many hops."""
        queue: list[tuple[Hop, ...]] = [()]
        while queue:
            way = queue.pop()
            at = origin if not way else self.calls[way[-1].service][way[-1].alight].place_id
            if way and at == destination:
                yield way
                continue
            if len(way) == most:
                continue
            queue.extend(
                (*way, hop)
                for hop in self.hops
                if self.calls[hop.service][hop.board].place_id == at
            )

    def pareto(
        self,
        origin: str,
        destination: str,
        opens: int,
        closes: int,
        most: int,
        price: Callable[[Hop], int],
        emission: Callable[[Hop], int],
    ) -> set[tuple[int, int, int, int, int]]:
        """Return the vectors (hand-over, arrival, price, emission, hops) nothing dominates."""
        hours = {*range(opens, closes + 1, 60)}
        last_minutes = {hour - 1 for hour in hours if hour - 1 >= opens}
        vectors = set()
        for way in self.ways(origin, destination, most):
            cost = sum(price(hop) for hop in way)
            grams = sum(emission(hop) for hop in way)
            dated = self.services[way[0].service].pattern == "timetable"
            moments = hours | last_minutes if dated else set(range(opens, closes + 1, 1440))
            for moment in moments:
                arrival = self.arrival(way, moment)
                if arrival < FAR:
                    vectors.add((moment, arrival, cost, grams, len(way)))
        return {
            v
            for v in vectors
            if not any(
                w != v and w[0] >= v[0] and all(a <= b for a, b in zip(w[1:], v[1:], strict=True))
                for w in vectors
            )
        }

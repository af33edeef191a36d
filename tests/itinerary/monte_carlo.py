"""Riding itineraries and following strategies many times over, with dice.

Written from the feed's rows: opening hours, departures and durations come from the brute force and
the tables, continuous durations are drawn by numpy, and nothing of the grid's code is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kervan.feed.tables import Service
from tests.itinerary.brute_force import FAR, BruteForce, Hop

Z95 = 1.6448536269514722


def lognormal(rng: np.random.Generator, p50: float | None, p95: float | None, size: int):
    """Draw hours of a median and a 95th percentile."""
    p50 = p50 or 0.0
    if p50 <= 0 or p95 is None or p95 <= p50:
        return np.full(size, p50)
    return p50 * np.exp(np.log(p95 / p50) / Z95 * rng.standard_normal(size))


@dataclass
class Ridden:
    """What happened: minutes, one entry a sample; FAR where the cargo never arrived."""

    arrival: np.ndarray
    ready: list[np.ndarray]
    """Ready to board each hop."""
    departure: list[np.ndarray]
    """Minute of the departure taken, or NaN on a rolling service."""


class MonteCarlo:
    """The random corridor of a feed (a test corridor: see the brute force for what that means)."""

    def __init__(self, brute: BruteForce, seed: int) -> None:
        self.brute, self.feed = brute, brute.feed
        self.rng = np.random.default_rng(seed)
        self._dock_turns = lru_cache(maxsize=None)(self._dock_turns_of)
        self._service_turns = lru_cache(maxsize=None)(self._service_turns_of)

    def ride(self, hops: tuple[Hop, ...], hand_over: int, size: int) -> Ridden:
        """Ride hops one after the other from the hand-over."""
        first = hops[0]
        here = self.brute.calls[first.service][first.board].place_id
        arrival = self.opens(here, self.mode(first), np.full(size, float(hand_over)))
        ready, departure = [], []
        for k, hop in enumerate(hops):
            if k:
                here = self.brute.calls[hop.service][hop.board].place_id
                arrival = arrival + self.dwell(here, self.mode(hops[k - 1]), self.mode(hop), size)
            ready.append(arrival)
            arrival, left = self.board(hop, arrival)
            departure.append(left)
        return Ridden(arrival, ready, departure)

    def mode(self, hop: Hop) -> str:
        return self.brute.services[hop.service].mode

    def board(self, hop: Hop, ready: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return arrivals, and the departures taken, of cargo ready at some minutes."""
        service, calls = self.brute.services[hop.service], self.brute.calls[hop.service]
        if service.pattern == "timetable":
            arrival, left = self.take(hop, ready)
        else:
            leaves = self.opens(calls[hop.board].place_id, service.mode, ready)
            starts, ends = self._service_turns(hop.service)
            leaves = _first_open(leaves, starts, ends)
            left = np.full(len(ready), np.nan)
            arrival = leaves + self.rolling_minutes(service, hop, len(ready))
        return self.opens(calls[hop.alight].place_id, service.mode, arrival), left

    def take(self, hop: Hop, ready: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take the departure planned to arrive first of those that can be caught."""
        rows = sorted(
            (board[hop.board], arrives[hop.alight], departs[hop.board], k)
            for k, (board, departs, arrives) in enumerate(self.brute.departures_of(hop.service))
            if board[hop.board] > -FAR
        )
        arrival = np.full(len(ready), float(FAR))
        left = np.full(len(ready), float(FAR))
        before = -np.inf
        for board_by, *_ in rows:
            now = (ready > before) & (ready <= board_by)
            before = board_by
            if not now.any():
                continue
            _, departs, k = min(row[1:] for row in rows if row[0] >= board_by)
            left[now] = departs
            arrival[now] = departs + self.dated_minutes(hop, k, int(now.sum()))
        return arrival, left

    def dated_minutes(self, hop: Hop, k: int, size: int) -> np.ndarray:
        calls = self.brute.calls[hop.service]
        _, departs, arrives = self.brute.departures_of(hop.service)[k]
        total = np.zeros(size)
        for at in range(hop.board, hop.alight):
            if at > hop.board:
                total += departs[at] - arrives[at]
            planned = (arrives[at + 1] - departs[at]) / 60
            call = calls[at + 1]
            spread = 0.0
            if call.run_p50_hours and call.run_p95_hours:
                spread = max(0.0, call.run_p95_hours - call.run_p50_hours)
            total += 60 * lognormal(self.rng, planned, planned + spread, size)
        return total

    def rolling_minutes(self, service: Service, hop: Hop, size: int) -> np.ndarray:
        calls = self.brute.calls[hop.service]
        if service.departures_per_week is not None and service.wait_p50_hours is None:
            total = self.rng.uniform(0, 7 * 24 / service.departures_per_week, size)
        else:
            total = lognormal(self.rng, service.wait_p50_hours, service.wait_p95_hours, size)
        for k in range(hop.board, hop.alight):
            if k > hop.board:
                call = calls[k]
                total = total + lognormal(
                    self.rng, call.dwell_p50_hours, call.dwell_p95_hours, size
                )
            call = calls[k + 1]
            total = total + lognormal(self.rng, call.run_p50_hours, call.run_p95_hours, size)
            row = self.brute.crossing_of(service, k)
            if row is not None and not call.border_included:
                total = total + lognormal(self.rng, row.dwell_p50_hours, row.dwell_p95_hours, size)
                total = total + lognormal(
                    self.rng, row.gauge_change_p50_hours, row.gauge_change_p95_hours, size
                )
        return 60 * total

    def dwell(self, place_id: str, from_mode: str, to_mode: str, size: int) -> np.ndarray:
        for row in self.feed.transfers:
            if (row.place_id, row.from_mode, row.to_mode) == (place_id, from_mode, to_mode):
                return 60 * lognormal(self.rng, row.dwell_p50_hours, row.dwell_p95_hours, size)
        for terminal in self.feed.terminals:  # a test place has at most one
            if terminal.place_id == place_id and {from_mode, to_mode} <= set(terminal.modes):
                return 60 * lognormal(
                    self.rng, terminal.dwell_p50_hours, terminal.dwell_p95_hours, size
                )
        raise AssertionError("the itinerary changes where nothing can be changed")

    def opens(self, place_id: str, mode: str, times: np.ndarray) -> np.ndarray:
        starts, ends = self._dock_turns(place_id, mode)
        return _first_open(times, starts, ends)

    def _hours(self) -> range:
        day = (self.brute.first.toordinal() - 719163 - 1) * 1440
        return range(day, (self.brute.last.toordinal() - 719163 + 1) * 1440, 60)

    def _dock_turns_of(self, place_id: str, mode: str):
        return _turns(
            [self.brute.is_open_at(place_id, mode, m) for m in self._hours()], self._hours()
        )

    def _service_turns_of(self, service_id: str):
        service = self.brute.services[service_id]
        return _turns([self.brute.runs_at(service, m) for m in self._hours()], self._hours())


def _turns(is_open: list[bool], hours: range):
    """Turn hours that are open or not into spans; what is open at the last hour stays so."""
    flags = np.array([False, *is_open], np.int8)
    change = np.diff(flags)
    starts = np.array(hours)[change == 1].astype(float)
    ends = np.array(hours)[change == -1].astype(float)
    if len(starts) and starts[0] == hours[0]:
        starts[0] = -np.inf
    if len(ends) < len(starts):
        ends = np.append(ends, np.inf)
    return starts, ends


def _first_open(times: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    span = ends.searchsorted(times, side="right")
    known = span < len(ends)
    result = np.full(len(times), float(FAR))
    result[known] = np.maximum(times[known], starts[span[known]])
    result[times >= FAR] = FAR
    return result

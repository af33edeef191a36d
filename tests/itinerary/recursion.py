"""The best strategy by plain recursion over the feed's rows: no bounds, nothing passed over.

Every hop of every service is tried at every hour, whether it leads towards the destination or not.
Only the pieces of a duration on the grid come from the network (they are held against dice of their
own); hours, departures and changes come from the brute force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kervan.network.durations import Duration
from kervan.network.spreads import Spread, spread_of
from tests.itinerary.brute_force import FAR, BruteForce, Hop

STEP = 60


@dataclass(frozen=True)
class Kernel:
    """Chances of ending so many hours later, begun at a point and within the hour before it."""

    to_point: int | None
    """Begun at a point, a constant ends at one."""
    at_point: dict[int, float]
    in_bin: dict[int, float]


def kernel_of(spread: Spread, least: int) -> Kernel:
    whole, rest = divmod(spread.offset, STEP)
    shares = [(whole, 1 - rest / STEP), (whole + 1, rest / STEP)]
    at_point: dict[int, float] = {}
    in_bin: dict[int, float] = {}

    def add(to: dict[int, float], bin_: int, chance: float, floor: int) -> None:
        if chance > 0:
            to[max(bin_, floor)] = to.get(max(bin_, floor), 0.0) + chance

    for moved, share in shares:
        if spread.is_constant:
            add(in_bin, moved, share, least)
        for j, chance in enumerate(spread.bins, start=spread.first):
            add(at_point, j + moved, chance * share, 1)
            add(in_bin, j + moved - 1, chance * share / 2, least)
            add(in_bin, j + moved, chance * share / 2, least)
    to_point = max(least, whole + (rest > 0)) if spread.is_constant else None
    return Kernel(to_point, at_point, in_bin)


class Recursion:
    """Least expected arrivals, in minutes from the grid's start."""

    def __init__(self, brute: BruteForce, destination: str, start: int, points: int) -> None:
        self.brute, self.destination, self.start, self.points = brute, destination, start, points
        self.end = float((points - 1) * STEP)
        self.docks = sorted(
            {
                (c.place_id, brute.services[s].mode)
                for s, calls in brute.calls.items()
                for c in calls
            }
        )
        self.ready = {d: np.full(points, self.end) for d in self.docks}
        self.ready_bin = {d: np.full(points, self.end) for d in self.docks}
        self.come = {d: np.full(points, self.end) for d in self.docks}
        self.come_bin = {d: np.full(points, self.end) for d in self.docks}
        self.rides = {hop: self.ride_of(hop) for hop in brute.hops}
        self.changes = {
            (here, there): kernel_of(spread_of((dwell,), STEP), 0)
            for here in self.docks
            for there in self.docks
            if here[0] == there[0]
            for dwell in [self.dwell(here[0], here[1], there[1])]
            if dwell is not None
        }
        for k in range(points - 2, -1, -1):
            for dock in self.docks:
                self.fill_ready(dock, k)
            for dock in self.docks:
                self.fill_come(dock, k)

    def expected(self, origin: str, ready: int) -> float:
        """Return the least expected arrival from the best dock of the origin."""
        found = [self.end]
        for dock in self.docks:
            at = (self.brute.opens(*dock, ready) - self.start) // STEP
            if dock[0] == origin and at < self.points:
                found.append(float(self.ready[dock][at]))
        return self.start + min(found)

    def ride_of(self, hop: Hop) -> list[tuple[int, int, Kernel]] | Kernel:
        """Return (board by, departs, kernel) of every departure, or the kernel of a rolling hop."""
        service, calls = self.brute.services[hop.service], self.brute.calls[hop.service]
        if service.pattern == "timetable":
            found = []
            for board, departs, arrives in self.brute.departures_of(hop.service):
                parts = []
                for k in range(hop.board, hop.alight):
                    if k > hop.board:
                        parts.append(Duration.of_hours((departs[k] - arrives[k]) / 60, None))
                    parts.append(Duration.of_hours((arrives[k + 1] - departs[k]) / 60, None))
                if board[hop.board] >= self.start:
                    kernel = kernel_of(spread_of(tuple(parts), STEP), 1)
                    found.append((board[hop.board], departs[hop.board], kernel))
            return found
        if service.departures_per_week is not None:
            parts = [Duration.of_headway(7 * 24 * 60 / service.departures_per_week)]
        else:
            parts = [Duration.of_hours(service.wait_p50_hours, service.wait_p95_hours)]
        for k in range(hop.board, hop.alight):
            call, border = calls[k + 1], self.brute.crossing_of(service, k)
            parts.append(Duration.of_hours(call.run_p50_hours, call.run_p95_hours))
            if border is not None:
                parts.append(Duration.of_hours(border.dwell_p50_hours, border.dwell_p95_hours))
        return kernel_of(spread_of(tuple(parts), STEP), 1)

    def dwell(self, place_id: str, from_mode: str, to_mode: str) -> Duration | None:
        for row in self.brute.feed.transfers:
            if (row.place_id, row.from_mode, row.to_mode) == (place_id, from_mode, to_mode):
                return Duration.of_hours(row.dwell_p50_hours, row.dwell_p95_hours)
        for terminal in self.brute.feed.terminals:  # a test place has at most one
            if terminal.place_id == place_id and {from_mode, to_mode} <= set(terminal.modes):
                return Duration.of_hours(terminal.dwell_p50_hours, terminal.dwell_p95_hours)
        return None

    def mean(self, chances: dict[int, float], k: int, values: np.ndarray) -> float:
        at = k + np.fromiter(chances, np.int64)
        chance = np.fromiter(chances.values(), float)
        inside = at < self.points
        return float(chance[inside] @ values[at[inside]] + chance[~inside].sum() * self.end)

    def from_point(self, kernel: Kernel, k: int, values: np.ndarray, bins: np.ndarray) -> float:
        if kernel.to_point is None:
            return self.mean(kernel.at_point, k, bins)
        at = k + kernel.to_point
        return float(values[at]) if at < self.points else self.end

    def fill_ready(self, dock: tuple[str, str], k: int) -> None:
        place_id, mode = dock
        now, best, best_bin = self.start + k * STEP, self.ready[dock][k + 1], np.inf
        for hop, ride in self.rides.items():
            service, calls = self.brute.services[hop.service], self.brute.calls[hop.service]
            if (calls[hop.board].place_id, service.mode) != dock:
                continue
            there = (calls[hop.alight].place_id, service.mode)
            values, bins = self.come[there], self.come_bin[there]
            if isinstance(ride, list):
                for board_by, departs, kernel in ride:
                    if now <= board_by:
                        left = (departs - self.start) // STEP
                        best = min(best, self.from_point(kernel, left, values, bins))
                continue
            if self.brute.is_open_at(place_id, mode, now) and self.brute.runs_at(service, now):
                best = min(best, self.from_point(ride, k, values, bins))
            hour = now - STEP
            if self.brute.is_open_at(place_id, mode, hour) and self.brute.runs_at(service, hour):
                best_bin = min(best_bin, self.mean(ride.in_bin, k, bins))
        self.ready[dock][k] = best
        self.ready_bin[dock][k] = min(best, best_bin)

    def fill_come(self, dock: tuple[str, str], k: int) -> None:
        now = self.start + k * STEP
        self.come[dock][k] = self.come_at(dock, k, self.brute.opens(*dock, now))
        if self.brute.is_open_at(*dock, now - STEP):
            self.come_bin[dock][k] = self.come_within(dock, k)
        else:
            opens = self.brute.opens(*dock, now - STEP)
            self.come_bin[dock][k] = self.come_at(dock, k, opens)

    def come_at(self, dock: tuple[str, str], k: int, opens: int) -> float:
        at = (opens - self.start) // STEP if opens < FAR else self.points
        if at > k:
            return float(self.come[dock][at]) if at < self.points else self.end
        if dock[0] == self.destination:
            return float(k * STEP)
        return min(
            (
                self.from_point(kernel, k, self.ready[there], self.ready_bin[there])
                for (here, there), kernel in self.changes.items()
                if here == dock
            ),
            default=self.end,
        )

    def come_within(self, dock: tuple[str, str], k: int) -> float:
        if dock[0] == self.destination:
            return (k - 0.5) * STEP
        return min(
            (
                self.mean(kernel.in_bin, k, self.ready_bin[there])
                for (here, there), kernel in self.changes.items()
                if here == dock
            ),
            default=self.end,
        )

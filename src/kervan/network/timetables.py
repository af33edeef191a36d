"""Dated departures of a timetabled service, in UTC, from its local calendar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.feed.tables import Calendar, CalendarException, Call, Service
from kervan.network.arrays import UNBOARDABLE
from kervan.network.clock import MINUTES_PER_DAY, day_number, zone_offsets
from kervan.network.intervals import Spans

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Departures:
    """Departures of one service; each array has shape (calls, departures)."""

    board_by: Int64
    departs: Int64
    arrives: Int64

    def __len__(self) -> int:
        return int(self.departs.shape[1])

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Departures:
        """Return some of the departures."""
        return Departures(
            self.board_by[:, chosen], self.departs[:, chosen], self.arrives[:, chosen]
        )


def service_days(
    service: Service,
    calendar: Calendar,
    exceptions: list[CalendarException],
    first_day: int,
    last_day: int,
) -> Int64:
    """Return the day numbers on which a service starts, within a span, ascending.

    An exception outside the service's own validity does not bring it back.
    """
    first, last = first_day, last_day
    if service.valid_from is not None:
        first = max(first, day_number(service.valid_from))
    if service.valid_to is not None:
        last = min(last, day_number(service.valid_to))
    days = np.arange(first, last + 1, dtype=np.int64)
    weekdays = np.array(
        [
            calendar.monday,
            calendar.tuesday,
            calendar.wednesday,
            calendar.thursday,
            calendar.friday,
            calendar.saturday,
            calendar.sunday,
        ]
    )
    # 1970-01-01 was a Thursday, weekday 3.
    runs = weekdays[(days + 3) % 7]
    if calendar.valid_from is not None:
        runs &= days >= day_number(calendar.valid_from)
    if calendar.valid_to is not None:
        runs &= days <= day_number(calendar.valid_to)
    for exception in exceptions:
        runs[days == day_number(exception.exception_date)] = exception.type == "added"
    running: Int64 = days[runs]
    return running


def departures(
    days: Int64, calls: tuple[Call, ...], zones: tuple[str, ...], cut_offs: tuple[int, ...]
) -> Departures:
    """Return the departures of a timetable that starts on the given days.

    Where the hour of a call is not published, cargo must be ready when the day begins, and the
    departure or arrival is planned for the day's end: nothing is promised that the source does not
    say.

    Parameters
    ----------
    days
        Day numbers on which the service starts; shape (departures,).
    calls
        Calls in the order of the way.
    zones
        Time zone of each call.
    cut_offs
        Minutes before departure at which cargo must be ready, for each call.
    """
    shape = (len(calls), len(days))
    board_by = np.full(shape, UNBOARDABLE, np.int64)
    departs, arrives = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    if len(days) == 0:
        return Departures(board_by, departs, arrives)
    latest = max(max(c.arrival_day or 0, c.departure_day or 0) for c in calls)
    for k, call in enumerate(calls):
        offsets = zone_offsets(zones[k], int(days[0]) - 1, int(days[-1]) + latest + 2)
        if call.departure_day is not None:
            midnight = (days + call.departure_day) * MINUTES_PER_DAY
            known = call.departure_time_local
            leaves = MINUTES_PER_DAY if known is None else known
            departs[k] = offsets.to_utc(midnight + leaves)
            closes = departs[k] if known is not None else offsets.to_utc(midnight)
            board_by[k] = closes - cut_offs[k]
        if call.arrival_day is not None:
            midnight = (days + call.arrival_day) * MINUTES_PER_DAY
            known = call.arrival_time_local
            arrives[k] = offsets.to_utc(midnight + (MINUTES_PER_DAY if known is None else known))
        if call.arrival_day is None:
            arrives[k] = departs[k]
        if call.departure_day is None:
            departs[k] = arrives[k]
    # An unknown hour planned for the day's end must not fall after the next hour that is known.
    for k in reversed(range(len(calls))):
        if k + 1 < len(calls) and calls[k].departure_time_local is None:
            departs[k] = np.minimum(departs[k], arrives[k + 1])
        if calls[k].arrival_time_local is None:
            arrives[k] = np.minimum(arrives[k], departs[k])
    return Departures(board_by, departs, arrives)


def without_shut_sections(run: Departures, shut: tuple[Spans, ...]) -> Departures:
    """Drop every departure that would be on a section while the section is shut."""
    keep = np.ones(len(run), np.bool_)
    for k, spans in enumerate(shut):
        for start, end in spans:
            keep &= ~((run.departs[k] < end) & (run.arrives[k + 1] > start))
    return run if keep.all() else run.take(keep)


def unload_only_while_shut(run: Departures, shut: tuple[Spans, ...]) -> Departures:
    """Let nothing board at a place that a closure shuts when the service calls there."""
    board_by = run.board_by
    for k, spans in enumerate(shut):
        for start, end in spans:
            caught = (run.departs[k] >= start) & (run.departs[k] < end)
            if caught.any():
                board_by = board_by.copy() if board_by is run.board_by else board_by
                board_by[k, caught] = UNBOARDABLE
    return Departures(board_by, run.departs, run.arrives)


def without_overtaking(run: Departures) -> list[Departures]:
    """Split departures into groups in which a later one never overtakes an earlier one.

    Within a group departures, arrivals and latest readiness never fall from one to the next, so
    the first that can be caught is also the first to arrive.
    """
    order = np.lexsort((run.arrives[-1], run.departs[0]))
    run = run.take(order)
    if _never_falls(run.departs) and _never_falls(run.arrives) and _boarding_never_falls(run):
        return [_carried_forward(run)]
    groups: list[list[int]] = []
    for d in range(len(run)):
        for group in groups:
            last = group[-1]
            if (
                (run.departs[:, last] <= run.departs[:, d]).all()
                and (run.arrives[:, last] <= run.arrives[:, d]).all()
                and _boarding_follows(run.board_by, group, d)
            ):
                group.append(d)
                break
        else:
            groups.append([d])
    return [_carried_forward(run.take(np.array(group, np.int64))) for group in groups]


def _never_falls(times: Int64) -> bool:
    return bool((np.diff(times, axis=1) >= 0).all())


def _boarding_never_falls(run: Departures) -> bool:
    carried = np.maximum.accumulate(run.board_by, axis=1)
    return bool(((run.board_by == carried) | (run.board_by == UNBOARDABLE)).all())


def _boarding_follows(board_by: Int64, group: list[int], d: int) -> bool:
    latest = board_by[:, group].max(axis=1)
    return bool(((board_by[:, d] >= latest) | (board_by[:, d] == UNBOARDABLE)).all())


def _carried_forward(run: Departures) -> Departures:
    return Departures(np.maximum.accumulate(run.board_by, axis=1), run.departs, run.arrives)

"""Compile a corridor feed and a horizon of days into a network of flat arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kervan.errors import FeedError, InvalidRequestError
from kervan.feed.tables import Call, Feed, Service
from kervan.network.arrays import ROLLING, Arrays, Int32, Int64
from kervan.network.clock import day_number, day_of
from kervan.network.docks import Docks
from kervan.network.durations import Duration
from kervan.network.intervals import ALWAYS, NEVER, Spans, complement, intersection
from kervan.network.model import Network, Part, ServiceWay, wait_of
from kervan.network.pairs import least_changes, pairs_of_places
from kervan.network.timetables import (
    Departures,
    departures,
    service_days,
    unload_only_while_shut,
    without_overtaking,
    without_shut_sections,
)
from kervan.network.ways import DirectedLink, Ways, days_open

LONGEST_HORIZON_DAYS = 3 * 366


@dataclass(frozen=True)
class _Line:
    way: ServiceWay
    run: Departures | None
    """None for a rolling line."""
    open_spans: Spans


def compile_network(
    feed: Feed,
    first_day: date,
    last_day: date,
    *,
    include_planned: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Network:
    """Compile a feed over a horizon.

    Parameters
    ----------
    feed
        The corridor feed; it should have passed its check.
    first_day, last_day
        Horizon, both days included. Services that started before the horizon and still call
        within it are in it.
    include_planned
        Count services, links and crossings with the status ``planned`` as running within their
        validity.
    progress
        Called with the services done and their number.

    Returns
    -------
    Network
        Dated departures and rolling services as arrays, O(departures x calls) in time and memory.

    Raises
    ------
    InvalidRequestError
        If the horizon is empty or longer than three years.
    FeedError
        If the feed has no places or no services.
    """
    first, last = day_number(first_day), day_number(last_day)
    if last < first:
        raise InvalidRequestError(
            f"The horizon ends on {last_day}, before it begins on {first_day}; swap the two days."
        )
    if last - first >= LONGEST_HORIZON_DAYS:
        raise InvalidRequestError(
            f"The horizon from {first_day} to {last_day} is {last - first + 1} days long; at most "
            f"{LONGEST_HORIZON_DAYS} are compiled at once. Choose a shorter one."
        )
    if not feed.places or not feed.services:
        raise FeedError(
            f"The feed '{feed.info.name}' has {len(feed.places)} places and {len(feed.services)} "
            "services; a network needs both. Fill places.csv and services.csv."
        )
    ways = Ways(feed, include_planned=include_planned)
    docks = Docks(feed, ways, first, last)
    lines, warnings = _lines(feed, ways, docks, first, last, progress)
    return _assemble(feed, docks, lines, first, last, include_planned, warnings)


def _lines(
    feed: Feed,
    ways: Ways,
    docks: Docks,
    first: int,
    last: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[_Line], list[str]]:
    calls_of: dict[str, list[Call]] = defaultdict(list)
    for call in feed.calls:
        calls_of[call.service_id].append(call)
    timetables = _Timetables(feed, ways, docks, first, last)
    lines: list[_Line] = []
    warnings: list[str] = []
    for done, service in enumerate(feed.services):
        if progress is not None:
            progress(done, len(feed.services))
        if service.status not in ways.statuses():
            continue
        calls = tuple(sorted(calls_of[service.service_id], key=lambda c: c.sequence))
        way = _way(service, calls, ways, first, last)
        if isinstance(way, str):
            warnings.append(way)
        elif service.pattern == "timetable":
            lines.extend(timetables.lines(way))
        else:
            spans = timetables.rolling_spans(way)
            if intersection(spans, days_open(day_of(first), day_of(last), "UTC")):
                lines.append(_Line(way, None, spans))
    return lines, warnings


def _way(
    service: Service, calls: tuple[Call, ...], ways: Ways, first: int, last: int
) -> ServiceWay | str:
    """Lay a service over its links, or say why it cannot be."""
    if len(calls) < 2:
        return f"Service {service.service_id} is left out: it has fewer than two calls."
    day = max(first, day_number(service.valid_from)) if service.valid_from else first
    paths = []
    for here, there in pairwise(calls):
        ends = (service.mode, here.place_id, there.place_id)
        planned = service.status == "planned"
        path = ways.path(*ends, day_of(min(day, last)), planned=planned)
        if path is None:
            path = ways.path(*ends, day_of(last), planned=planned)
        if path is None:
            return (
                f"Service {service.service_id} is left out: no open {service.mode} link leads from "
                f"{here.place_id} to {there.place_id}. Add one to links.csv."
            )
        paths.append(path)
    parts = tuple(
        _section_parts(service, call, path) for call, path in zip(calls[1:], paths, strict=True)
    )
    return ServiceWay(service, calls, tuple(paths), parts)


def _section_parts(
    service: Service, call: Call, steps: tuple[DirectedLink, ...]
) -> tuple[Part, ...]:
    where = f"{steps[0].from_place_id} - {steps[-1].to_place_id}"
    run = Duration.of_hours(call.run_p50_hours, call.run_p95_hours)
    parts = [Part("run", where, run, call.is_estimate)]
    if service.pattern == "timetable" or call.border_included:
        return tuple(parts)
    for step in steps:
        crossing = step.crossing
        if crossing is None:
            continue
        border = Duration.of_hours(crossing.dwell_p50_hours, crossing.dwell_p95_hours)
        parts.append(Part("border", crossing.crossing_id, border, crossing.is_estimate))
        if crossing.gauge_change_p50_hours:
            change = Duration.of_hours(
                crossing.gauge_change_p50_hours, crossing.gauge_change_p95_hours
            )
            parts.append(Part("gauge_change", crossing.crossing_id, change, crossing.is_estimate))
    return tuple(parts)


class _Timetables:
    """Turns services into lines: days into departures, validity and closures into spans."""

    def __init__(self, feed: Feed, ways: Ways, docks: Docks, first: int, last: int) -> None:
        self._ways, self._docks = ways, docks
        self._first, self._last = first, last
        self._zones = {place.place_id: place.timezone for place in feed.places}
        self._calendars = {row.calendar_id: row for row in feed.calendars}
        self._exceptions = defaultdict(list)
        for row in feed.calendar_exceptions:
            self._exceptions[row.calendar_id].append(row)
        self._place_shut: dict[str, Spans] = {}
        self._cut_offs: dict[tuple[str, str], int] = {}

    def rolling_spans(self, way: ServiceWay) -> Spans:
        """Return when a rolling service can be boarded."""
        service = way.service
        zone_name = self._zones[way.calls[0].place_id]
        spans = days_open(service.valid_from, service.valid_to, zone_name)
        for path in way.paths:
            on_path = self._ways.path_spans(path)
            if on_path != ALWAYS:
                spans = intersection(spans, on_path)
        shut = self._ways.shut_spans("service", service.service_id, zone_name)
        return intersection(spans, complement(shut)) if shut else spans

    def lines(self, way: ServiceWay) -> list[_Line]:
        """Return the dated lines of a timetabled service."""
        service, calls = way.service, way.calls
        calendar = self._calendars.get(service.calendar_id or "")
        if calendar is None:
            return []
        longest = max(max(c.arrival_day or 0, c.departure_day or 0) for c in calls)
        days = service_days(
            service,
            calendar,
            self._exceptions[calendar.calendar_id],
            self._first - longest,
            self._last,
        )
        zones = tuple(self._zones[c.place_id] for c in calls)
        run = departures(days, calls, zones, tuple(self._cut_off(service, c) for c in calls))
        run = without_shut_sections(run, self._shut_sections(way))
        run = unload_only_while_shut(run, tuple(self._shut_place(c.place_id) for c in calls))
        if len(run) == 0:
            return []
        return [_Line(way, group, ALWAYS) for group in without_overtaking(run)]

    def _cut_off(self, service: Service, call: Call) -> int:
        if call.cut_off_hours is not None:
            return round(call.cut_off_hours * 60)
        key = (call.place_id, service.mode)
        if key not in self._cut_offs:
            self._cut_offs[key] = self._docks.cut_off_minutes(*key)
        return self._cut_offs[key]

    def _shut_place(self, place_id: str) -> Spans:
        if place_id not in self._place_shut:
            self._place_shut[place_id] = self._docks.place_shut(place_id)
        return self._place_shut[place_id]

    def _shut_sections(self, way: ServiceWay) -> tuple[Spans, ...]:
        zone_name = self._zones[way.calls[0].place_id]
        service_shut = self._ways.shut_spans("service", way.service.service_id, zone_name)
        open_service = complement(service_shut) if service_shut else ALWAYS
        shut = []
        for path in way.paths:
            spans = self._ways.path_spans(path)
            both = spans if open_service == ALWAYS else intersection(spans, open_service)
            shut.append(() if both == ALWAYS else complement(both))
        return tuple(shut)


def _assemble(
    feed: Feed,
    docks: Docks,
    lines: list[_Line],
    first: int,
    last: int,
    include_planned: bool,
    warnings: list[str],
) -> Network:
    places = feed.places
    place_index = {place.place_id: row for row, place in enumerate(places)}
    modes_at: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        for call in line.way.calls:
            modes_at[call.place_id].add(line.way.service.mode)
    dock_keys = [(p.place_id, mode) for p in places for mode in sorted(modes_at[p.place_id])]
    dock_index = {key: row for row, key in enumerate(dock_keys)}
    place_dock_ptr = np.zeros(len(places) + 1, np.int32)
    place_dock_ptr[1:] = np.cumsum([len(modes_at[p.place_id]) for p in places])

    opening = _ragged([_as_rows(docks.open_spans(*key)) for key in dock_keys], 2)
    changes = []
    for place_id, from_mode in dock_keys:
        rows = []
        for to_mode in sorted(modes_at[place_id]):
            dwell = docks.dwell(place_id, from_mode, to_mode)
            if dwell is not None:
                rows.append((dock_index[place_id, to_mode], round(dwell.p50)))
        changes.append(rows)
    transfers = _ragged(changes, 2)

    lengths = [len(line.way.calls) for line in lines]
    line_call_ptr = np.zeros(len(lines) + 1, np.int32)
    line_call_ptr[1:] = np.cumsum(lengths)
    calls = [(call, line) for line in lines for call in line.way.calls]
    call_dock = np.array(
        [dock_index[c.place_id, line.way.service.mode] for c, line in calls], np.int32
    )
    call_line = np.repeat(np.arange(len(lines), dtype=np.int32), lengths)
    after = (line_call_ptr[call_line + 1] - np.arange(len(calls), dtype=np.int32) - 1).astype(
        np.int32
    )
    call_leg = np.zeros(len(calls), np.int32)
    call_leg[1:] = np.cumsum(after[:-1])
    leg_calls = _leg_calls(after, call_leg)

    first_calls = np.isin(np.arange(len(calls)), line_call_ptr[:-1])
    loads = np.array([c.can_load for c, _ in calls], np.bool_) & (after > 0)
    discharges = np.array([c.can_discharge for c, _ in calls], np.bool_) & ~first_calls
    board_ptr, board_call = _calls_by_dock(loads, call_dock, len(dock_keys))
    alight_ptr, alight_call = _calls_by_dock(discharges, call_dock, len(dock_keys))
    incoming: list[list[tuple[int, int]]] = [[] for _ in dock_keys]
    for from_dock, rows in enumerate(changes):
        for to_dock, minutes in rows:
            incoming[to_dock].append((from_dock, minutes))
    transfers_in = _ragged(incoming, 2)

    counts = [ROLLING if line.run is None else len(line.run) for line in lines]
    line_times = np.zeros(len(lines), np.int64)
    sizes = [max(n, 0) * k for n, k in zip(counts, lengths, strict=True)]
    line_times[1:] = np.cumsum(sizes[:-1])
    rolling_open = _ragged([_as_rows(line.open_spans) for line in lines], 2)
    times = {
        name: np.concatenate(
            [np.zeros(0, np.int32)]
            + [getattr(line.run, name).astype(np.int32).ravel() for line in lines if line.run]
        )
        for name in ("board_by", "departs", "arrives")
    }
    waits = [0 if line.run else round(wait_of(line.way.service).p50) for line in lines]
    ride, floor = _leg_minutes(lines, waits)
    dock_place = np.array([place_index[place_id] for place_id, _ in dock_keys], np.int32)
    call_from, call_pace = _paces(lines)
    arrays = Arrays(
        dock_place=dock_place,
        place_dock_ptr=place_dock_ptr,
        open_ptr=opening[0],
        open_start=opening[1][:, 0].copy(),
        open_end=opening[1][:, 1].copy(),
        transfer_ptr=transfers[0],
        transfer_dock=transfers[1][:, 0].astype(np.int32),
        transfer_minutes=transfers[1][:, 1].astype(np.int32),
        transfer_in_ptr=transfers_in[0],
        transfer_in_dock=transfers_in[1][:, 0].astype(np.int32),
        transfer_in_minutes=transfers_in[1][:, 1].astype(np.int32),
        board_ptr=board_ptr,
        board_call=board_call,
        alight_ptr=alight_ptr,
        alight_call=alight_call,
        call_dock=call_dock,
        call_line=call_line,
        call_leg=call_leg,
        call_loads=loads,
        call_discharges=discharges,
        line_call_ptr=line_call_ptr,
        line_departures=np.array(counts, np.int32),
        line_times=line_times,
        line_wait=np.array(waits, np.int32),
        line_open_ptr=rolling_open[0],
        line_open_start=rolling_open[1][:, 0].copy(),
        line_open_end=rolling_open[1][:, 1].copy(),
        board_by=times["board_by"],
        departs=times["departs"],
        arrives=times["arrives"],
        leg_ride=ride,
        leg_floor=floor,
        place_change=least_changes(place_dock_ptr, transfers[0], transfers[1][:, 1]),
        **pairs_of_places(
            leg_calls, dock_place[call_dock], loads, discharges, floor, len(places)
        )._asdict(),
        call_from=call_from,
        call_pace=call_pace,
    )
    return Network(
        feed=feed,
        first_day=first,
        last_day=last,
        include_planned=include_planned,
        arrays=arrays,
        places=places,
        place_index=place_index,
        dock_modes=tuple(mode for _, mode in dock_keys),
        line_ways=tuple(line.way for line in lines),
        leg_calls=leg_calls,
        docks=docks,
        warnings=tuple(warnings),
        carriers={carrier.carrier_id: carrier for carrier in feed.carriers},
    )


def _as_rows(spans: Spans) -> list[tuple[int, int]]:
    """Return no rows for what is always open, and one that never comes for what never is."""
    if spans == ALWAYS:
        return []
    return list(spans) or [(NEVER, NEVER)]


def _ragged(rows: list[list[tuple[int, int]]], width: int) -> tuple[Int32, Int64]:
    """Lay lists of different lengths end to end, with the pointers between them."""
    pointers = np.zeros(len(rows) + 1, np.int32)
    pointers[1:] = np.cumsum([len(row) for row in rows])
    flat = np.array([item for row in rows for item in row], np.int64).reshape(-1, width)
    return pointers, flat


def _calls_by_dock(
    chosen: NDArray[np.bool_],
    call_dock: Int32,
    docks: int,
) -> tuple[Int32, Int32]:
    calls = np.flatnonzero(chosen).astype(np.int32)
    calls = calls[np.argsort(call_dock[calls], kind="stable")]
    pointers = np.searchsorted(call_dock[calls], np.arange(docks + 1)).astype(np.int32)
    return pointers, calls


def _leg_calls(
    after: Int32,
    call_leg: Int32,
) -> Int32:
    board = np.repeat(np.arange(len(after), dtype=np.int32), after)
    alight = board + 1 + np.arange(len(board), dtype=np.int32) - call_leg[board]
    return np.stack([board, alight.astype(np.int32)], axis=1)


def _leg_minutes(lines: list[_Line], waits: list[int]) -> tuple[Int32, Int32]:
    """Return the ride of every rolling leg, and the least time any leg can take."""
    ride: list[int] = []
    floor: list[int] = []
    for line, wait in zip(lines, waits, strict=True):
        count = len(line.way.calls)
        if line.run is None:
            arrive, depart = _cumulative(line.way)
            legs = [round(arrive[j] - depart[i]) for i in range(count) for j in range(i + 1, count)]
            ride.extend(legs)
            floor.extend(wait + minutes for minutes in legs)
            continue
        board_by, arrives = line.run.board_by, line.run.arrives
        for i in range(count):
            if i + 1 < count:
                ride.extend([0] * (count - i - 1))
                floor.extend((arrives[i + 1 :] - board_by[i]).min(axis=1).tolist())
    return np.array(ride, np.int32), np.clip(np.array(floor, np.int64), 0, NEVER).astype(np.int32)


def _paces(lines: list[_Line]) -> tuple[Int32, NDArray[np.float32]]:
    """Return the first minute of boarding at each call, and the departures a minute from then."""
    starts: list[int] = []
    paces: list[float] = []
    for line in lines:
        if line.run is None:
            starts.extend([0] * len(line.way.calls))
            paces.extend([0.0] * len(line.way.calls))
            continue
        span = line.run.board_by[:, -1] - line.run.board_by[:, 0]
        starts.extend(line.run.board_by[:, 0].tolist())
        paces.extend(((len(line.run) - 1) / np.maximum(span, 1)).tolist())
    return np.array(starts, np.int32), np.array(paces, np.float32)


def _cumulative(way: ServiceWay) -> tuple[list[float], list[float]]:
    """Return median minutes from the first departure to each arrival and each departure."""
    arrive, depart = [0.0], [0.0]
    for k, call in enumerate(way.calls[1:], start=1):
        arrive.append(depart[-1] + sum(p.duration.p50 for p in way.section_parts[k - 1]))
        depart.append(arrive[-1] + (call.dwell_p50_hours or 0.0) * 60.0)
    return arrive, depart

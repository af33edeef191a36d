"""Trips and their stop times, as they stand in the files.

A feed of a country has a million stop times; they are held in flat arrays, not in rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.feed.gtfs.files import Archive, Table
from kervan.feed.gtfs.operators import Route
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.values import Columns, Times, known, new, number, plain, whole

Progress = Callable[[str, int, int, int], None]
"""Told now and then how far an import is: file, rows read, bytes read and bytes there are (0: not
known)."""

ON_DEMAND = -1
"""Stop of a stop time that serves a zone on booking, not a stop."""

_TELL_EVERY = 50_000


@dataclass(frozen=True, slots=True)
class Trip:
    """A row of ``trips.txt`` that is imported."""

    trip_id: str
    route: Route
    service_id: str
    number: str
    """``trip_short_name``: the number of a train."""
    headsign: str
    block_id: str
    shape_id: str


@dataclass(frozen=True, slots=True)
class StopTimes:
    """Stop times of the imported trips, by trip and in the order of the way.

    Arrays have shape (stop times,).
    """

    start: NDArray[np.int64]
    """First stop time of each trip, and the end; shape (trips + 1,)."""
    stop: NDArray[np.int32]
    """Index of the stop in ``stop_ids``; :data:`ON_DEMAND` for none."""
    arrives: NDArray[np.int32]
    """Seconds; :data:`~kervan.feed.gtfs.values.BLANK` for none."""
    departs: NDArray[np.int32]
    kinds: NDArray[np.int8]
    """``pickup_type`` + 4 * ``drop_off_type`` + 16 where the time is approximate."""
    travelled: NDArray[np.float64]
    """``shape_dist_traveled``, NaN for none."""
    stop_ids: tuple[str, ...]


def read_trips(
    archive: Archive,
    routes: Mapping[str, Route],
    days: Mapping[str, tuple[int, ...]],
    options: Options,
    tally: Tally,
) -> tuple[list[Trip], dict[str, int]]:
    """Return the trips to import, and the place of each in the list by ``trip_id``, -1 for others.

    Raises
    ------
    FeedError
        If a row is not sound, or names a route or a calendar that is not there.
    """
    trips: list[Trip] = []
    index: dict[str, int] = {}
    with archive.open("trips.txt") as table:
        columns = Columns(table)
        key, route = columns("trip_id", required=True), columns("route_id", required=True)
        service, shape = columns("service_id", required=True), columns("shape_id")
        number_, headsign = columns("trip_short_name"), columns("trip_headsign")
        block = columns("block_id")
        for row in table:
            trip_id, service_id, route_id = plain(key(row)), plain(service(row)), plain(route(row))
            new(trip_id, index, table, "trip_id")
            known(route_id, routes, table, "route_id", "routes.txt")
            known(service_id, days, table, "service_id", "calendar.txt or calendar_dates.txt")
            index[trip_id] = -1
            if routes[route_id].mode is None:
                tally.add("trips_of_other_modes", trip_id)
            elif not days[service_id]:
                tally.add("trips_without_days", trip_id)
            elif options.max_trips is not None and len(trips) >= options.max_trips:
                tally.add("trips_over_limit", trip_id)
            else:
                index[trip_id] = len(trips)
                trips.append(
                    Trip(
                        trip_id,
                        routes[route_id],
                        service_id,
                        plain(number_(row)),
                        plain(headsign(row)),
                        plain(block(row)),
                        plain(shape(row)),
                    )
                )
        tally.rows_read["trips.txt"] = len(index)
        columns.tell_unused(tally)
    return trips, index


def read_stop_times(
    archive: Archive,
    index: Mapping[str, int],
    trips: int,
    stops: Mapping[str, object],
    tally: Tally,
    progress: Progress | None = None,
) -> StopTimes:
    """Return the stop times of the imported trips.

    Parameters
    ----------
    index
        As :func:`read_trips` gives it.
    trips
        How many trips are imported.
    stops
        Stops by ``stop_id``.
    progress
        Told every few thousand rows.

    Raises
    ------
    FeedError
        If a row is not sound, or names a trip or a stop that is not there.
    """
    stop_index = {stop_id: k for k, stop_id in enumerate(stops)}
    trip_of, sequence, lines = array("i"), array("i"), array("i")
    stop_of, arrives, departs = array("i"), array("i"), array("i")
    kinds, travelled = array("b"), array("d")
    times = Times()
    kind_of = _Kinds()
    rows = 0
    with archive.open("stop_times.txt") as table:
        columns = Columns(table)
        key, order = columns("trip_id", required=True), columns("stop_sequence", required=True)
        stop = columns("stop_id")
        zones = [columns(name) for name in ("location_id", "location_group_id")]
        arrival, departure = columns("arrival_time"), columns("departure_time")
        pickup, drop_off = columns("pickup_type"), columns("drop_off_type")
        timepoint, dist = columns("timepoint"), columns("shape_dist_traveled")
        for row in table:
            rows += 1
            if progress is not None and rows % _TELL_EVERY == 0:
                progress("stop_times.txt", rows, 0, 0)
            trip_id, stop_id = key(row), stop(row)
            # The whole text is only made plain where it is not known as it stands.
            trip = index.get(trip_id)
            if trip is None:
                trip_id = plain(trip_id)
                known(trip_id, index, table, "trip_id", "trips.txt")
                trip = index[trip_id]
            at = stop_index.get(stop_id)
            if at is None and not stop_id and any(zone(row) for zone in zones):
                at = ON_DEMAND
            if at is None:
                stop_id = plain(stop_id)
                known(stop_id, stop_index, table, "stop_id", "stops.txt")
                at = stop_index[stop_id]
            if trip < 0:
                continue
            trip_of.append(trip)
            sequence.append(whole(order(row), table, "stop_sequence"))
            lines.append(table.line)
            stop_of.append(at)
            arrives.append(times.seconds(arrival(row), table, "arrival_time"))
            departs.append(times.seconds(departure(row), table, "departure_time"))
            kinds.append(kind_of.kind(pickup(row), drop_off(row), timepoint(row), table))
            travelled.append(number(dist(row), table, "shape_dist_traveled"))
        tally.rows_read["stop_times.txt"] = rows
        columns.tell_unused(tally)
        of_trip = np.frombuffer(trip_of, np.int32) if rows and trip_of else np.zeros(0, np.int32)
        in_order = np.array(sequence, np.int32)
        by_way = np.lexsort((in_order, of_trip))
        of_trip, in_order = of_trip[by_way], in_order[by_way]
        again = np.flatnonzero((np.diff(of_trip) == 0) & (np.diff(in_order) == 0))
        if len(again):
            table.line = int(np.array(lines, np.int32)[by_way][again[0] + 1])
            raise table.problem(
                f"stop_sequence {in_order[again[0]]} stands twice in this trip; number its stops "
                "in the order of the way."
            )
    return StopTimes(
        start=np.searchsorted(of_trip, np.arange(trips + 1)).astype(np.int64),
        stop=np.array(stop_of, np.int32)[by_way],
        arrives=np.array(arrives, np.int32)[by_way],
        departs=np.array(departs, np.int32)[by_way],
        kinds=np.array(kinds, np.int8)[by_way],
        travelled=np.array(travelled, np.float64)[by_way],
        stop_ids=tuple(stop_index),
    )


class _Kinds:
    """Pickup, drop-off and timepoint as one number, each different combination read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], int] = {}

    def kind(self, pickup: str, drop_off: str, timepoint: str, table: Table) -> int:
        key = (pickup, drop_off, timepoint)
        if key not in self._known:
            self._known[key] = (
                whole(pickup, table, "pickup_type", blank=0, most=3)
                + 4 * whole(drop_off, table, "drop_off_type", blank=0, most=3)
                + 16 * (1 - whole(timepoint, table, "timepoint", blank=1, most=1))
            )
        return self._known[key]

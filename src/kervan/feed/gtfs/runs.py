"""Runs: a trip's calls at places, with every time known and in whole minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kervan.feed.great_circle import great_circle_km
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.stops import Spot
from kervan.feed.gtfs.trips import ON_DEMAND, StopTimes, Trip
from kervan.feed.gtfs.values import BLANK

LOADS, DISCHARGES, APPROXIMATE, INTERPOLATED = 1, 2, 4, 8
"""Flags of a call."""

UNSTATED = -1.0
"""A distance that is not given."""

_NONE, _ON_REQUEST = 1, (2, 3)


@dataclass(frozen=True, slots=True)
class Run:
    """The calls of a trip at different places; each tuple has one entry a call.

    Times are GTFS times in seconds; the arrival at the first call and the departure from the last
    say nothing and equal the other time there.
    """

    places: tuple[str, ...]
    """``stop_id`` of each spot."""
    arrives: tuple[int, ...]
    departs: tuple[int, ...]
    flags: tuple[int, ...]
    travelled: tuple[float, ...]
    """``shape_dist_traveled``; :data:`UNSTATED` for none, which unlike NaN equals itself."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """A run's times in whole minutes from the start of the GTFS service day."""

    arrives: tuple[int, ...]
    departs: tuple[int, ...]


class Runs:
    """Makes runs of stop times; trips alike in all but their days share one."""

    def __init__(self, times: StopTimes, spots: Mapping[str, Spot | None], tally: Tally) -> None:
        self._times, self._tally = times, tally
        self._spots: list[Spot | None] = [spots[stop_id] for stop_id in times.stop_ids]
        self._known: dict[tuple[bytes, ...], tuple[Run | None, dict[str, int]]] = {}

    def run(self, trip: Trip, number: int) -> Run | None:
        """Return the run of a trip, the ``number``-th imported; None where it is left out."""
        low, high = int(self._times.start[number]), int(self._times.start[number + 1])
        parts = (
            self._times.stop[low:high],
            self._times.arrives[low:high],
            self._times.departs[low:high],
            self._times.kinds[low:high],
            self._times.travelled[low:high],
        )
        key = tuple(part.tobytes() for part in parts)
        if key not in self._known:
            notes: dict[str, int] = {}
            stops, arrives, departs, kinds, travelled = (part.tolist() for part in parts)
            made = _made(stops, arrives, departs, kinds, travelled, self._spots, notes)
            self._known[key] = (made, notes)
        run, notes = self._known[key]
        for code, count in notes.items():
            self._tally.add(code, trip.trip_id, count)
        return run


def _made(
    stops: list[int],
    arrives: list[int],
    departs: list[int],
    kinds: list[int],
    travelled: list[float],
    all_spots: Sequence[Spot | None],
    notes: dict[str, int],
) -> Run | None:
    why = _unusable(stops, arrives, departs)
    if why is not None:
        notes[why] = 1
        return None
    spots = [all_spots[stop] for stop in stops]
    half = _fill_halves(arrives, departs)
    blank = [arrival == BLANK for arrival in arrives]
    _interpolate(arrives, departs, spots)
    moments = [t for pair in zip(arrives, departs, strict=True) for t in pair]
    if any(later < earlier for earlier, later in pairwise(moments)):
        notes["trips_back_in_time"] = 1
        return None
    flags = [
        _flags(kind) | (INTERPOLATED if was_blank else 0)
        for kind, was_blank in zip(kinds, blank, strict=True)
    ]
    calls: list[tuple[Spot, int, int, int, float]] = []
    for spot, arrival, departure, flag, far in zip(
        spots, arrives, departs, flags, travelled, strict=True
    ):
        if spot is None:
            _count(notes, "calls_without_coordinates", 1)
        elif calls and calls[-1][0].stop_id == spot.stop_id:
            before = calls[-1]
            calls[-1] = (spot, before[1], departure, before[3] | flag, before[4])
            _count(notes, "platforms_merged", 1)
        else:
            calls.append((spot, arrival, departure, flag, far))
    if len(calls) < 2:
        notes["trips_with_one_call"] = 1
        return None
    _count(notes, "one_time_for_two", half)
    _count(notes, "on_request", sum(_on_request(kind) for kind in kinds))
    _count(notes, "times_interpolated", sum(1 for c in calls if c[3] & INTERPOLATED))
    _count(
        notes,
        "times_approximate",
        sum(1 for c in calls if c[3] & APPROXIMATE and not c[3] & INTERPOLATED),
    )
    first, last = calls[0], calls[-1]
    calls[0] = (first[0], first[2], *first[2:])
    calls[-1] = (last[0], last[1], last[1], *last[3:])
    return Run(
        tuple(c[0].stop_id for c in calls),
        tuple(c[1] for c in calls),
        tuple(c[2] for c in calls),
        tuple(c[3] for c in calls),
        tuple(c[4] if c[4] >= 0 else UNSTATED for c in calls),
    )


def _count(notes: dict[str, int], code: str, count: int) -> None:
    if count:
        notes[code] = notes.get(code, 0) + count


def _unusable(stops: list[int], arrives: list[int], departs: list[int]) -> str | None:
    if not stops:
        return "trips_without_stop_times"
    if ON_DEMAND in stops:
        return "trips_on_demand"
    if (arrives[0] == BLANK and departs[0] == BLANK) or (
        arrives[-1] == BLANK and departs[-1] == BLANK
    ):
        return "trips_without_end_times"
    return None


def _fill_halves(arrives: list[int], departs: list[int]) -> int:
    filled = 0
    for k, (arrival, departure) in enumerate(zip(arrives, departs, strict=True)):
        if arrival == BLANK and departure != BLANK:
            arrives[k] = departure
            # Nobody needs the arrival at the first stop, or the departure from the last.
            filled += k > 0
        elif departure == BLANK and arrival != BLANK:
            departs[k] = arrival
            filled += k + 1 < len(arrives)
    return filled


def _interpolate(arrives: list[int], departs: list[int], spots: Sequence[Spot | None]) -> None:
    """Fill blank times in proportion to the way as the crow flies."""
    timed = [k for k, arrival in enumerate(arrives) if arrival != BLANK]
    for here, there in pairwise(timed):
        if there == here + 1:
            continue
        way = [_far(spots[k], spots[k + 1]) for k in range(here, there)]
        along = np.cumsum(way if sum(way) > 0 else [1.0] * len(way))
        lasts = arrives[there] - departs[here]
        for k in range(here + 1, there):
            moment = departs[here] + int(lasts * along[k - here - 1] / along[-1])
            arrives[k] = departs[k] = moment


def _far(here: Spot | None, there: Spot | None) -> float:
    if here is None or there is None:
        return 0.0
    return great_circle_km(here.latitude, here.longitude, there.latitude, there.longitude)


def _flags(kind: int) -> int:
    pickup, drop_off, approximate = kind % 4, kind // 4 % 4, kind // 16
    return (
        (LOADS if pickup != _NONE else 0)
        | (DISCHARGES if drop_off != _NONE else 0)
        | (APPROXIMATE if approximate else 0)
    )


def _on_request(kind: int) -> bool:
    return kind % 4 in _ON_REQUEST or kind // 4 % 4 in _ON_REQUEST


def in_minutes(run: Run, later: int, trip_id: str, tally: Tally) -> Minutes:
    """Return a run's times in whole minutes, none promised early and none missed.

    Parameters
    ----------
    run
        The run.
    later
        Seconds to add to its times.
    trip_id
        Whose it is, for the report.
    """
    last = len(run.places) - 1
    departs = [(moment + later) // 60 for moment in run.departs]
    arrives = [-(-(moment + later) // 60) for moment in run.arrives]
    up = down = early = 0
    for k in range(len(run.places)):
        if k < last and (run.departs[k] + later) % 60:
            down += 1
        if k == 0:
            arrives[k] = departs[k]
        elif k == last:
            departs[k] = arrives[k]
            up += bool((run.arrives[k] + later) % 60)
        elif arrives[k] > departs[k]:
            arrives[k] = departs[k]
            early += 1
        else:
            up += bool((run.arrives[k] + later) % 60)
    for code, count in (
        ("arrivals_rounded_up", up),
        ("departures_rounded_down", down),
        ("arrivals_rounded_down", early),
    ):
        if count:
            tally.add(code, trip_id, count)
    return Minutes(tuple(arrives), tuple(departs))

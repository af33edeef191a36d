"""Links between consecutive calls, and how long they are."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Mapping
from statistics import median

import numpy as np
from numpy.typing import NDArray

from kervan.feed.great_circle import great_circle_km
from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.naming import Claims
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.runs import UNSTATED, Run
from kervan.feed.gtfs.stops import Spot
from kervan.feed.gtfs.values import Columns, number, plain, whole
from kervan.feed.tables import Link, Place

Pair = tuple[str, str, str]
"""Mode, and the ``stop_id`` of the spots at either end."""

WAY_TO_CROW = 1.2
"""Length of a way where only its ends are known, in great circles."""

_UNITS = {"km": 1.0, "m": 0.001, "mile": 1.609344, "foot": 0.0003048}
# A way is mostly no shorter than the crow flies, and not half as long again; within these bounds
# no two of the units can both fit.
_LEAST_DETOUR, _MOST_DETOUR = 0.98, 1.57
_NEAR_KM = 0.3
_SHORTEST_KM = 0.001
_KM_PER_DEGREE = 6371.0 * math.pi / 180


class Distances:
    """Collects what a feed says of the way between its places."""

    def __init__(self, spots: Mapping[str, Spot], tally: Tally) -> None:
        """Prepare; ``spots`` are by their own ``stop_id``."""
        self._spots, self._tally = spots, tally
        self._seen: set[tuple[Run, str, str]] = set()
        self._stated: dict[Pair, list[float]] = defaultdict(list)
        self._on_shapes: dict[str, set[tuple[str, tuple[str, ...]]]] = defaultdict(set)
        self._pairs: dict[Pair, None] = {}

    def add(self, mode: str, run: Run, shape_id: str) -> None:
        """Take note of a run's way."""
        if (run, mode, shape_id) in self._seen:
            return
        self._seen.add((run, mode, shape_id))
        lacking = False
        for k in range(len(run.places) - 1):
            pair = (mode, run.places[k], run.places[k + 1])
            self._pairs[pair] = None
            far = run.travelled[k + 1] - run.travelled[k]
            if far > 0 and run.travelled[k] != UNSTATED:
                self._stated[pair].append(far)
            else:
                lacking = True
        if shape_id and lacking:
            self._on_shapes[shape_id].add((mode, run.places))

    def links(
        self, archive: Archive, places: Mapping[str, Place], source_id: str
    ) -> tuple[Link, ...]:
        """Return the links, one for both directions where the way is run in both.

        Raises
        ------
        FeedError
            If a row of ``shapes.txt`` is not sound.
        """
        stated, measured = self._in_km(), self._measured(archive)
        claims = Claims()
        found = []
        for mode, here, there in self._pairs:
            back = (mode, there, here)
            if back in self._pairs and there < here:
                continue  # told with the other direction
            pairs = [(mode, here, there)] + ([back] if back in self._pairs else [])
            ends = (places[here].place_id, places[there].place_id)
            km, basis = self._length(pairs, stated, measured, "-".join(ends))
            found.append(
                Link(
                    link_id=claims.claim(f"{ends[0]}-{ends[1]}-{mode}"),
                    from_place_id=ends[0],
                    to_place_id=ends[1],
                    mode=mode,
                    distance_km=km,
                    both_ways=back in self._pairs,
                    is_estimate=basis is not None,
                    estimate_basis=basis,
                    source_id=source_id,
                )
            )
        return tuple(found)

    def _length(
        self,
        pairs: list[Pair],
        stated: Mapping[Pair, list[float]],
        measured: Mapping[Pair, list[float]],
        label: str,
    ) -> tuple[float, str | None]:
        crow = self._crow(pairs[0])
        for lengths, code, basis in (
            (stated, "links_by_stated_distance", None),
            (measured, "links_along_shapes", "measured along shapes.txt"),
        ):
            given = [km for pair in pairs for km in lengths.get(pair, ())]
            sound = [km for km in given if _plausible(km, crow)]
            if len(sound) < len(given):
                self._tally.add("shape_lengths_implausible", label, len(given) - len(sound))
            if not sound:
                continue
            if max(sound) - min(sound) > 0.001:
                self._tally.add("links_both_ways_differ", label)
            self._tally.add(code, label)
            return max(_SHORTEST_KM, round(median(sound), 3)), basis
        km = round(WAY_TO_CROW * crow, 3)
        if km < _SHORTEST_KM:
            self._tally.add("links_too_short", label)
            return _SHORTEST_KM, "places at one spot; the least length a link can have"
        self._tally.add("links_by_great_circle", label)
        return km, f"great circle times {WAY_TO_CROW:g}"

    def _crow(self, pair: Pair) -> float:
        here, there = self._spots[pair[1]], self._spots[pair[2]]
        return great_circle_km(here.latitude, here.longitude, there.latitude, there.longitude)

    def _in_km(self) -> dict[Pair, list[float]]:
        ratios = [
            far / crow
            for pair, lengths in self._stated.items()
            if (crow := self._crow(pair)) > _NEAR_KM
            for far in lengths
        ]
        if not ratios:
            if self._stated:
                self._tally.add("distance_unit_unknown")
            return {}
        typical = median(ratios)
        for km in _UNITS.values():
            if _LEAST_DETOUR <= typical * km < _MOST_DETOUR:
                return {
                    pair: [far * km for far in lengths] for pair, lengths in self._stated.items()
                }
        self._tally.add("distance_unit_unknown")
        return {}

    def _measured(self, archive: Archive) -> dict[Pair, list[float]]:
        found: dict[Pair, list[float]] = defaultdict(list)
        if "shapes.txt" not in archive:
            return found
        for shape_id, points in _read_shapes(archive, set(self._on_shapes), self._tally).items():
            for mode, places in sorted(self._on_shapes[shape_id]):
                spots = [self._spots[place] for place in places]
                at = _along(points, [(s.latitude, s.longitude) for s in spots])
                for k in range(len(places) - 1):
                    found[mode, places[k], places[k + 1]].append(at[k + 1] - at[k])
        return found


def _plausible(km: float, crow: float) -> bool:
    return max(0.97 * crow, _SHORTEST_KM) <= km <= 4 * crow + 2


def _read_shapes(
    archive: Archive, wanted: set[str], tally: Tally
) -> dict[str, NDArray[np.float64]]:
    """Return latitude and longitude of the points of some shapes, in order; shape (points, 2)."""
    numbers: dict[str, int] = {}
    of_shape, sequence = array("i"), array("i")
    latitudes, longitudes = array("d"), array("d")
    rows = 0
    with archive.open("shapes.txt") as table:
        columns = Columns(table)
        key, order = columns("shape_id", required=True), columns("shape_pt_sequence", required=True)
        lat, lon = columns("shape_pt_lat", required=True), columns("shape_pt_lon", required=True)
        for row in table:
            rows += 1
            shape_id = plain(key(row))
            of_shape.append(numbers.setdefault(shape_id, len(numbers)))
            sequence.append(whole(order(row), table, "shape_pt_sequence"))
            latitudes.append(number(lat(row), table, "shape_pt_lat"))
            longitudes.append(number(lon(row), table, "shape_pt_lon"))
            if not (abs(latitudes[-1]) <= 90 and abs(longitudes[-1]) <= 180):
                raise table.problem(
                    "shape_pt_lat and shape_pt_lon are no point on the globe; give degrees."
                )
        tally.rows_read["shapes.txt"] = rows
        columns.tell_unused(tally)
    for shape_id in numbers:
        tally.add("shapes_not_drawn", shape_id)
    by_way = np.lexsort((np.array(sequence, np.int32), np.array(of_shape, np.int32)))
    points = np.column_stack([np.array(latitudes), np.array(longitudes)])[by_way]
    start = np.searchsorted(np.array(of_shape, np.int32)[by_way], np.arange(len(numbers) + 1))
    return {
        shape_id: points[start[k] : start[k + 1]]
        for shape_id, k in numbers.items()
        if shape_id in wanted
    }


def _along(points: NDArray[np.float64], stops: list[tuple[float, float]]) -> list[float]:
    """Return how far along a line each stop lies, in km, never before the stop before it.

    On a plane that is true to scale at the line's middle, good to a few parts in a thousand over
    the length of a country.
    """
    if len(points) < 2:
        return [0.0] * len(stops)
    scale = np.array(
        [_KM_PER_DEGREE, _KM_PER_DEGREE * math.cos(math.radians(float(points[:, 0].mean())))]
    )
    line = points * scale
    ways = np.diff(line, axis=0)
    # Lengths are true everywhere, whatever the plane.
    cosines = np.cos(np.radians((points[1:, 0] + points[:-1, 0]) / 2))
    steps = np.diff(points, axis=0) * _KM_PER_DEGREE
    lengths = np.hypot(steps[:, 0], steps[:, 1] * cosines)
    before = np.concatenate([[0.0], np.cumsum(lengths)])
    squares = np.maximum((ways**2).sum(axis=1), 1e-18)
    found: list[float] = []
    reached = 0.0
    for stop in stops:
        to = np.array(stop) * scale - line[:-1]
        share = np.clip((to * ways).sum(axis=1) / squares, 0.0, 1.0)
        off = np.hypot(*(to - share[:, None] * ways).T)
        at = before[:-1] + share * lengths
        off[at < reached] = math.inf
        if not np.isfinite(off).any():
            found.append(reached)
            continue
        # The first pass of the line near the stop, where it passes several times.
        near = np.flatnonzero(off <= off.min() + 0.05)
        reached = float(at[near[0]])
        found.append(reached)
    return found

"""The legs of offers as lines, side by side where they share a way.

A link is drawn from place to place through its waypoints, each step along the great circle. Steps
that several offers take get a lane each, the lowest offer number on the left of whoever travels
from origin to destination; a lane is a multiple of the gap between lines, 0 being the way itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.feed.tables import Link, Place
from kervan.network.legs import Leg
from kervan.offers.map.projection import Points, great_circle

STEP_KM = 150.0
"""Longest step of a line: short enough to be seen as a curve."""

_MITRE_LIMIT = 2.0

Step = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class LegLine:
    """One leg of an offer as a line.

    Attributes
    ----------
    mode
        Mode of transport.
    points
        Degrees, shape (n, 2); begins and ends at the places of the leg.
    lanes
        Lane of each step between points, shape (n - 1,); positive to the right of travel.
    sharing
        How many offers take each step, shape (n - 1,).
    """

    mode: str
    points: Points
    lanes: NDArray[np.float64]
    sharing: NDArray[np.int64]


def link_points(link: Link, places: Mapping[str, Place]) -> Points:
    """Return the ends of a link and the waypoints between them in degrees; shape (n, 2)."""
    between = [
        tuple(float(number) for number in point.split())
        for point in (link.waypoints or "").split(";")
        if point.strip()
    ]
    ends = [
        (places[place_id].longitude_deg, places[place_id].latitude_deg)
        for place_id in (link.from_place_id, link.to_place_id)
    ]
    return np.array([ends[0], *between, ends[1]], np.float64)


def leg_points(leg: Leg, links: Mapping[str, Link], places: Mapping[str, Place]) -> Points:
    """Return the places and waypoints a leg passes, in its direction, degrees; shape (n, 2).

    A section without links is drawn straight from call to call.
    """
    parts: list[Points] = []
    for section in leg.sections:
        if not section.stretches:
            ends = (places[section.from_place_id], places[section.to_place_id])
            parts.append(np.array([(p.longitude_deg, p.latitude_deg) for p in ends]))
        for stretch in section.stretches:
            link = links[stretch.link_id]
            points = link_points(link, places)
            parts.append(points if stretch.from_place_id == link.from_place_id else points[::-1])
    line = np.concatenate(parts)
    moved = np.ones(len(line), bool)
    moved[1:] = np.any(np.diff(line, axis=0) != 0, axis=1)
    return line[moved] if moved.sum() > 1 else line[:2]


def leg_lines(
    offers: Iterable[tuple[int, Iterable[Leg]]],
    links: Mapping[str, Link],
    places: Mapping[str, Place],
) -> dict[int, tuple[LegLine, ...]]:
    """Return the lines of offers.

    Parameters
    ----------
    offers
        Number and legs of each.
    links, places
        Rows of the feed by key.

    Returns
    -------
    dict[int, tuple[LegLine, ...]]
        Lines of each offer by its number, one a leg.
    """
    ways = {
        number: [(leg.mode, leg_points(leg, links, places)) for leg in legs]
        for number, legs in offers
    }
    takers: dict[Step, list[int]] = {}
    direction: dict[Step, Step] = {}
    for number, legs in ways.items():
        for _, points in legs:
            for step in _steps(points):
                key = min(step, step[::-1])
                direction.setdefault(key, step)
                found = takers.setdefault(key, [])
                if number not in found:
                    found.append(number)

    def line(number: int, mode: str, points: Points) -> LegLine:
        dense, lanes, sharing = [points[:1]], [], []
        for row, step in enumerate(_steps(points)):
            key = min(step, step[::-1])
            beside = sorted(takers[key])
            lane = beside.index(number) - (len(beside) - 1) / 2.0
            arc = great_circle(points[row], points[row + 1], STEP_KM)[1:]
            dense.append(arc)
            lanes += [lane if direction[key] == step else -lane] * len(arc)
            sharing += [len(beside)] * len(arc)
        return LegLine(mode, np.concatenate(dense), np.array(lanes), np.array(sharing))

    return {
        number: tuple(line(number, mode, points) for mode, points in legs)
        for number, legs in ways.items()
    }


def offset_line(points: Points, offsets: NDArray[np.float64]) -> Points:
    """Return a line moved sideways, each step by its own distance.

    Parameters
    ----------
    points
        On the sheet (y to the south), shape (n, 2).
    offsets
        How far each step moves to the right of its direction, shape (n - 1,).

    Returns
    -------
    Points
        Shape (m, 2), m >= n: where the distance changes the line has two points for one.

    Notes
    -----
    ``map.js`` does the same again whenever the sheet is zoomed; change both.
    """
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    lengths[lengths == 0] = 1.0
    # With y to the south a quarter turn to the right is (x, y) -> (-y, x).
    normals = np.column_stack((-steps[:, 1], steps[:, 0])) / lengths[:, None]
    moved = [points[0] + normals[0] * offsets[0]]
    for i in range(1, len(points) - 1):
        before, after = normals[i - 1], normals[i]
        if offsets[i - 1] == offsets[i]:
            both = before + after
            # The mitre's length is 1 / cos(half the turn); a hairpin would shoot off the sheet.
            scale = 2.0 / max(float(both @ both), 4.0 / _MITRE_LIMIT**2)
            moved.append(points[i] + both * scale * offsets[i])
        else:
            moved += [points[i] + before * offsets[i - 1], points[i] + after * offsets[i]]
    moved.append(points[-1] + normals[-1] * offsets[-1])
    return np.array(moved)


def _steps(points: Points) -> list[Step]:
    rows = [(float(x), float(y)) for x, y in points]
    return list(itertools.pairwise(rows))

"""Write the basemap of ``kervan.offers.map``: land and borders from Europe to East Asia.

Source: Natural Earth 1:50m countries (public domain) as the npm package ``world-atlas`` ships them
in TopoJSON (ISC). Get the package and give its file; nothing of it is needed to run Kervan::

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python scripts/make_basemap.py package/countries-50m.json
"""

from __future__ import annotations

import json
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kervan.feed.codes import countries

TARGET = Path(__file__).parent.parent / "src/kervan/offers/map/data/basemap.json"

Points = NDArray[np.float64]

REGION_DEG = (-26.0, -36.0, 179.0, 84.0)
"""West, south, east, north. Larger than any corridor served, so that no map shows the cut."""

TOLERANCE_DEG = 0.035
LEAST_ISLAND_DEG2 = 0.03
UNITS_A_DEGREE = 100

EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
DISPUTED = {
    ("Russia", "Ukraine"): (32.0, 45.0, 36.0, 46.6),
    ("India", "Pakistan"): (73.0, 32.3, 81.0, 38.0),
    ("Kosovo", "Serbia"): EVERYWHERE,
    ("Cyprus", "N. Cyprus"): EVERYWHERE,
    ("Somalia", "Somaliland"): EVERYWHERE,
    ("Morocco", "W. Sahara"): EVERYWHERE,
    ("China", "India"): EVERYWHERE,
    ("China", "Pakistan"): EVERYWHERE,
    ("India", "Siachen Glacier"): EVERYWHERE,
    ("Pakistan", "Siachen Glacier"): EVERYWHERE,
    ("China", "Siachen Glacier"): EVERYWHERE,
    ("Israel", "Palestine"): EVERYWHERE,
    ("Israel", "Syria"): EVERYWHERE,
    ("Egypt", "Sudan"): EVERYWHERE,
}
"""Borders drawn dashed, by the names of Natural Earth, and the rectangle (west, south, east, north)
within which: lines that are contested or hold in fact only. The map takes no side."""

# Natural Earth shortens names; the code list of the feed has the whole ones.
NAMES = {
    "Turkey": "Türkiye",
    "Macedonia": "North Macedonia",
    "Bosnia and Herz.": "Bosnia & Herzegovina",
    "United Kingdom": "Britain (UK)",
    "South Korea": "Korea (South)",
    "North Korea": "Korea (North)",
    "Myanmar": "Myanmar (Burma)",
}

# Where the middle of the largest part is a poor place for the name.
LETTERING = {
    "RU": (50.0, 57.5),
    "CN": (102.5, 31.5),
    "AZ": (48.1, 40.75),
    "GE": (43.2, 42.15),
    "TR": (33.6, 39.2),
    "KZ": (66.0, 49.4),
    "UZ": (63.2, 42.2),
    "GR": (22.0, 39.6),
    "HR": (16.4, 45.5),
    "VN": (105.6, 20.5),
    "MY": (102.2, 4.0),
    "FR": (2.5, 46.7),
}


def arcs_of(topology: dict[str, Any]) -> list[Points]:
    """Return every arc in degrees, shape (points, 2)."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        np.cumsum(np.array(arc, np.float64), axis=0) * scale + translate for arc in topology["arcs"]
    ]


def simplified(points: Points, tolerance: float) -> Points:
    """Return the points that matter (Douglas and Peucker 1973); the ends always stay."""
    if len(points) < 3:
        return points
    keep = np.zeros(len(points), bool)
    keep[0] = keep[-1] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        inner = points[first + 1 : last] - points[first]
        along = points[last] - points[first]
        length = float(np.hypot(*along))
        if length < 1e-9:
            away = np.hypot(inner[:, 0], inner[:, 1])
        else:
            away = np.abs(inner[:, 0] * along[1] - inner[:, 1] * along[0]) / length
        farthest = int(away.argmax())
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return points[keep]


def ring_of(arcs: list[Points], indices: list[int]) -> Points:
    """Return the closed ring that arcs make; ``~i`` is arc i backwards."""
    parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    ring = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    # Eurasia reaches over the 180th meridian; go on counting there.
    ring[:, 0] = np.unwrap(ring[:, 0], period=360.0)
    return ring


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """Return the polygons of a geometry as arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def clipped_ring(ring: Points, region: tuple[float, float, float, float]) -> Points:
    """Return a ring cut to a rectangle (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in (
        (0, region[0], 1.0),
        (1, region[1], 1.0),
        (0, region[2], -1.0),
        (1, region[3], -1.0),
    ):
        if len(ring) == 0:
            break
        found: list[Points] = []
        for here, there in zip(ring, np.roll(ring, -1, axis=0), strict=True):
            is_in, goes_in = sign * (here[axis] - limit) >= 0, sign * (there[axis] - limit) >= 0
            if is_in:
                found.append(here)
            if is_in != goes_in:
                share = (limit - here[axis]) / (there[axis] - here[axis])
                found.append(here + share * (there - here))
        ring = np.array(found)
    return ring


def pieces(
    line: Points, region: tuple[float, float, float, float]
) -> Iterator[tuple[bool, Points]]:
    """Yield the pieces of a line and whether each lies in a rectangle; they share their ends."""
    west, south, east, north = region
    middles = (line[1:] + line[:-1]) / 2
    inside = (
        (middles[:, 0] >= west)
        & (middles[:, 0] <= east)
        & (middles[:, 1] >= south)
        & (middles[:, 1] <= north)
    )
    for steps in np.split(np.arange(len(middles)), np.flatnonzero(np.diff(inside)) + 1):
        yield bool(inside[steps[0]]), line[steps[0] : steps[-1] + 2]


def area_deg2(ring: Points) -> float:
    """Return the area of a ring in square degrees."""
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def middle(ring: Points) -> tuple[float, float]:
    """Return the centroid of a ring."""
    x, y = ring[:, 0], ring[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    total = cross.sum() * 3
    return (
        float(((x + np.roll(x, -1)) * cross).sum() / total),
        float(((y + np.roll(y, -1)) * cross).sum() / total),
    )


def deltas(points: Points) -> list[int]:
    """Return points as whole units, each but the first as the step from the one before."""
    units = np.round(points * UNITS_A_DEGREE).astype(int)
    steps = np.diff(units, axis=0, prepend=[[0, 0]])
    moved = np.any(steps != 0, axis=1)
    moved[0] = True
    return [int(v) for v in steps[moved].ravel()]


def basemap(topology: dict[str, Any]) -> dict[str, Any]:
    """Return the basemap as it is stored."""
    arcs = arcs_of(topology)
    thin = [simplified(arc, TOLERANCE_DEG) for arc in arcs]
    land = []
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in polygons(geometry):
            for indices in polygon:
                ring = clipped_ring(ring_of(thin, indices)[:-1], REGION_DEG)
                if len(ring) > 2 and area_deg2(ring) > LEAST_ISLAND_DEG2:
                    land.append(deltas(ring))
    owners: dict[int, set[str]] = defaultdict(set)
    names = []
    codes = {name: code for code, name in countries().items()}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        rings = [ring_of(arcs, polygon[0])[:-1] for polygon in polygons(geometry)]
        for polygon in polygons(geometry):
            for i in (i for indices in polygon for i in indices):
                owners[i if i >= 0 else ~i].add(name)
        code = codes.get(NAMES.get(name, name))
        kept = [r for r in (clipped_ring(ring, REGION_DEG) for ring in rings) if len(r) > 2]
        if code and kept:
            largest = max(kept, key=area_deg2)
            lon, lat = LETTERING.get(code) or middle(largest)
            # A degree of longitude is shorter than one of latitude away from the equator.
            radius = math.sqrt(area_deg2(largest) * math.cos(math.radians(lat)) / math.pi)
            names.append([code, *(round(v * UNITS_A_DEGREE) for v in (lon, lat, radius))])
    lines: dict[str, list[list[int]]] = {"borders": [], "disputed": []}
    nowhere = (0.0, 0.0, 0.0, 0.0)
    for i, pair in sorted(owners.items()):
        if len(pair) != 2:
            continue
        first, second = sorted(pair)
        for is_kept, kept_part in pieces(thin[i], REGION_DEG):
            for is_disputed, part in pieces(kept_part, DISPUTED.get((first, second), nowhere)):
                if is_kept:
                    lines["disputed" if is_disputed else "borders"].append(deltas(part))
    return {"units_a_degree": UNITS_A_DEGREE, "land": land, **lines, "countries": sorted(names)}


if __name__ == "__main__":
    made = basemap(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    TARGET.write_text(json.dumps(made, separators=(",", ":")) + "\n", "utf-8")

"""Land and borders from Europe to East Asia, as bundled with Kervan (see ``data/README.md``)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from kervan.offers.map.projection import Points, Projection

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

# Where names of waters stand, by eye; the names are those of English atlases.
SEAS = (
    ("Black Sea", 34.2, 43.3),
    ("Caspian Sea", 50.9, 41.6),
    ("Mediterranean Sea", 18.5, 35.0),
    ("Red Sea", 38.3, 20.0),
    ("Arabian Sea", 64.0, 15.0),
    ("Bay of Bengal", 88.5, 14.5),
    ("South China Sea", 114.5, 13.5),
    ("East China Sea", 125.0, 28.5),
    ("Yellow Sea", 123.2, 36.2),
    ("North Sea", 3.2, 56.3),
    ("Baltic Sea", 19.3, 56.6),
    ("Persian Gulf", 51.5, 27.0),
    ("Indian Ocean", 75.0, -4.0),
    ("Atlantic Ocean", -15.0, 46.0),
)


@dataclass(frozen=True)
class Basemap:
    """The basemap in degrees.

    Attributes
    ----------
    land
        Rings, shape (n, 2) each; lakes and seas within are rings too (even-odd rule).
    borders, disputed
        Lines between countries; those contested or in fact only are apart.
    countries
        Where each country's name may stand, by ISO 3166-1 alpha-2 code: longitude, latitude, and
        the radius of a circle as large as the country in degrees.
    """

    land: tuple[Points, ...]
    borders: tuple[Points, ...]
    disputed: tuple[Points, ...]
    countries: dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Sheet:
    """The basemap on the sheet, km, cut to what may be looked at."""

    land: tuple[Points, ...]
    borders: tuple[Points, ...]
    disputed: tuple[Points, ...]


@lru_cache(maxsize=1)
def basemap() -> Basemap:
    """Return the bundled basemap."""
    text = files("kervan.offers.map").joinpath("data", "basemap.json").read_text("utf-8")
    stored = json.loads(text)
    units = stored["units_a_degree"]

    def lines(name: str) -> tuple[Points, ...]:
        return tuple(
            np.cumsum(np.array(steps, np.float64).reshape(-1, 2), axis=0) / units
            for steps in stored[name]
        )

    return Basemap(
        lines("land"),
        lines("borders"),
        lines("disputed"),
        {code: (x / units, y / units, r / units) for code, x, y, r in stored["countries"]},
    )


def on_sheet(base: Basemap, projection: Projection, box: Box) -> Sheet:
    """Return the basemap projected and cut to a box of the sheet (km)."""
    centre = projection.centre_longitude_deg
    # Beyond the far meridian the sheet is torn; what would cross the tear is cut there.
    near = (centre - 175.0, -90.0, centre + 175.0, 90.0)
    land = (_cut_ring(ring, near) for ring in base.land)
    rings = (_cut_ring(projection(ring), box) for ring in land if len(ring) > 2)
    return Sheet(
        tuple(ring for ring in rings if len(ring) > 2),
        tuple(_visible(base.borders, projection, box)),
        tuple(_visible(base.disputed, projection, box)),
    )


def _visible(lines: Iterable[Points], projection: Projection, box: Box) -> Iterator[Points]:
    for line in lines:
        xy = projection(line)
        if _overlaps(xy, box):
            yield xy


def _overlaps(xy: Points, box: Box) -> bool:
    low, high = xy.min(axis=0), xy.max(axis=0)
    return bool(high[0] >= box[0] and low[0] <= box[2] and high[1] >= box[1] and low[1] <= box[3])


def _cut_ring(ring: Points, box: Box) -> Points:
    """Cut a ring to a box (Sutherland and Hodgman 1974)."""
    if not _overlaps(ring, box):
        return ring[:0]
    for axis, limit, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        inside: NDArray[np.bool_] = sign * (ring[:, axis] - limit) >= 0
        if inside.all():
            continue
        if not inside.any():
            return ring[:0]
        following = np.roll(ring, -1, axis=0)
        crosses = inside != np.roll(inside, -1)
        span = np.where(crosses, following[:, axis] - ring[:, axis], 1.0)
        share = (limit - ring[:, axis]) / span
        cuts = ring + share[:, None] * (following - ring)
        # Each point is followed by the cut of its step, and only those within stay.
        both = np.stack((ring, cuts), axis=1).reshape(-1, 2)
        ring = both[np.column_stack((inside, crosses)).ravel()]
    return ring

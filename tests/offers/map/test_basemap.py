from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from kervan.offers.map.basemap import basemap, on_sheet
from kervan.offers.map.projection import Points, fitted_projection


def _is_land(rings: tuple[Points, ...], x: float, y: float) -> bool:
    """Count the crossings of a ray (even-odd rule)."""
    crossings = 0
    for ring in rings:
        x0, y0 = ring.T
        x1, y1 = np.roll(ring, -1, axis=0).T
        spans = (y0 > y) != (y1 > y)
        at = x0[spans] + (y - y0[spans]) / (y1[spans] - y0[spans]) * (x1[spans] - x0[spans])
        crossings += int((at > x).sum())
    return crossings % 2 == 1


@pytest.mark.parametrize(
    ("lon", "lat", "is_land"),
    [
        (32.8, 39.9, True),
        (69.2, 41.3, True),
        (109.0, 34.4, True),
        (51.0, 42.0, False),
        (34.0, 43.3, False),
        (38.0, 20.0, False),
        (80.7, 7.5, True),
        (100.5, 3.3, False),
    ],
)
def test_land_is_land_and_the_caspian_is_water(lon: float, lat: float, is_land: bool) -> None:
    assert _is_land(basemap().land, lon, lat) is is_land
    projection = fitted_projection(np.array([[28.0, 41.0], [110.0, 35.0]]))
    sheet = on_sheet(basemap(), projection, (-9000.0, -6000.0, 9000.0, 9000.0))
    x, y = projection(np.array([[lon, lat]]))[0]
    assert _is_land(sheet.land, x, y) is is_land


def test_nothing_of_the_land_lies_outside_the_box_it_is_cut_to() -> None:
    projection = fitted_projection(np.array([[45.0, 38.0], [55.0, 44.0]]))
    box = (-700.0, -500.0, 600.0, 550.0)
    sheet = on_sheet(basemap(), projection, box)
    points = np.concatenate(sheet.land)
    assert points[:, 0].min() >= box[0] - 1e-6
    assert points[:, 0].max() <= box[2] + 1e-6
    assert points[:, 1].min() >= box[1] - 1e-6
    assert points[:, 1].max() <= box[3] + 1e-6


def test_a_corridor_elsewhere_is_drawn_without_a_basemap() -> None:
    projection = fitted_projection(np.array([[-100.0, 30.0], [-90.0, 45.0]]))
    assert on_sheet(basemap(), projection, (-900.0, -900.0, 900.0, 900.0)).land == ()


def test_no_coast_runs_across_the_sheet() -> None:
    # A ring that crosses the date line unnoticed would draw a line from edge to edge.
    for ring in basemap().land:
        assert np.abs(np.diff(ring[:, 0])).max(initial=0.0) < 90.0


def test_the_bundled_file_is_small() -> None:
    assert len(files("kervan.offers.map").joinpath("data", "basemap.json").read_bytes()) < 200_000

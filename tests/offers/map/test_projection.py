from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.offers.map.projection import fitted_projection, great_circle, length_km

CORRIDOR = np.array([[28.8, 41.0], [109.0, 34.4], [71.4, 51.2]])

points = st.tuples(st.floats(-179, 179), st.floats(-80, 80)).map(np.array)


def _area_km2(projection, lon: float, lat: float) -> float:
    corners = np.array([[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat + 0.1]])
    x, y = projection(corners).T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def test_areas_are_those_of_the_sphere_wherever_they_lie() -> None:
    projection = fitted_projection(CORRIDOR)
    radius = 6371.0088
    for lon, lat in ((30.0, 10.0), (69.0, 41.0), (120.0, 60.0)):
        true = (
            radius**2 * np.radians(0.1) * (np.sin(np.radians(lat + 0.1)) - np.sin(np.radians(lat)))
        )
        assert _area_km2(projection, lon, lat) == pytest.approx(true, rel=1e-3)


def test_north_is_up_and_east_is_right_in_the_middle_of_the_sheet() -> None:
    for south in (-60.0, -10.0, 0.0, 40.0):
        middle = np.array([[50.0, south], [60.0, south + 10]])
        xy = fitted_projection(middle)(np.array([[55.0, south], [55.0, south + 8], [58.0, south]]))
        assert xy[1, 1] < xy[0, 1]
        assert xy[2, 0] > xy[0, 0]


def test_distances_near_the_middle_are_kept_within_a_few_per_cent() -> None:
    projection = fitted_projection(CORRIDOR)
    line = np.array([[69.2, 41.3], [76.9, 43.3]])
    drawn = float(np.hypot(*np.diff(projection(line), axis=0)[0]))
    assert drawn == pytest.approx(length_km(line), rel=0.04)


def test_points_on_both_sides_of_the_date_line_are_neighbours_on_the_sheet() -> None:
    both = np.array([[179.0, 50.0], [-179.0, 50.0]])
    xy = fitted_projection(both)(both)
    assert np.hypot(*(xy[1] - xy[0])) < 200.0


@given(points, points)
def test_a_great_circle_begins_and_ends_exactly_at_its_points(start, end) -> None:
    line = great_circle(start, end, 150.0)
    assert np.array_equal(line[0], start)
    assert np.array_equal(line[-1], end)
    assert np.isfinite(line).all()


@given(points, points)
def test_no_step_of_a_great_circle_is_longer_than_asked(start, end) -> None:
    line = great_circle(start, end, 150.0)
    # Opposite points have no one shortest way; they are joined by a single step.
    if len(line) > 2:
        assert all(length_km(line[i : i + 2]) < 150.1 for i in range(len(line) - 1))


def test_a_degree_along_a_meridian_is_111_km() -> None:
    assert length_km(np.array([[50.0, 40.0], [50.0, 41.0]])) == pytest.approx(111.195, abs=0.01)


@given(st.lists(points, min_size=1, max_size=6))
def test_any_set_of_points_can_be_drawn(some) -> None:
    lon_lat = np.array(some)
    assert np.isfinite(fitted_projection(lon_lat)(lon_lat)).all()

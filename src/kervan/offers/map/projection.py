"""Degrees to kilometres on the sheet: the Albers equal-area conic, fitted to what is shown.

Formulas: J. P. Snyder, *Map Projections - A Working Manual*, USGS Professional Paper 1395, 1987,
equations 14-1 to 14-6 (sphere). The standard parallels lie a sixth of the range within its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Points, shape (n, 2): longitude and latitude in degrees, or x and y in km."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

# The cone closes into a cylinder where the parallels mirror each other at the equator.
_LEAST_CONE = 0.05


@dataclass(frozen=True, slots=True)
class Projection:
    """An Albers equal-area conic; x grows to the east, y to the south.

    Attributes
    ----------
    centre_longitude_deg
        The meridian that runs straight up.
    centre_latitude_deg
        Latitude of y = 0 on it.
    cone, constant
        n and C of Snyder's equations 14-5 and 14-6.
    """

    centre_longitude_deg: float
    centre_latitude_deg: float
    cone: float
    constant: float

    def __call__(self, lon_lat: Points) -> Points:
        """Return points in degrees as km on the sheet; shape (n, 2)."""
        away = np.asarray(lon_lat[:, 0]) - self.centre_longitude_deg
        theta = self.cone * np.radians((away + 180.0) % 360.0 - 180.0)
        rho = self._radius(np.sin(np.radians(lon_lat[:, 1])))
        rho0 = self._radius(np.array(sin(radians(self.centre_latitude_deg))))
        return np.column_stack((rho * np.sin(theta), rho * np.cos(theta) - rho0))

    def _radius(self, sine: Points) -> Points:
        inner = np.maximum(self.constant - 2.0 * self.cone * sine, 0.0)
        radius: Points = EARTH_RADIUS_KM * np.sqrt(inner) / self.cone
        return radius


def fitted_projection(lon_lat: Points) -> Projection:
    """Return the projection that suits some points (degrees; shape (n, 2), n >= 1)."""
    angles = np.radians(lon_lat[:, 0])
    mean = float(np.degrees(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean())))
    away = (lon_lat[:, 0] - mean + 180.0) % 360.0 - 180.0
    centre = mean + float(away.min() + away.max()) / 2.0
    south, north = float(lon_lat[:, 1].min()), float(lon_lat[:, 1].max())
    # A flat range would make a needless sharp cone, a little room does no harm.
    room = max((north - south) / 6.0, 2.0)
    middle = (south + north) / 2.0
    first = sin(radians(min(south + room, middle)))
    second = sin(radians(max(north - room, middle)))
    cone = (first + second) / 2.0
    if abs(cone) < _LEAST_CONE:
        cone = _LEAST_CONE if cone >= 0 else -_LEAST_CONE
    return Projection(centre, middle, cone, 1.0 + first * second)


def great_circle(start: Points, end: Points, step_km: float) -> Points:
    """Return the shortest way over the sphere between two points.

    Parameters
    ----------
    start, end
        Longitude and latitude in degrees; shape (2,).
    step_km
        Longest step between points.

    Returns
    -------
    Points
        Degrees, both ends included exactly; shape (n, 2), n >= 2.
    """
    a, b = _vector(start), _vector(end)
    angle = float(np.arctan2(np.linalg.norm(np.cross(a, b)), np.dot(a, b)))
    steps = max(int(np.ceil(angle * EARTH_RADIUS_KM / step_km)), 1)
    if steps == 1 or abs(sin(angle)) < 1e-9:
        return np.array([start, end])
    share = np.linspace(0.0, 1.0, steps + 1)[1:-1, None]
    inner = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / sin(angle)
    lon = np.degrees(np.arctan2(inner[:, 1], inner[:, 0]))
    lat = np.degrees(np.arcsin(np.clip(inner[:, 2], -1.0, 1.0)))
    return np.vstack((start, np.column_stack((lon, lat)), end))


def length_km(lon_lat: Points) -> float:
    """Return the length of a line over the sphere in km (haversine)."""
    lon, lat = np.radians(lon_lat[:, 0]), np.radians(lon_lat[:, 1])
    chord = (
        np.sin(np.diff(lat) / 2) ** 2
        + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    )
    return float((2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))).sum())


def _vector(point: Points) -> Points:
    lon, lat = radians(float(point[0])), radians(float(point[1]))
    return np.array([cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)])

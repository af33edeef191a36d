"""Durations as distributions: what a median and a 95th percentile stand for.

A duration given as ``p50 < p95`` is lognormal, the usual model of transport times: skewed to the
right and never negative. Its logarithm has mean ``ln p50`` and standard deviation
``ln(p95 / p50) / 1.6449`` (1.6449 is the 95 % point of the standard normal). ``p50 == p95`` is a
constant. The wait for a service with so many departures a week and no published clock time is
uniform between nothing and the headway.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONSTANT, LOGNORMAL, UNIFORM = 0, 1, 2
Z95 = 1.6448536269514722
"""95 % point of the standard normal distribution."""
TAIL = 5e-5
"""Probability beyond which a discretised duration is cut and the rest put on the last step."""


@dataclass(frozen=True, slots=True)
class Duration:
    """One independent random duration.

    ``shape`` is CONSTANT, LOGNORMAL or UNIFORM; times are in minutes. For UNIFORM the duration
    lies between 0 and ``2 * p50``.
    """

    shape: int
    p50: float
    p95: float

    @staticmethod
    def of_hours(p50_hours: float | None, p95_hours: float | None) -> Duration:
        """Return the duration of a pair of columns; a missing P95 means a constant."""
        p50 = (p50_hours or 0.0) * 60.0
        p95 = p50 if p95_hours is None else p95_hours * 60.0
        if p50 <= 0.0 or p95 <= p50:
            return Duration(CONSTANT, p50, p50)
        return Duration(LOGNORMAL, p50, p95)

    @staticmethod
    def of_headway(headway_minutes: float) -> Duration:
        """Return the wait for the next of evenly spread departures at unknown times."""
        return Duration(UNIFORM, headway_minutes / 2.0, headway_minutes * 0.95)

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm; 0 unless lognormal."""
        return math.log(self.p95 / self.p50) / Z95 if self.shape == LOGNORMAL else 0.0

    @property
    def mean(self) -> float:
        """Mean in minutes."""
        return self.p50 * math.exp(self.sigma**2 / 2.0)

    def cdf(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Probability that the duration is at most so many minutes."""
        if self.shape == CONSTANT:
            return (minutes >= self.p50).astype(np.float64)
        if self.shape == UNIFORM:
            return np.clip(minutes / (2.0 * self.p50), 0.0, 1.0)
        z = np.full_like(minutes, -np.inf)
        positive = minutes > 0
        z[positive] = np.log(minutes[positive] / self.p50) / self.sigma
        return _normal_cdf(z)

    def sample(self, rng: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Draw durations in minutes."""
        if self.shape == CONSTANT:
            return np.full(size, self.p50)
        if self.shape == UNIFORM:
            return rng.uniform(0.0, 2.0 * self.p50, size)
        return self.p50 * np.exp(self.sigma * rng.standard_normal(size))

    def pmf(self, step: int) -> NDArray[np.float64]:
        """Probability of each whole number of steps of ``step`` minutes, rounded to the nearest."""
        if self.shape == CONSTANT:
            index = round(self.p50 / step)
            mass = np.zeros(index + 1)
            mass[index] = 1.0
            return mass
        if self.shape == UNIFORM:
            longest = 2.0 * self.p50
        else:
            # 3.8906 is the point of the standard normal that leaves TAIL above it.
            longest = self.p50 * math.exp(3.8906 * self.sigma)
        edges = (np.arange(math.ceil(longest / step) + 2, dtype=np.float64) - 0.5) * float(step)
        cumulative = self.cdf(edges[1:])
        cumulative[-1] = 1.0
        return np.diff(cumulative, prepend=0.0)


def pmf_of_sum(durations: tuple[Duration, ...], step: int) -> NDArray[np.float64]:
    """Probability of each number of steps of the sum of independent durations.

    Constants are summed before they are rounded, so that many short ones lose nothing.
    """
    constant = sum(d.p50 for d in durations if d.shape == CONSTANT)
    mass = Duration(CONSTANT, constant, constant).pmf(step)
    for duration in durations:
        if duration.shape != CONSTANT:
            mass = np.convolve(mass, duration.pmf(step))
    return trim(mass)


def trim(mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the far tail of a distribution and put its probability on the last step kept."""
    beyond = np.cumsum(mass[::-1])[::-1]
    keep = max(1, int(np.searchsorted(-beyond, -TAIL, side="right")))
    if keep >= len(mass):
        return mass
    cut = mass[:keep].copy()
    cut[-1] += beyond[keep]
    return cut


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    # Imported here: only reliability needs it, and the table of math.erf over an array is enough.
    return np.array([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in z])

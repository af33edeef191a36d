"""Sums of random durations on a grid: what reliability and strategies add to a point in time.

A sum of independent durations is kept as an *offset*, a whole number of minutes, and *bins*: bin
``j`` holds the probability that the rest lies in ``((j - 1) * step, j * step]`` and spreads it
evenly within. Constants go into the offset and lose nothing to the grid. The sum of two even
spreads is a triangle over two bins, half of it in each; that is the one step of rounding, and it
keeps the mean. After the bins are summed the offset is moved by the minutes (usually none, never
more than half a step for each duration) that make the mean right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kervan.network.durations import CONSTANT, TAIL, UNIFORM, Duration

Float64 = NDArray[np.float64]

_HEAD = 1e-6
"""Probability of being quicker than the bins kept, which is put on the first of them."""
_TAIL_SIGMAS = 3.8906
"""Point of the standard normal that leaves TAIL above it."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A sum of durations on a grid.

    Attributes
    ----------
    offset
        Minutes, always taken; they may be negative by less than a step a duration.
    first
        Number of the first bin; 1 is the bin that begins at nothing.
    bins
        Probability of each bin; shape (n,). None at all where the sum is constant.
    """

    offset: int
    first: int
    bins: Float64

    @property
    def is_constant(self) -> bool:
        """Whether the sum is its offset and nothing else."""
        return len(self.bins) == 0

    def mean(self, step: int) -> float:
        """Return the mean in minutes on a grid of ``step`` minutes."""
        if self.is_constant:
            return float(self.offset)
        middles = np.arange(self.first, self.first + len(self.bins)) - 0.5
        return self.offset + step * float(self.bins @ middles)


@lru_cache(maxsize=65536)
def spread_of(durations: tuple[Duration, ...], step: int) -> Spread:
    """Return the sum of independent durations on a grid of ``step`` minutes; cached.

    Parameters
    ----------
    durations
        Each independent of the others.
    step
        Minutes, 1 or more.
    """
    constant = sum(d.p50 for d in durations if d.shape == CONSTANT)
    first, bins, mean = 1, np.zeros(0), 0.0
    for duration in durations:
        if duration.shape == CONSTANT:
            continue
        mean += duration.mean
        more_first, more = _bins(duration, step)
        if len(bins) == 0:
            first, bins = more_first, more
        else:
            together = np.convolve(bins, more)
            # Bins i and j fall half into bin i + j - 1 and half into bin i + j.
            bins = np.zeros(len(together) + 1)
            bins[:-1] += 0.5 * together
            bins[1:] += 0.5 * together
            first = first + more_first - 1
            first, bins = _trimmed(first, bins)
    if len(bins) == 0:
        return Spread(round(constant), 1, bins)
    binned = Spread(0, first, bins).mean(step)
    return Spread(round(constant + mean - binned), first, bins)


def _bins(duration: Duration, step: int) -> tuple[int, Float64]:
    if duration.shape == UNIFORM:
        longest = 2.0 * duration.p50
    else:
        longest = duration.p50 * math.exp(_TAIL_SIGMAS * duration.sigma)
    edges = np.arange(max(1, math.ceil(longest / step)) + 1, dtype=np.float64) * step
    cumulative = duration.cdf(edges)
    cumulative[0], cumulative[-1] = 0.0, 1.0
    return _trimmed(1, np.diff(cumulative))


def _trimmed(first: int, bins: Float64) -> tuple[int, Float64]:
    """Cut the far ends and put their probability on the outermost bins kept."""
    below = np.cumsum(bins)
    above = np.cumsum(bins[::-1])[::-1]
    low = min(int(np.searchsorted(below, _HEAD, side="right")), len(bins) - 1)
    high = max(low + 1, int(np.searchsorted(-above, -TAIL, side="right")))
    kept = bins[low:high].copy()
    kept[0] += below[low] - bins[low]
    kept[-1] += above[high] if high < len(bins) else 0.0
    return first + low, kept

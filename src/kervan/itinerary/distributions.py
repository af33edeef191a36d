"""When something happens, as probabilities: exact minutes, and bins of a grid.

A departure, an opening, a cut-off happens at an exact minute; a ride of uncertain length ends
somewhere in a bin. Both are kept, so that a constant chain of rides stays exact and a miss by one
minute is a miss, however coarse the grid. Bin ``i`` is ``((i - 1) * step, i * step]`` in minutes
since 1970 (UTC), its probability spread evenly within.

Several distributions are carried side by side as rows of one array: the itinerary as it runs, and
what would become of it after each missed connection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.network.spreads import Spread

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_NOTHING = 1e-13
"""Probability too small to carry on."""


@dataclass(frozen=True, slots=True)
class Times:
    """Distributions of a time, one a row.

    Attributes
    ----------
    step
        Minutes of a bin.
    minutes
        Exact minutes that have a probability of their own, ascending; shape (n,).
    mass
        Their probabilities; shape (rows, n).
    first
        Number of the first bin.
    bins
        Probabilities of the bins; shape (rows, bins).
    """

    step: int
    minutes: Int64
    mass: Float64
    first: int
    bins: Float64

    @property
    def total(self) -> Float64:
        """Probability that it happens at all; shape (rows,)."""
        return np.asarray(self.mass.sum(axis=1) + self.bins.sum(axis=1))

    @property
    def mean(self) -> Float64:
        """Mean minute, given that it happens; shape (rows,)."""
        middles = (np.arange(self.first, self.first + self.bins.shape[1]) - 0.5) * self.step
        # Held against the first moment, so that minutes since 1970 cost no digits.
        zero = self._earliest()
        sums = self.mass @ (self.minutes - zero) + self.bins @ (middles - zero)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(zero + sums / self.total)

    def chance_by(self, minutes: Int64) -> Float64:
        """Return the probability that it has happened by each minute; shape (rows, n)."""
        until = self.minutes.searchsorted(minutes, side="right")
        padded = np.zeros((len(self.mass), len(self.minutes) + 1))
        np.cumsum(self.mass, axis=1, out=padded[:, 1:])
        return np.asarray(padded[:, until] + self._binned_by(minutes))

    def quantile(self, chance: float, row: int = 0) -> float | None:
        """Return the first minute by which it has happened with a probability, or None."""
        edges = np.arange(self.first - 1, self.first + self.bins.shape[1]) * self.step
        points = np.unique(np.concatenate([edges, self.minutes]))
        if len(points) == 0:
            return None
        by = self.chance_by(points)[row]
        at = int(np.searchsorted(by, chance - 1e-9))
        if at == len(points):
            return None
        exact = self.minutes.searchsorted(points[at])
        own = 0.0
        if exact < len(self.minutes) and self.minutes[exact] == points[at]:
            own = float(self.mass[row, exact])
        before, here = float(by[at - 1]) if at else 0.0, float(by[at]) - own
        if at == 0 or chance >= here or here <= before:
            return float(points[at])
        share = (chance - before) / (here - before)
        return float(points[at - 1] + share * (points[at] - points[at - 1]))

    def _earliest(self) -> int:
        return int(self.minutes[0]) if len(self.minutes) else (self.first - 1) * self.step

    def _binned_by(self, minutes: Int64) -> Float64:
        count = self.bins.shape[1]
        if count == 0:
            return np.zeros((len(self.bins), len(minutes)))
        cumulative = np.zeros((len(self.bins), count + 1))
        np.cumsum(self.bins, axis=1, out=cumulative[:, 1:])
        place = np.clip(minutes / self.step - (self.first - 1), 0.0, float(count))
        whole = np.minimum(place.astype(np.int64), count - 1)
        return np.asarray(cumulative[:, whole] + (place - whole) * self.bins[:, whole])


def at(step: int, minutes: Int64, mass: Float64) -> Times:
    """Return the distributions of exact minutes (in any order); ``mass`` has shape (rows, n)."""
    unique, place = np.unique(minutes, return_inverse=True)
    if len(unique) != len(minutes):
        gathered = np.zeros((len(mass), len(unique)))
        np.add.at(gathered.T, place, mass.T)
    else:
        gathered = mass[:, np.argsort(minutes, kind="stable")]
    kept = gathered.max(axis=0, initial=0.0) > _NOTHING
    return Times(step, unique[kept], gathered[:, kept], 0, np.zeros((len(mass), 0)))


def together(parts: list[Times]) -> Times:
    """Return the sum of distributions of different ways the same thing may come about."""
    rows, step = len(parts[0].mass), parts[0].step
    exact = at(
        step,
        np.concatenate([part.minutes for part in parts]),
        np.concatenate([part.mass for part in parts], axis=1),
    )
    binned = [part for part in parts if part.bins.shape[1]]
    if not binned:
        return exact
    first = min(part.first for part in binned)
    last = max(part.first + part.bins.shape[1] for part in binned)
    bins = np.zeros((rows, last - first))
    for part in binned:
        begin = part.first - first
        bins[:, begin : begin + part.bins.shape[1]] += part.bins
    return _trimmed(step, exact.minutes, exact.mass, first, bins)


def after(times: Times, spread: Spread) -> Times:
    """Return the times a random duration later; O(n log n) in the bins."""
    minutes, step = times.minutes + spread.offset, times.step
    first, bins = _shifted(times, spread.offset)
    if spread.is_constant:
        return _trimmed(step, minutes, times.mass, first, bins)
    rows, count = len(times.mass), bins.shape[1]
    # Lay everything on the edges of the grid: an even spread counts half at either end of its bin.
    low = min(
        int(minutes[0]) // step if len(minutes) else first - 1,
        first - 1 if count else (int(minutes[0]) // step if len(minutes) else 0),
    )
    high = max(
        int(minutes[-1]) // step + 1 if len(minutes) else low,
        first + count - 1 if count else low,
    )
    points = np.zeros((rows, high - low + 1))
    if len(minutes):
        whole, rest = np.divmod(minutes, step)
        share = rest / step
        np.add.at(points.T, whole - low, (times.mass * (1.0 - share)).T)
        np.add.at(points.T, whole - low + 1, (times.mass * share).T)
    if count:
        begin = first - 1 - low
        points[:, begin : begin + count] += 0.5 * bins
        points[:, begin + 1 : begin + count + 1] += 0.5 * bins
    nothing = np.zeros((rows, 0))
    return _trimmed(
        step, np.zeros(0, np.int64), nothing, low + spread.first, _convolved(points, spread.bins)
    )


def when_open(times: Times, start: Int64, end: Int64) -> Times:
    """Return the first moments, not before the times, that lie in opening spans.

    Parameters
    ----------
    start, end
        Half-open spans in minutes, ascending and disjoint; none at all means always open.

    Returns
    -------
    Times
        What falls after the last span never happens and is lost from the total.
    """
    if len(start) == 0:
        return times
    spans = end.searchsorted(times.minutes, side="right")
    opens = spans < len(end)
    moved = np.maximum(times.minutes[opens], start[spans[opens]])
    count = times.bins.shape[1]
    if count == 0:
        return at(times.step, moved, times.mass[:, opens])
    edges = np.arange(times.first - 1, times.first + count) * times.step
    # Only the spans around the bins matter.
    begin = int(end.searchsorted(edges[0], side="right"))
    stop = min(int(start.searchsorted(edges[-1], side="right")) + 1, len(start))
    starts, ends = start[begin:stop], end[begin:stop]
    if len(starts) == 0:
        return at(times.step, moved, times.mass[:, opens])
    before = np.concatenate([[edges[0]], ends[:-1]])
    shut = times._binned_by(starts) - times._binned_by(np.minimum(before, starts))
    turns = np.stack([starts, ends], axis=1).ravel().astype(np.float64)
    minutes_open = np.stack(
        [np.cumsum(ends - starts) - (ends - starts), np.cumsum(ends - starts)], axis=1
    ).ravel()
    share = np.diff(np.interp(edges, turns, minutes_open)) / times.step
    exact = at(
        times.step,
        np.concatenate([moved, starts]),
        np.concatenate([times.mass[:, opens], np.maximum(shut, 0.0)], axis=1),
    )
    return _trimmed(times.step, exact.minutes, exact.mass, times.first, times.bins * share)


def _shifted(times: Times, minutes: int) -> tuple[int, Float64]:
    """Move bins by minutes; an uneven move spreads each over the two bins it overlaps."""
    whole, rest = divmod(minutes, times.step)
    if rest == 0 or times.bins.shape[1] == 0:
        return times.first + whole, times.bins
    share = rest / times.step
    bins = np.zeros((len(times.bins), times.bins.shape[1] + 1))
    bins[:, :-1] = (1.0 - share) * times.bins
    bins[:, 1:] += share * times.bins
    return times.first + whole, bins


def _convolved(rows: Float64, kernel: Float64) -> Float64:
    count = rows.shape[1] + len(kernel) - 1
    if len(rows) == 1 and min(rows.shape[1], len(kernel)) < 64:
        return np.convolve(rows[0], kernel)[None, :]
    size = 1 << (count - 1).bit_length()
    transformed = np.fft.rfft(rows, size) * np.fft.rfft(kernel, size)
    return np.maximum(np.fft.irfft(transformed, size)[:, :count], 0.0)


def _trimmed(step: int, minutes: Int64, mass: Float64, first: int, bins: Float64) -> Times:
    kept = np.flatnonzero(bins.max(axis=0, initial=0.0) > _NOTHING)
    if len(kept) == 0:
        return Times(step, minutes, mass, 0, np.zeros((len(mass), 0)))
    low, high = int(kept[0]), int(kept[-1]) + 1
    return Times(step, minutes, mass, first + low, bins[:, low:high])

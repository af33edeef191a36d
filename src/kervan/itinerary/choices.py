"""What can be done with the cargo at each dock and when, laid on a grid for the best strategy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.itinerary.constraints import Constraints, allowed_legs
from kervan.itinerary.engine.strategy import Choices
from kervan.itinerary.reliability import ride_spread
from kervan.network import Network
from kervan.network.arrays import ROLLING
from kervan.network.spreads import Spread, spread_of

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """The choices, with what their rows stand for.

    Attributes
    ----------
    start, step, points
        The first point (minutes since 1970, UTC), the minutes between points, and their number.
    docks
        Dock of the network behind each row.
    row_of
        Row of each dock of the network; -1 where cargo has no reason to be.
    """

    start: int
    step: int
    points: int
    docks: Int64
    row_of: Int64
    choices: Choices
    call_legs: Int64
    departure_legs: Int64
    departures: Int64

    @property
    def end(self) -> int:
        """Minute of the last point."""
        return self.start + (self.points - 1) * self.step


def relevant_docks(
    network: Network, origin: int, target: int, constraints: Constraints
) -> tuple[Int64, Int64]:
    """Return the docks on some way from origin to target, and the legs between them."""
    arrays = network.arrays
    board, alight = network.leg_calls[:, 0], network.leg_calls[:, 1]
    usable = allowed_legs(network, constraints).astype(np.bool_)
    usable &= arrays.call_loads[board] & arrays.call_discharges[alight]
    legs = np.flatnonzero(usable).astype(np.int64)
    ends = np.stack([arrays.call_dock[board[legs]], arrays.call_dock[alight[legs]]])
    legs = legs[arrays.dock_place[ends[0]] != target]
    ends = ends[:, arrays.dock_place[ends[0]] != target]
    from_dock = np.repeat(np.arange(len(arrays.dock_place)), np.diff(arrays.transfer_ptr))
    inner = arrays.dock_place[from_dock] != target
    changes = np.stack([from_dock[inner], arrays.transfer_dock[inner]])
    # Two states a dock: cargo ready to board, and cargo discharged.
    count = len(arrays.dock_place)
    tails = np.concatenate([ends[0], count + changes[0]])
    heads = np.concatenate([count + ends[1], changes[1]])
    forward, backward = np.zeros(2 * count, np.bool_), np.zeros(2 * count, np.bool_)
    forward[:count] = arrays.dock_place == origin
    backward[count:] = arrays.dock_place == target
    _spread_along(forward, tails, heads)
    _spread_along(backward, heads, tails)
    both = forward & backward
    docks = np.flatnonzero(both[:count] | both[count:]).astype(np.int64)
    return docks, legs[both[ends[0]] & both[count + ends[1]]]


def _spread_along(marked: Bool, tails: Int64, heads: Int64) -> None:
    while True:
        new = heads[marked[tails] & ~marked[heads]]
        if len(new) == 0:
            return
        marked[new] = True


def lay_on_grid(
    network: Network,
    target: int,
    docks: Int64,
    legs: Int64,
    start: int,
    points: int,
    step: int,
    *,
    ends_early: bool,
) -> Grid:
    """Lay docks, legs and departures on a grid.

    Parameters
    ----------
    target
        Place.
    docks, legs
        From :func:`relevant_docks`.
    start, points, step
        The grid.
    ends_early
        Whether cargo may well be under way when the grid ends; the mean of a ride is then no
        bound on what it leads to, and its least is used.
    """
    arrays = network.arrays
    row_of = np.full(len(arrays.dock_place), -1, np.int64)
    row_of[docks] = np.arange(len(docks))
    board = row_of[arrays.call_dock[network.leg_calls[legs, 0]]]
    alight = row_of[arrays.call_dock[network.leg_calls[legs, 1]]]
    kernels = _Kernels(step, ends_early)
    changes = _changes(network, target, docks, row_of, kernels)
    lines = arrays.call_line[network.leg_calls[legs, 0]]
    rolling = arrays.line_departures[lines] == ROLLING
    departures = _departures(
        network, legs[~rolling], board[~rolling], alight[~rolling], start, points, step, kernels
    )
    call_kernels = np.array(
        [kernels.ride(ride_spread(network, int(leg), None, step)) for leg in legs[rolling]],
        np.int64,
    )
    at_target = arrays.dock_place[docks] == target
    least = kernels.least()
    bound = _bounds(
        at_target,
        np.concatenate([board[rolling], departures[1]]),
        np.concatenate([alight[rolling], departures[2]]),
        least[np.concatenate([call_kernels, departures[3]])],
        changes[0],
        changes[1],
        least[changes[2]],
    )
    call_bound = least[call_kernels] + bound[alight[rolling]]
    order = np.lexsort((call_bound, board[rolling]))
    opens = [_Openings(network, int(dock), None, start, points, step) for dock in docks]
    pairs: dict[tuple[int, int], int] = {}
    call_open = np.zeros(len(order), np.int64)
    at_call: list[_Openings] = []
    for position, call in enumerate(order):
        pair = (int(board[rolling][call]), int(lines[rolling][call]))
        if pair not in pairs:
            pairs[pair] = len(at_call)
            at_call.append(_Openings(network, None, pair[1], start, points, step))
        call_open[position] = pairs[pair]
    open_point = np.ones((len(pairs), points), np.bool_)
    open_bin = np.ones((len(pairs), points), np.bool_)
    here = np.arange(points)
    for (dock_row, _), row in pairs.items():
        open_point[row] = (opens[dock_row].point == here) & (at_call[row].point == here)
        open_bin[row] = (opens[dock_row].bin < 0) & (at_call[row].bin < 0)
    kernel_ptr, kernel_first, kernel_weight, kernel_offset = kernels.arrays()
    choices = Choices(
        target=at_target,
        opens_point=np.array([o.point for o in opens], np.int32).reshape(len(docks), points),
        opens_bin=np.array([o.bin for o in opens], np.int32).reshape(len(docks), points),
        change_ptr=np.searchsorted(changes[0], np.arange(len(docks) + 1)).astype(np.int64),
        change_dock=changes[1],
        change_kernel=changes[2],
        call_ptr=np.searchsorted(board[rolling][order], np.arange(len(docks) + 1)).astype(np.int64),
        call_alight=alight[rolling][order],
        call_kernel=call_kernels[order],
        call_bound=call_bound[order],
        call_open=call_open,
        open_point=open_point,
        open_bin=open_bin,
        departure_ptr=np.searchsorted(departures[0], np.arange(points + 1)).astype(np.int64),
        departure_dock=departures[1],
        departure_alight=departures[2],
        departure_kernel=departures[3],
        departure_minute=departures[4],
        kernel_ptr=kernel_ptr,
        kernel_first=kernel_first,
        kernel_weight=kernel_weight,
        kernel_offset=kernel_offset,
    )
    return Grid(
        start,
        step,
        points,
        docks,
        row_of,
        choices,
        legs[rolling][order],
        departures[5],
        departures[6],
    )


class _Kernels:
    """Spreads turned into rows of the compiled search's kernels, each once."""

    def __init__(self, step: int, use_least: bool) -> None:
        self.step, self._use_least = step, use_least
        self._known: dict[tuple[int, int], int] = {}
        self._spreads: list[Spread] = []  # kept, so that their identity stays theirs
        self._rows: list[tuple[int, Float64]] = []

    def ride(self, spread: Spread) -> int:
        """Return the kernel of a ride: at least one step, from a point or within a bin."""
        return self._kernel(spread, 1)

    def dwell(self, spread: Spread) -> int:
        """Return the kernel of a change, which may take no time at all."""
        return self._kernel(spread, 0)

    def _kernel(self, spread: Spread, least: int) -> int:
        key = (id(spread), least)
        if key in self._known:
            return self._known[key]
        whole, rest = divmod(spread.offset, self.step)
        share = rest / self.step
        if spread.is_constant:
            self._rows.append((max(least, whole + (rest > 0)), np.zeros(0)))
            within = (whole, np.array([1.0 - share, share]) if rest else np.ones(1))
        else:
            bins = np.zeros(len(spread.bins) + 1)
            bins[:-1] = (1.0 - share) * spread.bins
            bins[1:] += share * spread.bins
            first = spread.first + whole
            self._rows.append(_not_before(1, first, bins))
            halves = np.zeros(len(bins) + 1)
            halves[:-1] = 0.5 * bins
            halves[1:] += 0.5 * bins
            within = (first - 1, halves)
        self._rows.append(_not_before(least, *within))
        self._spreads.append(spread)
        self._known[key] = len(self._spreads) - 1
        return self._known[key]

    def least(self) -> Float64:
        """Return minutes that each kernel takes at least: in the mean, or ever."""
        if not self._use_least:
            # A little less, so that sums in another order stay bounds.
            return np.array([max(0.0, s.mean(self.step) - 1e-6) for s in self._spreads])
        return np.array(
            [
                max(0.0, float(s.offset + (0 if s.is_constant else (s.first - 1) * self.step)))
                for s in self._spreads
            ]
        )

    def arrays(self) -> tuple[Int64, Int64, Float64, Int64]:
        """Return pointers, first bins, weights, and constants' minutes."""
        pointers = np.zeros(len(self._rows) + 1, np.int64)
        pointers[1:] = np.cumsum([len(weights) for _, weights in self._rows])
        firsts = np.array([first for first, _ in self._rows], np.int64)
        weights = np.concatenate([np.zeros(0)] + [weights for _, weights in self._rows])
        return pointers, firsts, weights, np.array([s.offset for s in self._spreads], np.int64)


def _not_before(least: int, first: int, weights: Float64) -> tuple[int, Float64]:
    """Put what would come before the least bin onto it."""
    early = least - first
    if early <= 0:
        return first, weights
    if early >= len(weights):
        return least, np.array([weights.sum()])
    kept = weights[early:].copy()
    kept[0] += weights[:early].sum()
    return least, kept


def _changes(
    network: Network, target: int, docks: Int64, row_of: Int64, kernels: _Kernels
) -> tuple[Int64, Int64, Int64]:
    """Return from-row, to-row and kernel of every change, by from-row."""
    arrays = network.arrays
    rows: list[tuple[int, int, int]] = []
    for row, dock in enumerate(docks):
        place = network.places[int(arrays.dock_place[dock])].place_id
        if int(arrays.dock_place[dock]) == target:
            continue
        for entry in range(int(arrays.transfer_ptr[dock]), int(arrays.transfer_ptr[dock + 1])):
            other = int(arrays.transfer_dock[entry])
            dwell = network.docks.dwell(
                place, network.dock_modes[int(dock)], network.dock_modes[other]
            )
            if row_of[other] >= 0 and dwell is not None:
                kernel = kernels.dwell(spread_of((dwell,), kernels.step))
                rows.append((row, int(row_of[other]), kernel))
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy()


def _departures(
    network: Network,
    legs: Int64,
    board: Int64,
    alight: Int64,
    start: int,
    points: int,
    step: int,
    kernels: _Kernels,
) -> tuple[Int64, ...]:
    """Return point, docks, kernel, minute, leg and departure of every dated boarding."""
    arrays = network.arrays
    found: list[Int64] = [np.zeros((7, 0), np.int64)]
    for leg, from_row, to_row in zip(legs, board, alight, strict=True):
        line = network.line_of_leg(int(leg))
        first, last = network.positions(int(leg))
        count, base = int(arrays.line_departures[line]), int(arrays.line_times[line])
        calls = int(arrays.line_call_ptr[line + 1] - arrays.line_call_ptr[line])
        shape = (calls, count)
        board_by = arrays.board_by[base : base + calls * count].reshape(shape)[first]
        departs = arrays.departs[base : base + calls * count].reshape(shape)
        arrives = arrays.arrives[base : base + calls * count].reshape(shape)
        # One that repeats the latest readiness of the one before is never the first caught.
        point = (board_by.astype(np.int64) - start) // step
        new = np.diff(board_by.astype(np.int64), prepend=np.iinfo(np.int32).min - 1) > 0
        chosen = np.flatnonzero(new & (point >= 0) & (point < points - 1))
        if len(chosen) == 0:
            continue
        times = np.concatenate(
            [
                arrives[first + 1 : last + 1, chosen] - departs[first:last, chosen],
                departs[first + 1 : last, chosen] - arrives[first + 1 : last, chosen],
            ]
        )
        _, example, alike = np.unique(times, axis=1, return_index=True, return_inverse=True)
        kernel = np.array(
            [kernels.ride(ride_spread(network, int(leg), int(chosen[k]), step)) for k in example],
            np.int64,
        )
        rows = np.zeros((7, len(chosen)), np.int64)
        rows[0], rows[1], rows[2] = point[chosen], from_row, to_row
        rows[3], rows[4] = kernel[alike.ravel()], departs[first, chosen].astype(np.int64) - start
        rows[5], rows[6] = leg, chosen
        found.append(rows)
    table = np.concatenate(found, axis=1)
    table = table[:, np.argsort(table[0], kind="stable")]
    return tuple(row.copy() for row in table)


def _bounds(
    at_target: Bool,
    ride_from: Int64,
    ride_to: Int64,
    ride_least: Float64,
    change_from: Int64,
    change_to: Int64,
    change_least: Float64,
) -> Float64:
    """Return the least minutes from being discharged at each dock to the target."""
    arrived = np.where(at_target, 0.0, np.inf)
    while True:
        ready = np.full(len(at_target), np.inf)
        np.minimum.at(ready, ride_from, ride_least + arrived[ride_to])
        better = arrived.copy()
        np.minimum.at(better, change_from, change_least + ready[change_to])
        if (better == arrived).all():
            return arrived
        arrived = better


class _Openings:
    """When a dock or a rolling line is open, on the grid."""

    def __init__(
        self,
        network: Network,
        dock: int | None,
        line: int | None,
        start: int,
        points: int,
        step: int,
    ) -> None:
        arrays = network.arrays
        if dock is not None:
            span = slice(int(arrays.open_ptr[dock]), int(arrays.open_ptr[dock + 1]))
            begins, ends = arrays.open_start[span], arrays.open_end[span]
        else:
            assert line is not None
            span = slice(int(arrays.line_open_ptr[line]), int(arrays.line_open_ptr[line + 1]))
            begins, ends = arrays.line_open_start[span], arrays.line_open_end[span]
        self.point = np.arange(points, dtype=np.int64)
        """First point, not before each point, that is open."""
        self.bin = np.full(points, -1, np.int64)
        """-1 where all of a bin is open, else the point at which it opens."""
        if len(begins) == 0:
            return
        times = start + self.point * step
        self.point = self._opens(begins, ends, times, start, points, step)
        span_of = np.minimum(ends.searchsorted(times - step, side="right"), len(ends) - 1)
        through = (begins[span_of] <= times - step) & (ends[span_of] >= times)
        after = self._opens(begins, ends, times - 1, start, points, step)
        self.bin[~through] = after[~through]

    @staticmethod
    def _opens(
        begins: Int64, ends: Int64, times: Int64, start: int, points: int, step: int
    ) -> Int64:
        span = ends.searchsorted(times, side="right")
        known = span < len(ends)
        opens = np.full(len(times), points, np.int64)
        minute = np.maximum(begins[span[known]], times[known])
        opens[known] = np.minimum(-((start - minute) // step), points)
        return opens

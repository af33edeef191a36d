"""The best strategy by backward induction over a grid of time, and the flow of cargo under it.

At a dock and a point of the grid cargo either waits for the next point, takes a departure, or
calls a rolling service; V is the least expected arrival. Cargo whose readiness is uncertain is
ready somewhere within a bin, the step that ends at a point: W is the mean over the bin. Riding
takes at least one step, so that V and W at a step rest on later steps alone. This is the minimum
expected arrival time of Dibbelt, Strasser and Wagner (2014), with random rides and changes in
place of random delays.

Kernels
-------
A random duration is a *kernel*: rows ``2 * n`` and ``2 * n + 1`` hold the chance of ending in each
later bin when it begins at a point and within a bin. A constant begun at a point ends at a point:
its first row is empty, and ``kernel_first`` is the number of points it moves on.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kervan.itinerary.engine.compiled import compiled
from kervan.network.arrays import Int32, Int64

Float64 = NDArray[np.float64]
WAIT = -1


class Choices(NamedTuple):
    """What can be done at each dock and when, on the grid."""

    target: NDArray[np.bool_]
    """Docks at which the cargo has arrived."""
    opens_point: Int32
    """First point, not before each point, at which the dock is open; shape (docks, points)."""
    opens_bin: Int32
    """-1 where the dock is open throughout the bin, else the point at which it opens."""
    change_ptr: Int64
    change_dock: Int64
    change_kernel: Int64
    call_ptr: Int64
    """Rolling legs that can be called at each dock, the most promising first."""
    call_alight: Int64
    call_kernel: Int64
    call_bound: Float64
    """Least minutes from the call to the target."""
    call_open: Int64
    """Row of ``open_point`` and ``open_bin``."""
    open_point: NDArray[np.bool_]
    open_bin: NDArray[np.bool_]
    departure_ptr: Int64
    """Departures that have their last chance of being boarded at each point; (points + 1,)."""
    departure_dock: Int64
    departure_alight: Int64
    departure_kernel: Int64
    departure_minute: Int64
    """Minutes from the grid's start."""
    kernel_ptr: Int64
    kernel_first: Int64
    kernel_weight: Float64
    kernel_offset: Int64
    """Minutes of a constant kernel."""


@compiled
def _mean(net: Choices, row: int, begin: int, value: Float64, end: float) -> float:
    """Return the mean over the bins a kernel row leads to; beyond the grid it is ``end``."""
    at = begin + net.kernel_first[row]
    entry, stop = net.kernel_ptr[row], net.kernel_ptr[row + 1]
    beyond = entry + len(value) - at
    if beyond < stop:
        left = 0.0
        for outside in range(max(entry, beyond), stop):
            left += net.kernel_weight[outside]
        total = left * end
        stop = max(entry, beyond)
    else:
        total = 0.0
    weights, values = net.kernel_weight[entry:stop], value[at : at + stop - entry]
    # Four sums at once, which the processor can run side by side.
    first, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    whole = len(weights) - len(weights) % 4
    for k in range(0, whole, 4):
        first += weights[k] * values[k]
        second += weights[k + 1] * values[k + 1]
        third += weights[k + 2] * values[k + 2]
        fourth += weights[k + 3] * values[k + 3]
    for k in range(whole, len(weights)):
        total += weights[k] * values[k]
    return float(total + (first + second) + (third + fourth))


@compiled
def _from_point(
    net: Choices, kernel: int, k: int, at_point: Float64, in_bin: Float64, end: float
) -> float:
    row = 2 * kernel
    if net.kernel_ptr[row] == net.kernel_ptr[row + 1]:
        index = k + net.kernel_first[row]
        if index >= len(at_point):
            return end
        return float(at_point[index])
    return _mean(net, row, k, in_bin, end)


@compiled
def _of_departure(
    net: Choices, entry: int, k: int, step: int, at_point: Float64, in_bin: Float64, end: float
) -> float:
    kernel, minute = net.departure_kernel[entry], net.departure_minute[entry]
    row = 2 * kernel
    if net.kernel_ptr[row] == net.kernel_ptr[row + 1]:
        index = max(k + 1, -((-minute - net.kernel_offset[kernel]) // step))
        if index >= len(at_point):
            return end
        return float(at_point[index])
    whole = minute // step
    share = (minute - whole * step) / step
    value = (1.0 - share) * _mean(net, row, whole, in_bin, end)
    if share > 0.0:
        value += share * _mean(net, row, whole + 1, in_bin, end)
    return float(value)


@compiled
def best_policy(
    net: Choices, points: int, step: int
) -> tuple[Float64, Float64, Int32, Int32, Int32, Int32]:
    """Find the least expected arrival from every dock at every point, and how to get it.

    Parameters
    ----------
    net : Choices
    points : int
        Points of the grid, of which the last ends it: cargo not arrived counts as arrived there.
    step : int
        Minutes.

    Returns
    -------
    value, value_bin : float64[docks, points]
        Expected arrival in minutes from the grid's start, of cargo ready at a point or in a bin.
    choice : int32[docks, points]
        WAIT, a call, or the number of calls plus a departure.
    choice_bin : int32[docks, points]
        WAIT (for the point that ends the bin) or a call.
    change, change_bin : int32[docks, points]
        Change to make on arrival, -1 where there is none.
    """
    docks = len(net.target)
    calls = len(net.call_alight)
    end = float((points - 1) * step)
    value = np.full((docks, points), end)
    value_bin = np.full((docks, points), end)
    arrived = np.full((docks, points), end)
    arrived_bin = np.full((docks, points), end)
    choice = np.full((docks, points), WAIT, np.int32)
    choice_bin = np.full((docks, points), WAIT, np.int32)
    change = np.full((docks, points), -1, np.int32)
    change_bin = np.full((docks, points), -1, np.int32)
    for k in range(points - 2, -1, -1):
        now = float(k * step)
        for dock in range(docks):
            value[dock, k] = value[dock, k + 1]
        for entry in range(net.departure_ptr[k], net.departure_ptr[k + 1]):
            dock, there = net.departure_dock[entry], net.departure_alight[entry]
            expected = _of_departure(net, entry, k, step, arrived[there], arrived_bin[there], end)
            if expected < value[dock, k]:
                value[dock, k] = expected
                choice[dock, k] = calls + entry
        for dock in range(docks):
            best = value[dock, k]
            for call in range(net.call_ptr[dock], net.call_ptr[dock + 1]):
                if now + net.call_bound[call] >= best:
                    break
                if not net.open_point[net.call_open[call], k]:
                    continue
                there = net.call_alight[call]
                expected = _from_point(
                    net, net.call_kernel[call], k, arrived[there], arrived_bin[there], end
                )
                if expected < best:
                    best = expected
                    choice[dock, k] = call
            value[dock, k] = best
            for call in range(net.call_ptr[dock], net.call_ptr[dock + 1]):
                if now - 0.5 * step + net.call_bound[call] >= best:
                    break
                if not net.open_bin[net.call_open[call], k]:
                    continue
                there = net.call_alight[call]
                row = 2 * net.call_kernel[call] + 1
                expected = _mean(net, row, k, arrived_bin[there], end)
                if expected < best:
                    best = expected
                    choice_bin[dock, k] = call
            value_bin[dock, k] = best
        for dock in range(docks):
            opens = net.opens_point[dock, k]
            if opens > k:
                arrived[dock, k] = arrived[dock, min(opens, points - 1)]
            elif net.target[dock]:
                arrived[dock, k] = now
            else:
                best = end
                for entry in range(net.change_ptr[dock], net.change_ptr[dock + 1]):
                    there, kernel = net.change_dock[entry], net.change_kernel[entry]
                    expected = _from_point(net, kernel, k, value[there], value_bin[there], end)
                    if expected < best:
                        best = expected
                        change[dock, k] = entry
                arrived[dock, k] = best
            opens = net.opens_bin[dock, k]
            if opens >= 0:
                arrived_bin[dock, k] = arrived[dock, min(opens, points - 1)]
            elif net.target[dock]:
                arrived_bin[dock, k] = now - 0.5 * step
            else:
                best = end
                for entry in range(net.change_ptr[dock], net.change_ptr[dock + 1]):
                    there, kernel = net.change_dock[entry], net.change_kernel[entry]
                    expected = _mean(net, 2 * kernel + 1, k, value_bin[there], end)
                    if expected < best:
                        best = expected
                        change_bin[dock, k] = entry
                arrived_bin[dock, k] = best
    return value, value_bin, choice, choice_bin, change, change_bin


@compiled
def _spread(net: Choices, row: int, begin: int, mass: float, in_bin: Float64) -> None:
    index = begin + net.kernel_first[row]
    for entry in range(net.kernel_ptr[row], net.kernel_ptr[row + 1]):
        if index >= len(in_bin):
            break
        in_bin[index] += mass * net.kernel_weight[entry]
        index += 1


@compiled
def _spread_point(
    net: Choices, kernel: int, k: int, mass: float, at_point: Float64, in_bin: Float64
) -> None:
    row = 2 * kernel
    if net.kernel_ptr[row] == net.kernel_ptr[row + 1]:
        index = k + net.kernel_first[row]
        if index < len(at_point):
            at_point[index] += mass
    else:
        _spread(net, row, k, mass, in_bin)


@compiled
def flow_of_policy(
    net: Choices,
    points: int,
    step: int,
    origin: int,
    ready: int,
    choice: Int32,
    choice_bin: Int32,
    change: Int32,
    change_bin: Int32,
    least: float,
) -> tuple[Float64, Float64, Float64, Float64, Float64, Float64]:
    """Follow cargo under a policy, from a dock and a point on.

    Parameters
    ----------
    net, points, step
        As for :func:`best_policy`.
    origin, ready : int
        Dock and point at which the cargo is ready.
    choice, choice_bin, change, change_bin
        The policy.
    least : float
        Probability too small to follow; it counts as unfinished.

    Returns
    -------
    ready_point, ready_bin : float64[docks, points]
        Chance of becoming ready at each dock and time, waiting from before not counted.
    comes_point, comes_bin : float64[docks, points]
        Chance of a change beginning at each dock and time.
    ends_point, ends_bin : float64[points]
        Chance of arrival at the target.
    """
    docks = len(net.target)
    calls = len(net.call_alight)
    shape = (docks, points)
    ready_point, ready_bin = np.zeros(shape), np.zeros(shape)
    arrive_point, arrive_bin = np.zeros(shape), np.zeros(shape)
    comes_point, comes_bin = np.zeros(shape), np.zeros(shape)
    waiting = np.zeros(docks)
    ends_point, ends_bin = np.zeros(points), np.zeros(points)
    ready_point[origin, ready] = 1.0
    for k in range(points - 1):
        for dock in range(docks):
            mass = arrive_bin[dock, k]
            if mass > least:
                opens = net.opens_bin[dock, k]
                if opens >= 0:
                    if opens < points:
                        arrive_point[dock, opens] += mass
                elif net.target[dock]:
                    ends_bin[k] += mass
                else:
                    comes_bin[dock, k] += mass
                    entry = change_bin[dock, k]
                    if entry >= 0:
                        there = net.change_dock[entry]
                        row = 2 * net.change_kernel[entry] + 1
                        _spread(net, row, k, mass, ready_bin[there])
            mass = arrive_point[dock, k]
            if mass > least:
                opens = net.opens_point[dock, k]
                if opens > k:
                    if opens < points:
                        arrive_point[dock, opens] += mass
                elif net.target[dock]:
                    ends_point[k] += mass
                else:
                    comes_point[dock, k] += mass
                    entry = change[dock, k]
                    if entry >= 0:
                        there, kernel = net.change_dock[entry], net.change_kernel[entry]
                        _spread_point(net, kernel, k, mass, ready_point[there], ready_bin[there])
        for dock in range(docks):
            mass = ready_bin[dock, k]
            waits = 0.0
            if mass > 0.0:
                call = choice_bin[dock, k]
                if call >= 0:
                    there = net.call_alight[call]
                    row = 2 * net.call_kernel[call] + 1
                    _spread(net, row, k, mass, arrive_bin[there])
                else:
                    waits = mass
            mass = ready_point[dock, k] + waiting[dock] + waits
            waiting[dock] = 0.0
            if mass <= least:
                continue
            chosen = choice[dock, k]
            if chosen == WAIT:
                waiting[dock] = mass
            elif chosen < calls:
                there = net.call_alight[chosen]
                _spread_point(
                    net, net.call_kernel[chosen], k, mass, arrive_point[there], arrive_bin[there]
                )
            else:
                entry = chosen - calls
                there, kernel = net.departure_alight[entry], net.departure_kernel[entry]
                minute = net.departure_minute[entry]
                row = 2 * kernel
                if net.kernel_ptr[row] == net.kernel_ptr[row + 1]:
                    index = max(k + 1, -((-minute - net.kernel_offset[kernel]) // step))
                    if index < points:
                        arrive_point[there, index] += mass
                else:
                    whole = minute // step
                    share = (minute - whole * step) / step
                    _spread(net, row, whole, mass * (1.0 - share), arrive_bin[there])
                    if share > 0.0:
                        _spread(net, row, whole + 1, mass * share, arrive_bin[there])
    return ready_point, ready_bin, comes_point, comes_bin, ends_point, ends_bin

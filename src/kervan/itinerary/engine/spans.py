"""Opening spans and departures, looked up by bisection."""

from kervan.itinerary.engine.compiled import inlined
from kervan.network.arrays import Int32, Int64

NEVER = 2**31 - 1
BEFORE_ALL = -(2**31)
"""As a latest time: not at all."""


@inlined
def next_open(ptr: Int32, start: Int64, end: Int64, key: int, minute: int) -> int:
    """Return the first minute, not before ``minute``, in which ``key`` is open; NEVER if none.

    A key without spans is always open.
    """
    low, high = ptr[key], ptr[key + 1]
    if low == high or minute >= NEVER:
        return minute
    last = high
    while low < high:
        middle = (low + high) >> 1
        if end[middle] > minute:
            high = middle
        else:
            low = middle + 1
    if low == last:
        return NEVER
    return max(int(start[low]), minute)


@inlined
def previous_open(ptr: Int32, start: Int64, end: Int64, key: int, minute: int) -> int:
    """Return the latest minute from which :func:`next_open` is not after ``minute``.

    BEFORE_ALL where there is none.
    """
    first, high = ptr[key], ptr[key + 1]
    if first == high or minute <= BEFORE_ALL:
        return minute
    low = first
    while low < high:
        middle = (low + high) >> 1
        if start[middle] <= minute:
            low = middle + 1
        else:
            high = middle
    if low == first:
        return BEFORE_ALL
    return min(minute, int(end[low - 1]) - 1)


@inlined
def first_not_before(
    times: Int32, base: int, count: int, minute: int, start: int, pace: float
) -> int:
    """Return the first of ``count`` ascending times from ``base`` that is not before ``minute``.

    ``count`` where there is none. Times lie nearly evenly, ``pace`` a minute from ``start``, so
    the bisection begins with the few around where ``minute`` falls: they share a line of the
    processor's cache, where the halves and quarters of a year's departures would not.
    """
    near = int((minute - start) * pace)
    low, high = 0, count
    step = 4
    if near > 0:
        low = min(near, count)
        while low > 0 and times[base + low - 1] >= minute:
            high = low - 1
            low = max(0, low - step)
            step *= 4
    ahead = 4
    while low + ahead < high:
        if times[base + low + ahead] >= minute:
            high = low + ahead
            break
        low += ahead + 1
        ahead *= 4
    while low < high:
        middle = (low + high) >> 1
        if times[base + middle] < minute:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def last_not_after(times: Int32, base: int, count: int, minute: int) -> int:
    """Return the last of ``count`` ascending times from ``base`` that is not after ``minute``.

    -1 where there is none.
    """
    low, high = 0, count
    while low < high:
        middle = (low + high) >> 1
        if times[base + middle] <= minute:
            low = middle + 1
        else:
            high = middle
    return low - 1

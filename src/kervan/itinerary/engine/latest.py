"""Latest departure: the same search run backwards from the deadline."""

import numpy as np

from kervan.itinerary.engine.compiled import compiled
from kervan.itinerary.engine.heap import pop, push
from kervan.itinerary.engine.spans import BEFORE_ALL, last_not_after, previous_open
from kervan.network.arrays import Arrays, UInt8

_DOCK_BITS = 24


@compiled
def latest_hand_over(
    net: Arrays, origin: int, target: int, deadline: int, leg_allowed: UInt8, not_before: int
) -> int:
    """Return the latest minute cargo can be handed over at the origin and still arrive in time.

    Parameters
    ----------
    net : Arrays
    origin, target : int
        Places.
    deadline : int
        Latest minute of arrival.
    leg_allowed : uint8[legs]
    not_before : int
        Hand-overs before this minute are not looked at.

    Returns
    -------
    int
        The minute, or BEFORE_ALL where there is none.
    """
    docks = len(net.dock_place)
    latest_arrival = np.full(docks, BEFORE_ALL, np.int64)
    heap = np.empty(256, np.int64)
    size = 0
    for dock in range(net.place_dock_ptr[target], net.place_dock_ptr[target + 1]):
        minute = previous_open(net.open_ptr, net.open_start, net.open_end, dock, deadline)
        if minute > not_before:
            latest_arrival[dock] = minute
            heap, size = push(heap, size, ((-minute) << _DOCK_BITS) | dock)
    best = int(BEFORE_ALL)
    while size > 0:
        key, size = pop(heap, size)
        dock, minute = key & ((1 << _DOCK_BITS) - 1), -(key >> _DOCK_BITS)
        if minute <= best:
            break
        if minute < latest_arrival[dock]:
            continue
        for entry in range(net.alight_ptr[dock], net.alight_ptr[dock + 1]):
            other = net.alight_call[entry]
            line = net.call_line[other]
            count = net.line_departures[line]
            base, departure = 0, -1
            if count >= 0:
                base = net.line_times[line] - net.line_call_ptr[line] * count
                departure = last_not_after(net.arrives, base + other * count, count, minute)
                if departure < 0:
                    continue
            for call in range(net.line_call_ptr[line], other):
                leg = net.call_leg[call] + other - call - 1
                if not net.call_loads[call] or not leg_allowed[leg]:
                    continue
                there = net.call_dock[call]
                if count < 0:
                    fit = minute - net.leg_ride[leg] - net.line_wait[line]
                    fit = previous_open(
                        net.line_open_ptr, net.line_open_start, net.line_open_end, line, fit
                    )
                    fit = previous_open(net.open_ptr, net.open_start, net.open_end, there, fit)
                else:
                    fit = int(net.board_by[base + call * count + departure])
                if fit <= BEFORE_ALL or fit <= best or fit < not_before:
                    continue
                if net.dock_place[there] == origin:
                    handed = previous_open(net.open_ptr, net.open_start, net.open_end, there, fit)
                    if handed >= not_before:
                        best = max(best, handed)
                    continue
                for change in range(net.transfer_in_ptr[there], net.transfer_in_ptr[there + 1]):
                    before = net.transfer_in_dock[change]
                    comes = previous_open(
                        net.open_ptr,
                        net.open_start,
                        net.open_end,
                        before,
                        fit - net.transfer_in_minutes[change],
                    )
                    if comes > latest_arrival[before] and comes > best:
                        latest_arrival[before] = comes
                        heap, size = push(heap, size, ((-comes) << _DOCK_BITS) | before)
    return best

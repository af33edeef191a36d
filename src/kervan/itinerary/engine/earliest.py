"""Earliest arrival: a search over docks, with the next departure found by bisection.

A dock is settled once, at the earliest minute cargo can be ready there. Because nothing on a line
overtakes, catching the first departure is never worse than waiting for a later one, so one label a
dock is enough (the time-dependent model of Pyrga, Schulz, Wagner and Zaroliagis, 2008).

With a target the search is directed (Hart, Nilsson and Raphael, 1968): docks are settled in the
order of the least arrival still possible from them, which the least minutes between places, waits
left out, bound from below. A departure is looked up only where a leg could still improve on what
is known.
"""

import numpy as np

from kervan.itinerary.engine.bounds import UNREACHABLE, least_to_target
from kervan.itinerary.engine.compiled import compiled
from kervan.itinerary.engine.heap import pop, push
from kervan.itinerary.engine.spans import NEVER, first_not_before, next_open
from kervan.network.arrays import Arrays, Int32, Int64, UInt8

_DOCK_BITS = 24


@compiled
def earliest_arrivals(
    net: Arrays, origin: int, ready_from: int, target: int, leg_allowed: UInt8, until: int
) -> tuple[Int64, Int32, Int32, Int64, Int32, int]:
    """Settle docks in the order cargo can be ready at them.

    Parameters
    ----------
    net : Arrays
    origin, target : int
        Places; ``target`` -1 settles every dock.
    ready_from : int
        Minute at which the cargo can be handed over at the origin.
    leg_allowed : uint8[legs]
    until : int
        Arrivals after this minute are not looked at.

    Returns
    -------
    arrival : int64[docks]
        Earliest arrival at each dock, NEVER where there is none.
    leg, departure : int32[docks]
        The leg each arrival came by, and which departure of its line (-1 if rolling).
    ready : int64[docks]
        Minute at which cargo is ready to board at each dock.
    changed_from : int32[docks]
        Dock the cargo changed from, -1 at the origin.
    target_dock : int
        Dock of the target with the earliest arrival, -1 where there is none.
    """
    docks = len(net.dock_place)
    arrival = np.full(docks, NEVER, np.int64)
    leg_of = np.full(docks, -1, np.int32)
    departure_of = np.full(docks, -1, np.int32)
    ready = np.full(docks, NEVER, np.int64)
    changed_from = np.full(docks, -1, np.int32)
    if target >= 0:
        to_target = least_to_target(net, target, net.pair_minutes, net.place_change)
    else:
        to_target = np.zeros(len(net.place_dock_ptr) - 1, np.int64)
    # After arriving at a dock of another place the cargo has to change first.
    onward = np.empty(docks, np.int64)
    for dock in range(docks):
        place = net.dock_place[dock]
        onward[dock] = to_target[place]
        if place != target:
            onward[dock] += net.place_change[place]
    heap = np.empty(256, np.int64)
    size = 0
    least = to_target[origin]
    for dock in range(net.place_dock_ptr[origin], net.place_dock_ptr[origin + 1]):
        minute = next_open(net.open_ptr, net.open_start, net.open_end, dock, ready_from)
        if minute < NEVER and least < UNREACHABLE:
            ready[dock] = minute
            heap, size = push(heap, size, ((minute + least) << _DOCK_BITS) | dock)
    best, target_dock = until + 1, -1
    while size > 0:
        key, size = pop(heap, size)
        dock, reach = key & ((1 << _DOCK_BITS) - 1), key >> _DOCK_BITS
        if reach >= best:
            break
        minute = ready[dock]
        if minute + to_target[net.dock_place[dock]] < reach:
            continue
        for entry in range(net.board_ptr[dock], net.board_ptr[dock + 1]):
            call = net.board_call[entry]
            line = net.call_line[call]
            count = net.line_departures[line]
            first_leg = net.call_leg[call] - call - 1
            departure, leaves, base = -1, -1, 0
            for other in range(call + 1, net.line_call_ptr[line + 1]):
                leg = first_leg + other
                there = net.call_dock[other]
                comes = minute + net.leg_floor[leg]
                if comes >= arrival[there] or comes + onward[there] >= best:
                    continue
                if not net.call_discharges[other] or not leg_allowed[leg]:
                    continue
                if count < 0:
                    if leaves < 0:
                        leaves = next_open(net.open_ptr, net.open_start, net.open_end, dock, minute)
                        leaves = next_open(
                            net.line_open_ptr, net.line_open_start, net.line_open_end, line, leaves
                        )
                        if leaves >= NEVER:
                            break
                        leaves += net.line_wait[line]
                    comes = leaves + net.leg_ride[leg]
                else:
                    if departure < 0:
                        base = net.line_times[line] - net.line_call_ptr[line] * count
                        departure = first_not_before(
                            net.board_by,
                            base + call * count,
                            count,
                            minute,
                            net.call_from[call],
                            net.call_pace[call],
                        )
                        if departure == count:
                            break
                    # Nearly always the arrival itself, without a look at the arrivals.
                    comes = int(net.board_by[base + call * count + departure])
                    comes += net.leg_floor[leg]
                    if comes >= arrival[there] or comes + onward[there] >= best:
                        continue
                    comes = int(net.arrives[base + other * count + departure])
                comes = next_open(net.open_ptr, net.open_start, net.open_end, there, comes)
                if comes >= arrival[there] or comes + onward[there] >= best:
                    continue
                arrival[there] = comes
                leg_of[there] = leg
                departure_of[there] = departure
                place = net.dock_place[there]
                if place == target:
                    best, target_dock = comes, there
                    continue
                for change in range(net.transfer_ptr[there], net.transfer_ptr[there + 1]):
                    next_dock = net.transfer_dock[change]
                    fit = comes + net.transfer_minutes[change]
                    if fit < ready[next_dock]:
                        ready[next_dock] = fit
                        changed_from[next_dock] = there
                        least = to_target[place]
                        heap, size = push(heap, size, ((fit + least) << _DOCK_BITS) | next_dock)
    return arrival, leg_of, departure_of, ready, changed_from, target_dock

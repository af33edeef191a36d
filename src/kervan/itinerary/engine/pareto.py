"""The full Pareto set over departure, arrival, price, CO2e and transshipments.

Hand-overs are worked through from the latest to the earliest (the self-pruning profile search of
Delling, Pajor and Werneck's rRAPTOR, 2015): a label that left later and is no worse in the other
criteria dominates. Within one hand-over, labels are taken from a heap in the order of the least
arrival they can still reach, and a label is dropped as soon as its bounds to the target are
dominated there.

A label is six numbers in one row: arrival, price, CO2e, legs, hand-over, tasks done. Tasks are
bits, one for each thing the itinerary must pass; only a label that has done at least the same
tasks dominates.
"""

import numpy as np
from numpy.typing import NDArray

from kervan.itinerary.engine.bounds import UNREACHABLE
from kervan.itinerary.engine.compiled import compiled, inlined
from kervan.itinerary.engine.heap import pop, push
from kervan.itinerary.engine.spans import (
    NEVER,
    first_not_before,
    next_open,
    previous_open,
)
from kervan.network.arrays import Arrays, Int32, Int64, UInt8

ARRIVAL, PRICE, EMISSION, LEGS, HAND_OVER, TASKS = 0, 1, 2, 3, 4, 5
_LABEL_BITS = 26
"""Room for 67 million labels beside a 31-bit minute in one heap key."""


@compiled
def first_legs(net: Arrays, origin: int, opens: int, closes: int, every: int) -> Int64:
    """List the hand-overs at the origin worth looking at, latest first.

    Returns
    -------
    int64[n, 3]
        Hand-over minute, boarding call, departure (-1 if rolling).

    For a dated line: the latest hand-over for each departure that can still be caught between
    ``opens`` and ``closes``, and for the first departure after them (handed over at ``closes``).
    For a rolling line: ``opens`` and every ``every`` minutes after it.
    """
    found = np.empty((64, 3), np.int64)
    count = 0
    for dock in range(net.place_dock_ptr[origin], net.place_dock_ptr[origin + 1]):
        for entry in range(net.board_ptr[dock], net.board_ptr[dock + 1]):
            call = net.board_call[entry]
            line = net.call_line[call]
            departures = net.line_departures[line]
            departure, minute = (-1), opens
            base = 0
            if departures >= 0:
                base = net.line_times[line] + (call - net.line_call_ptr[line]) * departures
                ready = next_open(net.open_ptr, net.open_start, net.open_end, dock, opens)
                departure = int(first_not_before(net.board_by, base, departures, ready))
            while True:
                if departures < 0:
                    if minute > closes:
                        break
                    hand_over = minute
                    minute += every
                else:
                    if departure >= departures:
                        break
                    limit = previous_open(
                        net.open_ptr,
                        net.open_start,
                        net.open_end,
                        dock,
                        int(net.board_by[base + departure]),
                    )
                    hand_over = min(limit, closes)
                if count == len(found):
                    larger = np.empty((2 * count, 3), np.int64)
                    larger[:count] = found
                    found = larger
                found[count, 0] = hand_over
                found[count, 1] = call
                found[count, 2] = departure
                count += 1
                if departures >= 0:
                    if limit > closes:
                        break
                    # A departure that closes no later than the one before is never caught first.
                    here = net.board_by[base + departure]
                    departure += 1
                    while departure < departures and net.board_by[base + departure] == here:
                        departure += 1
    found = found[:count]
    return found[np.argsort(-found[:, 0], kind="mergesort")]


@inlined
def _no_worse(left: Int64, right: Int64) -> bool:
    return bool(
        left[ARRIVAL] <= right[ARRIVAL]
        and left[PRICE] <= right[PRICE]
        and left[EMISSION] <= right[EMISSION]
        and left[LEGS] <= right[LEGS]
        and left[HAND_OVER] >= right[HAND_OVER]
        and (left[TASKS] & right[TASKS]) == right[TASKS]
    )


@compiled
def pareto_labels(
    net: Arrays,
    firsts: Int64,
    target: int,
    leg_allowed: UInt8,
    price: Int64,
    emission: Int64,
    leg_tasks: Int64,
    all_tasks: int,
    bound_minutes: Int64,
    bound_price: Int64,
    bound_emission: Int64,
    bound_legs: Int64,
    until: int,
    most_legs: int,
    most_labels: int,
) -> tuple[Int64, Int32, Int32, bool]:
    """Search every label that may be part of a Pareto-optimal itinerary.

    Parameters
    ----------
    net : Arrays
    firsts : int64[n, 3]
        From :func:`first_legs`.
    target : int
        Place.
    leg_allowed : uint8[legs]
    price, emission : int64[legs]
    leg_tasks : int64[legs]
        Tasks (bits) each leg does.
    all_tasks : int
        Tasks an itinerary must have done at the target.
    bound_minutes, bound_price, bound_emission, bound_legs : int64[places]
        Least still to come from each place.
    until : int
        Latest arrival.
    most_legs, most_labels : int
        Limits; the second guards memory.

    Returns
    -------
    labels : int64[n, 6]
    links : int32[n, 4]
        Parent label (-1 for a first leg), leg, departure (-1 if rolling), dock.
    final : int32[m]
        Labels at the target that nothing dominates.
    complete : bool
        False where ``most_labels`` was reached.
    """
    docks = len(net.dock_place)
    labels = np.empty((1024, 6), np.int64)
    links = np.empty((1024, 4), np.int32)
    following = np.empty(1024, np.int32)
    alive = np.empty(1024, np.bool_)
    count = 0
    newest = np.full(docks, -1, np.int32)
    final = np.empty(64, np.int32)
    finals = 0
    heap = np.empty(1024, np.int64)
    size = 0
    made = np.empty(6, np.int64)
    reach = np.empty(6, np.int64)
    first = 0
    mask = (1 << _LABEL_BITS) - 1
    while first < len(firsts):
        hand_over = int(firsts[first, 0])
        starting = True
        end_of_group = first
        while end_of_group < len(firsts) and firsts[end_of_group, 0] == hand_over:
            end_of_group += 1
        while starting or size > 0:
            # Either the next first leg of this hand-over, or the next label from the heap.
            parent = -1
            if starting:
                dock = net.call_dock[firsts[first, 1]]
                from_changes, to_changes = 0, 1
            else:
                key, size = pop(heap, size)
                parent = int(key & mask)
                if not alive[parent]:
                    continue
                if _pruned(
                    labels,
                    final,
                    finals,
                    parent,
                    net,
                    links,
                    bound_minutes,
                    bound_price,
                    bound_emission,
                    bound_legs,
                    all_tasks,
                    reach,
                ):
                    continue
                dock = links[parent, 3]
                from_changes, to_changes = net.transfer_ptr[dock], net.transfer_ptr[dock + 1]
            for change in range(from_changes, to_changes):
                if starting:
                    board_dock = dock
                    ready = hand_over
                    from_entry, to_entry = 0, 1
                else:
                    board_dock = net.transfer_dock[change]
                    ready = int(labels[parent, ARRIVAL]) + int(net.transfer_minutes[change])
                    from_entry = net.board_ptr[board_dock]
                    to_entry = net.board_ptr[board_dock + 1]
                for entry in range(from_entry, to_entry):
                    call = int(firsts[first, 1]) if starting else int(net.board_call[entry])
                    line = net.call_line[call]
                    departures = net.line_departures[line]
                    departure, leaves, base = (-1), 0, 0
                    if departures < 0:
                        leaves = next_open(
                            net.open_ptr, net.open_start, net.open_end, board_dock, ready
                        )
                        leaves = next_open(
                            net.line_open_ptr, net.line_open_start, net.line_open_end, line, leaves
                        )
                        if leaves >= NEVER:
                            continue
                        leaves += int(net.line_wait[line])
                    else:
                        base = net.line_times[line] - net.line_call_ptr[line] * departures
                        if starting:
                            departure = int(firsts[first, 2])
                        else:
                            departure = int(
                                first_not_before(
                                    net.board_by, base + call * departures, departures, ready
                                )
                            )
                            if departure == departures:
                                continue
                    first_leg = net.call_leg[call] - call - 1
                    for other in range(call + 1, net.line_call_ptr[line + 1]):
                        leg = first_leg + other
                        if not leg_allowed[leg] or not net.call_discharges[other]:
                            continue
                        there = net.call_dock[other]
                        place = net.dock_place[there]
                        if bound_legs[place] >= UNREACHABLE:
                            continue
                        if departures < 0:
                            comes = leaves + int(net.leg_ride[leg])
                        else:
                            comes = int(net.arrives[base + other * departures + departure])
                        if comes + bound_minutes[place] > until:
                            continue
                        comes = next_open(net.open_ptr, net.open_start, net.open_end, there, comes)
                        made[ARRIVAL] = comes
                        if starting:
                            made[PRICE] = price[leg]
                            made[EMISSION] = emission[leg]
                            made[LEGS] = 1
                            made[TASKS] = leg_tasks[leg]
                        else:
                            made[PRICE] = labels[parent, PRICE] + price[leg]
                            made[EMISSION] = labels[parent, EMISSION] + emission[leg]
                            made[LEGS] = labels[parent, LEGS] + 1
                            made[TASKS] = labels[parent, TASKS] | leg_tasks[leg]
                        made[HAND_OVER] = hand_over
                        if comes + bound_minutes[place] > until:
                            continue
                        if made[LEGS] + bound_legs[place] > most_legs:
                            continue
                        if place == target and made[TASKS] != all_tasks:
                            continue
                        # What this label can reach at best, held against the target's set.
                        reach[ARRIVAL] = comes + bound_minutes[place]
                        reach[PRICE] = made[PRICE] + bound_price[place]
                        reach[EMISSION] = made[EMISSION] + bound_emission[place]
                        reach[LEGS] = made[LEGS] + bound_legs[place]
                        reach[HAND_OVER] = hand_over
                        reach[TASKS] = all_tasks
                        dominated = False
                        for k in range(finals):
                            if _no_worse(labels[final[k]], reach):
                                dominated = True
                                if k > 0:  # the label that dominates once dominates often
                                    final[k], final[0] = final[0], final[k]
                                break
                        if dominated:
                            continue
                        previous = -1
                        here = newest[there]
                        while here >= 0:
                            if _no_worse(labels[here], made):
                                dominated = True
                                break
                            if labels[here, HAND_OVER] == hand_over and _no_worse(
                                made, labels[here]
                            ):
                                alive[here] = False
                                if previous < 0:
                                    newest[there] = following[here]
                                else:
                                    following[previous] = following[here]
                            else:
                                previous = here
                            here = following[here]
                        if dominated:
                            continue
                        if count == most_labels:
                            return labels[:count], links[:count], final[:finals], False
                        if count == len(labels):
                            labels, links, following, alive = _grow(labels, links, following, alive)
                        labels[count, 0] = made[0]
                        labels[count, 1] = made[1]
                        labels[count, 2] = made[2]
                        labels[count, 3] = made[3]
                        labels[count, 4] = made[4]
                        labels[count, 5] = made[5]
                        links[count, 0] = parent
                        links[count, 1] = leg
                        links[count, 2] = departure
                        links[count, 3] = there
                        alive[count] = True
                        following[count] = newest[there]
                        newest[there] = count
                        if place == target:
                            kept = 0
                            for k in range(finals):
                                rival = final[k]
                                if not (
                                    labels[rival, HAND_OVER] == hand_over
                                    and _no_worse(made, labels[rival])
                                ):
                                    final[kept] = rival
                                    kept += 1
                            finals = kept
                            if finals == len(final):
                                more = np.empty(2 * finals, np.int32)
                                more[:finals] = final
                                final = more
                            final[finals] = count
                            finals += 1
                        else:
                            heap, size = push(
                                heap,
                                size,
                                (int(reach[ARRIVAL]) << _LABEL_BITS) | count,
                            )
                        count += 1
            if starting:
                first += 1
                starting = first < end_of_group
    return labels[:count], links[:count], final[:finals], True


@compiled
def _pruned(
    labels: Int64,
    final: Int32,
    finals: int,
    label: int,
    net: Arrays,
    links: Int32,
    minutes: Int64,
    price: Int64,
    emission: Int64,
    legs: Int64,
    all_tasks: int,
    reach: Int64,
) -> bool:
    """Tell whether the target's set has come to dominate all that a label can still reach."""
    place = net.dock_place[links[label, 3]]
    reach[ARRIVAL] = labels[label, ARRIVAL] + minutes[place]
    reach[PRICE] = labels[label, PRICE] + price[place]
    reach[EMISSION] = labels[label, EMISSION] + emission[place]
    reach[LEGS] = labels[label, LEGS] + legs[place]
    reach[HAND_OVER] = labels[label, HAND_OVER]
    reach[TASKS] = all_tasks
    k = 0
    while k < finals and not _no_worse(labels[final[k]], reach):
        k += 1
    return k < finals


@compiled
def _grow(
    labels: Int64, links: Int32, following: Int32, alive: NDArray[np.bool_]
) -> tuple[Int64, Int32, Int32, NDArray[np.bool_]]:
    size = len(labels)
    more_labels = np.empty((2 * size, 6), np.int64)
    more_labels[:size] = labels
    more_links = np.empty((2 * size, 4), np.int32)
    more_links[:size] = links
    more_following = np.empty(2 * size, np.int32)
    more_following[:size] = following
    more_alive = np.empty(2 * size, np.bool_)
    more_alive[:size] = alive
    return more_labels, more_links, more_following, more_alive

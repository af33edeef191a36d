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
                departure = int(
                    first_not_before(
                        net.board_by,
                        base,
                        departures,
                        ready,
                        net.call_from[call],
                        net.call_pace[call],
                    )
                )
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
def _no_worse(
    labels: Int64,
    row: int,
    arrival: int,
    price: int,
    emission: int,
    legs: int,
    hand_over: int,
    tasks: int,
) -> bool:
    """Tell whether a label is no worse than another, given by its numbers."""
    return bool(
        labels[row, ARRIVAL] <= arrival
        and labels[row, PRICE] <= price
        and labels[row, EMISSION] <= emission
        and labels[row, LEGS] <= legs
        and labels[row, HAND_OVER] >= hand_over
        and (labels[row, TASKS] & tasks) == tasks
    )


@inlined
def _no_better(
    labels: Int64, row: int, arrival: int, price: int, emission: int, legs: int, tasks: int
) -> bool:
    """Tell whether a label of the same hand-over is no better than another."""
    return bool(
        arrival <= labels[row, ARRIVAL]
        and price <= labels[row, PRICE]
        and emission <= labels[row, EMISSION]
        and legs <= labels[row, LEGS]
        and (tasks & labels[row, TASKS]) == labels[row, TASKS]
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
    pair_price: Int64,
    pair_emission: Int64,
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
    pair_price, pair_emission : int64[pairs]
        Least of any leg between two places.
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
    # What prunes: of the target's labels so far, all handed over no earlier than what is searched
    # now, those that nothing dominates in the other four numbers; side by side for quick reading.
    front = np.empty((64, 4), np.int64)
    fronts = 0
    # Places worth going to from the label in hand, marked with its row.
    worth = np.full(len(bound_minutes), -1, np.int64)
    heap = np.empty(1024, np.int64)
    size = 0
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
                place = net.dock_place[links[parent, 3]]
                if _beaten(
                    front,
                    fronts,
                    labels[parent, ARRIVAL] + bound_minutes[place],
                    labels[parent, PRICE] + bound_price[place],
                    labels[parent, EMISSION] + bound_emission[place],
                    labels[parent, LEGS] + bound_legs[place],
                ):
                    continue
                # Many legs lead from here to the same few places: each place is looked at once,
                # with the best of its legs.
                for entry in range(net.out_ptr[place], net.out_ptr[place + 1]):
                    pair = net.out_pair[entry]
                    goal = net.pair_to[pair]
                    if bound_legs[goal] < most_legs and not _beaten(
                        front,
                        fronts,
                        labels[parent, ARRIVAL]
                        + net.place_change[place]
                        + net.pair_minutes[pair]
                        + bound_minutes[goal],
                        labels[parent, PRICE] + pair_price[pair] + bound_price[goal],
                        labels[parent, EMISSION] + pair_emission[pair] + bound_emission[goal],
                        labels[parent, LEGS] + 1 + bound_legs[goal],
                    ):
                        worth[goal] = parent
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
                    departure, leaves, base = (-1), -1, 0
                    if departures >= 0:
                        base = net.line_times[line] - net.line_call_ptr[line] * departures
                        if starting:
                            departure = int(firsts[first, 2])
                    first_leg = net.call_leg[call] - call - 1
                    for other in range(call + 1, net.line_call_ptr[line + 1]):
                        leg = first_leg + other
                        there = net.call_dock[other]
                        place = net.dock_place[there]
                        if not starting and worth[place] != parent:
                            continue
                        if not leg_allowed[leg] or not net.call_discharges[other]:
                            continue
                        comes = ready + int(net.leg_floor[leg])
                        if comes + bound_minutes[place] > until:
                            continue
                        paid, emitted, ridden, done = price[leg], emission[leg], 1, leg_tasks[leg]
                        if not starting:
                            paid += labels[parent, PRICE]
                            emitted += labels[parent, EMISSION]
                            ridden += labels[parent, LEGS]
                            done |= labels[parent, TASKS]
                        if ridden + bound_legs[place] > most_legs:
                            continue
                        if place == target and done != all_tasks:
                            continue
                        least = comes
                        # Held first against what is known with the least arrival the leg can have:
                        # most legs end here, and their departure need not be looked up.
                        if _beaten(
                            front,
                            fronts,
                            comes + bound_minutes[place],
                            paid + bound_price[place],
                            emitted + bound_emission[place],
                            ridden + bound_legs[place],
                        ):
                            continue
                        if departures < 0:
                            if leaves < 0:
                                leaves = next_open(
                                    net.open_ptr, net.open_start, net.open_end, board_dock, ready
                                )
                                leaves = next_open(
                                    net.line_open_ptr,
                                    net.line_open_start,
                                    net.line_open_end,
                                    line,
                                    leaves,
                                )
                                if leaves >= NEVER:
                                    break
                                leaves += int(net.line_wait[line])
                            comes = leaves + int(net.leg_ride[leg])
                        else:
                            if departure < 0:
                                departure = int(
                                    first_not_before(
                                        net.board_by,
                                        base + call * departures,
                                        departures,
                                        ready,
                                        net.call_from[call],
                                        net.call_pace[call],
                                    )
                                )
                                if departure == departures:
                                    break
                            # Nearly always the arrival itself, without a look at the arrivals.
                            least = int(net.board_by[base + call * departures + departure])
                            least += int(net.leg_floor[leg])
                            if least > comes and _beaten(
                                front,
                                fronts,
                                least + bound_minutes[place],
                                paid + bound_price[place],
                                emitted + bound_emission[place],
                                ridden + bound_legs[place],
                            ):
                                continue
                            if _beaten_at_dock(
                                labels,
                                following,
                                newest[there],
                                least,
                                paid,
                                emitted,
                                ridden,
                                hand_over,
                                done,
                            ):
                                continue
                            comes = int(net.arrives[base + other * departures + departure])
                        comes = next_open(net.open_ptr, net.open_start, net.open_end, there, comes)
                        if comes + bound_minutes[place] > until:
                            continue
                        if comes > least and _beaten(
                            front,
                            fronts,
                            comes + bound_minutes[place],
                            paid + bound_price[place],
                            emitted + bound_emission[place],
                            ridden + bound_legs[place],
                        ):
                            continue
                        dominated = False
                        previous = -1
                        here = newest[there]
                        while here >= 0:
                            if _no_worse(
                                labels, here, comes, paid, emitted, ridden, hand_over, done
                            ):
                                dominated = True
                                break
                            if labels[here, HAND_OVER] == hand_over and _no_better(
                                labels, here, comes, paid, emitted, ridden, done
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
                        labels[count, ARRIVAL] = comes
                        labels[count, PRICE] = paid
                        labels[count, EMISSION] = emitted
                        labels[count, LEGS] = ridden
                        labels[count, HAND_OVER] = hand_over
                        labels[count, TASKS] = done
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
                                    and _no_better(
                                        labels, rival, comes, paid, emitted, ridden, done
                                    )
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
                            front, fronts = _with(front, fronts, comes, paid, emitted, ridden)
                        else:
                            heap, size = push(
                                heap,
                                size,
                                (int(comes + bound_minutes[place]) << _LABEL_BITS) | count,
                            )
                        count += 1
            if starting:
                first += 1
                starting = first < end_of_group
    return labels[:count], links[:count], final[:finals], True


@compiled
def _beaten(front: Int64, fronts: int, arrival: int, price: int, emission: int, legs: int) -> bool:
    """Tell whether the target's set already dominates what a label can reach at best."""
    for k in range(fronts):
        if (
            front[k, ARRIVAL] <= arrival
            and front[k, PRICE] <= price
            and front[k, EMISSION] <= emission
            and front[k, LEGS] <= legs
        ):
            if k > 0:  # the label that dominates once dominates often
                for column in range(4):
                    front[k, column], front[0, column] = front[0, column], front[k, column]
            return True
    return False


@compiled
def _with(
    front: Int64, fronts: int, arrival: int, price: int, emission: int, legs: int
) -> tuple[Int64, int]:
    """Put a label into the front, and take out what it dominates there."""
    kept = 0
    for k in range(fronts):
        if not (
            arrival <= front[k, ARRIVAL]
            and price <= front[k, PRICE]
            and emission <= front[k, EMISSION]
            and legs <= front[k, LEGS]
        ):
            front[kept] = front[k]
            kept += 1
    if kept == len(front):
        larger = np.empty((2 * kept, 4), np.int64)
        larger[:kept] = front
        front = larger
    front[kept, ARRIVAL] = arrival
    front[kept, PRICE] = price
    front[kept, EMISSION] = emission
    front[kept, LEGS] = legs
    return front, kept + 1


@compiled
def _beaten_at_dock(
    labels: Int64,
    following: Int32,
    row: int,
    arrival: int,
    price: int,
    emission: int,
    legs: int,
    hand_over: int,
    tasks: int,
) -> bool:
    """Tell whether a label of the same dock, from the row on, is no worse."""
    while row >= 0:
        if _no_worse(labels, row, arrival, price, emission, legs, hand_over, tasks):
            return True
        row = following[row]
    return False


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

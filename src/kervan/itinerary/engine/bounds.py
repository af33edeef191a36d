"""Lower bounds from every place to the target, by which a search knows what cannot pay any more."""

import numpy as np

from kervan.itinerary.engine.compiled import compiled
from kervan.itinerary.engine.heap import pop, push
from kervan.network.arrays import Arrays, Int64, UInt8

UNREACHABLE = 1 << 50
_PLACE_BITS = 22


@compiled
def least_to_target(
    net: Arrays,
    place_count: int,
    target: int,
    leg_allowed: UInt8,
    weight: Int64,
    per_change: Int64,
) -> Int64:
    """Return the least sum of a leg weight from each place to the target, times ignored.

    Parameters
    ----------
    net : Arrays
    place_count, target : int
    leg_allowed : uint8[legs]
    weight : int64[legs]
        Zero or more each, and under 2**40 in sum.
    per_change : int64[places]
        Least weight of a change at each place, added between two legs.

    Returns
    -------
    int64[places]
        UNREACHABLE where no sequence of legs leads to the target.
    """
    least = np.full(place_count, UNREACHABLE, np.int64)
    least[target] = 0
    heap = np.empty(256, np.int64)
    size = 0
    heap, size = push(heap, size, int(target))
    while size > 0:
        key, size = pop(heap, size)
        place, value = key & ((1 << _PLACE_BITS) - 1), key >> _PLACE_BITS
        if value > least[place]:
            continue
        if place != target:
            value += per_change[place]
        for dock in range(net.place_dock_ptr[place], net.place_dock_ptr[place + 1]):
            for entry in range(net.alight_ptr[dock], net.alight_ptr[dock + 1]):
                other = net.alight_call[entry]
                line = net.call_line[other]
                for call in range(net.line_call_ptr[line], other):
                    leg = net.call_leg[call] + other - call - 1
                    before = net.dock_place[net.call_dock[call]]
                    total = value + weight[leg]
                    if total < least[before] and net.call_loads[call] and leg_allowed[leg]:
                        least[before] = total
                        heap, size = push(heap, size, (total << _PLACE_BITS) | before)
    return least


@compiled
def least_change(net: Arrays, place_count: int) -> Int64:
    """Return the quickest change at each place in minutes; 0 where there is none."""
    least = np.zeros(place_count, np.int64)
    for place in range(place_count):
        quickest = -1
        for dock in range(net.place_dock_ptr[place], net.place_dock_ptr[place + 1]):
            for change in range(net.transfer_ptr[dock], net.transfer_ptr[dock + 1]):
                minutes = int(net.transfer_minutes[change])
                if quickest < 0 or minutes < quickest:
                    quickest = minutes
        least[place] = quickest if quickest > 0 else 0
    return least

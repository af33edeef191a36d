"""Lower bounds from every place to the target, by which a search knows what cannot pay any more."""

import numpy as np

from kervan.itinerary.engine.compiled import compiled
from kervan.itinerary.engine.heap import pop, push
from kervan.network.arrays import Arrays, Int32, Int64, UInt8

UNREACHABLE = 1 << 50
_PLACE_BITS = 22


@compiled
def least_to_target(
    net: Arrays,
    target: int,
    pair_weight: Int64,
    per_change: Int32,
) -> Int64:
    """Return the least sum of a weight from each place to the target, times ignored.

    Parameters
    ----------
    net : Arrays
    target : int
        Place.
    pair_weight : int64[pairs]
        Least weight of each pair, from :func:`least_of_pairs`; zero or more, and under 2**40 in
        sum.
    per_change : int32[places]
        Least weight of a change at each place, added between two legs.

    Returns
    -------
    int64[places]
        UNREACHABLE where no sequence of legs leads to the target.
    """
    least = np.full(len(net.place_dock_ptr) - 1, UNREACHABLE, np.int64)
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
        for pair in range(net.pair_ptr[place], net.pair_ptr[place + 1]):
            before = net.pair_from[pair]
            total = value + pair_weight[pair]
            if total < least[before]:
                least[before] = total
                heap, size = push(heap, size, (total << _PLACE_BITS) | before)
    return least


@compiled
def least_of_pairs(net: Arrays, leg_allowed: UInt8, weight: Int64) -> Int64:
    """Return the least weight of the allowed legs between each pair of places.

    Parameters
    ----------
    net : Arrays
    leg_allowed : uint8[legs]
    weight : int64[legs]

    Returns
    -------
    int64[pairs]
        UNREACHABLE where none is allowed.
    """
    pairs = len(net.pair_from)
    least = np.full(pairs, UNREACHABLE, np.int64)
    for pair in range(pairs):
        for entry in range(net.pair_leg_ptr[pair], net.pair_leg_ptr[pair + 1]):
            leg = net.pair_leg[entry]
            if leg_allowed[leg] and weight[leg] < least[pair]:
                least[pair] = weight[leg]
    return least


@compiled
def bounds_to_target(
    net: Arrays, target: int, leg_allowed: UInt8, price: Int64, emission: Int64
) -> tuple[Int64, Int64, Int64, Int64, Int64, Int64]:
    """Return the least minutes, price, CO2e and legs still to come after arriving at each place.

    Parameters
    ----------
    net : Arrays
    target : int
        Place.
    leg_allowed : uint8[legs]
    price, emission : int64[legs]

    Returns
    -------
    minutes, price, emission, legs : int64[places]
        The minutes with the quickest change at the place; UNREACHABLE or more where nothing leads
        to the target.
    pair_price, pair_emission : int64[pairs]
        Least of any allowed leg between two places.
    """
    nothing = np.zeros(len(net.place_change), np.int32)
    cheapest = least_of_pairs(net, leg_allowed, price)
    cleanest = least_of_pairs(net, leg_allowed, emission)
    ones = np.ones(len(cheapest), np.int64)
    minutes = least_to_target(net, target, net.pair_minutes, net.place_change)
    for place in range(len(minutes)):
        if place != target:
            minutes[place] += net.place_change[place]
    return (
        minutes,
        least_to_target(net, target, cheapest, nothing),
        least_to_target(net, target, cleanest, nothing),
        least_to_target(net, target, ones, nothing),
        cheapest,
        cleanest,
    )

"""The rides of found labels, with their times."""

import numpy as np

from kervan.itinerary.engine.compiled import compiled
from kervan.itinerary.engine.pareto import ARRIVAL, HAND_OVER, LEGS
from kervan.itinerary.engine.spans import next_open
from kervan.network.arrays import Arrays, Int32, Int64


@compiled
def rides_of_labels(
    net: Arrays, leg_calls: Int32, labels: Int64, links: Int32, chosen: Int32
) -> tuple[Int32, Int64]:
    """Return the rides of some labels, in the order they are taken.

    Parameters
    ----------
    net : Arrays
    leg_calls : int32[legs, 2]
        Boarding and discharge call of each leg.
    labels, links
        From :func:`pareto_labels`.
    chosen : int32[n]
        Rows of ``labels``.

    Returns
    -------
    pointers : int32[n + 1]
        Rides of the k-th label are ``rides[pointers[k] : pointers[k + 1]]``.
    rides : int64[m, 5]
        Leg, departure (-1 if rolling), and the minutes of readiness, departure and arrival.
    """
    pointers = np.zeros(len(chosen) + 1, np.int32)
    for k in range(len(chosen)):
        pointers[k + 1] = pointers[k] + labels[chosen[k], LEGS]
    rides = np.empty((pointers[-1], 5), np.int64)
    for k in range(len(chosen)):
        label = chosen[k]
        for row in range(pointers[k + 1] - 1, pointers[k] - 1, -1):
            parent, leg, departure = links[label, 0], links[label, 1], links[label, 2]
            call = leg_calls[leg, 0]
            dock, line = net.call_dock[call], net.call_line[call]
            if parent < 0:
                ready = next_open(
                    net.open_ptr, net.open_start, net.open_end, dock, int(labels[label, HAND_OVER])
                )
            else:
                ready = int(labels[parent, ARRIVAL])
                before = links[parent, 3]
                for change in range(net.transfer_ptr[before], net.transfer_ptr[before + 1]):
                    if net.transfer_dock[change] == dock:
                        ready += int(net.transfer_minutes[change])
                        break
            if departure < 0:
                leaves = next_open(net.open_ptr, net.open_start, net.open_end, dock, ready)
                leaves = next_open(
                    net.line_open_ptr, net.line_open_start, net.line_open_end, line, leaves
                )
                leaves += int(net.line_wait[line])
            else:
                position = (call - net.line_call_ptr[line]) * net.line_departures[line] + departure
                leaves = int(net.departs[net.line_times[line] + position])
            rides[row, 0] = leg
            rides[row, 1] = departure
            rides[row, 2] = ready
            rides[row, 3] = leaves
            rides[row, 4] = labels[label, ARRIVAL]
            label = parent
    return pointers, rides

"""The dated departures of a ride and the places they have, from a compiled network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.network import Network
from kervan.network.arrays import ROLLING
from kervan.network.clock import MINUTES_PER_DAY, datetime_of
from kervan.tariff.revenue.problem import Departure, Int64

MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY


@dataclass(frozen=True, slots=True)
class DatedRun:
    """One departure of a ride.

    Attributes
    ----------
    departure
        Its key, places and name.
    service_id, from_place_id, to_place_id
        The ride.
    departs, arrives
        Planned minutes since 1970-01-01T00:00 UTC.
    is_spread
        Whether the feed gives no clock times, and the departures were spread evenly.
    """

    departure: Departure
    service_id: str
    from_place_id: str
    to_place_id: str
    departs: int
    arrives: int
    is_spread: bool


def dated_runs(
    network: Network,
    service_id: str,
    from_place_id: str,
    to_place_id: str,
    *,
    per_week: float | None = None,
    capacity_teu: float | None = None,
) -> tuple[DatedRun, ...]:
    """Return the departures of a ride within the network's horizon, in order.

    Parameters
    ----------
    network
        The compiled corridor.
    service_id, from_place_id, to_place_id
        The ride. A train that loads on its way has a resource for every section; ask for each.
    per_week
        Departures a week of a service that the feed does not date; those of the feed unless given.
        They are spread evenly over the horizon.
    capacity_teu
        Places of each departure; those of the feed unless given.

    Raises
    ------
    InvalidRequestError
        If there is no such ride, or the feed says neither how often it runs or how much it takes
        nor is it given.
    """
    number = _leg(network, service_id, from_place_id, to_place_id)
    service = network.way_of_leg(number).service
    capacity = service.capacity_teu if capacity_teu is None else capacity_teu
    if capacity is None:
        raise InvalidRequestError(
            f"The feed does not say how many TEU {service_id} takes; give capacity_teu."
        )
    arrays, line = network.arrays, network.line_of_leg(number)
    is_spread = int(arrays.line_departures[line]) == ROLLING
    if is_spread:
        often = per_week or service.departures_per_week
        if often is None:
            raise InvalidRequestError(
                f"{service_id} leaves when it is full, so the feed does not say how often; give "
                "per_week."
            )
        departs = _spread(network, line, often)
        arrives = departs + int(arrays.leg_ride[number])
    else:
        departs, arrives = _timetabled(network, number)
    name = f"{service.name}, {from_place_id} - {to_place_id}"
    return tuple(
        DatedRun(
            departure=Departure(
                departure_id=f"{service_id}/{from_place_id}-{to_place_id}/"
                f"{datetime_of(leaves):%Y-%m-%dT%H:%M}",
                capacity_teu=capacity,
                name=f"{name}, departure {'about' if is_spread else 'of'} {_day(leaves)}",
            ),
            service_id=service_id,
            from_place_id=from_place_id,
            to_place_id=to_place_id,
            departs=leaves,
            arrives=comes,
            is_spread=is_spread,
        )
        for leaves, comes in zip(departs.tolist(), arrives.tolist(), strict=True)
    )


def _leg(network: Network, service_id: str, here: str, there: str) -> int:
    for number, leg in enumerate(network.legs):
        if (leg.service_id, leg.from_place_id, leg.to_place_id) == (service_id, here, there):
            return number
    raise InvalidRequestError(
        f"Service '{service_id}' offers no ride from {here} to {there} within the network's "
        "horizon; look at its calls."
    )


def _spread(network: Network, line: int, per_week: float) -> Int64:
    arrays = network.arrays
    start = network.first_day * MINUTES_PER_DAY
    minutes = (network.last_day + 1) * MINUTES_PER_DAY - start
    step = MINUTES_PER_WEEK / per_week
    # In the middle of each interval: neither end of the horizon is favoured.
    departs = start + ((np.arange(int(minutes / step + 0.5)) + 0.5) * step).astype(np.int64)
    departs = departs[departs < start + minutes]
    first, last = arrays.line_open_ptr[line : line + 2]
    if first == last:
        return departs
    opens, shuts = arrays.line_open_start[first:last], arrays.line_open_end[first:last]
    within = (departs[:, None] >= opens) & (departs[:, None] < shuts)
    return departs[within.any(axis=1)]


def _timetabled(network: Network, number: int) -> tuple[Int64, Int64]:
    """Return the times on every line of the service: one that overtakes is split into several."""
    arrays = network.arrays
    service_id = network.way_of_leg(number).service.service_id
    first, last = network.positions(number)
    found = []
    for line, way in enumerate(network.line_ways):
        if way.service.service_id != service_id:
            continue
        count, base = int(arrays.line_departures[line]), int(arrays.line_times[line])
        leaves = arrays.departs[base + first * count : base + (first + 1) * count]
        comes = arrays.arrives[base + last * count : base + (last + 1) * count]
        found.append(np.stack([leaves, comes]).astype(np.int64))
    times = np.concatenate(found, axis=1)
    start = network.first_day * MINUTES_PER_DAY
    times = times[:, (times[0] >= start) & (times[0] < (network.last_day + 1) * MINUTES_PER_DAY)]
    times = times[:, np.argsort(times[0], kind="stable")]
    return times[0], times[1]


def _day(minute: int) -> str:
    moment = datetime_of(minute)
    return f"{moment.day} {moment:%B %Y}"

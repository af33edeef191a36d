"""Searches: the earliest arrival, the latest departure, and the Pareto set.

Domination
----------
An itinerary *dominates* another when it is no worse in every criterion and better in one:

=====================  ==========================================================================
departure              later is better: the latest hand-over within the window
arrival                earlier is better: planned (median) arrival
price                  less is better: the sum of the leg prices given
CO2e                   less is better: the sum of the leg emissions given
transshipments         fewer are better
=====================  ==========================================================================

The Pareto set holds one itinerary for every vector of the five that nothing dominates. A leg that
cannot be priced weighs more than any sum of priced ones, so an itinerary with an incomplete price
never dominates a complete one by its price.

Hand-overs
----------
A dated service is handed over to at its last moment, cut-off and opening hours counted; the first
departure after the window counts as handed over at the window's end. A rolling service (frequency,
leaves when full, on demand) can be handed over to at any time, so it is looked at once a day from
the moment the cargo is ready.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError, NoItineraryError
from kervan.feed.great_circle import great_circle_km
from kervan.itinerary.constraints import (
    Constraints,
    allowed_legs,
    check_constraints,
    leg_tasks,
)
from kervan.itinerary.engine.bounds import bounds_to_target
from kervan.itinerary.engine.earliest import earliest_arrivals
from kervan.itinerary.engine.latest import latest_hand_over
from kervan.itinerary.engine.pareto import first_legs, pareto_labels
from kervan.itinerary.engine.rides import rides_of_labels
from kervan.itinerary.engine.spans import BEFORE_ALL
from kervan.itinerary.model import Itinerary, Ride, dock_opens, line_opens
from kervan.itinerary.weights import Weights
from kervan.network import Arrays, Network
from kervan.network.clock import (
    MINUTES_PER_DAY,
    datetime_of,
    day_of,
    local_datetime,
    minute_of,
)
from kervan.network.intervals import NEVER

MOST_LABELS = 4_000_000
"""Labels a Pareto search may hold (about 300 MB) before it gives up and says so."""

_NO_CONSTRAINTS = Constraints()


def earliest_arrival(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    constraints: Constraints = _NO_CONSTRAINTS,
) -> Itinerary:
    """Find the itinerary that arrives first.

    Parameters
    ----------
    network
        The network.
    origin, destination
        Place ids.
    ready
        Aware datetime from which the cargo can be handed over.
    constraints
        Conditions; things to pass cost a Pareto search over their combinations.

    Returns
    -------
    Itinerary
        With the earliest planned arrival.

    Raises
    ------
    InvalidRequestError
        If a place is unknown, the two are the same, or ``ready`` is outside the horizon.
    NoItineraryError
        If nothing leads there within the horizon.

    Notes
    -----
    O((docks + boardings * log departures) log docks).
    """
    here, there, minute = question(network, origin, destination, ready, constraints)
    until = latest_of(network, constraints)
    if constraints.has_via or constraints.max_transshipments < _NO_CONSTRAINTS.max_transshipments:
        found = pareto_itineraries(
            network, origin, destination, ready, timedelta(0), constraints=constraints
        )
        return min(found, key=lambda itinerary: (itinerary.arrival, itinerary.transshipments))
    allowed = allowed_by(network, constraints)
    arrival, leg_of, departure_of, ready_at, changed_from, dock = earliest_arrivals(
        network.arrays, here, minute, there, allowed, until
    )
    if dock < 0:
        raise _nothing(network, origin, destination, minute, constraints)
    rides: list[Ride] = []
    while dock >= 0:
        leg, departure = int(leg_of[dock]), int(departure_of[dock])
        call = int(network.leg_calls[leg, 0])
        boarded = int(network.arrays.call_dock[call])
        can_board = int(ready_at[boarded])
        departs = _departs(network.arrays, call, departure, can_board)
        rides.append(Ride(leg, departure, can_board, departs, int(arrival[dock])))
        dock = int(changed_from[boarded])
    return Itinerary(origin, destination, minute, tuple(reversed(rides)))


def earliest_arrival_minutes(network: Network, origin: str, ready: datetime) -> NDArray[np.int64]:
    """Return the earliest arrival at every place, minutes since 1970 (UTC); shape (places,).

    NEVER (2**31 - 1) where a place cannot be reached within the horizon; the origin itself is
    reached when the cargo is ready.
    """
    minute = minute_of(ready)
    allowed = np.ones(len(network.leg_calls), np.uint8)
    here = _place(network, origin)
    by_dock = earliest_arrivals(
        network.arrays, here, minute, -1, allowed, latest_of(network, _NO_CONSTRAINTS)
    )[0]
    by_place = np.full(len(network.places), NEVER, np.int64)
    np.minimum.at(by_place, network.arrays.dock_place, by_dock)
    by_place[here] = minute
    return by_place


def latest_departure(
    network: Network,
    origin: str,
    destination: str,
    deadline: datetime,
    constraints: Constraints = _NO_CONSTRAINTS,
    *,
    not_before: datetime | None = None,
) -> Itinerary:
    """Find the latest hand-over at the origin that still arrives by a deadline.

    Parameters
    ----------
    deadline
        Aware datetime of the latest planned arrival.
    not_before
        Earliest hand-over looked at; the horizon's first day unless given.

    Raises
    ------
    InvalidRequestError, NoItineraryError
        As :func:`earliest_arrival`.
    """
    here, there, limit = question(network, origin, destination, deadline, constraints)
    if constraints.has_via:
        raise InvalidRequestError(
            "The latest departure cannot be asked for together with things to pass; ask for the "
            "Pareto set over a window before the deadline instead."
        )
    earliest = network.first_day * MINUTES_PER_DAY if not_before is None else minute_of(not_before)
    allowed = allowed_by(network, constraints)
    found = int(latest_hand_over(network.arrays, here, there, limit, allowed, earliest))
    if found <= BEFORE_ALL:
        raise NoItineraryError(
            f"Nothing handed over at {origin} from {datetime_of(earliest):%Y-%m-%d} arrives at "
            f"{destination} by {datetime_of(limit):%Y-%m-%d %H:%M} UTC. Try a later deadline."
        )
    return earliest_arrival(network, origin, destination, datetime_of(found), constraints)


def pareto_itineraries(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    window: timedelta,
    weights: Weights | None = None,
    constraints: Constraints = _NO_CONSTRAINTS,
    *,
    rolling_every: timedelta = timedelta(days=1),
) -> list[Itinerary]:
    """Find every itinerary that nothing dominates (see the module's text for the rules).

    Parameters
    ----------
    network, origin, destination, ready, constraints
        As for :func:`earliest_arrival`.
    window
        Hand-overs from ``ready`` to ``ready + window`` are looked at.
    weights
        Prices and emissions of the legs; none unless given. Each leg is weighed by itself: for
        legs weighed together see :mod:`kervan.itinerary.joint`.
    rolling_every
        How often a rolling service is looked at as the first leg.

    Returns
    -------
    list[Itinerary]
        Sorted by arrival, then price; never empty.

    Raises
    ------
    InvalidRequestError
        As for :func:`earliest_arrival`, and where the set is too large to hold.
    NoItineraryError
        If nothing leads there.
    """
    here, there, minute = question(network, origin, destination, ready, constraints)
    weights = Weights.none(network) if weights is None else weights
    arrays, until = network.arrays, latest_of(network, constraints)
    allowed = allowed_by(network, constraints)
    tasks, all_tasks = np.zeros(len(network.leg_calls), np.int64), 0
    if constraints.has_via:
        tasks, all_tasks = leg_tasks(network, constraints)
    bounds = bounds_to_target(arrays, there, allowed, weights.price, weights.emission)
    firsts = first_legs(
        arrays,
        here,
        minute,
        minute + int(window / timedelta(minutes=1)),
        max(1, int(rolling_every / timedelta(minutes=1))),
    )
    labels, links, final, complete = pareto_labels(
        arrays,
        firsts,
        there,
        allowed,
        weights.price,
        weights.emission,
        tasks,
        all_tasks,
        *bounds,
        until,
        constraints.max_transshipments + 1,
        MOST_LABELS,
    )
    if not complete:
        raise InvalidRequestError(
            f"The Pareto set from {origin} to {destination} holds more than {MOST_LABELS:,} "
            "labels; ask for a shorter window, fewer transshipments or an earlier arrival."
        )
    if len(final) == 0:
        raise _nothing(network, origin, destination, minute, constraints)
    pointers, rides = rides_of_labels(arrays, network.leg_calls, labels, links, final)
    rows = rides.tolist()
    found = [
        Itinerary(
            origin,
            destination,
            hand_over,
            tuple(Ride(*row) for row in rows[pointers[k] : pointers[k + 1]]),
            price=price,
            emission=emission,
        )
        for k, (_, price, emission, _, hand_over, _) in enumerate(labels[final].tolist())
    ]
    return sorted(found, key=lambda i: (i.arrival, i.price or 0, -i.hand_over, i.transshipments))


def question(
    network: Network, origin: str, destination: str, moment: datetime, constraints: Constraints
) -> tuple[int, int, int]:
    """Turn a question into rows of origin and destination and a minute, or refuse it."""
    here, there = _place(network, origin), _place(network, destination)
    if here == there:
        raise InvalidRequestError(
            f"Origin and destination are both {origin}; give two different places."
        )
    minute = minute_of(moment)
    if not network.first_day <= minute // MINUTES_PER_DAY <= network.last_day:
        raise InvalidRequestError(
            f"{moment:%Y-%m-%d %H:%M %Z} lies outside the network's horizon, "
            f"{day_of(network.first_day)} to {day_of(network.last_day)}. Choose a day within it, "
            "or compile a longer horizon."
        )
    if constraints != _NO_CONSTRAINTS:
        check_constraints(network, constraints)
    if constraints.latest_arrival is not None and minute_of(constraints.latest_arrival) <= minute:
        raise InvalidRequestError(
            f"The latest arrival {constraints.latest_arrival:%Y-%m-%d %H:%M} is not after the "
            f"cargo is ready, {moment:%Y-%m-%d %H:%M}; give a later one."
        )
    return here, there, minute


def _departs(arrays: Arrays, call: int, departure: int, ready: int) -> int:
    """Return when the departure found leaves a call, or the rolling service that was waited for."""
    line = int(arrays.call_line[call])
    if departure < 0:
        opens = line_opens(arrays, line, dock_opens(arrays, int(arrays.call_dock[call]), ready))
        return opens + int(arrays.line_wait[line])
    position = (call - int(arrays.line_call_ptr[line])) * int(arrays.line_departures[line])
    return int(arrays.departs[int(arrays.line_times[line]) + position + departure])


def allowed_by(network: Network, constraints: Constraints) -> NDArray[np.uint8]:
    """Return the legs that may be used; all of them at once where nothing is ruled out."""
    if (
        constraints.equipment is None
        and not constraints.dangerous_goods
        and not constraints.avoid_countries
        and not constraints.avoid_places
        and not constraints.avoid_carriers
        and not constraints.avoid_modes
    ):
        return np.ones(len(network.leg_calls), np.uint8)
    return allowed_legs(network, constraints)


def _place(network: Network, place_id: str) -> int:
    if place_id not in network.place_index:
        raise InvalidRequestError(
            f"'{place_id}' is no place of the feed '{network.feed.info.name}'. "
            "Use a place_id of its places table."
        )
    return network.place_index[place_id]


def latest_of(network: Network, constraints: Constraints) -> int:
    """Return the latest minute of arrival that is looked at."""
    # Departures are known to the horizon's end; what left by then may arrive up to a year later.
    until = (network.last_day + 1 + 366) * MINUTES_PER_DAY
    if constraints.latest_arrival is not None:
        until = min(until, minute_of(constraints.latest_arrival))
    return until


def _nothing(
    network: Network, origin: str, destination: str, minute: int, constraints: Constraints
) -> NoItineraryError:
    """Say what was tried, and the nearest thing that would work."""
    here, there = network.place_index[origin], network.place_index[destination]
    ready = local_datetime(minute, network.places[here].timezone)
    tried = (
        f"No itinerary leads from {origin} to {destination} for cargo ready on "
        f"{ready:%Y-%m-%d %H:%M} local time"
    )
    if constraints.latest_arrival is not None:
        tried += f" with arrival by {constraints.latest_arrival:%Y-%m-%d %H:%M}"
    everything = np.ones(len(network.leg_calls), np.uint8)
    far = latest_of(network, _NO_CONSTRAINTS)
    dock = earliest_arrivals(network.arrays, here, minute, there, everything, far)[-1]
    if dock >= 0:
        arrival = earliest_arrivals(network.arrays, here, minute, there, everything, far)[0][dock]
        earliest = local_datetime(int(arrival), network.places[there].timezone)
        return NoItineraryError(
            f"{tried} under the conditions given. Without them the earliest arrival would be "
            f"{earliest:%Y-%m-%d %H:%M}; loosen them one by one."
        )
    reached = earliest_arrivals(network.arrays, here, minute, -1, everything, far)[0]
    places = {int(p) for p in network.arrays.dock_place[reached < NEVER]} - {here}
    if not places:
        return NoItineraryError(
            f"{tried}: no service takes cargo from {origin} within the network's horizon, "
            f"{day_of(network.first_day)} to {day_of(network.last_day)}."
        )
    goal = network.places[there]
    nearest = min(places, key=lambda p: _distance_km(network, p, there))
    place = network.places[nearest]
    return NoItineraryError(
        f"{tried}: no sequence of services gets there. The nearest place that can be reached is "
        f"{place.name} ({place.place_id}), {_distance_km(network, nearest, there):.0f} km from "
        f"{goal.name} as the crow flies."
    )


def _distance_km(network: Network, left: int, right: int) -> float:
    a, b = network.places[left], network.places[right]
    return great_circle_km(a.latitude_deg, a.longitude_deg, b.latitude_deg, b.longitude_deg)

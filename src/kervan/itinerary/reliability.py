"""How reliable an itinerary is: when it arrives, with which chance, and what a missed connection
costs.

The legs are ridden in order from the hand-over; nothing is re-planned (for that see
:mod:`kervan.itinerary.strategy`). Every duration is random and independent of the others: the wait
for a service without clock times, its run, border, gauge change and stand, the running time of a
dated departure, the dwell of every change. Dated departures leave on time. Cargo takes the first
departure it can catch, of the planned service between the planned places; where several can be
caught from the same readiness, the one planned to arrive first. A departure is caught by cargo that
is ready at its cut-off. What arrives at a dock that is shut waits until it opens.

Errors of the grid
------------------
Departures, cut-offs, openings and constant durations are exact to the minute. Every random sum is
binned, its mean kept to half a minute; within a bin of ``step`` minutes the probability lies
evenly. A chance is therefore off by at most the probability that lies within one bin around its
minute, in practice by the difference between an even and the true spread there: second order in
``step``, some tenths of a percent at 30 minutes for durations of hours. Tails beyond a probability
of 5e-5 a duration are put on the last bin kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.itinerary.distributions import Times, after, at, together, when_open
from kervan.itinerary.model import Itinerary, Ride
from kervan.network import Network
from kervan.network.arrays import ROLLING
from kervan.network.clock import MINUTES_PER_DAY, minute_of
from kervan.network.spreads import Spread, spread_of

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Connection:
    """One boarding of an itinerary, and what becomes of the cargo that misses it.

    Minutes are since 1970 (UTC).
    """

    ride: int
    """Row of the ride in the itinerary."""
    place_id: str
    planned_departure: int
    chance_missed: float | None
    """Chance that the planned departure is missed, or was never reached; None where the service
    has no dated departures to miss."""
    next_departure: int | None
    """Departure that takes cargo which just missed the planned one; None where there is none in
    the horizon, or none to miss."""
    delay_hours: float | None
    """Expected arrival of cargo that misses the planned departure, less that of cargo that takes
    it; None where there is no next departure, or none to miss."""
    ready_p50: float | None
    """Median of the minute at which cargo is ready to board; None where it is likelier that it
    never is."""
    ready_p95: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """The distribution of an itinerary's arrival.

    Attributes
    ----------
    times
        The distribution itself, with its exact minutes and its bins.
    connections
        One for each ride.
    """

    times: Times
    connections: tuple[Connection, ...]

    @property
    def step(self) -> int:
        """Minutes of a bin."""
        return self.times.step

    @property
    def chance_unfinished(self) -> float:
        """Chance that the cargo is still under way when the network's horizon has no more to
        offer."""
        return float(min(1.0, max(0.0, 1.0 - self.times.total[0])))

    @property
    def p50(self) -> float | None:
        """Minute by which it has arrived with a chance of one half; None where it is less."""
        return self.times.quantile(0.50)

    @property
    def p95(self) -> float | None:
        """Minute by which it has arrived with a chance of 95 %; None where it is less."""
        return self.times.quantile(0.95)

    @property
    def mean(self) -> float:
        """Mean minute of arrival of cargo that arrives; NaN where none does."""
        return float(self.times.mean[0])

    @property
    def start(self) -> int:
        """Minute at which the first bin of :attr:`mass` ends."""
        return self._first * self.step

    @property
    def mass(self) -> Float64:
        """Chance of arrival in each bin, exact minutes counted into theirs.

        Entry ``i`` is the chance of arriving after ``start + (i - 1) * step`` and not after
        ``start + i * step``.
        """
        if self._last < self._first:
            return np.zeros(0)
        ends = np.arange(self._first - 1, self._last + 1) * self.step
        return np.diff(self.times.chance_by(ends)[0])

    def chance_by(self, minute: int | datetime) -> float:
        """Return the chance of having arrived by a minute (since 1970, UTC) or aware datetime."""
        minute = minute_of(minute) if isinstance(minute, datetime) else minute
        return float(min(1.0, self.times.chance_by(np.array([minute]))[0, 0]))

    @property
    def _first(self) -> int:
        firsts = [self.times.first] if self.times.bins.shape[1] else []
        if len(self.times.minutes):
            firsts.append(-(-int(self.times.minutes[0]) // self.step))
        return min(firsts, default=0)

    @property
    def _last(self) -> int:
        lasts = [self.times.first + self.times.bins.shape[1] - 1] if self.times.bins.size else []
        if len(self.times.minutes):
            lasts.append(-(-int(self.times.minutes[-1]) // self.step))
        return max(lasts, default=-1)


def reliability(network: Network, itinerary: Itinerary, *, step: int = 30) -> Reliability:
    """Return the distribution of arrival of an itinerary, and what each connection risks.

    Parameters
    ----------
    network
        The network the itinerary was found in.
    itinerary
        Its legs are ridden in order from its hand-over.
    step
        Minutes of the grid, 1 to 1440; see the module's text for the error it makes.

    Returns
    -------
    Reliability

    Raises
    ------
    InvalidRequestError
        If the step is out of range or the itinerary has no rides.

    Notes
    -----
    O(rides * bins * log bins).
    """
    check_step(step)
    if not itinerary.rides:
        raise InvalidRequestError(
            f"The itinerary from {itinerary.origin} to {itinerary.destination} has no rides; "
            "search for one that has."
        )
    arrays = network.arrays
    times = at(step, np.array([itinerary.hand_over], np.int64), np.ones((1, 1)))
    boardings: list[_Boarding] = []
    for row, ride in enumerate(itinerary.rides):
        dock = int(arrays.call_dock[network.leg_calls[ride.leg, 0]])
        if row == 0:
            times = _dock_open(network, times, dock)
        else:
            before = int(arrays.call_dock[network.leg_calls[itinerary.rides[row - 1].leg, 1]])
            times = after(times, _dwell(network, before, dock, step))
        p50, p95 = times.quantile(0.50), times.quantile(0.95)
        if ride.is_dated:
            times, missed, following = _take_departure(network, times, ride)
            boardings.append(_Boarding(p50, p95, missed, following))
        else:
            times = _call_service(network, times, ride.leg, dock)
            boardings.append(_Boarding(p50, p95, None, None))
        times = _dock_open(network, times, int(arrays.call_dock[network.leg_calls[ride.leg, 1]]))
    means = times.mean
    connections = []
    below = 1  # row of the cargo that misses the connection; the next is that which takes it
    for row, (ride, boarding) in enumerate(zip(itinerary.rides, boardings, strict=True)):
        delay = None
        if boarding.following is not None:
            difference = float(means[below] - means[below + 1]) / 60.0
            delay = difference if np.isfinite(difference) else None
            below += 2
        first, _ = network.positions(ride.leg)
        connections.append(
            Connection(
                ride=row,
                place_id=network.way_of_leg(ride.leg).calls[first].place_id,
                planned_departure=ride.departs,
                chance_missed=boarding.missed,
                next_departure=boarding.following,
                delay_hours=delay,
                ready_p50=boarding.p50,
                ready_p95=boarding.p95,
            )
        )
    arrival = Times(step, times.minutes, times.mass[:1], times.first, times.bins[:1])
    return Reliability(arrival, tuple(connections))


@dataclass(frozen=True, slots=True)
class _Boarding:
    p50: float | None
    p95: float | None
    missed: float | None
    following: int | None


def check_step(step: int) -> None:
    """Refuse a grid that is too fine or too coarse."""
    if not 1 <= step <= MINUTES_PER_DAY:
        raise InvalidRequestError(
            f"A grid of {step} minutes cannot be used; choose 1 to {MINUTES_PER_DAY}, such as 30."
        )


@dataclass(frozen=True, slots=True)
class Departures:
    """Departures of one service between two of its calls, in the order cargo catches them.

    Readiness after ``board_by[i - 1]`` and not after ``board_by[i]`` takes entry ``i``.
    """

    board_by: Int64
    departs: Int64
    leg: Int64
    departure: Int64


def departures_of(network: Network, leg: int) -> Departures:
    """Return every departure of a leg's service between the same calls.

    A service whose departures overtake each other is split into several lines; all are looked at.
    """
    arrays = network.arrays
    way = network.way_of_leg(leg)
    first, last = network.positions(leg)
    found: list[Int64] = []
    for line, other in enumerate(network.line_ways):
        if other.service.service_id != way.service.service_id:
            continue
        count, base = int(arrays.line_departures[line]), int(arrays.line_times[line])
        if count == ROLLING:
            continue
        board_by = arrays.board_by[base + first * count : base + (first + 1) * count]
        rows = np.zeros((5, count), np.int64)
        rows[0] = board_by
        rows[1] = arrays.departs[base + first * count : base + (first + 1) * count]
        rows[2] = arrays.arrives[base + last * count : base + (last + 1) * count]
        call = int(arrays.line_call_ptr[line]) + first
        rows[3] = int(arrays.call_leg[call]) + last - first - 1
        rows[4] = np.arange(count)
        # One that repeats the latest readiness of the one before is never the first caught.
        found.append(rows[:, np.diff(rows[0], prepend=rows[0, :1] - 1) > 0])
    rows = np.concatenate(found, axis=1)
    rows = rows[:, np.lexsort((-rows[1], -rows[2], rows[0]))]
    best = np.zeros(rows.shape[1], np.int64)
    chosen = rows.shape[1] - 1
    for k in reversed(range(rows.shape[1])):
        if tuple(rows[[2, 1], k]) <= tuple(rows[[2, 1], chosen]):
            chosen = k
        best[k] = chosen
    return Departures(rows[0], rows[1, best], rows[3, best], rows[4, best])


def ride_spread(network: Network, leg: int, departure: int | None, step: int) -> Spread:
    """Return the time from a leg's departure to its arrival; with the wait on a rolling line."""
    parts = [part.duration for part in network.ride_parts(leg, departure)]
    wait = network.wait_part(leg) if departure is None else None
    if wait is not None:
        parts.insert(0, wait.duration)
    return spread_of(tuple(parts), step)


def _take_departure(network: Network, times: Times, ride: Ride) -> tuple[Times, float, int | None]:
    """Board the first departure caught; adds two rows where the planned one can be missed.

    The first of them is cargo that misses the planned departure, the second cargo that takes it.
    """
    departures = departures_of(network, ride.leg)
    cut_off = _board_by(network, ride)
    by = np.concatenate(
        [np.zeros((len(times.mass), 1)), times.chance_by(departures.board_by)], axis=1
    )
    caught = np.maximum(np.diff(by, axis=1), 0.0)
    missed = float(np.clip(1.0 - times.chance_by(np.array([cut_off]))[0, 0], 0.0, 1.0))
    following = int(departures.board_by.searchsorted(cut_off, side="right"))
    next_departure = None
    if following < len(departures.board_by):
        next_departure = int(departures.departs[following])
        extra = np.zeros((2, caught.shape[1]))
        extra[0, following:] = caught[0, following:]
        if extra[0].sum() > _NOTHING:
            extra[0] /= extra[0].sum()
        else:
            extra[0, following] = 1.0
        planned = int(departures.board_by.searchsorted(cut_off, side="left"))
        extra[1, planned] = 1.0
        caught = np.concatenate([caught, extra])
    # Most departures ride alike; those that do are moved together (spreads are cached, so that
    # equal ones are one object).
    alike: dict[int, tuple[Spread, list[int]]] = {}
    for k in np.flatnonzero(caught.max(axis=0) > _NOTHING):
        spread = ride_spread(
            network, int(departures.leg[k]), int(departures.departure[k]), times.step
        )
        alike.setdefault(id(spread), (spread, []))[1].append(int(k))
    parts = [
        after(at(times.step, departures.departs[some], caught[:, some]), spread)
        for spread, some in alike.values()
    ]
    if not parts:
        parts = [at(times.step, np.zeros(0, np.int64), caught[:, :0])]
    return together(parts), missed, next_departure


def _call_service(network: Network, times: Times, leg: int, dock: int) -> Times:
    """Wait until a rolling service can be boarded, wait for it, ride."""
    arrays, line = network.arrays, network.line_of_leg(leg)
    span = slice(int(arrays.line_open_ptr[line]), int(arrays.line_open_ptr[line + 1]))
    times = _dock_open(network, times, dock)
    times = when_open(times, arrays.line_open_start[span], arrays.line_open_end[span])
    return after(times, ride_spread(network, leg, None, times.step))


def _dock_open(network: Network, times: Times, dock: int) -> Times:
    arrays = network.arrays
    span = slice(int(arrays.open_ptr[dock]), int(arrays.open_ptr[dock + 1]))
    return when_open(times, arrays.open_start[span], arrays.open_end[span])


def _dwell(network: Network, from_dock: int, to_dock: int, step: int) -> Spread:
    place = network.places[int(network.arrays.dock_place[from_dock])].place_id
    from_mode, to_mode = network.dock_modes[from_dock], network.dock_modes[to_dock]
    dwell = network.docks.dwell(place, from_mode, to_mode)
    if dwell is None:
        raise InvalidRequestError(
            f"Cargo cannot change from {from_mode} to {to_mode} at {place}; the itinerary was "
            "not found in this network."
        )
    return spread_of((dwell,), step)


def _board_by(network: Network, ride: Ride) -> int:
    arrays, line = network.arrays, network.line_of_leg(ride.leg)
    first, _ = network.positions(ride.leg)
    count = int(arrays.line_departures[line])
    return int(arrays.board_by[int(arrays.line_times[line]) + first * count + ride.departure])

"""The best strategy: what to do with the cargo at each dock and time, so that it arrives earliest
in expectation.

A fixed itinerary is ridden whatever happens; a strategy looks at where the cargo is and when, and
decides again at each boarding and each discharge. It minimises the expected arrival, in the manner
of the decision graphs of Dibbelt, Strasser and Wagner, "Delay-robust journeys in timetable
networks with minimum expected arrival time" (2014). The leg, with its place of discharge, is chosen
at boarding, as the consignment note names the station of discharge; the dock to change to is chosen
on arrival, before it is known how long the change takes. Durations are random as in
:mod:`kervan.itinerary.reliability`, and the arrival of cargo that is still under way when the grid
ends counts as the grid's end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError, NoItineraryError
from kervan.itinerary.choices import Grid, lay_on_grid, relevant_docks
from kervan.itinerary.constraints import Constraints
from kervan.itinerary.decisions import Decision, decisions
from kervan.itinerary.distributions import Times
from kervan.itinerary.engine.strategy import WAIT, best_policy, flow_of_policy
from kervan.itinerary.model import dock_opens
from kervan.itinerary.reliability import Reliability, check_step
from kervan.itinerary.search import earliest_arrival
from kervan.network import Network
from kervan.network.clock import MINUTES_PER_DAY, datetime_of, minute_of
from kervan.network.intervals import NEVER

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]

MOST_STATES = 4_000_000
"""Docks times points a strategy may look at (about 500 MB)."""
_FORGOTTEN = 1e-15
_NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do with cargo that is ready now."""

    leg: int | None
    """Leg to take; None where nothing is left to be done within the grid."""
    departure: int | None
    departs: int | None
    """Minute of the departure; None for a rolling service."""
    call_at: float | None
    """Minute at which to call a rolling service; None for a dated one."""


@dataclass(frozen=True)
class Strategy:
    """The strategy with the earliest expected arrival.

    Attributes
    ----------
    origin, destination
        Place ids.
    ready
        Minute (since 1970, UTC) at which the cargo can be handed over.
    expected
        Expected arrival, minutes since 1970 (UTC); unfinished cargo counts with ``grid.end``.
    start_mode
        Mode of the origin's dock to hand over at.
    arrival
        Distribution of the arrival under the strategy.
    decisions
        Along the ways that carry most probability, by time.
    """

    origin: str
    destination: str
    ready: int
    expected: float
    start_mode: str
    arrival: Reliability
    decisions: tuple[Decision, ...]
    grid: Grid
    policy: tuple[Int32, Int32, Int32, Int32]
    """Choice at points and in bins, change at points and in bins; shape (docks, points) each."""
    network: Network

    @property
    def expected_at(self) -> datetime:
        """Expected arrival as a UTC datetime."""
        return datetime_of(round(self.expected))

    @property
    def chance_unfinished(self) -> float:
        """Chance that the cargo is still under way when the grid ends."""
        return self.arrival.chance_unfinished

    def advise(self, place_id: str, mode: str, minute: float) -> Advice:
        """Return what to do with cargo ready to board at a dock at a minute.

        Raises
        ------
        InvalidRequestError
            If the strategy has no reason to be at that dock.
        """
        grid, row = self.grid, self._row(place_id, mode)
        k = int(np.ceil((minute - grid.start) / grid.step))
        if not 0 <= k < grid.points:
            return Advice(None, None, None, None)
        choice, choice_bin, _, _ = self.policy
        call_at = minute
        chosen = WAIT
        if grid.start + k * grid.step != minute:
            chosen = int(choice_bin[row, k])
        if chosen == WAIT:
            while k < grid.points and choice[row, k] == WAIT:
                k += 1
            if k == grid.points:
                return Advice(None, None, None, None)
            chosen = int(choice[row, k])
            call_at = max(minute, grid.start + k * grid.step)
        calls = len(grid.call_legs)
        if chosen < calls:
            return Advice(int(grid.call_legs[chosen]), None, None, float(call_at))
        entry = chosen - calls
        return Advice(
            int(grid.departure_legs[entry]),
            int(grid.departures[entry]),
            grid.start + int(grid.choices.departure_minute[entry]),
            None,
        )

    def change(self, place_id: str, mode: str, minute: float) -> str | None:
        """Return the mode of the dock to change to, of cargo come to a dock at a minute.

        None where there is nothing to change to within the grid.
        """
        grid, row = self.grid, self._row(place_id, mode)
        k = int(np.ceil((minute - grid.start) / grid.step))
        if not 0 <= k < grid.points:
            return None
        _, _, change, change_bin = self.policy
        on_point = grid.start + k * grid.step == minute
        entry = int(change[row, k] if on_point else change_bin[row, k])
        if entry < 0:
            # A bin in which the dock opens or shuts is decided as its end is.
            entry = int(change[row, k])
        if entry < 0:
            return None
        return self.network.dock_modes[int(grid.docks[grid.choices.change_dock[entry]])]

    def _row(self, place_id: str, mode: str) -> int:
        arrays, place = self.network.arrays, self.network.place_index.get(place_id, -1)
        for dock in np.flatnonzero(arrays.dock_place == place):
            if self.network.dock_modes[int(dock)] == mode and self.grid.row_of[dock] >= 0:
                return int(self.grid.row_of[dock])
        raise InvalidRequestError(
            f"The strategy from {self.origin} to {self.destination} never has cargo at "
            f"{place_id} by {mode}; ask for a strategy from there."
        )


def best_strategy(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    constraints: Constraints = _NO_CONSTRAINTS,
    *,
    step: int = 60,
) -> Strategy:
    """Find the strategy with the earliest expected arrival.

    Parameters
    ----------
    network
        The network.
    origin, destination
        Place ids.
    ready
        Aware datetime from which the cargo can be handed over; rounded up to the grid.
    constraints
        Conditions on every leg. With ``latest_arrival`` the grid ends there: what arrives later
        counts as arriving then, and as unfinished.
    step
        Minutes of the grid, 1 to 1440. Cut-offs and openings between its points are rounded to
        the safe side, so that what is promised can be had.

    Returns
    -------
    Strategy

    Raises
    ------
    InvalidRequestError
        As :func:`kervan.itinerary.earliest_arrival`; if something must be passed or the
        transshipments are limited (a strategy does not know its past); or if the grid is too
        large to hold.
    NoItineraryError
        If nothing leads there.

    Notes
    -----
    The grid ends thirty days and twice the planned time after the earliest planned arrival, and
    never more than a year after the network's horizon. O(points * legs * bins) at worst; most legs
    are passed over because even their mean cannot beat what is already found.
    """
    check_step(step)
    if constraints.has_via:
        raise InvalidRequestError(
            "The best strategy cannot be asked for together with things to pass, because it does "
            "not remember where the cargo has been; leave them out, or ask for the Pareto set."
        )
    if constraints.max_transshipments < _NO_CONSTRAINTS.max_transshipments:
        raise InvalidRequestError(
            "The best strategy cannot be asked for with at most "
            f"{constraints.max_transshipments} transshipments, because it does not count them; "
            "leave the limit out, or ask for the Pareto set."
        )
    planned = earliest_arrival(network, origin, destination, ready, constraints)
    here, there = network.place_index[origin], network.place_index[destination]
    handed = minute_of(ready)
    end = planned.arrival + 2 * (planned.arrival - handed) + 30 * MINUTES_PER_DAY
    end = min(end, (network.last_day + 1 + 366) * MINUTES_PER_DAY)
    if constraints.latest_arrival is not None:
        end = min(end, minute_of(constraints.latest_arrival))
    start = handed - handed % step
    points = -((start - end) // step) + 1
    docks, legs = relevant_docks(network, here, there, constraints)
    if len(docks) * points > MOST_STATES:
        raise InvalidRequestError(
            f"The best strategy from {origin} to {destination} would look at {len(docks)} docks "
            f"at {points} times; at most {MOST_STATES:,} together are held. Use a step coarser "
            f"than {step} minutes, or give a latest arrival."
        )
    grid = lay_on_grid(
        network,
        there,
        docks,
        legs,
        start,
        points,
        step,
        ends_early=constraints.latest_arrival is not None,
    )
    value, _, *policy = best_policy(grid.choices, points, step)
    row, at = _hand_over(network, grid, here, handed, value)
    flow = flow_of_policy(
        grid.choices, points, step, row, at, policy[0], policy[1], policy[2], policy[3], _FORGOTTEN
    )
    whole = np.flatnonzero(flow[4] > 0.0)
    times = Times(
        step,
        (start + whole * step).astype(np.int64),
        flow[4][whole][None, :],
        start // step,
        flow[5][None, :],
    )
    policy_arrays = (policy[0], policy[1], policy[2], policy[3])
    return Strategy(
        origin=origin,
        destination=destination,
        ready=handed,
        expected=start + float(value[row, at]),
        start_mode=network.dock_modes[int(docks[row])],
        arrival=Reliability(times, ()),
        decisions=decisions(network, grid, policy_arrays, flow[:4]),
        grid=grid,
        policy=policy_arrays,
        network=network,
    )


def _hand_over(
    network: Network, grid: Grid, origin: int, handed: int, value: Float64
) -> tuple[int, int]:
    """Return the row of the origin's best dock, and the point at which cargo is ready there."""
    arrays = network.arrays
    found: list[tuple[float, int, int]] = []
    for dock in range(int(arrays.place_dock_ptr[origin]), int(arrays.place_dock_ptr[origin + 1])):
        row, opens = int(grid.row_of[dock]), dock_opens(arrays, dock, handed)
        at = -((grid.start - opens) // grid.step)
        if row >= 0 and opens < NEVER and at < grid.points:
            found.append((float(value[row, at]), row, at))
    if not found:
        raise NoItineraryError(
            f"No dock of {network.places[origin].place_id} opens before the grid ends on "
            f"{datetime_of(grid.end):%Y-%m-%d}; give a later arrival."
        )
    return min(found)[1:]

"""A strategy told as a table: where, until when, which service."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kervan.itinerary.choices import Grid
from kervan.itinerary.engine.strategy import WAIT
from kervan.network import Network

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

LEAST_CHANCE = 0.01
"""Decisions less likely than this are left out of the table."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the table: what to do with cargo of a dock within a span of time."""

    place_id: str
    mode: str
    """Dock of the place: for a boarding, where the cargo is ready; for a change, where it came."""
    ready_from: int
    ready_until: int
    """First and last minute (since 1970, UTC), on the grid, at which the decision is met."""
    probability: float
    """Chance that it is."""
    leg: int | None
    """Leg to take; None for a change."""
    departure: int | None
    """Which departure of the leg's line; None for a rolling service and for a change."""
    departs: int | None
    """Minute of that departure."""
    next_mode: str
    """Mode of the leg, or of the dock to change to."""
    to_place_id: str
    """Where the leg discharges; for a change, the same place."""

    @property
    def is_change(self) -> bool:
        """Whether it is made on arrival, rather than at boarding."""
        return self.leg is None


def decisions(
    network: Network,
    grid: Grid,
    policy: tuple[Int32, Int32, Int32, Int32],
    flow: tuple[Float64, Float64, Float64, Float64],
    least_chance: float = LEAST_CHANCE,
) -> tuple[Decision, ...]:
    """Return the table of a policy along the ways that carry most probability.

    Parameters
    ----------
    policy
        Choice at points and in bins, change at points and in bins.
    flow
        Chances of becoming ready at points and in bins, and of a change beginning at them.
    least_chance
        Rows less likely than this are left out.

    Returns
    -------
    tuple[Decision, ...]
        By the time a dock is first come to, then by time. Changes are told only at docks where
        more than one is made.
    """
    found: list[tuple[int, int, Decision]] = []
    for row in range(len(grid.docks)):
        resolved = _without_waits(policy[0][row])
        inside = np.where(policy[1][row] == WAIT, resolved, policy[1][row])
        boards = _spans(resolved, inside, flow[0][row], flow[1][row], least_chance)
        changes = _spans(policy[2][row], policy[3][row], flow[2][row], flow[3][row], least_chance)
        if len({chosen for chosen, *_ in changes}) < 2:
            changes = []
        made = [_boarding(network, grid, row, span) for span in boards]
        made += [_change(network, grid, row, span) for span in changes]
        if made:
            first = min(decision.ready_from for decision in made)
            found += [(first, row, decision) for decision in made]
    found.sort(key=lambda entry: (entry[0], entry[1], not entry[2].is_change, entry[2].ready_from))
    return tuple(decision for *_, decision in found)


_Span = tuple[int, int, int, float]
"""What is chosen, from and until which point, with which chance."""


def _without_waits(choice: Int32) -> Int64:
    """Return what is done in the end by cargo that waits as it is told to; WAIT if nothing."""
    points = len(choice)
    acts = np.where(choice != WAIT, np.arange(points), points)
    following = np.minimum.accumulate(acts[::-1])[::-1]
    padded = np.append(choice, WAIT).astype(np.int64)
    return np.asarray(padded[following])


def _spans(
    at_point: Int32 | Int64,
    in_bin: Int32 | Int64,
    mass_point: Float64,
    mass_bin: Float64,
    least_chance: float,
) -> list[_Span]:
    """Gather one dock's choices into spans of time in which they are the same."""
    spans: list[_Span] = []
    for k in np.flatnonzero((mass_point > 0.0) | (mass_bin > 0.0)):
        spans.append((int(in_bin[k]), int(k) - 1, int(k), float(mass_bin[k])))
        spans.append((int(at_point[k]), int(k), int(k), float(mass_point[k])))
    spans = _merged([span for span in spans if span[3] > 0.0 and span[0] != WAIT])
    # A sliver left out may have stood between two spans of the same choice.
    return _merged([span for span in spans if span[3] >= least_chance])


def _merged(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for chosen, begin, end, mass in spans:
        if merged and merged[-1][0] == chosen:
            merged[-1] = (chosen, merged[-1][1], end, merged[-1][3] + mass)
        else:
            merged.append((chosen, begin, end, mass))
    return merged


def _boarding(network: Network, grid: Grid, row: int, span: _Span) -> Decision:
    chosen, begin, end, chance = span
    calls = len(grid.call_legs)
    departure = departs = None
    if chosen < calls:
        leg = int(grid.call_legs[chosen])
    else:
        entry = chosen - calls
        leg, departure = int(grid.departure_legs[entry]), int(grid.departures[entry])
        departs = grid.start + int(grid.choices.departure_minute[entry])
    way = network.way_of_leg(leg)
    first, last = network.positions(leg)
    return Decision(
        place_id=way.calls[first].place_id,
        mode=network.dock_modes[int(grid.docks[row])],
        ready_from=grid.start + begin * grid.step,
        ready_until=grid.start + end * grid.step,
        probability=chance,
        leg=leg,
        departure=departure,
        departs=departs,
        next_mode=way.service.mode,
        to_place_id=way.calls[last].place_id,
    )


def _change(network: Network, grid: Grid, row: int, span: _Span) -> Decision:
    chosen, begin, end, chance = span
    place = int(network.arrays.dock_place[grid.docks[row]])
    place_id = network.places[place].place_id
    return Decision(
        place_id=place_id,
        mode=network.dock_modes[int(grid.docks[row])],
        ready_from=grid.start + begin * grid.step,
        ready_until=grid.start + end * grid.step,
        probability=chance,
        leg=None,
        departure=None,
        departs=None,
        next_mode=network.dock_modes[int(grid.docks[grid.choices.change_dock[chosen]])],
        to_place_id=place_id,
    )

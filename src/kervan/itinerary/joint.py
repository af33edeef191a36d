"""Itineraries that pay only when legs are weighed together: what the Pareto set may lack.

The Pareto search adds up single legs. Where several legs may be weighed as one, a way can be cheap
though each of its legs is dear. Such ways are looked for here, in two passes over partial ways,
each of which carries the least price of every state it can be in: between spans, or within one of
those that :class:`~kervan.itinerary.weights.Together` allows. States without times make a small
graph, whose distances to the target bound what is still to come.

1. A label-setting pass in which a partial way is dropped when another at the same dock is no worse
   in arrival, legs, things passed and the price of every state, or when what it can still reach is
   no earlier or cheaper than something found. It finds, for every arrival, the cheapest way, as
   far as prices are what the spans say.
2. What a span adds is a lower bound. Where the exact price of a way found is higher than its bound,
   something it beat may be cheaper after all. So the ways whose bound is under the best exact price
   are then gone through in the order of their bounds, with nothing dropped for being beaten, until
   no bound is under the best price (A*; Hart, Nilsson and Raphael, 1968).

So the cheapest of what is known and what is found here is the cheapest way there is, unless a pass
ends at its limit, :data:`MOST_LABELS` or :data:`MOST_PREFIXES`; then it says so.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kervan.itinerary.constraints import Constraints, leg_tasks
from kervan.itinerary.engine.bounds import bounds_to_target
from kervan.itinerary.engine.pareto import first_legs
from kervan.itinerary.model import Itinerary, dock_opens, follow, ride_of
from kervan.itinerary.search import allowed_by, latest_of, question
from kervan.itinerary.weights import Weights
from kervan.network import Network
from kervan.network.clock import MINUTES_PER_DAY

MOST_LABELS = 20_000
"""Partial ways the first pass goes on from before it ends with what it has."""

MOST_PREFIXES = 3_000
"""The same for the second pass."""

_NO_CONSTRAINTS = Constraints()


class Joint(NamedTuple):
    """What is found for legs weighed together."""

    itineraries: list[Itinerary]
    """Sorted by arrival, with exact prices."""
    is_complete: bool
    """Whether no way is cheaper than the cheapest of these and of what was known; False where a
    pass ended at its limit."""


def joint_itineraries(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    window: timedelta,
    weights: Weights,
    constraints: Constraints = _NO_CONSTRAINTS,
    *,
    known: Sequence[Itinerary],
) -> Joint:
    """Find itineraries that are cheaper, or as cheap and earlier, for legs weighed together.

    Parameters
    ----------
    network, origin, destination, ready, window, constraints
        As for :func:`kervan.itinerary.pareto_itineraries`.
    weights
        With ``together`` and ``of_way``.
    known
        What is known already, with exact prices: only what is earlier or cheaper than each of
        these is looked for.

    Returns
    -------
    Joint
        For each way every hand-over in the window that is later or arrives earlier than another;
        none where nothing is to be gained.

    Raises
    ------
    InvalidRequestError
        As :func:`kervan.itinerary.pareto_itineraries`.
    """
    here, there, minute = question(network, origin, destination, ready, constraints)
    if not weights.together or weights.of_way is None:
        return Joint([], True)
    search = _Search(network, here, there, minute, weights, constraints)
    front = _Front([(i.arrival, i.price or 0) for i in known])
    found, least, is_complete = search.ways(front, MOST_LABELS, drops=True)
    if least < front.cheapest:
        cheapest = _Front([(-1, front.cheapest)])
        more, _, ended = search.ways(cheapest, MOST_PREFIXES, drops=False)
        found, is_complete = found | more, is_complete and ended
    firsts = first_legs(
        network.arrays,
        here,
        minute,
        minute + int(window / timedelta(minutes=1)),
        MINUTES_PER_DAY,
    )
    itineraries: list[Itinerary] = []
    for legs, price in found.items():
        emission = int(weights.emission[list(legs)].sum())
        moments = firsts[firsts[:, 1] == network.leg_calls[legs[0], 0], 0]
        best = search.until + 1
        for hand_over in dict.fromkeys(moments.tolist()):  # the latest first
            rides = follow(network, hand_over, legs)
            if rides and rides[-1].arrives < best:
                best = rides[-1].arrives
                itineraries.append(
                    Itinerary(origin, destination, hand_over, rides, price=price, emission=emission)
                )
    itineraries.sort(key=lambda i: (i.arrival, i.price or 0, -i.hand_over))
    return Joint(itineraries, is_complete)


class _Front:
    """The cheapest known by each arrival."""

    def __init__(self, points: Sequence[tuple[int, float]]) -> None:
        self._set(points)

    def _set(self, points: Sequence[tuple[int, float]]) -> None:
        self._arrivals: list[int] = []
        self._prices: list[float] = []
        for arrival, price in sorted(points):
            if not self._prices or price < self._prices[-1]:
                self._arrivals.append(arrival)
                self._prices.append(price)

    @property
    def cheapest(self) -> float:
        return self._prices[-1] if self._prices else inf

    def beats(self, arrival: float, price: float) -> bool:
        """Tell whether something known arrives no later and costs no more."""
        row = bisect_right(self._arrivals, arrival)
        return row > 0 and self._prices[row - 1] <= price

    def add(self, arrival: int, price: int) -> None:
        self._set([*zip(self._arrivals, self._prices, strict=True), (arrival, price)])


class _Move(NamedTuple):
    """A leg, as seen from its dock of loading."""

    leg: int
    dock: int
    place: int
    floor: int
    tasks: int
    changes: tuple[tuple[int, int, int], ...]
    """State before, state after, price added."""


@dataclass(slots=True)
class _Label:
    """A partial way."""

    arrival: int
    legs: tuple[int, ...]
    tasks: int
    prices: dict[int, int]
    """Least price by state; state 0 is between spans."""
    alive: bool = True

    def is_no_worse(self, other: _Label) -> bool:
        return (
            self.arrival <= other.arrival
            and len(self.legs) <= len(other.legs)
            and self.tasks & other.tasks == other.tasks
            and all(self.prices.get(s, inf) <= price for s, price in other.prices.items())
        )


class _Search:
    """The two passes of one question."""

    def __init__(
        self,
        network: Network,
        origin: int,
        target: int,
        minute: int,
        weights: Weights,
        constraints: Constraints,
    ) -> None:
        arrays = network.arrays
        self._network, self._target = network, target
        self._origin, self._minute = origin, minute
        self._weights = weights
        self.until = latest_of(network, constraints)
        self._most_legs = constraints.max_transshipments + 1
        self._all_tasks, tasks = 0, np.zeros(len(network.leg_calls), np.int64)
        if constraints.has_via:
            tasks, self._all_tasks = leg_tasks(network, constraints)
        allowed = allowed_by(network, constraints)
        minutes, _, _, legs, _, _ = bounds_to_target(
            arrays, target, allowed, weights.price, weights.emission
        )
        self._minutes, self._legs = minutes.tolist(), legs.tolist()
        self._moves = self._moves_by_dock(allowed, tasks)
        self._least = self._least_to_target()

    def _moves_by_dock(
        self, allowed: NDArray[np.uint8], tasks: NDArray[np.int64]
    ) -> dict[int, list[_Move]]:
        arrays, calls = self._network.arrays, self._network.leg_calls
        useful = (
            (allowed != 0) & arrays.call_loads[calls[:, 0]] & arrays.call_discharges[calls[:, 1]]
        )
        changes = {
            leg: [(0, 0, price)]
            for leg, price in zip(
                np.flatnonzero(useful).tolist(), self._weights.price[useful].tolist(), strict=True
            )
        }
        for state, span in enumerate(self._weights.together, 1):
            for leg in np.flatnonzero(useful & (span.inside >= 0)).tolist():
                added = int(span.inside[leg])
                changes[leg].append((state, state, added))
                if span.opens[leg]:
                    changes[leg].append((0, state, span.once + added))
                if span.closes[leg]:
                    changes[leg].append((state, 0, added))
        docks = arrays.call_dock[calls]
        places = arrays.dock_place[docks[:, 1]]
        moves: dict[int, list[_Move]] = {}
        for leg, of_leg in changes.items():
            moves.setdefault(int(docks[leg, 0]), []).append(
                _Move(
                    leg,
                    int(docks[leg, 1]),
                    int(places[leg]),
                    int(arrays.leg_floor[leg]),
                    int(tasks[leg]),
                    tuple(of_leg),
                )
            )
        return moves

    def _least_to_target(self) -> dict[tuple[int, int], int]:
        """Return the least price to come from each place and state, times ignored."""
        before: dict[tuple[int, int], list[tuple[tuple[int, int], int]]] = {}
        dock_place = self._network.arrays.dock_place.tolist()
        for dock, moves in self._moves.items():
            place = dock_place[dock]
            if place == self._target:
                continue
            for move in moves:
                for start, end, price in move.changes:
                    before.setdefault((move.place, end), []).append(((place, start), price))
        least: dict[tuple[int, int], int] = {}
        heap = [(0, (self._target, 0))]
        while heap:
            price, node = heappop(heap)
            if node in least:
                continue
            least[node] = price
            for other, added in before.get(node, ()):
                if other not in least:
                    heappush(heap, (price + added, other))
        return least

    def ways(
        self, front: _Front, most: int, *, drops: bool
    ) -> tuple[dict[tuple[int, ...], int], float, bool]:
        """Go through ways from the least bound on.

        Parameters
        ----------
        front
            What prunes; ways found are added to it at their exact price.
        most
            Partial ways to go on from.
        drops
            Whether what is no better than another partial way at its dock is dropped.

        Returns
        -------
        found
            The ways that were earlier or cheaper than all before, with their exact price.
        least
            The least bound of any way met; infinite where there is none.
        ended
            Whether there was nothing left to go on from.
        """
        weigh = self._weights.of_way
        assert weigh is not None
        arrays = self._network.arrays
        place_docks = range(
            int(arrays.place_dock_ptr[self._origin]), int(arrays.place_dock_ptr[self._origin + 1])
        )
        start = _Label(self._minute, (), 0, {0: 0})
        at_dock: dict[int, list[_Label]] = {}
        heap: list[tuple[float, int, int, int, _Label]] = [(0, self._minute, 0, -1, start)]
        found: dict[tuple[int, ...], int] = {}
        least, count, gone = inf, 0, 0
        while heap:
            bound, arrival, _, dock, label = heappop(heap)
            if not label.alive or front.beats(arrival, bound):
                continue
            if gone == most:
                return found, least, False
            gone += 1
            if dock < 0:
                boards = [(d, dock_opens(arrays, d, self._minute)) for d in place_docks]
            else:
                changes = slice(int(arrays.transfer_ptr[dock]), int(arrays.transfer_ptr[dock + 1]))
                boards = [
                    (d, label.arrival + minutes)
                    for d, minutes in zip(
                        arrays.transfer_dock[changes].tolist(),
                        arrays.transfer_minutes[changes].tolist(),
                        strict=True,
                    )
                ]
            for board_dock, can_board in boards:
                for move in self._moves.get(board_dock, ()):
                    later = self._after(label, move, can_board, front)
                    if later is None:
                        continue
                    if move.place == self._target:
                        exact = weigh(later.legs)
                        least = min(least, later.prices[0])
                        if not front.beats(later.arrival, exact):
                            found[later.legs] = exact
                            front.add(later.arrival, exact)
                        continue
                    if drops:
                        rivals = at_dock.setdefault(move.dock, [])
                        if any(rival.is_no_worse(later) for rival in rivals):
                            continue
                        for rival in rivals:
                            rival.alive = rival.alive and not later.is_no_worse(rival)
                        at_dock[move.dock] = [*(r for r in rivals if r.alive), later]
                    count += 1
                    reach = later.arrival + self._minutes[move.place]
                    to_come = min(p + self._least[move.place, s] for s, p in later.prices.items())
                    heappush(heap, (to_come, reach, count, move.dock, later))
        return found, least, True

    def _after(self, label: _Label, move: _Move, ready: int, front: _Front) -> _Label | None:
        """Return a partial way and one more leg, None where that cannot pay any more."""
        if len(label.legs) + 1 + self._legs[move.place] > self._most_legs:
            return None
        tasks = label.tasks | move.tasks
        at_target = move.place == self._target
        if at_target and tasks != self._all_tasks:
            return None
        prices: dict[int, int] = {}
        for before, after, added in move.changes:
            if before in label.prices and (not at_target or after == 0):
                price = label.prices[before] + added
                if price < prices.get(after, inf) and (move.place, after) in self._least:
                    prices[after] = price
        to_come = self._minutes[move.place]
        prices = self._open(prices, move.place, ready + move.floor + to_come, front)
        if not prices:
            return None
        ride = ride_of(self._network, move.leg, ready)
        if ride is None or ride.arrives + to_come > self.until:
            return None
        prices = self._open(prices, move.place, ride.arrives + to_come, front)
        return _Label(ride.arrives, (*label.legs, move.leg), tasks, prices) if prices else None

    def _open(
        self, prices: dict[int, int], place: int, reach: int, front: _Front
    ) -> dict[int, int]:
        """Return the states from which something could still be earlier or cheaper."""
        return {
            state: price
            for state, price in prices.items()
            if not front.beats(reach, price + self._least[place, state])
        }

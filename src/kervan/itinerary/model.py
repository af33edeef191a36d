"""Itineraries: which services, in which order, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kervan.network import Network
from kervan.network.arrays import ROLLING, Arrays
from kervan.network.clock import datetime_of
from kervan.network.intervals import NEVER


@dataclass(frozen=True, slots=True)
class Ride:
    """One leg of an itinerary, with its planned times in minutes since 1970 (UTC)."""

    leg: int
    """Row of the leg in the network."""
    departure: int
    """Which departure of its line, or -1 on a rolling one."""
    ready: int
    """Cargo can board: handed over, or changed from the leg before."""
    departs: int
    arrives: int
    """Arrival, once the place is open to take the cargo in."""

    @property
    def is_dated(self) -> bool:
        """Whether the departure is at a known time."""
        return self.departure >= 0


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A way from origin to destination.

    Planned times add up medians. ``hand_over`` is the latest moment, within the window asked for,
    at which the cargo can be handed over and still travel so.
    """

    origin: str
    destination: str
    hand_over: int
    rides: tuple[Ride, ...]
    price: int | None = None
    """Sum of the leg prices the search was given, or the price of the way where it was given."""
    emission: int | None = None
    """Sum of the leg emissions the search was given."""

    @property
    def arrival(self) -> int:
        """Planned arrival, minutes since 1970 (UTC)."""
        return self.rides[-1].arrives

    @property
    def transshipments(self) -> int:
        """Changes from one service to another."""
        return len(self.rides) - 1

    @property
    def legs(self) -> tuple[int, ...]:
        """Rows of the legs in the network."""
        return tuple(ride.leg for ride in self.rides)

    @property
    def hand_over_at(self) -> datetime:
        """Hand-over as a UTC datetime."""
        return datetime_of(self.hand_over)

    @property
    def arrives_at(self) -> datetime:
        """Planned arrival as a UTC datetime."""
        return datetime_of(self.arrival)


def follow(network: Network, hand_over: int, legs: tuple[int, ...]) -> tuple[Ride, ...]:
    """Return the planned times of riding some legs one after the other.

    Together with :func:`ride_of` this states in a few lines what the compiled search does: wait
    until the dock is open, take the first departure that can be caught, or wait for the rolling
    service, ride, wait until the place can take the cargo in, change.

    Parameters
    ----------
    network
        The network.
    hand_over
        Minute of hand-over at the first leg's place.
    legs
        Rows of legs; each must begin where the one before ends.

    Returns
    -------
    tuple[Ride, ...]
        Empty where a departure does not exist within the horizon or a change is impossible.
    """
    arrays = network.arrays
    rides: list[Ride] = []
    docks = arrays.call_dock[network.leg_calls[list(legs)]].tolist()
    for row, leg in enumerate(legs):
        here = docks[row][0]
        if row == 0:
            ready = dock_opens(arrays, here, hand_over)
        else:
            dwell = _dwell(arrays, docks[row - 1][1], here)
            if dwell is None:
                return ()
            ready = rides[-1].arrives + dwell
        ride = ride_of(network, leg, ready)
        if ride is None:
            return ()
        rides.append(ride)
    return tuple(rides)


def ride_of(network: Network, leg: int, ready: int) -> Ride | None:
    """Return the first ride on a leg for cargo ready to board, None where there is none."""
    arrays = network.arrays
    call, other = (int(c) for c in network.leg_calls[leg])
    dock, line = int(arrays.call_dock[call]), int(arrays.call_line[call])
    count, departure = int(arrays.line_departures[line]), -1
    if count == ROLLING:
        departs = line_opens(arrays, line, dock_opens(arrays, dock, ready))
        if departs >= NEVER:
            return None
        departs += int(arrays.line_wait[line])
        arrives = departs + int(arrays.leg_ride[leg])
    else:
        base = int(arrays.line_times[line])
        first = base + (call - int(arrays.line_call_ptr[line])) * count
        departure = int(arrays.board_by[first : first + count].searchsorted(ready))
        if departure == count:
            return None
        departs = int(arrays.departs[first + departure])
        arrives = int(arrays.arrives[first + (other - call) * count + departure])
    arrives = dock_opens(arrays, int(arrays.call_dock[other]), arrives)
    return None if arrives >= NEVER else Ride(leg, departure, ready, departs, arrives)


def dock_opens(arrays: Arrays, dock: int, minute: int) -> int:
    """Return the first minute, not before ``minute``, in which a dock is open."""
    return _opens(arrays.open_ptr, arrays.open_start, arrays.open_end, dock, minute)


def line_opens(arrays: Arrays, line: int, minute: int) -> int:
    """Return the first minute, not before ``minute``, in which a rolling line can be boarded."""
    return _opens(arrays.line_open_ptr, arrays.line_open_start, arrays.line_open_end, line, minute)


def _opens(ptr, start, end, key: int, minute: int) -> int:  # type: ignore[no-untyped-def]
    low, high = int(ptr[key]), int(ptr[key + 1])
    if low == high or minute >= NEVER:
        return minute
    span = low + int(end[low:high].searchsorted(minute, side="right"))
    return NEVER if span == high else max(int(start[span]), minute)


def _dwell(arrays: Arrays, from_dock: int, to_dock: int) -> int | None:
    first, last = int(arrays.transfer_ptr[from_dock]), int(arrays.transfer_ptr[from_dock + 1])
    for change in range(first, last):
        if int(arrays.transfer_dock[change]) == to_dock:
            return int(arrays.transfer_minutes[change])
    return None

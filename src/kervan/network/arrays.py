"""The network as flat arrays: what the compiled search runs over.

Words used here
---------------
dock
    One mode at one place; docks of a place are consecutive.
line
    The departures of one service that never overtake each other, so that the first one caught is
    always the first to arrive. A *dated* line has departures at known times; a *rolling* line
    (frequency, leaves when full, on demand) can be boarded whenever it is open, after a wait.
call
    One stop of a line; calls of a line are consecutive.
leg
    A ride from one call of a line to a later one. Legs that begin at the same call are
    consecutive, so leg ``call_leg[c] + (j - c - 1)`` rides from call ``c`` to call ``j``.

All times are minutes since 1970-01-01T00:00 UTC.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ROLLING = -1
"""Value of ``line_departures`` for a rolling line."""

UNBOARDABLE = -(2**31)
"""Value of ``board_by`` for a departure that nothing can board at that call."""

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]


class Arrays(NamedTuple):
    """The network's arrays, handed as one to the compiled functions."""

    dock_place: Int32
    """Place of each dock; shape (docks,)."""
    place_dock_ptr: Int32
    """Docks of place p are ``place_dock_ptr[p] : place_dock_ptr[p + 1]``; shape (places + 1,)."""
    open_ptr: Int32
    """Opening spans of dock d; none at all means always open; shape (docks + 1,)."""
    open_start: Int64
    open_end: Int64
    transfer_ptr: Int32
    """Changes possible from dock d; shape (docks + 1,)."""
    transfer_dock: Int32
    transfer_minutes: Int32
    """Median dwell of each change."""
    transfer_in_ptr: Int32
    """The same changes by the dock they lead to; shape (docks + 1,)."""
    transfer_in_dock: Int32
    transfer_in_minutes: Int32
    board_ptr: Int32
    """Calls at which cargo can be loaded at dock d; shape (docks + 1,)."""
    board_call: Int32
    alight_ptr: Int32
    """Calls at which cargo can be discharged at dock d; shape (docks + 1,)."""
    alight_call: Int32
    call_dock: Int32
    """Dock of each call; shape (calls,)."""
    call_line: Int32
    call_leg: Int32
    """First leg that begins at each call."""
    call_loads: NDArray[np.bool_]
    call_discharges: NDArray[np.bool_]
    line_call_ptr: Int32
    """Calls of line l are ``line_call_ptr[l] : line_call_ptr[l + 1]``; shape (lines + 1,)."""
    line_departures: Int32
    """Number of departures of each line, or ROLLING."""
    line_times: Int64
    """Where a dated line's times begin in ``board_by``, ``departs`` and ``arrives``: departure d at
    the line's k-th call is at ``line_times[l] + k * line_departures[l] + d``."""
    line_wait: Int32
    """Median wait for a rolling line."""
    line_open_ptr: Int32
    """Spans in which a rolling line can be boarded; none at all means always."""
    line_open_start: Int64
    line_open_end: Int64
    board_by: Int32
    """Latest minute at which cargo can be ready and still board. Never falls along a line: where a
    departure cannot be boarded it repeats the one before, and so is never the first to be caught.
    """
    departs: Int32
    arrives: Int32
    leg_ride: Int32
    """Median minutes from departure to arrival on a rolling line; 0 on a dated one."""
    leg_floor: Int32
    """Least minutes from readiness to arrival, ever: a lower bound for pruning."""
    place_change: Int32
    """Quickest change at each place in minutes, 0 where there is none; shape (places,)."""
    pair_ptr: Int32
    """Pairs of places that lead to place p; a pair is two places that a leg joins, loading and
    discharging allowed; shape (places + 1,)."""
    pair_from: Int32
    """Where each pair begins."""
    pair_to: Int32
    """Where each pair ends."""
    out_ptr: Int32
    """The same pairs by the place they begin at, as rows in ``out_pair``; shape (places + 1,)."""
    out_pair: Int32
    pair_leg_ptr: Int32
    """Legs of each pair in ``pair_leg``; shape (pairs + 1,)."""
    pair_leg: Int32
    pair_minutes: Int64
    """Least ``leg_floor`` of each pair."""
    call_from: Int32
    """First minute anything can be ready for at each call of a dated line, and"""
    call_pace: NDArray[np.float32]
    """departures a minute from then on: together they say near which departure a minute falls."""

"""Legs by the two places they join: what the search's lower bounds run over.

Many services run between the same two places. A lower bound asks only for the best of them, so it
walks over pairs of places, of which there are far fewer than legs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kervan.network.arrays import Int32, Int64


class Pairs(NamedTuple):
    """Pairs of places joined by a leg that can be loaded and discharged."""

    pair_ptr: Int32
    pair_from: Int32
    pair_to: Int32
    out_ptr: Int32
    out_pair: Int32
    pair_leg_ptr: Int32
    pair_leg: Int32
    pair_minutes: Int64


def pairs_of_places(
    leg_calls: Int32,
    call_place: Int32,
    loads: NDArray[np.bool_],
    discharges: NDArray[np.bool_],
    leg_floor: Int32,
    place_count: int,
) -> Pairs:
    """Return the pairs, those that lead to the same place side by side.

    Parameters
    ----------
    leg_calls
        Boarding and discharge call of each leg; shape (legs, 2).
    call_place
        Place of each call; shape (calls,).
    loads, discharges
        Whether each call loads, and discharges; shape (calls,).
    leg_floor
        Least minutes of each leg; shape (legs,).
    place_count
        Number of places.
    """
    legs = np.flatnonzero(loads[leg_calls[:, 0]] & discharges[leg_calls[:, 1]])
    ends = call_place[leg_calls[legs]].astype(np.int64)
    keys = ends[:, 1] * place_count + ends[:, 0]
    order = np.argsort(keys, kind="stable")
    legs, keys = legs[order], keys[order]
    pairs, first = np.unique(keys, return_index=True)
    minutes = (
        np.minimum.reduceat(leg_floor[legs], first) if len(legs) else np.zeros(0, leg_floor.dtype)
    )
    origins = pairs % place_count
    out_pair = np.argsort(origins, kind="stable")
    return Pairs(
        pair_ptr=np.searchsorted(
            pairs, np.arange(place_count + 1, dtype=np.int64) * place_count
        ).astype(np.int32),
        pair_from=origins.astype(np.int32),
        pair_to=(pairs // place_count).astype(np.int32),
        out_ptr=np.searchsorted(origins[out_pair], np.arange(place_count + 1)).astype(np.int32),
        out_pair=out_pair.astype(np.int32),
        pair_leg_ptr=np.append(first, len(legs)).astype(np.int32),
        pair_leg=legs.astype(np.int32),
        pair_minutes=minutes.astype(np.int64),
    )


def least_changes(place_dock_ptr: Int32, transfer_ptr: Int32, transfer_minutes: Int64) -> Int32:
    """Return the quickest change at each place in minutes; 0 where there is none."""
    least = np.zeros(len(place_dock_ptr) - 1, np.int32)
    first = transfer_ptr[place_dock_ptr[:-1]]
    some = np.flatnonzero(transfer_ptr[place_dock_ptr[1:]] > first)
    if len(some):
        # Changes of a place lie side by side, so those of the next one end them.
        least[some] = np.minimum.reduceat(transfer_minutes, first[some])
    return least

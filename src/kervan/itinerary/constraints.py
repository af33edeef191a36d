"""What an itinerary must pass, must not pass, and must be able to carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.feed.tables import MODES
from kervan.network import Network

MOST_TASKS = 16


@dataclass(frozen=True, slots=True)
class Constraints:
    """Conditions on an itinerary.

    Attributes
    ----------
    equipment
        ISO 6346 size-type code; services that do not take it are left out.
    dangerous_goods
        Whether the cargo is dangerous; services that refuse it are left out. Services that take it
        on request stay, and the offer says so.
    avoid_countries, avoid_places, avoid_carriers, avoid_modes
        Nothing of these, not even in passing.
    via_countries, via_places, via_carriers, via_modes
        Each of these at least once, in any order.
    latest_arrival
        Aware datetime; later arrivals are not looked at.
    max_transshipments
        Most changes from one service to another.
    """

    equipment: str | None = None
    dangerous_goods: bool = False
    avoid_countries: frozenset[str] = frozenset()
    avoid_places: frozenset[str] = frozenset()
    avoid_carriers: frozenset[str] = frozenset()
    avoid_modes: frozenset[str] = frozenset()
    via_countries: frozenset[str] = frozenset()
    via_places: frozenset[str] = frozenset()
    via_carriers: frozenset[str] = frozenset()
    via_modes: frozenset[str] = frozenset()
    latest_arrival: datetime | None = None
    max_transshipments: int = 15

    @property
    def has_via(self) -> bool:
        """Whether anything must be passed."""
        return bool(self.via_countries or self.via_places or self.via_carriers or self.via_modes)


def check_constraints(network: Network, constraints: Constraints) -> None:
    """Refuse constraints that name what the feed does not have.

    Raises
    ------
    InvalidRequestError
        Naming the value, what it was given for, and some that would do.
    """
    known: list[tuple[str, Iterable[str], set[str]]] = [
        (
            "country",
            constraints.avoid_countries | constraints.via_countries,
            {place.country for place in network.places},
        ),
        (
            "place",
            constraints.avoid_places | constraints.via_places,
            set(network.place_index),
        ),
        (
            "carrier",
            constraints.avoid_carriers | constraints.via_carriers,
            set(network.carriers),
        ),
        ("mode", constraints.avoid_modes | constraints.via_modes, set(MODES)),
    ]
    for what, values, allowed in known:
        for value in sorted(values):
            if value not in allowed:
                some = ", ".join(sorted(allowed)[:12])
                raise InvalidRequestError(
                    f"'{value}' is no {what} of this feed. Use one of: {some}"
                    + (" …" if len(allowed) > 12 else ".")
                )
    if constraints.max_transshipments < 0:
        raise InvalidRequestError(
            f"At most {constraints.max_transshipments} transshipments cannot be; use 0 or more."
        )


def allowed_legs(network: Network, constraints: Constraints) -> NDArray[np.uint8]:
    """Return 1 for each leg that may be used, 0 for the others; shape (legs,)."""
    lines = np.ones(len(network.line_ways), np.bool_)
    for row, way in enumerate(network.line_ways):
        service = way.service
        lines[row] = not (
            (
                constraints.equipment is not None
                and service.equipment
                and not constraints.equipment.startswith(service.equipment)
            )
            or (constraints.dangerous_goods and service.dangerous_goods == "refused")
            or service.carrier_id in constraints.avoid_carriers
            or service.mode in constraints.avoid_modes
        )
    allowed = lines[network.arrays.call_line[network.leg_calls[:, 0]]]
    for value in constraints.avoid_places:
        allowed &= ~_passes(network, place_id=value)
    for value in constraints.avoid_countries:
        allowed &= ~_passes(network, country=value)
    return allowed.astype(np.uint8)


def leg_tasks(network: Network, constraints: Constraints) -> tuple[NDArray[np.int64], int]:
    """Return the things to pass as bits: those each leg passes, and all of them.

    Raises
    ------
    InvalidRequestError
        If there are more than sixteen.
    """
    masks: list[NDArray[np.bool_]] = []
    masks += [_passes(network, place_id=value) for value in sorted(constraints.via_places)]
    masks += [_passes(network, country=value) for value in sorted(constraints.via_countries)]
    services = [way.service for way in network.line_ways]
    leg_line = network.arrays.call_line[network.leg_calls[:, 0]]
    for carrier in sorted(constraints.via_carriers):
        masks.append(np.array([s.carrier_id == carrier for s in services], np.bool_)[leg_line])
    for mode in sorted(constraints.via_modes):
        masks.append(np.array([s.mode == mode for s in services], np.bool_)[leg_line])
    if len(masks) > MOST_TASKS:
        raise InvalidRequestError(
            f"{len(masks)} things to pass are too many; name at most {MOST_TASKS}."
        )
    tasks = np.zeros(len(network.leg_calls), np.int64)
    for bit, mask in enumerate(masks):
        tasks[mask] |= 1 << bit
    return tasks, (1 << len(masks)) - 1


def _passes(
    network: Network, *, place_id: str | None = None, country: str | None = None
) -> NDArray[np.bool_]:
    """Tell which legs touch a place or a country, their ends included."""
    country_of = {place.place_id: place.country for place in network.places}
    touches: list[bool] = []
    for way in network.line_ways:
        for path in way.paths:
            ends = {path[0].from_place_id} | {step.to_place_id for step in path}
            touches.append(
                place_id in ends if country is None else country in {country_of[e] for e in ends}
            )
        touches.append(False)  # the last call of a line begins no section
    before = np.concatenate([[0], np.cumsum(np.array(touches, np.int64))])
    passed: NDArray[np.bool_] = before[network.leg_calls[:, 1]] > before[network.leg_calls[:, 0]]
    return passed

"""The ways a tariff sheet chooses from: what the search finds for every relation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from kervan.errors import NoItineraryError
from kervan.feed.tables import Feed
from kervan.itinerary import Constraints, Weights, pareto_itineraries
from kervan.itinerary.constraints import allowed_legs
from kervan.itinerary.engine.compiled import use_machine_code
from kervan.network import Network
from kervan.shipment import Shipment
from kervan.tariff import TariffBook, unit_prices
from kervan.tariff.sheet.matrix import KnownWay, Ways

WINDOW = timedelta(days=7)
"""Hand-overs looked at, from the day of the sheet on."""

_NO_CONSTRAINTS = Constraints()

DEPARTURES_KNOWN = timedelta(days=90)
"""How far past the window departures are looked at."""


def terminal_places(feed: Feed) -> list[str]:
    """Return the places that have a terminal, in the order of the feed's places."""
    with_terminal = {row.place_id for row in feed.terminals}
    return [row.place_id for row in feed.places if row.place_id in with_terminal]


def sheet_ways(
    network_for: Callable[[date, date], Network],
    book: TariffBook,
    relations: Sequence[tuple[str, str]],
    shipments: Sequence[Shipment],
    *,
    constraints: Constraints = _NO_CONSTRAINTS,
    progress: Callable[[str, int, int], None] | None = None,
) -> Ways:
    """Find the ways of some relations.

    For each equipment, with the prices of the shipment given for it, every itinerary that nothing
    dominates in hand-over, arrival, price and changes is a way, if handed over within a week of the
    book's day. Of itineraries over the same legs the fastest is kept. Through rates are left to the
    sheet: the search sees the prices of single legs.

    Parameters
    ----------
    network_for
        Gives the network over a horizon, first and last day included.
    book
        The tariff of the day.
    relations
        Origins and destinations, place ids.
    shipments
        One for each equipment code.
    constraints
        Conditions on the ways; the equipment of each shipment is added.
    progress
        Called with what is done, how many of it, and of how many.
    """
    day = book.day
    network = network_for(day - timedelta(days=1), day + WINDOW + DEPARTURES_KNOWN)
    use_machine_code()
    legs = tuple(network.legs)
    ready = datetime.combine(day, time(), UTC)
    known: dict[tuple[str, str, str], tuple[KnownWay, ...]] = {}
    alike: dict[bytes, str] = {}
    for number, shipment in enumerate(shipments):
        code = shipment.equipment.code
        of_code = replace(constraints, equipment=code)
        prices = unit_prices(legs, book, replace(shipment, count=1))
        told = prices.tobytes() + allowed_legs(network, of_code).tobytes()
        twin = alike.setdefault(told, code)
        weights = Weights(prices, np.zeros(len(legs), np.int64))
        for k, (origin, destination) in enumerate(relations):
            if twin != code:
                found = known.get((twin, origin, destination), ())
            else:
                found = _found(network, origin, destination, ready, weights, of_code)
            if found:
                known[code, origin, destination] = found
            if progress is not None:
                progress(
                    "finding ways", number * len(relations) + k + 1, len(shipments) * len(relations)
                )
    how = (
        f"Of the itineraries handed over from {day} to {day + WINDOW} that nothing dominates in "
        "hand-over, planned arrival, price of the single legs and changes"
    )
    if constraints != _NO_CONSTRAINTS:
        how += ", under the conditions asked for"
    return Ways(legs, tuple(relations), known, how)


def _found(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    weights: Weights,
    constraints: Constraints,
) -> tuple[KnownWay, ...]:
    try:
        itineraries = pareto_itineraries(
            network, origin, destination, ready, WINDOW, weights, constraints
        )
    except NoItineraryError:
        return ()
    by_legs: dict[tuple[int, ...], KnownWay] = {}
    for itinerary in itineraries:
        transit = itinerary.arrival - itinerary.hand_over
        way = KnownWay(itinerary.legs, transit, itinerary.arrival)
        best = by_legs.get(way.legs)
        if best is None or (transit, way.arrives) < (best.transit_minutes, best.arrives):
            by_legs[way.legs] = way
    return tuple(by_legs.values())

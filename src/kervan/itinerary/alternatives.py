"""Alternatives that truly differ: other ways, not the same way a day later.

Two itineraries truly differ when at least a quarter of the longer one's kilometres run over links
the other does not use. A Pareto set holds many itineraries of one way; it may also lack a second
way that is a little worse in everything, which is the very one to know of when the first is shut.
So alternatives are looked for in two places:

1. the Pareto set, of which the earliest arrival, the cheapest and the lowest in CO2e are chosen;
2. the Pareto sets found when the calls and borders of the chosen ones are avoided one at a time
   (the "avoid" half of the via-and-avoid methods for alternative routes).

Of both, the best compromise that truly differs from all chosen so far is chosen next, and so on;
while there are too few, the places of those chosen since are avoided as well. The best compromise
has the least sum of its time and its price, each as a multiple of the least there is.

Where legs can be weighed together, what that makes cheap is looked for as well
(:mod:`kervan.itinerary.joint`) and joins the Pareto set, and everything is compared by the price of
the whole way.

An alternative that takes more than two and a half times as long as the earliest, or costs more than
two and a half times the dearest of the three best, is none: nobody would take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from kervan.errors import NoItineraryError
from kervan.itinerary.constraints import Constraints
from kervan.itinerary.joint import joint_itineraries
from kervan.itinerary.model import Itinerary
from kervan.itinerary.search import pareto_itineraries
from kervan.itinerary.weights import Weights
from kervan.network import Network
from kervan.network.clock import minute_of

LEAST_DIFFERENCE = 0.25
MOST_TIMES_WORSE = 2.5
_NO_CONSTRAINTS = Constraints()


@dataclass(frozen=True, slots=True)
class Alternative:
    """An itinerary and what it is best at.

    Attributes
    ----------
    itinerary
        The itinerary.
    best_at
        ``arrival``, ``price``, ``co2e``: every criterion in which nothing found is better.
    is_complete
        False where there were more ways by legs weighed together than are looked at, so that one
        cheaper than all found may be missed (see :mod:`kervan.itinerary.joint`).
    """

    itinerary: Itinerary
    best_at: tuple[str, ...]
    is_complete: bool = True


def alternatives(
    network: Network,
    origin: str,
    destination: str,
    ready: datetime,
    window: timedelta,
    weights: Weights,
    constraints: Constraints = _NO_CONSTRAINTS,
    *,
    count: int = 5,
) -> list[Alternative]:
    """Find a few itineraries worth offering.

    Parameters
    ----------
    network, origin, destination, ready, window, weights, constraints
        As for :func:`kervan.itinerary.pareto_itineraries`.
    count
        How many to find at most. Where the earliest, the cheapest and the lowest in CO2e take the
        same way they are all given, being different offers; every other one truly differs from
        all before it.

    Returns
    -------
    list[Alternative]
        Sorted by arrival, never empty.

    Raises
    ------
    InvalidRequestError, NoItineraryError
        As :func:`kervan.itinerary.pareto_itineraries`.
    """
    pareto = _priced(
        pareto_itineraries(network, origin, destination, ready, window, weights, constraints),
        weights,
    )
    joint = joint_itineraries(
        network, origin, destination, ready, window, weights, constraints, known=pareto
    )
    pareto += joint.itineraries
    pool = _Pool(network, minute_of(ready))
    chosen = pool.extremes(pareto)[:count]
    candidates = list(pareto)
    tried = {origin, destination, *constraints.via_places}
    while len(chosen) < count:
        places = dict.fromkeys(p for i in chosen for p in pool.places(i) if p not in tried)
        tried.update(places)
        for place in places:
            avoiding = replace(constraints, avoid_places=constraints.avoid_places | {place})
            with suppress(NoItineraryError):
                candidates += _priced(
                    pareto_itineraries(
                        network, origin, destination, ready, timedelta(0), weights, avoiding
                    ),
                    weights,
                )
        before = len(chosen)
        pool.add_differing(chosen, candidates, count)
        if not places or len(chosen) == before:
            break
    best = pool.best(pareto)
    return [
        Alternative(
            i,
            tuple(name for name, least in best.items() if pool.value(i, name) == least),
            joint.is_complete,
        )
        for i in sorted(chosen, key=lambda i: (i.arrival, i.price or 0))
    ]


def _priced(itineraries: list[Itinerary], weights: Weights) -> list[Itinerary]:
    """Return itineraries with the exact price of the whole way, where that is more than a sum."""
    if weights.of_way is None:
        return itineraries
    return [replace(i, price=weights.of_way(i.legs)) for i in itineraries]


def difference(network: Network, left: Itinerary, right: Itinerary) -> float:
    """Return the share of the longer way's kilometres that the other does not use, 0 to 1."""
    return _difference(_links(network, left), _links(network, right))


class _Pool:
    """Compares itineraries; remembers the links and places of each."""

    def __init__(self, network: Network, ready: int) -> None:
        self._network, self._ready = network, ready
        self._most = {"arrival": inf, "price": inf}
        self._links: dict[tuple[int, ...], dict[str, float]] = {}

    def value(self, itinerary: Itinerary, name: str) -> int:
        values = {
            "arrival": itinerary.arrival - self._ready,
            "price": itinerary.price or 0,
            "co2e": itinerary.emission or 0,
        }
        return values[name]

    def best(self, itineraries: Sequence[Itinerary]) -> dict[str, int]:
        return {
            name: min(self.value(i, name) for i in itineraries)
            for name in ("arrival", "price", "co2e")
        }

    def extremes(self, itineraries: Sequence[Itinerary]) -> list[Itinerary]:
        """Return the best in each criterion, each once, and set what nobody would take."""
        found: list[Itinerary] = []
        for name, least in self.best(itineraries).items():
            best = [i for i in itineraries if self.value(i, name) == least]
            found.append(min(best, key=self._rank))
        self._most = {
            "arrival": MOST_TIMES_WORSE * min(self.value(i, "arrival") for i in found),
            "price": MOST_TIMES_WORSE * max(self.value(i, "price") for i in found),
        }
        return list(dict.fromkeys(found))

    def add_differing(
        self, chosen: list[Itinerary], candidates: Iterable[Itinerary], count: int
    ) -> None:
        """Add candidates, the best compromise first, that truly differ from all chosen."""
        pool = list(candidates)
        if not pool:
            return
        least = self.best([*chosen, *pool])
        scale = {name: max(value, 1) for name, value in least.items()}
        for itinerary in sorted(
            pool,
            key=lambda i: (
                self.value(i, "arrival") / scale["arrival"]
                + self.value(i, "price") / scale["price"],
                self.value(i, "co2e"),
                *self._rank(i),
            ),
        ):
            if len(chosen) >= count:
                return
            if any(self.value(itinerary, name) > limit for name, limit in self._most.items()):
                continue
            links = self.links(itinerary)
            if all(_difference(links, self.links(c)) >= LEAST_DIFFERENCE for c in chosen):
                chosen.append(itinerary)

    def links(self, itinerary: Itinerary) -> dict[str, float]:
        if itinerary.legs not in self._links:
            self._links[itinerary.legs] = _links(self._network, itinerary)
        return self._links[itinerary.legs]

    def places(self, itinerary: Itinerary) -> list[str]:
        """Return the places that make the way what it is: where services call, and borders."""
        passed: list[str] = []
        for row in itinerary.legs:
            for section in self._network.leg(row).sections:
                passed += [s.to_place_id for s in section.stretches if s.crossing_id is not None]
                passed.append(section.to_place_id)
        return passed[:-1]

    def _rank(self, itinerary: Itinerary) -> tuple[int, ...]:
        return (
            itinerary.arrival,
            itinerary.price or 0,
            itinerary.transshipments,
            -itinerary.hand_over,
        )


def _links(network: Network, itinerary: Itinerary) -> dict[str, float]:
    return {
        stretch.link_id: stretch.distance_km
        for leg in itinerary.legs
        for stretch in network.leg(leg).stretches
    }


def _difference(left: dict[str, float], right: dict[str, float]) -> float:
    longer = max(sum(left.values()), sum(right.values()))
    shared = sum(km for link, km in left.items() if link in right)
    return 1.0 - shared / longer if longer > 0 else 0.0

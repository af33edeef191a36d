"""What a coalition of carriers pays for a unit: the cheapest way that its own sections make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.demand import Floats
from kervan.tariff.proposal.relation import Relation, Section


def carriers_of(relation: Relation) -> tuple[str, ...]:
    """Return every carrier once, in the order of the file."""
    return tuple(dict.fromkeys(section.carrier_id for section in relation.sections))


def coalition_costs(relation: Relation, members: NDArray[np.bool_]) -> Floats:
    """Return what a unit costs each coalition from origin to destination.

    Parameters
    ----------
    relation
        Its sections are the links of the way.
    members
        Who is in each coalition, shape (coalitions, carriers), carriers as
        :func:`carriers_of` has them.

    Returns
    -------
    array
        Shape (coalitions,); infinite for a coalition that lacks a link of every way.

    Notes
    -----
    Bellman and Ford's relaxation, of all coalitions at once.
    """
    carriers = carriers_of(relation)
    places = {relation.origin, relation.destination}
    places |= {end for s in relation.sections for end in (s.origin, s.destination)}
    cost = {place: np.full(len(members), np.inf) for place in places}
    cost[relation.origin] = np.zeros(len(members))
    for _ in range(len(places) - 1):
        changed = False
        for section in relation.sections:
            there = members[:, carriers.index(section.carrier_id)]
            by = np.where(there, cost[section.origin] + float(section.cost), np.inf)
            if (by < cost[section.destination]).any():
                cost[section.destination] = np.minimum(cost[section.destination], by)
                changed = True
        if not changed:
            break
    return cost[relation.destination]


def cheapest_way(relation: Relation) -> tuple[Section, ...]:
    """Return the sections of the way that costs all carriers together the least.

    Of ways that cost the same the first in the order of the file.

    Raises
    ------
    InvalidRequestError
        If the sections make no way from origin to destination; the message says how far they lead.
    """
    best: dict[str, tuple[float, tuple[Section, ...]]] = {relation.origin: (0.0, ())}
    for _ in relation.sections:
        for section in relation.sections:
            if section.origin in best:
                cost, before = best[section.origin]
                cost += float(section.cost)
                if section.destination not in best or cost < best[section.destination][0]:
                    best[section.destination] = (cost, (*before, section))
    if relation.destination not in best or not best[relation.destination][1]:
        begins = {section.origin for section in relation.sections}
        reached = ", ".join(place for place in best if place not in begins)
        raise InvalidRequestError(
            f"The [[carriers]] make no way from {relation.origin} to {relation.destination}: "
            f"they lead to {reached or 'nowhere'}. Add the missing section, or mend a 'from' or "
            "'to'."
        )
    return best[relation.destination][1]

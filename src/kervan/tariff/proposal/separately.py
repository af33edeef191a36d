"""What a unit pays where the carriers charge for their sections one by one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from kervan.feed.tables import Feed
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.money import Money
from kervan.tariff.price import TariffBook
from kervan.tariff.proposal.relation import Relation


def charged_separately(
    relation: Relation, feed: Feed, legs: Iterable[Leg], day: date, shipment: Shipment
) -> Money | None:
    """Return the least that the sections of a relation cost by the carriers' own rates.

    Freight and surcharges, no through rate. Where the lowest of the lawful combinations holds, a
    through rate above this is never charged.

    Parameters
    ----------
    relation
        Whose sections are joined.
    feed
        Its tariff; through rates are left out of it.
    legs
        Legs that run. A section is priced by the cheapest of its carrier's between its ends.
    day
        Day of acceptance.
    shipment
        One unit.

    Returns
    -------
    Money or None
        None where no way of sections has a leg and a complete price for each.
    """
    own = replace(feed, tariff_items=tuple(i for i in feed.tariff_items if i.scope == "leg"))
    book = TariffBook(own, day, relation.currency)
    wanted = {(s.carrier_id, s.origin, s.destination) for s in relation.sections}
    cost: dict[tuple[str, str], int] = {}
    for leg in legs:
        ends = leg.from_place_id, leg.to_place_id
        if (leg.carrier_id, *ends) in wanted:
            total = book.price((leg,), shipment).total
            if total is not None:
                cost[ends] = min(cost.get(ends, total.minor), total.minor)
    # So few places that going over all sections as often as there are any finds every way.
    least = {relation.origin: 0}
    for _ in cost:
        for (here, there), minor in cost.items():
            if here in least:
                reached = least[here] + minor
                least[there] = min(least.get(there, reached), reached)
    if relation.destination not in least:
        return None
    return Money(least[relation.destination], relation.currency)

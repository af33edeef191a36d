"""Whether what a relation names is in the feed."""

from __future__ import annotations

from collections.abc import Collection

from kervan.errors import InvalidRequestError
from kervan.feed.nearest import did_you_mean
from kervan.feed.tables import Feed
from kervan.tariff.proposal.relation import Relation


def check_keys(relation: Relation, feed: Feed) -> None:
    """Check that the places, carriers and rows a relation names are in a feed.

    Raises
    ------
    InvalidRequestError
        If one is not, or the key of the new tariff item is taken.
    """
    places = {place.place_id for place in feed.places}
    carriers = {carrier.carrier_id for carrier in feed.carriers}
    for key, place in (("origin", relation.origin), ("destination", relation.destination)):
        _known(place, places, f"[relation] {key}", "places")
    for number, section in enumerate(relation.sections, 1):
        where = f"[[carriers]] {number}"
        _known(section.carrier_id, carriers, f"{where} carrier", "carriers")
        _known(section.origin, places, f"{where} from", "places")
        _known(section.destination, places, f"{where} to", "places")
    terms = relation.item
    if terms is None:
        return
    items = {item.item_id for item in feed.tariff_items}
    _known(terms.carrier_id, carriers, "[item] carrier", "carriers")
    for partner in terms.partners:
        _known(partner, carriers, "[item] partners", "carriers")
    _known(terms.source_id, {s.source_id for s in feed.sources}, "[item] source_id", "sources")
    if terms.supersedes is not None:
        _known(terms.supersedes, items, "[item] supersedes", "tariff_items")
    if terms.instrument_id is not None:
        instruments = {instrument.instrument_id for instrument in feed.instruments}
        _known(terms.instrument_id, instruments, "[item] instrument_id", "instruments")
    if terms.item_id in items:
        raise InvalidRequestError(
            f"[item] item_id '{terms.item_id}' is the key of a row that is already in the feed. "
            "Nothing is overwritten: give a new key, and name the old one in 'supersedes'."
        )


def _known(key: str, known: Collection[str], where: str, table: str) -> None:
    if key not in known:
        mend = did_you_mean(key, known, f"Give a key of the feed's table '{table}'.")
        raise InvalidRequestError(f"{where} is '{key}', which is not in the feed. {mend}")

"""Offers: a question answered with priced, timed and explained itineraries."""

from kervan.offers.model import Offer, OfferLeg, Quote, TimeEntry
from kervan.offers.places import AmbiguousPlaceError, UnknownPlaceError, find_place

__all__ = [
    "AmbiguousPlaceError",
    "Offer",
    "OfferLeg",
    "Quote",
    "TimeEntry",
    "UnknownPlaceError",
    "find_place",
]

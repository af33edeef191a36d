"""Search over the network: earliest arrival, Pareto sets, reliability and best strategies."""

from kervan.itinerary.constraints import Constraints
from kervan.itinerary.model import Itinerary, Ride
from kervan.itinerary.search import (
    earliest_arrival,
    earliest_arrival_minutes,
    latest_departure,
    pareto_itineraries,
)
from kervan.itinerary.weights import Together, Weights

__all__ = [
    "Constraints",
    "Itinerary",
    "Ride",
    "Together",
    "Weights",
    "earliest_arrival",
    "earliest_arrival_minutes",
    "latest_departure",
    "pareto_itineraries",
]

"""What a forwarder gets for a question: offers, each with its legs, times, price and emission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kervan.network.clock import local_datetime

if TYPE_CHECKING:
    from kervan.feed import Carrier, FeedInfo, Place, Service
    from kervan.itinerary import Constraints, Itinerary, Ride
    from kervan.itinerary.emissions import Emission
    from kervan.itinerary.reliability import Reliability
    from kervan.itinerary.strategy import Strategy
    from kervan.network.legs import Leg
    from kervan.offers.capacity import CapacityPrice
    from kervan.shipment import Shipment
    from kervan.tariff import Price


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """One piece of the time between hand-over and arrival.

    Attributes
    ----------
    kind
        ``closed`` (waiting for opening hours), ``dwell`` (changing at a terminal), ``wait`` (for
        the service, its cut-off included), ``run``, ``border``, ``gauge_change`` or ``stand``.
    where
        Place, stretch or border crossing.
    minutes
        Planned length; the entries of an offer add up to its planned time.
    p95_minutes
        95th percentile of the piece by itself, where it is a distribution.
    is_estimate
        Whether the figure is an estimate of the feed.
    """

    kind: str
    where: str
    minutes: int
    p95_minutes: int | None
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class OfferLeg:
    """One ride of an offer, and the change before it.

    Attributes
    ----------
    leg, ride
        The way and the planned times.
    service, carrier, from_place, to_place
        Rows of the feed.
    before, aboard
        What the time before departure and from departure to arrival is made of.
    """

    leg: Leg
    ride: Ride
    service: Service
    carrier: Carrier
    from_place: Place
    to_place: Place
    before: tuple[TimeEntry, ...]
    aboard: tuple[TimeEntry, ...]

    @property
    def departs_at(self) -> datetime:
        """Planned departure, local to the place of loading."""
        return local_datetime(self.ride.departs, self.from_place.timezone)

    @property
    def arrives_at(self) -> datetime:
        """Planned arrival, local to the place of discharge."""
        return local_datetime(self.ride.arrives, self.to_place.timezone)


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to move the shipment.

    Attributes
    ----------
    number
        From 1, in the order of arrival.
    best_at
        Criteria in which no offer is better: ``arrival``, ``price``, ``co2e``.
    itinerary
        What the search found.
    legs
        The rides, explained.
    price, emission, reliability
        Of the whole shipment.
    capacity
        What the places left made of the price; None where no departure of the offer is counted.
    """

    number: int
    best_at: tuple[str, ...]
    itinerary: Itinerary
    legs: tuple[OfferLeg, ...]
    price: Price
    emission: Emission
    reliability: Reliability
    capacity: CapacityPrice | None = None

    @property
    def hand_over_at(self) -> datetime:
        """Latest hand-over, local to the origin."""
        return local_datetime(self.itinerary.hand_over, self.legs[0].from_place.timezone)

    @property
    def arrives_at(self) -> datetime:
        """Planned arrival, local to the destination."""
        return local_datetime(self.itinerary.arrival, self.legs[-1].to_place.timezone)

    @property
    def transit(self) -> timedelta:
        """Planned time from hand-over to arrival."""
        return timedelta(minutes=self.itinerary.arrival - self.itinerary.hand_over)

    @property
    def distance_km(self) -> float:
        """Length of the way in km."""
        return sum(leg.leg.distance_km for leg in self.legs)

    @property
    def has_estimates(self) -> bool:
        """Whether a time, a price or an emission rests on an estimate of the feed."""
        return (
            self.price.has_estimates
            or any(line.factor.is_estimate for line in self.emission.lines)
            or any(e.is_estimate for leg in self.legs for e in (*leg.before, *leg.aboard))
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """The answer to one question.

    Attributes
    ----------
    feed
        The corridor asked.
    origin, destination
        Places.
    shipment, ready, window, constraints
        The question: the cargo, the moment it is ready, for how long it may be handed over.
    currency, tariff_day
        Currency of the totals and the day whose tariffs were taken.
    committed_teu
        Volume the customer commits to in a period, TEU, by which rebates were given.
    offers
        Sorted by arrival, never empty.
    strategy
        The way of riding that arrives first on average, each step decided when it comes; None
        where it was not asked for.
    notes
        What the reader should know: services left out, assumptions made.
    """

    feed: FeedInfo
    origin: Place
    destination: Place
    shipment: Shipment
    ready: datetime
    window: timedelta
    constraints: Constraints
    currency: str
    tariff_day: date
    offers: tuple[Offer, ...]
    strategy: Strategy | None
    notes: tuple[str, ...]
    committed_teu: float = 0.0

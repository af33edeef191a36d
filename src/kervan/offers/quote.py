"""A question over a corridor, answered with offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import TYPE_CHECKING

from kervan.errors import InvalidRequestError
from kervan.feed.tables import Feed, Place, Service
from kervan.feed.zones import zone
from kervan.itinerary import Constraints, Together, Weights
from kervan.itinerary.alternatives import Alternative, alternatives
from kervan.itinerary.emissions import emission_of, leg_grams
from kervan.itinerary.reliability import reliability
from kervan.network import Leg, Network
from kervan.offers.model import Offer, Quote
from kervan.offers.timeline import offer_legs
from kervan.shipment import Shipment
from kervan.tariff import TariffBook, WayPrices, leg_prices, through_prices
from kervan.tariff.price import UNPRICED

if TYPE_CHECKING:
    from kervan.offers.capacity import Pricer
    from kervan.tariff.revenue.inventory import Inventory

DEPARTURES_KNOWN = timedelta(days=180)
"""How far past the window departures are looked at."""

MOST_WINDOW = timedelta(days=92)
EARLIEST, LATEST = date(1971, 1, 1), date(2199, 12, 31)
"""Days whose minutes are counted, whatever the feed speaks for."""
MOST_OFFERS = 50
MOST_COUNTED = UNPRICED >> 4
"""Minor units of one leg from which on a whole shipment is weighed by one of its units."""


@dataclass(frozen=True, slots=True)
class Request:
    """A question, with every name already found.

    Attributes
    ----------
    origin, destination
        Places.
    shipment
        What is to be moved.
    ready
        Aware datetime from which the cargo can be handed over.
    window
        For how long after that it may be handed over.
    constraints
        Conditions on the way.
    currency
        ISO 4217 code of the totals.
    count
        Offers wanted at most.
    with_strategy
        Whether the best strategy is wanted as well.
    assumptions
        What was taken for granted in the question, a sentence each.
    inventory
        Counted departures, by whose places left prices are changed; None for prices of the tariff
        alone.
    committed_teu
        Volume the customer commits to in a period, TEU, for rebates.
    """

    origin: Place
    destination: Place
    shipment: Shipment
    ready: datetime
    window: timedelta = timedelta(days=7)
    constraints: Constraints = field(default_factory=Constraints)
    currency: str = "USD"
    count: int = 5
    with_strategy: bool = False
    assumptions: tuple[str, ...] = ()
    inventory: Inventory | None = None
    committed_teu: float = 0.0


def moment_ready(ready: datetime | date | str, place: Place) -> datetime:
    """Return when the cargo is ready, aware: a day means its beginning, local to the place.

    Raises
    ------
    InvalidRequestError
        If a text is no ISO 8601 date or time.
    """
    if isinstance(ready, str):
        try:
            ready = datetime.fromisoformat(ready)
        except ValueError:
            raise InvalidRequestError(
                f"'{ready}' is no day or time; write it like 2026-12-01 or 2026-12-01T08:00."
            ) from None
    if not isinstance(ready, datetime):
        ready = datetime.combine(ready, time())
    return ready if ready.tzinfo is not None else ready.replace(tzinfo=zone(place.timezone))


def window_of(days: float) -> timedelta:
    """Return a window of so many days.

    Raises
    ------
    InvalidRequestError
        If it is none, or longer than is searched.
    """
    if not 0 <= days <= MOST_WINDOW.days:
        raise InvalidRequestError(
            f"A window of {days:g} days cannot be searched; give 0 to {MOST_WINDOW.days} days."
        )
    return timedelta(days=days)


def volume_of(teu: float) -> float:
    """Return a volume a customer commits to, checked.

    Raises
    ------
    InvalidRequestError
        If it is none.
    """
    if not (isfinite(teu) and teu >= 0):
        raise InvalidRequestError(
            f"A customer cannot commit to {teu:g} TEU; give what it commits to in a period, zero "
            "or more."
        )
    return teu


def answer(feed: Feed, network_for: Callable[[date, date], Network], request: Request) -> Quote:
    """Answer a question.

    Parameters
    ----------
    feed
        The corridor.
    network_for
        Gives the network over a horizon, first and last day included.
    request
        The question.

    Raises
    ------
    InvalidRequestError
        If the question cannot be asked of this feed.
    NoItineraryError
        If nothing leads there.
    """
    day = request.ready.astimezone(zone(request.origin.timezone)).date()
    _check(feed, request, day)
    last = (request.ready + request.window + DEPARTURES_KNOWN).date()
    # The day before: local days begin earlier or later than UTC's.
    network = network_for(request.ready.astimezone(UTC).date() - timedelta(days=1), last)
    book = TariffBook(feed, day, request.currency)
    weights = weights_of(
        network,
        tuple(network.legs),
        book,
        request.shipment,
        day,
        committed_teu=request.committed_teu,
    )
    found = alternatives(
        network,
        request.origin.place_id,
        request.destination.place_id,
        request.ready,
        request.window,
        weights,
        request.constraints,
        count=request.count,
    )
    pricer = _pricer(feed, request, day)
    offers = tuple(
        _offer(number, alternative, network, book, request, day, pricer)
        for number, alternative in enumerate(found, 1)
    )
    notes = [*request.assumptions]
    if pricer is not None:
        from kervan.offers.capacity import capacity_notes, cheapest_again

        offers = cheapest_again(offers)
        notes += capacity_notes(offers)
    notes += _notes(network, request.shipment, offers)
    if not all(alternative.is_complete for alternative in found):
        notes.append(
            "There are more ways by through rates than were looked at; a cheaper one may be missed."
        )
    strategy = None
    if request.with_strategy:
        from kervan.itinerary.strategy import best_strategy

        strategy = best_strategy(
            network,
            request.origin.place_id,
            request.destination.place_id,
            request.ready,
            request.constraints,
        )
    return Quote(
        feed=feed.info,
        origin=request.origin,
        destination=request.destination,
        shipment=request.shipment,
        ready=request.ready,
        window=request.window,
        constraints=request.constraints,
        currency=request.currency,
        tariff_day=day,
        offers=offers,
        strategy=strategy,
        notes=tuple(notes),
        committed_teu=request.committed_teu,
    )


def weights_of(
    network: Network,
    legs: Sequence[Leg],
    book: TariffBook,
    shipment: Shipment,
    day: date,
    *,
    committed_teu: float = 0.0,
) -> Weights:
    """Return what the search weighs legs and ways by.

    Parameters
    ----------
    network, legs
        The network, and its legs in order.
    book
        The tariffs, which decide how through rates and sections are combined.
    shipment
        Prices are those of the whole of it; of one unit where that is more than can be counted.
    day
        Day whose emission factors hold.
    committed_teu
        Volume the customer commits to in a period, for rebates.
    """
    counted = shipment
    prices = leg_prices(legs, book, counted, committed_teu=committed_teu)
    if (prices[prices < UNPRICED] >= MOST_COUNTED).any():
        counted = replace(shipment, count=1)
        prices = leg_prices(legs, book, counted, committed_teu=committed_teu)
    grams = leg_grams(network, shipment, day, legs=legs)
    through = through_prices(legs, book, counted, committed_teu=committed_teu)
    if not through:
        return Weights(prices, grams)
    return Weights(
        prices,
        grams,
        tuple(Together(rate.opens, rate.closes, rate.inside, rate.once) for rate in through),
        WayPrices(legs, book, counted, prices, through, committed_teu=committed_teu),
    )


def _check(feed: Feed, request: Request, day: date) -> None:
    first, last = feed.info.valid_from, feed.info.valid_to
    if (first is not None and day < first) or (last is not None and day > last):
        spoken_for = " ".join(
            f"{word} {limit}" for word, limit in (("from", first), ("to", last)) if limit
        )
        nearest = first if first is not None and day < first else last
        raise InvalidRequestError(
            f"The cargo is ready on {day}, but '{feed.info.title}' speaks for days {spoken_for}. "
            f"The nearest day that can be asked for is {nearest}."
        )
    if not EARLIEST <= day <= LATEST:
        raise InvalidRequestError(
            f"The cargo is ready on {day}; days from {EARLIEST} to {LATEST} can be asked for."
        )
    if not 1 <= request.count <= MOST_OFFERS:
        raise InvalidRequestError(
            f"{request.count} offers cannot be given; ask for 1 to {MOST_OFFERS}."
        )


def _offer(
    number: int,
    alternative: Alternative,
    network: Network,
    book: TariffBook,
    request: Request,
    day: date,
    pricer: Pricer | None,
) -> Offer:
    itinerary = alternative.itinerary
    legs = tuple(network.leg(ride.leg) for ride in itinerary.rides)
    price = book.price(legs, request.shipment, committed_teu=request.committed_teu)
    capacity = None
    if pricer is not None:
        price, capacity = pricer(price, legs, itinerary.rides)
    return Offer(
        number=number,
        best_at=alternative.best_at,
        itinerary=itinerary,
        legs=offer_legs(network, itinerary),
        price=price,
        emission=emission_of(legs, network.feed.emission_factors, request.shipment, day),
        reliability=reliability(network, itinerary),
        capacity=capacity,
    )


def _pricer(feed: Feed, request: Request, day: date) -> Pricer | None:
    if request.inventory is None:
        return None
    from kervan.offers.capacity import capacity_pricer

    return capacity_pricer(request.inventory, feed, day, request.currency, request.shipment)


def _notes(network: Network, shipment: Shipment, offers: tuple[Offer, ...]) -> tuple[str, ...]:
    notes = list(network.warnings)
    if shipment.dangerous_goods:
        asked = _services(offers, lambda service: service.dangerous_goods == "on_request")
        if asked:
            notes.append(f"Dangerous goods are taken on request only by {', '.join(asked)}.")
    if any(offer.has_estimates for offer in offers):
        notes.append(
            "Some times, rates or emission factors are estimates of the feed, not published "
            "figures."
        )
    planned = _services(offers, lambda service: service.status == "planned")
    if planned:
        notes.append(f"Planned, not running yet: {', '.join(planned)}.")
    return tuple(notes)


def _services(offers: tuple[Offer, ...], which: Callable[[Service], bool]) -> list[str]:
    return sorted({leg.service.name for o in offers for leg in o.legs if which(leg.service)})

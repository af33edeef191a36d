"""A corridor: a feed, the networks compiled from it, and the questions it answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from kervan.errors import FeedError

if TYPE_CHECKING:
    from kervan.feed import Feed
    from kervan.network import Network
    from kervan.offers import Quote
    from kervan.tariff.revenue import Inventory

DEFAULT_FEED = "middle-corridor"
"""The feed shipped with Kervan."""

_TONNES_PER_TEU = 10.0
"""Average load of a container where the weight is not known: the mixed-cargo default of the Clean
Cargo method and of the GLEC Framework v3 for containers."""


def read_feed(path: Path | str | None = None) -> Corridor:
    """Read a corridor feed.

    Parameters
    ----------
    path
        A folder, zip archive or Excel workbook; the shipped Middle Corridor unless given.

    Returns
    -------
    Corridor
        Ready to be asked.

    Raises
    ------
    InvalidFeedError
        If the feed has errors; its ``problems`` list them.
    FeedError
        If the path is no feed.

    Examples
    --------
    >>> import kervan
    >>> corridor = kervan.read_feed()
    >>> quote = corridor.quote("CNXIY", "TRIST", equipment="45G1", ready="2026-12-01")
    """
    from kervan.feed.read import read_feed_tables

    return Corridor(read_feed_tables(shipped_feed() if path is None else path))


def shipped_feed() -> Path:
    """Return where the shipped feed lies: in the package, or in the source tree beside it."""
    packaged = Path(str(files("kervan"))) / "data" / "feeds" / DEFAULT_FEED
    source = Path(__file__).parents[2] / "feeds" / DEFAULT_FEED
    for path in (packaged, source):
        if (path / "datapackage.json").is_file():
            return path
    raise FeedError(
        f"The shipped feed is neither at {packaged} nor at {source}. Install Kervan again, or name "
        "a feed of your own."
    )


class Corridor:
    """A feed and the networks compiled from it.

    Attributes
    ----------
    feed
        The tables.
    include_planned
        Whether services and links that are only planned count as running.
    """

    def __init__(self, feed: Feed, *, include_planned: bool = False) -> None:
        self.feed = feed
        self.include_planned = include_planned
        self._networks: dict[tuple[date, date], Network] = {}

    def network(self, first_day: date, last_day: date) -> Network:
        """Return the network over a horizon, compiled once.

        Raises
        ------
        InvalidRequestError
            If the horizon is empty or longer than three years.
        """
        key = (first_day, last_day)
        if key not in self._networks:
            from kervan.network import compile_network

            self._networks[key] = compile_network(
                self.feed, first_day, last_day, include_planned=self.include_planned
            )
        return self._networks[key]

    def quote(
        self,
        origin: str,
        destination: str,
        *,
        equipment: str = "45G1",
        count: int = 1,
        weight_kg: float | None = None,
        commodity: str | None = None,
        dangerous_goods: bool = False,
        out_of_gauge: bool = False,
        block_train: bool = False,
        private_wagons: bool = False,
        value_usd: Decimal | None = None,
        customer_id: str | None = None,
        committed_teu: float = 0.0,
        max_gross_kg: float | None = None,
        ready: datetime | date | str,
        window_days: float = 7,
        arrive_by: datetime | date | str | None = None,
        via: Iterable[str] = (),
        avoid: Iterable[str] = (),
        max_transshipments: int = 15,
        currency: str = "USD",
        offers: int = 5,
        strategy: bool = False,
        capacity: Path | str | Inventory | None = None,
    ) -> Quote:
        """Ask how a shipment gets from one place to another, when, and for what price.

        Parameters
        ----------
        origin, destination
            Place id, UN/LOCODE or name; something like a name is understood.
        equipment
            ISO 6346 size-type code (``45G1``) or trade name (``40HC``).
        count
            Number of containers.
        weight_kg
            Cargo in each, kg, packaging included and tare not; 0 for empties. Ten tonnes a TEU
            unless given.
        commodity
            HS code, two to ten digits.
        dangerous_goods, out_of_gauge
            Whether the cargo is dangerous, or stands over the edges of its equipment.
        block_train, private_wagons
            Whether it travels as part of a block train, or in wagons of the shipper's own.
        value_usd
            Declared value of all the cargo, where tariffs ask for it.
        customer_id
            Who pays, for rebates granted to one customer.
        committed_teu
            Volume the customer commits to in a period, TEU, for rebates by volume.
        max_gross_kg
            What each container is rated for, tare and cargo together, as its safety plate says.
        ready
            Day or time from which the cargo can be handed over; local to the origin where it has
            no zone. Its day decides which tariffs hold.
        window_days
            For how many days after that it may be handed over.
        arrive_by
            Latest planned arrival; a day means its end, local to the destination.
        via, avoid
            Places, countries (``KZ``), carriers (``KTZ``) or modes (``rail``) that must or must
            not be passed. ``country:TR`` says which kind is meant.
        max_transshipments
            Most changes from one service to another.
        currency
            ISO 4217 code of the totals.
        offers
            Most offers.
        strategy
            Whether to work out the best strategy too (see :mod:`kervan.itinerary.strategy`).
        capacity
            A file of counted places and a rule, or what was read of one, by which prices follow
            the places left on the departures in it (see
            :func:`kervan.tariff.revenue.read_inventory`). Prices of the tariff unless given.

        Returns
        -------
        Quote
            Offers sorted by arrival, each with its price line by line, its CO2e and the
            distribution of its arrival.

        Raises
        ------
        InvalidRequestError
            If something cannot be asked; the message says what would do.
        NoItineraryError
            If nothing leads there; the message names the nearest thing that would work.
        """
        from kervan.equipment import equipment as equipment_of
        from kervan.offers.conditions import conditions, end_of_day
        from kervan.offers.places import find_place
        from kervan.offers.quote import Request, answer, moment_ready, volume_of, window_of
        from kervan.shipment import shipment

        here = find_place(self.feed.places, origin)
        there = find_place(self.feed.places, destination)
        assumptions: tuple[str, ...] = ()
        if weight_kg is None:
            weight_kg = _TONNES_PER_TEU * 1000 * float(equipment_of(equipment).teu)
            assumptions = (
                f"The weight was not given: {weight_kg:,.0f} kg a unit, 10 t a TEU, is assumed.",
            )
        cargo = shipment(
            equipment,
            count=count,
            weight_kg=weight_kg,
            commodity=commodity,
            dangerous_goods=dangerous_goods,
            out_of_gauge=out_of_gauge,
            block_train=block_train,
            private_wagons=private_wagons,
            value_usd=value_usd,
            customer_id=customer_id,
            max_gross_kg=max_gross_kg,
        )
        constraints = conditions(
            self.feed,
            via=via,
            avoid=avoid,
            equipment=cargo.equipment.code,
            dangerous_goods=dangerous_goods,
            latest_arrival=None if arrive_by is None else end_of_day(arrive_by, there),
            max_transshipments=max_transshipments,
        )
        request = Request(
            origin=here,
            destination=there,
            shipment=cargo,
            ready=moment_ready(ready, here),
            window=window_of(window_days),
            constraints=constraints,
            currency=currency.upper(),
            count=offers,
            with_strategy=strategy,
            assumptions=assumptions,
            inventory=self._inventory(capacity),
            committed_teu=volume_of(committed_teu),
        )
        return answer(self.feed, self.network, request)

    def _inventory(self, capacity: Path | str | Inventory | None) -> Inventory | None:
        if not isinstance(capacity, (Path, str)):
            return capacity
        from kervan.tariff.revenue import read_inventory

        return read_inventory(capacity, self.feed)

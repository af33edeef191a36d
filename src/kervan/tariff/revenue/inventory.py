"""Places counted on departures, who is expected to ask for them, and the rule of their price.

An inventory is what :func:`~kervan.tariff.revenue.reading.read_inventory` makes of a file.
:func:`problem_of` turns it into the problem that bid prices are worked out for: booking periods are
days, from the day of the count, and what a sale brings is its fare less what carrying it costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kervan.network.clock import local_datetime
from kervan.tariff.revenue.capacity import CapacityRule, Outlook, outlook
from kervan.tariff.revenue.decomposition import PlaceValues, place_values
from kervan.tariff.revenue.problem import Departure, Problem, Product

QUARTER_TEU = Decimal("0.25")
"""Groups are whole multiples of this: a 45-foot container is 2.25 TEU."""


@dataclass(frozen=True, slots=True)
class CountedRun:
    """One departure of a ride, and its places.

    Attributes
    ----------
    name
        Its name in the file.
    title
        The departure in words.
    service_id, from_place_id, to_place_id
        The ride.
    timezone
        Zone of the place it leaves.
    first_day, last_day
        Local days it leaves on: the same, unless the service has no clock times and the departure
        stands for whatever leaves between the two.
    hour
        Local moment it leaves, where the day alone does not say which departure is meant.
    capacity_teu, sold_teu
        Places in all, and sold.
    carrying_cost_per_teu
        What carrying a TEU costs beyond running the departure anyway; major units.
    """

    name: str
    title: str
    service_id: str
    from_place_id: str
    to_place_id: str
    timezone: str
    first_day: date
    last_day: date
    hour: datetime | None
    capacity_teu: Decimal
    sold_teu: Decimal
    carrying_cost_per_teu: Decimal = Decimal(0)

    def takes(self, service_id: str, from_place_id: str, to_place_id: str, departs: int) -> bool:
        """Return whether a ride, and the minute it departs, are of this departure."""
        ride = (self.service_id, self.from_place_id, self.to_place_id)
        if ride != (service_id, from_place_id, to_place_id):
            return False
        moment = local_datetime(departs, self.timezone)
        if self.hour is not None:
            return moment.replace(tzinfo=None) == self.hour
        return self.first_day <= moment.date() <= self.last_day


@dataclass(frozen=True, slots=True)
class ExpectedDemand:
    """Groups that are expected to ask for places.

    Attributes
    ----------
    name
        In words.
    runs
        Names of the departures a group travels on.
    teu
        Size of a group, TEU.
    requests
        Mean number of requests; they are a Poisson process, spread evenly over the days.
    fare_per_teu
        What a TEU brings on these departures together, major units.
    first_day, last_day
        Days on which they ask.
    """

    name: str
    runs: tuple[str, ...]
    teu: Decimal
    requests: Decimal
    fare_per_teu: Decimal
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Inventory:
    """Counted departures, expected demand, and the rule.

    Attributes
    ----------
    counted_on
        Day on which the places were counted; bid prices are those of its beginning.
    currency
        ISO 4217 code of all amounts.
    rule
        How prices follow the places left.
    runs, demand
        Departures and groups.
    """

    counted_on: date
    currency: str
    rule: CapacityRule
    runs: tuple[CountedRun, ...]
    demand: tuple[ExpectedDemand, ...]

    def run_of(
        self, service_id: str, from_place_id: str, to_place_id: str, departs: int
    ) -> CountedRun | None:
        """Return the departure that a ride is on, None where it is not counted."""
        ride = (service_id, from_place_id, to_place_id, departs)
        return next((run for run in self.runs if run.takes(*ride)), None)


def problem_of(inventory: Inventory, teu: float = 1.0) -> Problem:
    """Return the problem of selling what is left.

    Parameters
    ----------
    inventory
        Departures and demand.
    teu
        Size of a group that will be asked about.
    """
    cost = {run.name: run.carrying_cost_per_teu for run in inventory.runs}
    days = 1 + max(
        ((row.last_day - inventory.counted_on).days for row in inventory.demand), default=0
    )
    whole = float(teu).is_integer()
    return Problem(
        departures=tuple(
            Departure(
                run.name,
                float(run.capacity_teu),
                float(run.capacity_teu - run.sold_teu),
                run.title,
            )
            for run in inventory.runs
        ),
        products=tuple(
            Product(
                f"{number}: {row.name}",
                row.runs,
                # A sale that does not pay for its carrying is none that another displaces.
                max(0.0, float(row.fare_per_teu - sum(cost[name] for name in row.runs))),
                float(row.teu),
                _spread(row, inventory.counted_on, days),
            )
            for number, row in enumerate(inventory.demand, 1)
        ),
        currency=inventory.currency,
        asked_teu=(1.0,) if whole else (1.0, float(QUARTER_TEU)),
    )


def bid_prices(inventory: Inventory, teu: float = 1.0) -> PlaceValues:
    """Return what the places are worth, for groups of a size to be asked about.

    Raises
    ------
    SolverMissingError
        If ``highspy`` is not installed.
    """
    return place_values(problem_of(inventory, teu))


def outlook_of(values: PlaceValues, run: CountedRun, leg: int, teu: float) -> Outlook:
    """Return what is known of a leg on a counted departure, on the day of the count.

    Figures are rounded as they are written down, so that a price can be worked out from them again.
    """
    found = outlook(
        values,
        leg,
        run.name,
        teu,
        period=0,
        carrying_cost_per_teu=run.carrying_cost_per_teu,
    )
    return found.as_written()


def _spread(row: ExpectedDemand, counted_on: date, days: int) -> tuple[float, ...]:
    first, last = ((day - counted_on) // timedelta(days=1) for day in (row.first_day, row.last_day))
    each = float(row.requests) / (last - first + 1)
    return tuple(each if first <= day <= last else 0.0 for day in range(days))

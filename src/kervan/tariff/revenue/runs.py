"""Read the departures of an inventory, and hold them against the feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kervan.feed.tables import Feed, Service
from kervan.tariff.proposal.fields import Fields
from kervan.tariff.revenue.faults import Faults, known
from kervan.tariff.revenue.inventory import CountedRun
from kervan.tariff.revenue.timetable import Rides, rides_of

MOST_CAPACITY_TEU = 25_000
MOST_DAYS = 366
"""How long after the count a departure may leave."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A departure as far as it has been read."""

    fields: Fields
    name: str
    service_id: str
    here: str
    there: str
    departs: date | datetime
    until: date

    @property
    def first_day(self) -> date:
        return self.departs.date() if isinstance(self.departs, datetime) else self.departs


def read_runs(
    tables: Sequence[Fields], feed: Feed, counted_on: date, faults: Faults
) -> tuple[CountedRun, ...]:
    """Return the departures that are sound; what is wrong with the others is kept in faults.

    Parameters
    ----------
    tables
        The ``[[departures]]`` of a file.
    feed
        The corridor whose services are meant.
    counted_on
        Day of the count.
    faults
        Added to.
    """
    rows = [row for fields in tables if (row := _row(fields, feed, counted_on, faults)) is not None]
    if not rows:
        return ()
    services = {row.service_id for row in rows}
    first, last = min(row.first_day for row in rows), max(row.until for row in rows)
    rides = rides_of(feed, services, first, last)
    runs = [run for row in rows if (run := _run(row, rides, faults)) is not None]
    _find_twice(rows, rides, faults)
    return tuple(runs)


def _row(fields: Fields, feed: Feed, counted_on: date, faults: Faults) -> _Row | None:
    before = len(faults)
    places = [row.place_id for row in feed.places]
    services = [row.service_id for row in feed.services]

    def key(name: str, words: Sequence[str], what: str) -> str:
        table = f"the feed's table '{what}s'"
        return faults.take(lambda: known(fields, name, words, f"{what} of the feed", table), "")

    name = faults.take(lambda: fields.text("name"), "")
    service = key("service", services, "service")
    here, there = key("from", places, "place"), key("to", places, "place")
    departs = faults.take(lambda: fields.moment("departs"), date.min)
    row = _Row(fields, name, service, here, there, departs, date.min)
    if departs != date.min:
        until = faults.take(lambda: fields.day("until", row.first_day), row.first_day)
        row = _Row(fields, name, service, here, there, departs, until)
        faults.take(lambda: _check_days(row, counted_on), None)
    return None if len(faults) > before else row


def _check_days(row: _Row, counted_on: date) -> None:
    latest = counted_on + timedelta(days=MOST_DAYS)
    if row.first_day < counted_on:
        row.fields.refuse(
            "departs",
            f"it leaves on {row.first_day}, before the places were counted on {counted_on}; a day "
            "after that was expected. Take the row out, or mend the day.",
        )
    if row.until < row.first_day:
        row.fields.refuse(
            "until",
            f"it is {row.until}, and 'departs' is {row.first_day}; a day from then on was "
            "expected. Mend one of them.",
        )
    if row.until > latest:
        row.fields.refuse(
            "departs",
            f"{row.until} is more than {MOST_DAYS} days after the count. Name departures up to "
            f"{latest}.",
        )


def _run(row: _Row, rides: Rides, faults: Faults) -> CountedRun | None:
    fields, before = row.fields, len(faults)
    service = rides.services[row.service_id]
    hour = faults.take(lambda: _hour(row, rides), None)
    capacity = faults.take(lambda: _capacity(fields, service), Decimal(-1))
    sold = faults.take(lambda: fields.number("sold_teu", Decimal(0), least=0), Decimal(0))
    cost = faults.take(
        lambda: fields.number("carrying_cost_per_teu", Decimal(0), least=0), Decimal(0)
    )
    if sold > capacity >= 0:
        why = (
            f"it is {sold}, and capacity_teu is {capacity}; no more than that was expected. Lower "
            "sold_teu, or raise capacity_teu."
        )
        faults.take(lambda: fields.refuse("sold_teu", why), None)
    faults.end(fields)
    if len(faults) > before:
        return None
    return CountedRun(
        name=row.name,
        title=f"{service.name}, {row.here} - {row.there}, {_leaves(row.first_day, row.until)}",
        service_id=row.service_id,
        from_place_id=row.here,
        to_place_id=row.there,
        timezone=rides.timezones[row.here],
        first_day=row.first_day,
        last_day=row.until,
        hour=hour,
        capacity_teu=capacity,
        sold_teu=sold,
        carrying_cost_per_teu=cost,
    )


def _capacity(fields: Fields, service: Service) -> Decimal:
    offered = None if service.capacity_teu is None else Decimal(f"{service.capacity_teu:g}")
    if offered is None and "capacity_teu" not in fields:
        fields.refuse(
            "capacity_teu",
            f"it is missing, and the feed does not say how many TEU {service.service_id} takes. "
            "Add a line 'capacity_teu = …'.",
        )
    capacity: Decimal = fields.number("capacity_teu", offered, least=0, most=MOST_CAPACITY_TEU)
    return capacity


def _hour(row: _Row, rides: Rides) -> datetime | None:
    """Return the local moment of a timetabled departure that its day does not tell by itself."""
    fields = row.fields
    times = rides.departures(row.service_id, row.here, row.there)
    if times is None:
        calls = ", ".join(rides.calls(row.service_id))
        fields.refuse(
            "from",
            f"{row.service_id} offers no ride from {row.here} to {row.there} about "
            f"{row.first_day}; its calls are {calls}. Name two of them in this order, and a day on "
            "which it runs.",
        )
    hour = row.departs if isinstance(row.departs, datetime) else None
    if not times.has_clock:
        if hour is not None:
            fields.refuse(
                "departs",
                f"it is {hour}, and {row.service_id} has no clock times in the feed. Give the day "
                "alone; with 'until' the departure stands for several days.",
            )
        return None
    found = [at for at in times.moments if row.first_day <= at.date() <= row.until]
    if hour is not None:
        found = [at for at in found if at == hour]
    if not found:
        fields.refuse(
            "departs",
            f"{row.service_id} does not leave {row.here} then. {times.nearest(row.departs)}",
        )
    if len(found) > 1:
        listed = ", ".join(f"{at:%Y-%m-%dT%H:%M:%S}" for at in found[:5])
        fields.refuse(
            "departs",
            f"{row.service_id} leaves {row.here} {len(found)} times then ({listed}). Give one of "
            "these moments, each departure its own row.",
        )
    return hour


def _find_twice(rows: Sequence[_Row], rides: Rides, faults: Faults) -> None:
    """Find names and places that are there twice."""
    for number, row in enumerate(rows):
        where = f"{row.fields.file}: {row.fields.where}"
        for other in rows[:number]:
            there = other.fields.where
            if row.name == other.name:
                faults.append(
                    f"{where}, name: {there} is named '{row.name}' too. Give each its own name."
                )
            if row.service_id != other.service_id:
                continue
            if (row.here, row.there) != (other.here, other.there):
                if _share(row, other, rides):
                    faults.append(
                        f"{where}, from: it rides over a section of {there}, so that places would "
                        "be counted twice. Name either the whole ride or its sections."
                    )
            elif _meet(row, other):
                faults.append(
                    f"{where}, departs: it is the departure of {there} again. Give days that do "
                    "not overlap, or take one out."
                )


def _meet(row: _Row, other: _Row) -> bool:
    if isinstance(row.departs, datetime) and isinstance(other.departs, datetime):
        return row.departs == other.departs
    return row.first_day <= other.until and other.first_day <= row.until


def _share(row: _Row, other: _Row, rides: Rides) -> bool:
    at = {place: number for number, place in enumerate(rides.calls(row.service_id))}
    if not {row.here, row.there, other.here, other.there} <= at.keys():
        return False
    return at[row.here] < at[other.there] and at[other.here] < at[row.there]


def _leaves(first: date, last: date) -> str:
    if first == last:
        return f"departure of {first.day} {first:%B %Y}"
    begin = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        begin += f" {first:%B}" if first.year == last.year else f" {first:%B %Y}"
    return f"departure of {begin} to {last.day} {last:%B %Y}"

"""Read the demand of an inventory: who asks for places, how often, and on which departures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from kervan.feed.nearest import did_you_mean
from kervan.feed.tables import Feed
from kervan.tariff.proposal.fields import Fields, told
from kervan.tariff.revenue.faults import Faults, known
from kervan.tariff.revenue.inventory import QUARTER_TEU, CountedRun, ExpectedDemand

MOST_GROUP_TEU = 1_000
MOST_REQUESTS = 10_000
_MOST_WAYS = 100


def read_demand(
    tables: Sequence[Fields],
    feed: Feed,
    counted_on: date,
    runs: Sequence[CountedRun],
    sound: bool,
    faults: Faults,
) -> tuple[ExpectedDemand, ...]:
    """Return the groups that are sound; what is wrong with the others is kept in faults.

    Parameters
    ----------
    tables
        The ``[[demand]]`` of a file.
    feed
        The corridor, for its places.
    counted_on
        Day of the count.
    runs
        Departures of the file.
    sound
        Whether none of them has a fault. With one nobody can say what a group travels on.
    faults
        Added to.
    """
    places = [row.place_id for row in feed.places]
    found = [_demand(fields, places, counted_on, runs, sound, faults) for fields in tables]
    return tuple(row for row in found if row is not None)


def _demand(
    fields: Fields,
    places: Sequence[str],
    counted_on: date,
    runs: Sequence[CountedRun],
    sound: bool,
    faults: Faults,
) -> ExpectedDemand | None:
    before = len(faults)

    def place(key: str) -> str:
        if not fields.text(key, ""):
            return ""
        return known(fields, key, places, "place of the feed", "the feed's table 'places'")

    origin = faults.take(lambda: place("origin"), "")
    destination = faults.take(lambda: place("destination"), "")
    named = faults.take(lambda: fields.texts("departures", ()), ())
    name = faults.take(lambda: fields.text("name", ""), "")
    teu = faults.take(lambda: _group(fields), Decimal(1))
    requests = faults.take(
        lambda: fields.number("requests", least=0, most=MOST_REQUESTS), Decimal(0)
    )
    fare = faults.take(lambda: fields.number("fare_per_teu", least=0), Decimal(0))
    start = faults.take(lambda: fields.day("asks_from", counted_on), counted_on)
    end = faults.take(lambda: fields.day("asks_to", None), None)
    faults.end(fields)
    if len(faults) > before or not sound:
        return None
    none: tuple[CountedRun, ...] = ()
    way = faults.take(lambda: _way(fields, named, origin, destination, runs), none)
    if not way:
        return None
    end = way[0].last_day if end is None else end
    if not counted_on <= start <= end <= way[0].last_day:
        why = (
            f"they ask from {start} to {end}; days from {counted_on}, when the places were "
            f"counted, to {way[0].last_day}, when '{way[0].name}' leaves, were expected, the "
            "first no later than the last. Mend asks_from or asks_to."
        )
        faults.take(lambda: fields.refuse("asks_from", why), None)
        return None
    return ExpectedDemand(
        name or f"{way[0].from_place_id} - {way[-1].to_place_id}",
        tuple(run.name for run in way),
        teu,
        requests,
        fare,
        start,
        end,
    )


def _group(fields: Fields) -> Decimal:
    teu: Decimal = fields.number("teu", above=0, most=MOST_GROUP_TEU)
    if teu % QUARTER_TEU:
        fields.refuse(
            "teu",
            f"it is {told(teu)}; a multiple of {QUARTER_TEU} was expected. Round the group up.",
        )
    return teu


def _way(
    fields: Fields,
    named: Sequence[str],
    origin: str,
    destination: str,
    runs: Sequence[CountedRun],
) -> tuple[CountedRun, ...]:
    """Return the departures that a group travels on, in their order."""
    if named:
        return _named(fields, named, origin, destination, runs)
    if not (origin and destination):
        fields.refuse(
            "departures",
            "it is missing; the names of departures, or origin and destination, were expected. "
            "Add a line 'departures = [\"…\"]'.",
        )
    ways = _ways(origin, destination, runs)
    if not ways:
        fields.refuse(
            "origin",
            f"no [[departures]] lead from {origin} to {destination}. Add them, or name the "
            "departures that the group travels on.",
        )
    if len(ways) > 1:
        some = "; ".join(", ".join(run.name for run in way) for way in ways[:3])
        fields.refuse(
            "origin",
            f"{len(ways)} ways lead from {origin} to {destination} ({some}). Name the departures "
            "of the group instead, a table for each way.",
        )
    return ways[0]


def _named(
    fields: Fields,
    named: Sequence[str],
    origin: str,
    destination: str,
    runs: Sequence[CountedRun],
) -> tuple[CountedRun, ...]:
    by_name = {run.name: run for run in runs}
    for name in named:
        if name not in by_name:
            mend = did_you_mean(name, by_name, "Give names of [[departures]].")
            fields.refuse("departures", f"'{name}' is no departure of the file. {mend}")
    way = tuple(by_name[name] for name in named)
    if len(set(named)) < len(named):
        fields.refuse("departures", "one is named twice. Name each once.")
    for before, after in pairwise(way):
        if after.last_day < before.first_day:
            fields.refuse(
                "departures",
                f"'{after.name}' leaves before '{before.name}'. Name them in the order they are "
                "travelled on.",
            )
    for key, end, wanted in (
        ("origin", way[0].from_place_id, origin),
        ("destination", way[-1].to_place_id, destination),
    ):
        if wanted not in ("", end):
            where = "begin at" if key == "origin" else "end at"
            fields.refuse(key, f"it is {wanted}, and the departures {where} {end}. Mend one.")
    return way


def _ways(
    origin: str, destination: str, runs: Sequence[CountedRun]
) -> list[tuple[CountedRun, ...]]:
    """Return the ways that departures joined place to place make."""
    found: list[tuple[CountedRun, ...]] = []
    begun: list[tuple[CountedRun, ...]] = [(run,) for run in runs if run.from_place_id == origin]
    while begun and len(found) < _MOST_WAYS:
        way = begun.pop()
        if way[-1].to_place_id == destination:
            found.append(way)
            continue
        been = {run.from_place_id for run in way}
        begun += [
            (*way, run)
            for run in runs
            if run.from_place_id == way[-1].to_place_id
            and run.to_place_id not in been
            and run.last_day >= way[-1].first_day
        ]
    return found

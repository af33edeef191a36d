"""Earliest arrival on a public timetable: a GTFS feed imported as a corridor feed.

The timetable is not shipped. Name one (zip or folder) in the environment variable ``KERVAN_GTFS``;
without it this benchmark says that it was not run. README.md names one that is easily had.
"""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.earliest_arrival import PEERS, against, expanded
from benchmarks.report import Report
from kervan.errors import NoItineraryError
from kervan.feed.gtfs import MODE_CHOICES, import_gtfs
from kervan.itinerary import earliest_arrival
from kervan.itinerary.engine.compiled import use_machine_code
from kervan.network import Network, compile_network
from kervan.network.clock import day_number, day_of

VARIABLE = "KERVAN_GTFS"
CHANGE_MINUTES = 5.0
SPAN_DAYS = 2


def main(*, asked: int = 40) -> Report:
    report = Report(
        "Public timetable",
        header=("network", "who", "questions", "median a question", "times Kervan's", "answers"),
    )
    path = os.environ.get(VARIABLE)
    if not path:
        report.notes.append(f"Not run: {VARIABLE} names no GTFS timetable.")
        return report
    use_machine_code()
    feed, told = import_gtfs(path, modes=tuple(MODE_CHOICES), min_transfer_minutes=CHANGE_MINUTES)
    begins = [day_number(row.valid_from) for row in feed.calendars if row.valid_from]
    ends = [day_number(row.valid_to) for row in feed.calendars if row.valid_to]
    first, last = min(begins), max(ends)
    network = compile_network(feed, day_of(first), day_of(last))
    questions = _questions(network, first, last, asked)
    against(
        report,
        f"{Path(path).stem}, {network.departure_count:,} dated departures from {day_of(first)} to "
        f"{day_of(last)}; peers hold {SPAN_DAYS} days",
        f"on {Path(path).stem}, the peers given only the {SPAN_DAYS} days that matter",
        network,
        questions,
        lambda net, rows: expanded(net, rows, SPAN_DAYS),
        PEERS,
    )
    report.notes += [
        f"{len(feed.places):,} places, {len(feed.services):,} services; no walking between places, "
        f"{CHANGE_MINUTES:.0f} minutes for a change. Questions without an answer on either side "
        "are left out.",
        "GTFS gives every trip its own row, so a bus that runs forty times a day is forty services "
        "here, each with few departures: the opposite of a freight timetable, and the case in "
        "which looking departures up by bisection gains least.",
        f"The import reported {len(told.sentences)} kinds of loss, guess and estimate; "
        "`kervan feed import-gtfs` lists them.",
    ]
    return report


def _questions(
    network: Network, first: int, last: int, count: int
) -> list[tuple[str, str, datetime]]:
    """Return questions of one morning that have an answer within a day."""
    rng = random.Random(1)
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=(first + last) // 2)
    ids = [place.place_id for place in network.places]
    found: list[tuple[str, str, datetime]] = []
    while len(found) < count:
        here, there = rng.sample(ids, 2)
        ready = day + timedelta(minutes=rng.randrange(360))
        try:
            arrival = earliest_arrival(network, here, there, ready).arrives_at
        except NoItineraryError:
            continue
        if arrival < ready + timedelta(days=1):
            found.append((here, there, ready))
    return found


if __name__ == "__main__":
    print(main().markdown())

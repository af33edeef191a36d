"""A GTFS feed turned into a corridor feed, step by step."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from kervan.errors import FeedError
from kervan.feed.gtfs.changes import read_transfers, terminals_of
from kervan.feed.gtfs.days import Days, read_calendars
from kervan.feed.gtfs.distances import Distances
from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.headways import Window, read_windows
from kervan.feed.gtfs.naming import ascii_words
from kervan.feed.gtfs.operators import Agency, Route, carriers_of, read_agencies, read_routes
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import ImportReport, Tally
from kervan.feed.gtfs.runs import Run, Runs, in_minutes
from kervan.feed.gtfs.services import Services
from kervan.feed.gtfs.stops import Spot, places_of, read_stops, spots_of
from kervan.feed.gtfs.trips import Progress, StopTimes, Trip, read_stop_times, read_trips
from kervan.feed.gtfs.values import Columns, day, plain
from kervan.feed.gtfs.zones import ServiceClocks
from kervan.feed.tables import ROW_TYPES, Feed, FeedInfo, Source

SOURCE_ID = "gtfs"

_READ = frozenset(
    {
        "agency.txt",
        "calendar.txt",
        "calendar_dates.txt",
        "feed_info.txt",
        "frequencies.txt",
        "routes.txt",
        "shapes.txt",
        "stop_times.txt",
        "stops.txt",
        "transfers.txt",
        "trips.txt",
    }
)
_LICENCE_COLUMNS = ("feed_license", "feed_licence", "feed_license_url", "license", "license_url")


def convert(
    path: Path, options: Options, progress: Progress | None = None
) -> tuple[Feed, ImportReport]:
    """Turn a GTFS feed into a corridor feed.

    Raises
    ------
    FeedError
        If the options or the files are not sound, or nothing is left to import.
    """
    options = options.checked()
    tally = Tally()
    archive = Archive(path)
    try:
        for name in archive.names:
            if name not in _READ:
                tally.add("files_not_read", name)
        return _converted(archive, options, tally, progress)
    finally:
        archive.close()


def _converted(
    archive: Archive, options: Options, tally: Tally, progress: Progress | None
) -> tuple[Feed, ImportReport]:
    agencies = read_agencies(archive, options, tally)
    home = next(iter(agencies.values())).zone
    routes = read_routes(archive, agencies, options, tally)
    stops = read_stops(archive, options, tally)
    spots = spots_of(stops, home, tally)
    days = read_calendars(archive, options, tally)
    trips, index = read_trips(archive, routes, days, options, tally)
    windows = read_windows(archive, index, tally)
    times = read_stop_times(archive, index, len(trips), stops, tally, progress)
    at = {spot.stop_id: spot for spot in spots.values() if spot is not None}
    distances = Distances(at, tally)
    services = Services(
        _clocks(trips, days, windows, times),
        {key: spot.zone for key, spot in at.items()},
        SOURCE_ID,
        tally,
    )
    modes = _add_trips(
        trips,
        routes,
        Runs(times, spots, tally),
        days,
        windows,
        services,
        distances,
        tally,
        progress,
    )
    if not modes:
        raise _nothing(archive, options, tally)
    used = {key: at[key] for key in at if key in modes}
    _tell_unused(spots, used, times, tally)
    places = places_of(used, modes, home, options, SOURCE_ID, tally)
    services.write(places)
    info, source = _described(archive, agencies, options, tally)
    feed = Feed(
        info=info,
        sources=(source,),
        carriers=carriers_of(agencies, routes.values(), SOURCE_ID),
        places=tuple(places.values()),
        terminals=terminals_of(places, modes, options.min_transfer_minutes, SOURCE_ID, tally),
        transfers=read_transfers(archive, spots, places, modes, SOURCE_ID, tally),
        links=distances.links(archive, places, SOURCE_ID),
        calendars=tuple(services.calendars),
        calendar_exceptions=tuple(services.calendar_exceptions),
        services=tuple(services.services),
        calls=tuple(services.calls),
    )
    written = {name: len(feed.table(name)) for name in ROW_TYPES if feed.table(name)}
    return feed, tally.report(written)


def _clocks(
    trips: list[Trip],
    days: Mapping[str, Days],
    windows: Mapping[str, list[Window]],
    times: StopTimes,
) -> ServiceClocks:
    used = {trip.service_id for trip in trips}
    first = min((days[key][0] for key in used), default=1)
    last = max((days[key][-1] for key in used), default=1)
    longest = max(
        (int(moments.max()) for moments in (times.arrives, times.departs) if len(moments)),
        default=0,
    )
    ends = max((window.end for some in windows.values() for window in some), default=0)
    if last + (longest + ends) // 86_400 + 10 > date.max.toordinal():
        raise FeedError("A calendar ends in the year 9999; end it, or give --from and --to.")
    # A trip written out from frequencies.txt ends by its own length after the last window.
    return ServiceClocks(first, last, (longest + ends) // 60 + 1)


def _add_trips(
    trips: list[Trip],
    routes: Mapping[str, Route],
    runs: Runs,
    days: Mapping[str, Days],
    windows: Mapping[str, list[Window]],
    services: Services,
    distances: Distances,
    tally: Tally,
    progress: Progress | None,
) -> dict[str, set[str]]:
    """Add every trip, and return the modes that call at each spot."""
    modes: dict[str, set[str]] = defaultdict(set)
    blocks: dict[str, list[str]] = defaultdict(list)
    used_routes: set[str] = set()
    used_calendars: set[str] = set()
    for number, trip in enumerate(trips):
        if progress is not None and number % 1000 == 0:
            progress("trips.txt", number, number, len(trips))
        run = runs.run(trip, number)
        if run is None or (trip.trip_id in windows and not windows[trip.trip_id]):
            continue
        mode = trip.route.mode or ""
        distances.add(mode, run, trip.shape_id)
        for place in run.places:
            modes[place].add(mode)
        used_routes.add(trip.route.route_id)
        used_calendars.add(trip.service_id)
        if trip.block_id:
            blocks[trip.block_id].append(trip.trip_id)
        _add_trip(trip, run, days[trip.service_id], windows.get(trip.trip_id), services, tally)
    for in_block in blocks.values():
        if len(in_block) > 1:
            for trip_id in in_block:
                tally.add("trips_in_blocks", trip_id)
    for route in routes.values():
        if route.mode is not None and route.route_id not in used_routes:
            tally.add("routes_unused", route.route_id)
    for service_id in days:
        if service_id not in used_calendars:
            tally.add("calendars_unused", service_id)
    return modes


def _add_trip(
    trip: Trip,
    run: Run,
    days: Days,
    windows: list[Window] | None,
    services: Services,
    tally: Tally,
) -> None:
    if windows is None:
        services.add(trip, run, in_minutes(run, 0, trip.trip_id, tally), days)
        return
    headways = [window for window in windows if not window.exact]
    if headways:
        services.add_headway(trip, run, headways, days)
    for window in windows:
        for moment in window.departures if window.exact else ():
            tally.add("trips_expanded", trip.trip_id)
            later = moment - run.departs[0]
            services.add(trip, run, in_minutes(run, later, trip.trip_id, tally), days)


def _tell_unused(
    spots: Mapping[str, Spot | None],
    used: Mapping[str, Spot],
    times: StopTimes,
    tally: Tally,
) -> None:
    served = {times.stop_ids[k] for k in set(times.stop.tolist()) if k >= 0}
    for stop_id, spot in spots.items():
        if spot is None:
            continue
        if spot.stop_id not in used or (stop_id not in served and stop_id != spot.stop_id):
            tally.add("stops_unused", stop_id)
        elif stop_id != spot.stop_id:
            tally.add("stops_merged", stop_id)


def _nothing(archive: Archive, options: Options, tally: Tally) -> FeedError:
    losses = [
        note.sentence
        for note in tally.report({}).notes
        if note.kind == "lost" and note.code.startswith(("trips_", "routes_", "empty_", "days_"))
    ]
    why = f" {' '.join(losses)}" if losses else ""
    return FeedError(
        f"{archive.path} has no trip to import with the modes {', '.join(options.modes)}.{why}"
    )


def _described(
    archive: Archive, agencies: Mapping[str, Agency], options: Options, tally: Tally
) -> tuple[FeedInfo, Source]:
    publisher, url, version, licence, span = "", "", "", "", ""
    if "feed_info.txt" in archive:
        with archive.open("feed_info.txt") as table:
            columns = Columns(table)
            cells = [columns(f"feed_{name}") for name in ("publisher_name", "publisher_url")]
            of_version = columns("feed_version")
            begins, ends = columns("feed_start_date"), columns("feed_end_date")
            stated = [columns(name) for name in _LICENCE_COLUMNS]
            for row in table:
                tally.rows_read["feed_info.txt"] = 1
                publisher, url = (plain(cell(row)) for cell in cells)
                version = plain(of_version(row))
                licence = next((plain(cell(row)) for cell in stated if cell(row)), "")
                span = ", ".join(
                    f"{word} {date.fromordinal(day(cell(row), table, column))}"
                    for word, cell, column in (
                        ("from", begins, "feed_start_date"),
                        ("to", ends, "feed_end_date"),
                    )
                    if cell(row)
                )
                break
            columns.tell_unused(tally)
    names = ", ".join(agency.name for agency in list(agencies.values())[:3])
    names += ", …" if len(agencies) > 3 else ""
    licence = options.licence or licence
    if not licence:
        tally.add("licence_not_stated", publisher or names)
    title = options.title or f"Timetable of {names}"
    stem = ascii_words(archive.path.resolve().name).lower()
    name = re.sub(r"[^a-z0-9]+", "-", stem.removesuffix(".zip")).strip("-") or "gtfs"
    note = f"GTFS file {archive.path.resolve().name}"
    note += f", version {version}" if version else ""
    note += f", valid {span}" if span else ""
    source = Source(
        source_id=SOURCE_ID,
        title=f"GTFS feed of {publisher or names}",
        publisher=publisher or names,
        url=url or next((agency.url for agency in agencies.values() if agency.url), None),
        licence=licence or None,
        note=note,
    )
    info = FeedInfo(
        name=options.name or name,
        title=title,
        version=options.version or version or "1",
        description=f"Imported from {note}.",
        licence=licence,
    )
    return info, source

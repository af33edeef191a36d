"""Stops and stations, and the places of the corridor feed they become."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kervan.errors import FeedError
from kervan.feed.codes import countries
from kervan.feed.gtfs.files import Archive, Table
from kervan.feed.gtfs.naming import place_ids
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.values import Columns, known, new, number, plain, whole
from kervan.feed.gtfs.zones import checked_zone, country_of_zone
from kervan.feed.tables import Place

_UNLOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
_STATION = 1


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of ``stops.txt``."""

    stop_id: str
    name: str
    latitude: float | None
    longitude: float | None
    kind: int
    parent: str
    zone: str
    unlocode: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a stop's calls take place: its station's place, or its own."""

    stop_id: str
    """The stop or station the place is made from."""
    name: str
    latitude: float
    longitude: float
    zone: str
    unlocode: str


def read_stops(archive: Archive, options: Options, tally: Tally) -> dict[str, Stop]:
    """Return the stops by ``stop_id``.

    Raises
    ------
    FeedError
        If a row is not sound, or names a station that is not there.
    """
    found: dict[str, Stop] = {}
    lines: dict[str, int] = {}
    with archive.open("stops.txt") as table:
        columns = Columns(table)
        key, name = columns("stop_id", required=True), columns("stop_name")
        lat, lon = columns("stop_lat"), columns("stop_lon")
        kind, parent = columns("location_type"), columns("parent_station")
        zone = columns("stop_timezone")
        code_column = options.unlocode_column
        if code_column is not None and table.index(code_column) is None:
            raise FeedError(
                f"stops.txt has no column {code_column} for UN/LOCODEs; it has "
                f"{', '.join(table.columns)}."
            )
        code = columns(code_column or "")
        for row in table:
            stop_id = plain(key(row))
            new(stop_id, found, table, "stop_id")
            where = zone(row)
            if where:
                checked_zone(where, f"stops.txt, line {table.line}")
            latitude, longitude = _coordinates(lat(row), lon(row), table)
            found[stop_id] = Stop(
                stop_id,
                plain(name(row)),
                latitude,
                longitude,
                whole(kind(row), table, "location_type", blank=0, most=4),
                plain(parent(row)),
                where,
                code(row).replace(" ", "").upper() if code_column else "",
            )
            lines[stop_id] = table.line
        tally.rows_read["stops.txt"] = len(found)
        columns.tell_unused(tally)
        for stop in found.values():
            if stop.parent:
                table.line = lines[stop.stop_id]
                known(stop.parent, found, table, "parent_station", "stops.txt")
    return found


def _coordinates(lat: str, lon: str, table: Table) -> tuple[float | None, float | None]:
    latitude, longitude = number(lat, table, "stop_lat"), number(lon, table, "stop_lon")
    if latitude != latitude or longitude != longitude or latitude == longitude == 0:
        return None, None  # blank, or the zeros that stand for blank
    for value, most, column in ((latitude, 90, "stop_lat"), (longitude, 180, "stop_lon")):
        if abs(value) > most:
            raise table.problem(f"{column} is {value:g}; expected degrees from -{most} to {most}.")
    return latitude, longitude


def spots_of(stops: Mapping[str, Stop], agency_zone: str, tally: Tally) -> dict[str, Spot | None]:
    """Return the spot of every stop, None where it has no coordinates that can be used."""
    spots: dict[str, Spot | None] = {}
    for stop in stops.values():
        top = _top(stop, stops)
        at = top if top.latitude is not None else stop
        if at.latitude is None or at.longitude is None:
            tally.add("stops_without_coordinates", stop.stop_id)
            spots[stop.stop_id] = None
            continue
        spots[stop.stop_id] = Spot(
            top.stop_id,
            top.name or stop.name or top.stop_id,
            at.latitude,
            at.longitude,
            top.zone or stop.zone or agency_zone,
            top.unlocode or stop.unlocode,
        )
    return spots


def _top(stop: Stop, stops: Mapping[str, Stop]) -> Stop:
    # A boarding area has a platform above it, the platform a station; a ring of parents ends too.
    for _ in range(3):
        if not stop.parent or stop.kind == _STATION:
            break
        stop = stops[stop.parent]
    return stop


def places_of(
    used: Mapping[str, Spot],
    modes: Mapping[str, set[str]],
    agency_zone: str,
    options: Options,
    source_id: str,
    tally: Tally,
) -> dict[str, Place]:
    """Return the place of each spot in use, by the spot's ``stop_id``.

    Parameters
    ----------
    used
        Spots that calls take place at.
    modes
        Modes that call at each of them.
    agency_zone
        Time zone of the first agency.

    Raises
    ------
    FeedError
        If the country of a place can be told neither from its time zone nor from the options.
    """
    codes = _unlocodes(used, tally)
    country = {
        key: codes[key][:2] if key in codes else _country(spot, agency_zone, options, tally)
        for key, spot in used.items()
    }
    ids, told_apart = place_ids(
        {key: (country[key], spot.name) for key, spot in used.items() if key not in codes}
    )
    for key in told_apart:
        tally.add("places_distinguished", key)
    ids.update(codes)
    found = {}
    for key, spot in used.items():
        tally.add("place_types", ids[key])
        found[key] = Place(
            place_id=ids[key],
            name=spot.name,
            country=country[key],
            latitude_deg=spot.latitude,
            longitude_deg=spot.longitude,
            coordinates_basis="published",
            timezone=spot.zone,
            type=_type(modes[key]),
            source_id=source_id,
        )
    return found


def _type(modes: set[str]) -> str:
    for mode, kind in (("ferry", "seaport"), ("air", "airport"), ("rail", "rail_station")):
        if mode in modes:
            return kind
    return "city"


def _unlocodes(used: Mapping[str, Spot], tally: Tally) -> dict[str, str]:
    given: dict[str, str] = {}
    taken: set[str] = set()
    for key, spot in used.items():
        code = spot.unlocode
        if not code:
            continue
        if not _UNLOCODE.fullmatch(code) or code[:2] not in countries() or code in taken:
            tally.add("unlocodes_refused", f"{key}: {code}")
            continue
        taken.add(code)
        given[key] = code
    return given


def _country(spot: Spot, agency_zone: str, options: Options, tally: Tally) -> str:
    if options.country is not None and spot.zone == agency_zone:
        tally.add("countries_by_option", spot.stop_id)
        return options.country
    country = country_of_zone(spot.zone)
    if country is None:
        raise FeedError(
            f"stops.txt: the country of stop {spot.stop_id} cannot be told from its time zone "
            f"{spot.zone}; give the country, or a stop_timezone such as Asia/Almaty."
        )
    tally.add("countries_by_zone", spot.stop_id)
    return country

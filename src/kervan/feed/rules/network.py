"""Places, links and crossings: where they lie, how long they are, where cargo can change."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from kervan.feed.great_circle import great_circle_km
from kervan.feed.parse import Tables
from kervan.feed.rules.timetables import calls_by_service

_FAR_FROM_ZONE_KM = 6000.0
_SHORTER_THAN_THE_CROW = 0.97


def places(tables: Tables) -> None:
    """A place lies where its country and time zone are."""
    table = tables["places"]
    for line, row in table.sound("place_id", "country"):
        if row.place_id[:2] != row.country:
            table.warn(
                "place-of-another-country",
                line,
                "country",
                row.country,
                f"The key {row.place_id} begins with {row.place_id[:2]}, the country is "
                f"{row.country}.",
                "Correct the one that is wrong.",
            )
    for line, row in table.sound("country", "timezone"):
        zone = _zones().get(row.timezone)
        if zone is not None and row.country not in zone[2]:
            table.warn(
                "time-zone-of-another-country",
                line,
                "timezone",
                row.timezone,
                f"{row.timezone} is not kept in {row.country}.",
                "Use a time zone of the place's own country.",
            )
    for line, row in table.sound("latitude_deg", "longitude_deg", "timezone"):
        _coordinates(tables, line, row)


def _coordinates(tables: Tables, line: int, row: Any) -> None:
    lat, lon = row.latitude_deg, row.longitude_deg
    zone = _zones().get(row.timezone)
    far = 0.0 if zone is None else great_circle_km(lat, lon, zone[0], zone[1])
    exchanged = far
    if zone is not None and abs(lon) <= 90:
        exchanged = great_circle_km(lon, lat, zone[0], zone[1])
    if exchanged * 2 < far and far > 1000:
        tables["places"].warn(
            "coordinates-exchanged",
            line,
            "latitude_deg",
            lat,
            f"The place lies {far:.0f} km from {row.timezone}, and would lie {exchanged:.0f} km "
            "from it with latitude and longitude exchanged.",
            f"Write latitude {lon:g} and longitude {lat:g}.",
        )
    elif far > _FAR_FROM_ZONE_KM or (lat == 0 and lon == 0):
        tables["places"].warn(
            "coordinates-far-away",
            line,
            "latitude_deg",
            lat,
            f"The place lies at {lat:g} N, {lon:g} E, far from where {row.timezone} is kept.",
            "Check the coordinates and their signs.",
        )


@lru_cache(maxsize=1)
def _zones() -> Mapping[str, tuple[float, float, frozenset[str]]]:
    """Return latitude, longitude and countries of every time zone that has a principal place."""
    found: dict[str, tuple[float, float, frozenset[str]]] = {}
    for name in ("zone1970.tab", "zone.tab"):
        text = files("tzdata").joinpath("zoneinfo", name).read_text("utf-8")
        for line in text.splitlines():
            if line.startswith("#") or not line:
                continue
            countries, place, zone = line.split("\t")[:3]
            known = found[zone][2] if zone in found else frozenset()
            lat, lon = re.findall(r"[+-]\d+", place)
            found[zone] = (_degrees(lat), _degrees(lon), known | frozenset(countries.split(",")))
    return found


def _degrees(text: str) -> float:
    """Return ±DDMM, ±DDDMM or the same with seconds as degrees."""
    digits = text[1:]
    whole = len(digits) - (4 if len(digits) > 5 else 2)
    minutes = float(digits[whole : whole + 2]) + float(digits[whole + 2 :] or 0) / 60
    return (-1 if text[0] == "-" else 1) * (float(digits[:whole]) + minutes / 60)


def links(tables: Tables) -> None:
    """A link joins two places and is no shorter than the crow flies."""
    table, by_key = tables["links"], tables["places"].by_key()
    for line, row in table.sound("from_place_id", "to_place_id"):
        if row.from_place_id == row.to_place_id:
            table.problem(
                "link-to-itself",
                line,
                "to_place_id",
                row.to_place_id,
                "The link begins and ends at the same place.",
                "Correct one of its ends, or remove it.",
            )
    for line, row in table.sound("from_place_id", "to_place_id", "distance_km"):
        here, there = by_key.get(row.from_place_id), by_key.get(row.to_place_id)
        if here is None or there is None:
            continue
        ends = (here.latitude_deg, here.longitude_deg, there.latitude_deg, there.longitude_deg)
        if None in ends:
            continue
        crow = great_circle_km(*ends)
        if row.distance_km < _SHORTER_THAN_THE_CROW * crow:
            table.warn(
                "shorter-than-the-crow-flies",
                line,
                "distance_km",
                row.distance_km,
                f"The link is {row.distance_km:g} km long, its ends lie {crow:.0f} km apart.",
                "Correct the distance, or the coordinates of its ends.",
            )
    for line, row in table.sound("waypoints"):
        for point in (row.waypoints or "").split(";"):
            lon, lat = (float(part) for part in point.split()) if point else (0.0, 0.0)
            if abs(lat) > 90 or abs(lon) > 180:
                table.problem(
                    "waypoint-off-the-globe",
                    line,
                    "waypoints",
                    row.waypoints,
                    f"The waypoint '{point}' does not lie on the globe.",
                    "Write longitude first, then latitude, in degrees.",
                )
                break


def crossings(tables: Tables) -> None:
    """A border crossing lies over a link, and changes gauge where it says so."""
    table = tables["border_crossings"]
    ends = set()
    for _, link in tables["links"].sound("from_place_id", "to_place_id", "mode", "both_ways"):
        ends.add((link.from_place_id, link.to_place_id, link.mode))
        if link.both_ways:
            ends.add((link.to_place_id, link.from_place_id, link.mode))
    for line, row in table.sound("from_place_id", "to_place_id", "mode"):
        if row.from_place_id == row.to_place_id:
            table.problem(
                "link-to-itself",
                line,
                "to_place_id",
                row.to_place_id,
                "The crossing begins and ends at the same place.",
                "Give the place on either side of the border.",
            )
        elif (row.from_place_id, row.to_place_id, row.mode) not in ends:
            table.warn(
                "crossing-without-link",
                line,
                None,
                None,
                f"No {row.mode} link runs from {row.from_place_id} to {row.to_place_id}, so "
                "nothing passes the crossing.",
                "Add the link, or lay the crossing over the link that crosses the border.",
            )
    gauges = ("gauge_from_mm", "gauge_to_mm", "gauge_change_p50_hours")
    for line, row in table.sound(*gauges):
        known = row.gauge_from_mm is not None and row.gauge_to_mm is not None
        changes = known and row.gauge_from_mm != row.gauge_to_mm
        if changes and row.gauge_change_p50_hours is None:
            table.warn(
                "gauge-change-without-time",
                line,
                "gauge_change_p50_hours",
                None,
                f"The gauge changes from {row.gauge_from_mm} to {row.gauge_to_mm} mm in no time.",
                "Give gauge_change_p50_hours and gauge_change_p95_hours.",
            )
        elif row.gauge_change_p50_hours and not changes:
            table.warn(
                "gauge-change-without-gauges",
                line,
                "gauge_change_p50_hours",
                row.gauge_change_p50_hours,
                "A gauge change takes time, but the gauges before and after are "
                f"{'the same' if known else 'not both given'}.",
                "Give both gauges, or clear the time.",
            )


def changes(tables: Tables) -> None:
    """Where services meet and go on to different places, cargo can change between them."""
    table = tables["places"]
    wanted = _changes_wanted(tables)
    stated = {
        (row.place_id, row.from_mode, row.to_mode)
        for _, row in tables["transfers"].sound("place_id", "from_mode", "to_mode")
    }
    modes: dict[str, set[str]] = defaultdict(set)
    for _, terminal in tables["terminals"].sound("place_id", "modes"):
        modes[terminal.place_id].update(terminal.modes)
    for line, row in table.sound("place_id"):
        pairs = wanted.get(row.place_id, {})
        impossible = {
            pair: services
            for pair, services in pairs.items()
            if (row.place_id, *pair) not in stated and not set(pair) <= modes[row.place_id]
        }
        if not impossible:
            continue
        (here, there), (first, second) = next(iter(impossible.items()))
        how = "no terminal" if not modes[row.place_id] else f"no terminal for {here} and {there}"
        table.warn(
            "no-change-of-cargo",
            line,
            "place_id",
            row.place_id,
            f"Services meet here ({first} and {second}), but there is {how}: cargo cannot change.",
            "Add a row to terminals or transfers, if it can.",
        )


def _changes_wanted(tables: Tables) -> dict[str, dict[tuple[str, str], tuple[str, str]]]:
    """Return, for each place, the pairs of modes that services meet in, with one such pair."""
    services = {
        row.service_id: row
        for _, row in tables["services"].sound("service_id", "mode", "status")
        if row.status != "closed"
    }
    # Services that run alike come and go alike: one of them stands for all, as far as it can. Two
    # are kept, so that a service is never taken to meet itself alone.
    arriving: dict[str, dict[tuple[str, frozenset[str]], list[str]]] = defaultdict(dict)
    leaving: dict[str, dict[tuple[str, frozenset[str]], list[str]]] = defaultdict(dict)
    for service_id, calls in calls_by_service(tables).items():
        service = services.get(service_id)
        if service is None:
            continue
        way = [call.place_id for _, call in calls]
        for k, (_, call) in enumerate(calls):
            if k and call.can_discharge:
                alike = arriving[call.place_id].setdefault((service.mode, frozenset(way[:k])), [])
                alike[len(alike) :] = [service_id] if len(alike) < 2 else []
            if k + 1 < len(calls) and call.can_load:
                ahead = frozenset(way[k + 1 :])
                alike = leaving[call.place_id].setdefault((service.mode, ahead), [])
                alike[len(alike) :] = [service_id] if len(alike) < 2 else []
    wanted: dict[str, dict[tuple[str, str], tuple[str, str]]] = defaultdict(dict)
    for place, came in arriving.items():
        left = leaving.get(place, {})
        possible = len({mode for mode, _ in came}) * len({mode for mode, _ in left})
        for (mode, before), firsts in came.items():
            if len(wanted[place]) == possible:
                break
            for (other_mode, after), seconds in left.items():
                pair = (mode, other_mode)
                # The way back is no change: nobody sends cargo to a terminus and home again.
                if pair in wanted[place] or after <= before:
                    continue
                meeting = next(((a, b) for a in firsts for b in seconds if a != b), None)
                if meeting is not None:
                    wanted[place][pair] = meeting
    return wanted

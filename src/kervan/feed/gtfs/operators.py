"""Agencies and routes: who runs, what, and on which time zone's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kervan.errors import FeedError
from kervan.feed.gtfs.files import Archive
from kervan.feed.gtfs.modes import mode_of
from kervan.feed.gtfs.naming import identifiers
from kervan.feed.gtfs.options import Options
from kervan.feed.gtfs.report import Tally
from kervan.feed.gtfs.values import Columns, known, new, plain, whole
from kervan.feed.gtfs.zones import checked_zone
from kervan.feed.tables import Carrier

_TYPES = {"rail": "railway", "ferry": "ferry", "road": "road"}


@dataclass(frozen=True, slots=True)
class Agency:
    """A row of ``agency.txt``."""

    agency_id: str
    carrier_id: str
    name: str
    zone: str
    """Time zone its times are counted in."""
    url: str | None


@dataclass(frozen=True, slots=True)
class Route:
    """A row of ``routes.txt``."""

    route_id: str
    agency: Agency
    name: str
    mode: str | None
    """None where the mode was not asked for."""


def read_agencies(archive: Archive, options: Options, tally: Tally) -> dict[str, Agency]:
    """Return the agencies by ``agency_id``.

    Raises
    ------
    FeedError
        If there is none, or one has no name or no time zone that exists.
    """
    rows: dict[str, tuple[str, str, str | None]] = {}
    with archive.open("agency.txt") as table:
        columns = Columns(table)
        key, name = columns("agency_id"), columns("agency_name", required=True)
        zone, url = columns("agency_timezone"), columns("agency_url")
        for row in table:
            agency_id, named = plain(key(row)), plain(name(row))
            if not named:
                raise table.problem("agency_name is blank; name the agency.")
            if agency_id in rows:
                raise table.problem(
                    f"agency_id {agency_id!r} stands in an earlier row too; give each its own."
                )
            where = zone(row)
            if not where and options.timezone_default is None:
                raise table.problem(
                    "agency_timezone is blank, so its times cannot be told; fill it, or give a "
                    "default time zone."
                )
            if not where:
                where = options.timezone_default or ""
                tally.add("zones_defaulted", named)
            checked_zone(where, f"agency.txt, line {table.line}")
            rows[agency_id] = (named, where, plain(url(row)) or None)
        tally.rows_read["agency.txt"] = len(rows)
        columns.tell_unused(tally)
    if not rows:
        raise FeedError("agency.txt has no row; GTFS requires one.")
    zones = dict.fromkeys(where for _, where, _ in rows.values())
    if len(zones) > 1:
        for where in zones:
            tally.add("agency_zones_differ", where)
    carriers = identifiers(key or named for key, (named, _, _) in rows.items())
    found = {}
    for agency_id, (named, where, address) in rows.items():
        carrier_id = carriers[agency_id or named]
        if agency_id and carrier_id != agency_id:
            tally.add("names_in_ascii", agency_id)
        found[agency_id] = Agency(agency_id, carrier_id, named, where, address)
    return found


def read_routes(
    archive: Archive, agencies: dict[str, Agency], options: Options, tally: Tally
) -> dict[str, Route]:
    """Return the routes by ``route_id``, those of other modes too.

    Raises
    ------
    FeedError
        If a row is not sound or names an agency that is not there.
    """
    wanted = frozenset(options.modes)
    found: dict[str, Route] = {}
    with archive.open("routes.txt") as table:
        columns = Columns(table)
        key, kind = columns("route_id", required=True), columns("route_type", required=True)
        agency, short = columns("agency_id"), columns("route_short_name")
        long = columns("route_long_name")
        for row in table:
            route_id, agency_id = plain(key(row)), plain(agency(row))
            new(route_id, found, table, "route_id")
            if not agency_id and len(agencies) == 1:
                agency_id = next(iter(agencies))
            known(agency_id, agencies, table, "agency_id", "agency.txt")
            mode = mode_of(whole(kind(row), table, "route_type", most=1799), wanted)
            if mode is None:
                tally.add("routes_of_other_modes", route_id)
            words = dict.fromkeys(w for w in (plain(short(row)), plain(long(row))) if w)
            found[route_id] = Route(
                route_id, agencies[agency_id], " ".join(words) or route_id, mode
            )
        tally.rows_read["routes.txt"] = len(found)
        columns.tell_unused(tally)
    return found


def carriers_of(
    agencies: dict[str, Agency], routes: Iterable[Route], source_id: str
) -> tuple[Carrier, ...]:
    """Return every agency as a carrier."""
    modes: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        if route.mode is not None:
            modes[route.agency.agency_id].add(route.mode)
    return tuple(
        Carrier(
            carrier_id=agency.carrier_id,
            name=agency.name,
            type=_TYPES.get(next(iter(modes[key])), "operator")
            if len(modes[key]) == 1
            else "operator",
            url=agency.url,
            source_id=source_id,
        )
        for key, agency in agencies.items()
    )

"""Searches over an imported feed find what a connection scan of the GTFS files finds."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from kervan.errors import NoItineraryError
from kervan.feed import Feed, check_feed
from kervan.feed.gtfs import import_gtfs
from kervan.itinerary import earliest_arrival
from kervan.network import Network, compile_network
from kervan.network.clock import minute_of
from tests.feed.gtfs.connection_scan import connections, earliest_arrivals, rows

DATA = Path(__file__).parent / "data"


def _place_of_stop(folder: Path, feed: Feed) -> dict[str, str]:
    """Return the place of each station, told by its coordinates: no two are at one spot."""
    at = {(p.latitude_deg, p.longitude_deg): p.place_id for p in feed.places}
    return {
        s["stop_id"]: place
        for s in rows(folder, "stops")
        if not s.get("parent_station")
        and (place := at.get((float(s["stop_lat"]), float(s["stop_lon"])))) is not None
    }


def _compare(
    folder: Path, network: Network, stops: list[str], readies: list[datetime], change: int
) -> int:
    """Compare every pair of stops; return how many can be reached."""
    place = _place_of_stop(folder, network.feed)
    first = min(readies).date() - timedelta(days=4)
    scanned = connections(folder, first, max(readies).date() + timedelta(days=9))
    compared = 0
    for origin in stops:
        for ready in readies:
            expected = earliest_arrivals(scanned, origin, minute_of(ready), change)
            for destination in stops:
                if destination == origin:
                    continue
                try:
                    found = earliest_arrival(network, place[origin], place[destination], ready)
                except NoItineraryError:
                    assert destination not in expected, (origin, destination, ready)
                    continue
                assert found.arrival == expected.get(destination), (origin, destination, ready)
                compared += 1
    return compared


def test_googles_sample_feed_gives_the_arrivals_of_its_files() -> None:
    folder = DATA / "sample"
    feed, report = import_gtfs(folder, min_transfer_minutes=5)
    assert check_feed(feed).errors == 0
    assert report.rows_read == {
        "agency.txt": 1,
        "routes.txt": 5,
        "stops.txt": 10,
        "calendar.txt": 2,
        "calendar_dates.txt": 1,
        "trips.txt": 11,
        "frequencies.txt": 11,
        "stop_times.txt": 28,
        "transfers.txt": 2,
    }
    # 4 June 2007 is the day the feed takes away; 11 March 2007 the day clocks go forward.
    network = compile_network(feed, date(2007, 3, 1), date(2007, 6, 20))
    stops = ["BEATTY_AIRPORT_STATION", "BULLFROG", "FUR_CREEK_RES", "AMV"]
    readies = [
        datetime(2007, *day, hour, tzinfo=UTC)
        for day in ((3, 9), (3, 11), (6, 3), (6, 4))
        for hour in (0, 15, 18)
    ]
    assert _compare(folder, network, stops, readies, 5) == 12 * len(readies)


def test_a_change_at_bullfrog_can_be_missed() -> None:
    """The bus from the airport comes at 08:10 and the one to Furnace Creek goes at 08:20."""
    ready = datetime(2007, 5, 2, 12, tzinfo=UTC)
    arrivals = {}
    for minutes in (5, 20):
        feed, _ = import_gtfs(DATA / "sample", min_transfer_minutes=minutes)
        network = compile_network(feed, date(2007, 5, 1), date(2007, 5, 10))
        found = earliest_arrival(
            network, "US-NYE-COUNTY-AIRPORT-DEMO", "US-FURNACE-CREEK-RESORT-DEMO", ready
        )
        arrivals[minutes] = found.arrives_at
    # 09:20 in Los Angeles is 16:20 UTC in May.
    assert arrivals[5] == datetime(2007, 5, 2, 16, 20, tzinfo=UTC)
    assert arrivals[20] == arrivals[5] + timedelta(days=1)


def test_the_miyako_muroran_ferry_sails_as_published() -> None:
    folder = DATA / "ferry"
    feed, _ = import_gtfs(folder, licence="CC-BY-4.0")
    assert check_feed(feed).errors == 0
    assert {s.mode for s in feed.services} == {"ferry"}
    assert {p.type for p in feed.places} == {"seaport"}
    network = compile_network(feed, date(2018, 6, 22), date(2018, 7, 31))
    readies = [datetime(2018, 6, 30, hour, tzinfo=UTC) for hour in range(24)]
    assert _compare(folder, network, ["silver_muroran", "silver_miyako"], readies, 60) == 48
    # 20:00 in Muroran, 06:00 the next morning in Miyako: 21:00 UTC.
    found = earliest_arrival(network, "JP-SILVER-MURORAN", "JP-SILVER-MIYAKO", readies[0])
    assert found.arrives_at == datetime(2018, 6, 30, 21, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(4))
def test_random_timetables_over_a_change_of_clocks_give_the_arrivals_of_their_files(
    tmp_path: Path, seed: int
) -> None:
    stops = _random_feed(tmp_path, random.Random(seed))
    feed, _ = import_gtfs(tmp_path, min_transfer_minutes=12)
    assert check_feed(feed).errors == 0
    network = compile_network(feed, date(2026, 3, 16), date(2026, 4, 12))
    readies = [datetime(2026, 3, day, hour, tzinfo=UTC) for day in (27, 28, 30) for hour in (3, 20)]
    assert _compare(tmp_path, network, stops, readies, 12) > 100


def _random_feed(folder: Path, chance: random.Random) -> list[str]:
    """Write forty trips between eight stops of three zones, two of which change on 29 March."""
    stops = [f"s{k}" for k in range(8)]
    zones = ("Europe/Berlin", "Asia/Tbilisi", "Europe/Bucharest")
    text = "stop_id,stop_name,stop_lat,stop_lon,stop_timezone\n"
    for k, stop in enumerate(stops):
        text += f"{stop},Stop {k},{45 + k},{10 + k},{zones[k % 3]}\n"
    (folder / "stops.txt").write_text(text)
    (folder / "agency.txt").write_text(
        "agency_name,agency_url,agency_timezone\nA,https://example.org,Europe/Berlin\n"
    )
    (folder / "routes.txt").write_text("route_id,route_type\nr,2\n")
    calendar = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    calendar += "start_date,end_date\n"
    changes = "service_id,date,exception_type\n"
    for service in range(5):
        week = ",".join(str(int(chance.random() < 0.6)) for _ in range(7))
        calendar += f"c{service},{week},20260310,20260412\n"
        changes += f"c{service},20260328,{chance.choice((1, 2))}\n"
    (folder / "calendar.txt").write_text(calendar)
    (folder / "calendar_dates.txt").write_text(changes)
    trips, times = "route_id,service_id,trip_id\n", ""
    for number in range(40):
        trips += f"r,c{chance.randrange(5)},t{number}\n"
        minute = chance.randrange(0, 28 * 60)
        for k, stop in enumerate(chance.sample(stops, chance.randrange(2, 6))):
            leaves = minute + chance.randrange(0, 30)
            times += f"t{number},{_time(minute)},{_time(leaves)},{stop},{k}\n"
            minute = leaves + chance.randrange(30, 300)
    (folder / "trips.txt").write_text(trips)
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    (folder / "stop_times.txt").write_text(header + times)
    return stops


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"

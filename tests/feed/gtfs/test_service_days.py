"""Departures after import, in UTC, are what GTFS defines: noon less twelve hours, and the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from kervan.feed import check_feed
from kervan.feed.gtfs import import_gtfs
from kervan.network.clock import minute_of
from tests.feed.gtfs.clock import dated_runs, gtfs_moment

# Summer time north and south, by half an hour, none, and a zone that moved on 1 March 2024.
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Tbilisi",
    "Asia/Almaty",
    "Europe/Istanbul",
)
CHANGES = (
    date(2024, 2, 29),
    date(2024, 3, 10),
    date(2024, 3, 31),
    date(2024, 4, 7),
    date(2024, 10, 6),
    date(2024, 10, 27),
    date(2024, 11, 3),
)


@st.composite
def feeds(draw: st.DrawFn) -> tuple[str, list[str], list[tuple[int, int]], set[date]]:
    agency = draw(st.sampled_from(ZONES))
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=2, max_size=4))
    gaps = draw(
        st.lists(st.integers(0, 8 * 60), min_size=2 * len(zones) - 1, max_size=2 * len(zones) - 1)
    )
    moment = draw(st.integers(0, 30 * 60))
    times = []
    for k in range(len(zones)):
        arrival = moment if k == 0 else moment + gaps[2 * k - 1]
        moment = arrival + (0 if k == 0 else gaps[2 * k])
        times.append((arrival, moment))
    around = draw(st.sampled_from(CHANGES))
    days = draw(st.sets(st.integers(-4, 4), min_size=1, max_size=9))
    return agency, zones, times, {around + timedelta(days=d) for d in days}


def written(folder: Path, agency: str, zones: list[str], times: list[tuple[int, int]]) -> None:
    (folder / "agency.txt").write_text(
        f"agency_name,agency_url,agency_timezone\nA,https://example.org,{agency}\n"
    )
    (folder / "routes.txt").write_text("route_id,route_type\nr,2\n")
    (folder / "trips.txt").write_text("route_id,service_id,trip_id\nr,c,t\n")
    stops, calls = "stop_id,stop_name,stop_lat,stop_lon,stop_timezone\n", ""
    for k, (zone, (arrival, departure)) in enumerate(zip(zones, times, strict=True)):
        stops += f"s{k},S{k},{40 + k},{10 + k},{zone}\n"
        calls += f"t,{_clock(arrival)},{_clock(departure)},s{k},{k}\n"
    (folder / "stops.txt").write_text(stops)
    (folder / "stop_times.txt").write_text(
        f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n{calls}"
    )


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def _days(folder: Path, days: set[date], weekly: bool) -> None:
    """Write the days as exceptions alone, or as every day of the span less the others."""
    rows = [(day, 1) for day in sorted(days)]
    if weekly:
        first, last = min(days), max(days)
        (folder / "calendar.txt").write_text(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,"
            f"end_date\nc,1,1,1,1,1,1,1,{first:%Y%m%d},{last:%Y%m%d}\n"
        )
        span = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        rows = [(day, 2) for day in span if day not in days]
    (folder / "calendar_dates.txt").write_text(
        "service_id,date,exception_type\n" + "".join(f"c,{d:%Y%m%d},{t}\n" for d, t in rows)
    )


@settings(max_examples=150, deadline=None)
@given(feeds(), st.booleans())
@example(
    (
        "Asia/Tbilisi",
        ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Europe/Berlin"],
        [(0, 0), (120, 600), (600, 600), (600, 600)],
        {date(2024, 11, 3)},
    ),
    False,
)
def test_departures_in_utc_are_those_gtfs_defines(
    feed: tuple[str, list[str], list[tuple[int, int]], set[date]], weekly: bool
) -> None:
    agency, zones, times, days = feed
    with TemporaryDirectory() as name:
        written(Path(name), agency, zones, times)
        _days(Path(name), days, weekly)
        imported, report = import_gtfs(name, timezone_default=agency)
    assert check_feed(imported).errors == 0
    runs = dated_runs(imported, min(days), max(days) + timedelta(days=5))
    found = sorted(run for some in runs.values() for run in some)
    assert len(found) == len(days)
    # Sorted by departure, the runs stand in the order of their days: each is the same trip.
    repeated = 0
    for day, run in zip(sorted(days), sorted(found, key=lambda r: r[0][1]), strict=True):
        passed = False
        for k, ((arrival, departure), read) in enumerate(zip(times, run, strict=True)):
            again = False
            for at, minute, is_told in (
                (arrival, read[0], k > 0),
                (departure, read[1], k + 1 < len(times)),
            ):
                if not is_told:
                    continue
                true = gtfs_moment(day, at * 60, agency)
                if _second_pass(true, zones[k]):
                    # A clock time that comes twice can only be read as the first; where that is
                    # before what went before it, the first time after the hour is taken.
                    assert abs(minute_of(true) - minute) <= 60
                    again = passed = True
                elif passed:
                    # What follows within the hour may be pushed on with it, never back.
                    assert 0 <= minute - minute_of(true) <= 60
                else:
                    assert minute == minute_of(true)
            repeated += again
    assert report.counts.get("calls_in_repeated_hour", 0) == repeated


def _second_pass(moment: datetime, zone: str) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    return local.fold == 1


def test_a_day_of_twenty_three_hours_starts_before_midnight(tmp_path: Path) -> None:
    """Noon less twelve hours of 31 March 2024 is 23:00 of the day before in Berlin."""
    written(tmp_path, "Europe/Berlin", ["Europe/Berlin"] * 2, [(30, 30), (600, 600)])
    _days(tmp_path, {date(2024, 3, 31)}, weekly=False)
    feed, report = import_gtfs(tmp_path)
    first, last = feed.calls
    assert feed.calendars[0].valid_from == feed.calendars[0].valid_to == date(2024, 3, 30)
    assert (first.departure_day, first.departure_time_local) == (0, 23 * 60 + 30)
    assert (last.arrival_day, last.arrival_time_local) == (1, 10 * 60)
    assert report.counts["calendars_moved"] == 1
    assert gtfs_moment(date(2024, 3, 31), 1800, "Europe/Berlin") == datetime(
        2024, 3, 30, 22, 30, tzinfo=UTC
    )


def test_the_hour_almaty_repeated_is_known_though_the_service_day_began_in_it(
    tmp_path: Path,
) -> None:
    """Almaty turned back at 18:00 UTC on 29 February 2024; Kolkata's day began at 18:30."""
    zones, times = ["Asia/Almaty", "Asia/Kolkata"], [(10, 10), (300, 300)]
    written(tmp_path, "Asia/Kolkata", zones, times)
    _days(tmp_path, {date(2024, 3, 1)}, weekly=False)
    feed, report = import_gtfs(tmp_path)
    assert report.counts["calls_in_repeated_hour"] == 1
    # 18:40 UTC shows 23:40 for the second time.
    first = feed.calls[0]
    assert (first.departure_day, first.departure_time_local) == (0, 23 * 60 + 40)
    assert feed.calendars[0].valid_from == date(2024, 2, 29)

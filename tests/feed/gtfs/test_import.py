from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kervan.feed import Feed, check_feed, read_feed_tables, write_feed
from kervan.feed.gtfs import ImportReport, import_gtfs
from kervan.network import compile_network
from kervan.network.clock import minute_of
from tests.feed.gtfs.clock import calls_named, dated_runs, gtfs_moment, service_named
from tests.feed.gtfs.small import FILES, write_folder, write_zip

Imported = tuple[Feed, ImportReport]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    folder = write_folder(tmp_path_factory.mktemp("gtfs") / "small")
    return import_gtfs(folder, unlocode_column="locode", min_transfer_minutes=30)


def test_the_feed_that_comes_out_has_no_error_and_compiles(small: Imported) -> None:
    report = check_feed(small[0])
    assert (report.errors, report.warnings, report.problems) == (0, 0, ())
    network = compile_network(small[0], date(2026, 3, 1), date(2026, 4, 30))
    assert network.warnings == ()
    assert network.departure_count > 100


def test_the_feed_survives_writing_and_reading(small: Imported, tmp_path: Path) -> None:
    assert read_feed_tables(write_feed(small[0], tmp_path / "feed")) == small[0]


def test_a_zip_gives_the_same_rows_as_the_folder(small: Imported, tmp_path: Path) -> None:
    packed = write_zip(tmp_path / "small.zip", {f"inner/{n}": t for n, t in FILES.items()})
    feed, report = import_gtfs(packed, unlocode_column="locode", min_transfer_minutes=30)
    assert (feed.services, feed.calls, feed.places) == (
        small[0].services,
        small[0].calls,
        small[0].places,
    )
    assert report == small[1]


def test_platforms_become_their_station_and_locodes_its_key(small: Imported) -> None:
    places = {place.name: place for place in small[0].places}
    assert {p.place_id for p in small[0].places} == {
        "DEBER",
        "DEFRA",
        "DE-MUNCHEN",
        "FI-HELSINKI",
        "GE-TBILISI",
    }
    assert places["Tbilisi"].timezone == "Asia/Tbilisi"
    assert places["Frankfurt"].timezone == "Europe/Berlin"
    assert places["Helsinki"].type == "seaport"
    counts = small[1].counts
    assert counts["stops_merged"] == 2
    assert counts["stops_unused"] == 1
    assert counts["platforms_merged"] == 1
    assert counts["unlocodes_refused"] == 1


def test_a_trip_past_midnight_keeps_its_hours_and_counts_its_days(small: Imported) -> None:
    calls = calls_named(small[0], "night")
    assert [(c.place_id, c.arrival_day, c.arrival_time_local) for c in calls] == [
        ("DEBER", None, None),
        ("DEFRA", 1, 2 * 60 + 30),
        ("DE-MUNCHEN", 1, 6 * 60 + 10),
    ]
    assert (calls[0].departure_day, calls[0].departure_time_local) == (0, 22 * 60 + 45)


def test_a_trip_that_starts_after_midnight_moves_its_calendar(small: Imported) -> None:
    service = service_named(small[0], "single")
    assert calls_named(small[0], "single")[0].departure_day == 0
    assert (service.valid_from, service.valid_to) == (date(2026, 4, 11), date(2026, 4, 15))
    assert small[1].counts["calendars_moved"] >= 1
    runs = dated_runs(small[0], date(2026, 4, 1), date(2026, 4, 30))["single"]
    assert [run[0][1] for run in runs] == [
        minute_of(gtfs_moment(date(2026, 4, day), 25 * 3600 + 900, "Europe/Berlin"))
        for day in (10, 14)
    ]


def test_a_calendar_of_exceptions_alone_runs_on_those_days_only(small: Imported) -> None:
    runs = dated_runs(small[0], date(2026, 1, 1), date(2026, 12, 31))
    assert len(runs["single"]) == 2
    assert len(runs["day"]) == 275 - 1  # March to November, but 1 May


def test_seconds_never_promise_early_nor_miss_a_departure(small: Imported) -> None:
    middle = calls_named(small[0], "day")[1]
    assert middle.arrival_time_local == 12 * 60
    assert middle.departure_time_local == 12 * 60 + 5
    assert (middle.can_load, middle.can_discharge) == (True, False)
    assert small[1].counts["arrivals_rounded_up"] == 1
    assert small[1].counts["departures_rounded_down"] == 1


def test_the_night_the_clocks_change_is_a_service_of_its_own(small: Imported) -> None:
    """On 29 March 2026, 02:00 to 03:00 is skipped in Berlin; the train still takes as long."""
    runs = dated_runs(small[0], date(2026, 3, 1), date(2026, 11, 30))
    nights = [k for k in runs if k == "night" or k.startswith("night-")]
    assert len(nights) == 3  # ordinary, spring, autumn
    assert small[1].counts["trips_split_by_clock"] >= 1
    found = sorted(run for name in nights for run in runs[name])
    spring = next(
        run for run in found if run[0][1] == minute_of(datetime(2026, 3, 28, 21, 45, tzinfo=UTC))
    )
    # 26:30 on 28 March is 03:30 summer time on 29 March, which is 01:30 UTC.
    assert spring[1][0] == minute_of(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


def test_a_repeated_hour_is_counted_and_never_runs_back(tmp_path: Path) -> None:
    """On 25 October 2026 the train leaves at 02:50 and arrives at 02:20, half an hour later."""
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "night,25:00:00,25:00:00,ber1,1\n"
        "night,26:50:00,26:50:00,fra,2\n"
        "night,27:20:00,27:25:00,muc,3\n"
        "night,30:00:00,30:00:00,ber2,4\n"
    )
    feed, report = import_gtfs(
        write_folder(tmp_path / "g", stop_times=times, frequencies=None, transfers=None)
    )
    assert report.counts["calls_in_repeated_hour"] == 1
    assert check_feed(feed).errors == 0
    runs = dated_runs(feed, date(2026, 10, 1), date(2026, 10, 31))
    for name, found in runs.items():
        for run in found:
            moments = [m for pair in run for m in pair]
            assert moments[1:] == sorted(moments[1:]), name
    last = max(
        (
            run
            for found in runs.values()
            for run in found
            if run[0][1] < minute_of(datetime(2026, 10, 25, 12, tzinfo=UTC))
        ),
        key=lambda run: run[0][1],
    )
    at = [datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 50, tzinfo=UTC)]
    # Read as 02:50 again, half an hour early: the clock time cannot say which 02:20 is meant.
    assert [last[1][1], last[2][0]] == [minute_of(moment) for moment in at]
    assert last[3][0] == minute_of(datetime(2026, 10, 25, 4, 0, tzinfo=UTC))


def test_a_train_over_two_zones_keeps_each_clock(small: Imported) -> None:
    runs = dated_runs(small[0], date(2026, 3, 1), date(2026, 11, 30))
    zones = sorted(r for name, found in runs.items() if name.startswith("zones") for r in found)
    days = [
        day
        for k in range(275)
        if (day := date.fromordinal(date(2026, 3, 1).toordinal() + k)).weekday() >= 5
    ]
    assert [(run[0][1], run[1][0]) for run in zones] == [
        (
            minute_of(gtfs_moment(day, 20 * 3600, "Europe/Berlin")),
            minute_of(gtfs_moment(day, 50 * 3600, "Europe/Berlin")),
        )
        for day in days
    ]
    # 02:00 on the third day in Berlin is 05:00 in Tbilisi in winter and 04:00 in summer.
    arrivals = {c.arrival_time_local for c in small[0].calls if c.place_id == "GE-TBILISI"}
    assert {5 * 60, 4 * 60} <= arrivals


def test_exact_frequencies_are_written_out_and_the_others_stay_frequencies(
    small: Imported,
) -> None:
    feed, report = small
    runs = dated_runs(feed, date(2026, 4, 10), date(2026, 4, 10))
    starts = sorted(
        run[0][1] % 1440
        for name, found in runs.items()
        if name.startswith("exact")
        for run in found
        if run[0][1] // 1440 == date(2026, 4, 10).toordinal() - date(1970, 1, 1).toordinal()
    )
    # 06:00 and 07:00 of Berlin's summer time; the end of the window is no departure.
    assert starts == [4 * 60, 5 * 60]
    assert report.counts["trips_expanded"] == 2
    headway = service_named(feed, "headway")
    assert headway.pattern == "frequency"
    assert headway.is_estimate
    assert headway.frequency_as_published == "every 30 min 06:00-10:00; every 60 min 10:00-12:00"
    assert headway.departures_per_week == pytest.approx(10 * 274 / (275 / 7), abs=0.001)
    calls = calls_named(feed, "headway")
    assert [c.run_p50_hours for c in calls] == [None, 0.5, 1.0]
    assert calls[1].dwell_p50_hours == pytest.approx(10 / 60, abs=1e-4)


def test_transfers_within_a_place_are_kept_and_the_others_counted(small: Imported) -> None:
    feed, report = small
    assert {(t.place_id, t.dwell_p50_hours) for t in feed.transfers} == {("DEBER", 0.3333)}
    assert {(t.from_mode, t.to_mode) for t in feed.transfers} == {
        (here, there) for here in ("ferry", "rail") for there in ("ferry", "rail")
    }
    for code in (
        "transfers_between_places",
        "transfers_without_time",
        "transfers_forbidden",
        "transfers_unused",
    ):
        assert report.counts[code] == 1, code
    assert {t.dwell_p50_hours for t in feed.terminals} == {0.5}
    assert all(t.is_estimate for t in feed.terminals)


def test_every_row_read_is_written_or_counted_as_lost(small: Imported) -> None:
    feed, report = small
    counts = report.counts
    assert counts["routes_of_other_modes"] == 1
    assert counts["trips_of_other_modes"] == 1
    trips = {s.service_id.rsplit("-", 1)[0] for s in feed.services}
    assert report.rows_read["trips.txt"] == len(trips) + counts["trips_of_other_modes"]
    assert report.rows_read["stop_times.txt"] == FILES["stop_times.txt"].count("\n") - 1


def test_the_source_names_publisher_version_and_licence(small: Imported) -> None:
    (source,) = small[0].sources
    assert (source.publisher, source.licence) == ("The publisher", "CC-BY-4.0")
    assert small[0].info.version == "2026a"
    assert "licence_not_stated" not in small[1].counts


def test_distances_come_from_the_feed_where_it_states_them(tmp_path: Path) -> None:
    """Metres are told from kilometres by the places; a length that cannot be is not used."""
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled\n"
        "day,08:00:00,08:00:00,ber1,1,0\n"
        "day,12:00:00,12:00:00,fra,2,520000\n"
        "day,15:00:00,15:00:00,muc,3,920000\n"
        "night,20:00:00,20:00:00,muc,1,0\n"
        "night,30:00:00,30:00:00,ber1,2,1000\n"
    )
    feed, report = import_gtfs(
        write_folder(tmp_path / "g", stop_times=times, frequencies=None, transfers=None)
    )
    lengths = {(k.from_place_id, k.to_place_id): k for k in feed.links}
    assert lengths["DE-BERLIN", "DE-FRANKFURT"].distance_km == 520
    assert lengths["DE-FRANKFURT", "DE-MUNCHEN"].distance_km == 400
    assert not lengths["DE-BERLIN", "DE-FRANKFURT"].is_estimate
    assert lengths["DE-MUNCHEN", "DE-BERLIN"].is_estimate
    assert report.counts["shape_lengths_implausible"] == 1
    assert report.counts["links_by_stated_distance"] == 2
    assert report.counts["links_by_great_circle"] == 1


def test_distances_are_measured_along_shapes(tmp_path: Path) -> None:
    """Two legs of one degree of latitude, 111.19 km each, by way of a corner."""
    files = {
        "stops": "stop_id,stop_name,stop_lat,stop_lon\na,A,50,10\nb,B,51,11\n",
        "trips": "route_id,service_id,trip_id,shape_id\nnight,daily,t,s\n",
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t,08:00:00,08:00:00,a,1\nt,12:00:00,12:00:00,b,2\n",
        "shapes": "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
        "s,51,11,9\ns,50,10,1\ns,51,10,5\n",
        "frequencies": None,
        "transfers": None,
    }
    feed, report = import_gtfs(write_folder(tmp_path / "g", **files))
    (link,) = feed.links
    assert link.distance_km == pytest.approx(111.19 + 111.19 * 0.6293, rel=0.002)
    assert link.is_estimate
    assert link.estimate_basis == "measured along shapes.txt"
    assert report.counts["shapes_not_drawn"] == 1


def test_times_that_are_not_given_are_interpolated_and_marked(tmp_path: Path) -> None:
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,timepoint\n"
        "day,08:00:00,08:00:00,ber1,1,1\n"
        "day,,,fra,2,0\n"
        "day,15:00:00,15:00:00,muc,3,0\n"
    )
    feed, report = import_gtfs(
        write_folder(tmp_path / "g", stop_times=times, frequencies=None, transfers=None)
    )
    middle, last = calls_named(feed, "day")[1:]
    assert 8 * 60 < (middle.arrival_time_local or 0) < 15 * 60
    assert middle.is_estimate
    assert "interpolated" in (middle.estimate_basis or "")
    assert "timepoint" in (last.estimate_basis or "")
    assert report.counts["times_interpolated"] == 1
    assert report.counts["times_approximate"] == 1
    assert report.counts["trips_without_stop_times"] == 6


def test_trips_alike_but_for_their_days_become_one_service(tmp_path: Path) -> None:
    files = {
        "calendar": FILES["calendar.txt"] + "week,1,1,1,1,1,0,0,20260301,20261130\n",
        "trips": "route_id,service_id,trip_id\nnight,week,w\nnight,weekend,e\nnight,daily,d\n",
        "stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        + "".join(
            f"{trip},08:00:00,08:00:00,ber1,1\n{trip},12:00:00,12:00:00,fra,2\n" for trip in "wed"
        ),
        "frequencies": None,
        "transfers": None,
    }
    feed, report = import_gtfs(write_folder(tmp_path / "g", **files))
    assert [s.service_id for s in feed.services] == ["w"]
    assert report.counts["trips_joined"] == 1
    assert report.counts["identical_trips"] == 1
    assert len(feed.calendars) == 1
    assert feed.calendar_exceptions == ()


def test_days_and_trips_not_asked_for_are_counted(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "g")
    feed, report = import_gtfs(
        folder, first_day=date(2026, 6, 1), last_day=date(2026, 6, 7), max_trips=1
    )
    assert {s.service_id for s in feed.services} == {"day"}
    assert (feed.calendars[0].valid_from, feed.calendars[0].valid_to) == (
        date(2026, 6, 1),
        date(2026, 6, 7),
    )
    # All but a week of daily, all but a weekend of weekend, and both days of single.
    assert report.counts["days_not_asked_for"] == (275 - 7) + (79 - 2) + 2
    assert report.counts["trips_without_days"] == 1
    assert report.counts["trips_over_limit"] == 5
    assert report.counts["routes_unused"] == 1
    assert report.counts["calendars_unused"] == 2


def test_the_country_can_be_said_for_the_agencys_zone(tmp_path: Path) -> None:
    feed, report = import_gtfs(write_folder(tmp_path / "g"), country="AT")
    assert {p.country for p in feed.places} == {"AT", "FI", "GE"}
    assert report.counts["countries_by_option"] == 3
    assert report.counts["countries_by_zone"] == 2

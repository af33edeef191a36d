"""Whatever is wrong with a GTFS feed is told in a sentence that names file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kervan.errors import FeedError
from kervan.feed import check_feed
from kervan.feed.gtfs import import_gtfs
from tests.feed.gtfs.small import FILES, write_folder, write_zip


def changed(stem: str, old: str, new: str) -> dict[str, str | None]:
    text = FILES[f"{stem}.txt"]
    assert old in text
    return {stem: text.replace(old, new, 1)}


WRONG: dict[str, tuple[dict[str, str | None], str]] = {
    "no stop times": ({"stop_times": None}, "has no stop_times.txt"),
    "no agency": ({"agency": None}, "has no agency.txt"),
    "no calendar at all": (
        {"calendar": None, "calendar_dates": None},
        "neither calendar.txt nor calendar_dates.txt",
    ),
    "an empty file": ({"trips": ""}, "trips.txt has no column trip_id"),
    "no agency row": (
        {"agency": "agency_id,agency_name,agency_url,agency_timezone\n"},
        "agency.txt has no row",
    ),
    "a column twice": (
        changed("trips", "route_id,service_id", "route_id,trip_id"),
        "trips.txt has the column trip_id twice",
    ),
    "an unknown zone": (
        changed("agency", "Europe/Berlin", "Europe/Atlantis"),
        "agency.txt, line 2: 'Europe/Atlantis' is not a time zone",
    ),
    "a zone that climbs out": (
        changed("agency", "Europe/Berlin", "../../etc/passwd"),
        "agency.txt, line 2: '../../etc/passwd' is not a time zone",
    ),
    "a blank zone": (changed("agency", "Europe/Berlin", ""), "agency.txt, line 2: agency_timezone"),
    "a trip of no route": (
        changed("trips", "night,daily,day", "gone,daily,day"),
        "trips.txt, line 2: route_id 'gone' is not in routes.txt",
    ),
    "a trip of no calendar": (
        changed("trips", "night,daily,day", "night,gone,day"),
        "trips.txt, line 2: service_id 'gone' is not in calendar.txt",
    ),
    "a stop time of no trip": (
        changed("stop_times", "day,,08", "gone,,08"),
        "stop_times.txt, line 2: trip_id 'gone' is not in trips.txt",
    ),
    "a stop time of no stop": (
        changed("stop_times", "08:00:00,ber1", "08:00:00,gone"),
        "stop_times.txt, line 2: stop_id 'gone' is not in stops.txt",
    ),
    "a station that is not there": (
        changed("stops", "0,ber,,", "0,gone,,"),
        "stops.txt, line 3: parent_station 'gone' is not in stops.txt",
    ),
    "a route of no agency": (
        changed("routes", "night,DE", "night,XX"),
        "routes.txt, line 2: agency_id 'XX' is not in agency.txt",
    ),
    "a frequency of no trip": (
        changed("frequencies", "exact,", "gone,"),
        "frequencies.txt, line 2: trip_id 'gone'",
    ),
    "a transfer of no stop": (
        changed("transfers", "ber1,", "gone,"),
        "transfers.txt, line 2: from_stop_id 'gone'",
    ),
    "minutes past sixty": (
        changed("stop_times", "08:00:00", "08:75:00"),
        "stop_times.txt, line 2: departure_time is '08:75:00', not a time",
    ),
    "a time in words": (
        changed("stop_times", "11:59:30", "noon"),
        "stop_times.txt, line 3: arrival_time is 'noon'",
    ),
    "a negative time": (
        changed("stop_times", "08:00:00", "-08:00:00"),
        "stop_times.txt, line 2: departure_time is '-08:00:00'",
    ),
    "a sequence in words": (
        changed("stop_times", "ber1,1", "ber1,first"),
        "stop_times.txt, line 2: stop_sequence is 'first'",
    ),
    "a sequence twice": (
        changed("stop_times", "fra,2", "fra,1"),
        "stop_times.txt, line 3: stop_sequence 1 stands twice",
    ),
    "the 30th of February": (
        changed("calendar", "20260301", "20260230"),
        "calendar.txt, line 2: start_date is '20260230', not a day",
    ),
    "a calendar that ends before it starts": (
        changed("calendar", "20260301", "20270301"),
        "calendar.txt, line 2: end_date is before start_date",
    ),
    "a calendar for ever": (
        changed("calendar", "20261130", "99991231"),
        "calendar.txt, line 2: the calendar runs for more than 50 years",
    ),
    "an exception of no kind": (
        changed("calendar_dates", "20260501,2", "20260501,3"),
        "calendar_dates.txt, line 2: exception_type is '3'",
    ),
    "a day in the year 9999": (
        changed("calendar_dates", "20260414", "99991231"),
        "A calendar ends in the year 9999",
    ),
    "a headway of none": (
        changed("frequencies", "3600", "0"),
        "frequencies.txt, line 2: headway_secs is 0",
    ),
    "a latitude off the globe": (
        changed("stops", "52.525", "152.525"),
        "stops.txt, line 2: stop_lat is 152.525",
    ),
    "a longitude in words": (
        changed("stops", "13.369", "east"),
        "stops.txt, line 2: stop_lon is 'east'",
    ),
    "a trip twice": (
        changed("trips", "daily,night,", "daily,day,"),
        "trips.txt, line 3: trip_id 'day' stands in an earlier row too",
    ),
    "a route type in words": (
        changed("routes", "Night train,2", "Night train,rail"),
        "routes.txt, line 2: route_type is 'rail'",
    ),
    "too many values": (
        changed("trips", "night,daily,day,101", "night,daily,day,101,,,,"),
        "trips.txt, line 2: ",
    ),
    "nothing of the modes": (
        {"routes": FILES["routes.txt"].replace(",2\n", ",0\n").replace(",4\n", ",0\n")},
        "has no trip to import with the modes rail, ferry, road",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_feed_is_told_with_file_and_line(tmp_path: Path, case: str) -> None:
    files, message = WRONG[case]
    if case == "too many values":
        files = {"trips": (files["trips"] or "").replace("101,,,,", "101,,,,x")}
    with pytest.raises(FeedError) as error:
        import_gtfs(write_folder(tmp_path / "g", **files))
    assert message in str(error.value)


def test_a_zip_whose_paths_climb_out_is_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"../{name}": text for name, text in FILES.items()}
    with pytest.raises(FeedError, match="leads out of the zip"):
        import_gtfs(write_zip(tmp_path / "evil.zip", files))
    with pytest.raises(FeedError, match="leads out of the zip"):
        import_gtfs(write_zip(tmp_path / "rooted.zip", {"/etc/stops.txt": "x"}))


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(FeedError, match="not a zip that can be read"):
        import_gtfs(path)
    with pytest.raises(FeedError, match="does not exist"):
        import_gtfs(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FeedError, match=r"holds no \.txt file"):
        import_gtfs(tmp_path / "empty")


def test_two_feeds_in_one_zip_are_refused(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"{folder}/{name}": text for folder in "ab" for name, text in FILES.items()
    }
    with pytest.raises(FeedError, match=r"holds 2 GTFS feeds \(a, b\)"):
        import_gtfs(write_zip(tmp_path / "two.zip", files))


def test_a_wrong_encoding_names_the_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "g")
    (folder / "stops.txt").write_bytes(FILES["stops.txt"].encode("latin-1"))
    with pytest.raises(FeedError, match=r"stops\.txt is not UTF-8 text after line"):
        import_gtfs(folder)


def test_utf_16_names_the_file(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "g")
    (folder / "stops.txt").write_bytes(FILES["stops.txt"].encode("utf-16"))
    with pytest.raises(FeedError, match=r"stops\.txt is not UTF-8"):
        import_gtfs(folder)


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    plain, _ = import_gtfs(write_folder(tmp_path / "g"))
    other = write_folder(tmp_path / "h")
    for name, text in FILES.items():
        (other / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert import_gtfs(other)[0].calls == plain.calls


def test_a_damaged_member_names_the_file(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "feed.zip", dict(FILES))
    content = bytearray(path.read_bytes())
    at = content.index(b"trip_id,arrival_time")
    content[at : at + 4] = b"\0\0\0\0"
    path.write_bytes(content)
    with pytest.raises(FeedError, match=r"stop_times\.txt cannot be read"):
        import_gtfs(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modes": ("boat",)}, "'boat' is no mode"),
        ({"modes": ()}, "is no mode"),
        ({"country": "ZZ"}, "'ZZ' is no country"),
        ({"timezone_default": "Mars/Base"}, "'Mars/Base' is not a time zone"),
        ({"unlocode_column": "nowhere"}, "stops.txt has no column nowhere"),
        ({"min_transfer_minutes": float("nan")}, "cannot be"),
        ({"min_transfer_minutes": -1.0}, "cannot be"),
        ({"max_trips": 0}, "0 trips"),
    ],
)
def test_a_wrong_option_is_told(tmp_path: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(FeedError) as error:
        import_gtfs(write_folder(tmp_path / "g"), **options)  # type: ignore[arg-type]
    assert message in str(error.value)


def test_trips_that_cannot_run_are_left_out_and_counted(tmp_path: Path) -> None:
    times = FILES["stop_times.txt"].replace("26:30:00,26:40:00", "26:30:00,26:20:00")
    times = times.replace("20:00:00,20:00:00,ber1", ",,ber1").replace(
        "29:00:00,ber2", "29:00:00,fra"
    )
    _, report = import_gtfs(write_folder(tmp_path / "g", stop_times=times))
    assert report.counts["trips_back_in_time"] == 1
    assert report.counts["trips_without_end_times"] == 2
    assert report.counts["trips_with_one_call"] == 1


def test_stops_without_coordinates_and_zones_on_demand_are_counted(tmp_path: Path) -> None:
    stops = FILES["stops.txt"].replace("50.107,8.663", ",").replace("48.140,11.558", "0,0")
    times = FILES["stop_times.txt"].replace("drop_off_type\n", "drop_off_type,location_id\n")
    times = "\n".join(
        line if k == 0 or not line else f"{line}," for k, line in enumerate(times.split("\n"))
    )
    times = times.replace("50:00:00,tbs,2,,,", "50:00:00,,2,,,area")
    _, report = import_gtfs(write_folder(tmp_path / "g", stops=stops, stop_times=times))
    assert report.counts["stops_without_coordinates"] == 2
    assert report.counts["trips_on_demand"] == 1
    assert report.counts["trips_with_one_call"] == 3
    assert report.counts["calls_without_coordinates"] >= 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_cell_may_hold_anything_and_gives_a_sound_feed_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    lines = FILES[name].strip("\n").split("\n")
    row = data.draw(st.integers(0, len(lines) - 1))
    cells = lines[row].split(",")
    cell = data.draw(st.integers(0, len(cells) - 1))
    odd = st.text(max_size=12) | st.sampled_from(
        ["", "0", "-1", "1e400", "nan", "99999999999999", "00000000", "999:59:59", '"', "²", "\0"]
    )
    cells[cell] = data.draw(odd.filter(lambda text: text.isprintable() or text == "\0"))
    lines[row] = ",".join(cells)
    folder = write_folder(tmp_path_factory.mktemp("g"), **{name[:-4]: "\n".join(lines) + "\n"})
    sentence = "."
    try:
        feed, _ = import_gtfs(folder, unlocode_column="locode")
    except FeedError as error:
        sentence = str(error)
    else:
        report = check_feed(feed)
        assert report.errors == 0, report.problems
    assert sentence.endswith(".")

"""Each rule tells exactly of the fault it is for, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kervan.feed import check_feed
from tests.feed.small import Tables, save, small

Spoil = Callable[[Tables], None]
Found = tuple[str, str, int | None, str | None]


def put(table: str, row: int, **cells: str) -> Spoil:
    """Return a change of some cells of a row, counted from 0."""

    def spoil(tables: Tables) -> None:
        tables[table][row].update(cells)

    return spoil


def add(table: str, like: int, **cells: str) -> Spoil:
    """Return a change that adds a row like another."""

    def spoil(tables: Tables) -> None:
        tables[table].append({**tables[table][like], **cells})

    return spoil


def drop(table: str, *rows: int) -> Spoil:
    """Return a change that removes rows."""

    def spoil(tables: Tables) -> None:
        tables[table] = [row for k, row in enumerate(tables[table]) if k not in rows]

    return spoil


def all_of(*spoils: Spoil) -> Spoil:
    def spoil(tables: Tables) -> None:
        for each in spoils:
            each(tables)

    return spoil


def found(tables: Tables, folder: Path, severity: str) -> set[Found]:
    report = check_feed(save(tables, folder))
    return {
        (problem.rule, problem.table, problem.row, problem.column)
        for problem in report.problems
        if problem.severity == severity
    }


def test_a_sound_feed_has_no_problems(tmp_path: Path) -> None:
    assert check_feed(save(small(), tmp_path)).problems == ()


NOT_ON_MONDAYS = {"valid_from": "2026-01-06", "valid_to": "2026-01-08"}

ERRORS: list[tuple[str, Spoil, set[Found]]] = [
    (
        "a key given twice, whose first row is named",
        add("carriers", 0),
        {("duplicate-key", "carriers", 4, "carrier_id")},
    ),
    (
        "a key of several columns given twice",
        add("exchange_rates", 0),
        {("duplicate-key", "exchange_rates", 3, "rate_date")},
    ),
    (
        "a reference to nothing",
        put("links", 1, source_id="S"),
        {("dangling-reference", "links", 3, "source_id")},
    ),
    (
        "a closure of nothing",
        put("closures", 0, subject_id="train"),
        {("dangling-reference", "closures", 2, "subject_id")},
    ),
    (
        "a tariff from a place there is not",
        put("tariff_items", 0, origin="KZALM"),
        {("dangling-reference", "tariff_items", 2, "origin")},
    ),
    (
        "a tariff to a country there is not",
        put("tariff_items", 0, destination="XQ"),
        {("unknown-country", "tariff_items", 2, "destination")},
    ),
    (
        "demand to a country there is not",
        put("demand", 0, destination="XQ"),
        {("unknown-country", "demand", 2, "destination")},
    ),
    (
        "a validity that ends before it begins",
        put("terminals", 0, valid_from="2026-02-01", valid_to="2026-01-31"),
        {("range-reversed", "terminals", 2, "valid_to")},
    ),
    (
        "a period that ends before it begins",
        put("demand", 0, period_to="2024-12-31"),
        {("range-reversed", "demand", 2, "period_to")},
    ),
    (
        "a figure whose high is below its low",
        put("published_figures", 0, high="4"),
        {("range-reversed", "published_figures", 2, "high")},
    ),
    (
        "a weight that is never",
        put("tariff_items", 0, weight_from_kg="10", weight_to_kg="10"),
        {("range-reversed", "tariff_items", 2, "weight_to_kg")},
    ),
    (
        "a calendar without weekdays and days added",
        all_of(put("calendars", 0, monday="false"), drop("calendar_exceptions", 0)),
        {("calendar-without-days", "calendars", 2, "calendar_id")},
    ),
    (
        "a calendar whose weekdays never fall within its validity",
        all_of(put("calendars", 0, **NOT_ON_MONDAYS), drop("calendar_exceptions", 0)),
        {("calendar-without-days", "calendars", 2, "calendar_id")},
    ),
    (
        "a service outside the validity of its calendar",
        put("services", 0, valid_from="2027-01-01", valid_to="2027-12-31"),
        {("never-runs", "services", 2, "calendar_id")},
    ),
    (
        "a service so short that none of its days comes",
        put("services", 0, **NOT_ON_MONDAYS),
        {("never-runs", "services", 2, "calendar_id")},
    ),
    (
        "an instrument that lapsed before its service began",
        put("instruments", 0, valid_from="2020-01-01", valid_to="2021-01-01"),
        {("instrument-not-in-force", "services", 2, "instrument_id")},
    ),
    (
        "half a duration",
        put("calls", 3, dwell_p50_hours="1"),
        {("half-a-duration", "calls", 5, "dwell_p95_hours")},
    ),
    (
        "a median above its 95th percentile",
        put("calls", 3, run_p50_hours="41"),
        {("median-above-tail", "calls", 5, "run_p95_hours")},
    ),
    (
        "a median of zero with a tail",
        put("terminals", 0, dwell_p50_hours="0"),
        {("median-of-zero", "terminals", 2, "dwell_p50_hours")},
    ),
    (
        "an estimate that does not say how it was made",
        put("links", 0, is_estimate="true"),
        {("estimate-without-basis", "links", 2, "estimate_basis")},
    ),
    (
        "demand of nothing",
        put("demand", 0, teu=""),
        {("demand-without-figure", "demand", 2, None)},
    ),
    (
        "a link from a place to itself",
        add("links", 0, link_id="loop", to_place_id="KZALA"),
        {("link-to-itself", "links", 4, "to_place_id")},
    ),
    (
        "a crossing from a place to itself",
        add("border_crossings", 0, crossing_id="loop", to_place_id="KZAAU"),
        {("link-to-itself", "border_crossings", 3, "to_place_id")},
    ),
    (
        "a waypoint off the globe",
        put("links", 1, waypoints="43.5 51.0;41 150"),
        {("waypoint-off-the-globe", "links", 3, "waypoints")},
    ),
    (
        "a timetable without a calendar",
        put("services", 0, calendar_id=""),
        {("pattern-incomplete", "services", 2, "calendar_id")},
    ),
    (
        "a frequency that does not say how frequent",
        put("services", 1, pattern="frequency"),
        {("pattern-incomplete", "services", 3, "departures_per_week")},
    ),
    (
        "a ship that leaves when full, nobody knows when",
        put("services", 1, wait_p50_hours="", wait_p95_hours=""),
        {("pattern-incomplete", "services", 3, "wait_p50_hours")},
    ),
    (
        "a truck on demand, nobody knows when",
        put("services", 1, pattern="on_demand", wait_p50_hours="", wait_p95_hours=""),
        {("pattern-incomplete", "services", 3, "wait_p50_hours")},
    ),
    (
        "a service with one call",
        drop("calls", 3),
        {("too-few-calls", "services", 3, "service_id")},
    ),
    (
        "a service with no calls",
        drop("calls", 2, 3),
        {("too-few-calls", "services", 3, "service_id")},
    ),
    (
        "calls whose sequence falls",
        put("calls", 2, sequence="3"),
        {
            ("calls-out-of-order", "calls", 5, "sequence"),
            ("no-running-time", "calls", 4, "run_p50_hours"),
        },
    ),
    (
        "a sequence given twice",
        put("calls", 3, sequence="1"),
        {("duplicate-key", "calls", 5, "sequence")},
    ),
    (
        "a service that calls where it is",
        put("calls", 3, place_id="KZAAU"),
        {("call-repeated", "calls", 5, "place_id")},
    ),
    (
        "a clock time without its day",
        put("calls", 1, arrival_day=""),
        {("time-without-day", "calls", 3, "arrival_day")},
    ),
    (
        "a timetable that never leaves",
        put("calls", 0, departure_day="", departure_time_local=""),
        {("timetable-without-days", "calls", 2, "departure_day")},
    ),
    (
        "a timetable that never arrives",
        put("calls", 1, arrival_day="", arrival_time_local=""),
        {("timetable-without-days", "calls", 3, "arrival_day")},
    ),
    (
        "an arrival before the departure, the clocks allowed for",
        put("calls", 1, arrival_day="0", arrival_time_local="07:59"),
        {("arrives-before-departure", "calls", 3, "arrival_time_local")},
    ),
    (
        "an arrival on a day before the departure",
        all_of(
            put("calls", 0, departure_day="1", departure_time_local=""),
            put("calls", 1, arrival_day="0", arrival_time_local=""),
        ),
        {("arrives-before-departure", "calls", 3, "arrival_day")},
    ),
    (
        "a departure before the arrival",
        put("calls", 1, departure_day="3", departure_time_local="19:00"),
        {("departs-before-arrival", "calls", 3, "departure_time_local")},
    ),
    (
        "a run that takes nobody knows how long",
        put("calls", 3, run_p50_hours="", run_p95_hours=""),
        {("no-running-time", "calls", 5, "run_p50_hours")},
    ),
    (
        "a train over the sea",
        put("services", 1, mode="rail"),
        {("no-way", "calls", 5, "place_id")},
    ),
    (
        "a ship against the only direction of its link",
        all_of(put("links", 1, both_ways="false", from_place_id="AZALT", to_place_id="KZAAU")),
        {("no-way", "calls", 5, "place_id")},
    ),
    (
        "a service over a link that is closed",
        put("links", 1, status="closed"),
        {("no-way", "calls", 5, "place_id")},
    ),
    (
        "a surcharge on loading, nobody knows where",
        put("surcharges", 0, place_id=""),
        {("surcharge-without-place", "surcharges", 2, "place_id")},
    ),
    (
        "a surcharge on a border, nobody knows which",
        put("surcharges", 0, event="border", place_id=""),
        {("surcharge-without-place", "surcharges", 2, "crossing_id")},
    ),
    (
        "a percentage in a currency",
        put("surcharges", 1, currency="USD"),
        {("percent-with-currency", "surcharges", 3, "currency")},
    ),
    (
        "an amount in no currency",
        put("surcharges", 0, currency=""),
        {("amount-without-currency", "surcharges", 2, "currency")},
    ),
    (
        "money that is negative",
        put("surcharges", 0, amount="-1"),
        {("negative-money", "surcharges", 2, "amount")},
    ),
    (
        "a negative freight rate",
        put("tariff_items", 0, amount="-1250.00"),
        {("range", "tariff_items", 2, "amount")},
    ),
    (
        "an exchange rate of zero",
        put("exchange_rates", 0, rate="0.000"),
        {("rate-of-zero", "exchange_rates", 2, "rate")},
    ),
    (
        "an exchange rate of a currency to itself",
        add("exchange_rates", 0, from_currency="USD"),
        {("rate-to-itself", "exchange_rates", 3, "to_currency")},
    ),
]


@pytest.mark.parametrize(
    ("spoil", "expected"), [case[1:] for case in ERRORS], ids=[c[0] for c in ERRORS]
)
def test_the_check_tells_of(spoil: Spoil, expected: set[Found], tmp_path: Path) -> None:
    tables = small()
    spoil(tables)
    assert found(tables, tmp_path, "error") == expected


WARNINGS: list[tuple[str, Spoil, set[Found]]] = [
    (
        "an exception outside its calendar",
        put("calendar_exceptions", 0, exception_date="2027-01-01"),
        {("exception-outside-calendar", "calendar_exceptions", 2, "exception_date")},
    ),
    (
        "a day added that is there",
        put("calendar_exceptions", 0, exception_date="2026-03-23"),
        {("exception-without-effect", "calendar_exceptions", 2, "exception_date")},
    ),
    (
        "a day removed that is not there",
        put("calendar_exceptions", 0, type="removed"),
        {("exception-without-effect", "calendar_exceptions", 2, "exception_date")},
    ),
    (
        "a service that outlives its instrument",
        put("instruments", 0, valid_to="2026-06-30"),
        {("instrument-lapses", "services", 2, "valid_to")},
    ),
    (
        "a service that begins before its instrument",
        put("instruments", 0, valid_from="2026-06-30"),
        {("instrument-not-yet-in-force", "services", 2, "valid_from")},
    ),
    (
        "a service without end that rests on a lapsed instrument",
        all_of(
            put("instruments", 0, status="lapsed", valid_to=""),
            put("services", 0, valid_to=""),
        ),
        {("instrument-lapses", "services", 2, "instrument_id")},
    ),
    (
        "two prices for the same on the same day",
        add("tariff_items", 0, item_id="again", amount="1300"),
        {("overlapping-rows", "tariff_items", 3, None)},
    ),
    (
        "two dwells at the same border on the same day",
        add("border_crossings", 0, crossing_id="again"),
        {("overlapping-rows", "border_crossings", 3, None)},
    ),
    (
        "a basis of what is no estimate",
        put("links", 0, estimate_basis="guess"),
        {("basis-without-estimate", "links", 2, "is_estimate")},
    ),
    (
        "a key that begins with another country",
        put("places", 0, country="KG", timezone="Asia/Bishkek"),
        {("place-of-another-country", "places", 2, "country")},
    ),
    (
        "a time zone of another country",
        put("places", 0, timezone="Asia/Tashkent"),
        {("time-zone-of-another-country", "places", 2, "timezone")},
    ),
    (
        "latitude and longitude exchanged",
        all_of(
            put("places", 0, latitude_deg="76.9", longitude_deg="43.25"),
            put("links", 0, distance_km="9000"),
        ),
        {("coordinates-exchanged", "places", 2, "latitude_deg")},
    ),
    (
        "a place in the sea off Africa",
        all_of(
            put("places", 0, latitude_deg="0", longitude_deg="0"),
            put("links", 0, distance_km="9000"),
        ),
        {("coordinates-far-away", "places", 2, "latitude_deg")},
    ),
    (
        "a link shorter than the crow flies",
        put("links", 0, distance_km="1900"),
        {("shorter-than-the-crow-flies", "links", 2, "distance_km")},
    ),
    (
        "a crossing over no link",
        put("border_crossings", 0, mode="rail"),
        {("crossing-without-link", "border_crossings", 2, None)},
    ),
    (
        "a gauge that changes in no time",
        put("border_crossings", 0, gauge_from_mm="1520", gauge_to_mm="1435"),
        {("gauge-change-without-time", "border_crossings", 2, "gauge_change_p50_hours")},
    ),
    (
        "time for a gauge that does not change",
        put("border_crossings", 0, gauge_change_p50_hours="4", gauge_change_p95_hours="8"),
        {("gauge-change-without-gauges", "border_crossings", 2, "gauge_change_p50_hours")},
    ),
    (
        "services that meet where cargo cannot change",
        drop("terminals", 0),
        {("no-change-of-cargo", "places", 3, "place_id")},
    ),
    (
        "services that meet at a terminal for other modes",
        put("terminals", 0, modes="rail;road"),
        {("no-change-of-cargo", "places", 3, "place_id")},
    ),
    (
        "what the pattern of a service does not use",
        put("services", 1, departures_per_week="2"),
        {("pattern-ignores", "services", 3, "departures_per_week")},
    ),
    (
        "clock times of a service without a timetable",
        put("calls", 3, arrival_day="1", arrival_time_local="08:00"),
        {("pattern-ignores", "calls", 5, "arrival_day")},
    ),
    (
        "a running time to the first call",
        put("calls", 2, run_p50_hours="1", run_p95_hours="2"),
        {("pattern-ignores", "calls", 4, "run_p50_hours")},
    ),
    (
        "a service that starts on its second day",
        put("calls", 0, departure_day="1"),
        {("first-day-not-zero", "calls", 2, "departure_day")},
    ),
    (
        "a place a surcharge does not look at",
        put("surcharges", 1, place_id="KZAAU"),
        {("surcharge-ignores", "surcharges", 3, "place_id")},
    ),
    (
        "a tariff of a carrier that runs nothing",
        all_of(add("carriers", 0, carrier_id="ADY"), put("tariff_items", 0, carrier_id="ADY")),
        {("never-applies", "tariff_items", 2, "carrier_id")},
    ),
    (
        "a tariff on somebody else's service",
        put("tariff_items", 0, service_id="ship"),
        {("never-applies", "tariff_items", 2, "service_id")},
    ),
    (
        "a tariff in a mode its carrier does not run",
        put("tariff_items", 0, mode="road"),
        {("never-applies", "tariff_items", 2, "mode")},
    ),
    (
        "an HS code that lost its zero",
        put("tariff_items", 0, commodity_prefixes="1001;201"),
        {("leading-zero-lost", "tariff_items", 2, "commodity_prefixes")},
    ),
    (
        "a commodity that lost its zero",
        put("demand", 0, commodity="201"),
        {("leading-zero-lost", "demand", 2, "commodity")},
    ),
    (
        "prices that cannot be added up",
        put("surcharges", 0, currency="KZT"),
        {("no-exchange-rate", "surcharges", 2, "currency")},
    ),
]


@pytest.mark.parametrize(
    ("spoil", "expected"), [case[1:] for case in WARNINGS], ids=[c[0] for c in WARNINGS]
)
def test_the_check_warns_of(spoil: Spoil, expected: set[Found], tmp_path: Path) -> None:
    tables = small()
    spoil(tables)
    assert found(tables, tmp_path, "error") == set()
    assert found(tables, tmp_path, "warning") == expected


def test_time_zones_are_allowed_for_before_an_arrival_is_called_too_early(tmp_path: Path) -> None:
    tables = small()
    # Seven hours behind: the clock on the wall runs back while the train runs forward.
    tables["places"][0] |= {"timezone": "Pacific/Auckland"}
    tables["calls"][1] |= {"arrival_day": "0", "arrival_time_local": "02:00"}
    assert found(tables, tmp_path, "error") == set()


def test_a_time_that_is_possible_only_in_winter_is_let_pass(tmp_path: Path) -> None:
    tables = small()
    tables["places"][0] |= {"timezone": "Europe/Athens"}
    # Aktau is three hours ahead of Athens in winter and two in summer.
    tables["calls"][1] |= {"arrival_day": "0", "arrival_time_local": "10:30"}
    assert found(tables, tmp_path, "error") == set()
    tables["calls"][1] |= {"arrival_time_local": "09:30"}
    assert {rule for rule, *_ in found(tables, tmp_path, "error")} == {"arrives-before-departure"}


def test_an_unknown_hour_is_given_the_benefit_of_the_day(tmp_path: Path) -> None:
    tables = small()
    tables["calls"][1] |= {"arrival_day": "0", "arrival_time_local": ""}
    assert found(tables, tmp_path, "error") == set()


def test_a_planned_service_may_run_over_a_planned_link(tmp_path: Path) -> None:
    tables = small()
    tables["links"][1]["status"] = "planned"
    assert {rule for rule, *_ in found(tables, tmp_path, "error")} == {"no-way"}
    tables["services"][1]["status"] = "planned"
    assert found(tables, tmp_path, "error") == set()


def test_calls_may_lie_several_links_apart(tmp_path: Path) -> None:
    tables = small()
    tables["calls"][0]["place_id"], tables["calls"][1]["place_id"] = "KZALA", "AZALT"
    tables["links"].append({**tables["links"][1], "link_id": "rail2", "mode": "rail"})
    assert found(tables, tmp_path, "error") == set()


def test_a_dangling_reference_is_offered_the_nearest_key(tmp_path: Path) -> None:
    tables = small()
    tables["calls"][0]["place_id"] = "KZALM"
    report = check_feed(save(tables, tmp_path))
    assert [p.mending.split("?")[0] for p in report.problems] == ["Did you mean 'KZALA'"]


def test_one_fault_is_told_once(tmp_path: Path) -> None:
    # The service cannot be read in its mode; that its calls, its tariff and its terminal hang on
    # that mode is no fault of theirs.
    tables = small()
    tables["services"][0]["mode"] = "train"
    report = check_feed(save(tables, tmp_path))
    assert [(p.rule, p.table, p.row, p.column) for p in report.problems] == [
        ("choice", "services", 2, "mode")
    ]


def test_a_missing_table_is_named_where_it_is_missed(tmp_path: Path) -> None:
    tables = small()
    del tables["instruments"]
    report = check_feed(save(tables, tmp_path))
    assert [(p.rule, p.table) for p in report.problems] == [("dangling-reference", "services")]
    assert "no table instruments" in report.problems[0].message

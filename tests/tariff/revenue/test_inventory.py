"""A file of counted places: what it means, and everything that is wrong with it."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan import read_feed
from kervan.errors import InvalidRequestError
from kervan.network.clock import minute_of
from kervan.tariff.revenue import (
    InvalidInventoryError,
    Inventory,
    bid_prices,
    inventory_of,
    problem_of,
    read_inventory,
)
from kervan.tariff.revenue.outlooks import inventory_outlook
from tests.tariff.revenue.problems import exact_value

EXAMPLE = Path(__file__).parents[3] / "docs" / "how-to" / "capacity" / "caspian.toml"
FEED = read_feed().feed
CONTENT = tomllib.loads(EXAMPLE.read_text("utf-8"), parse_float=Decimal)
TIMETABLED = {
    "name": "ferry",
    "service": "UKF-VAR-BUS",
    "from": "BGVAR",
    "to": "GEBUS",
    "departs": date(2026, 12, 1),  # a Tuesday
    "capacity_teu": 100,
}

Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> dict[str, Any]:
    content = copy.deepcopy(CONTENT)
    change(content)
    return content


def inventory(change: Change = lambda _: None) -> Inventory:
    return inventory_of(changed(change), "places.toml", FEED)


def faults(change: Change) -> tuple[str, ...]:
    with pytest.raises(InvalidInventoryError) as refused:
        inventory(change)
    assert all(fault in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


def test_the_example_of_the_documentation_is_read() -> None:
    found = read_inventory(EXAMPLE, FEED)
    assert [(run.name, run.capacity_teu - run.sold_teu) for run in found.runs] == [
        ("west-1", 16),
        ("west-2", 105),
        ("east-1", 205),
    ]
    assert found.demand[-1].name == "AZ-ALAT - KZAAU"
    assert [row.runs for row in found.demand] == [
        ("west-1",),
        ("west-1",),
        ("west-2",),
        ("east-1",),
    ]


def test_a_departure_stands_for_the_rides_of_its_days_at_the_place_it_leaves() -> None:
    found = inventory()

    def run(text: str, service: str = "KMTF-AAU-ALA-W") -> str | None:
        ends = ("KZAAU", "AZ-ALAT") if service.endswith("W") else ("AZ-ALAT", "KZAAU")
        at = found.run_of(service, *ends, minute_of(datetime.fromisoformat(text)))
        return None if at is None else at.name

    assert run("2026-12-01T00:00+05:00") == "west-1"
    assert run("2026-11-30T23:59+05:00") is None
    assert run("2026-12-02T23:59+05:00") == "west-1"
    assert run("2026-12-03T00:00+05:00") == "west-2"
    assert run("2026-12-05T00:00+05:00") is None
    assert run("2026-12-01T12:00+04:00", "KMTF-AAU-ALA-E") == "east-1"
    assert run("2026-12-01T12:00+05:00", "ASCO-AAU-ALA-W") is None


def test_a_timetabled_departure_is_known_by_its_day_or_by_its_hour() -> None:
    for departs in (date(2026, 12, 1), datetime(2026, 12, 1, 18)):
        found = inventory(
            lambda c, at=departs: c["departures"].append({**TIMETABLED, "departs": at})
        )
        at = minute_of(datetime.fromisoformat("2026-12-01T18:00+02:00"))
        run = found.run_of("UKF-VAR-BUS", "BGVAR", "GEBUS", at)
        assert run is not None
        assert run.name == "ferry"


def test_all_expected_requests_come_and_only_on_their_days() -> None:
    found = inventory()
    problem = problem_of(found)
    for row, product in zip(found.demand, problem.products, strict=True):
        assert sum(product.requests) == pytest.approx(float(row.requests))
        asked = [day for day, rate in enumerate(product.requests) if rate]
        first, last = ((day - found.counted_on).days for day in (row.first_day, row.last_day))
        assert asked == list(range(first, last + 1))


def test_a_sale_brings_its_fare_less_the_cost_of_carrying_it() -> None:
    problem = problem_of(inventory())
    assert [product.fare_per_teu for product in problem.products] == [220, 420, 220, 220]

    def cheap(content: dict[str, Any]) -> None:
        content["demand"][0]["fare_per_teu"] = 10

    assert problem_of(inventory(cheap)).products[0].fare_per_teu == 0


def test_a_small_group_is_not_counted_as_a_large_one() -> None:
    values = bid_prices(inventory())
    one, two = (values.displacement("west-2", teu, 0) for teu in (1.0, 2.0))
    assert one == 0  # the 105th place completes no pair, and pairs are all that is asked for
    assert two > 0
    fine = bid_prices(inventory(), 2.25)
    assert fine.problem.unit_teu == Decimal("0.25")
    assert fine.displacement("west-2", 2.25, 0) < fine.displacement("west-2", 4.0, 0)


def test_a_bid_price_is_what_the_exact_program_over_all_states_says() -> None:
    def small(content: dict[str, Any]) -> None:
        content["departures"] = content["departures"][:1]
        content["demand"] = content["demand"][:2]

    def with_left(left: int) -> Inventory:
        def change(content: dict[str, Any]) -> None:
            small(content)
            content["departures"][0]["sold_teu"] = 225 - left

        return inventory(change)

    exact = [exact_value(problem_of(with_left(left)), steps=40) for left in (6, 8)]
    found = inventory_outlook(with_left(8)).runs[0]
    assert found.bid_price is not None
    assert found.bid_price == pytest.approx((exact[1] - exact[0]) / 2, rel=0.01)


def test_a_curve_ends_at_todays_bid_price_and_falls_with_whole_groups_left() -> None:
    def pairs(content: dict[str, Any]) -> None:
        content["demand"][0]["teu"] = 2

    for run in inventory_outlook(inventory(pairs)).runs:
        assert run.curve[0].left_teu == 2
        assert run.curve[-1].left_teu == run.left_teu
        assert run.curve[-1].bid_price == pytest.approx(run.bid_price, abs=1e-6)
        whole = [point.bid_price for point in run.curve if point.left_teu % 2 == 0]
        assert all(before >= after - 1e-9 for before, after in pairwise(whole))


def test_a_full_departure_has_no_bid_price_and_no_curve() -> None:
    def full(content: dict[str, Any]) -> None:
        content["departures"][0]["sold_teu"] = 224

    found = inventory_outlook(inventory(full)).runs[0]
    assert (found.left_teu, found.bid_price, found.curve) == (1, None, ())


def test_without_demand_places_are_worth_nothing() -> None:
    def none(content: dict[str, Any]) -> None:
        del content["demand"]

    found = inventory_outlook(inventory(none))
    assert found.bound == 0
    assert all(run.bid_price == 0 and run.dual_price == 0 for run in found.runs)
    assert found.runs[2].expected_load == pytest.approx(20 / 225)
    assert np.all([point.bid_price == 0 for run in found.runs for point in run.curve])


@pytest.mark.parametrize("teu", [0, -1, 1.1, 5000, float("nan")])
def test_a_group_that_cannot_be_is_refused(teu: float) -> None:
    with pytest.raises(InvalidRequestError, match="cannot be asked about"):
        inventory_outlook(inventory(), teu)


def put(table: str, number: int | None, **values: Any) -> Change:
    """Change keys of a table; None takes one out."""

    def change(content: dict[str, Any]) -> None:
        row = content[table] if number is None else content[table][number]
        for key, value in values.items():
            row[key.rstrip("_")] = value
            if value is None:
                del row[key.rstrip("_")]

    return change


def add(table: str, **values: Any) -> Change:
    return lambda content: content[table].append(
        {key.rstrip("_"): value for key, value in values.items()}
    )


def drop(table: str) -> Change:
    return lambda content: content.pop(table)


TRAIN = {
    "service": "KTZE-XIY-AAU-W",
    "from": "CNXIY",
    "to": "KZAAU",
    "departs": date(2026, 11, 24),
}
FEEDER = {"service": "KMTF-AAU-ALA-W", "from": "KZAAU", "to": "AZ-ALAT"}
GROUP = {"teu": 2, "requests": 1, "fare_per_teu": 100}


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        (drop("places"), "no table [places]", "Write [places] on a line"),
        (drop("rule"), "no table [rule]", "Write [rule]"),
        (drop("departures"), "no [[departures]]", "Add it"),
        (put("places", None, currency="USX"), "[places], currency", "no currency"),
        (put("places", None, currency=None), "[places] has no 'currency'", "Add a line"),
        (put("places", None, counted_on="soon"), "[places], counted_on", "a day such as"),
        (put("places", None, counted_on=date(2500, 1, 1)), "counted_on", "2198"),
        (put("places", None, colour=1), "[places] has an unknown key 'colour'", "The keys are"),
        (put("rule", None, source_id="kervan-estimat"), "[rule], source_id", "kervan-estimate"),
        (put("rule", None, follow=2), "[rule], follow", "at most 1"),
        (put("rule", None, most_raise_percent=-1), "most_raise_percent", "at least 0"),
        (put("rule", None, backhaul={"below_load": Decimal("0.1")}), "backhaul", "a lower load"),
        (put("rule", None, backhaul={"percent": 3}), "unknown key 'percent'", "most_percent"),
        (
            put("departures", 0, service="KMTF-AAU-ALA-X"),
            "[[departures]] 1, service",
            "Did you mean",
        ),
        (put("departures", 0, from_="KZAUU"), "[[departures]] 1, from", "KZAAU"),
        (put("departures", 0, from_="AZ-ALAT", to="KZAAU"), "1, from", "its calls are KZAAU"),
        (put("departures", 0, departs="2026-12-01"), "1, departs", "a day such as"),
        (put("departures", 0, departs=date(2026, 11, 19)), "1, departs", "before the places"),
        (put("departures", 0, until=date(2026, 11, 30)), "1, until", "from then on"),
        (put("departures", 0, until=date(2028, 1, 1)), "1, departs", "more than 366 days"),
        (put("departures", 0, departs=datetime(2026, 12, 1, 8)), "departs", "no clock times"),
        (put("departures", 0, sold_teu=226), "1, sold_teu", "capacity_teu is 225"),
        (put("departures", 0, sold_teu=-1), "1, sold_teu", "at least 0"),
        (put("departures", 0, capacity_teu=30_000), "1, capacity_teu", "at most 25000"),
        (put("departures", 0, carrying_cost_per_teu=-1), "carrying_cost_per_teu", "at least 0"),
        (put("departures", 1, name="west-1"), "[[departures]] 2, name", "its own name"),
        (put("departures", 1, departs=date(2026, 12, 2)), "2, departs", "do not overlap"),
        (
            lambda c: c["departures"].extend(
                [{**TRAIN, "name": "a"}, {**TRAIN, "name": "b", "to": "KZ-ALTYNKOL"}]
            ),
            "[[departures]] 5, from",
            "counted twice",
        ),
        (
            lambda c: c["departures"].append({**TIMETABLED, "departs": date(2026, 12, 2)}),
            "[[departures]] 4, departs",
            "The nearest departure is 2026-12-01T18:00",
        ),
        (
            lambda c: c["departures"].append({**TIMETABLED, "until": date(2026, 12, 8)}),
            "[[departures]] 4, departs",
            "2 times then (2026-12-01T18:00:00, 2026-12-08T18:00:00)",
        ),
        (
            lambda c: c["departures"].append(
                {key: value for key, value in TIMETABLED.items() if key != "capacity_teu"}
            ),
            "[[departures]] 4, capacity_teu",
            "Add a line 'capacity_teu",
        ),
        (put("demand", 0, requests=-1), "[[demand]] 1, requests", "at least 0"),
        (put("demand", 0, teu=Decimal("1.1")), "[[demand]] 1, teu", "multiple of 0.25"),
        (put("demand", 0, fare_per_teu="much"), "[[demand]] 1, fare_per_teu", "a number"),
        (put("demand", 0, departures=["west-l"]), "1, departures", "Did you mean 'west-1'"),
        (put("demand", 0, departures=["west-1"] * 2), "1, departures", "Name each once"),
        (put("demand", 0, departures=["west-2", "west-1"]), "1, departures", "in the order"),
        (put("demand", 0, departures=None), "1, departures", "origin and destination"),
        (put("demand", 0, origin="AZ-ALAT"), "1, origin", "begin at KZAAU"),
        (put("demand", 3, destination="TRIST"), "[[demand]] 4, origin", "no [[departures]] lead"),
        (put("demand", 3, destination="Aktau"), "[[demand]] 4, destination", "no place of"),
        (put("demand", 0, asks_from=date(2026, 11, 1)), "1, asks_from", "Mend asks_from"),
        (put("demand", 0, asks_to=date(2026, 12, 3)), "1, asks_from", "'west-1' leaves"),
        (add("demand", origin="KZAAU", destination="AZ-ALAT", **GROUP), "5, origin", "2 ways"),
        (put("demand", 0, fair=1), "[[demand]] 1 has an unknown key 'fair'", "The keys are"),
    ],
)
def test_a_fault_is_told_with_its_place_and_its_mending(
    change: Change, where: str, said: str
) -> None:
    told = faults(change)
    assert len(told) == 1, told
    assert where in told[0]
    assert said in told[0]
    assert "places.toml" in told[0]


def test_all_faults_are_told_at_once() -> None:
    def wrong(content: dict[str, Any]) -> None:
        content["places"]["currency"] = "USX"
        content["rule"]["follow"] = -1
        content["departures"][1]["sold_teu"] = 999
        content["departures"][2]["service"] = "none"
        content["demand"][0]["requests"] = -5

    told = faults(wrong)
    assert len(told) == 5
    assert all(
        any(where in fault for fault in told)
        for where in ("currency", "follow", "sold_teu", "service", "requests")
    )


def test_a_group_over_several_departures_is_found_by_its_ends() -> None:
    def way(content: dict[str, Any]) -> None:
        content["departures"].append({**TRAIN, "name": "train"})
        del content["departures"][1]
        content["demand"] = [{"origin": "CNXIY", "destination": "AZ-ALAT", **GROUP}]

    assert inventory(way).demand[0].runs == ("train", "west-1")


@pytest.mark.parametrize("text", ["[places", "\xff", None])
def test_what_is_no_file_of_places_is_refused(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "places.toml"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidRequestError, match=r"places\.toml"):
        read_inventory(path, FEED)


def test_too_much_to_work_out_at_once_is_refused_before_it_is_begun() -> None:
    def many(content: dict[str, Any]) -> None:
        row = {**FEEDER, "capacity_teu": 25_000}
        days = [date(2027, 11, day) for day in range(1, 5)]
        content["departures"] = [
            {**row, "name": f"{day}", "departs": day, "until": day} for day in days
        ]
        content["demand"] = [{"departures": [f"{day}"], **GROUP} for day in days]

    assert "too many to work out at once" in faults(many)[0]


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(),
    st.text(max_size=8),
    st.dates(),
    st.datetimes(),
    st.sampled_from(["AZ-ALAT", "KZAAU", "CNXIY", "KTZE-XIY-AAU-W", "west-1", "east-1"]),
    st.lists(st.sampled_from(["west-1", "west-2", "east-1", 3]), max_size=3),
    st.just({}),
)


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_stands_in_a_cell_is_understood_or_refused_in_a_sentence(
    data: st.DataObject,
) -> None:
    content = copy.deepcopy(CONTENT)
    for _ in range(data.draw(st.integers(1, 2))):
        table = data.draw(st.sampled_from(sorted(content)))
        rows = content[table]
        row = rows[data.draw(st.integers(0, len(rows) - 1))] if isinstance(rows, list) else rows
        keys = [*sorted(row), "capacity_teu", "until", "asks_from", "asks_to", "origin"]
        row[data.draw(st.sampled_from(keys))] = data.draw(JUNK)
    refused = None
    try:
        problem_of(inventory_of(content, "places.toml", FEED))
    except InvalidRequestError as error:
        refused = str(error)
    assert refused is None or "places.toml" in refused

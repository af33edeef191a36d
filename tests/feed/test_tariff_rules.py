"""A tariff that contradicts itself is told of, with the row, the column and what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kervan.feed import Carrier, Feed, Zone, check_feed
from tests.corridors import Corridor
from tests.tariff.rows import item, rebate, surcharge

JUNE = date(2026, 6, 1)


def corridor(**tables: Any) -> Feed:
    made = Corridor()
    for place in ("KZAAA", "AZBBB"):
        made.place(place)
        made.terminal(place, ["rail"], 1.0)
    made.rolling("S", ["KZAAA", "AZBBB"], [5.0], carrier="C")
    feed = made.feed()
    return replace(
        feed,
        carriers=(
            *feed.carriers,
            Carrier(carrier_id="D", name="D", type="railway", source_id="test"),
        ),
        **tables,
    )


def told(**tables: Any) -> set[tuple[str, str, int | None, str | None]]:
    return {(p.rule, p.table, p.row, p.column) for p in check_feed(corridor(**tables)).problems}


def test_a_sound_tariff_has_no_problems() -> None:
    assert not told(
        zones=(Zone(zone_id="ALL", member="KZ", source_id="test"),),
        tariff_items=(
            item("a", origin="@ALL"),
            item("b", recorded_on=JUNE, supersedes="a"),
            item("t", scope="through", partner_ids=("D",), includes_surcharges=True),
        ),
        surcharges=(
            surcharge(
                "s", event="storage", place_id="AZBBB", basis="per_container_day", free_days=2.0
            ),
        ),
        rebates=(rebate("r", item_id="a"),),
    )


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([item("a", from_km=5.0, to_km=5.0)], ("range-reversed", 2, "to_km")),
        (
            [item("a", minimum_amount=Decimal(9), maximum_amount=Decimal(8))],
            ("range-reversed", 2, "maximum_amount"),
        ),
        ([item("a", rounding_step=Decimal(0))], ("range", 2, "rounding_step")),
        (
            [item("a", scope="through", partner_ids=("X",))],
            ("dangling-reference", 2, "partner_ids"),
        ),
        ([item("a", partner_ids=("D",))], ("column-ignored", 2, "partner_ids")),
        ([item("a", includes_surcharges=True)], ("column-ignored", 2, "includes_surcharges")),
        ([item("a", origin="@NOWHERE")], ("dangling-reference", 2, "origin")),
        ([item("a", is_withdrawal=True)], ("withdrawal-of-nothing", 2, "supersedes")),
        (
            [item("a"), item("b", supersedes="a")],
            ("superseded-before-recorded", 3, "recorded_on"),
        ),
        (
            [
                item("a", recorded_on=JUNE),
                item("b", recorded_on=date(2026, 5, 1), supersedes="a"),
            ],
            ("superseded-before-recorded", 3, "recorded_on"),
        ),
        (
            [item("a"), *(item(k, recorded_on=JUNE, supersedes="a") for k in "bc")],
            ("superseded-twice", 4, "supersedes"),
        ),
        (
            [
                item("a", recorded_on=JUNE, supersedes="b"),
                item("b", recorded_on=JUNE, supersedes="a"),
            ],
            ("superseded-in-rounds", 2, "supersedes"),
        ),
        (
            [item("b", recorded_on=JUNE, supersedes="gone")],
            ("dangling-reference", 2, "supersedes"),
        ),
        ([item("a"), item("b")], ("overlapping-rows", 3, None)),
    ],
)
def test_what_is_wrong_with_an_item_is_told(
    rows: list[Any], problem: tuple[str, int, str | None]
) -> None:
    rule, row, column = problem
    assert (rule, "tariff_items", row, column) in told(tariff_items=tuple(rows))


def test_a_superseded_row_claims_nothing_any_more() -> None:
    rows = (item("a"), item("b", recorded_on=JUNE, supersedes="a"))
    assert not any(rule == "overlapping-rows" for rule, *_ in told(tariff_items=rows))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (surcharge("s", event="storage", place_id="AZBBB"), ("storage-by-days", "basis")),
        (surcharge("s", basis="per_container_day"), ("storage-by-days", "basis")),
        (surcharge("s", free_days=3.0), ("column-ignored", "free_days")),
        (
            surcharge("s", event="storage", basis="per_container_day"),
            ("surcharge-without-place", "place_id"),
        ),
    ],
)
def test_what_is_wrong_with_a_surcharge_is_told(row: Any, problem: tuple[str, str]) -> None:
    rule, column = problem
    assert (rule, "surcharges", 2, column) in told(surcharges=(row,))


def test_a_zone_of_nowhere_is_told() -> None:
    zone = Zone(zone_id="ALL", member="KZXXX", source_id="test")
    assert ("dangling-reference", "zones", 2, "member") in told(zones=(zone,))


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"of_surcharge_id": "base"}, ("percent-of-what", 3, "of_surcharge_id")),
        (
            {"of_surcharge_id": "gone", "basis": "percent", "currency": None},
            ("dangling-reference", 3, "of_surcharge_id"),
        ),
        (
            {"of_surcharge_id": "off", "basis": "percent", "currency": None},
            ("percent-of-what", 3, "of_surcharge_id"),
        ),
        ({"origin": "@NOWHERE"}, ("dangling-reference", 3, "origin")),
        ({"destination": "XQ"}, ("unknown-country", 3, "destination")),
    ],
)
def test_what_is_wrong_with_a_surcharge_of_another_is_told(
    more: dict[str, Any], problem: tuple[str, int, str]
) -> None:
    rule, row, column = problem
    rows = (surcharge("base"), surcharge("off", **more))
    assert (rule, "surcharges", row, column) in told(surcharges=rows)


def test_a_percentage_of_a_surcharge_is_sound() -> None:
    off = surcharge("off", "-30", basis="percent", currency=None, of_surcharge_id="base")
    assert not [
        found for found in told(surcharges=(surcharge("base"), off)) if "percent" in found[0]
    ]

"""The check finds each fault in a tariff that has it, and none in one that has not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from kervan import read_feed
from kervan.feed import ExchangeRate, Zone
from kervan.network.legs import Leg, Section, Stretch
from kervan.tariff.sheet.check import check_tariff
from kervan.tariff.sheet.findings import RULES, Finding
from tests.tariff.rows import DAY, feed, item, leg, rebate, surcharge


def found(*rows: Any, legs: tuple[Leg, ...] = (leg(),), **more: Any) -> list[Finding]:
    rates = more.pop("rates", ())
    return check_tariff(feed(*rows, rates=rates), legs, more.pop("day", DAY), **more)


def rules(*rows: Any, **more: Any) -> set[str]:
    return {finding.rule for finding in found(*rows, **more)}


def long_leg(*places: str, km: float = 100.0) -> Leg:
    sections = []
    for here, there in pairwise(places):
        ends = (here, there, here[:2], there[:2])
        sections.append(Section(*ends, (Stretch("L", *ends, km, None, None),)))
    return Leg("S", "C", "rail", tuple(sections))


def test_a_sound_tariff_has_no_findings() -> None:
    assert found(item("a")) == []
    assert found(item("20", "100", equipment=("2",)), item("40", "180", equipment=("4", "L"))) == []


def test_a_leg_without_a_price_is_a_gap() -> None:
    (gap,) = found(item("20", equipment=("2",), loaded="loaded"))
    assert (gap.rule, gap.severity) == ("gap", "error")
    for unpriced in ("20' empty", "40' loaded", "40' empty", "45' loaded"):
        assert unpriced in gap.what
    assert "20' loaded" not in gap.what
    assert "gap" not in rules(item("any"))


def test_a_rate_of_exchange_that_is_wanting_is_no_gap() -> None:
    assert rules(item("a", currency="EUR")) == {"no-exchange-rate"}


def test_two_equal_claims_overlap() -> None:
    (overlap,) = found(item("a", "100"), item("b", "110"))
    assert (overlap.rule, overlap.items) == ("overlap", ("a", "b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"origin": "KZ"}),
        ({}, {"valid_from": date(2026, 6, 1)}),
        ({}, {"is_estimate": True}),
        ({"loaded": "loaded"}, {"loaded": "empty"}),
        ({"weight_to_kg": 9000.0}, {"weight_from_kg": 9000.0}),
        ({"equipment": ("2",)}, {"equipment": ("4", "L")}),
        ({"commodity_prefixes": ("85",)}, {"commodity_prefixes": ("87",)}),
        ({"requires": ("block_train",)}, {"requires": ("single_wagon",)}),
        ({}, {"carrier_id": "D"}),
        ({"valid_to": date(2026, 11, 30)}, {}),
        ({"origin": "@GATES"}, {"origin": "@PORTS"}),
    ],
)
def test_claims_that_differ_or_never_meet_do_not_overlap(one: Any, other: Any) -> None:
    zones = (
        Zone(zone_id="GATES", member="KZ-ALTYNKOL", source_id="test"),
        Zone(zone_id="PORTS", member="KZAAU", source_id="test"),
    )
    assert "overlap" not in rules(item("a", **one), item("b", "110", **other), *zones)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"loaded": "any"}, {"loaded": "empty"}),
        ({"requires": ("dangerous",)}, {"requires": ("reefer",)}),
        ({"equipment": ("2", "4")}, {"equipment": ("4", "L")}),
        ({"weight_to_kg": 9000.0}, {"weight_from_kg": 8999.0}),
        ({"origin": "@GATES"}, {"origin": "@PORTS"}),
    ],
)
def test_claims_that_meet_somewhere_overlap(one: Any, other: Any) -> None:
    zones = (
        Zone(zone_id="GATES", member="KZAAU", source_id="test"),
        Zone(zone_id="PORTS", member="KZAAU", source_id="test"),
    )
    assert "overlap" in rules(item("a", **one), item("b", "110", **other), *zones)


def test_through_rates_of_one_group_of_carriers_overlap() -> None:
    more = {"scope": "through", "origin": "KZAAU", "destination": "AZ-ALAT"}
    one = item("a", carrier_id="C", partner_ids=("D",), **more)
    other = item("b", carrier_id="D", partner_ids=("C",), **more)
    apart = item("c", carrier_id="D", partner_ids=("E",), **more)
    assert "overlap" in rules(item("x"), one, other)
    assert "overlap" not in rules(item("x"), one, apart)


def test_a_longer_way_cheaper_than_its_part_is_told() -> None:
    legs = (long_leg("KZAAU", "AZ-ALAT", "GETBS"), long_leg("KZAAU", "AZ-ALAT"))
    whole = item("whole", "90", destination="GETBS")
    part = item("part", "100", destination="AZ-ALAT")
    (inversion, *_) = [f for f in found(whole, part, legs=legs) if f.rule == "longer-cheaper"]
    assert set(inversion.items) == {"whole", "part"}
    assert "USD 90.00" in inversion.what
    assert "USD 100.00" in inversion.what
    dearer = item("whole", "100", destination="GETBS")
    assert rules(dearer, part, legs=legs) == set()


def test_forty_feet_cheaper_than_twenty_is_told() -> None:
    rows = (item("20", "100", equipment=("2",)), item("40", "99.99", equipment=("4", "L")))
    assert rules(*rows) == {"forty-cheaper"}


def test_loaded_cheaper_than_empty_is_told() -> None:
    rows = (item("full", "50", loaded="loaded"), item("none", "60", loaded="empty"))
    assert rules(*rows) == {"loaded-cheaper"}
    assert rules(item("full", "60", loaded="loaded"), item("none", "60", loaded="empty")) == set()


def test_heavier_cheaper_than_lighter_is_told() -> None:
    light = item("light", "60", weight_to_kg=15_000.0)
    assert rules(light, item("heavy", "50", weight_from_kg=15_000.0)) == {
        "heavier-cheaper",
        "loaded-cheaper",
    }
    assert rules(light, item("heavy", "60", weight_from_kg=15_000.0)) == set()


def test_a_rate_that_has_ended_or_soon_will_is_told() -> None:
    ended = item("old", valid_to=date(2026, 11, 30))
    assert rules(item("a", valid_from=date(2026, 12, 1), amount="7"), ended) == set()
    narrow = item("old", valid_to=date(2026, 11, 29), origin="KZ")
    assert rules(item("a"), narrow) == {"expired"}
    soon = item("soon", valid_to=date(2026, 12, 20), origin="KZ")
    assert rules(item("a"), soon) == {"expiring"}
    assert rules(item("a"), soon, warn_days=5) == set()
    assert rules(item("a"), surcharge("s", valid_to=date(2026, 1, 1))) == {"expired"}


def test_a_rate_that_goes_on_is_not_told() -> None:
    soon = item("soon", valid_to=date(2026, 12, 20))
    after = item("after", "120", valid_from=date(2026, 12, 21))
    assert rules(soon, after) == set()


def test_a_rebate_on_a_superseded_item_is_told() -> None:
    rows = (item("old"), item("new", supersedes="old"), rebate("r", item_id="old"))
    assert rules(*rows) == {"superseded-reference"}
    withdrawn = (item("a"), item("old"), item("end", supersedes="old", is_withdrawal=True))
    (finding,) = found(*withdrawn, rebate("r", item_id="old"))
    assert "withdrawn" in finding.what
    assert rules(item("old"), item("new", supersedes="old"), rebate("r", item_id="new")) == set()


def test_a_reference_is_judged_by_the_record_of_the_day() -> None:
    new = item("new", supersedes="old", recorded_on=date(2026, 5, 1))
    rows = (item("old"), new, rebate("r", item_id="old"))
    assert rules(*rows, known_on=date(2026, 4, 30)) == set()
    assert rules(*rows, known_on=date(2026, 5, 1)) == {"superseded-reference"}


def test_two_rows_in_the_place_of_one_are_told() -> None:
    rows = (item("old"), item("b", supersedes="old", origin="KZ"), item("c", supersedes="old"))
    assert rules(*rows) == {"superseded-twice"}
    assert rules(item("old"), item("b", supersedes="old"), item("c", supersedes="b")) == set()


def test_a_row_superseded_before_the_new_one_holds_is_told() -> None:
    new = item("new", supersedes="old", valid_from=date(2027, 1, 1), recorded_on=DAY)
    (finding,) = [f for f in found(item("old"), new) if f.rule == "superseded-early"]
    assert finding.items == ("new", "old")
    assert "until 2026-12-31" in finding.what


def test_a_row_that_is_ended_before_the_new_one_holds_leaves_no_day_out() -> None:
    last = date(2026, 12, 31)
    ended = item("old-to", supersedes="old", valid_to=last, recorded_on=DAY)
    new = item("new", valid_from=date(2027, 1, 1), recorded_on=DAY)
    assert rules(item("old"), ended, new) == set()
    gone = item("old", valid_to=date(2026, 6, 30))
    begun = item("new", supersedes="old", valid_from=date(2027, 1, 1))
    assert "superseded-early" not in rules(gone, begun)


def test_a_rate_of_exchange_of_the_day_is_asked_for() -> None:
    def rate(day: date) -> tuple[ExchangeRate, ...]:
        return (
            ExchangeRate(
                from_currency="EUR",
                to_currency="USD",
                rate_date=day,
                rate=Decimal("1.1"),
                source_id="test",
            ),
        )

    row = item("a", currency="EUR")
    assert rules(row, rates=rate(date(2026, 12, 2))) == {"no-exchange-rate"}
    assert rules(row, rates=rate(DAY)) == set()
    monthly = item("a", currency="EUR", exchange_rule="month_start")
    late = {"day": date(2026, 12, 20)}
    assert rules(monthly, rates=rate(date(2026, 12, 2)), **late) == {"no-exchange-rate"}
    assert rules(row, rates=rate(date(2026, 12, 2)), **late) == set()
    fee = surcharge("s", currency="EUR")
    assert rules(item("a"), fee) == {"no-exchange-rate"}


@pytest.mark.parametrize("prefix", ["00", "77", "7712"])
def test_a_commodity_of_no_chapter_is_told(prefix: str) -> None:
    assert rules(item("a"), item("b", commodity_prefixes=(prefix,))) == {"no-such-chapter"}


@pytest.mark.parametrize("prefix", ["01", "97", "98", "99", "8517"])
def test_a_commodity_of_a_chapter_is_not_told(prefix: str) -> None:
    assert rules(item("a"), item("b", "110", commodity_prefixes=(prefix,))) == set()


def test_every_finding_names_its_rule_and_how_to_mend_it() -> None:
    corridor = read_feed()
    legs = list(corridor.network(DAY, date(2026, 12, 31)).legs)
    told = check_tariff(corridor.feed, legs, DAY)
    assert [finding for finding in told if finding.severity == "error"] == []
    for finding in told:
        assert finding.rule in RULES
        assert finding.mending.endswith(".")
        assert finding.field

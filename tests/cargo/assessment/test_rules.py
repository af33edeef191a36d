"""Risk rules: every kind fires on what it is for, says on which values, and else is silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import median_abs_deviation

from kervan.cargo import example_consignment
from kervan.cargo.assessment import OtherDocument, assess
from kervan.cargo.assessment.conditions import CONDITIONS, Case
from kervan.cargo.assessment.guarantee import guarantee_needs
from kervan.cargo.assessment.past import Past, PastItem, party_keys, read_past
from kervan.cargo.assessment.rules import (
    EXAMPLE_RULES,
    Condition,
    RiskRule,
    RuleBook,
    fire,
    read_rules,
)
from kervan.cargo.assessment.selection import select
from kervan.cargo.assessment.simplifications import simplifications_of
from kervan.cargo.consignment import Consignment
from kervan.cargo.differences import differences
from kervan.cargo.law import requirements_of
from kervan.cargo.reading import CargoError, write_consignment
from tests.cargo.consignments import consignments

DAY = date(2026, 12, 1)
EXAMPLE = json.loads(write_consignment(example_consignment()))
Change = Callable[[Any], object]


def changed(change: Change = lambda content: None) -> Consignment:
    content = json.loads(json.dumps(EXAMPLE))
    change(content)
    return Consignment.model_validate(content)


def past_item(number: int, **values: Any) -> PastItem:
    given: dict[str, Any] = {
        "reference": f"OLD-{number}",
        "day": DAY - timedelta(days=1 + number),
        "consignor": "USCC:91610000EXAMPLE001",
        "consignee": "VKN:1234567890",
        "carrier": "",
        "hs_code": "850760",
        "net_mass_kg": 390.0 + number,
        "volume_m3": 1.0,
        "value": 10_000.0 + 20 * number,
        "currency": "USD",
        "route": ("CN", "EAEU", "AZ", "GE", "TR"),
        "infringement": "",
    }
    return PastItem(**{**given, **values})


USUAL = [past_item(n) for n in range(24)]


def case(change: Change = lambda content: None, past: list[PastItem] | None = None) -> Case:
    cargo = changed(change)
    whole = example_consignment()
    return Case(
        cargo,
        DAY,
        Past(past or ()),
        requirements_of(cargo),
        simplifications_of(cargo, day=DAY),
        (OtherDocument("data-set note.json", differences(whole, cargo)),),
    )


def item(number: int, **values: Any) -> Change:
    return lambda content: content["goods_items"][number - 1].update(values)


def broken_seal(by: str) -> Change:
    return lambda content: content.update(
        seal_changes=[
            {
                "equipment_number": "KRVU3001014",
                "at": "2026-12-06T10:00:00+05:00",
                "removed": ["CC880123"],
                "affixed": ["KZ1"],
                "by": by,
            }
        ]
    )


def back_to_start(content: Any) -> None:
    last = content["movements"][-1]
    content["movements"].append(
        {"number": 7, "mode": "rail", "origin": last["destination"], "destination": last["origin"]}
    )


NOTHING: Change = lambda content: None  # noqa: E731

# kind, parameters, what makes it fire, past; what keeps it silent, past; a word of the facts
FIRING: list[tuple[str, dict[str, Any], Change, list[PastItem], Change, list[PastItem], str]] = [
    ("origin", {"countries": ["KP"]}, item(2, origin_country="KP"), [], NOTHING, [], "KP"),
    ("dispatch", {"countries": ["CN"]}, NOTHING, [], lambda c: c["movements"].pop(0), [], "CN"),
    ("hs", {"prefixes": ["2402"]}, item(4, hs_code="240220"), [], NOTHING, [], "240220"),
    (
        "passes",
        {"any_of": ["GE-AKHALKALAKI"]},
        NOTHING,
        [],
        lambda c: c.update(movements=c["movements"][:3]),
        [],
        "GE-AKHALKALAKI",
    ),
    ("returns", {}, back_to_start, [], NOTHING, [], "GE"),
    (
        "unusual_route",
        {"least": 20},
        NOTHING,
        [past_item(n, route=("CN", "EAEU", "EU", "TR")) for n in range(24)],
        NOTHING,
        USUAL,
        "CN - EAEU - EU - TR",
    ),
    (
        "party_history",
        {"role": "consignor", "share_percent": 4},
        NOTHING,
        [*USUAL[1:], past_item(0, infringement="undervalued")],
        NOTHING,
        USUAL,
        "24",
    ),
    (
        "unknown_party",
        {"role": "consignee"},
        NOTHING,
        [past_item(n, consignee="VKN:9") for n in range(3)],
        NOTHING,
        USUAL,
        "Örnek İthalat A.Ş.",
    ),
    ("unusual_mass", {}, item(1, volume_m3="3"), USUAL, NOTHING, USUAL, "1866.67"),
    (
        "unusual_value",
        {},
        item(1, value={"value": "9000", "currency": "USD"}),
        USUAL,
        NOTHING,
        USUAL,
        "1.61",
    ),
    (
        "value_density",
        {"currency": "USD", "below": 0.2},
        item(5, value={"value": "100", "currency": "USD"}),
        [],
        NOTHING,
        [],
        "0.03",
    ),
    (
        "seals",
        {"event": "changed_without_customs"},
        broken_seal("carrier"),
        [],
        broken_seal("customs of Kazakhstan"),
        [],
        "CC880123",
    ),
    (
        "seals",
        {"event": "missing"},
        lambda c: c["equipment"][1].pop("seals"),
        [],
        NOTHING,
        [],
        "KRVU3001020",
    ),
    ("seals", {"event": "changed"}, broken_seal("customs"), [], NOTHING, [], "KRVU3001014"),
    (
        "dangerous_goods",
        {"classes": ["3"]},
        NOTHING,
        [],
        lambda c: c["goods_items"][1].pop("dangerous_goods"),
        [],
        "1263",
    ),
    (
        "documents_differ",
        {"elements": ["goods_items"]},
        item(3, gross_mass_kg="7300"),
        [],
        NOTHING,
        [],
        "7260 → 7300",
    ),
    ("masses_differ", {}, item(3, gross_mass_kg="8000"), [], NOTHING, [], "-740"),
    ("incomplete", {}, lambda c: c["consignee"].pop("address"), [], NOTHING, [], "consignee"),
    (
        "authorised",
        {"kinds": ["AEO"], "territories": ["CN"]},
        NOTHING,
        [],
        lambda c: c["consignor"].pop("authorisations"),
        [],
        "CN6101EXAMPLE1",
    ),
]


def rule(*when: Condition, reason: str = "because", **values: Any) -> RiskRule:
    given: dict[str, Any] = {"rule_id": "r", "title": "R", "weight": 40, "source": "test"}
    return RiskRule(**{**given, **values}, when=when, reason=reason)


@pytest.mark.parametrize(
    ("kind", "parameters", "fires", "past", "silent", "silent_past", "word"),
    FIRING,
    ids=[f"{row[0]}-{n}" for n, row in enumerate(FIRING)],
)
def test_every_kind_fires_on_what_it_is_for_and_explains(
    kind: str,
    parameters: dict[str, Any],
    fires: Change,
    past: list[PastItem],
    silent: Change,
    silent_past: list[PastItem],
    word: str,
) -> None:
    condition = Condition(kind, parameters)
    fired = fire(rule(condition), case(fires, past))
    assert fired is not None
    assert any(word in str(value) for facts in fired.facts for value in facts.values()), fired.facts
    assert fire(rule(condition), case(silent, silent_past)) is None


def test_every_kind_there_is_stands_in_the_test_above_and_in_the_example() -> None:
    assert {row[0] for row in FIRING} == set(CONDITIONS)
    used = {c.kind for r in read_rules().rules for c in r.when}
    assert used == set(CONDITIONS)


def test_every_reason_of_the_example_is_filled_in() -> None:
    """No brace is left in a reason, whichever rule of the example fires."""
    seen = set()
    for kind, _, fires, past, *_ in FIRING:
        for one in read_rules().rules:
            if kind in {c.kind for c in one.when}:
                fired = fire(one, case(fires, past))
                if fired is not None:
                    seen.add(one.rule_id)
                    assert not any("{" in reason for reason in fired.reasons), fired.reasons
    assert len(seen) > 12


def test_conditions_of_a_rule_are_asked_of_the_same_item() -> None:
    both = rule(Condition("hs", {"prefixes": ["8507"]}), Condition("origin", {"countries": ["KP"]}))
    assert fire(both, case(item(2, origin_country="KP"))) is None
    fired = fire(both, case(item(1, origin_country="KP")))
    assert fired is not None
    assert fired.facts == (
        {
            "item": 1,
            "hs_code": "850760",
            "description": "Lithium-ion accumulators",
            "country": "KP",
        },
    )


def test_a_reason_cannot_reach_into_the_values() -> None:
    fired = fire(
        rule(Condition("dangerous_goods", {}), reason="{item.__class__} {un_number} {nothing}"),
        case(),
    )
    assert fired is not None
    assert fired.reasons[0] == "{item.__class__} 3480 {nothing}"


def test_the_score_is_the_sum_of_the_weights_and_gives_the_lane() -> None:
    light = rule(Condition("returns", {}), rule_id="b", weight=500)
    less = rule(Condition("authorised", {}), rule_id="c", weight=-15)
    for weight, lane, score in (
        (14, "green", 0),
        (44, "green", 29),
        (45, "amber", 30),
        (75, "red", 60),
    ):
        first = rule(Condition("dangerous_goods", {}), rule_id="a", weight=weight)
        found = assess(example_consignment(), RuleBook(30, 60, (first, light, less)), day=DAY)
        assert (found.lane, found.score) == (lane, score)
        assert found.score == max(0, sum(f.rule.weight for f in found.fired))


def test_a_rule_counts_on_its_days_alone() -> None:
    one = rule(Condition("dangerous_goods", {}), valid_from=DAY, valid_to=DAY)
    for day, asked in (
        (DAY, True),
        (DAY - timedelta(days=1), False),
        (DAY + timedelta(days=1), False),
    ):
        found = assess(example_consignment(), RuleBook(30, 60, (one,)), day=day)
        assert bool(found.fired) is asked
        assert found.not_asked == (() if asked else ("r",))


def test_who_is_selected_by_chance_is_not_green() -> None:
    from decimal import Decimal

    seed = bytes(32)
    for share, lane in (("1", "amber"), ("0", "green")):
        drawn = select(seed, DAY, Decimal(share), "EX-2026-000417")
        found = assess(example_consignment(), RuleBook(30, 60, ()), day=DAY, selection=drawn)
        assert found.lane == lane


def test_the_example_is_complete_and_green_by_the_example_rules() -> None:
    found = assess(example_consignment(), read_rules(), day=DAY, past=Past(USUAL))
    assert found.lane == "green"
    assert found.elements_present == found.elements_asked
    assert {f.rule.rule_id for f in found.fired} == {"authorised-operator", "dangerous-goods"}


def test_the_history_of_the_day_itself_and_later_is_not_looked_at() -> None:
    later = [past_item(n, day=DAY, infringement="found") for n in range(3)]
    found = assess(example_consignment(), read_rules(), day=DAY, past=Past(later))
    assert "consignor-infringements" not in {f.rule.rule_id for f in found.fired}


@given(consignments())
@settings(max_examples=40, deadline=None)
def test_any_consignment_can_be_assessed(cargo: Consignment) -> None:
    found = assess(
        cargo,
        read_rules(),
        day=DAY,
        past=Past(USUAL),
        guarantees=guarantee_needs(cargo, day=DAY),
        documents=[OtherDocument("note", differences(example_consignment(), cargo))],
    )
    assert found.score == max(0, sum(f.rule.weight for f in found.fired))
    for fired in found.fired:
        assert fired.reasons
        assert len(fired.reasons) == len(fired.facts)


@pytest.mark.parametrize("mass", ["-5", "0", "0.000001"])
def test_masses_and_volumes_that_cannot_be_are_no_crash(mass: str) -> None:
    cargo = changed(item(1, net_mass_kg=mass, volume_m3="-1"))
    assert assess(cargo, read_rules(), day=DAY, past=Past(USUAL)).lane


# The past


def test_the_robust_score_is_that_of_another_library() -> None:
    rng = np.random.default_rng(417)
    values = np.exp(rng.normal(6, 0.4, 60))
    past = Past([past_item(n, net_mass_kg=float(v)) for n, v in enumerate(values)])
    found = past.anomaly("850760", 2_000.0, "density", least=8)
    assert found is not None
    logs = np.log(values)
    scale = median_abs_deviation(logs, scale="normal")
    assert found.score == pytest.approx((np.log(2_000) - np.median(logs)) / scale, rel=1e-4)
    assert found.median == pytest.approx(np.exp(np.median(logs)))
    assert found.count == 60


def test_where_a_code_is_rare_its_heading_then_its_chapter_is_taken() -> None:
    past = Past([past_item(n, hs_code="850710" if n < 10 else "851010") for n in range(20)])
    for code, prefix in (("850710", "850710"), ("850760", "8507"), ("859999", "85")):
        found = past.anomaly(code, 400, "density", least=8)
        assert found is not None
        assert found.prefix == prefix
    assert past.anomaly("010121", 400, "density", least=8) is None


def test_values_of_another_currency_are_not_compared() -> None:
    past = Past([past_item(n, currency="EUR") for n in range(20)])
    assert past.anomaly("850760", 1, "unit_value", least=8, currency="USD") is None


def test_a_party_is_counted_by_consignment_and_not_by_item() -> None:
    items = [past_item(n, reference="ONE", infringement="x" if n else "") for n in range(4)]
    keys = party_keys(example_consignment().consignor)
    assert Past(items).of_party("consignor", keys) == (1, 1)


def test_a_history_is_read_and_a_bad_one_refused_with_its_line(tmp_path: Path) -> None:
    head = (
        "reference,day,consignor,consignee,carrier,hs_code,net_mass_kg,volume_m3,value,currency,"
        "route,infringement\n"
    )
    path = tmp_path / "past.csv"
    path.write_text(head + "A,2026-01-01,USCC:1,VKN:2,,850760,100,,2500,USD,CN EAEU,\n")
    (one,) = read_past(path).items
    assert (one.unit_value, one.density, one.route) == (25.0, None, ("CN", "EAEU"))
    for row, said in (
        ("A,monday,,,,,,,,,,\n", "line 2"),
        ("A,2026-01-01,,,,,-5,,,,,\n", "no number above zero"),
        ("A,2026-01-01,,,,,nan,,,,,\n", "no number above zero"),
    ):
        path.write_text(head + row)
        with pytest.raises(CargoError, match=said):
            read_past(path)
    path.write_text("reference,day\n")
    with pytest.raises(CargoError, match="no column 'consignor'"):
        read_past(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CargoError, match="UTF-8"):
        read_past(path)


# Files of rules

GOOD = """
amber = 30
red = 60
[[rule]]
id = "a"
title = "A"
weight = 5
reason = "r"
source = "s"
[[rule.when]]
kind = "hs"
prefixes = ["24"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("amber = 30", "amber = 90", "amber not above red"),
        ("amber = 30", "", "whole numbers amber and red"),
        ("amber = 30", "amber = 30\ngreen = 1", "'green'"),
        ('kind = "hs"', 'kind = "hss"', "Did you mean 'hs'"),
        ("prefixes", "prefix", "Did you mean 'prefixes'"),
        ('prefixes = ["24"]', "", "needs the parameter 'prefixes'"),
        ('prefixes = ["24"]', "prefixes = [24]", "expected a list of texts"),
        ('prefixes = ["24"]', 'prefixes = "24"', "expected a list of texts"),
        ('title = "A"', "", "has no title"),
        ("weight = 5", "weight = true", "a whole number"),
        ("weight = 5", 'weight = 5\nvalid_from = "2026-01-01"', "without quotes"),
        ("weight = 5", "weight = 5\nwieght = 6", "Did you mean 'weight'"),
        ('[[rule.when]]\nkind = "hs"\nprefixes = ["24"]', "", "at least one"),
        ('kind = "hs"\nprefixes = ["24"]', 'kind = "seals"\nevent = "lost"', "changed_without"),
        ('kind = "hs"\nprefixes = ["24"]', 'kind = "party_history"\nrole = "holder"', "consignor"),
        ('kind = "hs"\nprefixes = ["24"]', 'kind = "unusual_mass"\nbeyond = nan', "a number"),
        ("amber = 30", "amber = ", "no TOML"),
    ],
)
def test_a_bad_file_of_rules_is_refused_with_what_is_wrong(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    assert len(read_rules(path).rules) == 1
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(CargoError, match=said):
        read_rules(path)


def test_a_rule_stands_once_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(GOOD + GOOD[GOOD.index("[[rule]]") :])
    with pytest.raises(CargoError, match="'a' twice"):
        read_rules(path)
    with pytest.raises(CargoError, match="cannot be read"):
        read_rules(tmp_path / "gone.toml")


def test_every_rule_of_the_example_names_its_source() -> None:
    assert EXAMPLE_RULES.exists()
    assert all(r.source for r in read_rules().rules)


def test_the_reference_page_is_that_of_the_conditions() -> None:
    from kervan.cargo.assessment.reference import page

    shown = Path(__file__).parents[3].joinpath("docs/reference/risk-rules.md").read_text("utf-8")
    mending = "run `python -m kervan.cargo.assessment.reference > docs/reference/risk-rules.md`"
    assert shown == page(), mending

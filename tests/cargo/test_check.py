"""One thing broken in the example gives exactly the problem that says so, at its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from kervan.cargo import example_consignment
from kervan.cargo.check import check
from kervan.cargo.consignment import Consignment
from kervan.cargo.law import check_law
from kervan.cargo.problems import Problem
from kervan.cargo.reading import read, write_consignment
from kervan.cargo.seals import seals_now
from kervan.documents.ncts.references import GRN_LENGTH, has_check_digit
from tests.cargo.consignments import consignments

EXAMPLE = json.loads(write_consignment(example_consignment()))
Break = Callable[[dict[str, Any]], Any]


def problems_of(content: Any) -> tuple[Problem, ...]:
    reading = read(json.dumps(content))
    return check(reading.consignment, reading)


def broken(break_it: Break) -> tuple[Problem, ...]:
    content = json.loads(json.dumps(EXAMPLE))
    break_it(content)
    return problems_of(content)


def put(path: str, value: Any) -> Break:
    """Return what sets an element of the example; a value of ... takes it out."""
    *way, last = [int(s) if s.isdigit() else s for s in path.split(".")]

    def do(content: Any) -> None:
        for step in way:
            content = content[step]
        if value is ...:
            del content[last]
        else:
            content[last] = value

    return do


def both(*breaks: Break) -> Break:
    return lambda content: [one(content) for one in breaks]


UNIT, ITEM, SUBSTANCE = "equipment.0", "goods_items.0", "goods_items.0.dangerous_goods.0"
TRANSIT = "procedures.3"
CHANGE = {"equipment_number": "KRVU3001020", "at": "2026-12-05T10:00:00+05:00"}

FORM = [
    ("check-digit", "wagons.0.number", "94701233"),
    ("check-digit", "wagons.1.number", "318474700124"),
    ("wagon-number", "wagons.0.number", "9470-1232"),
    ("check-digit", "movements.2.means.identity", "9000004"),
    ("check-digit", "consignee.identifiers.0.value", "1234567891"),
    ("check-digit", "notify_parties.0.identifiers.0.value", "260140000016"),
    ("identifier", "consignee.identifiers.1.value", "1234567890"),
    ("identifier", "notify_parties.0.identifiers.0.value", "2601400000"),
    ("grn", f"{TRANSIT}.guarantees.0.reference", "26GE00000100"),
    ("access-code", f"{TRANSIT}.guarantees.0.access_code", "12345"),
    ("unknown-code", f"{TRANSIT}.guarantees.0.kind", "Z"),
    ("unknown-code", f"{TRANSIT}.security", "7"),
    ("unknown-code", f"{TRANSIT}.declaration_type", "T9"),
    ("unknown-code", f"{TRANSIT}.location_of_goods.kind", "Q"),
    ("mrn", f"{TRANSIT}.mrn", "26GE123"),
    ("check-digit", f"{TRANSIT}.mrn", "18GB0000601001EBB4"),
    ("unknown-code", f"{TRANSIT}.countries_of_routing.0", "QQ"),
    ("hs-code", "goods_items.4.hs_code", "7318.15"),
    ("unknown-code", "goods_items.0.packages.0.kind", "QQQ"),
    ("unknown-code", "goods_items.0.value.currency", "XYZ"),
    ("unknown-code", "goods_items.0.origin_country", "ZZ"),
    ("national-code", "goods_items.0.national_codes.0.code", "85076000"),
    ("commodity-codes-differ", "goods_items.0.national_codes.0.code", "8506600000"),
    ("negative", "goods_items.0.volume_m3", "-1"),
    ("un-number", f"{SUBSTANCE}.un_number", "UN3480"),
    ("unknown-code", f"{SUBSTANCE}.hazard_class", "99"),
    ("code", f"{SUBSTANCE}.tunnel_code", "Q"),
    ("code", f"{SUBSTANCE}.ems", "F-Z"),
    ("code", "carriers.0.railway_code", "33"),
    ("size-type", f"{UNIT}.size_type", "40HC"),
    ("unknown-code", f"{UNIT}.size_type", "ZZZZ"),
    ("seal-number", f"{UNIT}.seals.0.number", "№4417001"),
    ("email", "consignor.contact.email", "export at example.com"),
    ("phone", "consignor.contact.phone", "ask the desk"),
    ("place-country", "issued_at.country", "KZ"),
    ("control-character", "consignor.name", "Example\u202eLtd"),
    ("mixed-scripts", "documents.0.number", "EX417-SМGS"),
    ("unknown-code", "documents.0.kind", "99999"),
    ("no-such-reference", "documents.0.items", [9]),
    ("no-such-reference", "payments.0.carrier_id", "XYZ"),
    ("no-such-reference", "wagons.0.movement", 99),
    ("no-such-reference", "wagons.0.equipment_numbers.0", "CSQU3054383"),
    ("no-such-reference", "movements.0.carrier_id", "XYZ"),
    ("not-consecutive", "procedures.2.number", 4),
    ("missing", "consignee", ...),
    ("missing", "goods_items.0.hs_code", ...),
    ("missing", "goods_items.0.description", ...),
]


@pytest.mark.parametrize(("rule", "path", "value"), FORM)
def test_a_fault_of_form_is_named_at_its_place(rule: str, path: str, value: Any) -> None:
    if path.endswith("payments.0.carrier_id"):
        found = broken(put("payments", [{"carrier_id": value, "payer": "Example"}]))
    elif path == "goods_items.0.description":
        found = broken(both(put(path, value), put("goods_items.0.description_in", {})))
    else:
        found = broken(put(path, value))
    at = as_json_path(path) + ("[0]" if isinstance(value, list) else "")
    assert [(p.rule, p.path) for p in found] == [(f"form.{rule}", at)]
    assert found[0].severity == "error"


def as_json_path(path: str) -> str:
    return "$" + "".join(f"[{s}]" if s.isdigit() else f".{s}" for s in path.split("."))


def everywhere(old: str, new: str) -> tuple[Problem, ...]:
    return problems_of(json.loads(json.dumps(EXAMPLE, ensure_ascii=False).replace(old, new)))


def test_a_wrong_check_digit_of_a_container_is_named_with_the_right_one() -> None:
    (problem,) = everywhere("KRVU3001014", "KRVU3001015")
    assert problem.rule == "form.check-digit"
    assert problem.path == "$.equipment[0].number"
    assert "its check digit by ISO 6346 is 4" in problem.message


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("КRVU3001014", "character 1 'К' is Cyrillic capital letter ka, where Latin 'K' was meant"),
        ("KRVU3О01014", "character 6 'О' is Cyrillic capital letter o, where the digit '0' was"),
        ("KΡVU3001014", "character 2 'Ρ' is Greek capital letter rho, where Latin 'P' was meant"),
    ],
)
def test_a_look_alike_letter_is_named_with_its_place_and_what_was_meant(
    number: str, said: str
) -> None:
    found = [p for p in everywhere("KRVU3001014", number) if p.path == "$.equipment[0].number"]
    assert [p.rule for p in found] == ["form.lookalike"]
    assert said in found[0].message


def test_a_number_written_with_a_hyphen_is_given_as_it_should_be() -> None:
    (problem,) = everywhere("KRVU3001014", "KRVU 300101-4")
    assert "KRVU3001014" in problem.mending


def test_an_hs_code_that_is_not_there_is_refused() -> None:
    (problem,) = everywhere("731815", "731899")[:1]
    assert (problem.rule, problem.path) == ("form.unknown-code", "$.goods_items[4].hs_code")


def test_the_plate_of_a_trailer_is_no_container_number() -> None:
    assert not broken(lambda c: c["equipment"].append({"number": "34 ABC 123", "is_empty": True}))


def test_a_number_that_stands_twice_is_named_with_the_first_place() -> None:
    found = broken(both(put("goods_items.4.number", 4), put("documents", [])))
    assert [(p.rule, p.path) for p in found] == [("form.not-unique", "$.goods_items[4].number")]
    assert "goods_items[3]" in found[0].message


def test_two_movements_of_one_number_are_not_consecutive() -> None:
    found = broken(put("movements.5.number", 5))
    assert ("form.not-consecutive", "$.movements[5].number") in [(p.rule, p.path) for p in found]


def seal_change(**fields: Any) -> Break:
    return lambda content: content.update(seal_changes=[CHANGE | fields])


SENSE: list[tuple[str, str, str, Break]] = [
    ("net-over-gross", "error", "goods_items.0.net_mass_kg", put(f"{ITEM}.net_mass_kg", "6201")),
    (
        "net-over-gross",
        "error",
        f"{SUBSTANCE}.net_mass_kg",
        put(f"{SUBSTANCE}.net_mass_kg", "9999"),
    ),
    ("no-value", "error", f"{ITEM}.value.value", put(f"{ITEM}.value.value", "0")),
    ("no-origin", "warning", ITEM, put(f"{ITEM}.origin_country", ...)),
    ("packages-do-not-add-up", "error", f"{ITEM}.stowage", put(f"{ITEM}.stowage.0.packages", 9)),
    (
        "masses-do-not-add-up",
        "error",
        "goods_items.3.stowage",
        put("goods_items.3.stowage.0.gross_mass_kg", "2600"),
    ),
    ("empty-with-goods", "error", f"{UNIT}.is_empty", put(f"{UNIT}.is_empty", True)),
    (
        "overloaded",
        "error",
        UNIT,
        both(put(f"{UNIT}.max_gross_kg", "20000"), put(f"{UNIT}.verified_gross_mass", ...)),
    ),
    (
        "overloaded",
        "error",
        f"{UNIT}.verified_gross_mass.mass_kg",
        both(put(f"{UNIT}.max_gross_kg", "21869"), put(f"{UNIT}.tare_kg", "3849")),
    ),
    ("tare", "error", f"{UNIT}.tare_kg", put(f"{UNIT}.tare_kg", "32500")),
    (
        "verified-mass",
        "warning",
        f"{UNIT}.verified_gross_mass.mass_kg",
        put(f"{UNIT}.verified_gross_mass.mass_kg", "24000"),
    ),
    (
        "verified-mass",
        "error",
        f"{UNIT}.verified_gross_mass.mass_kg",
        put(f"{UNIT}.verified_gross_mass.mass_kg", "18000"),
    ),
    ("temperature", "error", f"{UNIT}.temperature_c", put(f"{UNIT}.temperature_c", "-18")),
    ("wagon-overloaded", "error", "wagons.0", put("wagons.0.load_limit_kg", "39000")),
    ("wagon-off-the-rails", "error", "wagons.0.movement", put("movements.1.mode", "road")),
    (
        "on-two-wagons",
        "error",
        "wagons.1.equipment_numbers.0",
        both(put("wagons.1.movement", 2), put("wagons.1.equipment_numbers", ["KRVU3001014"])),
    ),
    ("hazard-class", "error", f"{SUBSTANCE}.hazard_class", put(f"{SUBSTANCE}.hazard_class", "8")),
    ("hazard-class", "error", f"{SUBSTANCE}.hazard_class", put(f"{SUBSTANCE}.hazard_class", ...)),
    (
        "packing-group",
        "error",
        "goods_items.1.dangerous_goods.0.packing_group",
        put("goods_items.1.dangerous_goods.0.packing_group", ...),
    ),
    (
        "shipping-name",
        "error",
        f"{SUBSTANCE}.proper_shipping_name",
        put(f"{SUBSTANCE}.proper_shipping_name", "GASOLINE"),
    ),
    ("emergency-schedule", "warning", f"{SUBSTANCE}.ems", put(f"{SUBSTANCE}.ems", ...)),
    (
        "flash-point",
        "warning",
        "goods_items.1.dangerous_goods.0.flash_point_c",
        put("goods_items.1.dangerous_goods.0.flash_point_c", "20"),
    ),
    (
        "flash-point",
        "warning",
        "goods_items.1.dangerous_goods.0.flash_point_c",
        put("goods_items.1.dangerous_goods.0.flash_point_c", "90"),
    ),
    ("hs-description", "warning", f"{ITEM}.description", put(f"{ITEM}.description", "Almonds")),
    ("times", "error", "movements.0.arrives", put("movements.0.arrives", "2026-11-30T00:00:00Z")),
    ("times", "error", "movements.1.departs", put("movements.1.departs", "2026-12-04T00:00:00Z")),
    ("acceptance-place", "error", "acceptance.place_id", put("acceptance.place_id", "CNSHA")),
    ("delivery-place", "error", "delivery.place_id", put("delivery.place_id", "TRMER")),
    (
        "way-broken",
        "error",
        "movements.3.origin.place_id",
        put("movements.3.origin.place_id", "AZ-BAKU"),
    ),
    ("means", "warning", "movements.2.means.identity", put("movements.2.means.identity", "X8155")),
    (
        "means",
        "error",
        "movements.0.means.identity",
        put("movements.0.means.identity", "IMO9074729"),
    ),
    ("means", "warning", "movements.0.means.name", put("movements.0.means.name", "EXAMPLE")),
    ("issued-late", "warning", "issued_on", put("issued_on", "2026-12-02")),
    (
        "limit-passed",
        "warning",
        "procedures.1.limit_date",
        put("procedures.1.limit_date", "2026-11-20"),
    ),
    (
        "seal-twice",
        "error",
        "equipment.1.seals.0.number",
        put("equipment.1.seals.0.number", "CN4417001"),
    ),
    (
        "seal-not-there",
        "error",
        "seal_changes.0.removed.0",
        seal_change(removed=["CN4417001"], affixed=["KZ0001"]),
    ),
    (
        "seal-twice",
        "error",
        "seal_changes.0.affixed.0",
        seal_change(removed=["CN4417002"], affixed=["CN4417001"]),
    ),
    (
        "without-seal",
        "warning",
        "seal_changes.0.affixed",
        seal_change(removed=["CN4417002", "CC880124"]),
    ),
]


@pytest.mark.parametrize(("rule", "severity", "path", "break_it"), SENSE)
def test_what_does_not_go_together_is_named_at_its_place(
    rule: str, severity: str, path: str, break_it: Break
) -> None:
    found = broken(break_it)
    assert [(p.rule, p.path, p.severity) for p in found] == [
        (f"sense.{rule}", as_json_path(path), severity)
    ]
    assert found[0].mending


def test_a_box_rated_for_24_tonnes_does_not_carry_30() -> None:
    content = json.loads(json.dumps(EXAMPLE))
    content["equipment"][0].update(max_gross_kg="24000")
    content["equipment"][0].pop("verified_gross_mass")
    content["goods_items"][0].update(gross_mass_kg="14330", net_mass_kg="14000")
    content["goods_items"][0]["stowage"][0]["gross_mass_kg"] = "14330"
    (problem,) = problems_of(content)
    assert (problem.rule, problem.path) == ("sense.overloaded", "$.equipment[0]")
    assert "30000 kg" in problem.message
    assert "Take out 6000 kg" in problem.mending


def with_substance(item: int, **goods: Any) -> Break:
    return lambda content: content["goods_items"][item].update(dangerous_goods=[goods])


ACID = {
    "un_number": "2789",
    "proper_shipping_name": "ACETIC ACID, GLACIAL",
    "hazard_class": "8",
    "subsidiary_hazards": ["3"],
    "packing_group": "II",
    "ems": "F-E, S-C",
}
OXIDIZER = {
    "un_number": "1486",
    "proper_shipping_name": "POTASSIUM NITRATE",
    "hazard_class": "5.1",
    "packing_group": "III",
    "ems": "F-A, S-Q",
}
SODIUM = {
    "un_number": "1428",
    "proper_shipping_name": "SODIUM",
    "hazard_class": "4.3",
    "packing_group": "I",
    "ems": "F-G, S-N",
}


def test_goods_that_must_be_separated_are_not_put_into_one_unit() -> None:
    (problem,) = broken(both(with_substance(0, **OXIDIZER), with_substance(2, **ACID)))
    assert (problem.rule, problem.severity) == ("sense.segregation", "error")
    assert problem.path == "$.equipment[0]"
    # Class 5.1 against 8 is 2, and against the subsidiary hazard 3 as well.
    assert "has 2, 'separated from'" in problem.message


def test_away_from_is_for_the_authority_to_allow() -> None:
    (problem,) = broken(
        both(with_substance(0, **SODIUM), with_substance(2, **ACID | {"subsidiary_hazards": ["3"]}))
    )
    assert problem.rule == "sense.segregation"


def test_goods_in_different_units_or_limited_quantities_may_be_what_they_are() -> None:
    assert not broken(both(with_substance(0, **OXIDIZER), with_substance(1, **ACID)))
    assert not broken(
        both(with_substance(0, **OXIDIZER), with_substance(2, **ACID, limited_quantity=True))
    )


def test_lithium_batteries_may_travel_with_paint_as_the_table_says() -> None:
    paint = EXAMPLE["goods_items"][1]["dangerous_goods"][0] | {"net_mass_kg": "6600"}
    assert not broken(with_substance(2, **paint))


def test_a_name_that_is_not_otherwise_specified_wants_a_technical_name() -> None:
    goods = {
        "un_number": "1993",
        "proper_shipping_name": "FLAMMABLE LIQUID, N.O.S.",
        "hazard_class": "3",
        "packing_group": "III",
        "ems": "F-E, S-E",
    }
    (problem,) = broken(with_substance(3, **goods))
    assert problem.rule == "sense.technical-name"
    assert not broken(with_substance(3, **goods, technical_name="butyl acetate"))


def test_what_harms_the_environment_is_a_marine_pollutant_at_sea() -> None:
    goods = {
        "un_number": "3082",
        "proper_shipping_name": "ENVIRONMENTALLY HAZARDOUS SUBSTANCE, LIQUID, N.O.S.",
        "technical_name": "zinc oxide",
        "hazard_class": "9",
        "packing_group": "III",
        "ems": "F-A, S-F",
    }
    (problem,) = broken(with_substance(3, **goods))
    assert (problem.rule, problem.severity) == ("sense.marine-pollutant", "warning")


def test_the_last_state_of_the_seals_follows_every_change_in_its_order() -> None:
    late = CHANGE | {"at": "2026-12-09T10:00:00+05:00", "removed": ["KZ1"], "affixed": ["KZ2"]}
    early = CHANGE | {"removed": ["CN4417002"], "affixed": ["KZ1"]}
    content = EXAMPLE | {"seal_changes": [late, early]}
    assert not problems_of(content)
    reading = read(json.dumps(content))
    assert reading.consignment is not None
    assert seals_now(reading.consignment) == {
        "KRVU3001014": ("CN4417001", "CC880123"),
        "KRVU3001020": ("CC880124", "KZ2"),
    }


def test_the_example_has_no_problem_of_form_or_sense() -> None:
    assert check(example_consignment()) == ()


@settings(max_examples=60, deadline=None)
@given(consignments())
def test_sound_consignments_have_no_errors(consignment: Consignment) -> None:
    assert [p for p in check(consignment) if p.severity == "error"] == []


def test_everything_is_said_at_once_the_structure_first_then_by_path() -> None:
    found = broken(
        both(
            put("colour", "red"),
            put("goods_items.0.gross_mass_kg", "much"),
            put("goods_items.4.hs_code", "999"),
            put("wagons.0.load_limit_kg", "1"),
            put("equipment.1.size_type", "ZZZZ"),
        )
    )
    assert [p.path for p in found] == [
        "$.goods_items[0].gross_mass_kg",
        "$.colour",
        "$.equipment[1].size_type",
        "$.goods_items[4].hs_code",
        "$.wagons[0]",
    ]


def test_paths_are_those_of_the_file_where_an_entry_was_left_out() -> None:
    found = broken(both(put("documents.0.number", ...), put("documents.1.kind", "99999")))
    assert [p.path for p in found] == ["$.documents[0].number", "$.documents[1].kind"]


def test_each_depth_can_be_checked_alone_and_the_law_is_handed_in() -> None:
    content = json.loads(json.dumps(EXAMPLE))
    put("goods_items.0.origin_country", ...)(content)
    put("goods_items.4.hs_code", "999")(content)
    reading = read(content)
    consignment = reading.consignment
    rules = [p.rule for p in check(consignment, depths=["sense"])]
    assert rules == ["sense.no-origin"]
    assert [p.depth for p in check(consignment, depths=["form"])] == ["form"]
    missing = Problem("law", "law.guarantee", "$.procedures[2]", "No guarantee.", "Give one.")
    assert check(consignment, law=lambda _: [missing])[-1] == missing
    assert missing not in check(consignment, depths=["form"], law=lambda _: [missing])


def test_what_could_not_be_read_at_all_has_the_problems_of_its_structure() -> None:
    reading = read({"goods_items": []})
    assert reading.consignment is None
    assert [p.path for p in check(reading.consignment, reading)] == ["$.reference"]


@pytest.mark.parametrize("written", ["KRVU3001015", "КRVU3001014", "krvu 300101-4"])
def test_a_wrong_number_of_a_unit_is_said_once_and_not_where_goods_name_it_rightly(
    written: str,
) -> None:
    content = example_consignment().model_dump()
    content["equipment"][0]["number"] = written
    problems = check(Consignment.model_validate(content), depths=("form",))
    assert [p.path for p in problems] == ["$.equipment[0].number"]


def test_a_unit_that_is_not_there_is_said_wherever_it_is_named() -> None:
    content = example_consignment().model_dump()
    content["equipment"][0]["number"] = "MSKU0000001"
    problems = check(Consignment.model_validate(content), depths=("form",))
    assert "$.goods_items[0].stowage[0].equipment_number" in {p.path for p in problems}


def test_a_value_that_cannot_be_read_is_not_said_to_be_missing_by_the_law() -> None:
    content = example_consignment().model_dump(mode="json")
    content["goods_items"][0]["net_mass_kg"] = "5,600 kg"
    reading = read(content)
    (problem,) = check(reading.consignment, reading, law=check_law)
    assert problem.rule == "form.decimal-parsing"
    assert "5600.5" in problem.mending


def test_empty_containers_bear_no_seals_and_are_goods_themselves() -> None:
    content = example_consignment().model_dump()
    content["goods_items"], content["documents"] = [], []
    for unit in content["equipment"]:
        unit.update(is_empty=True, seals=[], verified_gross_mass=None)
    problems = check(Consignment.model_validate(content), law=check_law)
    assert not [p for p in problems if "seals" in p.path]
    (goods,) = [p for p in problems if p.rule == "form.missing"]
    assert "860900" in goods.mending
    content["equipment"][0]["is_empty"] = False
    problems = check(Consignment.model_validate(content), law=check_law)
    assert {p.path for p in problems if "seals" in p.path} == {"$.equipment[0].seals"}


def rules_of(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(p.rule, p.path) for p in problems]


def in_a_wagon(content: Any) -> None:
    """Put the first item as bulk into the first wagon itself, off its container."""
    item = content["goods_items"][0]
    number = content["wagons"][0]["number"]
    item["stowage"] = [{"equipment_number": number, "gross_mass_kg": item["gross_mass_kg"]}]


def test_bulk_is_stowed_under_the_number_of_its_wagon_and_weighs_on_it() -> None:
    lone = [p for p in broken(in_a_wagon) if p.path.startswith(("$.goods_items", "$.wagons"))]
    assert lone == []
    full = broken(both(in_a_wagon, put("wagons.0.load_limit_kg", "1")))
    assert ("sense.wagon-overloaded", "$.wagons[0]") in rules_of(full)


def test_a_wagon_stands_once_on_a_movement() -> None:
    found = broken(lambda c: c["wagons"].append(dict(c["wagons"][0], equipment_numbers=[])))
    last = len(EXAMPLE["wagons"])
    assert ("form.not-unique", f"$.wagons[{last}].number") in rules_of(found)


def test_the_country_of_registration_is_a_country() -> None:
    for path in ("equipment.0", "wagons.0"):
        (problem,) = broken(put(f"{path}.registration_country", "QX"))
        assert problem.rule == "form.unknown-code"
        assert problem.path.endswith("registration_country")


def test_a_guarantee_with_a_wrong_check_digit_is_an_error_and_ncts_says_so_too() -> None:
    procedures = EXAMPLE["procedures"]
    at = next(i for i, p in enumerate(procedures) if p["regime"] == "common_transit")
    grn = procedures[at]["guarantees"][0]["reference"]
    wrong = grn[:-1] + str((int(grn[-1]) + 1) % 10)
    (problem,) = broken(put(f"procedures.{at}.guarantees.0.reference", wrong))
    assert (problem.rule, problem.severity) == ("form.check-digit", "error")
    assert has_check_digit(grn, GRN_LENGTH)
    assert not has_check_digit(wrong, GRN_LENGTH)


def test_a_trailer_is_rated_by_its_plate_and_not_by_iso_668() -> None:
    def trailer(content: Any) -> None:
        unit = content["equipment"][0]
        for name in ("size_type", "max_gross_kg", "verified_gross_mass"):
            unit.pop(name, None)
        unit["tare_kg"] = "36500"

    assert "sense.tare" in [p.rule for p in broken(trailer)]
    plate = json.dumps(EXAMPLE).replace(EXAMPLE["equipment"][0]["number"], "34 ABC 123")
    content = json.loads(plate)
    trailer(content)
    assert "sense.tare" not in [p.rule for p in problems_of(content)]


def test_where_nothing_goes_by_sea_the_imdg_code_only_warns() -> None:
    def by_land(content: Any) -> None:
        content["movements"] = [m for m in content["movements"] if m["mode"] == "rail"]

    found = broken(both(with_substance(0, **OXIDIZER), with_substance(2, **ACID), by_land))
    (problem,) = (p for p in found if p.rule == "sense.segregation")
    assert problem.severity == "warning"


def test_many_substances_in_one_unit_are_compared_in_bounded_time() -> None:
    substances = [
        {"un_number": f"{n:04d}", "hazard_class": "3", "ems": "F-E, S-D"} for n in range(9000, 9099)
    ]
    unit = EXAMPLE["equipment"][0]["number"]

    def many(content: Any) -> None:
        content["goods_items"] = [
            {"number": n, "dangerous_goods": substances, "stowage": [{"equipment_number": unit}]}
            for n in range(1, 400)
        ]

    found = [p for p in broken(many) if p.rule == "sense.segregation"]
    assert [p.path for p in found] == ["$.equipment[0]"]
    assert "More than 50" in found[0].message


def test_problems_beyond_ten_thousand_are_counted_and_not_listed() -> None:
    content = {**EXAMPLE, "goods_items": [{"number": n} for n in range(1, 3_000)]}
    found = [p for p in problems_of(content) if p.depth == "form"]
    assert len(found) == 10_001
    (more,) = (p for p in found if p.rule == "form.too-many")
    assert "at least 1,9" in more.message


def test_paths_of_the_law_are_those_of_the_file() -> None:
    content = json.loads(json.dumps(EXAMPLE))
    content["goods_items"].insert(0, "no item")
    content["goods_items"][1]["hs_code"] = None
    reading = read(json.dumps(content))
    law = [p for p in check(reading.consignment, reading, law=check_law) if p.depth == "law"]
    assert "$.goods_items[1].hs_code" in {p.path for p in law}
    assert "$.goods_items[0].hs_code" not in {p.path for p in law}

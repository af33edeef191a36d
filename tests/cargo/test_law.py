"""The law of the way: what is asked of whom, by when, and what is missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Element
from kervan.cargo.law import Requirement, check_law, pre_arrival_share, requirements_of
from kervan.cargo.law.elements import Scope, is_all_there, missing_at, segments_of, tree_of
from kervan.cargo.law.filings import Filing, all_filings, law_sources
from kervan.cargo.law.way import visits
from kervan.cargo.procedures import Regime
from kervan.cargo.reading import write_consignment
from kervan.cargo.transport import Mode
from tests.cargo.consignments import consignments

EXAMPLE = json.loads(write_consignment(example_consignment()))
REQUIREMENTS = requirements_of(example_consignment())


def copy() -> Any:
    return json.loads(json.dumps(EXAMPLE))


# The table


@pytest.mark.parametrize("filing", all_filings(), ids=lambda f: f.filing_id)
def test_every_requirement_has_a_ground_and_a_source(filing: Filing) -> None:
    source = law_sources()[filing.source_id]
    assert source.title
    assert source.publisher
    assert filing.legal_basis
    assert filing.edition
    assert filing.lead >= timedelta(0)
    assert filing.elements
    if filing.basis == "published":
        assert source.url.startswith("http")
        assert source.retrieved
    else:
        assert filing.note, "what of it is general knowledge has to be said"


def test_every_requirement_has_its_own_key_and_every_source_is_used() -> None:
    ids = [filing.filing_id for filing in all_filings()]
    assert len(set(ids)) == len(ids)
    assert {filing.source_id for filing in all_filings()} == set(law_sources())


def test_every_territory_of_the_corridor_is_on_file() -> None:
    on_file = {filing.territory for filing in all_filings()}
    assert {"CN", "EAEU", "UZ", "TM", "AZ", "GE", "TR", "EU"} <= on_file


@pytest.mark.parametrize("filing", all_filings(), ids=lambda f: f.filing_id)
def test_every_word_of_a_requirement_is_one_of_the_model(filing: Filing) -> None:
    assert filing.modes <= set(get_args(Mode))
    assert filing.regimes <= set(get_args(Regime))
    assert filing.side in ("entry", "exit")
    assert filing.counted_from in ("arrival", "loading")
    assert filing.roles
    assert filing.roles <= {"from", "through", "to"}
    for element in filing.elements:
        kind: type[Element] | None = Consignment
        for segment in segments_of(element):
            assert kind is not None, element
            assert segment.name in kind.model_fields, element
            kind = next(iter(elements_in(kind.model_fields[segment.name].annotation)), None)
        assert kind is None or segments_of(element)[-1].of, f"{element} is no leaf"


def elements_in(annotation: Any) -> list[type[Element]]:
    if isinstance(annotation, type) and issubclass(annotation, Element):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in elements_in(part)]


# Deadlines


def test_the_deadlines_of_the_example_are_those_worked_out_by_hand() -> None:
    assert [
        (r.filing.filing_id, r.border, r.deadline and r.deadline.isoformat()) for r in REQUIREMENTS
    ] == [
        ("cn-export-declaration", "Xi'an", "2026-11-30T10:00:00+08:00"),
        ("cn-advance-manifest-rail", "Xi'an", "2026-12-01T08:00:00+08:00"),
        ("cn-loading-manifest", "Xi'an", "2026-12-01T09:30:00+08:00"),
        ("eaeu-preliminary-rail", "Altynkol", "2026-12-05T04:00:00+05:00"),
        ("eaeu-transit-declaration", "Altynkol", "2026-12-05T06:00:00+05:00"),
        ("az-arrival-notice", "Alat", "2026-12-11T08:00:00+04:00"),
        ("az-transit-declaration", "Alat", "2026-12-11T09:00:00+04:00"),
        ("ge-common-transit", "Gardabani", "2026-12-12T16:00:00+04:00"),
        ("tr-ens-rail", "Kars", "2026-12-13T16:00:00+03:00"),
        ("tr-common-transit", "Kars", "2026-12-13T18:00:00+03:00"),
    ]


def test_the_example_lacks_nothing() -> None:
    assert check_law(example_consignment()) == ()
    present, asked = pre_arrival_share(REQUIREMENTS)
    assert present == asked > 150


def test_deadlines_stand_in_order_of_time_whatever_the_offsets() -> None:
    moments = [r.deadline for r in REQUIREMENTS if r.deadline is not None]
    assert moments == sorted(moments)
    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=h) for h in (3, 4, 5, 8)}


@given(st.integers(-12, 14), st.integers(0, 500_000))
@settings(max_examples=40, deadline=None)
def test_a_deadline_is_the_lead_before_the_arrival_in_any_offset(hours: int, minutes: int) -> None:
    zone = timezone(timedelta(hours=hours))
    arrives = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    cargo = leg(
        "ferry", "KZAAU", "AZ-ALAT", arrives - timedelta(hours=30), arrives.astimezone(zone)
    )
    (notice,) = [r for r in requirements_of(cargo) if r.filing.filing_id == "az-arrival-notice"]
    assert notice.deadline == arrives - timedelta(hours=1)
    assert notice.deadline.utcoffset() == timedelta(hours=hours)
    assert not notice.is_bound


def leg(
    mode: str, start: str, end: str, departs: datetime | None, arrives: datetime | None, **more: Any
) -> Consignment:
    return Consignment.model_validate(
        {
            "reference": "ONE-LEG",
            "movements": [
                {
                    "number": 1,
                    "mode": mode,
                    "origin": {"place_id": start},
                    "destination": {"place_id": end},
                    "departs": departs,
                    "arrives": arrives,
                }
            ],
            **more,
        }
    )


LEAVES = datetime(2026, 5, 4, 8, 0, tzinfo=timezone(timedelta(hours=4)))
COMES = datetime(2026, 5, 6, 20, 0, tzinfo=timezone(timedelta(hours=3)))


@pytest.mark.parametrize(
    ("mode", "start", "end", "filing", "lead_minutes", "since"),
    [
        ("sea", "GEPTI", "ROCND", "eu-ens-short-sea", 120, COMES),
        ("sea", "CNSHA", "ROCND", "eu-ens-deep-sea", 1440, LEAVES),
        ("road", "TRKPL", "BGKAP", "eu-ens-road", 60, LEAVES),
        ("rail", "BYBTS", "PLMLA", "eu-ens-rail", 120, LEAVES),
        ("inland_waterway", "RSBEG", "HUBUD", "eu-ens-inland-waterway", 120, COMES),
        ("sea", "GEPTI", "TRSSX", "tr-ens-short-sea", 120, COMES),
        ("sea", "CNSHA", "TRIST", "tr-ens-deep-sea", 1440, LEAVES),
        ("rail", "GE-AKHALKALAKI", "TRKAR", "tr-ens-rail", 120, LEAVES),
        ("road", "GEBUS", "TRHOP", "tr-ens-road", 60, LEAVES),
        ("rail", "CNXIY", "KZ-ALTYNKOL", "eaeu-preliminary-rail", 120, LEAVES),
        ("road", "CNHRS", "KZ-NURZHOLY", "eaeu-preliminary-road", 120, LEAVES),
        ("sea", "CNSHA", "KRPUS", "cn-advance-manifest-sea", 1440, LEAVES),
        ("rail", "KZ-ALTYNKOL", "CNHRS", "cn-original-manifest-rail", 120, LEAVES),
    ],
)
def test_each_mode_has_its_lead_time(
    mode: str, start: str, end: str, filing: str, lead_minutes: int, since: datetime
) -> None:
    found = {r.filing.filing_id: r for r in requirements_of(leg(mode, start, end, LEAVES, COMES))}
    assert found[filing].deadline == since - timedelta(minutes=lead_minutes)
    # On land without an office that says when, only the departure is surely before the border.
    assert found[filing].is_bound == (mode in ("road", "rail"))


def test_near_and_far_seas_exclude_each_other() -> None:
    for start in ("GEPTI", "CNSHA", "EGALY", "INNSA", "TRIST"):
        found = [
            r.filing.filing_id
            for r in requirements_of(leg("sea", start, "ROCND", LEAVES, COMES))
            if r.filing.filing_id.startswith("eu-ens")
        ]
        assert len(found) == 1, start


def test_the_law_of_the_day_of_the_border_counts() -> None:
    def rail(day: datetime) -> set[str]:
        cargo = leg("rail", "CNXIY", "KZ-ALTYNKOL", day, day + timedelta(days=1))
        return {r.filing.filing_id for r in requirements_of(cargo)}

    assert "eaeu-preliminary-rail-2013" in rail(datetime(2019, 6, 30, tzinfo=UTC))
    assert "eaeu-preliminary-rail" not in rail(datetime(2019, 6, 30, tzinfo=UTC))
    assert "eaeu-preliminary-rail" in rail(datetime(2019, 7, 1, tzinfo=UTC))
    assert "eaeu-preliminary-rail-2013" not in rail(datetime(2019, 7, 1, tzinfo=UTC))


@pytest.mark.parametrize(("year", "asked"), [(2025, False), (2026, True)])
def test_common_transit_through_georgia_is_asked_from_february_2025(year: int, asked: bool) -> None:
    content = json.dumps(EXAMPLE).replace("2026-12-", f"{year - 1 if not asked else year}-12-")
    found = {r.filing.filing_id for r in requirements_of(Consignment.model_validate_json(content))}
    assert ("ge-common-transit" in found) is asked


def test_the_northern_way_enters_the_union_once() -> None:
    stations = ["CNXIY", "KZ-DOSTYK", "RU-PETROPAVLOVSK", "BYBTS", "PLMLA", "DEDUI"]
    cargo = Consignment.model_validate(
        {
            "reference": "NORTH",
            "movements": [
                {
                    "number": n,
                    "mode": "rail",
                    "origin": {"place_id": start},
                    "destination": {"place_id": end},
                    "departs": LEAVES + timedelta(days=n),
                    "arrives": LEAVES + timedelta(days=n, hours=20),
                }
                for n, (start, end) in enumerate(pairwise(stations), 1)
            ],
        }
    )
    assert [v.territory for v in visits(cargo)] == ["CN", "EAEU", "EU"]
    entries = [r.filing.filing_id for r in requirements_of(cargo) if r.filing.side == "entry"]
    assert entries == ["eaeu-preliminary-rail", "eu-ens-rail"]
    assert "law.no-procedure" in {p.rule for p in check_law(cargo)}


# What is missing


@pytest.mark.parametrize("asked", REQUIREMENTS, ids=lambda r: r.filing.filing_id)
def test_breaking_an_element_names_it_its_deadline_and_nothing_else(asked: Requirement) -> None:
    rule = f"law.{asked.filing.filing_id}"
    broken = 0
    for element in asked.filing.elements:
        content = copy()
        removed = take_out(content, element, asked)
        if removed is None:
            continue  # the model cannot be without it
        broken += 1
        cargo = Consignment.model_validate(content)
        again = {(r.filing.filing_id, r.movement): r for r in requirements_of(cargo)}
        now = again[asked.filing.filing_id, asked.movement]
        assert element in now.missing
        if now.deadline != asked.deadline:
            # The office said when the border is reached; without it the departure alone is known.
            assert removed.endswith("office_of_departure")
            assert now.is_bound
        problems = check_law(cargo)
        for problem in problems:
            assert problem.depth == "law"
            assert problem.path.startswith(removed) or removed.startswith(problem.path)
        named = [p for p in problems if p.rule == rule and f"for {element} in" in p.message]
        assert len(named) == 1
        assert now.deadline is not None
        assert now.deadline.isoformat(timespec="minutes") in named[0].message
    assert broken > 0.3 * len(asked.filing.elements)


def take_out(content: Any, element: str, asked: Requirement) -> str | None:
    """Take an element out of the example at its first place; return the path of what went."""
    segments = segments_of(element)
    here, path, start = content, "$", 0
    scoped = {
        "movements": lambda m: m["number"] == asked.movement,
        "procedures": lambda p: p["number"] == asked.procedure,
        "carriers": lambda c: (
            c["carrier_id"]
            == next(m for m in EXAMPLE["movements"] if m["number"] == asked.movement)["carrier_id"]
        ),
    }
    if segments[0].name in scoped:
        entries = content[segments[0].name]
        position = next(i for i, e in enumerate(entries) if scoped[segments[0].name](e))
        here, path, start = entries[position], f"$.{segments[0].name}[{position}]", 1
    trail: list[tuple[Any, Any, str, bool]] = []
    for segment in segments[start:]:
        if segment.name not in here:
            return None
        path = f"{path}.{segment.name}"
        value = here[segment.name]
        trail.append((here, segment.name, path, segment.is_optional))
        if isinstance(value, list):
            positions = [
                i
                for i, entry in enumerate(value)
                if not segment.of
                or {entry.get("scheme"), entry.get("kind"), entry.get("role", "supporting")}
                & segment.of
            ]
            if segment.of:
                trail[-1] = (here, (segment.name, positions), path, segment.is_optional)
            if segment is not segments[-1]:
                path = f"{path}[{positions[0]}]"
                here = value[positions[0]]
        else:
            here = value
    for parent, name, at, is_optional in reversed(trail):
        if is_optional:
            return None
        if isinstance(name, tuple):
            field, positions = name
            parent[field] = [e for i, e in enumerate(parent[field]) if i not in positions]
            return at
        kept = parent.pop(name)
        try:
            Consignment.model_validate(content)
        except ValueError:
            parent[name] = kept
        else:
            return at
    return None


def test_a_transit_without_procedure_is_named() -> None:
    content = copy()
    content["procedures"] = [p for p in content["procedures"] if p["territory"] != "AZ"]
    problems = check_law(Consignment.model_validate(content))
    assert [p.rule for p in problems] == ["law.no-procedure"]
    assert "AZ" in problems[0].message


def test_a_movement_without_moments_is_named_and_no_deadline_invented() -> None:
    content = copy()
    del content["movements"][2]["arrives"]
    cargo = Consignment.model_validate(content)
    found = {r.filing.filing_id: r for r in requirements_of(cargo)}
    assert found["az-arrival-notice"].deadline is None
    problems = check_law(cargo)
    assert {p.rule for p in problems} == {"law.no-moment"}
    assert {p.path for p in problems} == {"$.movements[2].arrives"}


def test_on_land_without_a_moment_at_the_border_the_departure_bounds_it() -> None:
    content = copy()
    del content["procedures"][3]["offices_of_transit"][0]["arrives"]
    found = {r.filing.filing_id: r for r in requirements_of(Consignment.model_validate(content))}
    notice = found["tr-ens-rail"]
    assert notice.is_bound
    assert notice.deadline == datetime.fromisoformat("2026-12-13T14:00:00+04:00")


def test_a_procedure_off_the_way_and_an_unknown_territory_are_warned_of() -> None:
    content = copy()
    content["procedures"][4]["territory"] = "DE"
    problems = check_law(Consignment.model_validate(content))
    assert [(p.rule, p.severity) for p in problems] == [("law.not-on-the-way", "warning")]
    cargo = leg("road", "TRIST", "IQBGW", LEAVES, COMES)
    assert ("law.territory-unknown", "warning") in {(p.rule, p.severity) for p in check_law(cargo)}


def test_what_is_late_is_said_unless_customs_gave_a_reference() -> None:
    late = check_law(example_consignment(), day=date(2026, 12, 12))
    assert {p.rule for p in late} == {"law.late"}
    assert len(late) == 7
    content = copy()
    content["procedures"][2]["mrn"] = "26AZ000000000000T5"
    fewer = check_law(Consignment.model_validate(content), day=date(2026, 12, 12))
    assert len(fewer) == 5


def test_a_voluntary_filing_is_a_warning() -> None:
    cargo = leg("ferry", "AZ-ALAT", "TMKRW", LEAVES, COMES)
    voluntary = [p for p in check_law(cargo) if p.rule == "law.tm-preliminary"]
    assert voluntary
    assert {p.severity for p in voluntary} == {"warning"}


@given(consignments())
@settings(max_examples=60, deadline=None)
def test_any_consignment_can_be_checked(cargo: Consignment) -> None:
    for r in requirements_of(cargo):
        assert set(r.present) | set(r.missing) == set(r.filing.elements)
        if r.deadline is not None:
            assert r.counted_from is not None
            assert r.deadline + r.filing.lead == r.counted_from
    assert all(p.depth == "law" and p.path.startswith("$") for p in check_law(cargo))


@given(consignments(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_quick_look_says_what_the_careful_one_says(cargo: Consignment, dice: Random) -> None:
    elements = sorted({e for f in all_filings() for e in f.elements})
    scope = Scope(0, 0 if cargo.procedures else None)
    if not cargo.movements:
        return
    for element in dice.sample(elements, 8):
        whole = is_all_there(cargo, tree_of(frozenset([element])), scope)
        assert whole == (missing_at(cargo, element, scope) == ()), element


def test_moments_of_the_year_1_are_no_crash() -> None:
    first = datetime(1, 1, 1, tzinfo=UTC)
    export = {"number": 1, "territory": "CN", "regime": "export"}
    cargo = leg("rail", "CNXIY", "KZ-ALTYNKOL", first, first, procedures=[export])
    assert "law.no-moment" in {p.rule for p in check_law(cargo)}


def test_the_reference_page_is_that_of_the_table() -> None:
    from pathlib import Path

    from kervan.cargo.law.reference import page

    shown = Path(__file__).parents[2].joinpath("docs/reference/law.md").read_text("utf-8")
    assert shown == page(), "run `python -m kervan.cargo.law.reference > docs/reference/law.md`"

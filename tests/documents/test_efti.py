"""eFTI: consignments out and in without loss, samples read, the gate's queries answered."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.mapping import mapping
from kervan.documents.efti import codes, common, gate, identifiers, reading, schema, subsets, tree
from kervan.documents.efti.gate import Uil
from kervan.documents.format import DocumentError, Format, ReadDocument, carried
from kervan.documents.formats import read_document, recognise
from tests.cargo.consignments import consignments, random_consignment
from tests.documents import efti_page

SAMPLES = Path(__file__).with_name("samples") / "efti"
CORPUS = sorted((Path(__file__).with_name("corpus") / "efti").iterdir())
FORMATS = [common.FORMAT, identifiers.FORMAT]
BY_KIND = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.kind)
UIL = Uil("KZ", "example-platform", "EX-1")


def sample(name: str) -> bytes:
    return (SAMPLES / "examples" / name).read_bytes()


def changed(**fields: Any) -> Consignment:
    whole = example_consignment().model_dump()
    return Consignment.model_validate(whole | fields)


def round_trips(form: Format, consignment: Consignment) -> ReadDocument:
    assert form.read is not None
    found = form.read(form.render(consignment))
    assert found.consignment == carried(consignment, form.carries)
    return found


@BY_KIND
def test_a_hundred_consignments_come_back_as_they_went(form: Format) -> None:
    for seed in range(100):
        round_trips(form, random_consignment(seed))


@pytest.mark.slow
@BY_KIND
def test_ten_thousand_consignments_come_back_as_they_went(form: Format) -> None:
    for seed in range(10_000):
        round_trips(form, random_consignment(seed))


@settings(max_examples=30, deadline=None)
@given(consignments())
def test_any_consignment_comes_back_as_it_went(consignment: Consignment) -> None:
    for form in FORMATS:
        round_trips(form, consignment)


def test_the_example_comes_back_with_its_total_mass_left_over() -> None:
    found = round_trips(common.FORMAT, example_consignment())
    assert {(over.place, over.value) for over in found.left_over} == {
        ("/consignment/grossWeight", "31380"),
        ("/consignment/grossWeight/@unitId", "KGM"),
    }


@BY_KIND
def test_what_is_written_is_recognised(form: Format) -> None:
    assert recognise(form.render(example_consignment())[:4096]) is form


@BY_KIND
def test_an_empty_consignment_is_written_too(form: Format) -> None:
    round_trips(form, Consignment(reference="EX-0"))


def test_elements_stand_in_the_order_of_their_names_in_every_type() -> None:
    # What the writer relies on; another release of the schemas may break it.
    archive = schema._archive()
    for name in ("consignment-common.xsd", "consignment-identifier.xsd"):
        for kind in etree.fromstring(archive[name]).iter("{*}complexType"):
            names = [element.get("name") for element in kind.iter("{*}element")]
            assert names == sorted(names), kind.get("name")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"consignor": {"name": "x" * 71}}, r"\$.consignor.name: .* at most 70 characters"),
        ({"reference": "x" * 36}, r"\$.reference: .* at most 35 characters"),
        ({"consignor": {"address": {"country": "XX"}}}, r"\$.consignor.address.country: 'XX'"),
        ({"consignor": {"address": {"street": "x" * 36}}}, r"\$.consignor.address.street: "),
        ({"consignor": {"address": {"postcode": "0  1"}}}, r"\$.consignor.address.postcode: "),
        ({"remarks": [{"text": "a\x0bb"}]}, r"\$.remarks\[0\].text: .*U\+000B"),
        ({"remarks": [{"text": "x" * 257}]}, r"\$.remarks\[0\].text: .* at most 256 characters"),
        (
            {"other_parties": [{"role": "guarantor", "party": {"name": "Example"}}]},
            r"\$.other_parties\[0\].role: .* no code for 'guarantor'",
        ),
        ({"goods_items": [{"number": 2}]}, r"\$.goods_items\[0\].number: is 2"),
        (
            {"goods_items": [{"number": 1}, {"number": 2, "description": "Screws"}]},
            r"\$.goods_items\[0\].description: is missing",
        ),
        (
            {"goods_items": [{"number": 1, "volume_m3": "12345678901.123456"}]},
            r"\$.goods_items\[0\].volume_m3: .* at most 16 digits",
        ),
        (
            {"goods_items": [{"number": 1, "dangerous_goods": [{"un_number": "1203",
                                                               "packing_group": "2"}]}]},
            r"\$.goods_items\[0\].dangerous_goods\[0\].packing_group: ",
        ),
        ({"equipment": [{"number": "\u041aRVU3001014"}]}, r"\$.equipment\[0\].number: .*CYRILLIC"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[2:40],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_path(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        common.render(changed(**fields))


def test_a_time_with_seconds_is_refused_with_its_path() -> None:
    whole = example_consignment().model_dump()
    whole["movements"][1]["departs"] = datetime(2026, 12, 5, 18, 0, 30, tzinfo=UTC)
    with pytest.raises(DocumentError, match=r"\$.movements\[1\].departs: .* has seconds"):
        common.render(Consignment.model_validate(whole))


def test_a_long_street_is_broken_at_spaces_and_comes_back_whole() -> None:
    street = "Building 12, Halkalı Caddesi 12/4, behind the second gate of the container terminal"
    found = changed(consignor={"address": {"street": street}})
    assert common.render(found).count(b"<streetName>") == 5
    round_trips(common.FORMAT, found)


def test_a_number_without_its_country_is_refused_with_its_path() -> None:
    with pytest.raises(DocumentError, match=r"\$.equipment\[0\].registration_country: is missing"):
        identifiers.render(changed(equipment=[{"number": "KRVU3001014"}]))


def test_a_country_that_is_none_is_refused_with_its_path() -> None:
    unit = {"number": "KRVU3001014", "registration_country": "XX"}
    with pytest.raises(DocumentError, match=r"\$.equipment\[0\].registration_country: 'XX'"):
        identifiers.render(changed(equipment=[unit]))


def test_masses_in_tonnes_and_grams_are_read_in_kilograms() -> None:
    for unit, kg in (("TNE", "1250"), ("GRM", "0.00125"), ("KGM", "1.250")):
        element = etree.fromstring(f'<netWeight unitId="{unit}">1.250</netWeight>')
        assert reading._measure(element, reading._KG) == Decimal(kg)


SAMPLE_FILES = sorted((SAMPLES / "examples").glob("*.xml"))


def leaves_of(data: bytes) -> list[tuple[str, str]]:
    return [(path, value) for _, path, value in tree.leaves(etree.fromstring(data))]


@pytest.mark.parametrize("path", SAMPLE_FILES, ids=lambda path: path.stem)
def test_every_sample_is_read_without_loss_or_refused_for_a_reason(path: Path) -> None:
    data = path.read_bytes()
    # Comments say what the numbers are; they are no values.
    plain = etree.tostring(etree.fromstring(data, etree.XMLParser(remove_comments=True)))
    try:
        found = read_document(data)
    except DocumentError:
        assert efti_page.READ_AS[path.name] != "a consignment"
        return
    form = next(form for form in FORMATS if form.kind == found.kind)
    # Mapped is what writing the consignment again gives back; the reference of a file that has
    # none is made up, and nothing else may be.
    again = Counter(value for _, value in leaves_of(form.render(found.consignment)))
    left = Counter(over.value for over in found.left_over)
    assert not Counter(value for _, value in leaves_of(plain)) - (again + left)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("identifier-query.xml", gate.read_identifier_query),
        ("uil-query.xml", gate.read_uil_query),
        ("follow-up-request.xml", gate.read_follow_up),
    ],
)
def test_the_gate_reads_every_value_of_the_published_messages(
    name: str, read: Callable[[bytes], object]
) -> None:
    said = repr(read(sample(name)))
    for _, value in leaves_of(sample(name)):
        assert value in said or value.title() in said


def test_the_published_answer_is_read_with_all_its_numbers() -> None:
    (first_uil, first), (second_uil, second) = gate.read_identifier_response(
        sample("identifier-response.xml")
    )
    assert (first_uil, second_uil) == (Uil("FI", "1234", "XXX"), Uil("FI", "1234", "YYY"))
    assert first.units == (identifiers.Unit("313", "FI", "AE", ("313",)),)
    assert second.units == (identifiers.Unit("111", "FI", "AE"),)
    assert second.legs == (identifiers.Leg("3", False, "222", "FI"),)
    assert second.delivered == datetime(2024, 2, 2, tzinfo=UTC)
    # "202401020000" in the form that must have an offset, and has none.
    assert first.delivered is None


MISPRINTS = {
    "57575757-5757-5757-5757-55580123be5b": "57575757-5757-5757-5757-555580123be5b",
    "57575757-5757-5757-5757-66680123be5b": "57575757-5757-5757-5757-666680123be5b",
    "57575757-5757-5757-5757-77780123be5b": "57575757-5757-5757-5757-77770123be5b",
}
"""Data sets that the results of the second file name otherwise than the data sets are."""


def query_cases() -> Iterator[Any]:
    for path in sorted((SAMPLES / "testing").glob("*.xml")):
        for group in etree.parse(path).getroot().findall("{*}dataGroup"):
            held = {
                found.findtext("{*}id"): identifiers.read_identifiers(found.find("{*}consignment"))
                for found in group.findall("{*}dataset")
            }
            for i, case in enumerate(group.findall("{*}testCase")):
                query = gate.identifier_query_of(case.find("{*}query"))
                wanted = {result.text for result in case.findall("{*}result")}
                title = group.findtext("{*}description") or path.stem
                yield pytest.param(query, wanted, held, id=f"{title}-{i}")


@pytest.mark.parametrize(("query", "wanted", "held"), list(query_cases()))
def test_the_published_query_cases_find_what_they_say(
    query: gate.IdentifierQuery, wanted: set[str], held: dict[str, identifiers.Identifiers]
) -> None:
    found = {name for name, said in held.items() if gate.matches(query, said)}
    assert found == {MISPRINTS.get(name, name) for name in wanted}


def test_a_container_of_the_example_is_found_by_a_query() -> None:
    held = {
        UIL: identifiers.identifiers_of(example_consignment()),
        Uil("KZ", "example-platform", "EX-2"): identifiers.Identifiers(),
    }
    query = b"""<identifierQuery xmlns="http://efti.eu/v1/edelivery" requestId="R-1">
      <identifier type="equipment">krvu3001014</identifier>
      <dangerousGoodsIndicator>true</dangerousGoodsIndicator></identifierQuery>"""
    ((uil, found),) = gate.read_identifier_response(gate.answer_identifier_query(query, held))
    assert uil == UIL
    assert found == held[UIL]
    nothing = gate.answer_identifier_query(query.replace(b"true", b"false"), held)
    assert gate.read_identifier_response(nothing) == ()


def test_times_of_identifiers_come_back() -> None:
    when = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
    found = identifiers.identifiers_of(example_consignment(), accepted=when, delivered=when)
    assert identifiers.read_identifiers(identifiers.identifiers_element(found)) == found


def uil_query(*names: str) -> bytes:
    asked = "".join(f"<subsetId>{name}</subsetId>" for name in names)
    return (
        '<uilQuery xmlns="http://efti.eu/v1/edelivery" requestId="R-2"><uil><gateId>KZ</gateId>'
        "<platformId>example-platform</platformId><datasetId>EX-1</datasetId></uil>"
        f"{asked}</uilQuery>"
    ).encode()


def status(answer: bytes) -> str | None:
    return etree.fromstring(answer).get("status")


def test_a_query_for_a_data_set_is_answered_with_what_its_subset_may_see() -> None:
    held = {UIL: example_consignment()}
    whole = {value for _, value in leaves_of(common.render(example_consignment()))}
    every = tuple(sorted(subsets.subsets()))
    for names in (("EU01",), ("FI",), ("identifier",), every):
        answer = gate.answer_uil_query(uil_query(*names), held)
        assert status(answer) == "200"
        shown = {value for _, value in leaves_of(answer)}
        assert shown - {"200", "R-2"} <= whole
    seen = leaves_of(gate.answer_uil_query(uil_query("identifier"), held))
    known = {path for path, _ in seen if "consignment" in path}
    assert {"/uilResponse/consignment/usedTransportEquipment/id"} <= known
    assert not any("consignor" in path or "information" in path for path in known)


def test_a_subset_shows_no_more_than_the_schema_gives_it() -> None:
    element = common.consignment_element(example_consignment())
    subsets.keep_subsets(element, frozenset({"FI01"}))
    for _, path, _ in tree.leaves(element):
        if "@" not in path:
            entry = subsets.entry_at(path.removeprefix("/consignment/"))
            assert entry is not None, path
            assert "FI01" in entry.subsets, path


def test_a_data_set_that_is_not_held_is_answered_with_404() -> None:
    answer = gate.answer_uil_query(sample("uil-query.xml"), {UIL: example_consignment()})
    assert status(answer) == "404"
    with pytest.raises(DocumentError, match="status 404, 'There is no data set FI1/xxx/asdf'"):
        common.read(answer)


def test_a_subset_that_there_is_not_is_answered_with_400() -> None:
    answer = gate.answer_uil_query(uil_query("EU01", "ZZ99"), {UIL: example_consignment()})
    assert status(answer) == "400"


def test_a_follow_up_is_read_and_answered() -> None:
    found = gate.read_follow_up(sample("follow-up-request.xml"))
    assert found == gate.FollowUp("YYY", "XXX", Uil("FI1", "xxx", "asdf"), "Identifiers missing")
    assert status(gate.answer_follow_up(found.request_id)) == "200"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_hostile_file_is_refused(path: Path) -> None:
    for form in FORMATS:
        assert form.read is not None
        with pytest.raises(DocumentError):
            form.read(path.read_bytes())


@pytest.mark.parametrize(
    ("inside", "times", "said"),
    [
        ('<grossWeight unitId="KGM">x</grossWeight>', 30_000, r"at /\*/\*\[1\], Element"),
        ("<information>x</information>", 110_000, "up to 100,000 are read"),
    ],
    ids=["wrong everywhere", "too many"],
)
def test_a_file_that_is_wrong_in_very_many_places_is_refused(
    inside: str, times: int, said: str
) -> None:
    data = f'<consignment xmlns="{schema.COMMON}">{inside * times}</consignment>'
    with pytest.raises(DocumentError, match=said):
        common.read(data.encode())


def test_a_large_file_is_held_against_the_schema_too() -> None:
    item = "<information>x</information>"
    data = f'<consignment xmlns="{schema.COMMON}">{item * 5_000}</consignment>'
    with pytest.raises(DocumentError, match="at most 999"):
        common.read(data.encode())
    long = f"<information>{'x' * 257}</information>"
    spoilt = data.replace("</consignment>", f"{long}</consignment>")
    with pytest.raises(DocumentError, match=r"at /\*/\*\[5001\], it may have at most 256"):
        common.read(spoilt.encode())


def test_a_container_number_in_cyrillic_is_named() -> None:
    data = next(path for path in CORPUS if path.stem == "cyrillic-container").read_bytes()
    with pytest.raises(DocumentError, match=r"CYRILLIC CAPITAL LETTER KA \(U\+041A\)"):
        common.read(data)


READERS: list[Callable[[bytes], object]] = [
    common.read,
    identifiers.read,
    gate.read_identifier_query,
    gate.read_uil_query,
    gate.read_follow_up,
    gate.read_identifier_response,
]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in READERS:
        with contextlib.suppress(DocumentError):
            read(data)


SOUND = [common.render(random_consignment(1)), identifiers.render(random_consignment(1))]
SOUND += [path.read_bytes() for path in SAMPLE_FILES if path.stem != "consignment-common"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOUND), st.integers(0, 4_000), st.binary(min_size=1, max_size=3))
def test_a_spoilt_file_is_read_or_refused(data: bytes, position: int, put_in: bytes) -> None:
    position %= len(data)
    spoilt = data[:position] + put_in + data[position + 1 :]
    for read in READERS:
        with contextlib.suppress(DocumentError):
            read(spoilt)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SOUND[:2]), st.data())
def test_a_value_that_was_changed_is_read_or_refused(data: bytes, draw: st.DataObject) -> None:
    root = etree.fromstring(data)
    values = [element for element in root.iter() if len(element) == 0]
    value = st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300),
        st.sampled_from(["", "0", "-1", "1e9", "9" * 20, "NaN", "20261301", "x" * 80]),
    )
    with contextlib.suppress(ValueError):  # characters that XML has not
        draw.draw(st.sampled_from(values)).text = draw.draw(value)
    for read in (common.read, identifiers.read):
        with contextlib.suppress(DocumentError):
            read(etree.tostring(root))


def test_the_table_of_the_mapping_agrees_with_the_schema() -> None:
    for row in mapping():
        entry = subsets.entry_at(row.mmt) if row.mmt and "@" not in row.mmt else None
        expected = ("", "") if entry is None else (entry.number, entry.unece)
        assert (row.efti, row.unece) == expected, row.element


def test_all_that_is_carried_is_in_the_table_of_the_mapping() -> None:
    assert {row.element for row in mapping() if row.mmt} == common.CARRIES


def test_every_code_is_of_one_word() -> None:
    for table in (codes.ROLES, codes.SEALERS, codes.REFERENCES, codes.DANGER_LEVELS):
        assert len(set(table.values())) == len(table)


def test_the_page_is_as_it_is_generated() -> None:
    assert efti_page.page() == efti_page.PAGE.read_text("utf-8"), (
        "run `python -m tests.documents.efti_page`"
    )

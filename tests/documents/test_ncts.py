"""Declarations of transit come back as they went, valid, and are refused where they cannot."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kervan.cargo import example_consignment
from kervan.cargo.check_digits import iso6346_digit
from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, carried
from kervan.documents.formats import document_format, recognise, wanted_formats
from kervan.documents.ncts import AMENDMENT, DECLARATION
from kervan.documents.ncts.authorities import running_versions, version_run_by
from kervan.documents.ncts.part import declared_part
from kervan.documents.ncts.reading import parsed, read_message
from kervan.documents.ncts.references import has_check_digit
from kervan.documents.ncts.rendering import render_amendment, render_declaration
from kervan.documents.ncts.replies import render_release
from kervan.documents.ncts.rules import declaration_problems
from kervan.documents.ncts.schema import (
    RELEASES,
    SCHEMAS_FOLDER,
    message_schema,
    published,
    versions_at_hand,
)
from tests.documents.ncts_consignments import PREPARED, declarable

SAMPLES = Path(__file__).parent / "samples" / "ncts"
CORPUS = Path(__file__).parent / "corpus" / "ncts"
VERSIONS = versions_at_hand()
"""60.4 always; 51.8 where KERVAN_NCTS_SCHEMAS names its XSDs, which are not shipped."""


def changed(consignment: Consignment, path: str, value: Any) -> Consignment:
    """Return a consignment with the element at a dotted path set, or removed where None."""
    content = consignment.model_dump(mode="json", exclude_defaults=True)
    *steps, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    here: Any = content
    for step in steps:
        here = here.setdefault(step, {}) if isinstance(here, dict) else here[step]
    if value is None:
        if isinstance(here, dict):
            here.pop(last, None)
        else:
            del here[last]
    else:
        here[last] = value
    return Consignment.model_validate(content)


def refusal_of(data: bytes) -> str | None:
    """Return why a message is refused; None where it is read."""
    try:
        read_message(data)
    except DocumentError as refusal:
        return str(refusal)
    return None


def exact(data: bytes, version: str) -> tuple[object, ...]:
    root = etree.fromstring(data)
    return message_schema(etree.QName(root).localname, version).exact_faults(root)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_example_is_declared_valid_by_xsd_1_1(version: str) -> None:
    data = DECLARATION.render(example_consignment(), version=version, prepared=PREPARED)
    assert exact(data, version) == ()
    assert DECLARATION in wanted_formats(example_consignment())


@pytest.mark.parametrize("version", VERSIONS)
def test_a_declaration_comes_back_as_it_went(version: str) -> None:
    for seed in range(60):
        consignment = declarable(seed)
        data = DECLARATION.render(consignment, version=version, prepared=PREPARED)
        found = DECLARATION.read(data)
        assert found.consignment == declared_part(consignment), seed
        # What it carries is carried whole: nothing is in a declaration but what is declared.
        part = declared_part(consignment)
        assert carried(part, DECLARATION.carries) == part
        if seed % 20 == 0:
            assert exact(data, version) == (), seed


@pytest.mark.slow
def test_ten_thousand_declarations_come_back_as_they_went() -> None:
    by_1_1 = set(random.Random(1).sample(range(10_000), 300))
    for seed in range(10_000):
        consignment = declarable(seed)
        version = VERSIONS[seed % len(VERSIONS)]
        data = DECLARATION.render(consignment, version=version, prepared=PREPARED)
        assert DECLARATION.read(data).consignment == declared_part(consignment), seed
        if seed in by_1_1:
            assert exact(data, version) == (), seed


def test_what_reading_gives_can_be_declared_again() -> None:
    for seed in range(40):
        once = declared_part(declarable(seed))
        head = {"version": VERSIONS[-1], "prepared": PREPARED}
        # Two places are said by their country alone; the rest is declared again from itself.
        if once.procedures[0].security == "0":
            once = once.model_copy(update={"delivery": declarable(seed).delivery})
        if once.procedures[0].security != "0":
            once = once.model_copy(update={"movements": declarable(seed).movements})
        again = DECLARATION.read(render_declaration(once, **head)).consignment
        assert again == declared_part(declarable(seed)), seed


def test_amendment_and_release_come_back_as_they_went() -> None:
    mrn = "26GE00000112345" + "J0J"
    stem = mrn[:16] + "J"
    mrn = stem + iso6346_digit(stem)
    for seed in range(40):
        consignment = declarable(seed)
        if seed % 2:
            consignment = changed(consignment, "procedures.0.mrn", mrn)
        for version in VERSIONS:
            head = {"version": version, "prepared": PREPARED}
            amended = AMENDMENT.render(consignment, guarantee_only=bool(seed % 3), **head)
            found = AMENDMENT.read(amended)
            assert found.kind == "ncts-cc013c"
            assert found.consignment == declared_part(consignment, kind="CC013C"), seed
            if consignment.acceptance is None:
                continue
            days = {"accepted_on": date(2026, 11, 21), "released_on": date(2026, 11, 22)}
            released = render_release(consignment, mrn=mrn, **days, **head)
            with_mrn = changed(consignment, "procedures.0.mrn", mrn)
            assert read_message(released).consignment == declared_part(with_mrn, kind="CC029C")


def test_rules_of_order_and_totals_hold_by_the_way_it_is_written() -> None:
    for seed in range(30):
        root = etree.fromstring(render_declaration(declarable(seed), prepared=PREPARED))
        for group in root.iter():
            for tag in {child.tag for child in group if child.find("sequenceNumber") is not None}:
                numbers = [int(g.findtext("sequenceNumber")) for g in group.findall(tag)]
                assert numbers == list(range(1, len(numbers) + 1))
        items = root.findall("Consignment/HouseConsignment/ConsignmentItem")
        mass = sum(Decimal(i.findtext("Commodity/GoodsMeasure/grossMass")) for i in items)
        assert Decimal(root.findtext("Consignment/grossMass")) == mass
        assert Decimal(root.findtext("Consignment/HouseConsignment/grossMass")) == mass
        assert [i.findtext("goodsItemNumber") for i in items] == [
            str(n) for n in range(1, len(items) + 1)
        ]


BROKEN = [
    ("procedures.3.lrn", None, "ncts.lrn", "$.procedures[3].lrn"),
    ("procedures.3.security", None, "ncts.security", "$.procedures[3].security"),
    ("procedures.3.guarantees", [], "ncts.guarantee", "$.procedures[3].guarantees"),
    ("procedures.3.territory", "TR", "ncts.territory", "$.procedures[3].territory"),
    ("procedures.3.regime", "union_transit", "ncts.regime", "$.procedures[3].regime"),
    ("procedures.3.offices_of_transit", [], "ncts.C0030", "$.procedures[3].offices_of_transit"),
    (
        "procedures.3.offices_of_transit",
        [{"reference": "TR360100"}, {"reference": "TR360100"}],
        "ncts.R0003",
        "$.procedures[3].offices_of_transit[1]",
    ),
    ("procedures.3.location_of_goods", None, "ncts.C0710", "$.procedures[3].location_of_goods"),
    (
        "procedures.3.location_of_goods.qualifier",
        "Z",
        "ncts.C0394",
        "$.procedures[3].location_of_goods.qualifier",
    ),
    ("acceptance", None, "ncts.C0403", "$.acceptance"),
    ("delivery", None, "ncts.C0343", "$.delivery"),
    ("consignee", None, "ncts.C0001", "$.consignee"),
    ("procedures.3.reduced_dataset", True, "ncts.R0859", "$.procedures[3].holder.authorisations"),
    (
        "procedures.3.guarantees.0.access_code",
        None,
        "ncts.C0086",
        "$.procedures[3].guarantees[0].access_code",
    ),
    (
        "procedures.3.guarantees.0.reference",
        "26GE0000010000018",
        "ncts.grn-check-digit",
        "$.procedures[3].guarantees[0].reference",
    ),
    (
        "procedures.3.guarantees.0.reference",
        "26GE0000010000019A123456",
        "ncts.R0318",
        "$.procedures[3].guarantees[0].reference",
    ),
    (
        "procedures.3.guarantees.0.kind",
        "8",
        "ncts.C0130",
        "$.procedures[3].guarantees[0].other_reference",
    ),
    (
        "procedures.3.guarantees.0.amount",
        None,
        "ncts.guarantee-amount",
        "$.procedures[3].guarantees[0].amount",
    ),
    ("consignor.address", None, "ncts.C0250", "$.consignor"),
    ("consignor.contact.phone", None, "ncts.contact", "$.consignor.contact.phone"),
    ("procedures.3.binding_itinerary", True, None, ""),
    ("goods_items.1.number", 7, "ncts.R0007", "$.goods_items[1].number"),
    ("goods_items.1.hs_code", None, "ncts.C0153", "$.goods_items[1].hs_code"),
    ("goods_items.1.gross_mass_kg", None, "ncts.gross-mass", "$.goods_items[1].gross_mass_kg"),
    ("goods_items.1.gross_mass_kg", "0", "ncts.R0221", "$.goods_items[1].gross_mass_kg"),
    ("goods_items.1.net_mass_kg", "9000.1", "ncts.R0223", "$.goods_items[1].net_mass_kg"),
    ("goods_items.1.packages.0.count", None, "ncts.C0060", "$.goods_items[1].packages[0].count"),
    ("goods_items.1.packages.0.kind", "VR", "ncts.C0060", "$.goods_items[1].packages[0].count"),
    ("goods_items.1.stowage", [], "ncts.C0670", "$.goods_items[1].stowage"),
    (
        "goods_items.1.stowage.0.equipment_number",
        "KRVU3009999",
        "ncts.stowage",
        "$.goods_items[1].stowage",
    ),
    ("documents.1.kind", "N380", "ncts.document-kind", "$.documents[1].kind"),
    ("documents.1.items", [9], "ncts.document-items", "$.documents[1].items"),
    ("procedures.3.security", "2", "ncts.C0806", "$.movements[5].means.nationality"),
]


@pytest.mark.parametrize(("path", "value", "rule", "place"), BROKEN)
def test_what_would_be_refused_is_named_before_it_is_written(
    path: str, value: Any, rule: str | None, place: str
) -> None:
    assert declaration_problems(example_consignment()) == ()
    consignment = changed(example_consignment(), path, value)
    problems = declaration_problems(consignment)
    if rule is None:
        assert problems == ()
        return
    assert (rule, place) in [(p.rule, p.path) for p in problems]
    with pytest.raises(DocumentError, match=re.escape(problems[0].path)):
        render_declaration(consignment, version="60.4", prepared=PREPARED)


UNFIT = [
    ("consignor.name", "x" * 71, "$.consignor.name", "at most 70 characters"),
    ("procedures.3.holder.address.city", "x" * 36, "$.procedures[3].holder.address.city", "35"),
    ("procedures.3.lrn", "L" * 23, "$.procedures[3].lrn", "22"),
    ("reference", "Заявка", "$.reference", "form"),
    ("goods_items.2.description", "x" * 513, "$.goods_items[2].description", "512"),
    ("goods_items.2.packages.0.kind", "BOX", "$.goods_items[2].packages[0].kind", ".{2}"),
    ("goods_items.2.gross_mass_kg", "123456789012.000001", "$.goods_items", "16 digits"),
    (
        "goods_items.2.net_mass_kg",
        "0.0",
        "$.goods_items[2].net_mass_kg",
        "form",
    ),
    ("equipment.1.seals.1.number", "S" * 21, "$.equipment[1].seals[1].number", "20"),
    ("documents.0.number", "D" * 71, None, ""),
    (
        "procedures.3.guarantees.0.amount",
        "1.005",
        "$.procedures[3].guarantees[0].amount",
        "2 decimals",
    ),
    (
        "procedures.3.office_of_destination.reference",
        "Halkalı",
        "$.procedures[3].office_of_destination.reference",
        "8 characters",
    ),
    ("procedures.3.countries_of_routing.1", "TUR", "$.procedures[3].countries_of_routing[1]", "2"),
]


@pytest.mark.parametrize(("path", "value", "place", "words"), UNFIT)
def test_what_the_message_has_no_room_for_is_refused_by_its_place(
    path: str, value: str, place: str | None, words: str
) -> None:
    try:
        consignment = changed(example_consignment(), path, value)
    except ValueError:
        # The consignment itself takes no more than 70 characters there.
        assert place is None
        return
    with pytest.raises(DocumentError) as refusal:
        render_declaration(consignment, version="60.4", prepared=PREPARED)
    assert str(refusal.value).startswith(f"{place}: ")
    assert words in str(refusal.value)


@pytest.mark.parametrize("text", ["two\nlines", "tab\there", "bell\x07", "half \ud800"])
def test_a_text_that_xml_cannot_keep_is_refused_by_its_place(text: str) -> None:
    example = example_consignment()
    assert example.consignor is not None
    consignor = example.consignor.model_copy(update={"name": text})
    consignment = example.model_copy(update={"consignor": consignor})
    with pytest.raises(DocumentError, match=re.escape("$.consignor.name: ")):
        render_declaration(consignment, version="60.4", prepared=PREPARED)


def test_fractions_of_a_second_are_refused() -> None:
    consignment = changed(
        example_consignment(),
        "procedures.3.offices_of_transit.0.arrives",
        "2026-12-13T18:00:00.5+03:00",
    )
    with pytest.raises(DocumentError, match="to the second"):
        render_declaration(consignment, version="60.4", prepared=PREPARED)


def test_a_procedure_is_named_by_its_number() -> None:
    example = example_consignment()
    one = render_declaration(example, prepared=PREPARED)
    assert render_declaration(example, procedure=4, prepared=PREPARED) == one
    with pytest.raises(DocumentError, match="'import' is not declared to NCTS"):
        render_declaration(example, procedure=5, prepared=PREPARED)
    with pytest.raises(DocumentError, match="There is no procedure 9; the consignment has 1, 2"):
        render_declaration(example, procedure=9, prepared=PREPARED)
    with pytest.raises(DocumentError, match="nothing to declare to NCTS"):
        render_declaration(example.model_copy(update={"procedures": ()}), prepared=PREPARED)
    with pytest.raises(DocumentError, match="is no version"):
        render_declaration(example, version="4.0", prepared=PREPARED)


def test_a_version_without_its_schemas_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(SCHEMAS_FOLDER, raising=False)
    assert versions_at_hand() == ("60.4",)
    message_schema.cache_clear()
    with pytest.raises(DocumentError, match=r"51\.8\.6.*KERVAN_NCTS_SCHEMAS"):
        render_declaration(example_consignment(), version="51.8", prepared=PREPARED)
    # A folder of XSDs stands for those that are not shipped.
    (tmp_path / "51.8.6").mkdir()
    for name, text in published("60.4").items():
        (tmp_path / "51.8.6" / name).write_bytes(text)
    monkeypatch.setenv(SCHEMAS_FOLDER, str(tmp_path))
    assert versions_at_hand() == ("60.4", "51.8")
    assert published("51.8") == published("60.4")


def test_check_digits_are_those_of_published_references() -> None:
    # From HMRC's published example of a release, and from public test data of other systems.
    for mrn in ("24GB000246J8NY33L7", "13TR34130000025717", "10GB00002910B75BE5"):
        assert has_check_digit(mrn, 18)
        assert iso6346_digit(mrn[:-1]) == mrn[-1]
        wrong = mrn[:-1] + str((int(mrn[-1]) + 1) % 10)
        assert not has_check_digit(wrong, 18)
    assert not has_check_digit("24gb000246J8NY33L7", 18)


def test_an_authority_runs_what_it_says_from_the_day_it_says() -> None:
    assert version_run_by("TR", date(2025, 5, 1)).version == "51.8"
    assert version_run_by("NL", date(2026, 5, 15)).version == "51.8"
    assert version_run_by("NL", date(2026, 5, 16)).version == "60.4"
    later = version_run_by("GE", date(2026, 11, 1))
    assert (later.version, later.confirmed) == ("60.4", False)
    assert version_run_by("TR", date(2020, 1, 1)).version == "51.8"
    assert {r.version for r in running_versions()} == set(RELEASES)


# Two processors, one verdict

ODD = [
    "", " ", "x" * 71, "x" * 600, "0", "00", "-1", "+1", "1.", ".5", "1e3", "1.0000000", "99999",
    "100000", "0.0", "0.000001", "12345678901234567", "1234567890.1234567", " A", "A ", "A  B",
    "٣", "1٣", "Ａ", "é", "Ж", "𝔘", "a\nb", "a\tb", "T1", "t1",
    "2026-02-30", "2026-02-28", "2026-11-20T24:00:00", "2026-11-20T08:30:05Z", "12026-01-01",
    "2026-11-20T08:30:05", "2026-11-20T08:30:60", "NTA.GE", "GE000001", "ge000001", "true", "1",
    "26GE0000010000019", "a@b.c", "@", "a@b", "a@@b.c", "CC015C", "CC999C", "NCTS5.1",
]  # fmt: skip


def spoilt(data: bytes, rng: random.Random) -> etree._Element:
    """Return the message with one to three things about it changed."""
    root = etree.fromstring(data)
    for _ in range(rng.randint(1, 3)):
        element = rng.choice(list(root.iter())[1:])
        parent = element.getparent()
        if parent is None:
            continue
        change = rng.randrange(8)
        if change == 0:
            parent.remove(element)
        elif change == 1:
            parent.insert(parent.index(element), etree.fromstring(etree.tostring(element)))
        elif change == 2:
            parent.append(element)
        elif change == 3:
            element.tag = rng.choice(["LRN", "x", "{urn:x}LRN", "sequenceNumber", element.tag])
        elif change == 4:
            element.set(rng.choice(["PhaseID", "x", "{urn:x}y"]), "1")
        elif len(element) == 0:
            element.text = rng.choice(ODD)
    return root


def _verdicts(seeds: range) -> Counter[bool]:
    verdicts: Counter[bool] = Counter()
    messages: dict[int, bytes] = {}
    for seed in seeds:
        rng = random.Random(seed)
        version = VERSIONS[seed % len(VERSIONS)]
        if seed % 40 not in messages:
            messages[seed % 40] = render_declaration(
                declarable(seed % 40), version=VERSIONS[seed % len(VERSIONS)], prepared=PREPARED
            )
        root = spoilt(messages[seed % 40], rng)
        schema = message_schema("CC015C", version)
        fast = schema.is_valid(root)
        assert fast == (not schema.exact_faults(root, most=1)), etree.tostring(root)
        verdicts[fast] += 1
    return verdicts


def test_libxml2_and_xsd_1_1_come_to_one_verdict_on_spoilt_messages() -> None:
    verdicts = _verdicts(range(150))
    assert min(verdicts[True], verdicts[False]) > 10


@pytest.mark.slow
def test_libxml2_and_xsd_1_1_come_to_one_verdict_on_thousands_of_spoilt_messages() -> None:
    verdicts = _verdicts(range(1_000, 7_000))
    assert min(verdicts[True], verdicts[False]) > 500


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_schemas_as_published_say_the_same_as_what_is_kept_of_them(
    version: str, tmp_path: Path
) -> None:
    import xmlschema

    for name, text in published(version).items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    whole = xmlschema.XMLSchema11(str(tmp_path / "cc015c.xsd"))
    schema = message_schema("CC015C", version)
    for seed in range(200):
        data = render_declaration(declarable(seed), version=version, prepared=PREPARED)
        assert whole.is_valid(etree.fromstring(data))
        root = spoilt(data, random.Random(seed))
        assert whole.is_valid(root) == schema.is_valid(root), etree.tostring(root)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_every_sample_has_one_verdict(version: str) -> None:
    for file in sorted(SAMPLES.glob("*.xml")):
        root = etree.fromstring(file.read_bytes())
        schema = message_schema(etree.QName(root).localname, version)
        assert schema.is_valid(root) == (not schema.exact_faults(root)), file.name


def test_a_no_break_space_is_a_character_like_others() -> None:
    # XSD drops spaces, tabs and line breaks alone; xmlschema drops whatever Python calls a space.
    data = render_declaration(declarable(1), version="60.4", prepared=PREPARED)
    root = etree.fromstring(data)
    root.find("messageSender").text = "\u00a0"
    assert message_schema("CC015C", "60.4").is_valid(root)
    number = root.find("Consignment/TransportEquipment/containerIdentificationNumber")
    number.text = "A\u2003B"
    assert message_schema("CC015C", "60.4").exact_faults(root)
    root.find("messageSender").text = " "
    assert not message_schema("CC015C", "60.4").is_valid(root)


def test_the_year_nought_is_left_to_xsd_1_1() -> None:
    data = render_declaration(declarable(1), version="60.4", prepared=PREPARED)
    data = data.replace(b"2026-11-20T08:30:05", b"0000-11-20T08:30:05")
    root = etree.fromstring(data)
    schema = message_schema("CC015C", "60.4")
    # Valid by XSD 1.1 alone, and so it is read; what no calendar has is left over as it stands.
    if not schema.is_valid(root) and not schema.exact_faults(root):
        assert "0000-11-20T08:30:05" in [left.value for left in read_message(data).left_over]


# Samples


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("*.[jx]*")), ids=lambda f: f.name)
def test_every_sample_is_read_without_loss_or_refused_for_a_reason(file: Path) -> None:
    data = file.read_bytes()
    reason = refusal_of(data)
    if reason is not None:
        assert re.search(r"by that of 60\.4\.16: /|no JSON|JSON and is none", reason)
        return
    found = read_message(data)
    root, _ = parsed(data)
    values = Counter(_values(found.consignment.model_dump()))
    left = Counter(entry.value for entry in found.left_over)
    for leaf in root.iter():
        if len(leaf) or leaf is root:
            continue
        text = leaf.text or ""
        if left[text]:
            left[text] -= 1
            continue
        known = text in values or leaf.tag in DERIVED or _shortened(text) in values
        assert known or (_is_number(text) and Decimal(text) in values), leaf.tag
    assert not +left


DERIVED = {
    "sequenceNumber",
    "goodsItemNumber",
    "messageType",
    "grossMass",
    "containerIndicator",
    "numberOfSeals",
    "reducedDatasetIndicator",
    "bindingItinerary",
    "type",
    "status",
    "declarationGoodsItemNumber",
    "combinedNomenclatureCode",
    "arrivalDateAndTimeEstimated",
    "limitDate",
    "country",
    "countryOfDispatch",
    "countryOfDestination",
}


def _shortened(text: str) -> str:
    return text[1:] if text.startswith("N") else text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) is not None


def _values(content: Any) -> list[Any]:
    if isinstance(content, dict):
        return [v for value in content.values() for v in _values(value)]
    if isinstance(content, list | tuple):
        return [v for value in content for v in _values(value)]
    return [] if content is None else [content]


# Hostile


@pytest.mark.parametrize("file", sorted(CORPUS.iterdir()), ids=lambda f: f.name)
def test_a_hostile_file_is_refused(file: Path) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_message(file.read_bytes())
    assert len(str(refusal.value)) < 1_000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_refused_with_a_sentence(data: bytes) -> None:
    for start in (
        b"",
        b"{",
        b'{"n1:CC015C": ',
        b'<ncts:CC015C xmlns:ncts="http://ncts.dgtaxud.ec">',
    ):
        with pytest.raises(DocumentError):
            read_message(start + data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_spoilt_message_is_read_or_refused(seed: int) -> None:
    rng = random.Random(seed)
    data = bytearray(render_declaration(declarable(seed % 7), version="60.4", prepared=PREPARED))
    if rng.random() < 0.5:
        data = bytearray(etree.tostring(spoilt(bytes(data), rng)))
    else:
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(data))
            data[at : at + rng.randint(0, 3)] = rng.randbytes(rng.randint(0, 3))
    assert refusal_of(bytes(data)) != ""


def test_a_message_is_recognised_by_its_beginning() -> None:
    data = render_declaration(example_consignment(), prepared=PREPARED)
    assert recognise(data[:4_096]).kind == "ncts-cc015c"
    assert document_format("ncts-cc013c") is AMENDMENT
    for file in SAMPLES.glob("cc015c*"):
        assert recognise(file.read_bytes()[:4_096]).read is read_message


def test_a_message_of_now_says_when_it_was_written() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    root = etree.fromstring(render_amendment(example_consignment()))
    written = datetime.fromisoformat(root.findtext("preparationDateAndTime")).replace(tzinfo=UTC)
    assert before <= written <= datetime.now(UTC)

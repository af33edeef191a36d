"""Advance TIR data come back as they went; what is not one is refused."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.etir import schema
from kervan.documents.etir.advance import FORMAT, read, render, tir_part
from kervan.documents.etir.layout import NAMESPACE
from kervan.documents.format import DocumentError, carried
from kervan.documents.formats import recognise
from tests.cargo.consignments import consignments, random_consignment

CORPUS = sorted((Path(__file__).with_name("corpus") / "etir").iterdir())


def under_tir(consignment: Consignment) -> Consignment:
    """Return the consignment on the road under a TIR carnet."""
    whole = consignment.model_dump()
    operation: dict[str, Any] = {
        "number": 1,
        "territory": "GE",
        "regime": "tir",
        "holder": whole["consignor"],
        "office_of_departure": {"reference": "GE000001"},
        "countries_of_routing": ["GE", "TR"],
        "guarantees": [{"kind": "B", "reference": "XB12345678"}],
    }
    found = [p | {"regime": "tir"} for p in whole["procedures"]]
    whole["procedures"] = found or [operation]
    return Consignment.model_validate(whole)


def round_trips(consignment: Consignment) -> None:
    found = read(render(consignment))
    assert found.consignment == carried(consignment, FORMAT.carries)
    assert found.left_over == ()


def test_a_hundred_consignments_come_back_as_they_went() -> None:
    for seed in range(100):
        round_trips(under_tir(random_consignment(seed)))


@pytest.mark.slow
def test_ten_thousand_consignments_come_back_as_they_went() -> None:
    for seed in range(10_000):
        round_trips(under_tir(random_consignment(seed)))


@settings(max_examples=30, deadline=None)
@given(consignments())
def test_any_consignment_comes_back_as_it_went(consignment: Consignment) -> None:
    round_trips(under_tir(consignment))


def test_the_example_comes_back_as_it_went_and_is_recognised() -> None:
    consignment = under_tir(example_consignment())
    round_trips(consignment)
    assert recognise(render(consignment)[:4096]) is FORMAT
    assert FORMAT.wanted(consignment)
    assert not FORMAT.wanted(example_consignment())


def test_procedures_beside_tir_are_left_to_other_declarations() -> None:
    consignment = under_tir(example_consignment())
    import_there = consignment.procedures[0].model_copy(update={"number": 9, "regime": "import"})
    both = consignment.model_copy(update={"procedures": (*consignment.procedures, import_there)})
    assert render(both) == render(tir_part(both))
    assert read(render(both)).consignment == FORMAT.said(both)


def test_a_way_that_is_not_under_tir_is_refused_with_what_it_is_under() -> None:
    with pytest.raises(DocumentError, match=r"\$.procedures: are export, eaeu_transit, .*'tir'"):
        render(example_consignment())


def test_a_consignment_without_procedures_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"\$.procedures: is missing"):
        render(Consignment(reference="EX-1"))


def test_a_character_that_xml_has_not_is_refused_with_its_path() -> None:
    whole = under_tir(example_consignment()).model_dump()
    whole["goods_items"][1]["description"] = "Pa\x0bint"
    with pytest.raises(DocumentError, match=r"\$.goods_items\[1\].description: "):
        render(Consignment.model_validate(whole))


def test_the_schema_is_as_it_is_generated() -> None:
    path = Path(schema.__file__).with_name("advance-tir-data.xsd")
    mending = f"run `python -m kervan.documents.etir.schema > {path.name}`"
    assert path.read_text("utf-8") == schema.text(), mending


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_every_hostile_file_is_refused(path: Path) -> None:
    with pytest.raises(DocumentError):
        read(path.read_bytes())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DocumentError):
        read(data)


SOUND = render(under_tir(random_consignment(1)))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=3))
def test_a_spoilt_file_is_read_or_refused(position: int, put_in: bytes) -> None:
    with contextlib.suppress(DocumentError):
        read(SOUND[:position] + put_in + SOUND[position + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.data(), st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=90))
def test_a_value_that_was_changed_is_read_or_refused(draw: st.DataObject, value: str) -> None:
    root = etree.fromstring(SOUND)
    values = [element for element in root.iter() if len(element) == 0]
    with contextlib.suppress(ValueError):  # characters that XML has not
        draw.draw(st.sampled_from(values)).text = value
    with contextlib.suppress(DocumentError):
        read(etree.tostring(root))


def test_a_large_file_is_held_against_the_schema_too() -> None:
    remark = "<ItemNumeric>{}</ItemNumeric>"
    items = [remark.format(n) for n in range(1, 9_999)]
    data = (
        f'<AdvanceTIRData xmlns="{NAMESPACE}"><TraderAssignedReferenceID>EX'
        "</TraderAssignedReferenceID><AdditionalDocument><TypeCode>380</TypeCode><ID>1</ID>"
        f"{''.join(items)}</AdditionalDocument></AdvanceTIRData>"
    )
    assert len(read(data.encode()).consignment.documents[0].items) == 9_998
    with pytest.raises(DocumentError, match="not valid: Element 'ItemNumeric'"):
        read(data.replace(remark.format(7), remark.format("x")).encode())


def test_a_message_of_another_form_is_told_apart() -> None:
    with pytest.raises(DocumentError, match="UNECE's own form are not read"):
        read(SOUND.replace(NAMESPACE.encode(), b"urn:wco:datamodel:WCO:DEC:2"))

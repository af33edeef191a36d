"""A consignment comes back from JSON as it went, and what is wrong with it is all said at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.reading import (
    MOST_BYTES,
    CargoError,
    InvalidConsignmentError,
    read,
    read_consignment,
    write_consignment,
)
from tests.cargo.consignments import consignments


@settings(max_examples=100, deadline=None)
@given(consignments())
def test_a_consignment_comes_back_from_json_as_it_went(consignment: Consignment) -> None:
    assert read_consignment(write_consignment(consignment)) == consignment


def test_every_problem_of_the_structure_is_said_with_its_path() -> None:
    content = json.loads(write_consignment(example_consignment()))
    content["goods_items"][1]["gross_mass_kg"] = "much"
    content["goods_items"][2]["number"] = "three"
    content["equipment"][0]["seals"][1].pop("number")
    content["colour"] = "red"
    content["issued_on"] = "30.11.2026"
    reading = read(json.dumps(content))
    assert sorted(p.path for p in reading.problems) == [
        "$.colour",
        "$.equipment[0].seals[1].number",
        "$.goods_items[1].gross_mass_kg",
        "$.goods_items[2].number",
        "$.issued_on",
    ]
    assert all(p.message and p.mending for p in reading.problems)


def test_what_is_sound_is_kept_beside_what_is_not() -> None:
    content = json.loads(write_consignment(example_consignment()))
    content["goods_items"][2]["number"] = "three"
    content["goods_items"][3]["hs_code"] = 392690
    reading = read(content)
    assert reading.consignment is not None
    assert [item.number for item in reading.consignment.goods_items] == [1, 2, 4, 5]
    assert reading.consignment.goods_items[2].hs_code is None
    # The fourth item of the file is the third that is left.
    assert reading.path("goods_items", 2, "hs_code") == "$.goods_items[3].hs_code"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "file is empty"),
        (b"{", "no JSON"),
        (b"%PDF-1.7\n\xe2", "a PDF and no consignment.*kervan document read"),
        (b"<CC015C/>", "XML and no consignment"),
        (b"PK\x03\x04\xff", "workbook"),
        (b"UNB+UNOC:3", "EDIFACT"),
        (b'{"schema": "quote.v1"}', "from-quote"),
        (b'{"format": "consignment-history.v1"}', "--version N"),
        (b"[]", "no JSON object"),
        (b'{"reference": "A", "reference": "B"}', "stands twice"),
        (b'{"reference": "\xff"}', "UTF-8"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deep"),
        (b" " * (MOST_BYTES + 1), "MB"),
    ],
    ids=[
        "empty",
        "cut",
        "pdf",
        "xml",
        "zip",
        "edifact",
        "quote",
        "history",
        "array",
        "twice",
        "charset",
        "deep",
        "large",
    ],
)
def test_what_is_no_consignment_is_refused_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(CargoError, match=said):
        read(data)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CargoError, match="cannot be read"):
        read(tmp_path / "none.json")


def test_decimals_keep_every_digit() -> None:
    goods = [{"number": 1, "gross_mass_kg": "1234567890.123456"}]
    consignment = read_consignment({"reference": "A", "goods_items": goods})
    again = read_consignment(write_consignment(consignment))
    assert str(again.goods_items[0].gross_mass_kg) == "1234567890.123456"


def test_an_unsound_consignment_is_refused_with_all_its_problems() -> None:
    with pytest.raises(InvalidConsignmentError, match="and 1 more") as caught:
        read_consignment({"reference": "A", "x": 1, "y": 2})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("colon", [":", " :", "\n:", "\t\r\n : "])
@pytest.mark.parametrize("where", ["top", "deep", "language"])
def test_a_field_that_stands_twice_is_found_however_it_is_spaced(colon: str, where: str) -> None:
    twice = {
        "top": f'"issued_on"{colon}"2026-01-01", "issued_on"{colon}"2026-01-02"',
        "deep": f'"consignor":{{"name"{colon}"A", "name": "B"}}',
        "language": f'"consignor":{{"name_in":{{"ru"{colon}"А", "ru"{colon}"Б"}}}}',
    }[where]
    with pytest.raises(CargoError, match="stands twice"):
        read(f'{{"reference"{colon}"A", {twice}}}')


@pytest.mark.parametrize("mass", ["1234567890.123456", "0.1", "1e3", "12E1", "5"])
def test_a_number_keeps_every_digit_as_a_text_does(mass: str) -> None:
    as_number = f'{{"reference":"A","goods_items":[{{"number":1,"gross_mass_kg":{mass}}}]}}'
    as_text = f'{{"reference":"A","goods_items":[{{"number":1,"gross_mass_kg":"{mass}"}}]}}'
    assert read_consignment(as_number) == read_consignment(as_text)
    assert read(as_number).consignment == read(json.loads(as_text)).consignment


@pytest.mark.parametrize("text", [": a", 'a": b', '"', "a\\", "x : y", "{", "1:2.5"])
def test_words_that_look_like_json_are_read_as_words(text: str) -> None:
    content = {"reference": "A", "remarks": [{"text": text}]}
    for indent in (None, 1):
        assert read(json.dumps(content, indent=indent)) == read(content)


@settings(max_examples=60, deadline=None)
@given(consignments())
def test_the_quick_way_reads_what_the_careful_way_reads(consignment: Consignment) -> None:
    written = write_consignment(consignment)
    assert read(written) == read(json.loads(written))


def test_a_field_that_is_none_is_named_with_the_one_that_was_meant() -> None:
    content = json.loads(write_consignment(example_consignment()))
    content["consigner"] = content.pop("consignor")
    content["goods_items"][1]["gross_mass"] = "1"
    content["movements"][0]["zzzzzz"] = 1
    mendings = {problem.path: problem.mending for problem in read(content).problems}
    assert mendings["$.consigner"].startswith("Was 'consignor' meant? ")
    assert mendings["$.goods_items[1].gross_mass"].startswith("Was 'gross_mass_kg' meant? ")
    assert mendings["$.movements[0].zzzzzz"].startswith("Take it out")


def test_a_list_longer_than_any_is_left_out_and_named() -> None:
    content = {
        "reference": "A",
        "goods_items": [{"number": 1}] * 10_000,
        "remarks": [{"text": "x"}],
    }
    reading = read(json.dumps(content))
    assert [(p.rule, p.path) for p in reading.problems] == [("form.too-long", "$.goods_items")]
    assert reading.consignment is not None
    assert len(reading.consignment.remarks) == 1


def test_a_file_that_is_wrong_everywhere_is_refused_and_not_listed() -> None:
    bad = [{"identifiers": [1] * 9_000}] * 3
    with pytest.raises(CargoError, match="wrong in 27,000 places"):
        read(json.dumps({"reference": "A", "notify_parties": bad}))
    with pytest.raises(CargoError, match="more than 1,000,000 values"):
        read('{"a":[' + "1," * 1_000_001 + "1]}")


def test_what_the_caller_has_parsed_is_left_as_it_is() -> None:
    content = {"reference": "A", "remarks": [{"text": ""}, {"text": "x"}]}
    reading = read(content)
    assert len(reading.problems) == 1
    assert content == {"reference": "A", "remarks": [{"text": ""}, {"text": "x"}]}

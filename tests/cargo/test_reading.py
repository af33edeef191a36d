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
        (b"", "no JSON"),
        (b"[]", "no JSON object"),
        (b'{"reference": "A", "reference": "B"}', "stands twice"),
        (b'{"reference": "\xff"}', "UTF-8"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "nested too deep"),
        (b" " * (MOST_BYTES + 1), "MB"),
    ],
    ids=["empty", "array", "twice", "charset", "deep", "large"],
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

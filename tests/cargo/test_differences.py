"""What differs between two consignments is said once, where it is, and by how much."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.cargo.differences import differences
from kervan.cargo.reading import read_consignment, write_consignment
from tests.cargo.consignments import consignments

EXAMPLE = example_consignment()


def amended(change: Callable[[dict[str, Any]], Any]) -> Consignment:
    content = json.loads(write_consignment(EXAMPLE))
    change(content)
    return read_consignment(content)


def test_a_changed_mass_is_said_with_its_item_and_by_how_much() -> None:
    after = amended(lambda c: c["goods_items"][2].update(gross_mass_kg="7300"))
    (found,) = differences(EXAMPLE, after)
    assert (found.kind, found.path) == ("changed", "$.goods_items[2].gross_mass_kg")
    assert found.name == "goods_items.gross_mass_kg"
    assert str(found) == "goods item 3: gross mass kg: 7260 → 7300 (+40)"


def test_an_item_put_in_front_does_not_change_those_behind() -> None:
    new = {"number": 6, "description": "Samples"}
    after = amended(lambda c: c["goods_items"].insert(0, new))
    (found,) = differences(EXAMPLE, after)
    assert (found.kind, found.path, found.after) == ("added", "$.goods_items[0]", new)


def test_entries_in_another_order_are_the_same() -> None:
    assert not differences(EXAMPLE, amended(lambda c: c["equipment"].reverse()))


@pytest.mark.parametrize("name", ["carriers", "procedures.3.countries_of_routing"])
def test_the_order_of_the_way_counts(name: str) -> None:
    def turn(content: Any) -> None:
        *way, last = [int(s) if s.isdigit() else s for s in name.split(".")]
        for step in way:
            content = content[step]
        content[last].reverse()

    (found,) = differences(EXAMPLE, amended(turn))
    assert (found.kind, found.name.rpartition(".")[2]) == ("changed", name.rpartition(".")[2])


def test_a_seal_taken_off_is_said_with_its_container() -> None:
    after = amended(lambda c: c["equipment"][0]["seals"].pop(0))
    (found,) = differences(EXAMPLE, after)
    assert found.kind == "removed"
    assert found.where == f"equipment {EXAMPLE.equipment[0].number}, seal CN4417001"


def test_a_translation_counts_as_an_element() -> None:
    after = amended(lambda c: c["goods_items"][0]["description_in"].update(tr="Piller"))
    (found,) = differences(EXAMPLE, after)
    assert found.name == "goods_items.description_in.tr"


def test_a_code_of_digits_is_no_number_that_grew() -> None:
    after = amended(lambda c: c["goods_items"][0].update(hs_code="850780"))
    (found,) = differences(EXAMPLE, after)
    assert str(found) == "goods item 1: hs code: 850760 → 850780"


def test_the_version_alone_is_no_difference() -> None:
    assert not differences(EXAMPLE, EXAMPLE.model_copy(update={"version": 2}))


@settings(max_examples=60, deadline=None)
@given(consignments(), consignments())
def test_equal_consignments_differ_in_nothing_and_others_in_something(
    one: Consignment, other: Consignment
) -> None:
    assert not differences(one, one)
    assert bool(differences(one, other)) == (one != other)


@settings(max_examples=60, deadline=None)
@given(consignments(), consignments())
def test_the_way_back_undoes_the_way_there(one: Consignment, other: Consignment) -> None:
    mirrored = {"added": "removed", "removed": "added", "changed": "changed"}
    there = [
        (d.kind, d.name, d.where, str(d.before), str(d.after)) for d in differences(one, other)
    ]
    back = [
        (mirrored[d.kind], d.name, d.where, str(d.after), str(d.before))
        for d in differences(other, one)
    ]
    assert sorted(there) == sorted(back)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda c: c.pop("incoterm"), "removed"),
        (lambda c: c.update(payment_method="collect"), "changed"),
        (lambda c: c["consignee"]["contact"].pop("email"), "removed"),
        (lambda c: c["movements"][2]["means"].update(voyage="035W"), "changed"),
    ],
    ids=["incoterm", "payment", "email", "voyage"],
)
def test_one_change_is_one_difference(change: Callable[[dict[str, Any]], Any], kind: str) -> None:
    (found,) = differences(EXAMPLE, amended(change))
    assert found.kind == kind

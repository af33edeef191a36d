"""What holds of every document alike."""

from __future__ import annotations

import contextlib
from dataclasses import fields

import pytest

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, carried
from kervan.documents.formats import (
    FORMATS,
    document_format,
    document_formats,
    known_kinds,
    read_document,
    wanted_formats,
)
from tests.cargo.consignments import random_consignment

KINDS = tuple(FORMATS)
EXAMPLE = example_consignment()


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_is_known_by_its_kind_and_says_what_it_is(kind: str) -> None:
    found = document_format(kind)
    assert found.kind == kind
    assert found.title
    assert found.standard
    assert found.suffix.startswith(".")
    assert found.form_of is None or found.form_of in FORMATS


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_format_carries_are_elements_of_a_consignment(kind: str) -> None:
    for name in document_format(kind).carries:
        assert name.split(".")[0] in Consignment.model_fields, name


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_is_written_recognised_and_read_back_as_far_as_it_is_carried(kind: str) -> None:
    found = document_format(kind)
    if found.read is None:
        pytest.skip("written only")
    with contextlib.suppress(DocumentError):
        data = found.render(EXAMPLE)
        again = read_document(data)
        assert again.kind == kind
        assert again.consignment == found.said(EXAMPLE)
        return
    # What an amendment amends is not there the first time.
    assert not found.wanted(EXAMPLE)


def test_every_document_the_way_of_the_example_asks_for_is_written() -> None:
    wanted = wanted_formats(EXAMPLE)
    assert {"cim-smgs", "dangerous-goods", "packing-list", "ncts-cc015c"} <= {
        f.kind for f in wanted
    }
    for found in wanted:
        assert found.render(EXAMPLE)


def test_a_way_under_smgs_alone_asks_for_the_smgs_note() -> None:
    shorter = EXAMPLE.model_copy(update={"movements": EXAMPLE.movements[:5]})
    kinds = {f.kind for f in wanted_formats(shorter)}
    assert "smgs" in kinds
    assert "cim-smgs" not in kinds


def test_a_consignment_without_danger_asks_for_no_declaration_of_it() -> None:
    items = tuple(i.model_copy(update={"dangerous_goods": ()}) for i in EXAMPLE.goods_items)
    plain = EXAMPLE.model_copy(update={"goods_items": items})
    assert "dangerous-goods" not in {f.kind for f in wanted_formats(plain)}


def test_kinds_are_given_once_and_in_the_order_of_the_way() -> None:
    assert known_kinds(["packing-list", "smgs", "smgs"]) == ("smgs", "packing-list")
    assert known_kinds(["all", "smgs"]) == KINDS


def test_carried_keeps_what_is_named_and_nothing_else() -> None:
    names = frozenset({"reference", "goods_items.number", "goods_items.packages"})
    kept = carried(EXAMPLE, names)
    assert kept.reference == EXAMPLE.reference
    assert kept.consignor is None
    assert [i.packages for i in kept.goods_items] == [i.packages for i in EXAMPLE.goods_items]
    assert all(i.hs_code is None for i in kept.goods_items)
    assert carried(kept, names) == kept


def test_carrying_everything_is_the_consignment_itself() -> None:
    for seed in range(30):
        consignment = random_consignment(seed)
        assert carried(consignment, frozenset(Consignment.model_fields)) == consignment


def test_formats_have_no_kind_twice() -> None:
    kinds = [found.kind for found in document_formats()]
    assert len(kinds) == len(set(kinds))
    assert "kind" in {f.name for f in fields(document_format("data-set"))}


def test_a_party_of_which_a_document_says_nothing_is_left_out_with_its_role() -> None:
    nothing = {"role": "buyer", "party": {"name_in": {"ru": "Покупатель"}}}
    some = {"role": "seller", "party": {"name": "Example Seller"}}
    whole = Consignment.model_validate(
        {"reference": "A", "consignor": {}, "other_parties": [{"role": "buyer", "party": {}}]}
    )
    names = frozenset({"reference", "other_parties.role", "other_parties.party.name"})
    assert carried(whole, names) == Consignment(reference="A")
    both = Consignment.model_validate({"reference": "A", "other_parties": [nothing, some]})
    (kept,) = carried(both, names).other_parties
    assert (kept.role, kept.party.name) == ("seller", "Example Seller")
    assert carried(both, frozenset(Consignment.model_fields)) == both


@pytest.mark.parametrize("kind", ["efti-common"])
def test_a_party_without_anything_does_not_stop_a_round_trip(kind: str) -> None:
    content = EXAMPLE.model_dump(exclude_defaults=True)
    content["other_parties"] = [{"role": "forwarder", "party": {}}]
    for name in ("equipment", "wagons"):
        for entry in content[name]:
            entry["registration_country"] = "KZ"
    consignment = Consignment.model_validate(content)
    found = document_format(kind)
    assert found.read is not None
    assert found.read(found.render(consignment)).consignment == found.said(consignment)

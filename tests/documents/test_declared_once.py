"""Values keyed in once against values sent over the papers of the way."""

from __future__ import annotations

from hypothesis import given, settings

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.data_set import FORMAT as DATA_SET
from kervan.documents.declared_once import declared_once, leaves
from kervan.documents.format import Format, carried
from tests.cargo.consignments import consignments


def paper(kind: str, *names: str) -> Format:
    return Format(kind, kind, ".txt", "none", frozenset(names), lambda cargo: b"")


SMALL = Consignment.model_validate(
    {
        "reference": "R",
        "consignor": {"name": "A", "address": {"city": "B", "country": "CN"}},
        "goods_items": [{"number": 1, "hs_code": "850760"}, {"number": 2, "hs_code": "392690"}],
    }
)


def test_leaves_are_counted_by_hand() -> None:
    # reference; name, city, country; two numbers and two codes.
    assert len(leaves(SMALL)) == 8


def test_what_is_sent_again_counts_again_and_is_not_new() -> None:
    counted = declared_once(
        SMALL,
        [
            DATA_SET,
            paper("note", "reference", "consignor.address", "goods_items"),
            paper("list", "goods_items.number", "goods_items.hs_code", "consignor.name"),
        ],
    )
    assert [(d.kind, d.values, d.names, d.new) for d in counted.documents] == [
        ("note", 7, 5, 7),
        ("list", 5, 3, 1),
    ]
    assert (counted.keyed, counted.sent, counted.never_sent) == (8, 12, 0)
    assert counted.ratio == 1.5


def test_what_no_document_carries_is_never_sent() -> None:
    counted = declared_once(SMALL, [paper("note", "reference")])
    assert (counted.sent, counted.never_sent) == (1, 7)
    assert declared_once(SMALL, []).never_sent == 8


@given(consignments())
@settings(max_examples=20, deadline=None)
def test_the_values_sent_are_the_leaves_of_what_is_carried(cargo: Consignment) -> None:
    names = frozenset({"reference", "goods_items.number", "goods_items.hs_code", "consignor"})
    (counted,) = declared_once(cargo, [paper("note", *names)]).documents
    assert counted.values == len(leaves(carried(cargo, names)))


def test_the_example_has_one_leaf_for_each_scalar_of_its_file() -> None:
    def scalars(content: object) -> int:
        if isinstance(content, dict):
            return sum(map(scalars, content.values()))
        if isinstance(content, list):
            return sum(map(scalars, content))
        return 1

    whole = example_consignment().model_dump(mode="json", exclude_defaults=True)
    assert len(leaves(example_consignment())) == scalars(whole)


def test_the_page_counts_the_documents_there_are() -> None:
    from pathlib import Path

    from kervan.documents.declared_once_page import page

    shown = Path(__file__).parents[2].joinpath("docs/explanation/declared-once.md")
    mending = (
        "run `python -m kervan.documents.declared_once_page > docs/explanation/declared-once.md`"
    )
    assert shown.read_text("utf-8") == page(), mending

"""The table of the consignment in other models names every element, and none that there is not."""

from __future__ import annotations

from pathlib import Path

from kervan.cargo.mapping import element_names, mapping, page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mapping.md"


def test_every_element_is_in_the_table_and_no_other() -> None:
    assert [row.element for row in mapping()] == list(element_names())


def test_elements_are_found_in_lists_and_below_each_other() -> None:
    names = set(element_names())
    assert {"reference", "goods_items.packages.kind", "procedures.holder.address.city"} <= names
    assert not {"goods_items", "goods_items.packages", "consignor"} & names


def test_a_wco_element_has_a_number_and_a_name_or_neither() -> None:
    assert all(bool(row.wco_id) == bool(row.wco_name) for row in mapping())


def test_the_page_is_as_it_is_generated() -> None:
    mending = "run `python -m kervan.cargo.mapping > docs/reference/mapping.md`"
    assert PAGE.read_text("utf-8") == page(), mending

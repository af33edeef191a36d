"""What changed between two tariffs is told row by row, field by field, price by price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from kervan.tariff.sheet.diff import PriceChange, changed_prices, changed_rows
from kervan.tariff.sheet.diff_workbook import write_changes
from tests.tariff.rows import feed, item, rebate, surcharge
from tests.tariff.sheet.test_sheet import made


def test_nothing_has_changed_between_a_tariff_and_itself() -> None:
    tables = feed(item("a"), surcharge("s"), rebate("r"))
    assert changed_rows(tables, tables) == []
    assert changed_prices(made(item("e", carrier_id="E")), made(item("e", carrier_id="E"))) == []


def test_rows_added_removed_and_changed_are_told_apart() -> None:
    old = feed(item("a", "100"), item("b"), surcharge("s", "10"))
    new = feed(item("a", "110", conditions="new"), item("c"), surcharge("s", "10"))
    found = {change.key: change for change in changed_rows(old, new)}
    assert {key: change.kind for key, change in found.items()} == {
        "a": "changed",
        "b": "removed",
        "c": "added",
    }
    by_field = {field.field: field for field in found["a"].fields}
    assert set(by_field) == {"amount", "conditions"}
    assert by_field["amount"].percent == Decimal("10.00")
    assert by_field["conditions"].percent is None


def test_a_row_that_supersedes_another_is_that_row_changed() -> None:
    tables = feed(
        item("a", "100"),
        item("a2", "90", supersedes="a", recorded_on=date(2026, 5, 1)),
        item("a3", "80", supersedes="a2", recorded_on=date(2026, 7, 1)),
    )
    (change,) = changed_rows(
        tables, tables, old_known_on=date(2026, 4, 1), new_known_on=date(2026, 8, 1)
    )
    assert (change.key, change.was, change.kind) == ("a3", "a", "changed")
    assert [(f.field, f.old, f.new) for f in change.fields] == [("amount", "100", "80")]


def test_a_row_withdrawn_is_removed() -> None:
    end = item("end", supersedes="a", is_withdrawal=True, recorded_on=date(2026, 5, 1))
    tables = feed(item("a"), end)
    (change,) = changed_rows(tables, tables, old_known_on=date(2026, 4, 1))
    assert (change.key, change.kind) == ("a", "removed")


def test_prices_that_changed_are_told_with_their_percent() -> None:
    old = made(item("e", "100", carrier_id="E"))
    new = made(item("e", "125", carrier_id="E"))
    found = changed_prices(old, new)
    assert len(found) == len(new.rows)
    assert {change.percent for change in found} == {Decimal("25.00")}


def test_a_price_new_or_gone_has_no_percent() -> None:
    priced, bare = made(item("e", carrier_id="E")), made(item("c"))
    gained = changed_prices(bare, priced)
    lost = changed_prices(priced, bare)
    assert len(gained) == len(lost) == len(priced.rows)
    assert {change.percent for change in gained + lost} == {None}


def test_changes_are_written_to_a_workbook(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    rows = changed_rows(feed(item("a", "100")), feed(item("a", "110"), item("b")))
    old, new = made(item("e", "100", carrier_id="E")), made(item("e", "125", carrier_id="E"))
    prices: list[PriceChange] = changed_prices(old, new)
    write_changes(rows, prices, tmp_path / "changes.xlsx")
    book = load_workbook(tmp_path / "changes.xlsx")
    assert book.sheetnames == ["Rows", "Prices"]
    assert book["Rows"].max_row == 1 + 2
    assert [cell.value for cell in book["Prices"][2]][-3:] == [100, 125, 25]

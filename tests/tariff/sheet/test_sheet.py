"""The sheet: its classes, its choice of ways, what stands beside a price, and its files."""

from __future__ import annotations

import csv
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kervan import read_feed
from kervan.errors import InvalidRequestError
from kervan.feed import Feed
from kervan.itinerary import Constraints
from kervan.offers.sheet_ways import sheet_ways, terminal_places
from kervan.tariff.sheet.classes import shipment_classes
from kervan.tariff.sheet.compiled import CompiledTariff
from kervan.tariff.sheet.matrix import KnownWay, SheetRow, TariffSheet, Ways, tariff_sheet
from kervan.tariff.sheet.write import SheetNotWrittenError, write_sheet
from tests.tariff.rows import DAY, feed, item, leg, surcharge

LEGS = (
    leg("KZAAU", "AZ-ALAT"),
    leg("AZ-ALAT", "GETBS", carrier_id="D"),
    leg("KZAAU", "GETBS", carrier_id="E"),
)
RELATION = ("KZAAU", "GETBS")


def made(*rows: Any, rule: str = "cheapest", groups: tuple[str, ...] = ("40",)) -> TariffSheet:
    """Return a sheet of one relation with a slow way of two legs and a fast direct one."""
    tables = feed(*rows)
    tables = Feed(
        **{
            **{name: getattr(tables, name) for name in tables.__dataclass_fields__},
            "places": tuple(p for p in read_feed().feed.places if p.place_id in RELATION),
        }
    )
    tariff = CompiledTariff(tables, DAY, "USD")
    known = (KnownWay((0, 1), 7200, 90_000), KnownWay((2,), 2880, 80_000))
    classes = shipment_classes(tariff.items, groups)
    codes = {kind.shipment.equipment.code for kind in classes}
    ways = Ways(LEGS, (RELATION,), {(code, *RELATION): known for code in codes}, "Given")
    return tariff_sheet(tariff, tables, ways, classes, rule=rule)


def loaded(sheet: TariffSheet) -> SheetRow:
    return next(row for row in sheet.rows if row.shipments.is_loaded)


def test_the_cheapest_way_is_priced_and_its_legs_are_told() -> None:
    row = loaded(made(item("c", "10"), item("d", "20", carrier_id="D"), item("e", carrier_id="E")))
    assert str(row.price) == "USD 30.00"
    assert [ends[1:] for ends in row.legs] == [("KZAAU", "AZ-ALAT"), ("AZ-ALAT", "GETBS")]
    assert row.transit_days == 5.0
    assert row.direction == "west"
    assert {key for _, key in row.rows} == {"c", "d"}


def test_the_earliest_way_is_priced_where_it_is_asked_for() -> None:
    rows = (item("c", "10"), item("d", "20", carrier_id="D"), item("e", "100", carrier_id="E"))
    assert str(loaded(made(*rows, rule="earliest")).price) == "USD 100.00"


def test_a_complete_price_goes_before_a_cheaper_incomplete_one() -> None:
    row = loaded(made(item("c", "10"), item("e", "900", carrier_id="E")))
    assert str(row.price) == "USD 900.00"


def test_a_price_that_is_missing_says_why() -> None:
    row = loaded(made(item("c", "10")))
    assert row.price is None
    assert row.why_incomplete.startswith("No item of ")
    assert "KZAAU" in row.why_incomplete or "AZ-ALAT" in row.why_incomplete


def test_a_price_holds_while_every_row_of_it_does() -> None:
    row = loaded(
        made(
            item("c", valid_from=date(2026, 1, 1), valid_to=date(2027, 6, 30), conditions="new"),
            item("d", carrier_id="D", valid_from=date(2026, 3, 1), is_estimate=True),
            surcharge("s", carrier_id="C", valid_to=date(2026, 12, 31), conditions="winter"),
        )
    )
    assert (row.valid_from, row.valid_to) == (date(2026, 3, 1), date(2026, 12, 31))
    assert row.is_estimate
    assert set(row.conditions.split("; ")) == {"new", "winter"}


def test_a_through_rate_over_several_legs_is_marked() -> None:
    whole = item("t", "5", scope="through", origin="KZAAU", destination="GETBS", partner_ids=("D",))
    assert loaded(made(item("c"), whole)).is_through


def test_classes_are_those_the_items_tell_apart() -> None:
    rows = (
        item("a", weight_to_kg=21_700.0),
        item("b", weight_from_kg=21_700.0),
        item("c", commodity_prefixes=("8517", "87")),
    )
    found = shipment_classes(rows, ("20", "40RF"))
    assert {kind.commodity for kind in found} == {"any", "8517", "87"}
    assert len(found) == 2 * (2 * 3 + 1)
    for kind in found:
        if kind.is_loaded:
            low, high = kind.weight_from_kg or 0, kind.weight_to_kg or 1e9
            assert low <= kind.shipment.weight_kg < high
        else:
            assert kind.shipment.is_empty
            assert kind.commodity == "any"


def test_every_price_of_a_shipped_relation_is_the_cheapest_of_its_ways_priced_one_by_one() -> None:
    corridor = read_feed()
    tariff = CompiledTariff(corridor.feed, DAY, "EUR")
    classes = shipment_classes(tariff.items, ("20", "40HC"))
    cargo = {k.shipment.equipment.code: k.shipment for k in reversed(classes)}
    relations = [("KZ-ALTYNKOL", "TRIST"), ("GEPTI", "CNXIY"), ("KZ-ALTYNKOL", "AZ-ALAT")]
    ways = sheet_ways(corridor.network, tariff.book, relations, list(cargo.values()))
    sheet = tariff_sheet(tariff, corridor.feed, ways, classes)
    assert len(sheet.rows) == len(relations) * len(classes)
    for row in sheet.rows:
        code = row.shipments.shipment.equipment.code
        totals = []
        for way in ways.known[code, row.origin, row.destination]:
            price = tariff.book.price([ways.legs[k] for k in way.legs], row.shipments.shipment)
            if price.total is not None:
                totals.append(price.total.minor)
        assert row.price is not None
        assert row.price.minor == min(totals)


def test_the_sheet_is_of_the_places_with_a_terminal() -> None:
    found = terminal_places(read_feed().feed)
    assert "KZAAU" in found
    assert len(found) == len(set(found))


SHEET = [item("c", "10.5"), item("d", "20", carrier_id="D", conditions="=1+1")]


def test_csv_holds_every_row_as_text(tmp_path: Path) -> None:
    sheet = made(*SHEET, groups=("20", "40"))
    write_sheet(sheet, tmp_path / "sheet.csv")
    with (tmp_path / "sheet.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(sheet.rows) == 4
    assert {row["price"] for row in rows} == {"30.50"}
    assert rows[0]["way"] == "S KZAAU>AZ-ALAT | S AZ-ALAT>GETBS"
    assert rows[0]["complete"] == "true"


def test_excel_has_a_readme_filters_frozen_panes_and_numbers(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_sheet(made(*SHEET), tmp_path / "sheet.xlsx")
    book = load_workbook(tmp_path / "sheet.xlsx")
    assert book.sheetnames == ["README", "Prices"]
    page = book["Prices"]
    assert page.freeze_panes == "E2"
    assert page.auto_filter.ref == f"A1:X{page.max_row}"
    heading = [cell.value for cell in page[1]]
    price = page.cell(2, heading.index("price") + 1)
    assert price.value == 30.5
    assert price.number_format == "#,##0.00"
    told = page.cell(2, heading.index("conditions") + 1)
    assert told.data_type == "s"
    said = " ".join(str(cell.value) for row in book["README"].iter_rows() for cell in row)
    for words in ("2026-12-01", "USD", "cheapest", "why_incomplete"):
        assert words in said


def test_parquet_keeps_prices_as_decimals(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_sheet(made(*SHEET), tmp_path / "sheet.parquet")
    table = parquet.read_table(tmp_path / "sheet.parquet")
    assert table.column("price").to_pylist() == [Decimal("30.50")] * 2
    assert table.schema.metadata[b"currency"] == b"USD"


def test_parquet_without_pyarrow_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SheetNotWrittenError, match=r"kervan\[parquet\]"):
        write_sheet(made(*SHEET), tmp_path / "sheet.parquet")


def test_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match=r"\.xlsx, \.csv or \.parquet"):
        write_sheet(made(*SHEET), tmp_path / "sheet.pdf")


def test_a_folder_that_is_not_there_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(SheetNotWrittenError, match="cannot be written"):
        write_sheet(made(*SHEET), tmp_path / "none" / "sheet.csv")
    assert list(tmp_path.iterdir()) == []


def test_the_published_through_rate_stands_in_the_sheet() -> None:
    corridor = read_feed()
    tariff = CompiledTariff(corridor.feed, DAY, "USD", combination="through_first")
    classes = shipment_classes(tariff.items, ("40HC",))
    relations = [("KZ-ALTYNKOL", "TRIST")]
    ways = sheet_ways(corridor.network, tariff.book, relations, [classes[0].shipment])
    row = loaded(tariff_sheet(tariff, corridor.feed, ways, classes))
    assert str(row.price) == "USD 3,474.00"
    assert row.is_through
    assert ("freight", "titr-alt-ist-40") in row.rows


def test_conditions_on_the_ways_are_kept() -> None:
    corridor = read_feed()
    tariff = CompiledTariff(corridor.feed, DAY, "USD")
    classes = shipment_classes(tariff.items, ("40HC",))
    asked = ([("CNXIY", "TRIST")], [classes[0].shipment])
    anywhere = sheet_ways(corridor.network, tariff.book, *asked)
    no_china_sea = Constraints(avoid_places=frozenset({"CNTAO", "CNSHA", "CNNGB", "CNSZX"}))
    by_land = sheet_ways(corridor.network, tariff.book, *asked, constraints=no_china_sea)
    prices = []
    for ways in (anywhere, by_land):
        row = loaded(tariff_sheet(tariff, corridor.feed, ways, classes))
        assert row.price is not None
        prices.append(row.price.minor)
        touched = {place for _, *ends in row.legs for place in ends}
    assert touched.isdisjoint(no_china_sea.avoid_places)
    assert prices[0] < prices[1]

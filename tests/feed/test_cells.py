"""Cells are read strictly, and what a spreadsheet did to them is told how to be undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kervan.errors import FeedError
from kervan.feed.cells import Cells, Fault, cell_reader, cell_text
from kervan.feed.mending import explain
from kervan.feed.schema import schema

DATE = ("sources", "published_date")
TIME = ("calls", "arrival_time_local")
NUMBER = ("calls", "run_p50_hours")
INTEGER = ("calls", "sequence")
DECIMAL = ("tariff_items", "amount")
BOOLEAN = ("calendars", "monday")
ZONE = ("places", "timezone")
COUNTRY = ("places", "country")
PARTIES = ("instruments", "parties")
CURRENCY = ("tariff_items", "currency")
MODE = ("links", "mode")
PLACE = ("places", "place_id")
HS = ("tariff_items", "commodity_prefixes")
LATITUDE = ("places", "latitude_deg")


@pytest.mark.parametrize(
    ("where", "text", "value"),
    [
        (DATE, "2026-02-28", date(2026, 2, 28)),
        (DATE, "", None),
        (DATE, "1893-01-01", date(1893, 1, 1)),
        (TIME, "00:00", 0),
        (TIME, "06:30", 390),
        (TIME, "24:00", 1440),
        (NUMBER, "12.5", 12.5),
        (NUMBER, " 12\u00a0", 12.0),
        (NUMBER, "1.5e2", 150.0),
        (INTEGER, "007", 7),
        (DECIMAL, "1250.00", Decimal("1250.00")),
        (BOOLEAN, "TRUE", True),
        (BOOLEAN, "False", False),
        (("links", "both_ways"), "", True),
        (("tariff_items", "loaded"), "", "any"),
        (PARTIES, "KZ; AZ", ("KZ", "AZ")),
        (PARTIES, "", ()),
        (ZONE, "Asia/Almaty", "Asia/Almaty"),
        (("sources", "title"), "Закон\r\nо транзите", "Закон\nо транзите"),
    ],
)
def test_a_well_written_cell_is_read(where: tuple[str, str], text: str, value: object) -> None:
    read = cell_reader(schema(where[0]).column(where[1]))
    assert read(text) == value
    assert type(read(text)) is type(value)


BAD = [
    # dates a spreadsheet made something else of
    (DATE, "45231", "type", "2023-11-01"),
    (DATE, "01/02/2026", "type", "2026-01-02 or 2026-02-01"),
    (DATE, "13/02/2026", "type", "Write 2026-02-13."),
    (DATE, "1.2.2026", "type", "Write 2026-02-01."),
    (DATE, "2026-1-2", "type", "Write 2026-01-02."),
    (DATE, "2026/01/02", "type", "Write 2026-01-02."),
    (DATE, "20260102", "type", "Write 2026-01-02."),
    (DATE, "2026-01-02 00:00:00", "type", "2026-01-02"),
    (DATE, "1-Feb", "type", "year is missing"),
    (DATE, "2026-02-30", "type", "no such day"),
    (DATE, "2026-02", "type", "Write the day as well"),
    (DATE, "soon", "type", "2026-02-28"),
    # times
    (TIME, "0.5", "type", "12:00"),
    (TIME, "0,25", "type", "06:00"),
    (TIME, "6:30", "type", "Write 06:30."),
    (TIME, "06:30:00", "type", "Write 06:30."),
    (TIME, "6.30", "type", "Write 06:30."),
    (TIME, "0630", "type", "Write 06:30."),
    (TIME, "6:30 pm", "type", "Write 18:30."),
    (TIME, "12:15 AM", "type", "Write 00:15."),
    (TIME, "25:30", "type", "Write 01:30 and add 1"),
    (TIME, "24:01", "type", "Write 00:01 and add 1"),
    (TIME, "noon", "type", "06:30"),
    # numbers
    (NUMBER, "12,5", "type", "decimal point: 12.5"),
    (NUMBER, "1,234", "type", "1.234 or 1234"),
    (NUMBER, "1,234.5", "type", "1234.5"),
    (NUMBER, "1.234,5", "type", "1234.5"),
    (NUMBER, "1 234", "type", "1234"),
    (NUMBER, "66 h", "type", "bare number: 66"),
    (NUMBER, "nan", "type", "blank"),
    (NUMBER, "1_000", "type", "Write a number"),
    (NUMBER, "١٢", "type", "Write a number"),
    (NUMBER, "-1", "range", "minus sign"),
    (NUMBER, "1e999", "range", "unit"),
    (INTEGER, "2.0", "type", "Write 2."),
    (INTEGER, "1" * 5000, "type", "Write"),
    (DECIMAL, "$12.50", "type", "bare number: 12.50"),
    (DECIMAL, "1e3", "type", "Write a number"),
    (LATITUDE, "109.05", "range", "exchanged"),
    # words
    (BOOLEAN, "yes", "type", "Write true."),
    (BOOLEAN, "1", "type", "Write true."),
    (BOOLEAN, "hayır", "type", "Write false."),
    (BOOLEAN, "да", "type", "Write true."),
    (BOOLEAN, "x", "type", "true or false"),
    (BOOLEAN, "", "required", "Fill it in"),
    (MODE, "Rail", "choice", "Did you mean 'rail'?"),
    (MODE, "train", "choice", "Use one of these"),
    (("terminals", "modes"), "rail,sea", "choice", "semicolons"),
    (COUNTRY, "kz", "code", "KZ"),
    (COUNTRY, "UK", "code", "GB"),
    (COUNTRY, "Kazakhstan", "code", "KZ"),
    (COUNTRY, "ZZ", "code", "a code like KZ"),
    (PARTIES, "KZ,AZ", "code", "semicolons"),
    (PARTIES, "KZ;;AZ", "empty-item", "one semicolon"),
    (CURRENCY, "RMB", "code", "CNY"),
    (CURRENCY, "XAU", "code", "a code like USD"),
    (ZONE, "Asia/Almata", "code", "Did you mean 'Asia/Almaty'?"),
    (ZONE, "UTC+5", "code", "Asia/Almaty"),
    (PLACE, "CN XIY", "pattern", "CNXIY"),
    (PLACE, "cnxiy", "pattern", "CNXIY"),
    (("sources", "source_id"), "1.23E+05", "pattern", "long code"),
    (("sources", "source_id"), "two words", "pattern", "two-words"),
    (HS, "7", "pattern", "07"),
    (HS, "7.2E+07", "pattern", "long code"),
    (HS, "72.0", "pattern", "72"),
    (("sources", "title"), "#REF!", "spreadsheet-error", "formula"),
    (("sources", "title"), "a\x00b", "control-character", "Delete it"),
]


@pytest.mark.parametrize(("where", "text", "rule", "mending"), BAD)
def test_a_badly_written_cell_is_told_how_to_be_mended(
    where: tuple[str, str], text: str, rule: str, mending: str
) -> None:
    column = schema(where[0]).column(where[1])
    fault = cell_reader(column)(text)
    assert isinstance(fault, Fault)
    assert fault.rule == rule
    message, advice = explain(column, fault.rule, text)
    assert mending in advice
    assert message.endswith(".")
    assert advice.endswith((".", "?"))


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("instruments", "parties"), ("KZ;AZ",)),
        (("places", "alt_names"), ("",)),
        (("sources", "title"), "bell\x07"),
        (("sources", "title"), "half a pair \ud800"),
        (("sources", "title"), "#N/A"),
        (NUMBER, float("nan")),
        (NUMBER, float("inf")),
        (DECIMAL, Decimal("NaN")),
        (DECIMAL, Decimal("1e-20")),
    ],
)
def test_a_value_that_would_not_read_back_is_not_written(
    where: tuple[str, str], value: object
) -> None:
    with pytest.raises(FeedError, match=f"{where[0]}.{where[1]} cannot be written"):
        cell_text(schema(where[0]).column(where[1]), value)


def test_a_column_of_keys_is_read_as_well_as_one_of_a_few_words() -> None:
    cells = Cells(schema("demand").column("demand_id"))
    for start in range(0, 6000, 2000):
        texts = [f"d{k}" for k in range(start, start + 2000)]
        assert cells.values(texts) == texts
        assert not cells.faulty
    values = cells.values([*(f"e{k}" for k in range(2000)), "not a key"])
    assert cells.faulty
    assert isinstance(values[-1], Fault)


def test_a_column_forgets_and_still_reads_the_same() -> None:
    cells = Cells(schema("demand").column("tonnes"))
    few = [str(k) for k in range(500)] * 4
    for start in range(0, 200_000, 900):
        mixed = [str(k) for k in range(start, start + 900)] + few
        assert cells.values(mixed) == [float(text) for text in mixed]

"""The table of transports: read alike from every file, and refused by row and field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kervan.errors import InvalidRequestError
from kervan.tariff.money import Money
from kervan.tariff.settlement import DayRates, Transport, post, read_transports
from kervan.tariff.settlement.checked import checked
from kervan.tariff.settlement.columns import NAMES, cells_of, write_transports
from kervan.tariff.settlement.encoded import TransportsError, encode
from kervan.tariff.settlement.month import settle
from tests.tariff.settlement.transports import MEMBERS, RATES, charge, leg, transport

Cells = list[dict[str, object]]


def rows() -> Cells:
    """Row 2 a transport, rows 3 to 5 its legs, row 6 its charge; rows 7 to 9 another's."""
    through = transport(total=Money(100_001, "USD"))
    alone = transport("T2", legs=(leg(),), charges=(charge(500, due_to_id="KTZ"),))
    return list(cells_of([through, alone]))


@pytest.mark.parametrize(
    ("row", "field", "value", "said"),
    [
        (2, "transport_id", "=1+1", "is no key"),
        (2, "record", "tranport", "Did you mean 'transport'"),
        (2, "performed_on", "1.11.2026", "is no day"),
        (2, "performed_on", "", "is blank"),
        (2, "revision", "1", "no revision 0"),
        (2, "amount_minor", "100000", "was invoiced 100,000 minor units of USD"),
        (2, "carrier_id", "KTZ", "means nothing on a row 'transport'"),
        (3, "carrier_id", "KTX", "is no carrier of the feed. Did you mean 'KTZ'?"),
        (3, "distance_km", "-5", "is negative"),
        (3, "distance_km", "0.0001", "more than 3 decimals"),
        (3, "distance_km", "far", "is no number"),
        (3, "distance_km", "NaN", "is negative or no number"),
        (4, "transport_id", "T9", "stands below the transport 'T1'"),
        (6, "amount_minor", "12.5", "is no whole number"),
        (6, "amount_minor", "9" * 16, "is no whole number"),
        (6, "currency", "HRK", "ended in 2023-01"),
        (6, "currency", "XYZ", "is no ISO 4217 currency"),
        (6, "legs", "3;2", "ascending"),
        (6, "legs", "1;4", "covers leg 4, and transport T1 has 3"),
        (6, "is_through", "yes", "neither true nor false"),
        (6, "due_to_id", "KTZ", "a through charge"),
        (6, "kind", "fright", "Did you mean 'freight'"),
        (6, "rule", "weight", "is none of distance"),
        (6, "collector_id", "NOBODY", "is no carrier of the feed"),
        (7, "transport_id", "T1", "is there already, in row 2"),
        (7, "recorded_on", "2026-01-01", "before the day performed"),
        (9, "due_to_id", "", "which member the charge is due to"),
    ],
)
def test_a_fault_is_refused_by_row_and_field(row: int, field: str, value: str, said: str) -> None:
    cells = rows()
    cells[row - 2][field] = value
    if field == "transport_id" and cells[row - 2]["record"] == "transport":
        for below in cells[:5] if row == 2 else cells[5:]:
            below[field] = value
    with pytest.raises(TransportsError) as refusal:
        checked(encode(cells), MEMBERS)
    told = [text for text in refusal.value.faults if text.startswith(f"row {row}, {field}: ")]
    assert any(said in text for text in told), refusal.value.faults


@pytest.mark.parametrize(
    ("rule", "said"),
    [("cost", "cost_weight: it is blank"), ("points", "points: it is blank"),
     ("section", "section_rate_minor: it is blank")],
)  # fmt: skip
def test_a_leg_without_what_the_rule_divides_by_is_refused(rule: str, said: str) -> None:
    with pytest.raises(TransportsError, match=f"row 3, {said}"):
        post(checked(encode(rows()), MEMBERS), rule, RATES)


def test_a_charge_over_no_kilometres_at_all_is_refused() -> None:
    nowhere = transport(legs=(leg(km=0),), charges=(charge(5),))
    with pytest.raises(TransportsError, match="row 4, legs: the distance_km of every leg"):
        post(checked(encode(cells_of([nowhere]))), "distance", RATES)


def test_a_missing_rate_of_a_day_is_refused_by_row() -> None:
    cells = rows()
    cells[2]["section_rate_minor"], cells[2]["currency"] = 5, "GEL"
    for k in (1, 3):
        cells[k]["section_rate_minor"], cells[k]["currency"] = 5, "USD"
    table = checked(encode(cells), MEMBERS)
    with pytest.raises(TransportsError, match=r"row 4, currency: .*GEL to USD on 2026-11-10"):
        post(table, "section", RATES)
    with pytest.raises(TransportsError, match=r"row 6, currency: .*USD to EUR on 2026-11-30"):
        settle(table, "2026-11", DayRates(()), currency="EUR")


def test_all_faults_are_counted_and_the_first_told() -> None:
    cells = rows()
    for cell in cells:
        if cell["record"] == "leg":
            cell["distance_km"], cell["carrier_id"] = "-1", "XX"
    with pytest.raises(TransportsError, match=r"8 faults:\n  row 3,[^$]*and 3 more"):
        checked(encode(cells), MEMBERS)


def test_csv_and_parquet_hold_the_same(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    given = [transport(), transport("T2", revision=0), transport("T1", revision=1)]
    for name in ("a.csv", "a.parquet"):
        write_transports(given, tmp_path / name)
        assert list(read_transports(tmp_path / name, MEMBERS).transports()) == given
    write_transports(given[:1], tmp_path / "b.csv", append=True)
    write_transports(given[1:], tmp_path / "b.csv", append=True)
    assert (tmp_path / "b.csv").read_text() == (tmp_path / "a.csv").read_text()


def test_columns_may_stand_in_any_order_and_blank_ones_be_left_out(tmp_path: Path) -> None:
    cells = rows()
    used = [name for name in reversed(NAMES) if any(cell.get(name) for cell in cells)]
    lines = [used, *([str(cell.get(name, "") or "") for name in used] for cell in cells)]
    text = "\n".join(",".join(line) for line in lines) + "\n\n\n"
    (tmp_path / "t.csv").write_text("\ufeff" + text, "utf-8")
    assert len(read_transports(tmp_path / "t.csv", MEMBERS)) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("distance_km", "distance"), "Did you mean 'distance_km'"),
        (lambda text: text.replace("record,", "recrd,", 1), "record: the column is missing"),
        (lambda text: text.replace("points", "legs", 1), "legs: the column is there twice"),
        (lambda text: text + "T3,transport\n", "row 12, all: it has 2 cells"),
        (lambda text: text.replace("\n", "\n\n", 1), "row 2, all: it is blank"),
        (lambda text: text.splitlines()[0] + "\n", "there is no row at all"),
        (lambda text: "", "transport_id: the column is missing"),
        (lambda text: text + '"', "is no CSV"),
    ],
)
def test_what_is_no_such_table_is_refused(
    change: Callable[[str], str], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    write_transports(
        [
            transport(),
            transport("T2"),
        ],
        path,
    )
    path.write_text(change(path.read_text()))
    with pytest.raises(InvalidRequestError, match=said):
        read_transports(path, MEMBERS)


def test_files_that_are_not_there_or_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="cannot be read"):
        read_transports(tmp_path / "none.csv")
    with pytest.raises(InvalidRequestError, match="is no table of transports"):
        read_transports(tmp_path / "none.xlsx")
    (tmp_path / "t.csv").write_bytes("é".encode("cp1252"))
    with pytest.raises(InvalidRequestError, match="no CSV in UTF-8"):
        read_transports(tmp_path / "t.csv")
    (tmp_path / "t.parquet").write_bytes(b"nothing")
    pytest.importorskip("pyarrow")
    with pytest.raises(InvalidRequestError, match="no Parquet file"):
        read_transports(tmp_path / "t.parquet")


def test_a_correction_above_what_it_corrects_is_refused() -> None:
    wrong: list[Transport] = [transport(revision=1), transport()]
    with pytest.raises(TransportsError, match="row 2, recorded_on: a correction must"):
        checked(encode(cells_of(wrong)), MEMBERS)

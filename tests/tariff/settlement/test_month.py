"""A month from transports to statements: what is stated is what is in the ledger."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kervan.errors import InvalidRequestError
from kervan.tariff.money import Money
from kervan.tariff.settlement import (
    Transport,
    arranged,
    performed_from_price,
    posted,
)
from kervan.tariff.settlement.folder import read_settled, write_settlement
from kervan.tariff.settlement.ledger import clearing_balances
from kervan.tariff.settlement.month import Settlement, settle
from kervan.tariff.settlement.statements import statements
from tests.tariff import rows
from tests.tariff.settlement.transports import (
    CURRENCIES,
    MEMBERS,
    RATES,
    charge,
    histories,
    leg,
    transport,
)

MONTHS = ("2026-09", "2026-10", "2026-11")
NAMES = {
    "KTZ": "Қазақстан темір жолы",
    "ADY": "Azərbaycan Dəmir Yolları",
    "GR": "საქართველოს რკინიგზა",
    "TCDDT": "TCDD Taşımacılık İĞÜÖÇ",
    "ASCO": "Азербайджанское каспийское морское пароходство",
}


def a_month() -> Settlement:
    legs = (leg("KTZ", 3188), leg("ASCO", 495), leg("ADY", 503), leg("GR", 374))
    many = [
        transport(
            f"T{k}",
            legs,
            (
                charge(347_400 + k, code, legs=(0, 1, 2, 3), collector_id=MEMBERS[k % 6]),
                charge(4_500, "USD", kind="surcharge", due_to_id="ADY"),
            ),
            day=date(2026, 11, 1 + k),
        )
        for k, code in enumerate(CURRENCIES * 2)
    ]
    corrected = replace(
        many[0], revision=1, posted_on=date(2026, 11, 20), charges=(charge(7, legs=(0, 1)),)
    )
    return settle(arranged([*many, corrected], MEMBERS), "2026-11", RATES)


@given(histories(), st.sampled_from((None, "MCM")), st.sampled_from((1, 1000)))
@settings(max_examples=80, deadline=None)
def test_statements_sum_to_the_ledger(
    history: list[Transport], house: str | None, detail_at_most: int
) -> None:
    settlement = settle(arranged(history, MEMBERS), "2026-10", RATES, house=house)
    plain = [e for e in posted(history, "distance", RATES, house) if e.day < date(2026, 11, 1)]
    closing: dict[str, int] = defaultdict(int)
    for statement in statements(settlement, detail_at_most=detail_at_most):
        for code in statement.currencies:
            moved = sum(line.minor for line in statement.lines if line.currency == code)
            opening = statement.opening.get(code, 0)
            assert opening + moved == statement.closing.get(code, 0)
            closing[code] += statement.closing.get(code, 0)
        by_other: dict[str, int] = defaultdict(int)
        for (_, code), minor in statement.by_counterparty.items():
            by_other[code] += minor
        assert {c: m for c, m in by_other.items() if m} == dict(statement.closing)
        paid = sum(
            payment.minor * (1 if payment.payee_id == statement.member_id else -1)
            for payment in statement.payments
        )
        assert paid == (statement.position.minor if statement.position else 0)
    assert not any(closing.values())
    assert settlement.closing == clearing_balances(plain)


@given(histories(), st.sampled_from(CURRENCIES))
@settings(max_examples=40, deadline=None)
def test_months_settled_one_after_the_other_begin_from_nothing(
    history: list[Transport], currency: str
) -> None:
    table = arranged(history, MEMBERS)
    earlier = ()
    for month in MONTHS:
        settlement = settle(table, month, RATES, currency=currency, earlier=earlier)
        again = settle(table, month, RATES, currency=currency, earlier=earlier)
        assert again.netting == settlement.netting
        assert again.settling == settlement.settling
        journal = settlement.journal
        # The opening balance is paid in the month, so the month closes with what moved in it.
        assert settlement.closing == journal.clearing_balances()
        for statement in statements(settlement):
            for code in statement.currencies:
                settled = statement.moved(code, ("conversion", "payment"))
                assert settled == -statement.opening.get(code, 0)
                moved = sum(line.minor for line in statement.lines if line.currency == code)
                assert statement.closing.get(code, 0) == moved - settled
        earlier = (*settlement.earlier, *settlement.settling)


def test_a_settled_month_that_was_changed_afterwards_is_refused() -> None:
    first = transport(day=date(2026, 10, 3))
    october = settle(arranged([first]), "2026-10", RATES)
    late = transport("T2", day=date(2026, 10, 9))
    table = arranged([first, late])
    with pytest.raises(InvalidRequestError, match="do not come to what was settled"):
        settle(table, "2026-11", RATES, earlier=october.settling)
    in_time = replace(late, posted_on=date(2026, 11, 2))
    november = settle(arranged([first, in_time]), "2026-11", RATES, earlier=october.settling)
    assert november.closing["ADY", "MCM", "USD"] == 50_001


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"month": "2026-13"}, "is no month"),
        ({"month": "november"}, "is no month"),
        ({"rule": "weight"}, "is no rule of proration"),
        ({"currency": "XXX"}, "is no currency"),
    ],
)
def test_what_cannot_be_settled_is_refused(given_: dict[str, str], said: str) -> None:
    asked = {"month": "2026-11", "rule": "distance", "currency": "USD"} | given_
    month = asked.pop("month")
    with pytest.raises(InvalidRequestError, match=said):
        settle(arranged([transport()]), month, RATES, **asked)


def test_a_performed_offer_is_charged_to_the_cent_and_due_to_whom_its_lines_say() -> None:
    legs = [rows.leg("KZAAU", "AZ-ALAT", 495, carrier_id="A"), rows.leg("AZ-ALAT", "GEPTI", 812)]
    book = rows.book(
        rows.item("a", "100.10", carrier_id="A"),
        rows.item("c", "200.25", carrier_id="C"),
        rows.surcharge("port", "10", event="load", place_id="KZAAU", carrier_id="PORT"),
        rows.surcharge("security", "5"),
    )
    price = book.price(legs, rows_shipment())
    done = performed_from_price(
        "T1",
        price,
        legs,
        performed_on=date(2026, 11, 5),
        customer_id="shipper",
        collector_id="M",
    )
    assert done.total == price.total == Money(sum(c.amount.minor for c in done.charges), "USD")
    assert [(c.item_id, c.due_to_id) for c in done.charges] == [
        ("a", "A"),
        ("port", "PORT"),
        ("security", "A"),
        ("c", "C"),
        ("security", "C"),
    ]
    assert [one.distance_m for one in done.legs] == [495_000, 812_000]
    through = replace(price, lines=(replace(price.lines[0], legs=(0, 1)), *price.lines[1:]))
    given_ = {"performed_on": date(2026, 11, 5), "customer_id": "s", "collector_id": "M"}
    assert performed_from_price("T1", through, legs, **given_).charges[0].is_through
    # What is given back of a through charge is given by all who share in it.
    back = replace(price.lines[0], kind="rebate", legs=(0, 1))
    both = replace(through, lines=(*through.lines, back, replace(back, legs=(0,))))
    given_back = performed_from_price("T1", both, legs, **given_).charges[-2:]
    assert [charge.due_to_id for charge in given_back] == [None, "A"]
    unpriced = replace(price, unpriced_legs=(1,))
    with pytest.raises(InvalidRequestError, match=r"T1: its price is incomplete \(leg 2\)"):
        performed_from_price("T1", unpriced, legs, **given_)


def rows_shipment() -> object:
    from kervan.shipment import shipment

    return shipment("45G1", count=1, weight_kg=10_000)


def test_the_folder_holds_the_journal_the_payments_and_a_workbook_a_member(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    settlement = a_month()
    write_settlement(settlement, tmp_path / "out", NAMES, "A corridor", pdf=False)
    with (tmp_path / "out" / "journal.csv").open(encoding="utf-8") as file:
        journal = list(csv.DictReader(file))
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for line in journal:
        minor = int(line["debit_minor"]) - int(line["credit_minor"])
        sums[line["entry"], line["currency"]] += minor
    assert not any(sums.values())
    assert {line["kind"] for line in journal} == {
        "performed",
        "reversal",
        "restatement",
        "conversion",
        "payment",
    }
    assert read_settled(tmp_path / "out") == settlement.settling
    with (tmp_path / "out" / "payments.csv").open(encoding="utf-8") as file:
        paid = [(r["payer_id"], r["payee_id"], Decimal(r["amount"])) for r in csv.DictReader(file)]
    assert paid == [
        (p.payer_id, p.payee_id, Money(p.minor, "USD").major) for p in settlement.netting.payments
    ]
    for statement in statements(settlement):
        name = f"2026-11-{statement.member_id}.xlsx"
        book = openpyxl.load_workbook(tmp_path / "out" / "statements" / name)
        page = list(book["Statement"].iter_rows(values_only=True))
        assert any(NAMES.get(statement.member_id, "MCM") in str(row[1]) for row in page)
        closing = {row[0]: row[5] for row in page if row[0] in CURRENCIES}
        assert {c: Money(m, c).major for c, m in statement.closing.items()} == {
            c: Decimal(str(v)) for c, v in closing.items() if v
        }
        lines = list(book["Lines"].iter_rows(min_row=2, values_only=True))
        assert len(lines) == len(statement.lines)


def test_a_text_of_the_table_is_never_a_formula(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    write_settlement(a_month(), tmp_path / "out", {"GR": "=1+1"}, "=2+2", pdf=False)
    book = openpyxl.load_workbook(tmp_path / "out" / "statements" / "2026-11-GR.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=") for cell in cells)
    assert not any(cell.data_type == "f" for cell in cells)


def test_a_pdf_writes_every_language_of_the_corridor(tmp_path: Path) -> None:
    pytest.importorskip("reportlab")
    ttfont = pytest.importorskip("fontTools.ttLib")
    from kervan.tariff.settlement.pdf import font_files

    for file in font_files():
        known = ttfont.TTFont(file).getBestCmap()
        missing = {c for c in "".join(NAMES.values()) if ord(c) not in known}
        assert not missing
    settlement = a_month()
    write_settlement(settlement, tmp_path / "a", NAMES, "A corridor")
    write_settlement(settlement, tmp_path / "b", NAMES, "A corridor")
    for file in (tmp_path / "a" / "statements").glob("*.pdf"):
        content = file.read_bytes()
        assert content.startswith(b"%PDF")
        assert content == (tmp_path / "b" / "statements" / file.name).read_bytes()


def test_a_folder_that_is_not_empty_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("")
    with pytest.raises(InvalidRequestError, match="is not empty"):
        write_settlement(a_month(), tmp_path, NAMES, "A corridor", pdf=False)
    write_settlement(a_month(), tmp_path, NAMES, "A corridor", pdf=False, overwrite=True)
    with pytest.raises(InvalidRequestError, match="is a file"):
        write_settlement(a_month(), tmp_path / "kept.txt", NAMES, "A corridor", pdf=False)


def test_what_was_not_written_by_a_settlement_is_not_read_as_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequestError, match="cannot be read"):
        read_settled(tmp_path)
    (tmp_path / "settled.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidRequestError, match="is not as it was written"):
        read_settled(tmp_path)
    text = io.StringIO()
    write_settlement(a_month(), tmp_path / "out", NAMES, "A corridor", pdf=False)
    text.write((tmp_path / "out" / "settled.csv").read_text())
    lines = text.getvalue().splitlines()
    (tmp_path / "settled.csv").write_text("\n".join(lines[:-1]))
    with pytest.raises(InvalidRequestError, match="does not balance"):
        read_settled(tmp_path)

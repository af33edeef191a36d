"""Nothing is overwritten: what was known on a day is priced again as it was then."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kervan.feed import ExchangeRate
from kervan.shipment import shipment
from kervan.tariff import Money
from kervan.tariff.record import on_record
from tests.tariff.rows import book, item, leg, rebate, surcharge

CARGO = shipment("22G1", weight_kg=10_000)
MARCH, JUNE, SEPTEMBER = date(2026, 3, 10), date(2026, 6, 1), date(2026, 9, 20)
VERSIONS = [
    item("rate-1", "100"),
    item("rate-2", "120", recorded_on=JUNE, supersedes="rate-1"),
    item("rate-3", "90", recorded_on=SEPTEMBER, supersedes="rate-2"),
]


def total(known_on: date | None, *rows: object, day: date = MARCH) -> Money | None:
    return book(*rows, day=day, known_on=known_on).price([leg()], CARGO).total


def dollars(amount: str) -> Money:
    return Money.of(Decimal(amount), "USD")


def test_a_quote_of_march_is_priced_again_in_september_to_the_cent() -> None:
    assert total(MARCH, *VERSIONS) == dollars("100")
    assert total(JUNE, *VERSIONS) == dollars("120")
    assert total(SEPTEMBER, *VERSIONS) == dollars("90")
    assert total(None, *VERSIONS) == dollars("90")


def test_a_withdrawn_rate_is_gone_from_the_day_it_is_withdrawn() -> None:
    rows = [
        *VERSIONS[:2],
        item("gone", "0", recorded_on=SEPTEMBER, supersedes="rate-2", is_withdrawal=True),
    ]
    assert total(JUNE, *rows) == dollars("120")
    price = book(*rows, known_on=SEPTEMBER).price([leg()], CARGO)
    assert price.unpriced_legs == (0,)


def test_a_correction_of_the_past_changes_what_we_know_of_it_and_not_what_we_knew() -> None:
    rows = [
        item("rate", "100", valid_from=date(2026, 1, 1)),
        item("mended", "105", valid_from=date(2026, 1, 1), recorded_on=JUNE, supersedes="rate"),
    ]
    assert total(MARCH, *rows, day=MARCH) == dollars("100")
    assert total(JUNE, *rows, day=MARCH) == dollars("105")


def test_surcharges_and_rebates_have_their_record_too() -> None:
    rows = [
        item("rate", "100"),
        surcharge("thc", "10"),
        surcharge("thc-2", "20", recorded_on=JUNE, supersedes="thc"),
        rebate("r", "10"),
        rebate("r-2", "50", recorded_on=JUNE, supersedes="r"),
    ]
    assert total(MARCH, *rows) == dollars("100")
    assert total(JUNE, *rows) == dollars("70")


def test_a_rate_of_exchange_published_later_was_not_known() -> None:
    rates = tuple(
        ExchangeRate(
            from_currency="EUR",
            to_currency="USD",
            rate_date=day,
            rate=Decimal(rate),
            source_id="test",
        )
        for day, rate in ((date(2026, 3, 1), "1.10"), (date(2026, 3, 9), "1.20"))
    )
    rows = [item("rate", "100", currency="EUR")]
    then = book(*rows, day=MARCH, known_on=date(2026, 3, 5), rates=rates)
    assert then.price([leg()], CARGO).total == dollars("110")
    now = book(*rows, day=MARCH, rates=rates)
    assert now.price([leg()], CARGO).total == dollars("120")


def test_the_first_of_the_month_decides_where_a_tariff_says_so() -> None:
    rates = tuple(
        ExchangeRate(
            from_currency="EUR",
            to_currency="USD",
            rate_date=day,
            rate=Decimal(rate),
            source_id="test",
        )
        for day, rate in ((date(2026, 3, 1), "1.10"), (date(2026, 3, 9), "1.20"))
    )
    rows = [item("rate", "100", currency="EUR", exchange_rule="month_start")]
    price = book(*rows, day=MARCH, rates=rates).price([leg()], CARGO)
    assert price.total == dollars("110")
    assert price.lines[0].exchange_rule == "month_start"


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30))
def test_of_every_chain_of_versions_one_is_on_record_at_any_time(chains: list[int]) -> None:
    rows, last, day = [], {}, 0
    for chain in chains:
        day += 1
        key = f"c{chain}-{day}"
        rows.append(
            item(
                key,
                str(day),
                recorded_on=date.fromordinal(date(2026, 1, 1).toordinal() + day),
                supersedes=last.get(chain),
            )
        )
        last[chain] = key
    for known in range(day + 1):
        known_on = date.fromordinal(date(2026, 1, 1).toordinal() + known)
        found = {row.item_id.split("-")[0] for row in on_record(rows, known_on)}
        assert len(on_record(rows, known_on)) == len(found)
        assert found == {f"c{chain}" for chain in chains[:known]}

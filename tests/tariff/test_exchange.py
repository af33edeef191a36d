"""Rates of exchange: the last one published by the day, by the fewest steps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.feed import ExchangeRate
from kervan.tariff import ExchangeRates, Money

DAY = date(2026, 12, 1)


def rate(here: str, there: str, day: str, value: str) -> ExchangeRate:
    return ExchangeRate(
        from_currency=here,
        to_currency=there,
        rate_date=date.fromisoformat(day),
        rate=Decimal(value),
        source_id="test",
    )


def test_the_last_rate_published_by_the_day_holds() -> None:
    rows = [
        rate("USD", "KZT", "2026-11-01", "500"),
        rate("USD", "KZT", "2026-12-01", "510"),
        rate("USD", "KZT", "2026-12-02", "520"),
    ]
    found = ExchangeRates(rows, DAY).conversion("USD", "KZT")
    assert found is not None
    assert found.factor == 510
    assert found.oldest == DAY
    assert ExchangeRates(rows, date(2026, 10, 31)).conversion("USD", "KZT") is None


def test_a_rate_serves_both_ways_and_the_newer_of_two_wins() -> None:
    rows = [
        rate("KZT", "USD", "2026-11-20", "0.002"),
        rate("USD", "KZT", "2026-11-10", "400"),
    ]
    found = ExchangeRates(rows, DAY).conversion("USD", "KZT")
    assert found is not None
    assert found.factor == 500


def test_rates_are_chained_by_the_fewest_steps_and_the_newest_of_equals() -> None:
    rows = [
        rate("AZN", "USD", "2026-11-30", "0.6"),
        rate("USD", "GEL", "2026-11-30", "2.7"),
        rate("AZN", "EUR", "2024-01-01", "0.5"),
        rate("EUR", "GEL", "2026-11-30", "3.0"),
    ]
    found = ExchangeRates(rows, DAY).conversion("AZN", "GEL")
    assert found is not None
    assert found.factor == Decimal("0.6") * Decimal("2.7")
    assert [row.to_currency for row in found.rates] == ["USD", "GEL"]
    direct = [*rows, rate("GEL", "AZN", "2020-01-01", "0.5")]
    again = ExchangeRates(direct, DAY).conversion("AZN", "GEL")
    assert again is not None
    assert again.factor == 2


def test_a_currency_is_worth_itself_and_nothing_leads_to_an_unknown_one() -> None:
    rates = ExchangeRates([], DAY)
    same = rates.conversion("USD", "USD")
    assert same is not None
    assert same.factor == 1
    assert rates.conversion("USD", "KZT") is None


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_rounding_is_half_up_to_the_minor_unit(amount: Decimal) -> None:
    for currency, step in (
        ("USD", Decimal("0.01")),
        ("JPY", Decimal(1)),
        ("KWD", Decimal("0.001")),
    ):
        money = Money.of(amount, currency)
        assert abs(money.major - amount) <= step / 2
        assert Money.of(money.major, currency) == money
    assert Money.of(Decimal("0.005"), "USD").minor == 1
    assert str(Money.of(Decimal("1234.5"), "USD")) == "USD 1,234.50"


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="convert first"):
        Money(1, "USD") + Money(1, "EUR")

"""What is at risk in a transit, and whether its guarantee covers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kervan.cargo import example_consignment
from kervan.cargo.assessment.guarantee import DutyRate, GuaranteeNeed, guarantee_needs, read_rates
from kervan.cargo.consignment import Consignment
from kervan.cargo.reading import CargoError, write_consignment

DAY = date(2026, 12, 1)


def changed(change: Callable[[Any], object]) -> Consignment:
    content = json.loads(write_consignment(example_consignment()))
    change(content)
    return Consignment.model_validate(content)


def convert(amount: Decimal, here: str, there: str) -> Decimal | None:
    factors = {("USD", "EUR"): Decimal("0.9"), ("EUR", "USD"): Decimal("1.1")}
    return amount if here == there else amount * factors[here, there]


def rate(prefix: str, duty: str, tax: str, **days: date) -> DutyRate:
    return DutyRate(
        "GE",
        prefix,
        Decimal(duty),
        Decimal(tax),
        days.get("valid_from"),
        days.get("valid_to"),
        "test",
    )


def common(cargo: Consignment, **more: Any) -> GuaranteeNeed:
    (need,) = [
        n
        for n in guarantee_needs(cargo, day=DAY, convert=convert, **more)
        if n.regime == "common_transit"
    ]
    return need


def test_a_debt_that_cannot_be_told_is_ten_thousand_euros() -> None:
    need = common(example_consignment())
    assert (need.basis, need.at_risk, need.currency) == ("flat", Decimal(10_000), "EUR")
    assert need.is_sufficient


def test_duty_is_on_the_value_and_tax_on_both() -> None:
    # Worked out by hand: 296,700 USD are 267,030 EUR; batteries 148,000 USD are 133,200 EUR at 5 %
    # duty, 6,660; the rest without. Tax of 18 % on 273,690 is 49,264.20; together 55,924.20.
    rates = [rate("", "0", "18"), rate("85", "3", "18"), rate("8507", "5", "18")]
    need = common(example_consignment(), rates=rates)
    assert (need.basis, need.at_risk) == ("rates", Decimal("55924.20"))
    assert need.declared == Decimal("48000.00")
    assert need.is_sufficient is False
    assert "7,924.20 too little" in need.why


def test_only_rates_of_the_day_count() -> None:
    old = [rate("", "0", "18", valid_to=date(2026, 11, 30))]
    new = [rate("", "0", "10", valid_from=DAY)]
    assert common(example_consignment(), rates=old).basis == "flat"
    assert common(example_consignment(), rates=old + new).at_risk == Decimal("26703.00")


@pytest.mark.parametrize(("level", "secured"), [(100, 10_000), (50, 5_000), (30, 3_000), (0, 0)])
def test_a_comprehensive_guarantee_may_be_reduced(level: int, secured: int) -> None:
    need = common(example_consignment(), level_percent=level)
    assert need.secured == secured
    assert need.at_risk == 10_000


def test_an_individual_guarantee_may_not() -> None:
    cargo = changed(lambda c: c["procedures"][3]["guarantees"][0].update(kind="2"))
    assert common(cargo, level_percent=30).secured == 10_000


def test_a_level_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(CargoError, match="100, 50, 30 or 0 %, not for 70"):
        common(example_consignment(), level_percent=70)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda g: g.clear(), "no guarantee is given"),
        (lambda g: g[0].pop("reference"), "has no reference"),
        (lambda g: g[0].update(not_valid_in=["TR"]), "does not hold in TR"),
        (lambda g: g[0].update(amount="9999.99"), "0.01 too little"),
    ],
)
def test_what_does_not_cover_a_common_transit(change: Callable[[Any], object], why: str) -> None:
    need = common(changed(lambda c: change(c["procedures"][3]["guarantees"])))
    assert need.is_sufficient is False
    assert why in need.why


def test_of_a_national_transit_without_rates_nothing_is_claimed() -> None:
    needs = guarantee_needs(example_consignment(), day=DAY, convert=convert)
    union = next(n for n in needs if n.regime == "eaeu_transit")
    assert (union.basis, union.at_risk, union.is_sufficient) == ("unknown", None, None)


def test_a_currency_without_a_rate_is_not_guessed() -> None:
    cargo = changed(lambda c: c["procedures"][3]["guarantees"][0].update(currency="GEL"))
    (need,) = [n for n in guarantee_needs(cargo, day=DAY) if n.regime == "common_transit"]
    assert (need.basis, need.is_sufficient) == ("unknown", None)


def test_rates_are_read_and_bad_ones_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    head = "territory,hs_prefix,duty_percent,tax_percent,valid_from,valid_to,source\n"
    path.write_text(head + "GE,85,3,18,2026-01-01,,ours\n")
    (one,) = read_rates(path)
    assert (one.duty_percent, one.valid_from, one.valid_to) == (3, date(2026, 1, 1), None)
    path.write_text(head + "GE,85,3,18,,,ours\nGE,86,lots,18,,,ours\n")
    with pytest.raises(CargoError, match="line 3: 'lots' is no rate"):
        read_rates(path)
    path.write_text("territory,duty\n")
    with pytest.raises(CargoError, match="no column 'hs_prefix'"):
        read_rates(path)
    with pytest.raises(CargoError, match="cannot be read"):
        read_rates(tmp_path / "gone.csv")

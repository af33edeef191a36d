"""What is at risk in a transit, and whether its guarantee covers it.

The Convention on a common transit procedure (App. I, art. 18, 74 and 75) and the EU's implementing
regulation (art. 148, 155) ask for the amount of the debt that may arise, at the highest rates of
the country of departure; where it cannot be told, EUR 10,000 are taken for a consignment. Of the
reference amount of a comprehensive guarantee the holder secures 100, 50, 30 or 0 %.

Sources: the transit manual as the Spanish Agencia Tributaria has it (III.2.2.2, calculation), and
"EU-wide guarantee" of Tulli, the Finnish Customs; both read in November 2026.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from kervan.cargo.consignment import Consignment
from kervan.cargo.procedures import Procedure
from kervan.cargo.reading import CargoError

UNKNOWN_DEBT_EUR = Decimal(10_000)
"""For a consignment whose debt cannot be told: Convention, App. I, art. 74(2)."""

LEVELS = (100, 50, 30, 0)
"""Per cent of the reference amount that a comprehensive guarantee is given for: art. 75."""

MOST_BYTES = 16 * 2**20
"""Size of the largest file of rates that is read."""

TRANSIT = ("common_transit", "union_transit", "eaeu_transit", "national_transit", "tir")
WITHOUT_REFERENCE = frozenset("5A")
"""Types of guarantee that are waivers by law or agreement, and have no number (CL251)."""
_COMMON = ("common_transit", "union_transit")
_COLUMNS = ("territory", "hs_prefix", "duty_percent", "tax_percent", "valid_from", "valid_to")

Convert = Callable[[Decimal, str, str], Decimal | None]
"""Turns an amount of one currency into another; None where no rate is known."""


@dataclass(frozen=True, slots=True)
class DutyRate:
    """What is charged on goods of an HS prefix: one row of a file of rates.

    Duty is charged on the value, tax on value and duty.
    """

    territory: str
    hs_prefix: str
    duty_percent: Decimal
    tax_percent: Decimal
    valid_from: date | None
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class GuaranteeNeed:
    """What one transit procedure has to be secured for.

    Attributes
    ----------
    procedure, territory, regime
        Which.
    basis
        ``rates`` where duty and tax were worked out, ``flat`` for the EUR 10,000, ``unknown``.
    at_risk, currency
        Amount of the debt that may arise, to the cent.
    declared
        What the procedure's guarantees are used for, in that currency.
    level_percent
        Share of it that has to be secured in money.
    secured
        That much of it.
    is_sufficient
        Whether the guarantees cover it; None where that cannot be told.
    why
        In words.
    """

    procedure: int
    territory: str
    regime: str
    basis: Literal["rates", "flat", "unknown"]
    at_risk: Decimal | None
    currency: str
    declared: Decimal | None
    level_percent: int
    secured: Decimal | None
    is_sufficient: bool | None
    why: str


def guarantee_needs(
    consignment: Consignment,
    *,
    day: date,
    rates: Sequence[DutyRate] = (),
    level_percent: int = 100,
    convert: Convert = lambda amount, here, there: amount if here == there else None,
) -> tuple[GuaranteeNeed, ...]:
    """Return what each transit procedure has to be secured for.

    Parameters
    ----------
    consignment
        With values of its goods.
    day
        Day the rates are of.
    rates
        Duty and tax by territory and HS prefix; the longest prefix counts.
    level_percent
        Of a comprehensive guarantee: 100, 50, 30 or 0.
    convert
        How currencies are converted.

    Raises
    ------
    CargoError
        If the level is none of these.
    """
    if level_percent not in LEVELS:
        raise CargoError(
            f"A comprehensive guarantee is given for 100, 50, 30 or 0 %, not for {level_percent} %."
        )
    return tuple(
        _need(consignment, procedure, day, rates, level_percent, convert)
        for procedure in consignment.procedures
        if procedure.regime in TRANSIT
    )


def _need(
    consignment: Consignment,
    procedure: Procedure,
    day: date,
    rates: Sequence[DutyRate],
    level: int,
    convert: Convert,
) -> GuaranteeNeed:
    currency = next((g.currency for g in procedure.guarantees if g.currency), None) or "EUR"
    debt = _debt(consignment, procedure, day, rates, currency, convert)
    basis: Literal["rates", "flat", "unknown"] = "rates"
    if debt is None and procedure.regime in _COMMON:
        basis, debt = "flat", convert(UNKNOWN_DEBT_EUR, "EUR", currency)
    if debt is None:
        basis = "unknown"
    declared = _declared(procedure, currency, convert)
    kinds = {g.kind for g in procedure.guarantees}
    level = 0 if kinds == {"0"} else level if kinds == {"1"} else 100
    secured = None if debt is None else _cents(debt * level / 100)
    enough, why = _covers(procedure, debt, declared, currency)
    return GuaranteeNeed(
        procedure.number,
        procedure.territory,
        procedure.regime,
        basis,
        debt,
        currency,
        declared,
        level,
        secured,
        enough,
        why,
    )


def _covers(
    procedure: Procedure, debt: Decimal | None, declared: Decimal | None, currency: str
) -> tuple[bool | None, str]:
    if not procedure.guarantees:
        if procedure.regime in _COMMON or procedure.regime == "tir":
            return False, "no guarantee is given"
        return None, "no guarantee is given; national law may ask for none"
    unnamed = [
        g
        for g in procedure.guarantees
        if g.kind not in WITHOUT_REFERENCE and not (g.reference or g.other_reference)
    ]
    if unnamed:
        return False, f"guarantee of type {unnamed[0].kind} has no reference"
    crossed = {procedure.territory, *procedure.countries_of_routing}
    for guarantee in procedure.guarantees:
        outside = [c for c in guarantee.not_valid_in if c in crossed]
        if outside:
            return False, f"guarantee {guarantee.reference} does not hold in {outside[0]}"
    if debt is None:
        return None, "what is at risk is not known: no rates of this territory were given"
    if declared is None:
        return None, f"the guarantees name no amount that can be told in {currency}"
    short = debt - declared
    if short > 0:
        return False, f"{declared:,.2f} {currency} are declared, {short:,.2f} too little"
    return True, f"{declared:,.2f} {currency} are declared for {debt:,.2f} at risk"


def _declared(procedure: Procedure, currency: str, convert: Convert) -> Decimal | None:
    amounts = [
        convert(g.amount, g.currency, currency)
        for g in procedure.guarantees
        if g.amount is not None and g.currency is not None
    ]
    known = [a for a in amounts if a is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(procedure.guarantees) else None


def _debt(
    consignment: Consignment,
    procedure: Procedure,
    day: date,
    rates: Sequence[DutyRate],
    currency: str,
    convert: Convert,
) -> Decimal | None:
    total = Decimal(0)
    for item in consignment.goods_items:
        rate = _rate(rates, procedure.territory, item.hs_code or "", day)
        if rate is None or item.value is None:
            return None
        value = convert(item.value.value, item.value.currency, currency)
        if value is None:
            return None
        duty = value * rate.duty_percent / 100
        total += duty + (value + duty) * rate.tax_percent / 100
    return _cents(total) if consignment.goods_items else None


def _rate(rates: Sequence[DutyRate], territory: str, hs_code: str, day: date) -> DutyRate | None:
    fitting = [
        r
        for r in rates
        if r.territory == territory
        and hs_code.startswith(r.hs_prefix)
        and (r.valid_from is None or r.valid_from <= day)
        and (r.valid_to is None or day <= r.valid_to)
    ]
    return max(fitting, key=lambda r: len(r.hs_prefix), default=None)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def read_rates(path: Path) -> tuple[DutyRate, ...]:
    """Read a CSV file of rates: columns as `DutyRate` has fields; an empty prefix is all goods.

    Raises
    ------
    CargoError
        If it cannot be read; the message names the line.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise CargoError(f"{path} is larger than {MOST_BYTES // 2**20} MB; leave some out.")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise CargoError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CargoError(f"{path} is not written in UTF-8; save it as UTF-8.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    lacking = [name for name in (*_COLUMNS, "source") if name not in (reader.fieldnames or ())]
    if lacking:
        raise CargoError(
            f"{path} has no column '{lacking[0]}'. Expected {', '.join(_COLUMNS)}, source."
        )
    found = []
    for row in reader:
        try:
            found.append(
                DutyRate(
                    row["territory"],
                    row["hs_prefix"],
                    _percent(row["duty_percent"]),
                    _percent(row["tax_percent"]),
                    date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                    date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                    row["source"],
                )
            )
        except ValueError as error:
            raise CargoError(f"{path}, line {reader.line_num}: {error}.") from None
    return tuple(found)


def _percent(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not (number.is_finite() and 0 <= number <= 1_000):
        raise ValueError(f"'{text}' is no rate in per cent; write it like 6.5")
    return number

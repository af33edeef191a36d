"""The words of a statement, the same in Excel and in PDF."""

from __future__ import annotations

from collections.abc import Mapping

from kervan.tariff.money import Money
from kervan.tariff.settlement.ledger import NETTING
from kervan.tariff.settlement.proration import RULES
from kervan.tariff.settlement.statements import CORRECTIONS, Statement, StatementLine

KIND_WORDS = {
    "performed": "transport",
    "reversal": "correction: reversed",
    "restatement": "correction: stated anew",
    "conversion": "settled",
    "payment": "paid",
}


def facts(statement: Statement, names: Mapping[str, str], corridor: str) -> list[tuple[str, str]]:
    """Return what a reader must know before the figures."""
    with_whom = (
        "each other member"
        if statement.house is None
        else f"the clearing house, {named(statement.house, names)}"
    )
    return [
        ("Member", named(statement.member_id, names)),
        ("Corridor", corridor),
        ("Period", f"{statement.first_day} to {statement.last_day}"),
        ("Accounted with", with_whom),
        (
            "Through charges",
            f"Divided {RULES[statement.rule]}, unless a charge names another rule; parts add up by "
            "the largest remainder.",
        ),
        (
            "Signs",
            "Amounts the member gets are positive, amounts it owes are negative.",
        ),
    ]


def named(member: str, names: Mapping[str, str]) -> str:
    """Return a member's name and key."""
    if member == NETTING:
        return "all members, netted"
    name = names.get(member)
    return member if name is None or name == member else f"{name} ({member})"


def balance_rows(statement: Statement) -> list[tuple[str, int, int, int, int, int]]:
    """Return by currency: opening, settled, transports, corrections, closing, in minor units."""
    return [
        (
            code,
            statement.opening.get(code, 0),
            statement.moved(code, ("conversion", "payment")),
            statement.moved(code, ("performed",)),
            statement.moved(code, CORRECTIONS),
            statement.closing.get(code, 0),
        )
        for code in statement.currencies
    ]


BALANCE_HEADINGS = (
    "Currency",
    "Opening balance",
    "Settled",
    "Transports",
    "Corrections",
    "Closing balance",
)


def line_reference(line: StatementLine) -> str:
    """Return what a line stands for."""
    if line.transports > 1 or not line.reference:
        return f"{line.transports:,} lines"
    return f"{line.reference}, revision {line.revision}" if line.revision else line.reference


def rate_rows(statement: Statement) -> list[tuple[str, str, str, str, str]]:
    """Return the rates of exchange used: of what, pair, rate, day, source."""
    rows = []
    for code, conversion in statement.rates.items():
        if not conversion.rates:
            rows.append((code, f"{code} is the currency of settlement", "1", "", ""))
        rows += (
            (
                code,
                f"1 {rate.from_currency} in {rate.to_currency}",
                f"{rate.rate.normalize():f}",
                rate.rate_date.isoformat(),
                rate.source_id,
            )
            for rate in conversion.rates
        )
    return rows


def outcome(statement: Statement, names: Mapping[str, str]) -> list[str]:
    """Return what the closing balance comes to, and who pays whom, a sentence a line."""
    position = statement.position
    if position is None:
        return ["Nothing is open at the end of the month."]
    code = statement.currency
    sentences = [
        f"At the rates of exchange below, those of {statement.last_day} or the last before it, "
        f"the closing balance is {Money(position.minor, code)}."
    ]
    if position.difference:
        sentences.append(
            f"Rounding to the minor unit is {float(position.difference):+.4f} of one in it, so "
            "that all members' positions add up to nothing."
        )
    for payment in statement.payments:
        amount = Money(payment.minor, code)
        if payment.payer_id == statement.member_id:
            sentences.append(f"To pay: {amount} to {named(payment.payee_id, names)}.")
        else:
            sentences.append(f"To get: {amount} from {named(payment.payer_id, names)}.")
    if not statement.payments:
        sentences.append("There is nothing to pay or to get: all balances cancel.")
    return sentences

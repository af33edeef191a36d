"""A month settled: from performed transports to what everybody has to pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kervan.errors import InvalidRequestError
from kervan.feed.codes import currencies
from kervan.tariff.money import Money
from kervan.tariff.settlement.encoded import Faults
from kervan.tariff.settlement.journal import Journal, post
from kervan.tariff.settlement.ledger import NETTING, Entry, Line, clearing_balances
from kervan.tariff.settlement.netting import Balances, Netting, net
from kervan.tariff.settlement.proration import RULES, DayRates, MissingRateError
from kervan.tariff.settlement.table import TransportTable, day_number

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many of it are, and of how many."""


@dataclass(frozen=True)
class Settlement:
    """A month, settled.

    Attributes
    ----------
    first_day, end_day
        First day of the month, and of the next.
    rule, currency, house
        As asked for.
    journal
        The month's entries from transports.
    earlier
        Entries that settled earlier months.
    opening, closing
        Clearing balances at the month's beginning and end, before it is settled.
    netting
        How the closing balances are cleared.
    settling
        Entries that clear them, on the first day of the next month: what each member's balances
        are turned into, then the payments.
    later
        Entries of days after the month, which were left out.
    """

    first_day: date
    end_day: date
    rule: str
    currency: str
    house: str | None
    journal: Journal
    earlier: tuple[Entry, ...]
    opening: Balances
    closing: Balances
    netting: Netting
    settling: tuple[Entry, ...]
    later: int

    @property
    def month(self) -> str:
        """The month, ``2026-11``."""
        return f"{self.first_day:%Y-%m}"

    @property
    def last_day(self) -> date:
        """Last day of the month, whose rates of exchange hold."""
        return self.end_day - timedelta(days=1)

    @property
    def earlier_in_month(self) -> tuple[Entry, ...]:
        """The entries of this month that settled the one before."""
        return tuple(e for e in self.earlier if self.first_day <= e.day < self.end_day)

    @property
    def members(self) -> tuple[str, ...]:
        """Members with a balance or a movement, by name."""
        journal = self.journal
        moved = {journal.names[k] for k in np.unique(journal.member)}
        kept = {key[0] for balances in (self.opening, self.closing) for key in balances}
        return tuple(sorted(moved | kept))


def month_of(text: str) -> tuple[date, date]:
    """Return the first day of a month written ``2026-11``, and of the next.

    Raises
    ------
    InvalidRequestError
        If it is no month.
    """
    try:
        if len(text) != 7:
            raise ValueError
        first = date.fromisoformat(f"{text}-01")
        return first, (first + timedelta(days=32)).replace(day=1)
    except (ValueError, OverflowError):
        raise InvalidRequestError(f"'{text}' is no month; write it like 2026-11.") from None


def settle(
    table: TransportTable,
    month: str,
    rates: DayRates,
    *,
    rule: str = "distance",
    currency: str = "USD",
    house: str | None = None,
    earlier: Iterable[Entry] = (),
    progress: Progress | None = None,
) -> Settlement:
    """Settle a month.

    Parameters
    ----------
    table
        Performed transports of the month, and of those before whose balances are still open or
        were settled by ``earlier``.
    month
        ``2026-11``. Entries of later days are left out.
    rates
        Rates of exchange; those of the month's last day turn balances into the currency of
        settlement.
    rule
        Rule of proration of the charges that name none.
    currency
        Currency of settlement.
    house
        Member every other is accounted with; None for accounts with each other.
    earlier
        The entries that settled earlier months.
    progress
        Told how far it is.

    Raises
    ------
    TransportsError
        If a charge cannot be divided or turned into the currency of settlement.
    InvalidRequestError
        If there is no such month, rule or currency, or a month that was settled has changed.
    """
    first, end = month_of(month)
    if rule not in RULES:
        raise InvalidRequestError(f"'{rule}' is no rule of proration; use {', '.join(RULES)}.")
    if currency not in currencies():
        raise InvalidRequestError(
            f"'{currency}' is no currency; give an ISO 4217 code such as USD, EUR or CNY."
        )
    tell = progress or (lambda *_: None)
    tell("posting", 0, 3)
    journal = post(table, rule, rates, house)
    tell("adding up balances", 1, 3)
    earlier = tuple(earlier)
    before = journal.between(None, day_number(first))
    during = journal.between(day_number(first), day_number(end))
    opening = _sum(
        before.clearing_balances(), clearing_balances(e for e in earlier if e.day < first)
    )
    if earlier:
        _check_settled(opening, earlier, first)
    closing = _sum(
        opening,
        during.clearing_balances(),
        clearing_balances(e for e in earlier if first <= e.day < end),
    )
    tell("netting", 2, 3)
    try:
        netting = net(closing, currency, end - timedelta(days=1), rates)
    except MissingRateError as error:
        raise _where(table, error) from error
    tell("netting", 3, 3)
    return Settlement(
        first_day=first,
        end_day=end,
        rule=rule,
        currency=currency,
        house=house,
        journal=during,
        earlier=earlier,
        opening=opening,
        closing=closing,
        netting=netting,
        settling=settling_entries(closing, netting, end),
        later=len(journal) - len(before) - len(during),
    )


def settling_entries(closing: Balances, netting: Netting, day: date) -> tuple[Entry, ...]:
    """Return the entries that clear balances: each member's conversion, then the payments.

    A member's balances are closed against its ``exchange`` account, each in its own currency, and
    its position is opened from there in the currency of settlement. Over all members ``exchange``
    comes to nothing in each currency: what one turns into dollars another turned out of them.
    """
    month = f"{netting.day:%Y-%m}"
    entries = []
    for position in netting.positions:
        member, lines = position.member_id, []
        for (owner, other, code), minor in closing.items():
            if owner == member:
                lines.append(Line(member, "clearing", other, code, -minor))
                lines.append(Line(member, "exchange", other, code, minor))
        if position.minor:
            code = netting.currency
            lines.append(Line(member, "exchange", NETTING, code, -position.minor))
            lines.append(Line(member, "clearing", NETTING, code, position.minor))
        entries.append(Entry(day, "conversion", month, 0, tuple(lines)))
    for payment in netting.payments:
        payer, payee, code = payment.payer_id, payment.payee_id, netting.currency
        lines = [
            Line(payer, "clearing", NETTING, code, payment.minor),
            Line(payer, "bank", payee, code, -payment.minor),
            Line(payee, "bank", payer, code, payment.minor),
            Line(payee, "clearing", NETTING, code, -payment.minor),
        ]
        entries.append(Entry(day, "payment", month, 0, tuple(lines)))
    return tuple(entries)


def _sum(*balances: Balances) -> dict[tuple[str, str, str], int]:
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for one in balances:
        for key, minor in one.items():
            sums[key] += minor
    return {key: minor for key, minor in sorted(sums.items()) if minor}


def _check_settled(opening: Balances, earlier: Sequence[Entry], first: date) -> None:
    """Refuse a month that was settled and whose entries are others now."""
    left = _sum(opening, clearing_balances(e for e in earlier if e.day == first))
    for (member, other, code), minor in left.items():
        raise InvalidRequestError(
            f"The months before {first:%Y-%m} do not come to what was settled: the balance of "
            f"{member} with {other} differs by {Money(minor, code)}. Give --settled the folder of "
            "the month just before, made from the same transports by the same rule; and enter what "
            "is recorded late, or corrected, with a recorded_on within the open month."
        )


def _where(table: TransportTable, error: MissingRateError) -> Exception:
    """Return the error with the first charge that is in the currency."""
    faults = Faults(table.label, table.first_row)
    codes: Mapping[str, int] = {code: k for k, code in enumerate(table.currencies)}
    rows = np.flatnonzero(table.charge_currency == codes.get(error.here, -1))
    if not len(rows):
        return error
    faults.add(table.charge_row[rows[0]], "currency", str(error))
    try:
        faults.refuse()
    except InvalidRequestError as told:
        return told
    return error

"""What a member is told at the end of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from kervan.tariff.exchange import Conversion
from kervan.tariff.settlement.ledger import ACCOUNTS, KINDS
from kervan.tariff.settlement.month import Settlement
from kervan.tariff.settlement.netting import Payment, Position
from kervan.tariff.settlement.table import Ints, day_of

DETAIL_AT_MOST = 20_000
"""Lines of a statement, one a transport; above, transports are summed by day."""

CORRECTIONS = ("reversal", "restatement")


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a statement.

    Attributes
    ----------
    day, kind
        As in the journal.
    reference
        The transport, the month that was settled, or empty where several are summed.
    revision
        Revision of the transport.
    counterparty_id
        Member the amount is due from or to.
    currency, minor
        What the member gets, or as a negative number owes.
    transports
        How many are summed.
    """

    day: date
    kind: str
    reference: str
    revision: int
    counterparty_id: str
    currency: str
    minor: int
    transports: int = 1


@dataclass(frozen=True, slots=True)
class Statement:
    """A member's month.

    Attributes
    ----------
    member_id
        The member.
    month, first_day, last_day, currency, rule, house
        As in the settlement.
    opening, closing
        Minor units to get, or as negative numbers to pay, by currency.
    lines
        Everything between, by day; corrections are of the kinds ``reversal`` and ``restatement``.
    by_counterparty
        Closing balance by counterparty and currency.
    position
        What the closing balance is in the currency of settlement; None where it is nothing.
    payments
        What the member pays and gets.
    rates
        Rates of exchange used, by currency.
    is_summed
        Whether lines are sums of days, because there are too many transports.
    """

    member_id: str
    month: str
    first_day: date
    last_day: date
    currency: str
    rule: str
    house: str | None
    opening: Mapping[str, int]
    closing: Mapping[str, int]
    lines: tuple[StatementLine, ...]
    by_counterparty: Mapping[tuple[str, str], int]
    position: Position | None
    payments: tuple[Payment, ...]
    rates: Mapping[str, Conversion]
    is_summed: bool

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency in it."""
        return tuple(
            sorted({*self.opening, *self.closing, *(line.currency for line in self.lines)})
        )

    def moved(self, currency: str, kinds: tuple[str, ...]) -> int:
        """Return what the lines of some kinds come to in a currency, in minor units."""
        return sum(
            line.minor for line in self.lines if line.currency == currency and line.kind in kinds
        )


def statements(
    settlement: Settlement, *, detail_at_most: int = DETAIL_AT_MOST
) -> Iterator[Statement]:
    """Yield the statement of every member, by name.

    Parameters
    ----------
    settlement
        The month.
    detail_at_most
        Lines above which a statement sums transports by day.
    """
    moved = _moved(settlement)
    for member in settlement.members:
        lines, summed = moved.lines(member, detail_at_most)
        # What settled the month before comes first on its day.
        lines = sorted([*_earlier(settlement, member), *lines], key=lambda line: line.day)
        closing = {key[1:]: minor for key, minor in settlement.closing.items() if key[0] == member}
        netting = settlement.netting
        yield Statement(
            member_id=member,
            month=settlement.month,
            first_day=settlement.first_day,
            last_day=settlement.last_day,
            currency=settlement.currency,
            rule=settlement.rule,
            house=settlement.house,
            opening=_by_currency(settlement.opening, member),
            closing=_by_currency(settlement.closing, member),
            lines=tuple(lines),
            by_counterparty=closing,
            position=next((p for p in netting.positions if p.member_id == member), None),
            payments=tuple(p for p in netting.payments if member in (p.payer_id, p.payee_id)),
            rates={code: netting.rates[code] for _, code in sorted(closing)},
            is_summed=summed,
        )


def _by_currency(balances: Mapping[tuple[str, str, str], int], member: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for (owner, _, code), minor in balances.items():
        if owner == member:
            sums[code] += minor
    return {code: minor for code, minor in sorted(sums.items()) if minor}


def _earlier(settlement: Settlement, member: str) -> list[StatementLine]:
    """Return what settled the month before, in this one."""
    return [
        StatementLine(
            entry.day,
            entry.kind,
            entry.reference,
            0,
            line.counterparty_id,
            line.currency,
            line.minor,
        )
        for entry in settlement.earlier_in_month
        for line in entry.lines
        if line.account == "clearing" and line.member_id == member
    ]


@dataclass(frozen=True)
class _Moved:
    """Clearing lines summed by member, entry, counterparty and currency."""

    settlement: Settlement
    starts: Mapping[str, tuple[int, int]]
    entry: Ints
    other: Ints
    currency: Ints
    minor: Ints

    def lines(self, member: str, at_most: int) -> tuple[list[StatementLine], bool]:
        low, high = self.starts.get(member, (0, 0))
        entry, other, currency, minor = (
            array[low:high] for array in (self.entry, self.other, self.currency, self.minor)
        )
        journal = self.settlement.journal
        table = journal.table
        day, kind = journal.entry_day[entry], journal.entry_kind[entry]
        summed = len(entry) > at_most
        count = np.ones(len(entry), np.int64)
        if summed:
            # One number a key: unique rows of four columns would take ten times as long.
            size = (len(KINDS), len(journal.names), len(table.currencies))
            key = (day.astype(np.int64) * size[0] + kind) * size[1] + other
            key = key * size[2] + currency
            found, which, count = np.unique(key, return_inverse=True, return_counts=True)
            minor = _added(which, minor, len(found))
            found, currency = np.divmod(found, size[2])
            found, other = np.divmod(found, size[1])
            day, kind = np.divmod(found, size[0])
        out = []
        for k in range(len(minor)):
            if not minor[k]:
                continue
            transport = None if summed else journal.entry_transport[entry[k]]
            out.append(
                StatementLine(
                    day_of(day[k]),
                    KINDS[kind[k]],
                    "" if transport is None else table.transport_ids[table.transport[transport]],
                    0 if transport is None else int(table.revision[transport]),
                    journal.names[other[k]],
                    table.currencies[currency[k]],
                    int(minor[k]),
                    int(count[k]),
                )
            )
        return out, summed


def _added(which: Ints, minor: Ints, count: int) -> Ints:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, which, minor)
    return sums


def _moved(settlement: Settlement) -> _Moved:
    journal = settlement.journal
    at = np.flatnonzero(journal.account == ACCOUNTS.index("clearing"))
    owner = journal.member[at]
    entry = np.searchsorted(journal.line_start, at, side="right") - 1
    # One number a key, so that one sort groups them; names are counted among those in use.
    used, other = np.unique(journal.counterparty[at], return_inverse=True)
    codes = len(journal.table.currencies)
    key = (owner.astype(np.int64) * len(journal) + entry) * len(used) + other
    key = key * codes + journal.currency[at]
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else at
    minor = np.add.reduceat(journal.minor[at][order], first) if len(key) else journal.minor[at]
    pick = order[first]
    owner = owner[pick]
    starts = {
        journal.names[m]: (
            int(np.searchsorted(owner, m)),
            int(np.searchsorted(owner, m, side="right")),
        )
        for m in np.unique(owner)
    }
    return _Moved(
        settlement,
        starts,
        entry[pick],
        used[other[pick]].astype(np.int64),
        key[first] % codes,
        minor,
    )

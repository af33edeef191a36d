"""Accounts in double entry, posted one transport at a time: what the arrays are held against.

Books and accounts
------------------
Every member keeps a book with five accounts:

``customers``
    What its customers owe it; the counterparty is the payer.
``clearing``
    What it has to get from (debit) or to pay to (credit) another member: the counterparty, or the
    clearing house where there is one.
``revenue``
    What it earned; the counterparty is who collected.
``exchange``
    Its position in each currency while balances are turned into the currency of settlement.
``bank``
    Payments.

Amounts are whole minor units, debits positive and credits negative. Every entry adds up to zero in
each currency, and so does each member's part of it. Entries are never changed: a correction is two
new ones, the reversal of what was posted and its restatement.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kervan.errors import InvalidRequestError
from kervan.tariff.settlement.performed import Transport
from kervan.tariff.settlement.proration import DayRates, prorate

ACCOUNTS = ("customers", "clearing", "revenue", "exchange", "bank")
KINDS = ("performed", "reversal", "restatement", "conversion", "payment")
NETTING = "netting"
"""Counterparty of what is left to pay once every balance is netted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an entry.

    Attributes
    ----------
    member_id
        In whose book.
    account
        One of :data:`ACCOUNTS`.
    counterparty_id
        Towards whom.
    currency
        ISO 4217 code.
    minor
        Debit, or as a negative number credit, in minor units.
    item_id
        Tariff item, surcharge or rebate; empty where there is none.
    leg
        Leg of a through charge, from 0; None elsewhere.
    """

    member_id: str
    account: str
    counterparty_id: str
    currency: str
    minor: int
    item_id: str = ""
    leg: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal.

    Attributes
    ----------
    day
        Day it is posted.
    kind
        One of :data:`KINDS`.
    reference
        The transport, or the month settled.
    revision
        Revision of the transport it posts or reverses.
    lines
        Its lines; they add up to zero in each currency, for each member.
    """

    day: date
    kind: str
    reference: str
    revision: int
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        """Refuse an entry that does not balance; it would be a fault of Kervan."""
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.lines:
            sums[line.member_id, line.currency] += line.minor
        wrong = [key for key, minor in sums.items() if minor]
        if wrong:
            raise ValueError(
                f"The entry {self.kind} {self.reference}/{self.revision} does not balance in "
                f"{', '.join(f'the book of {member} in {code}' for member, code in wrong)}."
            )

    @property
    def reversed_lines(self) -> tuple[Line, ...]:
        """The lines that undo it."""
        return tuple(
            Line(
                line.member_id,
                line.account,
                line.counterparty_id,
                line.currency,
                -line.minor,
                line.item_id,
                line.leg,
            )
            for line in self.lines
        )


def lines_of(
    transport: Transport, rule: str, rates: DayRates, house: str | None = None
) -> tuple[Line, ...]:
    """Return the lines a transport posts.

    Parameters
    ----------
    transport
        The transport.
    rule
        Rule of proration of the charges that name none.
    rates
        Rates of exchange.
    house
        Member every other is accounted with; None for accounts with each other.

    Raises
    ------
    InvalidRequestError
        If a through charge cannot be divided.
    """
    lines: list[Line] = []
    for charge in transport.charges:
        code, collector, item = charge.amount.currency, charge.collector_id, charge.item_id
        parts: list[tuple[int | None, str, int]]
        if charge.due_to_id is None:
            legs = [(k, transport.legs[k]) for k in charge.legs]
            divided = prorate(
                charge.amount, legs, charge.rule or rule, transport.performed_on, rates
            )
            parts = [(part.leg, part.carrier_id, part.amount.minor) for part in divided]
        else:
            parts = [(None, charge.due_to_id, charge.amount.minor)]
        lines.append(Line(collector, "customers", charge.payer_id, code, charge.amount.minor, item))
        for leg, earner, minor in parts:
            lines += (
                Line(member, account, other, code, sign * minor, item, leg)
                for member, account, other, sign in _moves(collector, earner, house)
            )
    return tuple(line for line in lines if line.minor)


def _moves(collector: str, earner: str, house: str | None) -> Iterator[tuple[str, str, str, int]]:
    if earner != collector:
        middle = house if house not in (None, collector, earner) else None
        if middle is None:
            yield collector, "clearing", earner, -1
            yield earner, "clearing", collector, 1
        else:
            yield collector, "clearing", middle, -1
            yield middle, "clearing", collector, 1
            yield middle, "clearing", earner, -1
            yield earner, "clearing", middle, 1
    yield earner, "revenue", collector, -1


def posted(
    transports: Iterable[Transport], rule: str, rates: DayRates, house: str | None = None
) -> tuple[Entry, ...]:
    """Return the journal of transports: by day, and within a day as they were given.

    A revision posts the reversal of the one before and the restatement, both on its own day.

    Raises
    ------
    InvalidRequestError
        If a revision is not the next of its transport, or is posted before the one it corrects.
    """
    entries: list[Entry] = []
    latest: dict[str, Entry] = {}
    for transport in transports:
        key, revision, day = transport.transport_id, transport.revision, transport.posted_on
        before = latest.get(key)
        expected = 0 if before is None else before.revision + 1
        if revision != expected or (before is not None and day < before.day):
            raise InvalidRequestError(
                f"Transport {key}: revision {revision} of {day} does not follow "
                f"{'nothing' if before is None else f'revision {before.revision} of {before.day}'}."
            )
        lines = lines_of(transport, rule, rates, house)
        kind = "performed" if before is None else "restatement"
        latest[key] = entry = Entry(day, kind, key, revision, lines)
        if before is not None:
            undone = before.reversed_lines
            entries.append(Entry(day, "reversal", key, before.revision, undone))
        entries.append(entry)
    return tuple(sorted((e for e in entries if e.lines), key=lambda entry: entry.day))


def trial_balance(entries: Sequence[Entry]) -> dict[tuple[str, str, str], int]:
    """Return the balance of every account by member, account and currency, zeros left out."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in entries:
        for line in entry.lines:
            sums[line.member_id, line.account, line.currency] += line.minor
    return {key: minor for key, minor in sorted(sums.items()) if minor}


def clearing_balances(entries: Iterable[Entry]) -> dict[tuple[str, str, str], int]:
    """Return what each member has to get (positive) or pay, by counterparty and currency."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry in entries:
        for line in entry.lines:
            if line.account == "clearing":
                sums[line.member_id, line.counterparty_id, line.currency] += line.minor
    return {key: minor for key, minor in sorted(sums.items()) if minor}

"""The journal as arrays: the entries that :mod:`.ledger` posts one by one, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kervan.errors import InvalidRequestError
from kervan.tariff.settlement.ledger import ACCOUNTS, KINDS, Entry, Line
from kervan.tariff.settlement.parts import parts_of
from kervan.tariff.settlement.proration import DayRates
from kervan.tariff.settlement.table import NONE, Codes, Ints, TransportTable, day_of

_CUSTOMERS, _CLEARING, _REVENUE = (ACCOUNTS.index(a) for a in ("customers", "clearing", "revenue"))
_PERFORMED, _REVERSAL, _RESTATEMENT = range(3)
_MOST = 9e18


@dataclass(frozen=True)
class Journal:
    """Entries and their lines, by day and within a day as they stand in the file.

    Attributes
    ----------
    table
        The transports posted; names and currencies are counted by it.
    names
        The names of the table, and the clearing house where it is none of them.
    entry_transport, entry_kind, entry_day
        Which transport each entry posts or reverses, what it is, days since 1970-01-01; shape
        (entries,).
    line_start
        Where the lines of each entry begin, and where the last end; shape (entries + 1,).
    member, account, counterparty, currency, minor, charge, leg
        Of each line: names, number of the account, currency, minor units (debit positive), charge
        of the table and leg within its transport (−1: no through charge); shape (lines,).
    """

    table: TransportTable
    names: tuple[str, ...]
    entry_transport: Codes
    entry_kind: Codes
    entry_day: Codes
    line_start: Ints
    member: Codes
    account: NDArray[np.int8]
    counterparty: Codes
    currency: Codes
    minor: Ints
    charge: Codes
    leg: Codes

    def __len__(self) -> int:
        return len(self.entry_day)

    @property
    def line_entry(self) -> Ints:
        """Entry each line belongs to; shape (lines,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.line_start))

    def between(self, first_day: int | None, end_day: int) -> Journal:
        """Return the entries from a day (None: the beginning) to before another."""
        first = 0 if first_day is None else int(np.searchsorted(self.entry_day, first_day))
        end = int(np.searchsorted(self.entry_day, end_day))
        low, high = self.line_start[first], self.line_start[end]
        lines = {
            name: getattr(self, name)[low:high]
            for name in (
                *("member", "account", "counterparty", "currency"),
                *("minor", "charge", "leg"),
            )
        }
        return replace(
            self,
            entry_transport=self.entry_transport[first:end],
            entry_kind=self.entry_kind[first:end],
            entry_day=self.entry_day[first:end],
            line_start=self.line_start[first : end + 1] - low,
            **lines,
        )

    def clearing_balances(self) -> dict[tuple[str, str, str], int]:
        """Return what each member has to get or pay, by counterparty and currency."""
        return self._sums(self.account == _CLEARING)

    def trial_balance(self) -> dict[tuple[str, str, str], int]:
        """Return the balance of every account by member, account and currency, zeros left out."""
        sums = np.zeros((len(self.names), len(ACCOUNTS), len(self.table.currencies)), np.int64)
        np.add.at(sums, (self.member, self.account, self.currency), self.minor)
        return {
            (self.names[m], ACCOUNTS[a], self.table.currencies[c]): int(sums[m, a, c])
            for m, a, c in np.argwhere(sums)
        }

    def _sums(self, which: NDArray[np.bool_]) -> dict[tuple[str, str, str], int]:
        # Names include customers and places; only those with an account get a cell.
        used, place = np.unique(
            np.concatenate((self.member[which], self.counterparty[which])), return_inverse=True
        )
        half = len(place) // 2
        sums = np.zeros((len(used), len(used), len(self.table.currencies)), np.int64)
        np.add.at(sums, (place[:half], place[half:], self.currency[which]), self.minor[which])
        found = {
            (self.names[used[m]], self.names[used[o]], self.table.currencies[c]): int(sums[m, o, c])
            for m, o, c in np.argwhere(sums)
        }
        return dict(sorted(found.items()))

    def entries(self) -> Iterator[Entry]:
        """Yield the entries one by one, as :func:`~kervan.tariff.settlement.ledger.posted` does."""
        for e in range(len(self)):
            yield self.entry(e)

    def entry(self, e: int) -> Entry:
        """Return one entry."""
        t = self.entry_transport[e]
        return Entry(
            day=day_of(self.entry_day[e]),
            kind=KINDS[self.entry_kind[e]],
            reference=self.table.transport_ids[self.table.transport[t]],
            revision=int(self.table.revision[t]),
            lines=tuple(self._line(k) for k in range(self.line_start[e], self.line_start[e + 1])),
        )

    def _line(self, k: int) -> Line:
        item = self.table.charge_item[self.charge[k]]
        return Line(
            self.names[self.member[k]],
            ACCOUNTS[self.account[k]],
            self.names[self.counterparty[k]],
            self.table.currencies[self.currency[k]],
            int(self.minor[k]),
            self.names[item],
            None if self.leg[k] == NONE else int(self.leg[k]),
        )


def post(table: TransportTable, rule: str, rates: DayRates, house: str | None = None) -> Journal:
    """Post every transport of a table.

    Parameters
    ----------
    table
        The transports.
    rule
        Rule of proration of the charges that name none.
    rates
        Rates of exchange.
    house
        Member every other is accounted with; None for accounts with each other.

    Raises
    ------
    TransportsError
        If a through charge cannot be divided; every fault names its row and field.
    InvalidRequestError
        If the amounts do not fit in 64 bits.

    Notes
    -----
    Linear in the lines, but for the sorting of parts by their remainders.
    """
    if np.abs(table.charge_amount).sum(dtype=float) >= _MOST:
        raise InvalidRequestError(
            f"The charges of {table.label} come to more minor units than 64 bits hold. Settle "
            "fewer transports at a time."
        )
    names = table.names if house is None or house in table.names else (*table.names, house)
    lines, starts = _lines(table, rule, rates, NONE if house is None else names.index(house))
    transport, sign, kind, day = _entries(table, np.diff(starts))
    count = starts[transport + 1] - starts[transport]
    line_start = np.concatenate(([0], np.cumsum(count)))
    in_order = bool(np.array_equal(transport, np.arange(len(table))))
    if not in_order:
        within = np.arange(line_start[-1]) - np.repeat(line_start[:-1], count)
        take = np.repeat(starts[transport], count) + within
        lines = {name: array[take] for name, array in lines.items()}
        lines["minor"] *= np.repeat(sign, count)
    return Journal(
        table=table,
        names=names,
        entry_transport=transport,
        entry_kind=kind,
        entry_day=day,
        line_start=line_start,
        **lines,
    )


def _entries(table: TransportTable, count: Ints) -> tuple[Codes, Ints, Codes, Codes]:
    """Return what is posted in the order it is: transport, sign, kind and day of each entry."""
    every = np.arange(len(table), dtype=np.int32)
    corrects = np.flatnonzero(table.previous != NONE)
    transport = np.concatenate((every, table.previous[corrects]))
    sign = np.concatenate((np.ones(len(every), np.int64), np.full(len(corrects), -1, np.int64)))
    own = np.where(table.previous == NONE, _PERFORMED, _RESTATEMENT)
    kind = np.concatenate((own, np.full(len(corrects), _REVERSAL))).astype(np.int32)
    cause = np.concatenate((every, corrects))
    order = np.lexsort((sign, cause, table.posted[cause]))
    order = order[count[transport[order]] > 0]
    day = table.posted[cause]
    return transport[order], sign[order], kind[order], day[order]


def _lines(
    table: TransportTable, rule: str, rates: DayRates, house: int
) -> tuple[dict[str, NDArray[Any]], Ints]:
    """Return the lines every transport posts, and where those of each begin."""
    earner, amount = parts_of(table, rule, rates)
    sizes = np.diff(table.part_start)
    charge = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    collector = table.charge_collector[charge]
    through = table.is_through[charge]
    first_leg = table.leg_start[table.charge_transport[charge]]
    leg = np.where(through, table.part_leg - first_leg, NONE).astype(np.int32)
    foreign = earner != collector
    between = foreign & (house != NONE) & (collector != house) & (earner != house)
    # A line on the collector's customers, then of each part up to four on clearing and one earned.
    per_part = np.where(between, 5, np.where(foreign, 3, 1))
    per_charge = 1 + np.add.reduceat(per_part, table.part_start[:-1]) if len(sizes) else sizes
    charge_at = np.concatenate(([0], np.cumsum(per_charge)))
    before = np.cumsum(per_part) - per_part
    part_at = charge_at[charge] + 1 + before - before[table.part_start[:-1]][charge]
    total = int(charge_at[-1])
    lines: dict[str, NDArray[Any]] = {
        "member": np.empty(total, np.int32),
        "account": np.full(total, _CLEARING, np.int8),
        "counterparty": np.empty(total, np.int32),
        "minor": np.empty(total, np.int64),
        "leg": np.empty(total, np.int32),
    }
    lines["charge"] = np.repeat(np.arange(len(sizes), dtype=np.int32), per_charge)
    lines["currency"] = table.charge_currency[lines["charge"]]

    def put(at: Ints, member: NDArray[Any], other: NDArray[Any], minor: Ints) -> None:
        lines["member"][at], lines["counterparty"][at], lines["minor"][at] = member, other, minor

    at = charge_at[:-1]
    put(at, table.charge_collector, table.charge_payer, table.charge_amount)
    lines["account"][at], lines["leg"][at] = _CUSTOMERS, NONE
    for step in range(5):
        at = np.flatnonzero(per_part > step)
        lines["leg"][part_at[at] + step] = leg[at]
    middle = np.full(len(charge), house, np.int32)
    direct = foreign & ~between
    for which, step, member, other, sign in (
        (direct, 0, collector, earner, -1),
        (direct, 1, earner, collector, 1),
        (between, 0, collector, middle, -1),
        (between, 1, middle, collector, 1),
        (between, 2, middle, earner, -1),
        (between, 3, earner, middle, 1),
    ):
        k = np.flatnonzero(which)
        put(part_at[k] + step, member[k], other[k], sign * amount[k])
    at = part_at + per_part - 1
    put(at, earner, collector, -amount)
    lines["account"][at] = _REVENUE
    starts = charge_at[table.charge_start]
    kept = lines["minor"] != 0
    if not kept.all():
        starts = np.concatenate(([0], np.cumsum(kept)))[starts]
        lines = {name: array[kept] for name, array in lines.items()}
    return lines, starts

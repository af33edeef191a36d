"""Multilateral netting: the fewest and smallest payments that clear every balance.

1. Every balance is turned into the currency of settlement at one stated rate a currency, exactly,
   as fractions. As what one member has to get another has to pay, the positions add up to nothing.
2. Positions are rounded to the minor unit: each down, and the units that are then short of nothing
   one each to the positions cut the most. The differences, less than a minor unit each, are kept.
3. No set of payments can come to less than the sum of what members have to get, and ours comes to
   just that. This is also the optimum of the minimum-cost flow with a cost of one for each unit
   between any two members: every payment leads from a member who pays to one who gets.
4. A group of members whose positions add up to nothing can be cleared by one payment fewer than it
   has members, so that n members in at most m such groups need n − m payments. Up to
   :data:`EXACT_UP_TO` members m is found exactly, by dynamic programming over subsets; above, pairs
   that cancel are taken first and the rest paid off largest against largest: n − 1 at most.
   (Finding the fewest payments is NP-hard: it holds the partition problem within it.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np

from kervan.feed.codes import currency_minor_units
from kervan.tariff.exchange import Conversion
from kervan.tariff.settlement.proration import DayRates

EXACT_UP_TO = 16
"""Members with something to get or pay for whom the fewest payments are found exactly."""

Balances = Mapping[tuple[str, str, str], int]
"""Minor units by member, counterparty and currency; positive: the member has to get them."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment in the currency of settlement; ``minor`` is more than 0."""

    payer_id: str
    payee_id: str
    minor: int


@dataclass(frozen=True, slots=True)
class Position:
    """What a member has to get, or as a negative number to pay, in the currency of settlement.

    Attributes
    ----------
    member_id
        The member.
    exact
        Minor units before rounding.
    minor
        Minor units.
    """

    member_id: str
    exact: Fraction
    minor: int

    @property
    def difference(self) -> Fraction:
        """What rounding gave the member, or as a negative number took, in minor units."""
        return self.minor - self.exact


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the members would pay without netting: how many payments, and how much in all.

    ``gross_minor`` is in minor units of the currency of settlement, rounded half up.
    """

    count: int
    gross_minor: int


@dataclass(frozen=True, slots=True)
class Netting:
    """The outcome.

    Attributes
    ----------
    currency, day
        Currency of settlement and day of the rates of exchange.
    rates
        How each currency was turned into it.
    positions
        Of every member with a balance, by name.
    payments
        Largest first.
    fewest
        Whether the number of payments is proved the least.
    bilateral
        One payment a pair of members and currency.
    bilateral_in_one
        One payment a pair of members, in the currency of settlement.
    """

    currency: str
    day: date
    rates: Mapping[str, Conversion]
    positions: tuple[Position, ...]
    payments: tuple[Payment, ...]
    fewest: bool
    bilateral: Comparison
    bilateral_in_one: Comparison

    @property
    def gross_minor(self) -> int:
        """All payments together, in minor units."""
        return sum(payment.minor for payment in self.payments)


def net(balances: Balances, currency: str, day: date, rates: DayRates) -> Netting:
    """Net balances.

    Parameters
    ----------
    balances
        What members have to get from each other; for every pair and currency both sides are there
        and cancel.
    currency
        Currency of settlement.
    day
        Day whose rates of exchange hold.
    rates
        Rates of exchange.

    Raises
    ------
    MissingRateError
        If a currency cannot be turned into that of settlement.
    ValueError
        If the balances do not cancel; that would be a fault of Kervan.
    """
    for (member, other, code), minor in balances.items():
        if balances.get((other, member, code), 0) != -minor:
            raise ValueError(f"{member} and {other} do not agree on their balance in {code}.")
    codes = sorted({code for _, _, code in balances})
    conversions = {code: rates.conversion(code, currency, day) for code in codes}
    factor = {code: _minor_factor(code, currency, conversions[code].factor) for code in codes}
    exact: dict[str, Fraction] = defaultdict(Fraction)
    pairs: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    apart = []
    for (member, other, code), minor in balances.items():
        worth = minor * factor[code]
        exact[member] += worth
        if member < other:
            pairs[member, other] += worth
            apart.append(abs(worth))
    members = sorted(exact)
    rounded = whole_units([exact[member] for member in members])
    positions = tuple(
        Position(member, exact[member], minor)
        for member, minor in zip(members, rounded, strict=True)
    )
    payments, fewest = payments_for({p.member_id: p.minor for p in positions})
    together = [abs(worth) for worth in pairs.values() if worth]
    return Netting(
        currency=currency,
        day=day,
        rates=conversions,
        positions=positions,
        payments=payments,
        fewest=fewest,
        bilateral=Comparison(len(apart), _half_up(sum(apart, Fraction(0)))),
        bilateral_in_one=Comparison(len(together), _half_up(sum(together, Fraction(0)))),
    )


def whole_units(exact: list[Fraction]) -> list[int]:
    """Round numbers that add up to nothing so that the whole ones do too, each by less than one.

    Raises
    ------
    ValueError
        If they do not add up to nothing.
    """
    if sum(exact, Fraction(0)) != 0:
        raise ValueError("Positions must add up to nothing.")
    down = [floor(value) for value in exact]
    by_cut = sorted(range(len(exact)), key=lambda k: (down[k] - exact[k], k))
    for k in by_cut[: -sum(down)]:
        down[k] += 1
    return down


def payments_for(positions: Mapping[str, int]) -> tuple[tuple[Payment, ...], bool]:
    """Return payments that clear positions, and whether no fewer could.

    Parameters
    ----------
    positions
        Minor units by member, adding up to zero; positive: the member has to get them.

    Returns
    -------
    payments
        Largest first; their sum is that of the positive positions, the least there is.
    fewest
        Whether their number is proved the least: up to :data:`EXACT_UP_TO` members who have
        something to get or pay, or where the number is that of the pairs that cancel.

    Notes
    -----
    Exact: time O(2ⁿ n) and memory O(2ⁿ) in n members. Above: O(n log n).
    """
    open_ = {member: minor for member, minor in sorted(positions.items()) if minor}
    if sum(open_.values()):
        raise ValueError("Positions must add up to nothing.")
    payments: list[Payment] = []
    if len(open_) <= EXACT_UP_TO:
        for group in _groups(open_):
            payments += _largest_first(group)
        fewest = True
    else:
        payments = _largest_first(_without_pairs(open_, payments)) + payments
        # Every payment clears two members at most, so that half of them is the least there is.
        fewest = 2 * len(payments) == len(open_)
    payments.sort(key=lambda p: (-p.minor, p.payer_id, p.payee_id))
    return tuple(payments), fewest


def _without_pairs(open_: Mapping[str, int], payments: list[Payment]) -> dict[str, int]:
    """Pay off members whose positions cancel in pairs; return the others."""
    waiting: dict[int, list[str]] = defaultdict(list)
    for member, minor in open_.items():
        if waiting[-minor]:
            other = waiting[-minor].pop()
            payer, payee = (member, other) if minor < 0 else (other, member)
            payments.append(Payment(payer, payee, abs(minor)))
        else:
            waiting[minor].append(member)
    left = {member for members in waiting.values() for member in members}
    return {member: minor for member, minor in open_.items() if member in left}


def _largest_first(open_: Mapping[str, int]) -> list[Payment]:
    """Let who pays most pay who gets most until all is paid; at most one fewer than members."""
    from heapq import heapify, heappop, heappush

    pay = [(minor, member) for member, minor in open_.items() if minor < 0]
    get = [(-minor, member) for member, minor in open_.items() if minor > 0]
    heapify(pay)
    heapify(get)
    payments = []
    while pay:
        (owed, payer), (due, payee) = heappop(pay), heappop(get)
        minor = min(-owed, -due)
        payments.append(Payment(payer, payee, minor))
        if owed + minor:
            heappush(pay, (owed + minor, payer))
        if due + minor:
            heappush(get, (due + minor, payee))
    return payments


def _groups(open_: Mapping[str, int]) -> list[dict[str, int]]:
    """Cut members into as many groups as there can be whose positions add up to nothing."""
    members = list(open_)
    n = len(members)
    if n == 0:
        return []
    masks = np.arange(1 << n)
    sums = np.zeros(1 << n, object if sum(map(abs, open_.values())) >= 2**62 else np.int64)
    size = np.zeros(1 << n, np.int8)
    for k, member in enumerate(members):
        sums[1 << k : 1 << (k + 1)] = sums[: 1 << k] + open_[member]
        size[1 << k : 1 << (k + 1)] = size[: 1 << k] + 1
    # most[S]: how often the running sum of S, members taken in the best order, comes to nothing.
    most = np.zeros(1 << n, np.int8)
    by_size = [masks[size == count] for count in range(n + 1)]
    for layer in by_size[1:]:
        best = np.zeros(len(layer), np.int8)
        for k in range(n):
            has = (layer >> k) & 1 == 1
            best[has] = np.maximum(best[has], most[layer[has] ^ (1 << k)])
        most[layer] = best + (sums[layer] == 0)
    groups: list[dict[str, int]] = []
    left = (1 << n) - 1
    while left:
        if sums[left] == 0:
            groups.append({})
        gain = int(sums[left] == 0)
        k = next(
            k for k in range(n) if left >> k & 1 and most[left ^ (1 << k)] + gain == most[left]
        )
        groups[-1][members[k]] = open_[members[k]]
        left ^= 1 << k
    return groups


def _minor_factor(here: str, there: str, factor: Decimal) -> Fraction:
    """Return what one minor unit of a currency is worth in minor units of another."""
    digits = currency_minor_units(there) - currency_minor_units(here)
    return Fraction(factor) * Fraction(10) ** digits


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))

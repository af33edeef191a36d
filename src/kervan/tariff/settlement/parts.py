"""Every charge of a table divided at once, with the parts that :mod:`.proration` finds one by one.

The largest remainder over whole arrays: each part is rounded towards nothing in 64-bit integers,
and what is left of a charge goes to its parts in the order of their remainders. A charge whose
product of amount and share would not fit in 64 bits is divided alone, in integers of any length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kervan.tariff.money import Money
from kervan.tariff.rounding import split
from kervan.tariff.settlement.encoded import Faults
from kervan.tariff.settlement.proration import FIELDS, DayRates, MissingRateError
from kervan.tariff.settlement.table import NONE, RULE_NAMES, Codes, Ints, TransportTable, day_of

_MOST = float(2**62)


def parts_of(table: TransportTable, rule: str, rates: DayRates) -> tuple[Codes, Ints]:
    """Divide every charge.

    Parameters
    ----------
    table
        The transports.
    rule
        Rule of proration of the charges that name none.
    rates
        Rates of exchange, for section rates in another currency.

    Returns
    -------
    tuple of arrays, each of shape (parts,)
        Name of the member who earns each part, and the part in minor units.

    Raises
    ------
    TransportsError
        If a leg lacks what the rule asks for, all shares of a charge are zero, or a rate of
        exchange is missing.
    """
    sizes = np.diff(table.part_start)
    charge = np.repeat(np.arange(len(sizes)), sizes)
    divided = table.is_through[charge]
    earner = np.where(divided, table.leg_carrier[table.part_leg], table.charge_due_to[charge])
    amount = table.charge_amount[charge].copy()
    at = np.flatnonzero(divided)
    shares = _shares(table, rule, rates, charge[at], table.part_leg[at])
    starts = np.concatenate(([0], np.cumsum(sizes[table.is_through])))
    whole = table.charge_amount[table.is_through]
    amount[at] = split_all(whole, shares, starts)
    return earner.astype(np.int32), amount


def split_all(whole: Ints, shares: Ints, starts: Ints) -> Ints:
    """Split many whole numbers, each in proportion to its own shares.

    Parameters
    ----------
    whole
        What is split; shape (wholes,).
    shares
        Zero or more each, not all of a whole's zero; shape (parts,).
    starts
        Where each whole's shares begin, and where the last end; shape (wholes + 1,).

    Returns
    -------
    array of int64, shape (parts,)
        The parts :func:`kervan.tariff.rounding.split` gives.
    """
    count = np.diff(starts)
    if not len(whole):
        return np.zeros(0, np.int64)
    size = np.abs(whole)
    total = np.add.reduceat(shares, starts[:-1])
    owner = np.repeat(np.arange(len(whole)), count)
    highest = np.maximum.reduceat(shares, starts[:-1])
    product = size[owner] * shares
    part, remainder = np.divmod(product, total[owner])
    left = size - np.add.reduceat(part, starts[:-1])
    order = np.lexsort((-remainder, owner))
    rank = np.empty(len(shares), np.int64)
    rank[order] = np.arange(len(shares)) - np.repeat(starts[:-1], count)
    part += rank < left[owner]
    part *= np.where(whole < 0, -1, 1)[owner]
    too_large = np.flatnonzero(size.astype(float) * highest.astype(float) >= _MOST)
    for k in too_large:
        own = slice(starts[k], starts[k + 1])
        part[own] = split(int(whole[k]), [int(share) for share in shares[own]])
    return part


def _shares(table: TransportTable, rule: str, rates: DayRates, charge: Ints, leg: Ints) -> Ints:
    """Return the share of each part of the through charges."""
    faults = Faults(table.label, table.first_row)
    stated = table.charge_rule[charge]
    rules = np.where(stated == NONE, RULE_NAMES.index(rule), stated)
    shares = np.zeros(len(leg), np.int64)
    for k, name in enumerate(RULE_NAMES):
        at = rules == k
        if not at.any():
            continue
        figures = {
            "distance": table.leg_metres,
            "cost": table.leg_cost,
            "points": table.leg_points,
            "section": table.leg_section,
        }[name]
        found = figures[leg[at]]
        lacking = leg[at][found == NONE]
        faults.add_all(
            table.leg_row[np.unique(lacking)],
            FIELDS[name],
            f"it is blank, and the rule '{name}' divides by it. State it, or take another rule.",
        )
        if name == "section" and not len(lacking):
            found = _sections(table, rates, charge[at], leg[at], faults)
        shares[at] = found
    faults.refuse()
    if len(leg):
        first = np.flatnonzero(np.concatenate(([True], charge[1:] != charge[:-1])))
        for k in first[np.add.reduceat(shares, first) <= 0]:
            name = RULE_NAMES[rules[k]]
            faults.add(
                table.charge_row[charge[k]],
                "legs",
                f"the {FIELDS[name]} of every leg it covers is 0, so the charge cannot be divided "
                f"by the rule '{name}'. State at least one, or take another rule.",
            )
    faults.refuse()
    return shares


def _sections(
    table: TransportTable, rates: DayRates, charge: Ints, leg: Ints, faults: Faults
) -> Ints:
    """Return section rates in the currency of the charge; each different one worked out once."""
    shares = table.leg_section[leg].copy()
    here, there = table.leg_currency[leg], table.charge_currency[charge]
    foreign = np.flatnonzero(here != there)
    if not len(foreign):
        return shares
    day = table.performed[table.charge_transport[charge[foreign]]]
    keys = np.stack([shares[foreign], here[foreign], there[foreign], day], axis=1)
    different, first, which = _different(keys)
    worth = np.zeros(len(different), np.int64)
    for k, (minor, code, other, number) in enumerate(different.tolist()):
        amount = Money(minor, table.currencies[code])
        try:
            worth[k] = rates.converted(amount, table.currencies[other], day_of(number)).minor
        except MissingRateError as error:
            faults.add(table.leg_row[leg[foreign[first[k]]]], "currency", str(error))
    shares[foreign] = worth[which]
    return shares


def _different(keys: Ints) -> tuple[Ints, NDArray[np.intp], NDArray[np.intp]]:
    found, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return found, first, which.ravel()

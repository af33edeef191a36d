"""From a table of text to arrays of performed transports: every cell read, every rule held."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kervan.feed.codes import currencies
from kervan.feed.nearest import did_you_mean
from kervan.tariff.settlement.cell_values import boolean, choice, day, key, scaled, whole
from kervan.tariff.settlement.columns import COLUMNS, RECORDS
from kervan.tariff.settlement.encoded import Encoded, EncodedTable, Faults
from kervan.tariff.settlement.proration import COST_SCALE
from kervan.tariff.settlement.table import (
    CHARGE_KINDS,
    NONE,
    RULE_NAMES,
    Codes,
    Ints,
    TransportTable,
)

ENDED = {
    "AZM": "2005-12",
    "BGN": "2026-01",
    "BYR": "2017-01",
    "EEK": "2011-01",
    "HRK": "2023-01",
    "LTL": "2014-12",
    "LVL": "2014-01",
    "ROL": "2005-06",
    "RUR": "2004-01",
    "SKK": "2009-01",
    "TMM": "2009-01",
    "TRL": "2005-12",
}
"""Currencies of the corridor's countries that ended, and the month; ISO 4217 List Three."""

MOST_MINOR = 10**12
"""Minor units of one charge, so that nine million of them still add up within 64 bits."""
MOST_METRES = 10**8

_LEGS = re.compile(r"[1-9][0-9]{0,3}(;[1-9][0-9]{0,3})*")


def checked(table: EncodedTable, members: Collection[str] | None = None) -> TransportTable:
    """Read the cells of a table and hold them against the rules.

    Parameters
    ----------
    table
        As it stands in the file.
    members
        Carriers there are; None to take every name for one.

    Raises
    ------
    TransportsError
        If anything is wrong.
    """
    faults = Faults(table.label, table.first_row)
    record = _records(table, faults)
    heads, legs, charges = (np.flatnonzero(record == k) for k in range(3))
    owner = _owners(table, record, heads, faults)
    faults.refuse()

    names, number = _names(table, members, faults)
    money_names = tuple(table["currency"].values)
    _check_currencies(table["currency"], faults)

    def read(
        field: str, rows: Ints, reader: Callable[[str], Any], default: Any, dtype: Any
    ) -> NDArray[Any]:
        return table[field].parsed(reader, default, dtype, faults, field)[rows]

    leg_start, charge_start = (_starts(owner[rows], len(heads)) for rows in (legs, charges))
    performed = read("performed_on", heads, day, 0, np.int32)
    recorded = read("recorded_on", heads, day, NONE, np.int32)
    revision = read("revision", heads, whole(0, 9999), 0, np.int32)
    amount = table["amount_minor"].parsed(
        whole(-MOST_MINOR, MOST_MINOR), 0, np.int64, faults, "amount_minor"
    )
    currency = table["currency"].codes
    covered = _covered(table["legs"], charges, faults)
    through = read("is_through", charges, boolean, False, np.bool_)
    figures: dict[str, NDArray[Any]] = {
        "leg_metres": read("distance_km", legs, scaled(1000, 3, MOST_METRES), 0, np.int64),
        "leg_cost": read("cost_weight", legs, scaled(COST_SCALE, 6, 10**15), NONE, np.int64),
        "leg_points": read("points", legs, whole(0, 10**9), NONE, np.int64),
        "leg_section": read("section_rate_minor", legs, whole(0, MOST_MINOR), NONE, np.int64),
        "charge_kind": read("kind", charges, choice(CHARGE_KINDS), 0, np.int32),
        "charge_rule": read("rule", charges, choice(RULE_NAMES), NONE, np.int32),
    }
    due_to = number("due_to_id", charges)
    payer = number("payer_id", charges)
    customer = number("customer_id", heads)
    payer = np.where(payer == NONE, customer[owner[charges]], payer).astype(np.int32)
    for wrong, message in (
        (through & (due_to != NONE), "a through charge is divided among the carriers of its legs, "
         "so it is due to nobody in particular. Leave the cell blank, or write is_through false."),
        (~through & (due_to == NONE), "it must say which member the charge is due to, as it is no "
         "through charge."),
    ):  # fmt: skip
        faults.add_all(charges[wrong], "due_to_id", message)
    faults.refuse()

    posted = np.where(recorded == NONE, performed, recorded).astype(np.int32)
    faults.add_all(heads[posted < performed], "recorded_on", "the day is before the day performed.")
    faults.add_all(
        heads[(revision > 0) & (recorded == NONE)],
        "recorded_on",
        "a correction must say on which day it is entered.",
    )
    transport = table["transport_id"].codes[heads]
    previous = _previous(table, heads, transport, revision, posted, faults)
    starts, flat = _flat(covered, table["legs"].codes[charges])
    count = np.diff(leg_start)[owner[charges]]
    last = flat[starts[1:] - 1]
    for row in np.flatnonzero(last >= count):
        faults.add(
            charges[row],
            "legs",
            f"the charge covers leg {last[row] + 1}, and transport "
            f"{table['transport_id'].text(charges[row])} has {count[row]}.",
        )
    faults.refuse()
    part_start, part_leg = _parts(through, starts, flat, leg_start[owner[charges]])
    out = TransportTable(
        label=table.label,
        first_row=table.first_row,
        names=names,
        currencies=money_names,
        transport_ids=table["transport_id"].values,
        transport=transport,
        revision=revision,
        performed=performed,
        posted=posted,
        customer=customer,
        previous=previous,
        total=amount[heads],
        total_currency=currency[heads],
        leg_start=leg_start,
        leg_carrier=number("carrier_id", legs),
        leg_from=number("from_place_id", legs),
        leg_to=number("to_place_id", legs),
        leg_currency=currency[legs],
        charge_start=charge_start,
        charge_transport=owner[charges].astype(np.int32),
        charge_item=number("item_id", charges),
        charge_payer=payer,
        charge_collector=number("collector_id", charges),
        charge_due_to=due_to,
        charge_amount=amount[charges],
        charge_currency=currency[charges],
        part_start=part_start,
        part_leg=part_leg,
        covered_start=starts,
        covered_leg=flat,
        transport_row=heads,
        leg_row=legs,
        charge_row=charges,
        **figures,
    )
    faults.add_all(
        legs[(out.leg_section != NONE) & (out.leg_currency == NONE)],
        "currency",
        "a section rate must say its currency.",
    )
    _check_totals(out, table, faults)
    faults.refuse()
    return out


def _records(table: EncodedTable, faults: Faults) -> Codes:
    record: Codes = table["record"].parsed(choice(RECORDS), NONE, np.int32, faults, "record")
    blank = np.flatnonzero(table["record"].codes == NONE)
    faults.add_all(blank, "record", f"it must say {' or '.join(RECORDS)}.")
    for column in COLUMNS:
        if column.name == "record":
            continue
        empty = table[column.name].codes == NONE
        for k, kind in enumerate(RECORDS):
            at = record == k
            if kind in column.required:
                for row in np.flatnonzero(at & empty):
                    faults.add(row, column.name, f"it is blank. {column.description}")
            elif kind not in column.allowed:
                for row in np.flatnonzero(at & ~empty):
                    faults.add(
                        row,
                        column.name,
                        f"'{table[column.name].text(row)}' means nothing on a row '{kind}'. "
                        "Remove it.",
                    )
    return record


def _owners(table: EncodedTable, record: Codes, heads: Ints, faults: Faults) -> Ints:
    """Return the transport each row belongs to."""
    owner = np.cumsum(record == 0) - 1
    for row in np.flatnonzero(owner < 0)[:1]:
        faults.add(row, "record", "a leg or charge stands before any row 'transport'.")
    if len(heads):
        codes = table["transport_id"].codes
        for row in np.flatnonzero((owner >= 0) & (codes != codes[heads[np.maximum(owner, 0)]])):
            faults.add(
                row,
                "transport_id",
                f"'{table['transport_id'].text(row)}' stands below the transport "
                f"'{table['transport_id'].text(heads[owner[row]])}'. Put legs and charges directly "
                "below their own transport.",
            )
    elif not len(record):
        faults.add(0, "record", "there is no row at all; a table of transports needs one.")
    return owner


def _names(
    table: EncodedTable, members: Collection[str] | None, faults: Faults
) -> tuple[tuple[str, ...], Callable[[str, Ints], Codes]]:
    """Return every name, and what gives the numbers of a column's."""
    of_members = ("carrier_id", "collector_id", "due_to_id")
    others = ("customer_id", "payer_id", "from_place_id", "to_place_id", "item_id")
    for field in (*others, "transport_id"):
        table[field].parsed(key, 0, np.int8, faults, field)
    for field in of_members:
        column = table[field]
        for code, value in enumerate(column.values):
            if members is None or value in members:
                continue
            otherwise = "Add it to carriers in the feed, or mend the cell."
            faults.add_all(
                np.flatnonzero(column.codes == code),
                field,
                f"'{value}' is no carrier of the feed. "
                + did_you_mean(value, sorted(members), otherwise),
            )
    every = {value for field in (*of_members, *others) for value in table[field].values}
    names = tuple(sorted(every))
    place = {name: k for k, name in enumerate(names)}

    def number(field: str, rows: Ints) -> Codes:
        column = table[field]
        numbers = np.array([*(place[value] for value in column.values), NONE], np.int32)
        return numbers[column.codes[rows]]

    return names, number


def _check_currencies(column: Encoded, faults: Faults) -> None:
    for code, value in enumerate(column.values):
        if value in currencies():
            continue
        if value in ENDED:
            message = (
                f"the currency {value} ended in {ENDED[value]} (ISO 4217), so nothing can be "
                "settled in it. State the amount in the currency that followed it."
            )
        else:
            message = f"'{value}' is no ISO 4217 currency such as USD, EUR or CNY."
        faults.add_all(np.flatnonzero(column.codes == code), "currency", message)


def _previous(
    table: EncodedTable,
    heads: Ints,
    transport: Codes,
    revision: Codes,
    posted: Codes,
    faults: Faults,
) -> Codes:
    """Return which transport each corrects."""
    previous = np.full(len(heads), NONE, np.int32)
    order = np.lexsort((np.arange(len(heads)), revision, transport))
    same = np.zeros(len(heads), bool)
    same[1:] = transport[order[1:]] == transport[order[:-1]]
    before = np.roll(order, 1)
    step = revision[order] - np.where(same, revision[before], NONE)
    text = table["transport_id"].text
    first = faults.first_row
    for k in np.flatnonzero(step != 1):
        row, earlier = heads[order[k]], heads[before[k]] + first
        if step[k] == 0:
            faults.add(
                row,
                "transport_id",
                f"transport '{text(row)}' revision {revision[order[k]]} is there already, in row "
                f"{earlier}. Give it its own key, or the next revision where it corrects that one.",
            )
        else:
            faults.add(
                row,
                "revision",
                f"transport '{text(row)}' has no revision {revision[order[k]] - 1} for this one to "
                "correct. Number revisions 0, 1, 2, …",
            )
    at, correct = order[same], before[same]
    for k in np.flatnonzero((correct > at) | (posted[correct] > posted[at])):
        faults.add(
            heads[at[k]],
            "recorded_on",
            "a correction must stand below what it corrects and be recorded on its day or later.",
        )
    previous[at] = correct
    return previous


def _check_totals(out: TransportTable, table: EncodedTable, faults: Faults) -> None:
    given = (out.total_currency != NONE) & (np.diff(out.charge_start) > 0)
    sums = np.zeros(len(out), np.int64)
    np.add.at(sums, out.charge_transport, out.charge_amount)
    foreign = out.total_currency[out.charge_transport] != out.charge_currency
    mixed = np.zeros(len(out), bool)
    mixed[out.charge_transport[foreign]] = True
    for t in np.flatnonzero(given & (mixed | (sums != out.total))):
        row = out.transport_row[t]
        code = out.currencies[out.total_currency[t]]
        found = (
            f"some of its charges are not in {code}"
            if mixed[t]
            else f"its charges come to {sums[t]:,}"
        )
        faults.add(
            row,
            "amount_minor",
            f"transport '{table['transport_id'].text(row)}' was invoiced {out.total[t]:,} minor "
            f"units of {code}, but {found}. Mend the charge that is wrong, or the total.",
        )
    lone = (table["amount_minor"].codes == NONE) != (table["currency"].codes == NONE)
    faults.add_all(
        out.transport_row[lone[out.transport_row]],
        "currency",
        "an amount and its currency stand together, or neither does.",
    )


def _starts(owner: Ints, count: int) -> Ints:
    return np.searchsorted(owner, np.arange(count + 1)).astype(np.int64)


def _covered(column: Encoded, charges: Ints, faults: Faults) -> list[NDArray[np.int32]]:
    """Return the legs, from 0, of each different value."""
    found = []
    for code, value in enumerate(column.values):
        numbers = [int(k) for k in value.split(";")] if _LEGS.fullmatch(value) else []
        if not numbers or any(b <= a for a, b in pairwise(numbers)):
            rows = charges[column.codes[charges] == code]
            faults.add_all(
                rows, "legs", f"'{value}' is no list of legs; write them from 1, ascending: 1;2;3."
            )
            numbers = [1]
        found.append(np.array(numbers, np.int32) - 1)
    return found


def _flat(lists: list[NDArray[np.int32]], codes: Codes) -> tuple[Ints, Codes]:
    """Return the lists that codes name, one after the other, and where each begins."""
    if not len(codes):
        return np.zeros(1, np.int64), np.zeros(0, np.int32)
    sizes = np.array([len(part) for part in lists], np.int64)
    begins = np.concatenate(([0], np.cumsum(sizes)))[:-1]
    starts = np.concatenate(([0], np.cumsum(sizes[codes])))
    within = np.arange(starts[-1]) - np.repeat(starts[:-1], sizes[codes])
    flat = np.concatenate(lists)[np.repeat(begins[codes], sizes[codes]) + within]
    return starts, flat


def _parts(
    through: NDArray[np.bool_], starts: Ints, flat: Codes, first_leg: Ints
) -> tuple[Ints, Ints]:
    """Return where the parts of each charge begin, and the leg of each."""
    sizes = np.diff(starts)
    keep = np.repeat(through, sizes)
    keep[starts[:-1]] = True
    leg = flat + np.repeat(first_leg, sizes)
    count = np.where(through, sizes, 1)
    return np.concatenate(([0], np.cumsum(count))), leg[keep].astype(np.int64)

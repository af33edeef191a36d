"""Performed transports as arrays: what a settlement is worked out from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kervan.tariff.money import Money
from kervan.tariff.settlement.performed import Charge, PerformedLeg, Transport
from kervan.tariff.settlement.proration import COST_SCALE, RULES

EPOCH = date(1970, 1, 1)
NONE = -1
"""In an array of indices or of figures that are never negative: there is none."""

CHARGE_KINDS = ("freight", "surcharge", "rebate", "capacity")
RULE_NAMES = tuple(RULES)

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]


@dataclass(frozen=True)
class TransportTable:
    """Performed transports as arrays.

    Transports are counted from 0 as they stand in the file; the legs of transport ``t`` are
    ``leg_start[t]`` to ``leg_start[t + 1]``, its charges ``charge_start[t]`` to
    ``charge_start[t + 1]``, and the parts of charge ``c`` ``part_start[c]`` to
    ``part_start[c + 1]``: one a leg it covers for a through charge, else one.

    Attributes
    ----------
    label, first_row
        Name of the file and number of its first row, for messages.
    names
        Every member, place, customer and item by number.
    currencies
        ISO 4217 codes by number.
    transport_ids
        Different keys by number.
    transport, revision, performed, posted, customer, previous
        Of each transport: number of its key, its revision, days since 1970-01-01, name of the
        customer, and which transport it corrects (−1: none); shape (transports,).
    total, total_currency
        Minor units invoiced and their currency, −1 where no control is given; shape (transports,).
    leg_carrier, leg_from, leg_to, leg_metres, leg_cost, leg_points, leg_section, leg_currency
        Of each leg; cost weights in millionths, section rates in minor units, −1 for none.
    charge_transport, charge_item, charge_kind, charge_payer, charge_collector, charge_due_to,
    charge_rule, charge_amount, charge_currency
        Of each charge; ``charge_due_to`` −1 for a through charge, ``charge_rule`` −1 for the rule
        of the settlement.
    part_leg
        Leg of each part, counted over all legs; for a charge that is not through the first leg it
        covers, which says nothing of who earns.
    covered_start, covered_leg
        The legs each charge covers, counted within its transport.
    transport_row, leg_row, charge_row
        Row of the file each stands on, counted from 0.
    """

    label: str
    first_row: int
    names: tuple[str, ...]
    currencies: tuple[str, ...]
    transport_ids: tuple[str, ...]
    transport: Codes
    revision: Codes
    performed: Codes
    posted: Codes
    customer: Codes
    previous: Codes
    total: Ints
    total_currency: Codes
    leg_start: Ints
    leg_carrier: Codes
    leg_from: Codes
    leg_to: Codes
    leg_metres: Ints
    leg_cost: Ints
    leg_points: Ints
    leg_section: Ints
    leg_currency: Codes
    charge_start: Ints
    charge_transport: Codes
    charge_item: Codes
    charge_kind: Codes
    charge_payer: Codes
    charge_collector: Codes
    charge_due_to: Codes
    charge_rule: Codes
    charge_amount: Ints
    charge_currency: Codes
    part_start: Ints
    part_leg: Ints
    covered_start: Ints
    covered_leg: Codes
    transport_row: Ints
    leg_row: Ints
    charge_row: Ints

    def __len__(self) -> int:
        return len(self.transport)

    @property
    def is_through(self) -> NDArray[np.bool_]:
        """Whether each charge is divided among the carriers of its legs; shape (charges,)."""
        through: NDArray[np.bool_] = self.charge_due_to == NONE
        return through

    def transports(self) -> Iterator[Transport]:
        """Yield the transports one by one."""
        for t in range(len(self)):
            yield self.one(t)

    def one(self, t: int) -> Transport:
        """Return one transport."""
        total = None
        if self.total_currency[t] != NONE:
            total = Money(int(self.total[t]), self.currencies[self.total_currency[t]])
        return Transport(
            transport_id=self.transport_ids[self.transport[t]],
            revision=int(self.revision[t]),
            performed_on=day_of(self.performed[t]),
            posted_on=day_of(self.posted[t]),
            customer_id=self.names[self.customer[t]],
            legs=tuple(self._leg(k) for k in range(self.leg_start[t], self.leg_start[t + 1])),
            charges=tuple(
                self._charge(k) for k in range(self.charge_start[t], self.charge_start[t + 1])
            ),
            total=total,
        )

    def _leg(self, k: int) -> PerformedLeg:
        cost, points, section = self.leg_cost[k], self.leg_points[k], self.leg_section[k]
        return PerformedLeg(
            self.names[self.leg_carrier[k]],
            self.names[self.leg_from[k]],
            self.names[self.leg_to[k]],
            int(self.leg_metres[k]),
            None if cost == NONE else Decimal(int(cost)) / COST_SCALE,
            None if points == NONE else int(points),
            None if section == NONE else Money(int(section), self.currencies[self.leg_currency[k]]),
        )

    def _charge(self, c: int) -> Charge:
        covered = self.covered_leg[self.covered_start[c] : self.covered_start[c + 1]]
        due_to, rule = self.charge_due_to[c], self.charge_rule[c]
        return Charge(
            self.names[self.charge_item[c]],
            CHARGE_KINDS[self.charge_kind[c]],
            tuple(int(k) for k in covered),
            self.names[self.charge_payer[c]],
            self.names[self.charge_collector[c]],
            None if due_to == NONE else self.names[due_to],
            Money(int(self.charge_amount[c]), self.currencies[self.charge_currency[c]]),
            None if rule == NONE else RULE_NAMES[rule],
        )


def day_of(number: int | np.integer[Any]) -> date:
    """Return a day from how many have passed since 1970-01-01."""
    return EPOCH + timedelta(days=int(number))


def day_number(day: date) -> int:
    """Return how many days have passed since 1970-01-01."""
    return (day - EPOCH).days

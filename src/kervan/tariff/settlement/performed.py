"""A performed transport: what was carried, by whom, and what was charged for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kervan.errors import InvalidRequestError
from kervan.network.legs import Leg
from kervan.tariff.lines import Price, PriceLine
from kervan.tariff.money import Money

_METRES = 1000


@dataclass(frozen=True, slots=True)
class PerformedLeg:
    """One leg as it was run.

    Attributes
    ----------
    carrier_id
        Who carried.
    from_place_id, to_place_id
        Places of loading and discharge.
    distance_m
        Length in whole metres, so that shares are exact.
    cost_weight
        Stated share of the cost, any scale, at most six decimals; None where none is stated.
    points
        Points of the fixed proration table; None where it has none.
    section_rate
        What the carrier would have charged for the leg alone; None where it has no rate.
    """

    carrier_id: str
    from_place_id: str
    to_place_id: str
    distance_m: int
    cost_weight: Decimal | None = None
    points: int | None = None
    section_rate: Money | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """One line of what the customer was charged.

    Attributes
    ----------
    item_id
        Tariff item, surcharge or rebate it rests on.
    kind
        ``freight``, ``surcharge``, ``rebate`` or ``capacity``.
    legs
        Which legs it covers, from 0, ascending.
    payer_id
        Who pays.
    collector_id
        Which member collects.
    due_to_id
        The member it is due to; None for a through charge, which is divided among the carriers of
        its legs.
    amount
        What was charged; negative for a rebate or a discount.
    rule
        Rule of proration agreed for this charge; None for the rule of the settlement.
    """

    item_id: str
    kind: str
    legs: tuple[int, ...]
    payer_id: str
    collector_id: str
    due_to_id: str | None
    amount: Money
    rule: str | None = None

    @property
    def is_through(self) -> bool:
        """Whether it is divided among the carriers of its legs."""
        return self.due_to_id is None


@dataclass(frozen=True, slots=True)
class Transport:
    """A performed transport, or a later statement of the same one.

    Attributes
    ----------
    transport_id
        Its key.
    revision
        0 as first recorded; 1, 2, … where it is corrected: everything is stated anew, and the
        revision before is reversed. A revision without charges takes the transport out.
    performed_on
        Day the last leg was done; its rates of exchange hold.
    posted_on
        Day it is entered in the accounts.
    customer_id
        Whose goods were moved.
    legs, charges
        What was done and what was charged.
    total
        What the customer was invoiced in all, as a control; None where it is not known.
    """

    transport_id: str
    revision: int
    performed_on: date
    posted_on: date
    customer_id: str
    legs: tuple[PerformedLeg, ...]
    charges: tuple[Charge, ...]
    total: Money | None = None


def performed_from_price(
    transport_id: str,
    price: Price,
    legs: Sequence[Leg],
    *,
    performed_on: date,
    customer_id: str,
    collector_id: str,
    cost_weights: Sequence[Decimal] | None = None,
    points: Sequence[int] | None = None,
    section_rates: Sequence[Money] | None = None,
    rule: str | None = None,
) -> Transport:
    """Turn an accepted offer into a performed transport.

    Charges are what the customer was invoiced, in the currency of the price's total. Freight over
    several legs becomes a through charge, and so does what the places left made of it. A surcharge
    is due to whom its row names, else to the carrier of the leg it fell due on. A rebate on a
    through charge is divided as the charge itself, so that the parts are those of what the customer
    paid; any other is borne by the carrier that grants it.

    Parameters
    ----------
    transport_id
        Key of the transport.
    price, legs
        The offer's price and its legs, in the order run.
    performed_on
        Day the last leg was done.
    customer_id, collector_id
        Who pays, and which member invoices the customer.
    cost_weights, points, section_rates
        One a leg, for the rules of proration that ask for them.
    rule
        Rule of proration agreed for the through charges; None for that of the settlement.

    Raises
    ------
    InvalidRequestError
        If the price is incomplete: nothing can be settled that was not priced.
    """
    if price.total is None:
        missing = ", ".join([*(f"leg {k + 1}" for k in price.unpriced_legs), *price.unconverted])
        raise InvalidRequestError(
            f"Transport {transport_id}: its price is incomplete ({missing}), so there is nothing "
            "certain to settle. Price the legs, or add the rates of exchange, first."
        )
    return Transport(
        transport_id=transport_id,
        revision=0,
        performed_on=performed_on,
        posted_on=performed_on,
        customer_id=customer_id,
        legs=tuple(
            PerformedLeg(
                leg.carrier_id,
                leg.from_place_id,
                leg.to_place_id,
                round(leg.distance_km * _METRES),
                cost_weights[k] if cost_weights else None,
                points[k] if points else None,
                section_rates[k] if section_rates else None,
            )
            for k, leg in enumerate(legs)
        ),
        charges=tuple(
            Charge(
                item_id=line.item_id,
                kind=line.kind,
                legs=line.legs,
                payer_id=customer_id,
                collector_id=collector_id,
                due_to_id=_due_to(line, legs),
                amount=line.in_total,
                rule=rule if _due_to(line, legs) is None else None,
            )
            for line in price.lines
            if line.in_total is not None
        ),
        total=price.total,
    )


def _due_to(line: PriceLine, legs: Sequence[Leg]) -> str | None:
    if line.kind in ("freight", "rebate", "capacity") and line.is_through:
        return None
    return line.carrier_id or legs[line.legs[0]].carrier_id

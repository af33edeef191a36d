"""Invoices between members: issued once, settled once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy import select, update

from kervan.cargo.element import Code, Element
from kervan.ledger.database import insert_new
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import invoices, members


class IssueInvoice(Element):
    """Payload of ``invoice.issue``; the invoice's number is the entry's subject.

    Attributes
    ----------
    to_member_id
        Who owes it.
    amount_minor, currency
        How much, in minor units of an ISO 4217 currency.
    due
        By when.
    booking_id
        For which booking, where it is for one.
    """

    to_member_id: Annotated[str, Field(min_length=1, max_length=64)]
    amount_minor: Annotated[int, Field(ge=1, le=10**15)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    due: date
    booking_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class SettleInvoice(Element):
    """Payload of ``invoice.settle``; the invoice's number is the entry's subject.

    Attributes
    ----------
    payment
        What the payment is called, such as a bank's reference.
    """

    payment: Code


def issue(writing: Writing, payload: IssueInvoice) -> Outcome:
    """Put an invoice on the record."""
    known = select(members.c.member_id).where(members.c.member_id == payload.to_member_id)
    if writing.connection.execute(known).first() is None:
        raise Refused("unknown-member", f"There is no member {payload.to_member_id}.")
    is_new = insert_new(
        writing.connection,
        invoices,
        {
            "invoice_id": writing.subject,
            "member_id": writing.member_id,
            "to_member_id": payload.to_member_id,
            "booking_id": payload.booking_id,
            "amount_minor": payload.amount_minor,
            "currency": payload.currency,
            "due": payload.due.isoformat(),
            "status": "issued",
        },
    )
    if not is_new:
        raise Refused("invoice-exists", f"There is an invoice {writing.subject} already.")
    return {"status": "issued"}


def settle(writing: Writing, _: SettleInvoice) -> Outcome:
    """Say that an invoice was paid; only who issued it can."""
    done = writing.connection.execute(
        update(invoices)
        .where(
            invoices.c.invoice_id == writing.subject,
            invoices.c.member_id == writing.member_id,
            invoices.c.status == "issued",
        )
        .values(status="settled")
    )
    if done.rowcount != 1:
        raise Refused(
            "wrong-status", f"{writing.member_id} has no unsettled invoice {writing.subject}."
        )
    return {"status": "settled"}


_TRADERS = frozenset({"operator", "carrier", "port", "forwarder"})

KINDS: Sequence[Kind] = (
    Kind("invoice.issue", IssueInvoice, _TRADERS, issue, "issues an invoice"),
    Kind("invoice.settle", SettleInvoice, _TRADERS, settle, "says that an invoice was paid"),
)
"""Kinds of entry about invoices."""

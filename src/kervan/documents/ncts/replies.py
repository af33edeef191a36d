"""The messages customs send, written as an authority writes them.

Each takes the options of :class:`~kervan.documents.ncts.assembly.Head` besides, with sender and
recipient the other way round, and where it answers a message, ``correlation``: the identification
of that message, the one that is made by rule unless given. Each raises
:class:`~kervan.documents.format.DocumentError`, naming the JSON path, where the consignment lacks
what the message must have or holds what it has no room for.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, Unpack

from kervan.cargo.consignment import Consignment
from kervan.documents.ncts import writing
from kervan.documents.ncts.assembly import Head, about_holder, at_destination, with_declaration

Rejected = Literal["013", "014", "015", "170"]
"""Message that the office of departure rejects, by its number."""

FULL_RELEASE = "1"


def render_mrn_allocated(
    consignment: Consignment,
    *,
    accepted_on: date,
    mrn: str | None = None,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write the allocation of an MRN (CC028C).

    Parameters
    ----------
    accepted_on
        Day of acceptance.
    mrn
        Master reference number; the procedure's unless given.
    """
    return about_holder(
        "CC028C",
        consignment,
        mrn=mrn,
        both=True,
        operation=writing.day("declarationAcceptanceDate", accepted_on),
        answers="CC015C",
        correlation=correlation,
        **head,
    )


def render_release(
    consignment: Consignment,
    *,
    accepted_on: date,
    released_on: date,
    mrn: str | None = None,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write a release for transit (CC029C), with all the data of the declaration.

    Parameters
    ----------
    accepted_on, released_on
        Days.
    mrn
        Master reference number; the procedure's unless given.
    """
    return with_declaration(
        "CC029C",
        consignment,
        mrn=mrn,
        dates=(accepted_on, released_on),
        correlation=correlation,
        **head,
    )


def render_goods_release(
    consignment: Consignment,
    *,
    released_on: date,
    mrn: str | None = None,
    trader: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write the full release of goods at destination (CC025C).

    Parameters
    ----------
    released_on
        Day.
    mrn
        Master reference number; the procedure's unless given.
    trader
        Number of who presented them; the consignee's EORI number unless given.
    """
    operation = writing.day("releaseDate", released_on)
    return at_destination(
        "CC025C",
        consignment,
        mrn=mrn,
        operation=operation + writing.element("releaseIndicator", FULL_RELEASE),
        trader=trader,
        by_customs=True,
        **head,
    )


def render_write_off(
    consignment: Consignment,
    *,
    written_off_on: date,
    mrn: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write the write-off of a transit movement (CC045C).

    Parameters
    ----------
    written_off_on
        Day.
    mrn
        Master reference number; the procedure's unless given.
    """
    day = writing.day("writeOffDate", written_off_on)
    return about_holder("CC045C", consignment, mrn=mrn, operation=day, **head)


def render_amendment_acceptance(
    consignment: Consignment,
    *,
    submitted_at: datetime,
    accepted_at: datetime,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write the acceptance of an amendment (CC004C).

    Parameters
    ----------
    submitted_at, accepted_at
        When the amendment came, and when it was accepted, with offsets.
    """
    operation = writing.element(
        "amendmentSubmissionDateAndTime", writing.moment(submitted_at)
    ) + writing.element("amendmentAcceptanceDateAndTime", writing.moment(accepted_at))
    return about_holder(
        "CC004C",
        consignment,
        operation=operation,
        answers="CC013C",
        correlation=correlation,
        **head,
    )


def render_invalidation_decision(
    consignment: Consignment,
    *,
    invalidated: bool,
    decided_at: datetime,
    initiated_by_customs: bool = False,
    justification: str | None = None,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write the decision on an invalidation (CC009C).

    Parameters
    ----------
    invalidated
        The decision.
    decided_at
        When, with an offset.
    initiated_by_customs
        Whether customs invalidate without a request.
    justification
        Why, in words, at most 512 characters.
    """
    body = (
        f"<Invalidation>{writing.element('decisionDateAndTime', writing.moment(decided_at))}"
        f"{writing.flag('decision', invalidated)}"
        f"{writing.flag('initiatedByCustoms', initiated_by_customs)}"
        f"{writing.element('justification', justification)}</Invalidation>"
    )
    return about_holder(
        "CC009C",
        consignment,
        body=body,
        answers=None if initiated_by_customs else "CC014C",
        correlation=correlation,
        **head,
    )


def render_rejection(
    consignment: Consignment,
    *,
    rejected: Rejected,
    rejected_at: datetime,
    code: str = "12",
    reason: str | None = None,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write a rejection by the office of departure (CC056C).

    Parameters
    ----------
    rejected
        Number of the message rejected: ``015`` the declaration, ``013`` its amendment, ``014`` the
        request for invalidation, ``170`` the presentation.
    rejected_at
        When, with an offset.
    code, reason
        Code of the reason (CL226), and words.
    """
    operation = (
        writing.element("businessRejectionType", rejected)
        + writing.element("rejectionDateAndTime", writing.moment(rejected_at))
        + writing.element("rejectionCode", code)
        + writing.element("rejectionReason", reason)
    )
    return about_holder(
        "CC056C",
        consignment,
        operation=operation,
        answers=f"CC{rejected}C",
        correlation=correlation,
        **head,
    )

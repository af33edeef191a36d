"""The messages a trader sends: declaration, amendment, request for invalidation, arrival.

Each takes the options of :class:`~kervan.documents.ncts.assembly.Head` besides, and raises
:class:`~kervan.documents.format.DocumentError`, naming the JSON path, where the consignment lacks
what the message must have, breaks a condition of it, or holds what the message has no room for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from kervan.cargo.consignment import Consignment
from kervan.cargo.procedures import LocationOfGoods
from kervan.documents.ncts import writing
from kervan.documents.ncts.assembly import (
    Head,
    about_holder,
    at_destination,
    now,
    with_declaration,
)


def render_declaration(consignment: Consignment, **head: Unpack[Head]) -> bytes:
    """Write a transit declaration (CC015C)."""
    return with_declaration("CC015C", consignment, **head)


def render_amendment(
    consignment: Consignment, *, guarantee_only: bool = False, **head: Unpack[Head]
) -> bytes:
    """Write an amendment of a declaration (CC013C): the whole as it is now.

    The declaration is named by its MRN once customs gave one, by its LRN before (C0467).

    Parameters
    ----------
    guarantee_only
        Whether the guarantee alone is amended.
    """
    amends = writing.flag("amendmentTypeFlag", guarantee_only)
    return with_declaration("CC013C", consignment, amends=amends, **head)


def render_invalidation(
    consignment: Consignment,
    *,
    justification: str,
    requested_at: datetime | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write a request to invalidate a declaration (CC014C).

    Parameters
    ----------
    justification
        Why, in words, at most 512 characters.
    requested_at
        When, with an offset; when the message was prepared unless given.
    """
    prepared = head.get("prepared") or now()
    head["prepared"] = prepared
    at = requested_at or prepared
    body = (
        f"<Invalidation>{writing.element('requestDateAndTime', writing.moment(at))}"
        f"{writing.flag('initiatedByCustoms', False)}"
        f"{writing.element('justification', justification)}</Invalidation>"
    )
    return about_holder("CC014C", consignment, body=body, by_customs=False, **head)


def render_arrival(
    consignment: Consignment,
    *,
    location: LocationOfGoods,
    arrived_at: datetime,
    mrn: str | None = None,
    trader: str | None = None,
    simplified: bool = False,
    **head: Unpack[Head],
) -> bytes:
    """Write an arrival notification (CC007C), to the authority of the office of destination.

    Parameters
    ----------
    location
        Where the goods can be seen at destination.
    arrived_at
        When they arrived, with an offset.
    mrn
        Master reference number; the procedure's unless given.
    trader
        Number of who presents them; the consignee's EORI number unless given.
    simplified
        Whether by an authorised consignee.
    """
    operation = writing.element(
        "arrivalNotificationDateAndTime", writing.moment(arrived_at)
    ) + writing.flag("simplifiedProcedure", simplified)
    body = f"<Consignment>{writing.location(location)}</Consignment>"
    return at_destination(
        "CC007C", consignment, mrn=mrn, operation=operation, trader=trader, body=body, **head
    )

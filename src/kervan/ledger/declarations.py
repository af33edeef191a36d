"""What was declared to an authority, and what it decided."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import insert, select

from kervan.cargo.element import Code, Element, Text
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import consignment_versions, customs_decisions, declarations, members

Territory = Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")]


class LodgeDeclaration(Element):
    """Payload of ``declaration.lodge``; the consignment's reference is the entry's subject.

    Attributes
    ----------
    territory
        Whose authority it went to: ``EU``, ``EAEU`` or an ISO 3166-1 alpha-2 code.
    document
        Key of its format, such as ``ncts-cc015c``.
    version
        Which version of the consignment it was made from.
    document_sha256
        Of the document as sent.
    reference
        What the authority calls it, such as an MRN, once known.
    """

    territory: Territory
    document: Code
    version: Annotated[int, Field(ge=1, le=99_999)]
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reference: Code | None = None


class DecideDeclaration(Element):
    """Payload of ``customs.decide``; the consignment's reference is the entry's subject.

    Attributes
    ----------
    territory
        For which the authority decides: its country, or a union it has as a role.
    declarant_id, declaration_id
        Who lodged the declaration, and its ``entry_id``.
    decision
        ``accepted``, ``inspect``, ``released`` or ``refused``.
    lane
        ``green``, ``yellow`` or ``red``, where risk was weighed.
    reasons
        Why, in words.
    """

    territory: Territory
    declarant_id: Annotated[str, Field(min_length=1, max_length=64)]
    declaration_id: Annotated[str, Field(min_length=1, max_length=128)]
    decision: Literal["accepted", "inspect", "released", "refused"]
    lane: Literal["green", "yellow", "red"] | None = None
    reasons: tuple[Text, ...] = ()


def lodge(writing: Writing, payload: LodgeDeclaration) -> Outcome:
    """Put on the record that a declaration went to an authority."""
    version = writing.connection.execute(
        select(consignment_versions.c.version).where(
            consignment_versions.c.consignment_id == writing.subject,
            consignment_versions.c.version == payload.version,
        )
    ).first()
    if version is None:
        raise Refused(
            "unknown-version",
            f"Version {payload.version} of consignment {writing.subject} is not on the record.",
        )
    writing.connection.execute(
        insert(declarations).values(
            member_id=writing.member_id,
            entry_id=writing.statement.entry_id,
            consignment_id=writing.subject,
            territory=payload.territory,
            document=payload.document,
            version=payload.version,
            document_sha256=payload.document_sha256,
            reference=payload.reference,
            recorded_at=writing.now,
        )
    )
    return {"status": "lodged"}


def decide(writing: Writing, payload: DecideDeclaration) -> Outcome:
    """Put the decision of an authority on the record; a later one does not remove it."""
    connection = writing.connection
    lodged = connection.execute(
        select(declarations.c.territory).where(
            declarations.c.member_id == payload.declarant_id,
            declarations.c.entry_id == payload.declaration_id,
            declarations.c.consignment_id == writing.subject,
        )
    ).scalar()
    if lodged is None:
        raise Refused(
            "unknown-declaration",
            f"{payload.declarant_id} lodged no declaration {payload.declaration_id} of "
            f"{writing.subject}.",
        )
    authority = connection.execute(
        select(members.c.country, members.c.roles).where(members.c.member_id == writing.member_id)
    ).one()
    speaks_for = {authority.country, *json.loads(authority.roles)}
    if payload.territory not in speaks_for or payload.territory != lodged:
        raise Refused(
            "not-permitted",
            f"{writing.member_id} does not decide for {payload.territory} on a declaration that "
            f"went to {lodged}.",
        )
    connection.execute(
        insert(customs_decisions).values(
            member_id=writing.member_id,
            entry_id=writing.statement.entry_id,
            consignment_id=writing.subject,
            territory=payload.territory,
            declarant_id=payload.declarant_id,
            declaration_id=payload.declaration_id,
            decision=payload.decision,
            lane=payload.lane,
            recorded_at=writing.now,
        )
    )
    return {"status": "decided"}


KINDS: Sequence[Kind] = (
    Kind(
        "declaration.lodge",
        LodgeDeclaration,
        frozenset({"operator", "carrier", "forwarder"}),
        lodge,
        "says that a declaration went to an authority",
    ),
    Kind(
        "customs.decide",
        DecideDeclaration,
        frozenset({"customs"}),
        decide,
        "says what an authority decided",
    ),
)
"""Kinds of entry about declarations."""

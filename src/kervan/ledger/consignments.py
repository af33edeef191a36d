"""Consignments on the record: every version stays, the latest is what is so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import insert, select, update

from kervan.cargo.consignment import Consignment
from kervan.cargo.element import Element
from kervan.ledger.database import insert_new
from kervan.ledger.entry import canonical
from kervan.ledger.reduction import Kind, Outcome, Refused, Writing
from kervan.ledger.tables import consignment_versions, consignments


class ConsignmentVersion(Element):
    """Payload of ``consignment.version``; the consignment's reference is the entry's subject.

    Attributes
    ----------
    consignment
        The whole of it; its ``version`` is one more than the one before, or 1.
    """

    consignment: Consignment


def put_version(writing: Writing, payload: ConsignmentVersion) -> Outcome:
    """Put the next version of a consignment on the record."""
    connection, cargo = writing.connection, payload.consignment
    if cargo.reference != writing.subject:
        raise Refused(
            "wrong-subject",
            f"The consignment is {cargo.reference} and the entry is about {writing.subject}; "
            "they must be the same.",
        )
    before = select(consignments).where(consignments.c.consignment_id == cargo.reference)
    if cargo.version == 1:
        is_next = insert_new(
            connection,
            consignments,
            {
                "consignment_id": cargo.reference,
                "member_id": writing.member_id,
                "latest_version": 1,
            },
        )
    else:
        done = connection.execute(
            update(consignments)
            .where(
                consignments.c.consignment_id == cargo.reference,
                consignments.c.latest_version == cargo.version - 1,
                consignments.c.member_id == writing.member_id,
            )
            .values(latest_version=cargo.version)
        )
        is_next = done.rowcount == 1
    if not is_next:
        there = connection.execute(before).mappings().first()
        if there is None:
            raise Refused(
                "not-the-next-version",
                f"Consignment {cargo.reference} is not on the record; it begins with version 1.",
                latest_version=0,
            )
        if there["member_id"] != writing.member_id:
            raise Refused(
                "not-permitted",
                f"Consignment {cargo.reference} is {there['member_id']}'s, who alone amends it.",
            )
        raise Refused(
            "not-the-next-version",
            f"The latest version of {cargo.reference} is {there['latest_version']}; the next one "
            f"is expected, not {cargo.version}.",
            latest_version=there["latest_version"],
        )
    sha256 = hashlib.sha256(canonical(writing.statement.payload["consignment"])).hexdigest()
    connection.execute(
        insert(consignment_versions).values(
            consignment_id=cargo.reference,
            version=cargo.version,
            member_id=writing.member_id,
            entry_id=writing.statement.entry_id,
            sha256=sha256,
            recorded_at=writing.now,
        )
    )
    return {"status": "recorded", "version": cargo.version, "sha256": sha256}


KINDS: Sequence[Kind] = (
    Kind(
        "consignment.version",
        ConsignmentVersion,
        frozenset({"operator", "carrier", "forwarder"}),
        put_version,
        "puts the next version of a consignment on the record",
    ),
)
"""Kinds of entry about consignments."""

"""Consignments, declarations, decisions, load plans and invoices on the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from kervan.cargo import example_consignment
from kervan.cargo.reading import write_consignment
from kervan.errors import InvalidEntryError
from kervan.ledger import reading, rebuild
from kervan.ledger.tables import consignments, customs_decisions, invoices, load_plans
from tests.ledger.desk import Desk

CARGO: dict[str, Any] = json.loads(write_consignment(example_consignment()))
REFERENCE = CARGO["reference"]


def put(desk: Desk, member: str, version: int) -> dict[str, Any]:
    said = {"consignment": {**CARGO, "version": version}}
    return dict(desk.say(member, "consignment.version", REFERENCE, said).outcome)


def lodge(desk: Desk, territory: str, version: int = 1, **named: Any) -> dict[str, Any]:
    said = {
        "territory": territory,
        "document": "ncts-cc015c",
        "version": version,
        "document_sha256": "0" * 64,
    }
    receipt = desk.say("fwd-a", "declaration.lodge", REFERENCE, said, **named)
    return dict(receipt.outcome)


def decide(desk: Desk, member: str, territory: str, declaration: str) -> dict[str, Any]:
    said = {
        "territory": territory,
        "declarant_id": "fwd-a",
        "declaration_id": declaration,
        "decision": "released",
        "lane": "green",
    }
    return dict(desk.say(member, "customs.decide", REFERENCE, said).outcome)


def test_versions_of_a_consignment_follow_each_other(desk: Desk) -> None:
    assert put(desk, "fwd-a", 2)["reason"] == "not-the-next-version"
    assert put(desk, "fwd-a", 1)["version"] == 1
    assert put(desk, "fwd-a", 1)["reason"] == "not-the-next-version"
    assert put(desk, "fwd-a", 2)["version"] == 2
    assert put(desk, "fwd-b", 3)["reason"] == "not-permitted"
    other = desk.say("fwd-a", "consignment.version", "other", {"consignment": CARGO})
    assert other.outcome["reason"] == "wrong-subject"
    with reading(desk.engine) as connection:
        assert connection.execute(select(consignments.c.latest_version)).scalars().all() == [2]
    assert rebuild(desk.engine).changed == ()


def test_an_authority_decides_for_its_own_territory_only(desk: Desk) -> None:
    desk.add_member("customs-kz", "customs", "KZ")
    assert lodge(desk, "GE")["reason"] == "unknown-version"
    put(desk, "fwd-a", 1)
    assert lodge(desk, "GE", entry_id="d-ge") == {"status": "lodged"}
    assert lodge(desk, "KZ", entry_id="d-kz") == {"status": "lodged"}
    assert decide(desk, "customs", "GE", "d-ge") == {"status": "decided"}
    assert decide(desk, "customs", "KZ", "d-kz")["reason"] == "not-permitted"
    assert decide(desk, "customs", "GE", "d-kz")["reason"] == "not-permitted"
    assert decide(desk, "customs-kz", "GE", "d-ge")["reason"] == "not-permitted"
    assert decide(desk, "customs", "GE", "none")["reason"] == "unknown-declaration"
    with pytest.raises(InvalidEntryError, match="may not write"):
        decide(desk, "fwd-a", "GE", "d-ge")
    with reading(desk.engine) as connection:
        rows = connection.execute(select(customs_decisions.c.member_id)).scalars().all()
    assert rows == ["customs"]
    assert rebuild(desk.engine).changed == ()


def test_load_plans_follow_each_other_and_put_nothing_twice(desk: Desk) -> None:
    desk.departs("train", "A B", carrier="rail")
    slots = [{"equipment": "MSKU1234565", "position": "1-1", "booking_id": "B1"}]

    def plan(member: str, version: int, slots: list[dict[str, str]]) -> dict[str, Any]:
        said = {"version": version, "slots": slots}
        return dict(desk.say(member, "loadplan.put", "train", said).outcome)

    assert plan("rail", 2, slots)["reason"] == "not-the-next-version"
    assert plan("rail", 1, slots) == {"status": "recorded", "version": 1}
    assert plan("ferry", 2, slots)["reason"] == "not-permitted"
    assert plan("port", 2, [])["status"] == "recorded"
    with pytest.raises(InvalidEntryError, match="two slots have the same equipment"):
        plan("rail", 3, [*slots, {**slots[0], "position": "1-2"}])
    with reading(desk.engine) as connection:
        row = connection.execute(select(load_plans)).one()
    assert (row.version, row.slots, row.member_id) == (2, 0, "port")
    assert rebuild(desk.engine).changed == ()


def test_an_invoice_is_issued_once_and_settled_once_by_its_issuer(desk: Desk) -> None:
    said = {
        "to_member_id": "fwd-a",
        "amount_minor": 420_000,
        "currency": "USD",
        "due": "2027-01-31",
    }
    assert desk.say("rail", "invoice.issue", "I-1", said).outcome == {"status": "issued"}
    assert desk.say("rail", "invoice.issue", "I-1", said).outcome["reason"] == "invoice-exists"
    nobody = {**said, "to_member_id": "nobody"}
    assert desk.say("rail", "invoice.issue", "I-2", nobody).outcome["reason"] == "unknown-member"
    paid = {"payment": "transfer 7"}
    assert desk.say("fwd-a", "invoice.settle", "I-1", paid).is_refused
    assert desk.say("rail", "invoice.settle", "I-1", paid).outcome == {"status": "settled"}
    assert desk.say("rail", "invoice.settle", "I-1", paid).is_refused
    with reading(desk.engine) as connection:
        assert connection.execute(select(invoices.c.status)).scalars().all() == ["settled"]
    assert rebuild(desk.engine).changed == ()

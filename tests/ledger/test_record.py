"""Entries are written once, by whom they say, and stay."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from kervan.errors import ConflictingEntryError, InvalidEntryError, LedgerError
from kervan.ledger import SignedStatement, new_key, reading, sign, write
from kervan.ledger.tables import RECORD, entries, member_keys, transport_events
from tests.ledger.desk import Desk

ARRIVED = {"event_type": "ARRI", "classifier": "ACT", "occurred_at": "2026-12-01T11:00:00+05:00"}


def count(desk: Desk, table: object = entries) -> int:
    with reading(desk.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_an_entry_and_what_follows_from_it_are_written_together(desk: Desk) -> None:
    receipt = desk.say("port", "event.report", "C1", ARRIVED)
    assert receipt.outcome == {"status": "recorded"}
    assert not receipt.is_repeat
    with reading(desk.engine) as connection:
        event = connection.execute(select(transport_events)).mappings().one()
    assert (event["subject"], event["member_id"]) == ("C1", "port")
    assert event["occurred_at"].isoformat() == "2026-12-01T06:00:00+00:00"


def test_a_retry_changes_nothing_and_gives_the_first_answer(desk: Desk) -> None:
    first = desk.say("port", "event.report", "C1", ARRIVED, entry_id="once")
    before = count(desk)
    desk.wait(hours=1)  # the retry is signed anew, at another moment
    again = desk.say("port", "event.report", "C1", ARRIVED, entry_id="once")
    assert again.is_repeat
    assert (again.position, again.recorded_at, again.outcome) == (
        first.position,
        first.recorded_at,
        first.outcome,
    )
    assert count(desk) == before
    assert count(desk, transport_events) == 1


def test_a_refusal_is_repeated_even_when_it_would_go_well_now(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    key = new_key().public.x
    asked = {"retire": desk.keys["port"].key_id}
    refused = desk.say("port", "member.key", "port", asked, entry_id="retire")
    assert refused.outcome["reason"] == "last-key"
    desk.say("port", "member.key", "port", {"key": key})
    again = desk.say("port", "member.key", "port", asked, entry_id="retire")
    assert again.is_repeat
    assert again.outcome == refused.outcome


def test_an_identifier_cannot_be_used_for_something_else(desk: Desk) -> None:
    desk.say("port", "event.report", "C1", ARRIVED, entry_id="once")
    with pytest.raises(ConflictingEntryError, match="says something else"):
        desk.say("port", "event.report", "C2", ARRIVED, entry_id="once")
    # Another member's identifiers are its own.
    assert not desk.say("rail", "event.report", "C2", ARRIVED, entry_id="once").is_repeat


def test_of_many_retries_at_once_one_is_written(desk: Desk) -> None:
    signed = desk.signed("port", "event.report", "C1", ARRIVED, entry_id="once")
    receipts = []
    threads = [
        threading.Thread(target=lambda: receipts.append(write(desk.engine, signed, desk.now)))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({receipt.position for receipt in receipts}) == 1
    assert sorted(receipt.is_repeat for receipt in receipts) == [False] + [True] * 5


def test_nobody_speaks_for_another(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    statement = desk.statement("port", "event.report", "C1", ARRIVED)
    before = count(desk)
    with pytest.raises(InvalidEntryError, match="a key that port does not have"):
        write(desk.engine, sign(statement, desk.keys["rail"]), desk.now)
    signed = sign(statement, desk.keys["port"])
    forged = replace(signed, statement=replace(statement, subject="C2"))
    with pytest.raises(InvalidEntryError, match="does not fit what it says"):
        write(desk.engine, forged, desk.now)
    desk.add_member("audit", "auditor", "GE")
    with pytest.raises(InvalidEntryError, match="may not write event"):
        desk.say("audit", "event.report", "C1", ARRIVED)
    assert count(desk) == before + 1


@pytest.mark.parametrize(
    ("kind", "payload", "message"),
    [
        ("no.kind", {}, "no kind of entry 'no.kind'"),
        ("event.report", {}, "event_type: Field required"),
        ("event.report", {**ARRIVED, "colour": "red"}, "colour: Extra inputs"),
        ("event.report", {**ARRIVED, "detail": {"a": 2**60}}, "no canonical form"),
        ("event.report", {**ARRIVED, "occurred_at": "2026-12-01T11:00:00"}, "occurred_at"),
    ],
)
def test_a_malformed_entry_says_what_is_wrong(
    sqlite_desk: Desk, kind: str, payload: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidEntryError) as told:
        write(
            sqlite_desk.engine,
            SignedStatement(sqlite_desk.statement("port", kind, "C1", payload), "unsigned"),
            sqlite_desk.now,
        )
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("kind", "subject", "payload"),
    [
        ("event.report", "C1", {**ARRIVED, "place_id": "a\x00b"}),
        ("event.report", "C1", {**ARRIVED, "detail": {"seal": "\ud800"}}),
        ("event.report", "C1", {**ARRIVED, "place_id": "x" * 65}),
        ("event.report", "C1", {**ARRIVED, "occurred_at": "0001-01-01T00:00:00+05:00"}),
        ("event.report", "C1", {**ARRIVED, "occurred_at": "9999-12-31T23:59:59-05:00"}),
        ("event.report", "C" * 201, ARRIVED),
        ("event.report", "C\n1", ARRIVED),
        ("event.report", "", ARRIVED),
        ("member.add", "m" * 65, {"name": "m", "kind": "port", "country": "KZ", "key": "A" * 43}),
        ("member.add", "m", {"name": "m", "kind": "port", "country": "KZ", "key": "-" * 43}),
    ],
)
def test_what_one_database_would_not_take_neither_takes(
    desk: Desk, kind: str, subject: str, payload: dict[str, object]
) -> None:
    before = count(desk)
    with pytest.raises(InvalidEntryError):
        desk.say("operator", kind, subject, payload)
    assert count(desk) == before


def test_an_entry_from_the_future_is_not_taken(sqlite_desk: Desk) -> None:
    signed = sqlite_desk.signed("port", "event.report", "C1", ARRIVED)
    with pytest.raises(InvalidEntryError, match="set the clock"):
        write(sqlite_desk.engine, signed, sqlite_desk.now - timedelta(hours=1))


def test_a_retired_key_is_good_for_a_minute_more(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    old, new = desk.keys["port"], new_key()
    changed = desk.say("port", "member.key", "port", {"key": new.public.x, "retire": old.key_id})
    assert changed.outcome["retired_key_id"] == old.key_id
    desk.wait(seconds=59)
    desk.say("port", "event.report", "C1", ARRIVED)
    desk.wait(seconds=1)
    with pytest.raises(InvalidEntryError, match="has retired"):
        desk.say("port", "event.report", "C1", ARRIVED)
    desk.keys["port"] = new
    desk.say("port", "event.report", "C1", ARRIVED)
    desk.sequence()
    assert desk.verify().faults == ()


def test_only_the_operator_changes_the_keys_of_others(sqlite_desk: Desk) -> None:
    key = {"key": new_key().public.x}
    refused = sqlite_desk.say("rail", "member.key", "port", key)
    assert refused.outcome["reason"] == "not-permitted"
    assert sqlite_desk.say("operator", "member.key", "port", key).outcome["status"] == "changed"


def test_a_key_belongs_to_one_member(sqlite_desk: Desk) -> None:
    taken = {"key": sqlite_desk.keys["rail"].public.x}
    assert sqlite_desk.say("port", "member.key", "port", taken).outcome["reason"] == "key-exists"


def test_a_record_begins_with_its_operator(engine: object) -> None:
    desk = Desk(engine)  # type: ignore[arg-type]
    desk.keys["port"] = new_key()
    with pytest.raises(InvalidEntryError, match="begins with the entry"):
        desk.say("port", "event.report", "C1", ARRIVED)
    desk.add_member("operator", "operator", "KZ")
    desk.keys["other"] = new_key()
    said = {
        "name": "other",
        "kind": "operator",
        "country": "KZ",
        "key": desk.keys["other"].public.x,
    }
    with pytest.raises(InvalidEntryError, match="does not have"):
        desk.say("other", "member.add", "other", said)


def test_a_write_that_fails_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LedgerError("the power went")

    before = count(desk)
    monkeypatch.setattr("kervan.ledger.record._insert", fail)
    with pytest.raises(LedgerError, match="the power went"):
        desk.say("port", "event.report", "C1", ARRIVED)
    assert (count(desk), count(desk, transport_events)) == (before, 0)


@pytest.mark.parametrize("table", RECORD, ids=lambda table: table.name)
def test_the_database_refuses_to_change_or_remove_what_is_recorded(
    desk: Desk, table: object
) -> None:
    desk.sequence()
    key = next(iter(table.primary_key.columns))  # type: ignore[attr-defined]
    for change in (update(table).values({key: key}), delete(table)):  # type: ignore[arg-type]
        with pytest.raises(DBAPIError, match="only ever added to"), desk.engine.begin() as begun:
            begun.execute(change)
    if desk.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="only ever added to"), desk.engine.begin() as begun:
            begun.execute(text(f"TRUNCATE {table.name} CASCADE"))  # type: ignore[attr-defined]
    else:
        with reading(desk.engine) as connection:
            row = connection.execute(select(table)).mappings().first()  # type: ignore[call-overload]
        replaced = insert(table).prefix_with("OR REPLACE").values(dict(row))  # type: ignore[arg-type]
        with pytest.raises(DBAPIError, match="only ever added to"), desk.engine.begin() as begun:
            begun.execute(replaced)


def test_keys_are_told_apart_by_their_thumbprints(sqlite_desk: Desk) -> None:
    with reading(sqlite_desk.engine) as connection:
        stored = set(connection.execute(select(member_keys.c.key_id)).scalars())
    assert stored == {key.key_id for key in sqlite_desk.keys.values()}

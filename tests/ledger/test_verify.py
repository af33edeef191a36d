"""What was changed, removed or forged is found, whoever did it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from kervan.ledger import TreeHead, new_key, reading, sign
from kervan.ledger.entry import canonical, entry_of, leaf_bytes
from kervan.ledger.merkle import holds_consistency, holds_inclusion, leaf_hash
from kervan.ledger.sequencer import consistency_proof, head_bytes, heads, inclusion_proof
from kervan.ledger.tables import entries
from tests.ledger.desk import Desk
from tests.ledger.test_merkle import mth

ARRIVED = {"event_type": "ARRI", "classifier": "ACT", "occurred_at": "2026-12-01T11:00:00+05:00"}


def filled(desk: Desk, count: int = 10) -> Desk:
    for number in range(count):
        desk.wait(minutes=1)
        desk.say("port", "event.report", f"C{number}", ARRIVED)
        if number % 4 == 0:
            desk.sequence()
    desk.sequence()
    return desk


def unprotected(engine: Engine, statements: Iterable[str]) -> None:
    """Meddle as whoever owns the database can: without triggers and foreign keys."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        names = driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            driver.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            driver.execute(statement)
        driver.execute("PRAGMA foreign_keys = ON")


def test_a_sound_record_verifies(desk: Desk) -> None:
    found = filled(desk).verify()
    assert found.faults == ()
    assert (found.entries, found.pending) == (18, 0)
    assert found.operator_key_id == desk.keys["operator"].key_id
    assert found.head is not None
    assert found.head.size == 18


def test_pending_entries_are_counted_and_verified(desk: Desk) -> None:
    filled(desk)
    desk.wait(minutes=1)
    since = desk.now
    desk.say("port", "event.report", "C1", ARRIVED)
    found = desk.verify()
    assert (found.ok, found.pending, found.pending_since) == (True, 1, since)


def test_batches_of_any_size_make_the_same_log(desk: Desk) -> None:
    for number in range(7):
        desk.say("port", "event.report", f"C{number}", ARRIVED)
    head = desk.sequence(batch=4)
    assert head is not None
    assert head.size == 15
    with reading(desk.engine) as connection:
        assert [h.size for h in heads(connection)] == [4, 8, 12, 15]
        rows = connection.execute(text("SELECT * FROM entries ORDER BY position")).mappings()
        typed = connection.execute(entries.select().order_by("position")).mappings()
        assert len(rows.all()) == 15
        leaves = [leaf_bytes(entry_of(row)) for row in typed]
    assert head.root == mth(leaves)  # the reference of the standard
    assert desk.verify().ok


def test_an_entry_is_proved_to_be_in_the_record_and_heads_to_agree(desk: Desk) -> None:
    filled(desk)
    with reading(desk.engine) as connection:
        first, *_, last = heads(connection)
        row = connection.execute(entries.select().where(entries.c.subject == "C7")).mappings().one()
        entry = entry_of(row)
        index, proof = inclusion_proof(connection, "port", row["entry_id"], last)
        consistency = consistency_proof(connection, first, last)
    assert holds_inclusion(leaf_hash(leaf_bytes(entry)), index, last.size, proof, last.root)
    changed = replace(entry, outcome={"status": "refused"})
    assert not holds_inclusion(leaf_hash(leaf_bytes(changed)), index, last.size, proof, last.root)
    assert holds_consistency(first.size, last.size, first.root, last.root, consistency)


MEDDLING = {
    "UPDATE entries SET payload = replace(payload, '11:00', '10:00') WHERE subject = 'C3'": (
        "does not fit its signature"
    ),
    "UPDATE entries SET outcome = '{\"status\":\"refused\"}' WHERE subject = 'C3'": (
        "does not fit the chain"
    ),
    "UPDATE entries SET recorded_at = '2026-12-01 12:00:01.000000' WHERE subject = 'C3'": (
        "does not fit the chain"
    ),
    "UPDATE entries SET member_id = 'rail' WHERE subject = 'C3'": (
        "is signed with a key that is not rail's"
    ),
    "UPDATE entries SET sha256 = '' WHERE subject = 'C3'": "does not fit its digest",
    "UPDATE log SET chain = zeroblob(32) WHERE seq = 5": "does not fit the chain",
    "DELETE FROM log WHERE seq = 5": "number 5 was expected",
    "DELETE FROM log WHERE seq = 17": "entries were removed",
    "DELETE FROM entries WHERE subject = 'C3'": "has no entry",
    "DELETE FROM tree_nodes WHERE level = 2 AND number = 1": "of level 2 of the tree was changed",
    "UPDATE tree_heads SET root = zeroblob(32) WHERE size = 13": "is not theirs",
    "UPDATE tree_heads SET at = '2026-12-02 12:00:00.000000' WHERE size = 13": (
        "is not signed by the operator"
    ),
}


@pytest.mark.parametrize(("meddling", "fault"), MEDDLING.items(), ids=MEDDLING)
def test_meddling_is_found(sqlite_desk: Desk, meddling: str, fault: str) -> None:
    filled(sqlite_desk)
    unprotected(sqlite_desk.engine, [meddling])
    faults = sqlite_desk.verify().faults
    assert any(fault in said for said in faults), faults


def test_an_entry_taken_off_the_log_is_missed_though_its_trace_is_gone(sqlite_desk: Desk) -> None:
    """The last entry, its place on the log and every head over it: only a kept head tells."""
    kept = filled(sqlite_desk).sequence()
    assert kept is not None
    unprotected(
        sqlite_desk.engine,
        [
            "DELETE FROM tree_heads WHERE size > 17",
            "DELETE FROM log WHERE seq >= 17",
            "DELETE FROM tree_nodes WHERE number = 8 AND level = 1",
            "DELETE FROM entries WHERE subject = 'C9'",
        ],
    )
    assert sqlite_desk.verify().ok
    assert "entries were removed" in sqlite_desk.verify(kept=kept).faults[0]


def test_a_history_written_anew_by_the_operator_is_told_by_a_kept_head(sqlite_desk: Desk) -> None:
    desk = filled(sqlite_desk)
    found = desk.verify()
    assert found.head is not None
    other_root = hashlib.sha256(b"another history").digest()
    content = head_bytes(17, other_root, desk.now)
    kept = TreeHead(17, other_root, desk.now, desk.keys["operator"].sign(content))
    assert any("written anew" in fault for fault in desk.verify(kept=kept).faults)
    assert desk.verify(kept=found.head).ok


def test_a_record_of_another_operator_is_told(sqlite_desk: Desk) -> None:
    filled(sqlite_desk)
    assert sqlite_desk.verify(operator_key_id=sqlite_desk.keys["operator"].key_id).ok
    other = sqlite_desk.verify(operator_key_id=new_key().key_id)
    assert "another record" in other.faults[0]


def test_a_key_smuggled_into_the_table_of_keys_signs_nothing(sqlite_desk: Desk) -> None:
    desk = filled(sqlite_desk)
    thief = new_key()
    unprotected(
        desk.engine,
        [
            "INSERT INTO member_keys (key_id, member_id, x, valid_from) VALUES "
            f"('{thief.key_id}', 'port', '{thief.public.x}', '2026-01-01 00:00:00.000000')"
        ],
    )
    desk.keys["port"] = thief
    desk.say("port", "event.report", "C1", ARRIVED)  # the table is believed when writing ...
    assert any("a key that is not port's" in said for said in desk.verify().faults)  # not here


def test_what_is_signed_has_one_form_only() -> None:
    one = {"b": 1, "a": [1.0, "é"]}
    other = json.loads('{"a":[1,"\\u00e9"],"b":1}')
    assert canonical(one) == canonical(other) == '{"a":[1,"é"],"b":1}'.encode()


def test_a_signature_by_another_algorithm_is_none(sqlite_desk: Desk) -> None:
    from kervan.ledger.keys import is_signed

    key = sqlite_desk.keys["port"]
    signed = sign(sqlite_desk.statement("port", "event.report", "C1", ARRIVED), key)
    head, _, tail = signed.signature.split(".")
    assert is_signed(f"{head}..{tail}", b"", key.public) is False
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    assert is_signed(f"{none}..", b"", key.public) is False
    assert is_signed(f"{none}..{tail}", b"", key.public) is False

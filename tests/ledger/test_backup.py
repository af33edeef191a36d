"""A backup is the record; whatever is restored from it is proved to be the same."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from kervan.errors import LedgerError
from kervan.ledger import backup, connect, reading, restore
from kervan.ledger.rebuild import digests
from tests.ledger.conftest import Desks
from tests.ledger.desk import Desk


def busy(desk: Desk) -> Desk:
    desk.departs("train", "A B C", space=4)
    desk.offers("o", ("train", 0, 2), teu=2)
    desk.say("rail", "allotment.grant", "train", {"member_id": "fwd-b", "teu": 1})
    for number in range(3):
        desk.accept("fwd-a", f"B{number}", "o", waitlist=True)
    desk.say("fwd-a", "booking.cancel", "B0")
    desk.sequence(batch=5)
    desk.accept("fwd-b", "pending", "o")
    return desk


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("sqlite", "sqlite"),
        pytest.param("sqlite", "postgresql", marks=pytest.mark.postgresql),
        pytest.param("postgresql", "sqlite", marks=pytest.mark.postgresql),
    ],
)
def test_what_is_restored_is_what_was_backed_up(
    source: str, target: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    desks: Desks = request.getfixturevalue(f"{source}_desks")
    desk = busy(desks())
    kept = desk.verify()
    counts = backup(desk.engine, tmp_path / "record.gz")
    assert (counts.entries, counts.on_log) == (kept.entries + 1, kept.entries)
    address = (
        request.getfixturevalue("postgresql_address")
        if target == "postgresql"
        else tmp_path / "restored.db"
    )
    restored = connect(address)
    found = restore(restored, tmp_path / "record.gz")
    assert found == kept
    with reading(desk.engine) as before, reading(restored) as after:
        assert digests(before) == digests(after)
    # The record goes on where it was.
    other = replace(desk, engine=restored)
    other.say("fwd-a", "booking.confirm", "B1")
    other.sequence()
    assert other.verify(kept=kept.head).faults == ()
    desk.engine.dispose()
    restored.dispose()


def test_a_backup_that_was_cut_short_or_changed_is_refused(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    busy(sqlite_desk)
    whole = tmp_path / "record.gz"
    backup(sqlite_desk.engine, whole)
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    broken = {
        "cut short": gzip.compress(b"".join(lines[:-1])),
        "was cut short or changed": gzip.compress(b"".join([*lines[:3], *lines[4:]])),
        "damaged": whole.read_bytes()[:-20],
        "is no backup": gzip.compress(b"{}\n"),
    }
    for number, (said, content) in enumerate(broken.items()):
        path = tmp_path / f"broken{number}.gz"
        path.write_bytes(content)
        target = connect(tmp_path / f"target{number}.db")
        with pytest.raises(LedgerError, match=said):
            restore(target, path)
        target.dispose()


def test_a_restored_record_must_verify(sqlite_desk: Desk, tmp_path: Path) -> None:
    """Somebody who changes a backup and its digest too is found by the signatures."""
    import hashlib
    import json

    busy(sqlite_desk)
    path = tmp_path / "record.gz"
    backup(sqlite_desk.engine, path)
    *lines, end = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    content = b"".join(lines).replace(b'\\"space_teu\\":4', b'\\"space_teu\\":9')
    assert content != b"".join(lines)
    told = json.loads(end)
    told["end"]["sha256"] = hashlib.sha256(content).hexdigest()
    path.write_bytes(gzip.compress(content + json.dumps(told).encode()))
    target = connect(tmp_path / "target.db")
    with pytest.raises(LedgerError, match=r"does not verify.*does not fit its signature"):
        restore(target, path)
    target.dispose()


def test_nothing_is_overwritten(sqlite_desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "record.gz"
    backup(sqlite_desk.engine, path)
    with pytest.raises(LedgerError, match="is there already"):
        backup(sqlite_desk.engine, path)
    with pytest.raises(LedgerError, match="holds a record already"):
        restore(sqlite_desk.engine, path)

"""A record begun, written to, verified and restored at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kervan.cargo import example_consignment
from kervan.cargo.reading import write_consignment
from kervan.ledger import connect

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)


def departure(name: str, places: list[str], start: datetime, space: int) -> dict[str, Any]:
    calls: list[dict[str, Any]] = [
        {
            "place_id": place,
            "arrives": (start + timedelta(days=n)).isoformat() if n else None,
            "departs": (start + timedelta(days=n)).isoformat() if n < len(places) - 1 else None,
        }
        for n, place in enumerate(places)
    ]
    payload = {"service_id": "s", "calls": calls, "space_teu": space}
    return {"kind": "departure.publish", "subject": name, "payload": payload, "entry_id": name}


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, as_json: AsJson) -> Path:
    """Begin a record in an empty folder, with a railway, a forwarder, departures and an offer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERVAN_DATABASE_URL", raising=False)
    monkeypatch.delenv("KERVAN_KEY", raising=False)
    begun = ("--name", "Example Corridor LLC", "--country", "KZ", "--key", "operator.pem")
    status, told = as_json("ledger", "init", *begun)
    assert (status, told["database"]) == (0, "kervan.db")
    for member, kind in (("rail", "carrier"), ("fwd", "forwarder")):
        _, key = as_json("member", "key", f"{member}.pem")
        add = ("--name", member, "--kind", kind, "--country", "KZ", "--role", "pilot")
        public = ("--public-key", key["public_key"], "--key", "operator.pem")
        status, _ = as_json("member", "add", member, *add, *public)
        assert status == 0
    legs = [
        {"departure_id": "train", "from_call": 0, "to_call": 1},
        {"departure_id": "ship", "from_call": 0, "to_call": 1},
    ]
    offer = {
        "legs": legs,
        "teu": 2,
        "price_minor": 420_000,
        "currency": "USD",
        "valid_until": (SOON - timedelta(days=1)).isoformat(),
    }
    entries = [
        departure("train", ["CNXIY", "KZAAU"], SOON, 4),
        departure("ship", ["KZAAU", "AZ-ALAT"], SOON + timedelta(days=2), 2),
        {"kind": "offer.make", "subject": "O-1", "payload": offer},
    ]
    Path("entries.json").write_text(json.dumps(entries), "utf-8")
    status, told = as_json("ledger", "write", "entries.json", "--key", "rail.pem")
    assert (status, [e["outcome"]["status"] for e in told["entries"]]) == (
        0,
        ["published", "published", "offered"],
    )
    return tmp_path


def test_a_booking_is_made_and_made_once(record: Path, run: Run, as_json: AsJson) -> None:
    accept = ("book", "accept", "O-1", "B-1", "--key", "fwd.pem")
    status, told = as_json(*accept)
    assert (status, told["entries"][0]["outcome"]["status"]) == (0, "held")
    status, again = as_json(*accept)
    assert (status, again["entries"][0]["is_repeat"]) == (0, True)
    assert again["entries"][0]["outcome"] == told["entries"][0]["outcome"]
    full = run("book", "accept", "O-1", "B-2", "--key", "fwd.pem")
    assert full.exit_code == 1
    assert "refused, no-space. There is no room on section 0 of ship." in full.stdout
    waits = run("book", "accept", "O-1", "B-3", "--key", "fwd.pem", "--waitlist")
    assert (waits.exit_code, waits.stdout) == (0, "booking.accept B-3: waiting.\n")
    confirmed = run("book", "confirm", "B-1", "--key", "fwd.pem")
    assert confirmed.stdout == "booking.confirm B-1: confirmed.\n"
    given = run("book", "cancel", "B-1", "--key", "fwd.pem")
    assert given.stdout == "booking.cancel B-1: cancelled given to B-3.\n"
    assert "refused, no-next" in run("book", "roll", "B-3", "train", "--key", "rail.pem").stdout
    assert run("book", "expire", "--key", "operator.pem").exit_code == 0
    assert run("book", "expire", "--key", "rail.pem").exit_code == 2
    assert as_json("ledger", "rebuild", "--check")[0] == 0


def test_what_happened_is_tracked(record: Path, run: Run, as_json: AsJson) -> None:
    run("book", "accept", "O-1", "B-1", "--key", "fwd.pem")
    event = {"event_type": "GTIN", "classifier": "ACT", "occurred_at": SOON.isoformat()}
    cargo = json.loads(write_consignment(example_consignment()))
    entries = [
        {"kind": "event.report", "subject": "B-1", "payload": {**event, "place_id": "CNXIY"}},
        {
            "kind": "consignment.version",
            "subject": cargo["reference"],
            "payload": {"consignment": cargo},
        },
    ]
    Path("said.json").write_text(json.dumps(entries), "utf-8")
    status, told = as_json("ledger", "write", "said.json", "--key", "rail.pem")
    assert status == 0, told
    status, found = as_json("track", "B-1")
    assert (status, found["booking"]["status"]) == (0, "held")
    assert [leg["to_place_id"] for leg in found["booking"]["legs"]] == ["KZAAU", "AZ-ALAT"]
    assert [one["event_type"] for one in found["events"]] == ["GTIN"]
    shown = run("track", "B-1").stdout
    assert "Booking B-1: held until" in shown
    assert "GTIN ACT CNXIY, says rail" in shown
    status, found = as_json("track", cargo["reference"])
    assert [version["version"] for version in found["versions"]] == [1]
    assert "Version 1 of rail" in run("track", cargo["reference"]).stdout
    status, nothing = as_json("track", "nothing")
    assert (status, nothing["error"]["kind"]) == (3, "nothing-found")


def test_a_record_is_verified_against_a_kept_head(record: Path, run: Run, as_json: AsJson) -> None:
    status, told = as_json("ledger", "sequence", "--key", "operator.pem")
    assert (status, told["head"]["size"]) == (0, 6)
    Path("head.json").write_text(json.dumps(told), "utf-8")
    run("book", "accept", "O-1", "B-1", "--key", "fwd.pem")
    status, found = as_json("ledger", "verify", "--kept", "head.json")
    assert (status, found["entries"], found["pending"], found["faults"]) == (0, 6, 1, [])
    assert "The record holds: 6 entries, 1 pending since" in run("ledger", "verify").stdout
    key = found["operator_key_id"]
    assert run("ledger", "verify", "--operator", key).exit_code == 0
    assert run("ledger", "verify", "--operator", key[::-1]).exit_code == 1
    engine = connect("kervan.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tree_heads_no_update")
        connection.exec_driver_sql("UPDATE tree_heads SET root = zeroblob(32) WHERE size = 6")
        connection.exec_driver_sql("UPDATE capacity SET held = 0")
    engine.dispose()
    broken = run("ledger", "verify")
    assert broken.exit_code == 1
    assert "The head signed over 6 entries is not theirs" in broken.stdout
    status, found = as_json("ledger", "rebuild", "--check")
    assert (status, found["changed"]) == (1, ["capacity"])
    assert run("ledger", "rebuild").exit_code == 1
    assert as_json("ledger", "rebuild")[0] == 0


def test_a_record_is_backed_up_and_restored(record: Path, run: Run, as_json: AsJson) -> None:
    run("ledger", "sequence", "--key", "operator.pem")
    status, kept = as_json("ledger", "backup", "record.gz")
    assert (status, kept["entries"], kept["heads"]) == (0, 6, 2)
    status, told = as_json("ledger", "restore", "record.gz", "--database", "other.db")
    assert (status, told) == (0, kept)
    _, before = as_json("ledger", "rebuild", "--check")
    _, after = as_json("ledger", "rebuild", "--check", "--database", "other.db")
    assert before == after
    assert run("ledger", "restore", "record.gz").exit_code == 2  # it is not empty
    assert run("ledger", "backup", "record.gz").exit_code == 2  # it is there


def test_members_are_listed_with_their_keys(record: Path, run: Run, as_json: AsJson) -> None:
    _, told = as_json("member", "list")
    assert [(one["member_id"], one["roles"]) for one in told["members"]] == [
        ("fwd", ["pilot"]),
        ("operator", []),
        ("rail", ["pilot"]),
    ]
    assert "rail: rail, carrier, KZ" in run("member", "list").stdout
    public = ("--public-key", told["members"][0]["keys"][0]["public_key"])
    again = ("--name", "x", "--kind", "port", "--country", "KZ", *public, "--key", "operator.pem")
    assert "key-exists" in run("member", "add", "new", *again).stdout


def test_tables_are_brought_up(record: Path, as_json: AsJson) -> None:
    status, told = as_json("ledger", "upgrade")
    assert (status, told["revision"]) == (0, "0003")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("ledger", "verify", "--database", "none.db"), "kervan ledger init"),
        (("ledger", "verify", "--database", "mysql://host/name"), "neither the path"),
        (("ledger", "verify", "--kept", "entries.json"), "holds no head"),
        (("ledger", "verify", "--database", "entries.json"), "file is not a database"),
        (("ledger", "upgrade", "--database", "none.db"), "kervan ledger init"),
        (("ledger", "restore", "none.gz", "--database", "o.db"), "cannot be read"),
        (("ledger", "write", "bad.json", "--key", "rail.pem"), "is not as it should be"),
        (("ledger", "write", "entries.json", "--key", "none.pem"), "cannot be read"),
        (("ledger", "write", "entries.json", "--key", "entries.json"), "no private Ed25519 key"),
        (("ledger", "write", "entries.json", "--key", "nobody.pem"), "is not on the record"),
        (("ledger", "sequence", "--key", "rail.pem"), "no operator's key"),
        (("member", "key", "rail.pem"), "is there already"),
        (
            ("ledger", "init", "--name", "x", "--country", "KZ", "--key", "new.pem"),
            "There is a record at kervan.db already",
        ),
        (
            ("ledger", "init", "--name", "x", "--country", "kz", "--key", "new.pem"),
            "country: String should match",
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    record: Path, run: Run, as_json: AsJson, command: tuple[str, ...], said: str
) -> None:
    Path("bad.json").write_text('[{"kind": "event.report"}]', "utf-8")
    run("member", "key", "nobody.pem")
    result = run(*command)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    status, told = as_json(*command)
    assert (status, told["ok"]) == (2, False)
    assert not Path("new.pem").exists()

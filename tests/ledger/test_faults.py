"""Killed in the middle of whatever it was doing, the record has all it acknowledged, and holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from kervan.ledger import connect, reading, rebuild, write_key
from kervan.ledger.entry import entry_of
from kervan.ledger.tables import entries
from tests.ledger.conftest import Desks, begun, create, server
from tests.ledger.desk import Desk

ROOT = Path(__file__).parents[2]


def sold(desk: Desk) -> Desk:
    desk.departs("train", "A B C", space=300, days=100)
    desk.departs("ship", "C D", space=40, days=103, carrier="ferry")
    desk.offers("through", ("train", 0, 2), ("ship", 0, 1), teu=2)
    desk.offers("train-only", ("train", 0, 1), teu=2)
    return desk


def writer(address: str, key: Path, first: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.killed_writer", address, str(key), str(first)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def acknowledged(process: subprocess.Popen[str], count: int) -> dict[str, str]:
    """Read some acknowledgements, or as many as there are until the process ends."""
    assert process.stdout is not None
    found = {}
    for line in process.stdout:
        name, _, status = line.rstrip("\n").partition("\t")
        if status:
            found[name] = status
        if len(found) == count:
            break
    return found


def hold(desk: Desk, told: dict[str, str]) -> None:
    """Hold the record against what was acknowledged, and against itself."""
    with reading(desk.engine) as connection:
        rows = connection.execute(select(entries).where(entries.c.member_id == "fwd-a"))
        there = {row["entry_id"]: entry_of(row) for row in rows.mappings()}
    assert {name: there[name].outcome["status"] for name in told} == told
    desk.sequence(batch=7)
    assert desk.verify().faults == ()
    assert rebuild(desk.engine, keep=False).changed == ()
    assert all(allotted + held <= total for total, allotted, held in desk.space().values())


def kill_and_check(desk: Desk, address: str, tmp_path: Path, dice: Random, kills: int) -> None:
    key, told = tmp_path / "fwd-a.pem", dict[str, str]()
    write_key(desk.keys["fwd-a"], key)
    for round_ in range(kills):
        process = writer(address, key, round_ * 1_000)
        told |= acknowledged(process, dice.randint(1, 40))
        process.send_signal(signal.SIGKILL)
        told |= acknowledged(process, 10_000)  # what it had still said
        process.wait()
        hold(desk, told)
    assert len(told) > kills


@pytest.mark.slow
def test_a_writer_that_is_killed_loses_nothing_acknowledged_on_sqlite(
    sqlite_desks: Desks, tmp_path: Path
) -> None:
    desk = sold(sqlite_desks())
    kill_and_check(desk, str(desk.engine.url.database), tmp_path, Random(1), kills=5)
    desk.engine.dispose()


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_writer_that_is_killed_loses_nothing_acknowledged_on_postgresql(
    postgresql_desks: Desks, tmp_path: Path
) -> None:
    desk = sold(postgresql_desks())
    address = desk.engine.url.render_as_string(hide_password=False)
    kill_and_check(desk, address, tmp_path, Random(2), kills=5)
    desk.engine.dispose()


@pytest.mark.slow
@pytest.mark.postgresql
def test_a_database_that_is_stopped_at_once_loses_nothing_acknowledged(tmp_path: Path) -> None:
    dice, told, key = Random(3), dict[str, str](), tmp_path / "fwd-a.pem"
    with server(fsync=True) as running:
        address = create(running.address, "record")
        desk = begun(address)
        desk = sold(replace(desk, engine=connect(address)))
        write_key(desk.keys["fwd-a"], key)
        for round_ in range(4):
            processes = [writer(address, key, round_ * 1_000 + 100 * n) for n in range(2)]
            for process in processes:
                told |= acknowledged(process, dice.randint(1, 20))
            running.stop()
            for process in processes:  # they fail, as they lost their database
                told |= acknowledged(process, 10_000)
                assert process.wait() != 0
            running.start(fsync=True)
            desk.engine.dispose()
            hold(desk, told)
        desk.engine.dispose()
    assert len(told) > 8

"""Bookings a second on PostgreSQL, 64 clients fighting for the same departures.

Beside it: the same record with space taken by SELECT … FOR UPDATE and a comparison in Python, and
pgbench writing rows equal in number and size with the same conditional updates, which is what the
database itself can do on this machine. All on one machine, clients and server together.
"""

from __future__ import annotations

import multiprocessing
import re
import subprocess
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from tests.ledger.conftest import Server, begun, create, server
from tests.ledger.desk import NOON, Desk

from benchmarks.report import Goal, Report
from kervan.ledger import Statement, connect, reading, rebuild, sequence, sign, verify, write
from kervan.ledger import keys as ledger_keys
from kervan.ledger.space import NoSpace, Share
from kervan.ledger.tables import booking_units, bookings, capacity

PROCESSES, THREADS, SECONDS = 8, 8, 10
CLIENTS = PROCESSES * THREADS
GOAL_P99_MS, GOAL_SHARE = 100, 0.4
SPACE = 200
"""TEU on each section, so that it is sold out within the measurement."""
OFFERS = {"through": (("train", 0, 2), ("ship", 0, 1))}
"""One for all, as every transaction of pgbench takes the same three sections."""
PGBENCH = """
\\set id random(1, 9000000000000000000)
BEGIN;
SELECT pg_advisory_xact_lock_shared(1);
SELECT * FROM entries WHERE member_id = 'fwd-a' AND entry_id = :id::text;
SELECT * FROM member_keys LIMIT 1;
SELECT * FROM offers LIMIT 1;
SELECT * FROM departures WHERE departure_id = 'ship';
SELECT * FROM departures WHERE departure_id = 'train';
SELECT * FROM capacity LEFT JOIN allotments USING (departure_id, section)
  WHERE departure_id IN ('ship', 'train');
INSERT INTO bookings (booking_id, offer_id, member_id, teu, status, legs, held_until)
  VALUES (:id::text, 'through', 'fwd-a', 1, 'held', repeat('x', 130), now());
INSERT INTO booking_units VALUES (:id::text, 'ship', 0, 0),
  (:id::text, 'train', 0, 0), (:id::text, 'train', 1, 0);
UPDATE capacity SET held = held + 1
  WHERE departure_id = 'ship' AND section = 0 AND held + 1 + allotted <= total;
UPDATE capacity SET held = held + 1
  WHERE departure_id = 'train' AND section = 0 AND held + 1 + allotted <= total;
UPDATE capacity SET held = held + 1
  WHERE departure_id = 'train' AND section = 1 AND held + 1 + allotted <= total;
INSERT INTO entries (entry_id, member_id, kind, subject, at, payload, sha256, signature,
  recorded_at, outcome) VALUES (:id::text, 'fwd-a', 'booking.accept', :id::text, now(),
  repeat('x', 40), repeat('x', 64), repeat('x', 180), now(), repeat('x', 300)) RETURNING position;
INSERT INTO pending VALUES (currval('entries_position_seq'));
COMMIT;
"""


def take_after_reading(
    connection: Any, member_id: str, teu: int, units: Any, recorded: Any = None, seen: Any = None
) -> list[Share]:
    """Take space as it is often done: lock the row, read it, compare, write it."""
    del member_id, recorded, seen
    shares = []
    for unit in sorted(units):
        row = (capacity.c.departure_id == unit.departure_id) & (capacity.c.section == unit.section)
        there = connection.execute(select(capacity).where(row).with_for_update()).one()
        if there.held + there.allotted + teu > there.total:
            raise NoSpace(unit)
        connection.execute(update(capacity).where(row).values(held=there.held + teu))
        shares.append(Share(unit, 0))
    return shares


def clients(address: str, pem: str, number: int, naive: bool, start: Any, found: Any) -> None:
    """Book from several threads until the time is over, and hand back what each booking took."""
    from kervan.ledger import bookings as module

    if naive:
        module.take = take_after_reading  # type: ignore[assignment]
    key = ledger_keys.read_key(Path(pem))
    engine = connect(address)
    taken: list[list[tuple[float, str]]] = [[] for _ in range(THREADS)]

    def book(thread: int) -> None:
        start.wait()
        end, count, offers = time.monotonic() + SECONDS, 0, list(OFFERS)
        while time.monotonic() < end:
            name = f"{number}-{thread}-{count}"
            said = {"offer_id": offers[count % len(offers)]}
            entry = Statement(name, "fwd-a", "booking.accept", name, NOON, said)
            signed = sign(entry, key)
            began = time.perf_counter()
            status = write(engine, signed, NOON).outcome["status"]
            taken[thread].append((time.perf_counter() - began, status))
            count += 1

    threads = [threading.Thread(target=book, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.put([one for each in taken for one in each])


def fight(running: Server, name: str, space: int, naive: bool) -> dict[str, Any]:
    """Let all clients book on a new record; return the rate, the latencies and what was sold."""
    address = create(running.address, name)
    desk = begun(address)
    desk = replace(desk, engine=connect(address))
    desk.departs("train", "A B C", space=space, days=100)
    desk.departs("ship", "C D", space=space, days=103)
    for offer, legs in OFFERS.items():
        desk.offers(offer, *legs, teu=1)
    pem = running.home / f"{name}.pem"
    ledger_keys.write_key(desk.keys["fwd-a"], pem)
    context = multiprocessing.get_context("spawn")
    start, found = context.Barrier(CLIENTS), context.Queue()
    processes = [
        context.Process(target=clients, args=(address, str(pem), n, naive, start, found))
        for n in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    done = [one for _ in processes for one in found.get(timeout=SECONDS * 20)]
    for process in processes:
        process.join()
    times = sorted(seconds for seconds, _ in done)
    result = {
        "rate": len(done) / SECONDS,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[int(0.99 * (len(times) - 1))] * 1000,
        "held": sum(status == "held" for _, status in done),
        "refused": sum(status == "refused" for _, status in done),
        "oversold": oversold(desk),
    }
    if not naive:
        sequence(desk.engine, desk.keys["operator"], lambda: NOON + timedelta(minutes=1))
        with reading(desk.engine) as connection:
            result["verifies"] = verify(connection).ok
        result["rebuilt"] = rebuild(desk.engine, keep=False).changed == ()
    desk.engine.dispose()
    return result


def oversold(desk: Desk) -> int:
    """Count the TEU that are held beyond what there is, by the bookings themselves."""
    with reading(desk.engine) as connection:
        units = connection.execute(
            select(booking_units.c.departure_id, booking_units.c.section, bookings.c.teu)
            .join(bookings, bookings.c.booking_id == booking_units.c.booking_id)
            .where(bookings.c.status == "held")
        ).all()
    held: dict[tuple[str, int], int] = {}
    for departure, section, teu in units:
        held[departure, section] = held.get((departure, section), 0) + teu
    return sum(max(0, held.get(u, 0) - total) for u, (total, _, _) in desk.space().items())


def ceiling(running: Server) -> float:
    """Return pgbench's transactions a second for equal writes."""
    address = create(running.address, "ceiling")
    desk = begun(address)
    desk = replace(desk, engine=connect(address))
    desk.departs("train", "A B C", space=1_000_000, days=100)
    desk.departs("ship", "C D", space=1_000_000, days=103)
    desk.engine.dispose()
    script = running.home / "book.sql"
    script.write_text(PGBENCH, "utf-8")
    done = subprocess.run(
        [
            str(running.programs / "pgbench"), "-n", "-M", "prepared", "-f", str(script),
            "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS),
            "-h", str(running.home), "-U", "kervan", "ceiling",
        ],
        check=True,
        capture_output=True,
        text=True,
    )  # fmt: skip
    told = re.search(r"tps = ([\d.]+)", done.stdout)
    assert told is not None, done.stdout
    return float(told[1])


def main() -> Report:
    """Measure, and say which goals are met."""
    with server(fsync=True) as running:
        tps = ceiling(running)
        ours = fight(running, "ours", 1_000_000, naive=False)
        naive = fight(running, "naive", 1_000_000, naive=True)
        sold = fight(running, "sold", SPACE, naive=False)
    report = Report("Booking", header=("who", "bookings a second", "p50", "p99", "oversold"))
    for who, found in (
        ("Kervan, space for all", ours),
        ("SELECT … FOR UPDATE, space for all", naive),
        (f"Kervan, {SPACE:,} TEU a section, soon sold out", sold),
    ):
        report.rows.append(
            (
                who,
                f"{found['rate']:,.0f}",
                f"{found['p50']:,.0f} ms",
                f"{found['p99']:,.0f} ms",
                f"{found['oversold']} TEU",
            )
        )
    report.rows.append(("pgbench, equal statements", f"{tps:,.0f}", "", "", ""))
    share = ours["rate"] / tps
    holds = all(one["verifies"] and one["rebuilt"] for one in (ours, sold))
    report.goals += [
        Goal(
            f"{CLIENTS} clients at a p99 under {GOAL_P99_MS} ms",
            f"{ours['p99']:,.0f} ms at {ours['rate']:,.0f} bookings a second",
            ours["p99"] < GOAL_P99_MS,
        ),
        Goal(
            f"at least {GOAL_SHARE:.0%} of pgbench's rate for equal statements",
            f"{share:.0%}",
            share >= GOAL_SHARE,
        ),
        Goal(
            "nothing is oversold, the record verifies, the rebuild is equal",
            f"{ours['oversold'] + sold['oversold']} TEU oversold; {sold['held']:,} held and "
            f"{sold['refused']:,} refused once sold out; {'they do' if holds else 'they do NOT'}",
            holds and ours["oversold"] + sold["oversold"] == 0,
        ),
    ]
    report.notes += [
        f"{PROCESSES} processes of {THREADS} threads, for {SECONDS} s; every booking is signed "
        "outside of the time, verified, decided, and committed with fsync before it counts.",
        "Clients, sequencing apart, and server share the machine; pgbench is written in C, neither "
        "verifies signatures nor decides anything, and has the same statements without savepoints.",
    ]
    return report

"""NCTS declarations a second: written and held against the XSD, beside the schema loaded each time.

The consignments are made of the shipped example, with one to nine goods items. Rendering is the
same in every row; what differs is how the message is then held against its XSD. Sound messages and
messages with one thing spoilt are given to all, and every verdict must be the same.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import xmlschema
from lxml import etree

from benchmarks.report import Goal, Report, times
from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.ncts.rendering import render_declaration
from kervan.documents.ncts.schema import message_schema, published, versions_at_hand

GOAL_PER_SECOND = 1_000
PREPARED = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
ROUNDS = 5


def main(*, declarations: int = 400, loaded_each_time: int = 3, verdicts: int = 60) -> Report:
    report = Report(
        "NCTS declarations, written and validated",
        header=("version", "how", "declarations", "ms of CPU each", "a second and core", "times"),
    )
    rng = random.Random(417)
    cargo = [_consignment(rng, 9) for _ in range(declarations)]
    large = [_consignment(rng, 40) for _ in range(declarations)]
    example = [example_consignment()] * declarations
    slowest, least, equal, compared = float("inf"), float("inf"), True, 0
    with tempfile.TemporaryDirectory() as folder:
        for version in versions_at_hand():
            files = _unpacked(version, Path(folder) / version)
            render_declaration(cargo[0], version=version, prepared=PREPARED)
            ours = _per_declaration(cargo, version)
            one = _per_declaration(example, version)
            many = _per_declaration(large, version)
            naive = _seconds(cargo[:loaded_each_time], version, lambda file=files: _load(file))
            once = _load(files)
            kept = _seconds(cargo[:40], version, lambda schema=once: schema)
            for how, count, each in (
                ("kervan, 1 to 9 items", declarations, ours),
                ("kervan, the example of 5 items", declarations, one),
                ("kervan, 1 to 40 items", declarations, many),
                ("XSD 1.1 by xmlschema, loaded once", 40, kept),
                ("XSD 1.1 by xmlschema, loaded each time", loaded_each_time, naive),
            ):
                report.rows.append(
                    (
                        version,
                        how,
                        f"{count:,}",
                        f"{each * 1e3:,.2f}",
                        f"{1 / each:,.1f}" if each > 0.01 else f"{1 / each:,.0f}",
                        f"{each / ours:,.1f}",
                    )
                )
            slowest = min(slowest, 1 / ours)
            least = min(least, naive / ours)
            same, seen = _same_verdicts(cargo[:verdicts], version, once, rng)
            equal, compared = equal and same, compared + seen
    report.goals += [
        Goal(
            f"{GOAL_PER_SECOND:,} declarations a second and core, written and validated",
            f"{slowest:,.0f} a second and core, the slower version",
            slowest >= GOAL_PER_SECOND,
        ),
        Goal(
            "faster than with the schema loaded each time",
            f"{times(least)} times, the version where it is least",
            least > 1,
        ),
        Goal(
            "the same verdicts as XSD 1.1 with the schemas as published",
            f"{compared:,} messages, half of them spoilt, {'equal' if equal else 'NOT equal'}",
            equal,
        ),
    ]
    report.notes += [
        "Seconds are of CPU, in one process and thread. Kervan's are the median of "
        f"{ROUNDS} rounds, with its schema compiled beforehand, which takes some 50 ms once.",
        "A declaration here is written, checked by the rules of NCTS, parsed again and validated.",
    ]
    return report


def _consignment(rng: random.Random, most: int) -> Consignment:
    example = example_consignment()
    items = tuple(
        rng.choice(example.goods_items).model_copy(update={"number": number})
        for number in range(1, rng.randint(1, most) + 1)
    )
    every = tuple(item.number for item in items)
    documents = tuple(
        d.model_copy(update={"items": every if d.items else ()}) for d in example.documents
    )
    return example.model_copy(
        update={
            "reference": f"EX-{rng.randrange(10**8):08d}",
            "goods_items": items,
            "documents": documents,
        }
    )


def _per_declaration(cargo: Sequence[Consignment], version: str) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for consignment in cargo:
            render_declaration(consignment, version=version, prepared=PREPARED)
        rounds.append((time.process_time() - began) / len(cargo))
    return statistics.median(rounds)


def _seconds(
    cargo: Sequence[Consignment], version: str, schema: Callable[[], xmlschema.XMLSchema11]
) -> float:
    began = time.process_time()
    for consignment in cargo:
        data = render_declaration(consignment, version=version, prepared=PREPARED)
        if not schema().is_valid(data.decode()):
            raise AssertionError(f"{consignment.reference} is not valid by XSD 1.1.")
    return (time.process_time() - began) / len(cargo)


def _same_verdicts(
    cargo: Sequence[Consignment], version: str, schema: xmlschema.XMLSchema11, rng: random.Random
) -> tuple[bool, int]:
    kept = message_schema("CC015C", version)
    seen = 0
    for consignment in cargo:
        root = etree.fromstring(render_declaration(consignment, version=version, prepared=PREPARED))
        for spoil in (False, True):
            if spoil:
                leaves = [e for e in root.iter() if not len(e)]
                rng.choice(leaves).text = rng.choice(["", "0", "x" * 600, "A  B", "2026-02-30"])
            if kept.is_valid(root) != schema.is_valid(root):
                return False, seen
            seen += 1
    return True, seen


def _unpacked(version: str, folder: Path) -> Path:
    for name, text in published(version).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return folder / "cc015c.xsd"


def _load(file: Path) -> xmlschema.XMLSchema11:
    return xmlschema.XMLSchema11(str(file))

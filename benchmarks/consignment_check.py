"""Consignments checked a second and core, reading included, against JSON Schema and plain rules.

The consignments are made by chance (seeded), one in three with something broken. The peer is what a
first version does: the published schema through ``jsonschema`` (compiled once, which favours it),
then eight of the rules written straight down, with the code lists read from their files for each
consignment; a second row keeps the lists. Its rules are fewer than ours, and what both know of
must be named by both, rule and path.

A second and core is a second of the processor's time: the clock would count what else a shared
machine does.
"""

from __future__ import annotations

import csv
import gc
import json
import random
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from tests.cargo.consignments import random_consignment

from benchmarks.report import Goal, Report, micros, times
from kervan.cargo import example_consignment
from kervan.cargo.check import check
from kervan.cargo.consignment import Consignment
from kervan.cargo.law import check_law
from kervan.cargo.reading import read, write_consignment

GOAL_PER_SECOND = 3_000
Named = frozenset[tuple[str, str]]

_LETTERS = {c: v for v, c in enumerate("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ") if c != "?"}


def main(*, consignments: int = 3_000, peers: int = 60) -> Report:
    report = Report(
        "Consignments checked",
        header=("way", "consignments", "mean", "a second and core", "times as long"),
    )
    texts = list(_consignments(consignments))
    sound = [text for text, is_broken in texts if not is_broken]
    mixed = [text for text, _ in texts]
    sample = mixed[:peers]
    kept = cache(_listed)
    readings = [read(text) for text in sound]
    # What is read once in a process, and what is imported for the first broken one.
    ours = [_ours(text) for text in sample]
    with_reading, _ = _mean(_ours, sound)
    alone, _ = _mean(_check_alone, readings)
    whole, _ = _mean(_check_whole, [example_consignment()] * 1_000)
    with_broken, _ = _mean(_ours, mixed)
    reloading, named_reloading = _mean(lambda text: _peer(text, _listed), sample)
    keeping, named_keeping = _mean(lambda text: _peer(text, kept), sample)
    rate, rate_alone = 1 / with_reading, 1 / alone
    for name, count, mean in (
        ("read and checked, nothing broken", len(sound), with_reading),
        ("checked, already read, nothing broken", len(sound), alone),
        ("the example in all three depths, already read", 1_000, whole),
        ("read and checked, one in three broken", len(mixed), with_broken),
        ("jsonschema and eight plain rules, lists read each time", peers, reloading),
        ("jsonschema and eight plain rules, lists kept", peers, keeping),
    ):
        ratio = times(mean / with_broken)
        report.rows.append((name, f"{count:,}", micros(mean), f"{1 / mean:,.0f}", ratio))
    named = [_common(problems) for problems in ours]
    equal = named == named_reloading == named_keeping
    broken = sum(map(bool, named_reloading))
    report.goals += [
        Goal(
            f"at least {GOAL_PER_SECOND:,} consignments checked a second and core",
            f"{rate_alone:,.0f} already read",
            rate_alone >= GOAL_PER_SECOND,
        ),
        Goal(
            f"at least {GOAL_PER_SECOND:,} a second and core with the reading of the JSON",
            f"{rate:,.0f}; {sum(map(len, mixed)) / len(mixed) / 1000:.1f} kB each",
            rate >= GOAL_PER_SECOND,
        ),
        Goal(
            f"at least {GOAL_PER_SECOND:,} a second and core in all three depths, the law of the "
            "way among them",
            f"{1 / whole:,.0f}, the example, already read",
            1 / whole >= GOAL_PER_SECOND,
        ),
        Goal(
            "the peer's eight rules name the same, rule and path",
            f"{'the same' if equal else 'NOT the same'} on {peers} consignments, {broken} of them "
            "broken",
            equal and broken > 0,
        ),
    ]
    return report


def _mean(answer: Callable[[Any], Any], questions: list[Any]) -> tuple[float, list[Any]]:
    """Return the processor's seconds a question takes, and the answers."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        answers = [answer(question) for question in questions]
        return (time.process_time() - began) / len(questions), answers
    finally:
        gc.enable()


def _ours(text: bytes) -> Any:
    reading = read(text)
    return check(reading.consignment, reading, depths=("form", "sense"))


def _check_alone(reading: Any) -> Any:
    return check(reading.consignment, reading, depths=("form", "sense"))


def _check_whole(consignment: Consignment) -> Any:
    return check(consignment, law=check_law)


def _consignments(count: int) -> Iterator[tuple[bytes, bool]]:
    rng = random.Random(4)
    for seed in range(count):
        content = json.loads(write_consignment(random_consignment(seed), indent=None))
        is_broken = rng.random() < 1 / 3
        if is_broken:
            rng.choice(_BREAKS)(content)
        yield json.dumps(content, ensure_ascii=False).encode(), is_broken


def _spoil_unit(content: Any) -> None:
    number = content["equipment"][0]["number"]
    other = number[:-1] + str((int(number[-1]) + 1) % 10)
    text = json.dumps(content).replace(number, other)
    content.update(json.loads(text))


_BREAKS: tuple[Callable[[Any], Any], ...] = (
    _spoil_unit,
    lambda c: c["goods_items"][0].update(hs_code="731899", national_codes=[], nhm_code="99000000"),
    lambda c: c["goods_items"][0].update(origin_country="QQ"),
    lambda c: c["goods_items"][0].update(value={"value": "10", "currency": "QQQ"}),
    lambda c: c["goods_items"][0]["packages"][0].update(kind="QQQ"),
    lambda c: c["goods_items"][0]["stowage"][0].update(packages=0),
    lambda c: c["goods_items"][0].update(net_mass_kg="99999"),
)


def _common(problems: Any) -> Named:
    """Return those of our problems that the peer's rules are about."""
    kept = ("unknown-code", "check-digit", "packages-do-not-add-up", "net-over-gross")
    return frozenset(
        (problem.rule, problem.path)
        for problem in problems
        if problem.rule.split(".")[1] in kept
        and (problem.path.startswith(("$.equipment", "$.wagons", "$.goods_items")))
        and "dangerous_goods" not in problem.path
    )


@cache
def _validator() -> Any:
    text = files("kervan").joinpath("schemas/consignment.v1.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def _listed(package: str, name: str) -> frozenset[str]:
    text = files(package).joinpath(name).read_text("utf-8")
    return frozenset(row["code"] for row in csv.DictReader(text.splitlines()))


def _peer(text: bytes, listed: Callable[[str, str], frozenset[str]]) -> Named:
    content = json.loads(text)
    found: set[tuple[str, str]] = set()
    found.update(("schema", error.json_path) for error in _validator().iter_errors(content))
    for i, unit in enumerate(content.get("equipment", ())):
        number = unit["number"]
        total = sum(_LETTERS[c] * 2**k for k, c in enumerate(number[:10]))
        if str(total % 11 % 10) != number[10]:
            found.add(("form.check-digit", f"$.equipment[{i}].number"))
    for i, wagon in enumerate(content.get("wagons", ())):
        total = 0
        for k, digit in enumerate(reversed(wagon["number"][:-1])):
            total += sum(divmod(int(digit) * (2 if k % 2 == 0 else 1), 10))
        if str(-total % 10) != wagon["number"][-1]:
            found.add(("form.check-digit", f"$.wagons[{i}].number"))
    for i, item in enumerate(content["goods_items"]):
        found.update(_peer_item(item, f"$.goods_items[{i}]", listed))
    return frozenset(found)


def _peer_item(
    item: Any, at: str, listed: Callable[[str, str], frozenset[str]]
) -> Iterator[tuple[str, str]]:
    if item["hs_code"] not in listed("kervan.feed.codes", "hs.csv"):
        yield "form.unknown-code", f"{at}.hs_code"
    if item.get("origin_country", "CN") not in listed("kervan.feed.codes", "countries.csv"):
        yield "form.unknown-code", f"{at}.origin_country"
    currency = item.get("value", {}).get("currency", "USD")
    if currency not in listed("kervan.feed.codes", "currencies.csv"):
        yield "form.unknown-code", f"{at}.value.currency"
    for k, packages in enumerate(item["packages"]):
        if packages["kind"] not in listed("kervan.cargo", "codes/packages.csv"):
            yield "form.unknown-code", f"{at}.packages[{k}].kind"
    declared = sum(packages["count"] for packages in item["packages"])
    if sum(stowage["packages"] for stowage in item["stowage"]) != declared:
        yield "sense.packages-do-not-add-up", f"{at}.stowage"
    if Decimal(item.get("net_mass_kg", "0")) > Decimal(item["gross_mass_kg"]):
        yield "sense.net-over-gross", f"{at}.net_mass_kg"


if __name__ == "__main__":
    print(main().markdown())

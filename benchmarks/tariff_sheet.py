"""Through prices a second: a compiled tariff against the tariff book one price at a time."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np

import kervan
from benchmarks.report import Goal, Report, times
from kervan.equipment import equipment
from kervan.feed import Feed, TariffItem
from kervan.itinerary.engine.compiled import use_machine_code
from kervan.network import compile_network
from kervan.network.legs import Leg
from kervan.shipment import Shipment
from kervan.tariff.sheet.compiled import CompiledTariff

GOAL_PER_SECOND = 1_000_000
GOAL_RATIO = 300.0
DAY = date(2026, 12, 1)
CODES = ("22G1", "42G1", "45G1", "L5G1", "45R1")
ROUNDS = 5

Ways = list[tuple[int, ...]]


def main(*, pairs: int = 1_000_000, sampled: int = 2_000) -> Report:
    use_machine_code()
    report = Report(
        "Through prices of a full tariff sheet",
        header=(
            "what is priced",
            "prices",
            "through rates in them",
            "surcharges a price",
            "compiled, a second",
            "one by one, a second",
            "times",
            "held equal",
        ),
    )
    feed = kervan.read_feed().feed
    network = compile_network(feed, DAY, date(2027, 1, 31))
    legs = list(network.legs)
    rng = random.Random(7)
    ways = _ways(legs, rng, 1_000)
    wide = _with_through_rates(feed, legs, ways, rng, 300)
    cargo = _shipments(rng, pairs // len(ways))
    every = np.arange(len(ways))
    rates = []
    for name, tariff_feed in (
        ("shipped tariff", feed),
        ("shipped tariff and 300 through rates more", wide),
    ):
        for kind, shipments, way_of, shipment_of in (
            (
                f"every way for {len(cargo):,} shipments",
                cargo,
                np.tile(every, len(cargo)),
                np.repeat(np.arange(len(cargo)), len(ways)),
            ),
            (
                "a shipment of its own for every price",
                _shipments(rng, pairs // 5),
                np.array([rng.randrange(len(ways)) for _ in range(pairs // 5)]),
                np.arange(pairs // 5),
            ),
        ):
            rates.append(
                _row(
                    report,
                    f"{name}, {kind}",
                    tariff_feed,
                    legs,
                    ways,
                    shipments,
                    (way_of, shipment_of),
                    sampled,
                    rng,
                )
            )
    sheet = rates[::2]
    report.goals += [
        Goal(
            f"{GOAL_PER_SECOND:,} through prices a second on one core, shipments and ways given "
            "as objects and compiled within the time",
            " and ".join(f"{found:,.0f}" for found, _ in sheet),
            min(found for found, _ in sheet) >= GOAL_PER_SECOND,
        ),
        Goal(
            f"at least {GOAL_RATIO:.0f} times the tariff book one by one, equal to the cent",
            " and ".join(times(ratio) for _, ratio in sheet),
            min(ratio for _, ratio in sheet) >= GOAL_RATIO,
        ),
    ]
    report.notes += [
        f"The shortest of {ROUNDS} rounds, one thread. A round begins with lists of legs, ways and "
        "shipments and ends with an array of totals; the tariff itself is compiled before, as the "
        "tariff book is.",
        "The goals are those of a sheet: every way for every shipment. A leg or a span is then "
        "priced once a shipment and not once a price. Where every price has a shipment of its own "
        "there is nothing to share, and as many shipment objects have to be turned into arrays as "
        "there are prices; those rows of the table are the price of a row by itself.",
        "Ways are drawn at random from the legs of the shipped corridor, two to eight of them. The "
        "shipped through rates seldom lie on such a way, so a second tariff has 300 more of them "
        "laid over pieces of the ways; that is where combinations are chosen.",
        "The tariff book is timed on a sample, drawn at random, and every price of the sample is "
        "held against it: total, and whether it is complete.",
    ]
    return report


def _row(
    report: Report,
    what: str,
    feed: Feed,
    legs: list[Leg],
    ways: Ways,
    shipments: Sequence[Shipment],
    pairs: tuple[np.ndarray, np.ndarray],
    sampled: int,
    rng: random.Random,
) -> tuple[float, float]:
    tariff = CompiledTariff(feed, DAY, "USD")
    way_of, shipment_of = pairs
    tariff.prices(legs, ways, shipments[:2])
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = tariff.prices(legs, ways, shipments, way_of, shipment_of)
        seconds.append(time.perf_counter() - began)
    sample = rng.sample(range(len(way_of)), min(sampled, len(way_of)))
    questions = [
        ([legs[k] for k in ways[way_of[pair]]], shipments[shipment_of[pair]]) for pair in sample
    ]
    began = time.perf_counter()
    one_by_one = [tariff.book.price(way, cargo) for way, cargo in questions]
    slow = (time.perf_counter() - began) / len(sample)
    equal = 0
    for pair, price in zip(sample, one_by_one, strict=True):
        told = int(found.total[pair]) if found.complete[pair] else None
        if told != (price.total and price.total.minor):
            raise AssertionError(f"{what}: {told} at once, {price.total} one by one, pair {pair}")
        equal += 1
    a_second = len(way_of) / min(seconds)
    ratio = a_second * slow
    through = sum(any(line.is_through for line in price.lines) for price in one_by_one)
    charged = sum(line.kind == "surcharge" for price in one_by_one for line in price.lines)
    report.rows.append(
        (
            what,
            f"{len(way_of):,}",
            f"{through / len(sample):.0%}",
            f"{charged / len(sample):.1f}",
            f"{a_second:,.0f}",
            f"{1 / slow:,.0f}",
            times(ratio),
            f"{equal:,} of {len(sample):,}; {found.one_by_one:,} did not fit",
        )
    )
    return a_second, ratio


def _ways(legs: list[Leg], rng: random.Random, count: int) -> Ways:
    """Return ways of two to eight legs, each beginning where the one before ends."""
    by_start: dict[str, list[int]] = {}
    for row, leg in enumerate(legs):
        by_start.setdefault(leg.from_place_id, []).append(row)
    found: Ways = []
    while len(found) < count:
        way = [rng.randrange(len(legs))]
        seen = {legs[way[0]].from_place_id, legs[way[0]].to_place_id}
        wanted = rng.randint(2, 8)
        while len(way) < wanted:
            onward = [
                row
                for row in by_start.get(legs[way[-1]].to_place_id, ())
                if legs[row].to_place_id not in seen
            ]
            if not onward:
                break
            way.append(rng.choice(onward))
            seen.add(legs[way[-1]].to_place_id)
        if len(way) == wanted:
            found.append(tuple(way))
    return found


def _shipments(rng: random.Random, count: int) -> list[Shipment]:
    kinds = [equipment(code) for code in CODES]
    return [
        Shipment(
            rng.choice(kinds),
            count=rng.randint(1, 40),
            weight_kg=float(rng.choice([0, rng.randint(2_000, 26_000)])),
            block_train=rng.random() < 0.3,
            private_wagons=rng.random() < 0.2,
        )
        for _ in range(count)
    ]


def _with_through_rates(
    feed: Feed, legs: list[Leg], ways: Ways, rng: random.Random, count: int
) -> Feed:
    """Add through rates over pieces of the ways, a little above or below their sections."""
    rows = []
    for number in range(count):
        way = rng.choice([way for way in ways if len(way) > 2])
        start = rng.randrange(len(way) - 1)
        piece = [legs[k] for k in way[start : rng.randint(start + 2, len(way))]]
        carriers = [leg.carrier_id for leg in piece]
        km = sum(leg.distance_km for leg in piece)
        rows.append(
            TariffItem(
                item_id=f"through-{number}",
                scope="through",
                carrier_id=carriers[0],
                partner_ids=tuple(carriers[1:]),
                origin=piece[0].from_place_id,
                destination=piece[-1].to_place_id,
                equipment=rng.choice([(), ("2",), ("4", "L")]),
                loaded="any",
                basis=rng.choice(["per_container", "per_teu_km"]),
                amount=Decimal(1),
                currency="USD",
                minimum_amount=Decimal(rng.randint(20, 50)),
                rounding_step=rng.choice([None, Decimal(5)]),
                includes_surcharges=rng.random() < 0.5,
                source_id="benchmark",
            )
        )
        rate = round(km * rng.uniform(0.2, 0.5), 2)
        per_unit = rate if rows[-1].basis == "per_container" else round(rate / km, 4)
        rows[-1] = replace(rows[-1], amount=Decimal(str(per_unit)))
    return replace(feed, tariff_items=(*feed.tariff_items, *rows))

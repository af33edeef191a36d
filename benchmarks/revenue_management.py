"""Revenue of a month on the corridor: first come, first served against bid prices and the bound."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

import kervan
from benchmarks.report import Goal, Report
from kervan.network import Network
from kervan.network.legs import Leg
from kervan.shipment import shipment
from kervan.tariff import TariffBook
from kervan.tariff.revenue import (
    DatedRun,
    Outcome,
    Policy,
    Problem,
    Product,
    dated_runs,
    place_values,
    simulate,
    solve_linear,
)
from kervan.tariff.revenue.decomposition import FARES

GOAL = 0.97
RUNS, SEED = 40, 2026
RUNS_AGAIN = 10
"""Runs in which the decomposition is worked out again and again, which takes seconds a run."""
FIRST_DAY, LAST_DAY = date(2026, 12, 1), date(2027, 1, 31)
DAYS = 31
"""Departures of each stage that are sold; a stage begins when cargo of the one before can come."""
OPENS = 30
"""Days before the first departure on which booking begins."""
PERIODS_A_DAY = 2
PERIODS = (OPENS + DAYS + 16) * PERIODS_A_DAY
CARGO_KG = 18_000.0
LOADS = (0.8, 1.0, 1.2, 1.5)
"""Demand for the westbound places, as part of them."""
EASTBOUND = 0.35
"""Demand eastbound as part of the demand westbound."""
CLASSES = (
    # name, fare as part of the tariff, part of the TEU asked for, asks from and until so many days
    # before the first leg departs
    ("contract", 0.80, 0.45, 30.0, 7.0),
    ("tariff", 1.00, 0.35, 21.0, 2.0),
    ("urgent", 1.35, 0.20, 8.0, 0.5),
)
Groups = tuple[tuple[str, int, float], ...]
GROUPS: Groups = (("22G1", 1, 0.2), ("42G1", 1, 0.4), ("L5G1", 1, 0.1), ("42G1", 3, 0.3))
"""Equipment, containers in a group, part of the TEU asked for."""
SINGLE: Groups = (("22G1", 1, 1.0),)

Stage = tuple[tuple[str, str, str, float], ...]
WEST: tuple[Stage, ...] = (
    (
        ("KTZE-XIY-AAU-W", "CNXIY", "KZAAU", 7.5),
        ("KTZE-CKG-AAU-W", "CNCKG", "KZAAU", 1.0),
        ("KTZE-CTU-AAU-W", "CNCTU", "KZAAU", 1.0),
    ),
    (
        ("KMTF-AAU-ALA-W", "KZAAU", "AZ-ALAT", 5.0),
        ("ASCO-AAU-ALA-W", "KZAAU", "AZ-ALAT", 2.5),
    ),
    (
        ("PEL-ALA-IST-W", "AZ-ALAT", "TRIST", 3.0),
        ("PEL-ALA-MER-W", "AZ-ALAT", "TRMER", 3.0),
    ),
)
"""Rides by stage, and departures a week: those of the feed, and eastbound as many as westbound
where the feed says only that trains leave when full."""
EAST: tuple[Stage, ...] = tuple(
    tuple((f"{s[:-1]}E", there, here, often) for s, here, there, often in stage)
    for stage in reversed(WEST)
)
DEMAND = {
    ("CNXIY", "AZ-ALAT"): 605,
    ("CNXIY", "TRIST"): 110,
    ("CNXIY", "TRMER"): 110,
    ("CNCKG", "AZ-ALAT"): 80,
    ("CNCKG", "TRIST"): 15,
    ("CNCKG", "TRMER"): 15,
    ("CNCTU", "AZ-ALAT"): 80,
    ("CNCTU", "TRIST"): 15,
    ("CNCTU", "TRMER"): 15,
    ("KZAAU", "AZ-ALAT"): 710,
    ("KZAAU", "TRIST"): 60,
    ("KZAAU", "TRMER"): 60,
    ("AZ-ALAT", "TRIST"): 70,
    ("AZ-ALAT", "TRMER"): 70,
}
"""TEU a week westbound that fill every section exactly, were demand even."""
POLICIES = (
    ("first come, first served", Policy("first_come")),
    ("linear program, once", Policy("linear")),
    ("linear program, every 4 days", Policy("linear", resolve_every=4 * PERIODS_A_DAY)),
    ("decomposition, once", Policy("decomposition", fares="reduced")),
    ("decomposition, fares split, once", Policy("decomposition")),
)


AGAIN = Policy("decomposition", resolve_every=10 * PERIODS_A_DAY)

Rides = dict[tuple[str, str, str], Leg]


@dataclass(frozen=True)
class Way:
    """An itinerary: the departures it travels on, and the TEU that ask for it in all."""

    runs: tuple[DatedRun, ...]
    demand_teu: float


@dataclass(frozen=True)
class Sold:
    """A problem sold by every policy."""

    linear_bound: float
    tighter_bound: float
    outcomes: tuple[Outcome, ...]


def main(*, runs: int = RUNS) -> Report:
    report = Report(
        "Revenue management",
        header=(
            "demand for westbound places",
            "direction",
            *(name for name, _ in POLICIES),
            "no policy can pass",
            "places sold: first come, best",
        ),
    )
    corridor = kervan.read_feed()
    for load in LOADS:
        west = _sold(corridor_problem(corridor, load, east=False), runs)
        east = _sold(corridor_problem(corridor, load * EASTBOUND, east=True), runs)
        both = _together(west, east)
        for name, sold in (("west", west), ("east", east), ("both", both)):
            report.rows.append((f"{load:.0%}", name, *_cells(sold)))
        report.goals.append(_goal(load, both, west))
    single = _sold(corridor_problem(corridor, 1.0, east=False, groups=SINGLE), runs)
    report.rows.append(("100%, single 20-foot containers only", "west", *_cells(single)))
    report.notes += [
        "Shares of the linear program's bound, with the half width of their 95 % interval; every "
        f"policy meets the same requests in each of {runs} runs (seed {SEED}). An average may pass "
        "a bound by as much as chance allows; where all is taken it does so half the time.",
        "'No policy can pass' is the bound from the departures' own dynamic programs, fares split, "
        "as part of the linear program's: also a true upper bound, and nearer to the truth where "
        "departures are small. The goal is set by the linear program's.",
        _again(corridor),
        f"{DAYS} days of departures of KTZE, KMTF, ASCO and PEL from the shipped feed, their "
        "capacities and rates of freight. Demand, fare classes, when customers ask, the size of "
        f"groups and an eastbound demand of {EASTBOUND:.0%} of the westbound are assumptions, "
        "written at the head of the script; nobody publishes them. Services without clock times "
        "are spread evenly, and eastbound trains that leave when full run as often as westbound.",
    ]
    return report


def _sold(problem: Problem, runs: int) -> Sold:
    plan = solve_linear(problem)
    tighter = min(place_values(problem, plan=plan, fares=fares).bound for fares in FARES)
    outcomes = simulate(problem, [policy for _, policy in POLICIES], runs=runs, seed=SEED)
    for (name, _), outcome in zip(POLICIES, outcomes, strict=True):
        share, half = outcome.share_of(tighter)
        if share - 2 * half > 1:
            raise AssertionError(f"{name} earns {share:.4f} of what nothing can pass")
    return Sold(plan.bound, tighter, outcomes)


def _together(west: Sold, east: Sold) -> Sold:
    """Add two directions up: they share no departure."""
    return Sold(
        west.linear_bound + east.linear_bound,
        west.tighter_bound + east.tighter_bound,
        tuple(
            Outcome(
                one.policy,
                one.revenues + other.revenues,
                np.concatenate([one.load_factors, other.load_factors]),
            )
            for one, other in zip(west.outcomes, east.outcomes, strict=True)
        ),
    )


def _best(sold: Sold) -> Outcome:
    return max(sold.outcomes, key=lambda outcome: outcome.mean)


def _cells(sold: Sold) -> list[str]:
    loads = [outcome.load_factors.mean() for outcome in (sold.outcomes[0], _best(sold))]
    return [
        *(_share(*outcome.share_of(sold.linear_bound)) for outcome in sold.outcomes),
        f"{sold.tighter_bound / sold.linear_bound:.1%}",
        f"{loads[0]:.0%}, {loads[1]:.0%}",
    ]


def _share(share: float, half: float) -> str:
    return f"{100 * share:.1f} ± {100 * half:.1f} %"


def _goal(load: float, both: Sold, west: Sold) -> Goal:
    best = _best(both)
    share, half = best.share_of(both.linear_bound)
    return Goal(
        f"at least {GOAL:.0%} of the linear program's bound, both directions, westbound demand "
        f"{load:.0%} of the places",
        f"{_share(share, half)} (westbound alone "
        f"{_share(*_best(west).share_of(west.linear_bound))}); that is "
        f"{_share(*best.share_of(both.tighter_bound))} of the bound that no policy can pass, and "
        f"{_share(*best.gain_over(both.outcomes[0]))} more than first come, first served",
        share >= GOAL,
    )


def _again(corridor: kervan.Corridor) -> str:
    problem = corridor_problem(corridor, 1.2, east=False)
    once, again = simulate(problem, [Policy("decomposition"), AGAIN], runs=RUNS_AGAIN, seed=SEED)
    return (
        "Working the decomposition out again every 10 days, westbound at 120 %, changes its "
        f"revenue by {_share(*again.gain_over(once))} ({RUNS_AGAIN} runs)."
    )


def corridor_problem(
    corridor: kervan.Corridor, load: float, *, east: bool, groups: Groups = GROUPS
) -> Problem:
    """Return a month of the corridor in one direction.

    Parameters
    ----------
    corridor
        With the services named above.
    load
        Demand as part of the places.
    east
        The direction.
    groups
        What customers ask for.
    """
    network = corridor.network(FIRST_DAY, LAST_DAY)
    rides = {(leg.service_id, leg.from_place_id, leg.to_place_id): leg for leg in network.legs}
    book = TariffBook(corridor.feed, FIRST_DAY, "USD")
    stages = _stages(network, EAST if east else WEST)
    products = [
        product
        for way in _ways(network, rides, stages, load, east=east)
        for product in _products(way, book, rides, groups, network.first_day - OPENS)
    ]
    used = {key for product in products for key in product.departure_ids}
    departures = [run.departure for stage in stages for run in stage]
    return Problem(tuple(row for row in departures if row.departure_id in used), tuple(products))


def _stages(network: Network, stages: Sequence[Stage]) -> list[list[DatedRun]]:
    """Return the departures of each stage in the month from when cargo can first come to it."""
    found, begins = [], float(network.first_day * 1440)
    for stage in stages:
        runs = [
            run
            for service, here, there, often in stage
            for run in dated_runs(network, service, here, there, per_week=often)
            if begins <= run.departs < begins + DAYS * 1440
        ]
        runs.sort(key=lambda run: (run.departs, run.service_id))
        found.append(runs)
        begins += float(np.mean([run.arrives - run.departs for run in runs]))
    return found


def _ways(
    network: Network, rides: Rides, stages: list[list[DatedRun]], load: float, *, east: bool
) -> Iterator[Way]:
    for pair, weekly in DEMAND.items():
        origin, destination = reversed(pair) if east else pair
        found = [
            way
            for stage in stages
            for run in stage
            if run.from_place_id == origin
            if (way := _way(network, rides, stages, run, destination))
        ]
        places = sum(way[0].departure.capacity_teu for way in found)
        for way in found:
            yield Way(way, load * weekly * DAYS / 7 * way[0].departure.capacity_teu / places)


def _way(
    network: Network,
    rides: Rides,
    stages: list[list[DatedRun]],
    run: DatedRun,
    destination: str,
) -> tuple[DatedRun, ...] | None:
    """Follow the next departure of every stage to the destination."""
    way = [run]
    later = stages[next(k for k, stage in enumerate(stages) if run in stage) + 1 :]
    for stage in later:
        if way[-1].to_place_id == destination:
            break
        # A train to Mersin carries nothing to Istanbul.
        ends = {row.to_place_id for row in stage}
        onward = [row for row in stage if row.to_place_id == destination or destination not in ends]
        modes = [_mode(rides, row) for row in (way[-1], onward[0])]
        change = network.docks.dwell(way[-1].to_place_id, *modes)
        if change is None:
            raise AssertionError(
                f"no change from {modes[0]} to {modes[1]} at {way[-1].to_place_id}"
            )
        ready = way[-1].arrives + change.p50
        index = bisect_left([row.departs for row in onward], ready)
        if index == len(onward):
            return None
        way.append(onward[index])
    return tuple(way) if way[-1].to_place_id == destination else None


def _mode(rides: Rides, run: DatedRun) -> str:
    return rides[run.service_id, run.from_place_id, run.to_place_id].mode


def _products(
    way: Way, book: TariffBook, rides: Rides, groups: Groups, opens: int
) -> Iterator[Product]:
    legs = [rides[run.service_id, run.from_place_id, run.to_place_id] for run in way.runs]
    keys = tuple(run.departure.departure_id for run in way.runs)
    departs = way.runs[0].departs / 1440 - opens
    for code, count, of_groups in groups:
        cargo = shipment(code, count=count, weight_kg=CARGO_KG)
        teu = float(cargo.teu)
        freight = sum(
            line.in_total.minor / 100
            for line in book.price(legs, cargo).lines
            if line.kind == "freight" and line.in_total is not None
        )
        for name, of_tariff, of_classes, begins, ends in CLASSES:
            requests = way.demand_teu * of_groups * of_classes / teu
            spread = _spread(departs - begins, departs - ends)
            yield Product(
                f"{'+'.join(keys)}/{count} {code} {name}",
                keys,
                fare_per_teu=of_tariff * freight / teu,
                teu=teu,
                requests=tuple((requests * spread).tolist()),
            )


def _spread(begins: float, ends: float) -> np.ndarray:
    """Spread requests evenly between two moments, in days from the opening of bookings."""
    edges = np.clip(np.arange(PERIODS + 1) / PERIODS_A_DAY, max(begins, 0.0), ends)
    return np.diff(edges) / (ends - max(begins, 0.0))


if __name__ == "__main__":
    print(main().markdown())

"""A million bookings settled and netted: time and memory, plain Python beside it, and the optimum.

The bookings are generated (seeded; the same seed, the same bookings; nothing in them is a fact of
any real corridor) and written to a Parquet file. A process of its own reads and checks the file,
divides every charge, posts every entry, makes every member's statement and nets the balances. On a
sample the same is posted one transport at a time, and every entry must be equal. What netting
leaves to pay is held against the optimum of the minimum-cost flow.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from benchmarks.report import Goal, Report, times
from kervan.feed import ExchangeRate
from kervan.tariff.settlement.columns import NAMES

GOAL_SECONDS, GOAL_GIB = 60.0, 4.0
MONTH = "2026-11"
FIRST_DAY = date(2026, 11, 1)

CARRIERS = tuple(f"R{k:02}" for k in range(1, 25))
PORTS = tuple(f"P{k:02}" for k in range(1, 9))
COLLECTORS = (*CARRIERS[::2], "O01", "O02")
"""Carriers that sell through transports of their own, and two operators that only sell."""
CURRENCIES = ("USD", "EUR", "CNY", "KZT", "TRY", "JPY")
RATES = tuple(
    ExchangeRate(
        from_currency="USD",
        to_currency=code,
        rate_date=date(2026, 10, 30),
        rate=Decimal(rate),
        source_id="generated",
    )
    for code, rate in zip(
        CURRENCIES[1:], ("0.8684", "6.7758", "505.05", "41.31", "149.9"), strict=True
    )
)

CHILD = '''
import json, resource, sys, time
from pathlib import Path
from benchmarks.settlement import MONTH, day_rates
from kervan.tariff.settlement import read_transports
from kervan.tariff.settlement.month import settle
from kervan.tariff.settlement.statements import statements

def peak():
    """Return the most memory this program has held, in MiB."""
    try:
        # Not ru_maxrss: on Linux that begins at what the process that started this one held.
        with open("/proc/self/status") as status:
            return next(int(l.split()[1]) for l in status if l.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS

began = time.perf_counter()
table = read_transports(Path(sys.argv[1]))
read = time.perf_counter()
found = settle(table, MONTH, day_rates(), house=sys.argv[2] or None)
settled = time.perf_counter()
lines = sum(len(statement.lines) for statement in statements(found))
stated = time.perf_counter()
sums = {}
for (_, _, code), minor in found.journal.trial_balance().items():
    sums[code] = sums.get(code, 0) + minor
netting = found.netting
print(json.dumps({
    "read": read - began, "settle": settled - read, "statements": stated - settled,
    "peak_mib": peak(),
    "transports": len(table), "charges": len(table.charge_row), "legs": len(table.leg_row),
    "entries": len(found.journal), "lines": len(found.journal.minor),
    "reversals": int((found.journal.entry_kind == 1).sum()), "later": found.later,
    "balanced": not any(sums.values()), "statement_lines": lines,
    "positions": {p.member_id: p.minor for p in netting.positions},
    "payments": len(netting.payments), "gross": netting.gross_minor, "fewest": netting.fewest,
    "bilateral": [netting.bilateral.count, netting.bilateral.gross_minor],
    "bilateral_in_one": [netting.bilateral_in_one.count, netting.bilateral_in_one.gross_minor],
}))
'''

SAMPLE = """
import json, sys, time
from pathlib import Path
from benchmarks.settlement import day_rates
from kervan.tariff.settlement import post, posted, read_transports

table = read_transports(Path(sys.argv[1]))
transports = list(table.transports())
post(table, "distance", day_rates())
began = time.perf_counter()
journal = post(table, "distance", day_rates())
arrays = time.perf_counter()
plain = posted(transports, "distance", day_rates())
done = time.perf_counter()
print(json.dumps({
    "arrays": arrays - began, "plain": done - arrays, "transports": len(table),
    "equal": tuple(journal.entries()) == plain, "entries": len(plain),
    "lines": sum(len(entry.lines) for entry in plain),
}))
"""


def day_rates() -> Any:
    """Return the rates of exchange the bookings are settled at."""
    from kervan.tariff.settlement import DayRates

    return DayRates(RATES)


def main(*, bookings: int = 1_000_000, sample: int = 10_000) -> Report:
    report = Report(
        "Settlement",
        header=("step", "seconds", "what"),
    )
    with tempfile.TemporaryDirectory() as folder:
        whole, part = Path(folder) / "all.parquet", Path(folder) / "sample.parquet"
        write_bookings(whole, bookings)
        write_bookings(part, sample)
        found = _run(CHILD, str(whole), "")
        housed = _run(CHILD, str(whole), "O01")
        compared = _run(SAMPLE, str(part))
    seconds = found["read"] + found["settle"] + found["statements"]
    report.rows += [
        (
            "read and checked",
            f"{found['read']:.1f}",
            f"{found['transports']:,} transports and corrections, {found['legs']:,} legs, "
            f"{found['charges']:,} charges",
        ),
        (
            "divided, posted, netted",
            f"{found['settle']:.1f}",
            f"{found['entries']:,} entries, {found['reversals']:,} of them reversals, "
            f"{found['lines']:,} lines",
        ),
        (
            "statements",
            f"{found['statements']:.1f}",
            f"{len(found['positions'])} members, {found['statement_lines']:,} lines, days summed",
        ),
    ]
    optimum = minimum_cost_flow(found["positions"])
    cut = 1 - found["gross"] / found["bilateral"][1]
    report.goals += [
        Goal(
            f"{bookings:,} bookings settled and netted in under {GOAL_SECONDS:.0f} s",
            f"{seconds:.1f} s ({found['read'] + housed['settle'] + found['statements']:.1f} s with "
            "a clearing house)",
            seconds < GOAL_SECONDS,
        ),
        Goal(
            f"under {GOAL_GIB:.0f} GiB",
            f"{found['peak_mib'] / 1024:.2f} GiB at the peak, {housed['peak_mib'] / 1024:.2f} with "
            "a clearing house; Python and the libraries included",
            max(found["peak_mib"], housed["peak_mib"]) < GOAL_GIB * 1024,
        ),
        Goal(
            "the ledger adds up to zero in each currency",
            "it does" if found["balanced"] and housed["balanced"] else "it does not",
            found["balanced"] and housed["balanced"],
        ),
        Goal(
            "the same entries as plain Python, line by line",
            f"{compared['entries']:,} entries, {compared['lines']:,} lines, "
            f"{'equal' if compared['equal'] else 'NOT equal'}; plain takes "
            f"{times(compared['plain'] / compared['arrays'])} times as long",
            compared["equal"],
        ),
        Goal(
            "payments come to the optimum of the minimum-cost flow",
            f"{found['gross']:,} minor units, the optimum {optimum:,}",
            found["gross"] == optimum,
        ),
        Goal(
            "the clearing house changes nobody's position",
            "equal" if found["positions"] == housed["positions"] else "NOT equal",
            found["positions"] == housed["positions"],
        ),
    ]
    one = found["bilateral_in_one"]
    report.notes += [
        f"Netted: {found['payments']} payments among {len(found['positions'])} members"
        f"{', the fewest' if found['fewest'] else ''}. One a pair and currency: "
        f"{found['bilateral'][0]}; netting leaves {1 - cut:.1%} of their gross amount. One a pair: "
        f"{one[0]}; netting leaves {found['gross'] / one[1]:.1%}.",
        f"The ratio to plain Python is of posting alone, on {compared['transports']:,} transports "
        "in one process.",
        "Writing is not in these seconds: the journal, a workbook and a PDF for each member.",
    ]
    report.notes.append(_payments_note())
    return report


def minimum_cost_flow(positions: dict[str, int]) -> int:
    """Return the least that can be paid in all: a transportation problem, by networkx."""
    import networkx as nx

    graph = nx.DiGraph()
    for member, minor in positions.items():
        graph.add_node(member, demand=minor)
    for payer in positions:
        for payee in positions:
            if payer != payee:
                graph.add_edge(payer, payee, weight=1)
    cost, _ = nx.network_simplex(graph)
    return int(cost)


def _payments_note(groups: int = 200, seed: int = 5) -> str:
    """Compare the number of payments, exact against largest-first, on random small groups."""
    from kervan.tariff.settlement.netting import _largest_first, payments_for

    random = np.random.default_rng(seed)
    exact = greedy = bound = 0
    for _ in range(groups):
        n = int(random.integers(4, 13))
        minors = random.integers(-6, 7, n - 1).tolist()
        positions = {f"M{k}": minor for k, minor in enumerate([*minors, -sum(minors)])}
        open_ = {member: minor for member, minor in positions.items() if minor}
        payments, _ = payments_for(positions)
        exact += len(payments)
        greedy += len(_largest_first(open_))
        bound += max(len(open_) - 1, 0)
    return (
        f"Over {groups} random groups of 4 to 12 members with small whole positions: "
        f"{exact} payments exactly, {greedy} by largest against largest, {bound} by the bound of "
        "one fewer than members."
    )


def write_bookings(path: Path, count: int, seed: int = 2026) -> None:
    """Write generated bookings, one in fifty of them corrected later in the month."""
    random = np.random.default_rng(seed)
    day = np.sort(random.integers(0, 25, count))
    corrected = np.flatnonzero(random.random(count) < 0.02)
    # A correction stands at the end of the file: the same transport, stated anew.
    key = np.concatenate((np.arange(count), corrected))
    revision = (np.arange(len(key)) >= count).astype(np.int64)
    performed = day[key]
    legs = random.integers(2, 6, len(key))
    surcharges = random.integers(0, 4, len(key))
    charges = 1 + surcharges
    size = 1 + legs + charges
    start = np.cumsum(size) - size
    rows = int(size.sum())
    owner = np.repeat(np.arange(len(key)), size)
    within = np.arange(rows) - start[owner]
    record = np.where(within == 0, 0, np.where(within <= legs[owner], 1, 2))
    is_leg, is_charge = record == 1, record == 2
    through = within == legs[owner] + 1

    def column(values: Any, where: Any, texts: list[str]) -> Any:
        codes = np.where(where, values, 0).astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=~where), texts)

    def drawn(names: tuple[str, ...], where: Any) -> Any:
        return column(random.integers(0, len(names), rows), where, list(names))

    def numbers(values: Any, where: Any) -> Any:
        return pa.array(np.where(where, values, 0).astype(np.int64), mask=~where)

    currency = random.choice(len(CURRENCIES), len(key), p=(0.4, 0.15, 0.2, 0.15, 0.05, 0.05))
    collector = random.integers(0, len(COLLECTORS), len(key))
    lists = [";".join(str(k + 1) for k in range(n)) for n in range(6)]
    amount = np.where(through, 150_000 + random.integers(0, 500_000, rows), 0)
    amount = np.where(is_charge & ~through, 1_000 + random.integers(0, 20_000, rows), amount)
    days = [f"2026-11-{k + 1:02}" for k in range(30)]
    everywhere = np.ones(rows, bool)
    made = {
        "transport_id": column(key[owner], everywhere, [f"T{k:07}" for k in range(count)]),
        "record": column(record, everywhere, ["transport", "leg", "charge"]),
        "revision": numbers(revision[owner], record == 0),
        "performed_on": column(performed[owner], record == 0, days),
        "recorded_on": column(np.full(rows, 28), (record == 0) & (revision[owner] > 0), days),
        "customer_id": drawn(tuple(f"customer {k}" for k in range(500)), record == 0),
        "carrier_id": drawn(CARRIERS, is_leg),
        "from_place_id": drawn(PORTS, is_leg),
        "to_place_id": drawn(PORTS, is_leg),
        "distance_km": numbers(50 + random.integers(0, 3_500, rows), is_leg),
        "item_id": drawn(tuple(f"item-{k}" for k in range(200)), is_charge),
        "kind": column(np.where(through, 0, 1), is_charge, ["freight", "surcharge"]),
        "legs": column(np.where(through, legs[owner], 1), is_charge, lists),
        "is_through": column(np.where(through, 1, 0), is_charge, ["false", "true"]),
        "collector_id": column(collector[owner], is_charge, list(COLLECTORS)),
        "due_to_id": drawn((*PORTS, *CARRIERS), is_charge & ~through),
        "amount_minor": numbers(amount, is_charge),
        "currency": column(currency[owner], is_charge, list(CURRENCIES)),
    }
    table = pa.table({name: made[name] for name in NAMES if name in made})
    pyarrow.parquet.write_table(table, path)


def _run(program: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"it exited {done.returncode}: {done.stderr[-1500:]}")
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    print(main().markdown())

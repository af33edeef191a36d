"""Time and peak memory of compiling the generated corridor, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.report import Goal, Report

GOAL_SECONDS, GOAL_MIB = 10.0, 1024.0

CHILD = '''
import json, resource, sys, time
from benchmarks.large_corridor import FIRST_DAY, LAST_DAY, large_corridor
from kervan.network import compile_network
def peak():
    """Return the most memory this program has held, in MiB."""
    try:
        # Not ru_maxrss: on Linux that begins at what the process that started this one held.
        with open("/proc/self/status") as status:
            return next(int(l.split()[1]) for l in status if l.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS

feed = large_corridor(int(sys.argv[1]))
before, cpu, began = peak(), time.process_time(), time.perf_counter()
network = compile_network(feed, FIRST_DAY, LAST_DAY)
print(json.dumps({
    "seconds": time.perf_counter() - began,
    "cpu_seconds": time.process_time() - cpu,
    "before_mib": before,
    "peak_mib": peak(),
    "arrays_mib": sum(array.nbytes for array in network.arrays) / 2**20,
    "departures": network.departure_count,
    "legs": len(network.leg_calls),
    "times": len(network.arrays.departs),
}))
'''


def main(*, departures: int = 1_000_000, runs: int = 3) -> Report:
    report = Report(
        "Network build",
        header=("departures", "legs", "event times", "seconds", "arrays", "peak of the process"),
    )
    found = [_run(departures) for _ in range(runs)]
    best = min(found, key=lambda run: run["seconds"])
    report.rows.append(
        (
            f"{best['departures']:,}",
            f"{best['legs']:,}",
            f"{best['times']:,}",
            f"{best['seconds']:.2f} (least of {runs})",
            f"{best['arrays_mib']:.0f} MiB",
            f"{best['peak_mib']:.0f} MiB, {best['before_mib']:.0f} before the build",
        )
    )
    worst = max(run["seconds"] for run in found)
    peak = max(run["peak_mib"] for run in found)
    report.goals += [
        Goal(f"under {GOAL_SECONDS:.0f} s", f"{worst:.2f} s at worst", worst < GOAL_SECONDS),
        Goal(
            f"under {GOAL_MIB / 1024:.0f} GiB",
            f"{peak:.0f} MiB, Python, the libraries and the feed included",
            peak < GOAL_MIB,
        ),
    ]
    return report


def _run(departures: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(departures)], capture_output=True, text=True, check=True
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    print(main().markdown())

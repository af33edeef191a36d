"""The whole process of ``kervan quote`` on the shipped corridor, with a warm cache."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from benchmarks.report import Goal, Report

GOAL_SECONDS = 1.0
COMMAND = [
    *("-m", "kervan.cli", "quote", "CNXIY", "TRIST", "--equipment", "45G1", "--count", "2"),
    *("--weight", "18000", "--ready", "2026-12-01", "--json"),
]


def main(*, runs: int = 7) -> Report:
    report = Report(
        "kervan quote",
        header=("process", "median", "least", "times an empty Python"),
    )
    first = _run(COMMAND)  # fills the caches
    offers = json.loads(first[1])
    empty = [_run(["-c", "pass"])[0] for _ in range(runs)]
    libraries = [_run(["-c", "import numpy, numba"])[0] for _ in range(runs)]
    quotes = [_run(COMMAND)[0] for _ in range(runs)]
    for name, seconds in (
        ("python -c pass", empty),
        ("python -c 'import numpy, numba'", libraries),
        ("kervan quote CNXIY TRIST … --json", quotes),
    ):
        report.rows.append(
            (
                name,
                f"{statistics.median(seconds):.2f} s",
                f"{min(seconds):.2f} s",
                f"{statistics.median(seconds) / statistics.median(empty):.1f}",
            )
        )
    median = statistics.median(quotes)
    count = len(offers.get("offers", ()))
    report.goals.append(
        Goal(
            f"the whole process in under {GOAL_SECONDS:.0f} s, cache warm",
            f"{median:.2f} s (median of {runs}), {count} offers",
            median < GOAL_SECONDS and count > 0,
        )
    )
    report.notes.append(
        f"The first run, which may have compiled the search, took {first[0]:.2f} s."
    )
    return report


def _run(arguments: list[str]) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(
            f"python {' '.join(arguments)} exited {done.returncode}: {done.stderr[-500:]}"
        )
    return seconds, done.stdout


if __name__ == "__main__":
    print(main().markdown())

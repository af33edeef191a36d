"""Run the benchmarks, all or those named, and write what they found to RESULTS.md.

Usage: ``python -m benchmarks.run [earliest_arrival|pareto_profile|network_build|quote_command …]``
"""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
import traceback
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.report import Goal, Report

SCRIPTS = (
    "earliest_arrival",
    "pareto_profile",
    "network_build",
    "quote_command",
    "quote_priced",
    "tariff_sheet",
    "settlement",
    "revenue_management",
    "ncts_declarations",
    "public_timetable",
    "documents_pdf",
    "consignment_check",
    "booking",
)
PACKAGES = (
    "kervan",
    "numpy",
    "numba",
    "networkx",
    "scipy",
    "igraph",
    "highspy",
    "lxml",
    "xmlschema",
    "sqlalchemy",
    "psycopg",
)
RESULTS = Path(__file__).with_name("RESULTS.md")


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(SCRIPTS))
    if unknown:
        print(
            f"No benchmark {', '.join(unknown)}; there are {', '.join(SCRIPTS)}.", file=sys.stderr
        )
        return 2
    reports = []
    for name in names or SCRIPTS:
        print(f"running {name} …", file=sys.stderr)
        try:
            report = importlib.import_module(f"benchmarks.{name}").main()
        except Exception:
            # One that fails must show in the results, and must not hide the others.
            traceback.print_exc()
            last = traceback.format_exc().strip().splitlines()[-1]
            report = Report(name, goals=[Goal("runs to its end", last, False)])
        if report is not None:
            print(report.markdown())
            reports.append(report)
    sections = {} if not names else _sections(RESULTS.read_text(encoding="utf-8"))
    sections |= _sections("\n".join(report.markdown() for report in reports))
    RESULTS.write_text(_document(sections), encoding="utf-8")
    print(f"written to {RESULTS}", file=sys.stderr)
    return 0


def _sections(text: str) -> dict[str, str]:
    """Return the sections of results by their title; what stands before the first is left out."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return {part.partition("\n")[0]: part.rstrip() + "\n" for part in parts if part[:3] == "## "}


def _document(sections: dict[str, str]) -> str:
    goals = re.findall(r"^- \*\*(met|missed)\*\*:", "\n".join(sections.values()), re.MULTILINE)
    met = goals.count("met")
    head = [
        "# Results",
        "",
        "Made by `python -m benchmarks.run`, all of it or the sections named; do not edit. Seconds "
        "depend on the machine and on what else it was doing; the ratios were taken in one run "
        "each. The machine below is that of the last section written.",
        "",
        f"**{met} of {len(goals)} goals met.**",
        "",
        *(f"- {fact}" for fact in _machine()),
        "",
    ]
    return "\n".join(head) + "\n" + "\n".join(sections.values())


def _machine() -> list[str]:
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return [
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} cores, load {load}",
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        ", ".join(versions),
    ]


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A table of a million rows is checked whole, its last row like its first."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from kervan.feed import check_feed, read_feed_tables
from tests.feed.small import save, small

ROWS = 1_000_000


@pytest.mark.slow
def test_a_million_rows_are_checked_to_the_last(tmp_path: Path) -> None:
    folder = save(small(), tmp_path / "feed")
    header = "demand_id,type,origin,destination,period_from,period_to,teu,source_id\n"
    with (folder / "demand.csv").open("w", encoding="utf-8") as file:
        file.write(header)
        for k in range(ROWS - 1):
            file.write(f"d{k},counted,*,*,2025-01-01,2025-12-31,{k},s\n")
        file.write("d0,counted,*,*,2025-01-01,2025-12-31,-1,nobody\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = check_feed(folder)
    assert report.rows["demand"] == ROWS
    assert {(p.rule, p.row) for p in report.problems if p.table == "demand"} == {
        ("duplicate-key", ROWS + 1),
        ("range", ROWS + 1),
        ("dangling-reference", ROWS + 1),
    }
    used_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert used_kib < 2 * 1024 * 1024
    lines = (folder / "demand.csv").read_text("utf-8").splitlines(keepends=True)
    (folder / "demand.csv").write_text("".join(lines[:-1]), "utf-8")
    assert len(read_feed_tables(folder).demand) == ROWS - 1


def test_of_a_hundred_thousand_faults_the_first_are_listed_and_all_counted(tmp_path: Path) -> None:
    folder = save(small(), tmp_path / "feed")
    with (folder / "demand.csv").open("w", encoding="utf-8") as file:
        file.write("demand_id,type,origin,destination,period_from,period_to,teu,source_id\n")
        for k in range(100_000):
            file.write(f"d{k},counted,*,*,01/02/2025,2025-12-31,1,s\n")
    report = check_feed(folder)
    listed = [p for p in report.problems if p.table == "demand"]
    assert len(listed) == 20
    assert report.errors == 100_000
    (repeated,) = [r for r in report.repeated if r.table == "demand"]
    assert (repeated.listed, repeated.total) == (20, 100_000)

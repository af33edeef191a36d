"""Check a feed: every problem at once, each with what was expected and how to mend it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kervan.feed.descriptor import feed_info
from kervan.feed.memory_table import package_of
from kervan.feed.package import Package, open_package
from kervan.feed.parse import Progress, Tables, parse_package
from kervan.feed.problems import LISTED_AT_MOST, CheckReport, Findings
from kervan.feed.rules import RULES
from kervan.feed.schema import schemas
from kervan.feed.tables import Feed, FeedInfo


@dataclass(frozen=True)
class Checked:
    """A feed that has been read and checked.

    Attributes
    ----------
    label
        What to call it in messages.
    info
        What its descriptor says; None where that is too little.
    tables
        Its tables, as far as they could be read.
    report
        What is wrong with it.
    """

    label: str
    info: FeedInfo | None
    tables: Tables
    report: CheckReport


def check_feed(
    feed: Path | str | Feed,
    *,
    listed_at_most: int = LISTED_AT_MOST,
    progress: Progress | None = None,
) -> CheckReport:
    """Find everything that is wrong with a feed.

    Parameters
    ----------
    feed
        A folder, zip archive or Excel workbook, or a feed in memory, whose rows are then numbered
        as they would be in the file.
    listed_at_most
        Problems of one rule in one column that are listed; the rest are only counted.
    progress
        Called every few thousand rows with table, rows read, bytes read and bytes there are.

    Raises
    ------
    FeedError
        If the path is no feed at all, or is not safe to open.

    Notes
    -----
    Time is linear in the number of cells, about ten seconds for a million rows of ``demand``;
    memory is that of the rows.
    """
    findings = Findings(listed_at_most)
    if isinstance(feed, Feed):
        package = package_of(feed)
        return check_package(package, findings, info=feed.info, progress=progress).report
    with open_package(Path(feed), findings) as package:
        return check_package(package, findings, progress=progress).report


def check_package(
    package: Package,
    findings: Findings,
    *,
    info: FeedInfo | None = None,
    progress: Progress | None = None,
) -> Checked:
    """Read and check an open package; where ``info`` is given its descriptor does not count."""
    if info is None:
        info = feed_info(package, findings)
    else:
        findings.forget("descriptor", "")
    with _without_collecting():
        tables = parse_package(package, findings, progress)
        for rule in RULES:
            rule(tables)
    rows = {table.schema.name: len(table.rows) for table in tables if table.present}
    report = findings.report(rows, list(schemas()))
    return Checked(package.label, info, tables, report)


@contextmanager
def _without_collecting() -> Iterator[None]:
    # Rows hold no cycles, and walking a million of them again and again to look for some would
    # take longer than reading them.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()

"""Read a feed."""

from __future__ import annotations

from pathlib import Path

from kervan.feed.check import Checked, check_package
from kervan.feed.package import open_package
from kervan.feed.parse import Progress
from kervan.feed.problems import Findings, InvalidFeedError
from kervan.feed.tables import Feed, FeedInfo


def read_feed_tables(
    path: Path | str, *, info: FeedInfo | None = None, progress: Progress | None = None
) -> Feed:
    """Read a feed from a folder, a zip archive or an Excel workbook.

    Parameters
    ----------
    path
        Where the feed is.
    info
        Name, title and version to use in place of what ``datapackage.json`` says, for a feed
        that has none.
    progress
        Called every few thousand rows with table, rows read, bytes read and bytes there are.

    Raises
    ------
    InvalidFeedError
        If the feed has errors; its ``problems`` list them. Warnings are not errors.
    FeedError
        If the path is no feed at all, or is not safe to open.
    """
    findings = Findings()
    with open_package(Path(path), findings) as package:
        checked = check_package(package, findings, info=info, progress=progress)
    return feed_of(checked)


def feed_of(checked: Checked) -> Feed:
    """Return the feed that was checked.

    Raises
    ------
    InvalidFeedError
        If it has errors.
    """
    if not checked.report.ok or checked.info is None:
        raise InvalidFeedError(checked.label, checked.report)
    rows = {table.schema.name: tuple(table.rows) for table in checked.tables}
    return Feed(info=checked.info, **rows)

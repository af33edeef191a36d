"""Turn a feed from one of its three forms into another."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from kervan.feed.check import check_package
from kervan.feed.descriptor import feed_info
from kervan.feed.package import Package, open_package
from kervan.feed.parse import Progress
from kervan.feed.problems import Findings
from kervan.feed.read import feed_of
from kervan.feed.tables import Feed, FeedInfo
from kervan.feed.write import write_feed


def convert_feed(
    source: Path | str,
    destination: Path | str,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
    **changes: str | None,
) -> Feed:
    """Read a feed and write it in the form the destination's name asks for.

    Parameters
    ----------
    source
        A folder, zip archive or Excel workbook.
    destination
        A name in ``.zip`` or ``.xlsx``, or a folder. It may be the source.
    overwrite
        Replace what is there.
    progress
        As for :func:`kervan.feed.check.check_feed`.
    **changes
        What the new descriptor says instead: ``name``, ``title``, ``version``, ``description``
        or ``licence``. A feed without a readable descriptor needs a ``title``.

    Returns
    -------
    Feed
        The feed that was written.

    Raises
    ------
    InvalidFeedError
        If the feed has errors.
    FeedError
        If the source cannot be opened or the destination cannot be written.
    """
    given = {key: value for key, value in changes.items() if value is not None}
    findings = Findings()
    with open_package(Path(source), findings) as package:
        info = _changed(package, Path(source), given) if given else None
        checked = check_package(package, findings, info=info, progress=progress)
    feed = feed_of(checked)
    write_feed(feed, destination, overwrite=overwrite)
    return feed


def _changed(package: Package, source: Path, given: dict[str, Any]) -> FeedInfo | None:
    """Return the descriptor's info with changes; None where there is too little to go on."""
    stated = None if package.descriptor is None else feed_info(package, Findings())
    if stated is not None:
        return replace(stated, **given)
    if "title" not in given:
        return None
    stem = source.resolve().name.partition(".")[0].lower()
    name = re.sub(r"[^a-z0-9]+", "-", stem).strip("-") or "feed"
    content: dict[str, Any] = {"name": name, "version": "1", **given}
    return FeedInfo(**content)

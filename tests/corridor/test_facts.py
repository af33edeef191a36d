"""Every published fact the project started from stands in the feed, where ``facts.csv`` says."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from kervan.feed.tables import ROW_TYPES, Feed

FACTS = list(csv.DictReader((Path(__file__).parent / "facts.csv").open(encoding="utf-8")))


def rows_of(feed: Feed, table: str, key: str) -> list[Any]:
    wanted = [part.split("=") for part in key.split(";")]
    return [
        row
        for row in feed.table(table)
        if all(str(getattr(row, column)) == value for column, value in wanted)
    ]


@pytest.mark.parametrize("fact", FACTS, ids=[fact["fact"] for fact in FACTS])
def test_a_published_fact_stands_in_the_feed(corridor: Feed, fact: dict[str, str]) -> None:
    rows = rows_of(corridor, fact["table"], fact["key"])
    assert len(rows) == 1, f"{fact['table']} has {len(rows)} rows with {fact['key']}"
    said = getattr(rows[0], fact["column"])
    if fact["value"].startswith("="):
        assert float(said) == float(fact["value"][1:])
    else:
        assert fact["value"] in str(said)


def cited(feed: Feed) -> Iterable[tuple[str, Any]]:
    for table in ROW_TYPES:
        if table != "sources":
            yield from ((table, row) for row in feed.table(table))


def test_every_fact_cites_a_source(corridor: Feed) -> None:
    known = {source.source_id for source in corridor.sources}
    assert all(row.source_id in known for _, row in cited(corridor))


def test_a_row_that_cites_only_our_own_estimate_is_marked_as_one(corridor: Feed) -> None:
    ours = [
        (table, row)
        for table, row in cited(corridor)
        if row.source_id == "kervan-estimate" and not row.is_estimate
    ]
    assert not ours


def test_every_estimate_says_how_it_was_made(corridor: Feed) -> None:
    marked = [row for _, row in cited(corridor) if getattr(row, "is_estimate", False)]
    assert marked
    assert all(row.estimate_basis for row in marked)


def test_every_source_is_dated_or_says_why_not_or_is_no_publication(corridor: Feed) -> None:
    """A price or a time without a day is a rumour: a dated figure needs a dated source."""
    dated = {
        s.source_id for s in corridor.sources if s.published_date or (s.note and "About" in s.note)
    }
    undated = {
        figure.source_id
        for figure in corridor.published_figures
        if figure.as_of is not None and figure.source_id not in dated
    }
    assert not undated


def test_no_row_repeats_a_published_figure(corridor: Feed) -> None:
    seen = [
        (f.quantity, f.origin, f.destination, f.route, f.low, f.high, f.source_id, f.note)
        for f in corridor.published_figures
    ]
    assert len(seen) == len(set(seen))

"""The calls of each service, for the rules that look at them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from kervan.feed.parse import Tables

Calls = list[tuple[int, Any]]


def calls_by_service(tables: Tables) -> dict[str, Calls]:
    """Return the line and row of every call by service, in the order of their sequence.

    A service with a call whose place or sequence could not be read is left out: what would be
    said of it might be untrue.
    """
    table = tables["calls"]
    found: dict[str, Calls] = defaultdict(list)
    unreadable = set()
    for line, row in table.sound("service_id"):
        if row.place_id is None or row.sequence is None:
            unreadable.add(row.service_id)
        found[row.service_id].append((line, row))
    return {
        service_id: sorted(calls, key=lambda call: call[1].sequence)
        for service_id, calls in found.items()
        if service_id not in unreadable
    }

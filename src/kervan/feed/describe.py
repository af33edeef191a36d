"""What is in a feed, in a few figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from kervan.feed.schema import schemas
from kervan.feed.tables import Feed, FeedInfo


@dataclass(frozen=True)
class FeedSummary:
    """A feed in a few figures.

    Attributes
    ----------
    info
        Name, title, version and licence.
    rows
        Rows of each table that has any.
    places_by_country
        Places of each country, by ISO 3166-1 code.
    carriers
        Name of each carrier, by key.
    services_by_mode, services_by_pattern
        Services that are not closed.
    links_km_by_mode
        Length of the links that are open, in km.
    valid_from, valid_to
        First and last day that a service says it holds; None where none says so.
    open_ended_services
        Services not closed that hold until further notice.
    estimated_rows, estimable_rows
        Rows marked as an estimate, of the rows of tables that have such a mark.
    estimated_rows_by_table
        The same by table, for tables that have any.
    rows_by_source
        Rows that rest on each source, by its key, most first.
    """

    info: FeedInfo
    rows: dict[str, int]
    places_by_country: dict[str, int]
    carriers: dict[str, str]
    services_by_mode: dict[str, int]
    services_by_pattern: dict[str, int]
    links_km_by_mode: dict[str, float]
    valid_from: date | None
    valid_to: date | None
    open_ended_services: int
    estimated_rows: int
    estimable_rows: int
    estimated_rows_by_table: dict[str, int]
    rows_by_source: dict[str, int]

    @property
    def share_of_estimates(self) -> float:
        """Rows marked as an estimate, of 1."""
        return self.estimated_rows / self.estimable_rows if self.estimable_rows else 0.0


def describe_feed(feed: Feed) -> FeedSummary:
    """Return a feed in a few figures."""
    running = [service for service in feed.services if service.status != "closed"]
    kilometres: Counter[str] = Counter()
    for link in feed.links:
        if link.status == "open":
            kilometres[link.mode] += link.distance_km  # type: ignore[assignment]
    estimable = {
        name: feed.table(name)
        for name, schema in schemas().items()
        if any(column.name == "is_estimate" for column in schema.columns)
    }
    estimated = {
        name: sum(row.is_estimate for row in rows) for name, rows in estimable.items() if rows
    }
    return FeedSummary(
        info=feed.info,
        rows={name: len(feed.table(name)) for name in schemas() if feed.table(name)},
        places_by_country=_counted(place.country for place in feed.places),
        carriers={carrier.carrier_id: carrier.name for carrier in feed.carriers},
        services_by_mode=_counted(service.mode for service in running),
        services_by_pattern=_counted(service.pattern for service in running),
        links_km_by_mode={mode: round(km, 1) for mode, km in kilometres.most_common()},
        valid_from=min((s.valid_from for s in running if s.valid_from), default=None),
        valid_to=max((s.valid_to for s in running if s.valid_to), default=None),
        open_ended_services=sum(service.valid_to is None for service in running),
        estimated_rows=sum(estimated.values()),
        estimable_rows=sum(map(len, estimable.values())),
        estimated_rows_by_table={name: n for name, n in estimated.items() if n},
        rows_by_source=_counted(
            row.source_id for name in schemas() if name != "sources" for row in feed.table(name)
        ),
    )


def _counted(values: Any) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))

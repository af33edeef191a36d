"""The feed as it stands on one day: what is in force, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from kervan.feed.tables import Closure, ExchangeRate, Feed
from kervan.feed.validity import holds_on


def feed_as_of(feed: Feed, day: date) -> Feed:
    """Return the rows of a feed that hold on a day.

    Rows with a validity stay when the day lies within it. A link, border crossing or service, or
    the terminals of a place, that a closure shuts on the day is out; so are the calls and tariffs
    of a service that is. Services and links that are only planned stay if their validity has
    begun: their status says what they are. Exchange rates are the last ones published by the day.
    Tables without validity (places, carriers, sources, demand, published figures, calendars) stay
    whole.

    Parameters
    ----------
    feed
        A feed that has passed its check.
    day
        The day, local to each row's place.
    """
    shut = [row for row in feed.closures if holds_on(row, day)]
    links = _open(feed.links, "link_id", "link", shut, day)
    crossings = _open(feed.border_crossings, "crossing_id", "border_crossing", shut, day)
    services = _open(feed.services, "service_id", "service", shut, day)
    running = {service.service_id for service in services}
    shut_places = {row.subject_id for row in shut if row.subject == "place"}
    return replace(
        feed,
        instruments=_in_force(feed.instruments, day),
        terminals=tuple(
            row for row in _in_force(feed.terminals, day) if row.place_id not in shut_places
        ),
        links=links,
        border_crossings=crossings,
        services=services,
        calls=tuple(call for call in feed.calls if call.service_id in running),
        closures=tuple(shut),
        tariff_items=tuple(
            row
            for row in _in_force(feed.tariff_items, day)
            if row.service_id is None or row.service_id in running
        ),
        surcharges=tuple(
            row
            for row in _in_force(feed.surcharges, day)
            if row.service_id is None or row.service_id in running
        ),
        exchange_rates=tuple(latest_rates(feed.exchange_rates, day).values()),
        emission_factors=_in_force(feed.emission_factors, day),
    )


def _in_force(rows: Iterable[Any], day: date) -> tuple[Any, ...]:
    return tuple(row for row in rows if holds_on(row, day))


def _open(
    rows: Iterable[Any], key: str, subject: str, shut: list[Closure], day: date
) -> tuple[Any, ...]:
    closed = {row.subject_id for row in shut if row.subject == subject}
    return tuple(row for row in _in_force(rows, day) if getattr(row, key) not in closed)


def latest_rates(rates: Iterable[ExchangeRate], day: date) -> dict[tuple[str, str], ExchangeRate]:
    """Return the last rate published by a day, by the currencies it leads from and to."""
    latest: dict[tuple[str, str], ExchangeRate] = {}
    for row in rates:
        pair = (row.from_currency, row.to_currency)
        if row.rate_date <= day and (pair not in latest or latest[pair].rate_date < row.rate_date):
            latest[pair] = row
    return latest

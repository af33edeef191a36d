"""The rules of the feed that take more than one cell to check, a subject a module.

A rule is a function of :class:`kervan.feed.parse.Tables` that tells the tables of their problems.
It looks only at rows whose cells it needs could be read, so that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Callable

from kervan.feed.parse import Tables
from kervan.feed.rules import (
    calls,
    estimates,
    keys,
    network,
    prices,
    services,
    tariffs,
    validity,
)

Rule = Callable[[Tables], None]

RULES: tuple[Rule, ...] = (
    keys.duplicates,
    keys.references,
    keys.relations,
    keys.closure_subjects,
    validity.ranges,
    validity.calendars,
    validity.calendar_exceptions,
    validity.instruments,
    validity.overlaps,
    estimates.durations,
    estimates.bases,
    estimates.figures,
    network.places,
    network.links,
    network.crossings,
    network.changes,
    services.patterns,
    services.days,
    calls.order,
    calls.times,
    calls.running_times,
    calls.ways,
    prices.surcharges,
    prices.tariff_items,
    tariffs.bands,
    tariffs.through_rates,
    tariffs.surcharges,
    tariffs.versions,
    prices.exchange_rates,
    prices.currencies,
)
"""Every rule, in the order they are run."""

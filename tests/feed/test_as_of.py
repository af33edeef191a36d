"""The network as of a date is a question with an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from kervan.feed import ExchangeRate, check_feed, feed_as_of
from tests.corridors import Corridor


def corridor() -> Corridor:
    made = Corridor()
    for place in ("KZAAA", "AZBBB"):
        made.place(place)
        made.terminal(place, ["rail"], 1.0)
    made.rolling("OLD", ["KZAAA", "AZBBB"], [5.0], valid_to=date(2026, 5, 31))
    made.rolling("NEW", ["KZAAA", "AZBBB"], [4.0], valid_from=date(2026, 6, 1))
    made.closure("service", "NEW", date(2026, 7, 1), date(2026, 7, 3))
    made.closure("place", "AZBBB", date(2026, 8, 1), None)
    return made


def running(day: date) -> list[str]:
    return [service.service_id for service in feed_as_of(corridor().feed(), day).services]


def test_services_are_those_in_force_and_not_shut() -> None:
    assert running(date(2026, 5, 31)) == ["OLD"]
    assert running(date(2026, 6, 1)) == ["NEW"]
    assert running(date(2026, 7, 2)) == []
    assert running(date(2026, 7, 4)) == ["NEW"]


def test_calls_go_with_their_services_and_the_rest_still_passes_its_check() -> None:
    feed = feed_as_of(corridor().feed(), date(2026, 6, 15))
    assert {call.service_id for call in feed.calls} == {"NEW"}
    assert check_feed(feed).errors == 0


def test_a_shut_place_keeps_its_name_and_loses_its_terminals() -> None:
    feed = feed_as_of(corridor().feed(), date(2026, 8, 2))
    assert [terminal.place_id for terminal in feed.terminals] == ["KZAAA"]
    assert len(feed.places) == 2
    assert [row.subject for row in feed.closures] == ["place"]


def test_rates_of_exchange_are_the_last_published() -> None:
    rates = tuple(
        ExchangeRate(
            from_currency="USD",
            to_currency="KZT",
            rate_date=date(2026, month, 1),
            rate=Decimal(500 + month),
            source_id="test",
        )
        for month in (1, 6, 9)
    )
    feed = replace(corridor().feed(), exchange_rates=rates)
    assert [row.rate for row in feed_as_of(feed, date(2026, 7, 1)).exchange_rates] == [506]
    assert feed_as_of(feed, date(2025, 1, 1)).exchange_rates == ()

"""An offer kept as JSON is priced again to the cent, by the record of the day asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kervan import read_feed
from kervan.corridor import Corridor
from kervan.errors import InvalidRequestError
from kervan.feed import Feed
from kervan.offers.as_json import quote_as_json
from kervan.offers.reprice import reprice
from kervan.tariff.clerk import clerk_lines

FEED = read_feed().feed


@pytest.fixture(scope="module")
def quote() -> dict[str, Any]:
    asked = Corridor(FEED).quote("CNXIY", "TRIST", count=2, weight_kg=18_000, ready="2026-12-01")
    return quote_as_json(asked)


def raised(feed: Feed) -> Feed:
    """Return the feed with every item of KTZ Express raised by a tenth on 1 June 2027."""
    newer = tuple(
        replace(
            item,
            item_id=f"{item.item_id}-2027",
            amount=item.amount * Decimal("1.1"),
            recorded_on=date(2027, 6, 1),
            supersedes=item.item_id,
        )
        for item in feed.tariff_items
        if item.carrier_id == "KTZE"
    )
    return replace(feed, tariff_items=(*feed.tariff_items, *newer))


def test_every_offer_is_priced_again_to_the_cent(quote: dict[str, Any]) -> None:
    for offer in quote["offers"]:
        found = reprice(FEED, quote, offer["number"])
        assert found.is_as_quoted
        assert len(found.price.lines) == len(offer["price"]["lines"])


def test_a_later_tariff_leaves_the_price_of_the_day_as_it_was(quote: dict[str, Any]) -> None:
    number = next(
        offer["number"]
        for offer in quote["offers"]
        if any(leg["carrier_id"] == "KTZE" for leg in offer["legs"])
    )
    feed = raised(FEED)
    assert not reprice(feed, quote, number).is_as_quoted
    assert reprice(feed, quote, number, known_on=date(2026, 12, 1)).is_as_quoted
    assert reprice(feed, quote, number, known_on=date(2027, 5, 31)).is_as_quoted
    assert not reprice(feed, quote, number, known_on=date(2027, 6, 1)).is_as_quoted


def test_the_clerk_names_every_item_and_adds_up(quote: dict[str, Any]) -> None:
    for offer in quote["offers"]:
        found = reprice(FEED, quote, offer["number"])
        text = "\n".join(clerk_lines(found.price, found.legs, found.shipment, FEED))
        for line in found.price.lines:
            assert line.item_id in text
            assert str(line.amount) in text
        assert f"come to {found.price.total}" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "places.v1"}, "no quote"),
        ({"ok": False}, "no quote"),
        ({"offers": []}, "no offer 1"),
    ],
)
def test_what_is_no_quote_is_refused(
    change: dict[str, Any], said: str, quote: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        reprice(FEED, {**quote, **change}, 1)


def test_an_offer_whose_service_is_gone_is_not_guessed_at(quote: dict[str, Any]) -> None:
    gone = quote["offers"][0]["legs"][0]["service_id"]
    feed = replace(FEED, services=tuple(s for s in FEED.services if s.service_id != gone))
    with pytest.raises(InvalidRequestError, match="any more"):
        reprice(feed, quote, 1)

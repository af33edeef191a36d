"""A quote whose prices follow the places left: only where they are counted, and to be proved."""

from __future__ import annotations

import copy
import json
import math
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan import read_feed
from kervan.errors import InvalidRequestError
from kervan.offers import Quote
from kervan.offers.as_json import quote_as_json
from kervan.offers.capacity import (
    CapacityPrice,
    capacity_as_json,
    capacity_of_json,
    changed,
    cheapest_again,
)
from kervan.offers.explain import explain
from kervan.offers.reprice import reprice
from kervan.shipment import shipment
from kervan.tariff.clerk import clerk_lines
from kervan.tariff.revenue import BackhaulRule, CapacityRule, Inventory, Outlook, inventory_of
from kervan.tariff.settlement import arranged, performed_from_price
from tests.tariff.rows import book, item, leg

EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "capacity" / "caspian.toml"
CORRIDOR = read_feed()
CONTENT = tomllib.loads(EXAMPLE.read_text("utf-8"), parse_float=Decimal)
WEST, EAST = ("KZAAU", "AZ-ALAT"), ("AZ-ALAT", "KZAAU")


def inventory(change: Callable[[dict[str, Any]], None] = lambda _: None) -> Inventory:
    content = copy.deepcopy(CONTENT)
    change(content)
    return inventory_of(content, "places.toml", CORRIDOR.feed)


def ask(ends: tuple[str, str], capacity: Path | Inventory | None = EXAMPLE, **more: Any) -> Quote:
    asked: dict[str, Any] = {"weight_kg": 18_000, "ready": "2026-12-01", "offers": 3} | more
    return CORRIDOR.quote(*ends, capacity=capacity, **asked)


def total(quote: Quote, number: int = 1) -> Decimal:
    price = quote.offers[number - 1].price
    assert price.total is not None
    return price.total.major


def full(content: dict[str, Any]) -> None:
    content["departures"][0]["sold_teu"] = 224


def test_a_scarce_departure_is_dearer_and_says_why() -> None:
    plain, quote = ask(WEST, None), ask(WEST)
    added = quote.offers[0].price.lines[-1]
    assert (added.kind, added.item_id) == ("capacity", "caspian-2026-12")
    assert added.amount.minor > 0
    assert total(quote) == total(plain) + added.amount.major
    told = "\n".join(explain(quote))
    for words in ("Scarce capacity", "16 of 225 TEU left", "a bid price of USD", "is raised by"):
        assert words in told
    assert any("By rule caspian-2026-12 the price of offer 1" in note for note in quote.notes)


def test_the_empty_way_back_is_cheaper_and_never_below_its_cost() -> None:
    plain, quote = ask(EAST, None), ask(EAST)
    capacity = quote.offers[0].capacity
    assert capacity is not None
    assert total(plain) * Decimal("0.8") <= total(quote) < total(plain)
    assert "Backhaul rule caspian-2026-12" in capacity.sentences[-1]


@pytest.mark.parametrize(
    ("ends", "ready"), [(WEST, "2026-12-10"), (("CNXIY", "KZAAU"), "2026-12-01")]
)
def test_offers_on_departures_that_are_not_counted_are_as_before(
    ends: tuple[str, str], ready: str
) -> None:
    asked = [quote_as_json(ask(ends, given, ready=ready)) for given in (None, EXAMPLE)]
    assert asked[0] == asked[1]
    assert "capacity" not in json.dumps(asked[1])


def test_only_the_freight_on_counted_departures_changes() -> None:
    def train_to_sea(content: dict[str, Any]) -> None:
        row = content["departures"][0]
        row |= {"departs": date(2026, 11, 20), "until": date(2027, 1, 10)}
        del content["departures"][1]
        content["demand"] = content["demand"][:2]

    plain = ask(("CNXIY", "AZ-ALAT"), None, avoid=["ASCO"])
    quote = ask(("CNXIY", "AZ-ALAT"), inventory(train_to_sea), avoid=["ASCO"])
    raised = [offer for offer in quote.offers if offer.capacity is not None]
    assert raised
    for offer in raised:
        assert offer.capacity is not None
        sea = [found.leg for found in offer.capacity.outlooks]
        line = offer.price.lines[-1]
        freight = sum(
            ln.in_total.major
            for ln in offer.price.lines
            if ln.kind == "freight" and ln.in_total is not None and set(ln.legs) & set(sea)
        )
        assert list(line.legs) == sea
        assert line.quantity == freight
        assert 0 < line.amount.major <= freight / 4 + 1
        assert total(quote, offer.number) == total(plain, offer.number) + line.amount.major


def test_a_departure_too_full_is_named_and_its_price_is_that_of_the_tariff() -> None:
    quote = ask(WEST, inventory(full))
    capacity = quote.offers[0].capacity
    assert capacity is not None
    assert not capacity.fits
    assert total(quote) == total(ask(WEST, None))
    assert any("has 1 TEU left, and 2 are asked for" in note for note in quote.notes)
    written = quote_as_json(quote)
    assert written["offers"][0]["capacity"]["departures"][0]["displacement"] is None
    found = reprice(CORRIDOR.feed, written, 1)
    assert found.is_as_quoted
    assert found.capacity is not None
    why = found.capacity.sentences
    told = clerk_lines(found.price, found.legs, found.shipment, CORRIDOR.feed, why)
    assert "1 TEU left" in "\n".join(told)


def test_the_worth_of_places_is_converted_as_the_price_is() -> None:
    dollars, euros = ask(WEST), ask(WEST, currency="EUR")
    shares = []
    for quote in (dollars, euros):
        line = quote.offers[0].price.lines[-1]
        assert line.kind == "capacity"
        shares.append(line.rate)
        found = reprice(CORRIDOR.feed, json.loads(json.dumps(quote_as_json(quote))), 1)
        assert found.is_as_quoted
    assert shares[0] == pytest.approx(shares[1], abs=Decimal("0.02"))
    assert euros.offers[0].capacity is not None
    assert euros.offers[0].capacity.outlooks[0].currency == "EUR"


def test_a_currency_that_no_rate_leads_to_is_refused() -> None:
    def pounds(content: dict[str, Any]) -> None:
        content["places"]["currency"] = "ISK"

    with pytest.raises(InvalidRequestError, match="no rate of exchange leads"):
        ask(WEST, inventory(pounds))


@pytest.mark.parametrize("ends", [WEST, EAST])
def test_a_kept_price_is_proved_to_the_cent_without_the_file(ends: tuple[str, str]) -> None:
    written = json.loads(json.dumps(quote_as_json(ask(ends, count=2))))
    found = reprice(CORRIDOR.feed, written, 1)
    assert found.is_as_quoted
    assert found.capacity is not None
    assert list(found.capacity.sentences) == written["offers"][0]["capacity"]["sentences"]


def test_a_figure_changed_in_a_kept_quote_is_found_out() -> None:
    written = quote_as_json(ask(WEST))
    seen = written["offers"][0]["capacity"]["departures"][0]
    seen["displacement"] = str(Decimal(seen["displacement"]) + 10)
    assert not reprice(CORRIDOR.feed, written, 1).is_as_quoted


@pytest.mark.parametrize(
    "change",
    [
        {"rule": None},
        {"counted_on": "soon"},
        {"departures": [{}]},
        {"departures": 3},
        {"sentences": None},
    ],
)
def test_a_kept_capacity_that_is_broken_is_refused_in_a_sentence(change: dict[str, Any]) -> None:
    written = quote_as_json(ask(WEST))
    written["offers"][0]["capacity"] |= change
    with pytest.raises(InvalidRequestError, match="Take the file as it was written"):
        reprice(CORRIDOR.feed, written, 1)
    written["offers"][0]["capacity"] = "much"
    with pytest.raises(InvalidRequestError, match="Take the file as it was written"):
        reprice(CORRIDOR.feed, written, 1)


OUTLOOKS = st.builds(
    Outlook,
    leg=st.integers(0, 3),
    name=st.text(max_size=5),
    capacity_teu=st.floats(0, 1e5),
    left_teu=st.floats(0, 1e5),
    teu=st.floats(0.25, 100),
    displacement=st.floats(0, 1e9) | st.just(math.inf),
    carrying_cost=st.decimals(0, 10**9, places=9),
    expected_load=st.floats(0, 2),
    currency=st.just("USD"),
).map(Outlook.as_written)
RULES = st.builds(
    CapacityRule,
    st.text(max_size=5),
    st.text(max_size=5),
    st.decimals(0, 1, places=3),
    st.decimals(0, 99, places=3),
    st.none() | st.just(BackhaulRule(Decimal("0.4"), Decimal("0.1"), Decimal("12.5"))),
)


@given(rule=RULES, outlooks=st.lists(OUTLOOKS, min_size=1, max_size=3), day=st.dates())
def test_what_is_written_down_is_read_the_same(
    rule: CapacityRule, outlooks: list[Outlook], day: date
) -> None:
    capacity = CapacityPrice(day, rule, tuple(outlooks), ("why",))
    written = json.loads(json.dumps(capacity_as_json(capacity)))
    assert capacity_of_json(written) == capacity


def test_an_incomplete_price_is_left_alone_and_says_so() -> None:
    price = book().price([leg()], shipment("22G1", weight_kg=1000))
    seen = Outlook(0, "departure", 100, 30, 1, 500.0, Decimal(0), 1.0, "USD")
    capacity = CapacityPrice(date(2026, 12, 1), CapacityRule("r", "s"), (seen,), ())
    same, told = changed(price, capacity)
    assert same is price
    assert "incomplete" in told.sentences[0]


def test_the_cheapest_offer_is_the_cheapest_after_the_change() -> None:
    quote = ask(("CNXIY", "TRIST"), None, offers=3)
    priced = [offer for offer in quote.offers if offer.price.total is not None]
    dear = min(priced, key=lambda offer: offer.price.known.minor)
    much = replace(dear.price.known, minor=10**9)
    line = replace(dear.price.lines[0], kind="capacity", in_total=much)
    raised = replace(dear, price=replace(dear.price, lines=(*dear.price.lines, line)))
    offers = [raised if offer is dear else offer for offer in quote.offers]
    found = cheapest_again(offers)
    least = min(offer.price.known.minor for offer in found if offer.price.total is not None)
    for offer in found:
        assert ("price" in offer.best_at) == (offer.price.known.minor == least)
    assert cheapest_again(quote.offers) == quote.offers
    alone = replace(raised, best_at=("arrival",))
    assert cheapest_again([alone]) == (alone,), "a cheaper way may be among those not asked for"


@pytest.mark.parametrize("through", [True, False])
def test_a_change_over_several_carriers_is_divided_among_them_in_settlement(through: bool) -> None:
    legs = [leg("KZAAU", "AZ-ALAT", carrier_id="A"), leg("AZ-ALAT", "GEPTI", carrier_id="B")]
    price = book(item("a", "100", carrier_id="A"), item("b", "100", carrier_id="B")).price(
        legs, shipment("22G1", weight_kg=1000)
    )
    seen = [
        Outlook(number, "departure", 100, 30, 1, 120.0, Decimal(0), 1.0, "USD")
        for number in range(2 if through else 1)
    ]
    capacity = CapacityPrice(date(2026, 12, 1), CapacityRule("r", "s"), tuple(seen), ())
    price, _ = changed(price, capacity)
    day = date(2026, 12, 1) + timedelta(days=9)
    done = performed_from_price(
        "T", price, legs, performed_on=day, customer_id="s", collector_id="A"
    )
    charge = done.charges[-1]
    assert charge.kind == "capacity"
    assert (charge.is_through, charge.due_to_id) == (through, None if through else "A")
    assert arranged([done]).one(0).charges[-1] == charge

"""A consignment begun from an offer: its whole way, and nothing that it does not say."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

import kervan
from kervan.cargo.check import check
from kervan.cargo.law import check_law, requirements_of
from kervan.cargo.reading import read_consignment, write_consignment
from kervan.errors import InvalidRequestError
from kervan.offers.as_json import quote_as_json
from kervan.offers.consignment import consignment_from_quote

WAYS = (("CNXIY", "TRIST"), ("KZALA", "ROCND"), ("TRMER", "UZTAS"))


@lru_cache
def corridor() -> Any:
    return kervan.read_feed()


@lru_cache
def kept(origin: str, destination: str, weight_kg: float = 18_000) -> str:
    answer = corridor().quote(
        origin, destination, count=2, weight_kg=weight_kg, ready="2026-12-01", offers=5
    )
    return json.dumps(quote_as_json(answer))


def quote(origin: str = "CNXIY", destination: str = "TRIST", weight_kg: float = 18_000) -> Any:
    return json.loads(kept(origin, destination, weight_kg))


@pytest.mark.parametrize("ends", WAYS)
@pytest.mark.parametrize("with_feed", [True, False])
def test_every_offer_is_begun_with_its_whole_way(ends: tuple[str, str], with_feed: bool) -> None:
    asked = quote(*ends)
    for offer in asked["offers"]:
        begun = consignment_from_quote(
            asked, offer["number"], "EX-1", feed=corridor().feed if with_feed else None
        )
        way, legs = begun.movements, offer["legs"]
        assert [m.number for m in way] == list(range(1, len(way) + 1))
        assert (way[0].origin.place_id, way[-1].destination.place_id) == ends
        for before, after in pairwise(way):
            assert before.destination == after.origin
            assert before.departs < before.arrives <= after.departs < after.arrives
        # Each leg is there whole: what begins and ends it keeps its day and hour.
        starts = {(m.carrier_id, m.mode, m.origin.place_id): m.departs for m in way}
        ends_at = {(m.carrier_id, m.mode, m.destination.place_id): m.arrives for m in way}
        for leg in legs:
            key = leg["carrier_id"], leg["mode"]
            assert starts[(*key, leg["from"]["place_id"])] == moment(leg["departs"])
            assert ends_at[(*key, leg["to"]["place_id"])] == moment(leg["arrives"])
        if not with_feed:
            assert len(way) == len(legs)
        assert [c.carrier_id for c in begun.carriers] == list(
            dict.fromkeys(leg["carrier_id"] for leg in legs)
        )
        assert read_consignment(write_consignment(begun)) == begun


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_with_the_feed_every_country_on_land_is_reached_by_a_movement() -> None:
    asked, feed = quote(), corridor().feed
    links = {link.link_id: link for link in feed.links}
    countries = {place.place_id: place.country for place in feed.places}
    for offer in asked["offers"]:
        begun = consignment_from_quote(asked, offer["number"], "EX-1", feed=feed)
        passed = {
            countries[place]
            for leg in offer["legs"]
            if leg["mode"] in ("rail", "road")
            for link_id in leg["link_ids"]
            for place in (links[link_id].from_place_id, links[link_id].to_place_id)
        }
        reached = {p.country for m in begun.movements for p in (m.origin, m.destination)}
        assert passed <= reached


def test_a_border_is_reached_before_its_controls_and_left_after_them() -> None:
    asked = quote()
    way = consignment_from_quote(asked, 2, "EX-1", feed=corridor().feed).movements
    to_border, from_border = way[0], way[1]
    leg = asked["offers"][1]["legs"][0]
    minutes = sum(e["minutes"] for e in leg["aboard"] if e["kind"] in ("border", "gauge_change"))
    assert to_border.destination.place_id == "KZ-ALTYNKOL"
    assert minutes > 0
    assert (from_border.departs - to_border.arrives).total_seconds() == minutes * 60
    # By the zone of the place, which is not that of Xi'an.
    assert to_border.arrives.utcoffset().total_seconds() == 5 * 3600


def test_the_law_of_a_way_on_land_is_that_of_every_country_it_passes() -> None:
    begun = consignment_from_quote(quote(), 2, "EX-1", feed=corridor().feed)
    assert {"CN", "EAEU", "TR"} <= {r.territory for r in requirements_of(begun)}
    crossed = [p.message for p in check_law(begun) if p.rule == "law.no-procedure"]
    assert [message.split()[3].rstrip(",") for message in crossed] == ["EAEU", "AZ", "GE"]


def test_containers_get_the_size_type_that_was_quoted_and_are_empty_where_it_was_for_empties() -> (
    None
):
    named = ("KRVU3001014", "KRVU3001020")
    loaded = consignment_from_quote(quote(), 1, "EX-1", containers=named)
    assert [(u.number, u.size_type, u.is_empty) for u in loaded.equipment] == [
        (number, "45G1", False) for number in named
    ]
    empty = consignment_from_quote(quote(weight_kg=0), 1, "EX-1", containers=named[:1])
    assert [u.is_empty for u in empty.equipment] == [True]


def test_what_an_offer_does_not_know_is_asked_for_by_the_check() -> None:
    begun = consignment_from_quote(quote(), 1, "EX-1", containers=("KRVU3001014",))
    assert {p.path for p in check(begun, depths=("form", "sense"))} == {
        "$.consignor",
        "$.consignee",
        "$.goods_items",
    }


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda q: q.update(schema="places.v1"), "no quote in the form quote.v1"),
        (lambda q: q.update(ok=False), "no quote in the form quote.v1"),
        (lambda q: q.update(offers=[]), "has no offer 1"),
        (lambda q: q.update(offers=None), "offers of the quote are not written as quote.v1 has it"),
        (lambda q: q.update(offers=[{}]), "offers of the quote are not written as quote.v1 has it"),
        (lambda q: q.pop("request"), "not written as quote.v1 has it"),
        (lambda q: q["offers"][0].update(legs=[]), "not written as quote.v1 has it"),
        (lambda q: q["offers"][0]["legs"][0].update(mode="air"), "not written as quote.v1 has it"),
        (lambda q: q["offers"][0]["legs"][0].update(departs="soon"), "as quote.v1 has it"),
        (lambda q: q["offers"][0]["legs"][0].update(departs="2026-12-01"), "as quote.v1 has it"),
        (lambda q: q["offers"][0]["legs"][0].update(link_ids=["gone"]), "has no link gone"),
        (lambda q: q["request"].update(equipment=7), "No consignment can be made"),
    ],
)
def test_what_is_no_offer_is_refused_with_a_sentence(change: Any, said: str) -> None:
    asked = quote()
    change(asked)
    with pytest.raises(InvalidRequestError, match=said):
        consignment_from_quote(asked, 1, "EX-1", feed=corridor().feed, containers=("KRVU3001014",))


def test_more_containers_than_were_quoted_are_refused() -> None:
    with pytest.raises(InvalidRequestError, match="3 containers are named, and the quote is for 2"):
        consignment_from_quote(quote(), 1, "EX-1", containers=("A", "B", "C"))


def test_a_stand_in_for_a_market_is_not_named_as_the_company_that_carries() -> None:
    carriers = consignment_from_quote(quote(), 1, "EX-1").carriers
    assert {c.carrier_id: c.party is None for c in carriers} == {
        "KTZE": False,
        "KMTF": False,
        "ROAD": True,
    }

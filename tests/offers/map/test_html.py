from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

from kervan.corridor import Corridor
from kervan.offers.map import Scene, map_html, scene_of
from kervan.offers.model import Quote

HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&${title}"


class Tags(HTMLParser):
    """Every tag with its attributes, and the text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data: str) -> None:
        if self.open not in ("script", "style"):
            self.text.append(data)


def test_the_page_names_nothing_that_lies_elsewhere(quote: Quote, scene: Scene) -> None:
    page = map_html(quote, scene)
    assert "://" not in page
    assert not re.search(r"url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket", page)
    for tag, attributes in Tags(page).tags:
        assert tag not in ("iframe", "object", "embed", "img", "form")
        assert "src" not in attributes
        assert attributes.get("href", "data:,") == "data:,"


def test_the_policy_of_the_page_allows_its_own_script_and_no_other(
    quote: Quote, scene: Scene
) -> None:
    page = map_html(quote, scene)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in page


def test_texts_of_the_feed_cannot_become_markup(corridor: Corridor, quote: Quote) -> None:
    scene = scene_of(quote, corridor.feed)
    plain = Tags(map_html(quote, scene))
    rows = {place.place_id: replace(place, name=HOSTILE) for place in corridor.feed.places}

    def hostile(leg):
        return replace(
            leg,
            from_place=rows[leg.from_place.place_id],
            to_place=rows[leg.to_place.place_id],
            carrier=replace(leg.carrier, name=HOSTILE),
            service=replace(leg.service, name=HOSTILE),
        )

    worst = replace(
        quote,
        feed=replace(quote.feed, title=HOSTILE),
        origin=rows[quote.origin.place_id],
        destination=rows[quote.destination.place_id],
        offers=tuple(replace(o, legs=tuple(map(hostile, o.legs))) for o in quote.offers),
        notes=(HOSTILE,),
    )
    feed = replace(corridor.feed, places=tuple(rows.values()))
    page = map_html(worst, scene_of(worst, feed))
    read = Tags(page)
    # Which labels find room depends on the names, all else is the same tag for tag.
    count = [sum(tag in ("script", "img") for tag, _ in t.tags) for t in (plain, read)]
    assert count == [1, 1]
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert HOSTILE in "".join(read.text)
    assert "<script>alert" not in page


def test_every_offer_has_a_row_a_line_and_its_legs(quote: Quote, scene: Scene) -> None:
    page = Tags(map_html(quote, scene))
    numbers = [str(offer.number) for offer in quote.offers]
    for tag, kind in (("tr", None), ("g", "track"), ("section", "details")):
        found = [
            a["data-offer"]
            for t, a in page.tags
            if t == tag and "data-offer" in a and (kind is None or a.get("class") == kind)
        ]
        assert found == numbers
    text = "".join(page.text)
    for offer in quote.offers:
        for leg in offer.legs:
            assert f"{leg.from_place.name} → {leg.to_place.name}" in text
            assert leg.carrier.name in text


def test_every_control_has_a_name(quote: Quote, scene: Scene) -> None:
    for tag, attributes in Tags(map_html(quote, scene)).tags:
        if tag == "button" or attributes.get("role") in ("button", "group", "img"):
            assert attributes.get("aria-label")


def test_an_incomplete_price_says_so(corridor: Corridor, quote: Quote) -> None:
    first = quote.offers[0]
    short = replace(first, price=replace(first.price, unpriced_legs=(0,)))
    page = "".join(
        Tags(map_html(replace(quote, offers=(short,)), scene_of(quote, corridor.feed))).text
    )
    assert "incomplete" in page
    assert "no applicable tariff item" in page


def test_the_page_is_small_enough_to_send(quote: Quote, scene: Scene) -> None:
    page = map_html(quote, scene)
    base = re.search(r'<g aria-hidden="true"><path class="land".*?</g>', page)
    assert base is not None
    assert len(base[0]) < 250_000
    assert len(page) < 350_000


def test_the_same_quote_gives_the_same_page(quote: Quote, corridor: Corridor) -> None:
    pages = {map_html(quote, scene_of(quote, corridor.feed)) for _ in range(2)}
    assert len(pages) == 1

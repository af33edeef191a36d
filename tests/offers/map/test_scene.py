from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from kervan.corridor import Corridor
from kervan.offers.map.lettering import SCALES, Wish, _box, placed_labels
from kervan.offers.map.scene import Scene, scene_of
from kervan.offers.model import Quote

RELATIONS = [("CNXIY", "TRIST"), ("UZTAS", "TRMER"), ("CNCKG", "DEDUI"), ("TRIST", "CNXIY")]


@pytest.mark.parametrize(("origin", "destination"), RELATIONS)
def test_every_line_and_mark_lies_within_the_view(
    corridor: Corridor, origin: str, destination: str
) -> None:
    scene = scene_of(corridor.quote(origin, destination, ready="2026-12-01"), corridor.feed)
    left, top, right, bottom = scene.view
    points = np.concatenate([line.points for legs in scene.lines.values() for line in legs])
    spots = np.array([(mark.x, mark.y) for mark in scene.marks])
    for x, y in np.concatenate((points, spots)):
        assert left < x < right
        assert top < y < bottom


@pytest.mark.parametrize(("origin", "destination"), RELATIONS)
def test_names_of_places_never_cover_each_other_at_any_scale(
    corridor: Corridor, origin: str, destination: str
) -> None:
    scene = scene_of(corridor.quote(origin, destination, ready="2026-12-01"), corridor.feed)
    for scale in (share * scene.fitted_scale for share in SCALES):
        shown = [
            label
            for label in scene.labels
            if label.least_scale <= scale and label.kind in ("origin", "destination", "change")
        ]
        for one, other in combinations(shown, 2):
            a, b = _box(one, scale), _box(other, scale)
            assert not (a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]), (one, other)


def test_origin_and_destination_are_named_at_every_scale(scene: Scene, quote: Quote) -> None:
    always = {label.text for label in scene.labels if label.least_scale == 0}
    assert always == {quote.origin.name, quote.destination.name}


def test_every_transshipment_is_marked_once_with_the_offers_that_use_it(
    scene: Scene, quote: Quote
) -> None:
    marked = {mark.place.place_id: mark.offers for mark in scene.marks if mark.kind == "change"}
    expected: dict[str, list[int]] = {}
    for offer in quote.offers:
        for leg in offer.legs[1:]:
            expected.setdefault(leg.from_place.place_id, []).append(offer.number)
    ends = {quote.origin.place_id, quote.destination.place_id}
    assert {key: list(offers) for key, offers in marked.items()} == {
        key: offers for key, offers in expected.items() if key not in ends
    }


def test_every_offer_has_its_number_on_its_own_line(scene: Scene) -> None:
    assert [badge.offer for badge in scene.badges] == list(scene.lines)
    for badge in scene.badges:
        points = np.concatenate([line.points for line in scene.lines[badge.offer]])
        assert np.hypot(points[:, 0] - badge.x, points[:, 1] - badge.y).min() < 100.0


def test_numbers_do_not_cover_each_other(scene: Scene) -> None:
    for one, other in combinations(scene.badges, 2):
        assert np.hypot(one.x - other.x, one.y - other.y) * scene.fitted_scale > 16.0


def test_a_single_short_offer_is_not_blown_up_beyond_reason(corridor: Corridor) -> None:
    quote = corridor.quote("AZBAK", "AZ-ALAT", ready="2026-12-01")
    left, top, right, bottom = scene_of(replace(quote, offers=quote.offers[:1]), corridor.feed).view
    assert min(right - left, bottom - top) >= 100.0


def test_a_name_waits_until_there_is_room_for_it() -> None:
    crowd = [Wish("Aktau", "origin", 0.0, 0.0)]
    crowd += [Wish(f"Place {n}", "change", float(n % 5), n / 5) for n in range(25)]
    labels = placed_labels(crowd, 0.1, [], [], (-1e4, -1e4, 1e4, 1e4))
    assert labels[0].least_scale == 0
    assert min(label.least_scale for label in labels[1:]) < max(x.least_scale for x in labels)

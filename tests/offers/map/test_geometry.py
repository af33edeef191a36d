from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kervan.corridor import Corridor
from kervan.feed.tables import Link
from kervan.network.legs import Leg, Section, Stretch
from kervan.offers.map.geometry import leg_lines, leg_points, link_points, offset_line
from kervan.offers.map.projection import length_km
from kervan.offers.model import Quote
from tests.corridors import Corridor as SmallCorridor


def _leg(*stretches: tuple[str, str, str]) -> Leg:
    return Leg(
        "S",
        "C",
        "rail",
        tuple(
            Section(
                start, end, "XX", "XX", (Stretch(link, start, end, "XX", "XX", 1.0, None, None),)
            )
            for link, start, end in stretches
        ),
    )


@pytest.fixture
def small():
    """Places A, B, C, D on a parallel; links a (A-B), b (B-C, a waypoint to the north), c (B-D)."""
    corridor = SmallCorridor()
    for place_id, lon, lat in (("AA", 50, 40), ("BB", 52, 40), ("CC", 54, 40), ("DD", 54, 38)):
        corridor.place(place_id, lon=float(lon), lat=float(lat))
    places = {place.place_id: place for place in corridor.places}

    def link(key: str, start: str, end: str, waypoints: str | None = None) -> Link:
        return Link(
            link_id=key,
            from_place_id=start,
            to_place_id=end,
            mode="rail",
            distance_km=170.0,
            waypoints=waypoints,
            source_id="test",
        )

    links = [link("a", "AA", "BB"), link("b", "BB", "CC", "53 41"), link("c", "BB", "DD")]
    return {row.link_id: row for row in links}, places


def test_a_link_run_backwards_passes_its_waypoints_backwards(small) -> None:
    links, places = small
    there = leg_points(_leg(("a", "AA", "BB"), ("b", "BB", "CC")), links, places)
    back = leg_points(_leg(("b", "CC", "BB"), ("a", "BB", "AA")), links, places)
    assert there.tolist() == [[50, 40], [52, 40], [53, 41], [54, 40]]
    assert back.tolist() == there[::-1].tolist()


def test_the_lines_of_every_leg_begin_and_end_at_its_places(
    corridor: Corridor, quote: Quote
) -> None:
    links = {link.link_id: link for link in corridor.feed.links}
    places = {place.place_id: place for place in corridor.feed.places}
    lines = leg_lines(
        ((o.number, [leg.leg for leg in o.legs]) for o in quote.offers), links, places
    )
    for offer in quote.offers:
        assert len(lines[offer.number]) == len(offer.legs)
        for leg, line in zip(offer.legs, lines[offer.number], strict=True):
            ends = [(p.longitude_deg, p.latitude_deg) for p in (leg.from_place, leg.to_place)]
            assert line.points[[0, -1]].tolist() == [list(end) for end in ends]
            assert len(line.lanes) == len(line.sharing) == len(line.points) - 1


def test_no_link_of_the_shipped_corridor_is_drawn_longer_than_it_is(corridor: Corridor) -> None:
    places = {place.place_id: place for place in corridor.feed.places}
    too_long = {
        link.link_id: length_km(link_points(link, places)) / link.distance_km
        for link in corridor.feed.links
    }
    assert {key: share for key, share in too_long.items() if share > 1.1} == {}


def test_an_offer_alone_on_its_way_keeps_to_the_way(small) -> None:
    lines = leg_lines([(1, [_leg(("a", "AA", "BB"))])], *small)
    assert set(lines[1][0].lanes) == {0.0}


def test_offers_that_share_a_way_get_lanes_side_by_side_in_the_order_of_their_numbers(
    small,
) -> None:
    lines = leg_lines(
        [
            (1, [_leg(("a", "AA", "BB"), ("b", "BB", "CC"))]),
            (2, [_leg(("a", "AA", "BB")), _leg(("c", "BB", "DD"))]),
            (3, [_leg(("a", "AA", "BB"), ("b", "BB", "CC"))]),
        ],
        *small,
    )
    shared = [lines[number][0].lanes[0] for number in (1, 2, 3)]
    assert shared == [-1.0, 0.0, 1.0]
    assert [lines[number][0].lanes[-1] for number in (1, 3)] == [-0.5, 0.5]
    assert set(lines[2][1].lanes) == {0.0}
    assert lines[1][0].sharing[0] == 3


def test_an_offer_running_the_other_way_does_not_cover_the_first(small) -> None:
    lines = leg_lines([(1, [_leg(("a", "AA", "BB"))]), (2, [_leg(("a", "BB", "AA"))])], *small)
    there = offset_line(lines[1][0].points * [1, -1], lines[1][0].lanes)
    back = offset_line(lines[2][0].points * [1, -1], lines[2][0].lanes)
    assert np.abs(there - back[::-1]).max() > 0.5


def test_an_offer_that_passes_a_link_twice_shares_it_with_nobody(small) -> None:
    lines = leg_lines([(1, [_leg(("a", "AA", "BB")), _leg(("a", "BB", "AA"))])], *small)
    assert all(set(line.lanes) == {0.0} for line in lines[1])


def test_a_straight_line_moves_to_the_right_of_its_direction() -> None:
    # On the sheet y grows to the south: right of eastbound is south.
    moved = offset_line(np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]]), np.array([3.0, 3.0]))
    assert moved.tolist() == [[0, 3], [10, 3], [20, 3]]


def test_a_corner_is_mitred_and_a_hairpin_does_not_shoot_off() -> None:
    corner = offset_line(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]), np.array([2.0, 2.0]))
    assert corner[1].tolist() == [8.0, 2.0]
    hairpin = offset_line(np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 0.1]]), np.array([2.0, 2.0]))
    assert np.hypot(*(hairpin[1] - [10.0, 0.0])) <= 4.0


@given(
    st.lists(
        st.tuples(st.integers(-500, 500), st.integers(-500, 500)),
        min_size=2,
        max_size=8,
        unique=True,
    ),
    st.floats(-9, 9),
)
def test_a_line_run_backwards_in_the_mirrored_lane_lies_in_the_same_place(rows, lane) -> None:
    line = np.array(rows, np.float64)
    lanes = np.full(len(line) - 1, lane)
    back = offset_line(line[::-1], -lanes)
    assert np.allclose(offset_line(line, lanes), back[::-1], atol=1e-6)


def test_where_the_lane_changes_the_line_goes_on_without_a_gap() -> None:
    moved = offset_line(np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0]]), np.array([0.0, 2.0]))
    assert moved.tolist() == [[0, 0], [10, 0], [10, 2], [20, 2]]

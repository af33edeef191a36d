"""Places stand where they are, and no way is shorter than the straight line."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kervan.feed import check_feed
from kervan.feed.tables import Feed, Link, Place

EARTH_RADIUS_KM = 6371.0088
HAULS_ROUND_CAPES = {"CNSZX_DEHAM_sea", "CNSZX_GEPTI_sea", "CNSZX_TRMER_sea", "CNSZX_TRIST_sea"}
"""From the China Sea by Suez: the way is that long because the land is in between."""


def great_circle_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(x), math.radians(y)) for x, y in (one, other))
    chord = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def position(place: Place) -> tuple[float, float]:
    return place.latitude_deg, place.longitude_deg


def straight_km(feed: Feed, link: Link) -> float:
    places = {place.place_id: place for place in feed.places}
    return great_circle_km(position(places[link.from_place_id]), position(places[link.to_place_id]))


def test_the_shipped_feed_has_no_problem(corridor_path: Path) -> None:
    assert [str(problem) for problem in check_feed(corridor_path).problems] == []


def test_no_link_is_shorter_than_the_great_circle(corridor: Feed) -> None:
    short = {
        link.link_id: (link.distance_km, round(straight_km(corridor, link), 1))
        for link in corridor.links
        if link.distance_km < straight_km(corridor, link)
    }
    assert not short


def test_no_link_is_more_than_about_twice_the_great_circle(corridor: Feed) -> None:
    """Mountains and capes make a way longer; a mistyped length makes it absurd."""
    long = {
        link.link_id: round(link.distance_km / straight_km(corridor, link), 2)
        for link in corridor.links
        if link.distance_km > 2 * straight_km(corridor, link) + 15
        and link.link_id not in HAULS_ROUND_CAPES
    }
    assert not long


def test_a_link_is_not_shorter_than_its_own_drawing(corridor: Feed) -> None:
    places = {place.place_id: position(place) for place in corridor.places}
    off = {}
    for link in corridor.links:
        if link.waypoints is None:
            continue
        points = [tuple(map(float, p.split(" ")))[::-1] for p in link.waypoints.split(";")]
        way = [places[link.from_place_id], *points, places[link.to_place_id]]
        drawn = sum(great_circle_km(a, b) for a, b in pairwise(way))
        if link.distance_km < 0.98 * drawn:
            off[link.link_id] = (link.distance_km, round(drawn))
    assert not off


def test_no_two_places_share_a_name_or_stand_on_one_spot(corridor: Feed) -> None:
    assert len({place.name for place in corridor.places}) == len(corridor.places)
    assert len({position(place) for place in corridor.places}) == len(corridor.places)


UNLOCODE_POSITIONS = {
    # Degrees and minutes of the UN/LOCODE list, for every place that says it uses them.
    "CNYIW": (29.3, 120.067),
    "CNLYG": (34.717, 119.433),
    "GEGAR": (41.45, 45.083),
    "GEZAI": (41.4, 43.467),
    "DEDUI": (51.467, 6.75),
    "KZARY": (42.433, 68.8),
    "KZKUR": (43.2, 51.65),
    "KZSRY": (41.45, 69.167),
}


@pytest.mark.parametrize("place_id", sorted(UNLOCODE_POSITIONS))
def test_a_position_of_the_code_list_is_the_code_lists(corridor: Feed, place_id: str) -> None:
    place = next(p for p in corridor.places if p.place_id == place_id)
    assert place.coordinates_basis == "unlocode"
    assert great_circle_km(position(place), UNLOCODE_POSITIONS[place_id]) < 2


def test_kazakhstan_keeps_one_time_five_hours_ahead(corridor: Feed) -> None:
    zones = {place.timezone for place in corridor.places if place.country == "KZ"}
    for day in range(0, 366, 30):
        at = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=day)
        assert {at.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones} == {timedelta(hours=5)}


def test_almaty_was_an_hour_ahead_of_today_until_march_2024() -> None:
    almaty = ZoneInfo("Asia/Almaty")
    assert datetime(2024, 2, 29, 12, tzinfo=almaty).utcoffset() == timedelta(hours=6)
    assert datetime(2024, 3, 2, 12, tzinfo=almaty).utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    ("link_id", "gauge_mm"),
    [
        ("CNXIY_CNLHW_rail", 1435),
        ("KZ-BEYNEU_KZAAU_rail", 1520),
        ("TMASB_TMKRW_rail", 1520),
        ("AZ-ALAT_AZ-BOYUKKESIK_rail", 1520),
        ("GETBS_GEPTI_rail", 1520),
        ("TRKSY_TR-SIVAS_rail", 1435),
        ("RUMOW_RU-KRASNOYE_rail", 1520),
        ("PLWAW_DEDUI_rail", 1435),
    ],
)
def test_a_line_has_the_gauge_of_its_country(corridor: Feed, link_id: str, gauge_mm: int) -> None:
    assert next(link for link in corridor.links if link.link_id == link_id).gauge_mm == gauge_mm


def test_a_change_of_gauge_takes_time_and_nothing_else_does(corridor: Feed) -> None:
    for crossing in corridor.border_crossings:
        changes = crossing.gauge_from_mm != crossing.gauge_to_mm
        assert bool(crossing.gauge_change_p50_hours) == changes, crossing.crossing_id


def test_the_gauge_changes_where_it_does(corridor: Feed) -> None:
    changed = {
        frozenset((c.from_place_id, c.to_place_id))
        for c in corridor.border_crossings
        if c.gauge_from_mm != c.gauge_to_mm
    }
    assert changed == {
        frozenset(("CNAKL", "KZ-DOSTYK")),
        frozenset(("CNHRS", "KZ-ALTYNKOL")),
        frozenset(("BYBQT", "PL-MALASZEWICZE")),
        frozenset(("GEZAI", "TRKSY")),
        frozenset(("AZ-SADARAK", "TR-DILUCU")),
    }

"""Services run over ways that exist, both ways, as often as their sources say."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from kervan.feed.tables import Call, Feed, Service, TariffItem
from kervan.network import Network
from kervan.network.compile import compile_network

DAY = date(2026, 12, 1)


def calls_of(feed: Feed) -> dict[str, list[Call]]:
    calls: dict[str, list[Call]] = defaultdict(list)
    for call in feed.calls:
        calls[call.service_id].append(call)
    return {key: sorted(rows, key=lambda call: call.sequence) for key, rows in calls.items()}


def running(feed: Feed) -> list[Service]:
    return [service for service in feed.services if service.status == "open"]


def test_every_open_service_has_a_way_on_the_first_of_december(
    corridor: Feed, network: Network
) -> None:
    assert network.warnings == ()
    laid = {way.service.service_id for way in network.line_ways}
    assert laid == {service.service_id for service in running(corridor)}


def test_every_relation_is_served_both_ways(corridor: Feed) -> None:
    ends = set()
    for service_id, calls in calls_of(corridor).items():
        mode = next(s.mode for s in corridor.services if s.service_id == service_id)
        ends |= {(mode, a.place_id, b.place_id) for a, b in pairwise(calls)}
    one_way = {(mode, a, b) for mode, a, b in ends if (mode, b, a) not in ends}
    assert not one_way


def test_every_border_a_service_runs_over_stands_in_both_directions(corridor: Feed) -> None:
    pairs = {(c.mode, c.from_place_id, c.to_place_id) for c in corridor.border_crossings}
    assert {(mode, b, a) for mode, a, b in pairs} == pairs


def test_every_link_between_two_countries_by_land_has_a_border(corridor: Feed) -> None:
    country = {place.place_id: place.country for place in corridor.places}
    no_controls = ("BG RO", "HU AT", "AT DE", "AT IT", "PL DE", "RO HU")
    common_area = {frozenset(pair.split()) for pair in no_controls}
    crossings = {(c.mode, c.from_place_id, c.to_place_id) for c in corridor.border_crossings}
    open_borders = {
        link.link_id
        for link in corridor.links
        if link.mode in ("rail", "road")
        and country[link.from_place_id] != country[link.to_place_id]
        and frozenset((country[link.from_place_id], country[link.to_place_id])) not in common_area
        and (link.mode, link.from_place_id, link.to_place_id) not in crossings
    }
    assert not open_borders


def test_zangezur_is_not_in_the_network_of_today(network: Network) -> None:
    used = {step.link.link_id for way in network.line_ways for path in way.paths for step in path}
    assert not any("MEGHRI" in link_id or "DILUCU" in link_id for link_id in used)
    assert "ADY-ZANGEZUR-W" not in {way.service.service_id for way in network.line_ways}


def test_zangezur_runs_once_planned_things_are_counted_and_its_day_has_come(corridor: Feed) -> None:
    later = compile_network(corridor, date(2030, 1, 1), date(2030, 3, 31), include_planned=True)
    assert {"ADY-ZANGEZUR-W", "ADY-ZANGEZUR-E"} <= {
        way.service.service_id for way in later.line_ways
    }


def test_zangezur_does_not_run_before_its_day_even_when_planned_things_are_counted(
    corridor: Feed,
) -> None:
    before = compile_network(corridor, date(2026, 12, 1), date(2027, 3, 31), include_planned=True)
    assert "ADY-ZANGEZUR-W" not in {way.service.service_id for way in before.line_ways}


def test_no_service_has_a_clock_time_its_source_does_not_give(corridor: Feed) -> None:
    clocked = {
        call.service_id
        for call in corridor.calls
        if call.departure_time_local is not None or call.arrival_time_local is not None
    }
    assert clocked == {"UKF-VAR-BUS", "UKF-BUS-VAR"}


@pytest.mark.parametrize(
    ("service_id", "words", "per_week"),
    [
        ("KMTF-AAU-ALA-W", "weekly", 5.0),
        ("ASCO-KUR-ALA-W", "up to five ferries a day", None),
        ("BSF-PTI-CND-W", "three voyages a month", 0.69),
        ("BSF-BUS-CND-E", "every 10 days", 0.7),
        ("PBM-BUS-BOJ-W", "weekly", 1.0),
        ("MARS-IST-DUI-W", "4 times a week", 4.0),
        ("PEL-ALA-IST-E", "no clear schedule; trains move as soon as cargo is ready", None),
        ("UKF-VAR-BUS", "weekly; from Varna Tuesday 18:00", None),
        ("UKF-BUS-VAR", "weekly; from Batumi Friday 23:00", None),
    ],
)
def test_a_frequency_stands_in_the_words_of_its_source(
    corridor: Feed, service_id: str, words: str, per_week: float | None
) -> None:
    service = next(s for s in corridor.services if s.service_id == service_id)
    assert service.frequency_as_published == words
    assert service.departures_per_week == per_week


def test_a_frequency_without_published_words_is_marked_as_an_estimate(corridor: Feed) -> None:
    silent = {
        service.service_id
        for service in corridor.services
        if service.departures_per_week is not None
        and service.frequency_as_published is None
        and not service.is_estimate
    }
    assert not silent


EQUIPMENT = ("22G1", "42G1", "45G1", "45R1", "L5G1")


def applies(item: TariffItem, call: Call, other: Call, service: Service, code: str, load: str,
            country: dict[str, str]) -> bool:  # fmt: skip
    def lies(end: str, place_id: str) -> bool:
        return end in ("*", place_id, country[place_id])

    return (
        item.carrier_id == service.carrier_id
        and lies(item.origin, call.place_id)
        and lies(item.destination, other.place_id)
        and item.service_id in (None, service.service_id)
        and item.mode in (None, service.mode)
        and (not item.equipment or code.startswith(item.equipment))
        and item.loaded in ("any", load)
        and not item.commodity_prefixes
        and item.weight_from_kg is None
        and item.weight_to_kg is None
        and (item.valid_from is None or item.valid_from <= DAY)
        and (item.valid_to is None or item.valid_to >= DAY)
    )


@pytest.mark.parametrize("load", ["loaded", "empty"])
@pytest.mark.parametrize("code", EQUIPMENT)
def test_every_leg_of_every_service_has_a_tariff_item(corridor: Feed, code: str, load: str) -> None:
    country = {place.place_id: place.country for place in corridor.places}
    calls = calls_of(corridor)
    bare = []
    for service in running(corridor):
        items = [item for item in corridor.tariff_items if item.carrier_id == service.carrier_id]
        stops = calls[service.service_id]
        for k, call in enumerate(stops[:-1]):
            bare += [
                (service.service_id, call.place_id, other.place_id)
                for other in stops[k + 1 :]
                if not any(applies(i, call, other, service, code, load, country) for i in items)
            ]
    assert not bare

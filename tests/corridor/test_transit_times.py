"""The corridor's itineraries against published transit times, and against a forwarder's sense."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from kervan.feed.tables import Feed
from kervan.itinerary.constraints import Constraints
from kervan.itinerary.search import pareto_itineraries
from kervan.network import Network

ROOT = Path(__file__).resolve().parents[2]
READY = datetime(2026, 12, 1, tzinfo=UTC)
MUST_AGREE = {
    # Xi'an-Istanbul, Tashkent-Mersin, Almaty-Constanta, Chongqing-Duisburg, and each way back.
    "mc-cn-tr-now", "mc-tr-cn-now", "mc-tas-mer", "mc-mer-tas", "mc-ala-cnd", "mc-cnd-ala",
    "no-ckg-dui", "no-dui-ckg",
    # The corridor's own schedule, and the northern and the sea route.
    "mc-alt-bak", "mc-alt-pti", "mc-alt-cnd", "mc-kz-bak", "mc-alat-mer", "mc-xiy-bak-2024",
    "no-xiy-mlw", "no-dos-bqt", "se-cn-tr", "se-sha-pti",
}  # fmt: skip


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = ROOT / "scripts" / "corridor_transit_times.py"
    spec = importlib.util.spec_from_file_location("corridor_transit_times", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("figure_id", sorted(MUST_AGREE))
def test_planned_time_agrees_with_the_published_one(
    script: ModuleType, network: Network, figure_id: str
) -> None:
    row = next(c for c in script.compare(network) if c.figure.figure_id == figure_id)
    assert row.verdict == "agrees", (row.planned_days, row.mean_days, row.services)


def test_whatever_differs_from_a_published_time_has_a_reason(
    script: ModuleType, network: Network
) -> None:
    unexplained = {
        row.figure.figure_id
        for row in script.compare(network)
        if row.verdict != "agrees" and row.figure.figure_id not in script.WHY
    }
    assert not unexplained


def test_the_page_shows_the_figures_of_today(script: ModuleType, network: Network) -> None:
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.renew(page, script.table(list(script.compare(network)))) == page


@pytest.mark.parametrize(
    ("origin", "destination", "avoid", "passes"),
    [
        ("CNXIY", "TRIST", {"RU"}, ["KZAAU", "AZ-ALAT"]),
        ("TRIST", "CNXIY", {"RU"}, ["AZ-ALAT", "KZAAU"]),
        ("KZALA", "ROCND", {"RU"}, ["AZ-ALAT"]),
        ("ROCND", "KZALA", {"RU"}, ["AZ-ALAT"]),
        ("UZTAS", "TRMER", {"RU"}, ["AZ-ALAT"]),
        ("TRMER", "UZTAS", {"RU"}, ["AZ-ALAT"]),
    ],
)
def test_the_fastest_way_crosses_the_caspian(
    network: Network, origin: str, destination: str, avoid: set[str], passes: list[str]
) -> None:
    conditions = Constraints(avoid_countries=frozenset(avoid), max_transshipments=6)
    best = pareto_itineraries(
        network, origin, destination, READY, timedelta(0), constraints=conditions
    )[0]
    ends = [network.legs[leg].from_place_id for leg in best.legs]
    assert [place for place in ends if place in passes] == passes
    assert best.transshipments <= 4


def test_no_truck_drives_faster_than_its_driver_may(corridor: Feed, network: Network) -> None:
    """Nine hours at 80 km/h, 720 km, take 20 hours with the daily rest of the AETR agreement."""
    for way in network.line_ways:
        if way.service.mode != "road":
            continue
        for call, path in zip(way.calls[1:], way.paths, strict=True):
            km = sum(step.link.distance_km for step in path)
            if km > 720:
                assert call.run_p50_hours is not None
                assert km / call.run_p50_hours <= 720 / 20, (way.service.service_id, call.place_id)

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import kervan
from kervan.corridor import Corridor
from kervan.offers.map import Scene, scene_of
from kervan.offers.model import Quote

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def corridor() -> Corridor:
    return kervan.read_feed()


@pytest.fixture(scope="session")
def quote(corridor: Corridor) -> Quote:
    return corridor.quote("CNXIY", "TRIST", count=2, weight_kg=18000, ready="2026-12-01")


@pytest.fixture(scope="session")
def scene(corridor: Corridor, quote: Quote) -> Scene:
    return scene_of(quote, corridor.feed)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real Chromium; KERVAN_CHROMIUM names it where it is not on the path."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("KERVAN_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        _absent("playwright is not installed")
        return
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        except Error as error:
            _absent(f"no Chromium starts: {error}")
            return
        yield started
        started.close()


def _absent(why: str) -> None:
    if os.environ.get("KERVAN_REQUIRE_CHROMIUM"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def page_file(quote: Quote, corridor: Corridor, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from kervan.offers.map import write_map

    path = tmp_path_factory.mktemp("map") / "offers.html"
    write_map(quote, corridor.feed, path)
    return path

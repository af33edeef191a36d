"""The shipped corridor, read and compiled once for the tests of this folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kervan.feed import read_feed_tables
from kervan.feed.tables import Feed
from kervan.network import Network
from kervan.network.compile import compile_network

CORRIDOR = Path(__file__).resolve().parents[2] / "feeds" / "middle-corridor"


@pytest.fixture(scope="session")
def corridor_path() -> Path:
    return CORRIDOR


@pytest.fixture(scope="session")
def corridor() -> Feed:
    return read_feed_tables(CORRIDOR)


@pytest.fixture(scope="session")
def network(corridor: Feed) -> Network:
    return compile_network(corridor, date(2026, 11, 20), date(2027, 11, 20))

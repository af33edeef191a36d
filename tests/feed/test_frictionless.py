"""The data package is one to somebody else's reader too."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from frictionless import Package

from kervan.corridor import shipped_feed
from kervan.feed import read_feed_tables, write_feed
from kervan.feed.descriptor import descriptor
from tests.feed.small import save, small


def problems(folder: Path) -> list[list[str]]:
    report = Package(str(folder / "datapackage.json")).validate()
    found: list[list[str]] = report.flatten(["taskNumber", "rowNumber", "fieldName", "note"])
    return found


def test_the_shipped_corridor_is_a_sound_data_package() -> None:
    assert problems(shipped_feed()) == []


def test_its_descriptor_is_the_one_kervan_writes() -> None:
    feed = read_feed_tables(shipped_feed())
    written = json.loads((shipped_feed() / "datapackage.json").read_text("utf-8"))
    there = [resource["name"] for resource in written["resources"]]
    assert written == descriptor(feed.info, there)


def test_a_written_feed_is_sound_and_a_broken_one_is_not(tmp_path: Path) -> None:
    feed = read_feed_tables(save(small(), tmp_path / "small"))
    folder = write_feed(feed, tmp_path / "written")
    assert problems(folder) == []
    assert problems(write_feed(replace(feed, closures=()), tmp_path / "less")) == []
    places = folder / "places.csv"
    places.write_text(places.read_text("utf-8").replace("known", "guessed", 1), "utf-8")
    assert problems(folder)


@pytest.mark.parametrize("table", ["places", "links", "tariff_items"])
def test_units_and_descriptions_are_in_the_descriptor(table: str) -> None:
    written = json.loads((shipped_feed() / "datapackage.json").read_text("utf-8"))
    (resource,) = [r for r in written["resources"] if r["name"] == table]
    fields = resource["schema"]["fields"]
    assert all(field["description"] for field in fields)
    assert any("unit" in field for field in fields)

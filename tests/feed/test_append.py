"""Rows added to a folder: what stood there stands there still."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kervan import read_feed
from kervan.corridor import shipped_feed
from kervan.errors import FeedError
from kervan.feed import Rebate, read_feed_tables
from kervan.feed.append import append_rows
from kervan.feed.descriptor import descriptor
from kervan.feed.tables import ROW_TYPES

ITEM = replace(read_feed().feed.tariff_items[0], item_id="new", conditions='a "b", c\nd')
REBATE = Rebate(
    rebate_id="r",
    name="For volume",
    carrier_id="KTZ",
    period="year",
    from_teu=500.0,
    percent=4,  # type: ignore[arg-type]
    source_id=ITEM.source_id,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped_feed(), tmp_path / "feed"))


def test_every_byte_before_the_new_rows_stands(folder: Path) -> None:
    path = folder / "tariff_items.csv"
    before = path.read_bytes()
    written = append_rows(folder, {"tariff_items": [ITEM], "rebates": [REBATE], "zones": []})
    assert [p.name for p in written] == ["tariff_items.csv", "rebates.csv"]
    assert path.read_bytes().startswith(before)
    feed = read_feed_tables(folder)
    assert feed.tariff_items[-1] == ITEM
    assert feed.tariff_items[:-1] == read_feed().feed.tariff_items
    assert feed.rebates == (REBATE,)
    # The descriptor names the table that is new, as if the whole feed had been written.
    content = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert content == descriptor(feed.info, [table for table in ROW_TYPES if feed.table(table)])


def test_other_columns_orders_and_line_ends_are_kept(folder: Path) -> None:
    path = folder / "tariff_items.csv"
    lines = path.read_text("utf-8").splitlines()
    # Columns of the table's own, the key not first, and no end to the last line.
    text = "\r\n".join(["note," + lines[0], "mine," + lines[1]])
    path.write_bytes(text.encode())
    append_rows(folder, {"tariff_items": [ITEM]})
    added = path.read_bytes().decode().removeprefix(text)
    assert added.startswith("\r\n,new,")
    assert added.endswith("\r\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no header"),
        ("item_id;carrier_id\n", "no header"),
        ("item_id,carrier_id\n", "no column"),
    ],
)
def test_a_file_that_cannot_take_the_row_is_refused(folder: Path, text: str, told: str) -> None:
    path = folder / "tariff_items.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(FeedError, match=told):
        append_rows(folder, {"rebates": [REBATE], "tariff_items": [ITEM]})
    assert path.read_text("utf-8") == text
    assert not (folder / "rebates.csv").exists()


def test_only_a_folder_takes_rows(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="is no folder"):
        append_rows(tmp_path / "feed.zip", {"rebates": [REBATE]})

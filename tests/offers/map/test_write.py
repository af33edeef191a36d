from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kervan.corridor import Corridor
from kervan.errors import InvalidRequestError
from kervan.offers.map import write_map
from kervan.offers.model import Quote


def test_the_suffix_says_what_is_written(quote: Quote, corridor: Corridor, tmp_path: Path) -> None:
    write_map(quote, corridor.feed, tmp_path / "offers.HTML")
    assert (tmp_path / "offers.HTML").read_text("utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["offers.pdf", "offers", "offers.html.gz"])
def test_another_suffix_is_refused_with_those_that_would_do(
    quote: Quote, corridor: Corridor, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidRequestError, match=r"\.html .* \.png"):
        write_map(quote, corridor.feed, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(
    quote: Quote, corridor: Corridor, tmp_path: Path
) -> None:
    with pytest.raises(InvalidRequestError, match="nowhere"):
        write_map(quote, corridor.feed, tmp_path / "nowhere" / "offers.html")


def test_matplotlib_is_not_imported_for_a_page() -> None:
    code = "import sys, kervan.offers.map; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""``kervan consignment from-quote``: an offer of a file, as a consignment that can be read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from kervan.cargo.reading import read_consignment

Run = Callable[..., Result]


@pytest.fixture
def quote(tmp_path: Path, run: Run) -> str:
    path = tmp_path / "quote.json"
    asked = ("quote", "KZAAU", "GEBUS", "--ready", "2026-12-01", "--offers", "2", "--json")
    path.write_text(run(*asked).stdout, "utf-8")
    return str(path)


def test_an_offer_is_printed_as_a_consignment_with_its_containers(quote: str, run: Run) -> None:
    asked = ("consignment", "from-quote", quote, "--reference", "AL-1", "--number", "2")
    result = run(*asked, "--container", "KRVU3001014")
    assert result.exit_code == 0
    begun = read_consignment(result.stdout)
    assert begun.reference == "AL-1"
    assert begun.movements[0].origin.place_id == "KZAAU"
    assert begun.movements[-1].destination.place_id == "GEBUS"
    assert [unit.number for unit in begun.equipment] == ["KRVU3001014"]


@pytest.mark.parametrize(
    ("number", "said"), [("9", "no offer 9; it has 1, 2"), ("0", "no offer 0; it has 1, 2")]
)
def test_an_offer_that_is_not_there_is_refused(
    quote: str, run: Run, number: str, said: str
) -> None:
    result = run("consignment", "from-quote", quote, "--reference", "A", "--number", number)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_file_that_is_no_quote_is_refused(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "none.json"
    for content, said in (("[]", "no quote in the form"), ("{", "is not JSON")):
        path.write_text(content)
        result = run("consignment", "from-quote", str(path), "--reference", "A")
        assert result.exit_code == 2
        assert said in result.stderr
    path.write_bytes(b"\xff\xfe{")
    result = run("consignment", "from-quote", str(path), "--reference", "A")
    assert result.exit_code == 2
    assert "is not JSON" in result.stderr

"""``kervan tariff sheet``, ``diff`` and ``check``, run as a user runs them."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from kervan.cli.tariff_commands import TariffGroup, tariff
from tests.feed.small import Tables, save, small

ASKED = ("--day", "2026-03-02", "--origin", "Almaty", "--destination", "Alat")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(tariff, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*arguments: str) -> tuple[int, Any]:
    result = run(*arguments, "--json")
    content = json.loads(result.stdout)
    schema = files("kervan").joinpath("schemas", f"{content['schema']}.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema), cls=jsonschema.Draft202012Validator)
    return result.exit_code, content


def tables(rail: str = "1250.00") -> Tables:
    """Return a small feed in which train and ship both have a price."""
    found = small()
    found["tariff_items"][0]["amount"] = rail
    ship = {"item_id": "ship", "carrier_id": "ASCO", "origin": "*", "destination": "*"}
    rate = {"basis": "per_container", "amount": "400", "currency": "USD", "source_id": "s"}
    found["tariff_items"].append(ship | rate)
    return found


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return save(tables(), tmp_path / "feed")


def test_a_sheet_is_written_and_summed_up(feed: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.csv"
    status, told = as_json("sheet", str(out), "--feed", str(feed), *ASKED, "--equipment", "40HC")
    assert status == 0
    assert (told["rows"], told["complete"], told["relations"]) == (2, 2, 1)
    assert len(out.read_text("utf-8").splitlines()) == 3
    said = run("sheet", str(out), "--feed", str(feed), *ASKED).stdout
    assert "12 prices of 1 relation on 2026-03-02" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sheet", "sheet.pdf"), ".xlsx, .csv or .parquet"),
        (("sheet", "none/sheet.csv", *ASKED, "--equipment", "20"), "cannot be written"),
        (("sheet", "sheet.csv", *ASKED, "--currency", "ZZZ"), "ZZZ"),
        (("sheet", "sheet.csv", *ASKED, "--equipment", "tub"), "container type"),
        (("sheet", "sheet.csv", "--origin", "KZAAU", "--destination", "KZAAU"), "no relation"),
        (("check", "--currency", "ZZZ"), "ZZZ"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    arguments: tuple[str, ...],
    said: str,
    feed: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, "--feed", str(feed))
    assert result.exit_code == 2
    assert said in result.stderr
    status, told = as_json(*arguments, "--feed", str(feed))
    assert status == 2
    assert said in told["error"]["message"]


def test_a_feed_that_is_none_is_refused(tmp_path: Path) -> None:
    for command in (("check",), ("sheet", str(tmp_path / "s.csv"))):
        status, told = as_json(*command, "--feed", str(tmp_path / "nothing"))
        assert (status, told["error"]["kind"]) == (2, "bad-feed")


def test_two_feeds_are_compared_row_by_row_and_price_by_price(feed: Path, tmp_path: Path) -> None:
    dearer = save(tables(rail="1500.00"), tmp_path / "dearer")
    asked = (str(feed), str(dearer), *ASKED, "--equipment", "20")
    status, told = as_json("diff", *asked)
    assert status == 1
    (row,) = told["rows"]
    assert row["fields"] == [
        {"field": "amount", "old": "1250.00", "new": "1500.00", "percent": "20.00"}
    ]
    assert len(told["prices"]) == 2
    for price in told["prices"]:
        assert float(price["new"]) > float(price["old"])
    said = run("diff", *asked, "--out", str(tmp_path / "changes.xlsx")).stdout
    assert "amount: 1250.00 -> 1500.00 (+20.00 %)" in said
    assert "2 prices: 2 up, 0 down, 0 new or gone" in said
    assert (tmp_path / "changes.xlsx").is_file()


def test_a_feed_and_itself_differ_in_nothing(feed: Path) -> None:
    status, told = as_json("diff", str(feed), str(feed), *ASKED)
    assert (status, told["rows"], told["prices"]) == (0, [], [])


def test_two_records_of_one_feed_are_compared(tmp_path: Path) -> None:
    later = tables()
    new = later["tariff_items"][0] | {
        "item_id": "rail-2",
        "amount": "1000",
        "supersedes": "rail",
        "recorded_on": "2026-02-01",
    }
    later["tariff_items"].append(new)
    path = str(save(later, tmp_path / "feed"))
    records = ("--known-on", "2026-01-15", "--known-on", "2026-02-15")
    status, told = as_json("diff", path, *records, "--rows-only")
    assert status == 1
    assert told["known_on"] == ["2026-01-15", "2026-02-15"]
    assert [(row["key"], row["was"]) for row in told["rows"]] == [("rail-2", "rail")]
    assert told["prices"] is None
    status, told = as_json("diff", path, *records, *ASKED, "--equipment", "40")
    assert told["prices"]
    assert all(price["percent"].startswith("-") for price in told["prices"])


@pytest.mark.parametrize("records", [(), ("--known-on", "2026-01-01")])
def test_one_feed_and_no_two_records_cannot_be_compared(records: tuple[str, ...]) -> None:
    assert run("diff", *records).exit_code == 2


def test_a_tariff_with_a_gap_fails_the_check(tmp_path: Path, feed: Path) -> None:
    day = ("--day", "2026-03-02")
    status, told = as_json("check", "--feed", str(feed), *day)
    assert (status, told["passed"], told["errors"]) == (0, True, 0)
    gap = save(small(), tmp_path / "gap")
    status, told = as_json("check", "--feed", str(gap), *day)
    assert (status, told["passed"]) == (1, False)
    assert {finding["rule"] for finding in told["findings"]} == {"gap"}
    said = run("check", "--feed", str(gap), *day).stdout
    assert "[gap]" in said
    assert "Add an item of ASCO" in said


def test_warnings_fail_the_check_only_when_it_is_strict(tmp_path: Path) -> None:
    ending = tables()
    ending["tariff_items"][1]["valid_to"] = "2026-03-20"
    path = str(save(ending, tmp_path / "feed"))
    asked = ("check", "--feed", path, "--day", "2026-03-02")
    assert run(*asked).exit_code == 0
    assert run(*asked, "--strict").exit_code == 1
    assert run(*asked, "--strict", "--warn-days", "5").exit_code == 0


def test_the_group_lists_every_command_of_the_tariff_desk() -> None:
    commands = TariffGroup.COMMANDS
    assert list(commands) == [
        *("sheet", "diff", "check", "explain", "performed", "settle", "propose", "capacity")
    ]

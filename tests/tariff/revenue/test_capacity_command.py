"""``kervan tariff capacity`` and ``kervan quote --capacity``, as a user runs them."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from kervan.cli import main

EXAMPLE = Path(__file__).parents[3] / "docs" / "how-to" / "capacity" / "caspian.toml"
CAPACITY = ("tariff", "capacity")
QUOTE = ("quote", "KZAAU", "AZ-ALAT", "--weight", "18000", "--ready", "2026-12-01", "--offers", "1")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*arguments: str) -> tuple[int, Any]:
    result = run(*arguments, "--json")
    content = json.loads(result.stdout)
    schema = files("kervan").joinpath("schemas", f"{content['schema']}.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema), cls=jsonschema.Draft202012Validator)
    return result.exit_code, content


@pytest.fixture
def broken(tmp_path: Path) -> str:
    path = tmp_path / "broken.toml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("209", "999"), "utf-8")
    return str(path)


def test_text_and_json_tell_the_same_of_every_departure() -> None:
    text = run(*CAPACITY, str(EXAMPLE)).stdout
    status, content = as_json(*CAPACITY, str(EXAMPLE))
    assert status == 0
    assert len(content["departures"]) == 3
    for row in content["departures"]:
        line = next(line for line in text.splitlines() if line.startswith(row["name"]))
        for figure in (
            f"{row['capacity_teu']:g}",
            f"{row['sold_teu']:g}",
            f"{row['left_teu']:g}",
            f"{100 * row['expected_load']:.0f} %",
            f"{row['dual_price']:,.2f}",
            f"{row['bid_price']:,.2f}",
        ):
            assert figure in line
        assert row["curve"][-1] == {"left_teu": row["left_teu"], "bid_price": row["bid_price"]}
    assert f"USD {content['bound']:,.0f}" in text


def test_a_larger_group_is_asked_about() -> None:
    _, content = as_json(*CAPACITY, str(EXAMPLE), "--teu", "18")
    first = content["departures"][0]
    assert (first["bid_price"], first["curve"]) == (None, [])
    text = run(*CAPACITY, str(EXAMPLE), "--teu", "18").stdout
    assert "too full" in text
    assert "16 TEU left, too few for 18" in text


def test_curves_are_drawn_in_every_form(tmp_path: Path) -> None:
    for form, begins in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("html", b"<!doctype html>")):
        path = tmp_path / f"curves.{form}"
        status, content = as_json(*CAPACITY, str(EXAMPLE), "--chart", str(path))
        assert (status, content["chart_path"]) == (0, str(path))
        assert path.read_bytes().startswith(begins)
    ET.parse(tmp_path / "curves.svg")
    page = (tmp_path / "curves.html").read_text("utf-8")
    assert "<svg" in page
    assert "west-1" in page
    assert not re.search(r'(src|href)="(?!#)', page), "it would need the network"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "curves.html",
        "curves.png",
        "curves.svg",
    ]


def test_without_matplotlib_a_chart_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    result = run(*CAPACITY, str(EXAMPLE), "--chart", str(tmp_path / "curves.png"))
    assert result.exit_code == 2
    assert "pip install 'kervan[png]'" in result.stderr


def test_without_the_solver_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    for arguments in ((*CAPACITY, str(EXAMPLE)), (*QUOTE, "--capacity", str(EXAMPLE))):
        result = run(*arguments)
        assert result.exit_code == 2
        assert "pip install 'kervan[plan]'" in result.stderr
        assert as_json(*arguments)[1]["error"]["kind"] == "bad-input"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--teu", "0"), "cannot be asked about"),
        (("--chart", "curves.gif"), "names no form of chart"),
        (("--chart", "no/such/folder/curves.png"), "cannot be written"),
        (("--feed", "no/such/feed"), "no/such/feed"),
    ],
)
def test_what_cannot_be_is_refused_with_status_2(more: tuple[str, ...], said: str) -> None:
    assert said in run(*CAPACITY, str(EXAMPLE), *more).stderr
    status, content = as_json(*CAPACITY, str(EXAMPLE), *more)
    assert (status, content["ok"]) == (2, False)
    assert content["error"]["kind"] == ("bad-feed" if "--feed" in more else "bad-input")


def test_a_fault_of_the_file_is_refused_by_both_commands(broken: str) -> None:
    for arguments in ((*CAPACITY, broken), (*QUOTE, "--capacity", broken)):
        assert "[[departures]] 1, sold_teu: it is 999" in run(*arguments).stderr
        status, content = as_json(*arguments)
        assert (status, content["ok"], content["error"]["kind"]) == (2, False, "bad-input")
    for arguments in ((*CAPACITY, "none.toml"), (*QUOTE, "--capacity", "none.toml")):
        assert run(*arguments).exit_code == 2


def test_a_quote_by_the_places_left_is_proved_by_explain(tmp_path: Path) -> None:
    status, content = as_json(*QUOTE, "--capacity", str(EXAMPLE))
    assert status == 0
    assert content["offers"][0]["capacity"]["rule"]["rule_id"] == "caspian-2026-12"
    path = tmp_path / "quote.json"
    path.write_text(json.dumps(content), "utf-8")
    status, explained = as_json("tariff", "explain", str(path))
    assert (status, explained["as_quoted"]) == (0, True)
    assert explained["price"] == content["offers"][0]["price"]
    text = run("tariff", "explain", str(path)).stdout
    for words in ("Scarce capacity, Aktau - Alat.", "16 of 225 TEU left", "Set by: Estimates"):
        assert words in text


def test_a_quote_by_the_places_left_goes_into_the_settlement(tmp_path: Path) -> None:
    path, table = tmp_path / "quote.json", tmp_path / "transports.csv"
    path.write_text(run(*QUOTE, "--capacity", str(EXAMPLE), "--json").stdout, "utf-8")
    done = run(
        *("tariff", "performed", str(path), str(table), "--transport", "T-1"),
        *("--performed-on", "2026-12-03", "--customer", "shipper-1", "--collector", "KMTF"),
    )
    assert done.exit_code == 0, done.stderr
    assert ",capacity,1," in table.read_text("utf-8")
    settled = run(
        *("tariff", "settle", str(table), "--month", "2026-12", "--rule", "distance"),
        *("--out", str(tmp_path / "out")),
    )
    assert settled.exit_code == 0, settled.stderr

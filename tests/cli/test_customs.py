"""The commands of a customs office, and the law of the way, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kervan.cargo import example_consignment
from kervan.cargo.reading import write_consignment

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]
DAY = ("--day", "2026-12-01")


@pytest.fixture
def example(tmp_path: Path) -> str:
    path = tmp_path / "example.json"
    path.write_text(write_consignment(example_consignment()), "utf-8")
    return str(path)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    content = json.loads(write_consignment(example_consignment()))
    del content["goods_items"][2]["hs_code"]
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content), "utf-8")
    return str(path)


def test_the_law_lists_filings_in_order_with_deadlines(
    example: str, run: Run, as_json: AsJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    result = run("consignment", "law", example)
    assert result.exit_code == 0
    assert "2026-12-11 08:00 +0400" in result.stdout
    assert "10 filings, 0 problems." in result.stdout
    status, answer = as_json("consignment", "law", example)
    assert status == 0
    assert [r["territory"] for r in answer["requirements"]] == (
        ["CN"] * 3 + ["EAEU"] * 2 + ["AZ"] * 2 + ["GE"] + ["TR"] * 2
    )


def test_what_is_missing_is_named_with_path_and_status_1(broken: str, as_json: AsJson) -> None:
    status, answer = as_json("consignment", "law", broken)
    assert status == 1
    missing = {m["path"] for r in answer["requirements"] for m in r["missing"]}
    assert missing == {"$.goods_items[2].hs_code"}
    assert any("2026-12-11T09:00+04:00" in p["message"] for p in answer["problems"])


def test_what_is_late_is_named_on_a_day(example: str, run: Run) -> None:
    result = run("consignment", "law", example, "--day", "2026-12-06")
    assert result.exit_code == 1
    assert "had to reach EAEU" in result.stdout


def test_the_check_goes_as_deep_as_the_law(broken: str, as_json: AsJson) -> None:
    status, answer = as_json("consignment", "check", broken)
    assert status == 1
    assert "law" in {p["depth"] for p in answer["files"][0]["problems"]}


def test_the_example_is_green_and_says_why(example: str, run: Run, as_json: AsJson) -> None:
    result = run("customs", "assess", example, *DAY)
    assert result.exit_code == 0
    assert "GREEN, score 0" in result.stdout
    assert "item 1: UN 3480, class 9" in result.stdout
    status, answer = as_json("customs", "assess", example, *DAY)
    assert status == 0
    assert answer["lane"] == "green"
    assert answer["score"] == 0 >= sum(f["weight"] for f in answer["fired"])
    assert answer["guarantees"][2]["is_sufficient"]
    assert answer["selection"] is None


def test_what_is_incomplete_is_amber_and_ends_with_1(broken: str, as_json: AsJson) -> None:
    status, answer = as_json("customs", "assess", broken, *DAY)
    assert status == 1
    assert answer["lane"] == "amber"
    assert "pre-arrival-incomplete" in {f["rule"] for f in answer["fired"]}


def test_another_document_is_held_against_it(example: str, broken: str, as_json: AsJson) -> None:
    status, answer = as_json("customs", "assess", example, *DAY, "--document", broken)
    assert status == 0
    (fired,) = [f for f in answer["fired"] if f["rule"] == "documents-differ"]
    assert "hs code" in fired["reasons"][0]


def test_a_history_and_rates_are_read(example: str, tmp_path: Path, as_json: AsJson) -> None:
    history = tmp_path / "past.csv"
    history.write_text(
        "reference,day,consignor,consignee,carrier,hs_code,net_mass_kg,volume_m3,value,currency,"
        "route,infringement\n"
        "A,2026-01-01,USCC:91610000EXAMPLE001,VKN:9,,850760,100,1,2500,USD,CN TR,undervalued\n"
    )
    rates = tmp_path / "rates.csv"
    rates.write_text(
        "territory,hs_prefix,duty_percent,tax_percent,valid_from,valid_to,source\n"
        "GE,,50,18,,,made up\n"
    )
    status, answer = as_json(
        *("customs", "assess", example, *DAY, "--history", str(history), "--rates", str(rates))
    )
    assert status == 1
    assert "consignor-infringements" in {f["rule"] for f in answer["fired"]}
    assert answer["guarantees"][2]["basis"] == "rates"
    assert answer["guarantees"][2]["is_sufficient"] is False


def test_a_selection_can_be_verified_and_a_forged_one_is_found(
    example: str, tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    seed = tmp_path / "seed"
    status, made = as_json("customs", "seed", str(seed), *DAY, "--rate", "0.5")
    assert status == 0
    assert seed.stat().st_mode & 0o077 == 0
    status, again = as_json("customs", "seed", str(seed), *DAY, "--rate", "0.50")
    assert again["commitment"] == made["commitment"], "the seed that is there is kept"
    _, answer = as_json(
        "customs", "assess", example, *DAY, "--seed-file", str(seed), "--rate", "0.5"
    )
    verify = ("customs", "verify-selection", "EX-2026-000417", "--seed-file", str(seed), *DAY)
    status, checked = as_json(*verify, "--commitment", made["commitment"], "--rate", "0.5")
    assert status == 0
    assert checked["is_selected"] == answer["selection"]["is_selected"]
    assert (answer["lane"] == "amber") == checked["is_selected"]
    result = run(*verify, "--commitment", made["commitment"], "--rate", "0.6")
    assert result.exit_code == 1
    assert "not what was committed to" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("customs", "assess", "gone.json"), "cannot be read"),
        (("customs", "seed", "s", *DAY, "--rate", "lots"), "no share"),
        (("consignment", "law", "gone.json"), "cannot be read"),
        (("document", "elements", "gone.json"), "cannot be read"),
    ],
)
def test_bad_input_is_refused_with_2(
    arguments: tuple[str, ...],
    said: str,
    as_json: AsJson,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    status, answer = as_json(*arguments)
    assert status == 2
    assert said in answer["error"]["message"]


def test_a_bad_file_of_rules_is_refused(example: str, tmp_path: Path, as_json: AsJson) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("amber = 1\nred = 0\n")
    status, answer = as_json("customs", "assess", example, *DAY, "--rules", str(rules))
    assert status == 2
    assert "amber not above red" in answer["error"]["message"]


def test_the_values_keyed_in_are_counted(example: str, run: Run, as_json: AsJson) -> None:
    status, answer = as_json("document", "elements", example)
    assert status == 0
    assert answer["keyed"] > 500
    assert answer["sent"] == sum(d["values"] for d in answer["documents"])
    assert "values keyed in" in run("document", "elements", example).stdout

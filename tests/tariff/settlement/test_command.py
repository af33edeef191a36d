"""``kervan tariff settle`` and ``performed``: from a quote to payments, and the refusals."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from kervan.cli import main
from kervan.cli.tariff_settle import performed, settle
from kervan.tariff.settlement.columns import write_transports
from tests.tariff.settlement.transports import charge, leg, transport


def call(command: click.Command, *arguments: object) -> Result:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*arguments: object) -> tuple[int, dict[str, Any]]:
    result = call(settle, *arguments, "--json")
    content: dict[str, Any] = json.loads(result.stdout)
    schema = files("kervan").joinpath("schemas", "tariff-settle.v1.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema), cls=jsonschema.Draft202012Validator)
    return result.exit_code, content


@pytest.fixture
def november(tmp_path: Path) -> Path:
    legs = (leg("KTZ", 3188), leg("KMTF", 495), leg("ADYC", 812))
    path = tmp_path / "november.csv"
    several = [
        transport("T1", legs, (charge(347_400, legs=(0, 1, 2)),)),
        transport("T2", legs, (charge(99_999, "CNY", legs=(0, 1), collector_id="ADYC"),)),
        transport("T3", legs, (charge(50_000, "KZT", due_to_id="MCM", collector_id="KTZ"),)),
    ]
    write_transports(several, path)
    return path


def test_a_month_is_settled_and_told(november: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call(settle, november, "--month", "2026-11", "--out", out, "--no-pdf")
    assert result.exit_code == 0
    assert "3 entries, 0 reversals among them, 4 members. Every entry balances." in result.stdout
    assert "Rate of exchange: 1 USD in CNY 6.7758, of 2026-06-01" in result.stdout
    assert "the fewest there can be" in result.stdout
    assert "netting cuts it by" in result.stdout
    assert (out / "statements" / "2026-11-KTZ.xlsx").is_file()
    again = call(settle, november, "--month", "2026-11", "--out", out, "--no-pdf")
    assert (again.exit_code, "is not empty" in again.stderr) == (2, True)
    first = (out / "journal.csv").read_bytes()
    call(settle, november, "--month", "2026-11", "--out", out, "--no-pdf", "--overwrite")
    assert (out / "journal.csv").read_bytes() == first


def test_the_answer_in_json_fits_its_schema_and_adds_up(november: Path, tmp_path: Path) -> None:
    status, told = as_json(november, "--month", "2026-11", "--out", tmp_path / "o", "--no-pdf")
    assert status == 0
    positions = [float(p["position"]["amount"]) for p in told["positions"]]
    assert sum(positions) == pytest.approx(0)
    gross = float(told["gross"]["amount"])
    assert sum(x for x in positions if x > 0) == pytest.approx(gross)
    assert gross <= float(told["bilateral"]["gross"]["amount"])
    assert told["fewest_proved"]
    assert "journal.csv" in told["files"]
    house = ("--house", "MCM", "--out", tmp_path / "h")
    _, housed = as_json(november, "--month", "2026-11", *house, "--no-pdf")
    moved = [p["position"] for p in housed["positions"] if p["position"]["amount"] != "0.00"]
    assert moved == [p["position"] for p in told["positions"]]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--month", "2026-11", "--rule", "points"), "row 3, points: it is blank"),
        (("--month", "2026-11", "--currency", "XYZ"), "is no currency"),
        (("--month", "2026-11", "--currency", "JPY"), "from CNY to JPY on 2026-11-30"),
        (("--month", "2026-11", "--house", "MCN"), "Did you mean 'MCM'"),
        (("--month", "2026-10"), "has nothing to settle in 2026-10"),
        (("--month", "10"), "is no month"),
        (("--month", "2026-11", "--settled", "nowhere"), "cannot be read"),
        (("--month", "2026-11", "--feed", "nowhere"), "nowhere"),
    ],
)
def test_bad_input_is_refused_in_words_and_in_json(
    more: tuple[str, ...], said: str, november: Path, tmp_path: Path
) -> None:
    result = call(settle, november, *more, "--out", tmp_path / "out", "--no-pdf")
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()
    status, refusal = as_json(november, *more, "--out", tmp_path / "out", "--no-pdf")
    assert (status, refusal["ok"]) == (2, False)
    assert said in refusal["error"]["message"]


def test_a_table_with_faults_lists_them(november: Path, tmp_path: Path) -> None:
    november.write_text(november.read_text().replace("KMTF", "KMTX"))
    status, refusal = as_json(november, "--month", "2026-11", "--out", tmp_path / "out")
    assert status == 2
    assert [fault[:18] for fault in refusal["error"]["faults"]] == [
        "row 4, carrier_id:",
        "row 9, carrier_id:",
        "row 14, carrier_id",
    ]


def test_an_accepted_offer_is_added_and_settled(tmp_path: Path) -> None:
    quote, table = tmp_path / "quote.json", tmp_path / "t.csv"
    asked = ("KZ-ALTYNKOL", "TRIST", "--weight", "18000", "--ready", "2026-11-02", "--json")
    quote.write_text(call(main, "quote", *asked).stdout, "utf-8")
    more = ("--performed-on", "2026-11-20", "--customer", "s", "--collector", "MCM")
    added = call(performed, quote, table, "--number", "3", "--transport", "T1", *more)
    assert added.exit_code == 0
    assert "1 through" in added.stdout
    for rule in ("distance", "section"):
        out = tmp_path / rule
        status, told = as_json(
            table, "--month", "2026-11", "--out", out, "--rule", rule, "--no-pdf"
        )
        assert status == 0
        quoted = json.loads(quote.read_text("utf-8"))["offers"][2]["price"]["total"]["amount"]
        assert told["gross"]["amount"] == quoted
    refused = call(performed, quote, table, "--transport", "T2", *more, "--points", "1,2")
    assert (refused.exit_code, "one for each leg" in refused.stderr) == (2, True)
    refused = call(performed, quote, table, "--transport", "T2", *more[:-1], "NOBODY")
    assert (refused.exit_code, "is no carrier" in refused.stderr) == (2, True)
    refused = call(performed, table, table, "--transport", "T2", *more)
    assert (refused.exit_code, "cannot be read as JSON" in refused.stderr) == (2, True)


def test_a_transport_is_stated_anew_by_its_next_revision(tmp_path: Path) -> None:
    quote, table = tmp_path / "quote.json", tmp_path / "t.csv"
    asked = ("KZ-ALTYNKOL", "TRIST", "--weight", "18000", "--ready", "2026-11-02", "--json")
    more = ("--performed-on", "2026-11-20", "--customer", "s", "--collector", "MCM")
    anew = ("--revision", "1", "--recorded-on", "2026-12-04")
    for count, revision in ((3, ()), (2, anew)):
        quote.write_text(call(main, "quote", *asked, "--count", str(count)).stdout, "utf-8")
        words = ("--number", "3", "--transport", "T1", *more, *revision)
        assert call(performed, quote, table, *words).exit_code == 0
    months = {}
    for month, settled in (("2026-11", ()), ("2026-12", ("--settled", tmp_path / "2026-11"))):
        words = ("--month", month, "--out", tmp_path / month, "--no-pdf", *settled)
        status, months[month] = as_json(table, *words)
        assert status == 0
    before, after = (Decimal(months[m]["gross"]["amount"]) for m in ("2026-11", "2026-12"))
    assert after == before / 3
    refused = call(performed, quote, table, "--transport", "T1", *more, "--revision", "2")
    assert (refused.exit_code, "--recorded-on" in refused.stderr) == (2, True)

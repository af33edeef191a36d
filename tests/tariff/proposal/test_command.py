"""``kervan tariff propose``, run as a user runs it on the example of the documentation."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner, Result

from kervan.cli import main
from kervan.corridor import Corridor, read_feed, shipped_feed
from kervan.feed.check import check_feed
from kervan.feed.tables import Feed
from kervan.feed.write import write_feed
from kervan.tariff.proposal import propose, read_relation
from kervan.tariff.proposal.rows import rebates, tariff_item

EXAMPLE = Path(__file__).parents[3] / "docs" / "how-to" / "through-rate" / "xian-istanbul.toml"
DAY = "2026-12-15"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["tariff", "propose", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def as_json(*arguments: str) -> tuple[int, Any]:
    result = run(*arguments, "--json")
    content = json.loads(result.stdout)
    schema = files("kervan").joinpath("schemas", f"{content['schema']}.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema), cls=jsonschema.Draft202012Validator)
    return result.exit_code, content


@pytest.fixture(scope="module")
def example() -> Any:
    return as_json(str(EXAMPLE), "--split", "shapley")[1]


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    """The example with prices stated, so that no quote has to be asked for."""
    text = re.sub(r"quote = .*", "price = 3709.16\ndays = 34.8", EXAMPLE.read_text("utf-8"))
    path = tmp_path / "stated.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_proposal_is_the_best_of_its_own_curve(example: Any) -> None:
    best = max(example["curve"], key=lambda point: point["contribution"])
    assert best["rate"] == example["rate"]
    assert best == example["proposed"]


def test_the_alternatives_are_asked_of_the_corridor(example: Any) -> None:
    sea, north = example["alternatives"]
    quote = read_feed().quote(
        "CNXIY", "TRIST", equipment="40HC", weight_kg=18_000, ready="2026-12-01", via=["RU"]
    )
    totals = [offer.price.total.major for offer in quote.offers if offer.price.total]
    assert north["price"] == float(min(totals))
    assert "Qingdao" in sea["source"]


def test_the_parts_add_up_to_the_rate_and_the_revenue(example: Any) -> None:
    assert sum(round(float(p["unit"]) * 100) for p in example["parts"]) == round(
        float(example["rate"]) * 100
    )
    assert sum(round(float(p["year"]) * 100) for p in example["parts"]) == round(
        example["proposed"]["revenue"] * 100
    )


def test_no_scenario_loses_less_than_nothing(example: Any) -> None:
    assert len(example["scenarios"]) == 8
    assert all(s["lost"] is None or s["lost"] > -0.01 for s in example["scenarios"])


def test_the_text_says_what_the_json_says(example: Any) -> None:
    text = run(str(EXAMPLE), "--split", "shapley").stdout
    assert f"USD {float(example['rate']):,.2f} a unit" in text
    for part in example["parts"]:
        assert part["reason"] in text
        assert f"{float(part['year']):,.2f}" in text


@pytest.mark.parametrize("form", ["svg", "html", "csv", "xlsx", "png"])
def test_the_curve_is_written_in_every_form(stated: Path, tmp_path: Path, form: str) -> None:
    if form in ("svg", "html", "png"):
        pytest.importorskip("matplotlib")
    path = tmp_path / f"curve.{form}"
    code, content = as_json(str(stated), "--curve", str(path))
    assert (code, content["curve_path"]) == (0, str(path))
    written = path.read_bytes()
    if form == "svg":
        assert ET.fromstring(written).tag == "{http://www.w3.org/2000/svg}svg"
    elif form == "html":
        text = written.decode()
        assert "<svg" in text
        assert content["parts"][0]["reason"] in text
        assert not re.findall(r"(?:src|href)=\"(?!#)", text)
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(written.decode())))
        (marked,) = (row for row in rows if "proposed" in row["remark"])
        assert float(marked["rate"]) == float(content["rate"])
        assert float(marked["contribution"]) == pytest.approx(
            content["proposed"]["contribution"], abs=0.01
        )
    elif form == "xlsx":
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["Proposal", "Curve", "Split"]
        assert book["Split"]["B2"].value == pytest.approx(content["parts"][0]["share"])
    else:
        assert written.startswith(b"\x89PNG")


def test_the_row_is_one_the_feed_takes_and_quotes_by(tmp_path: Path) -> None:
    feed = read_feed().feed
    printed = run(str(EXAMPLE), "--row", "--recorded-on", DAY).stdout
    header, row = csv.reader(io.StringIO(printed))
    assert header == (shipped_feed() / "tariff_items.csv").read_text("utf-8").splitlines()[0].split(
        ","
    )
    told = dict(zip(header, row, strict=True))
    assert told["recorded_on"] == DAY
    asked = read_relation(EXAMPLE, lambda _: (3709.16, 34.8, "test"))
    proposal = propose(asked)
    day = date.fromisoformat(DAY)
    item = replace(tariff_item(proposal, day), amount=1000)  # cheap enough to be taken
    mended = _with(feed, item, rebates(proposal, day))
    folder = write_feed(mended, tmp_path / "feed")
    assert not check_feed(folder).problems
    quote = Corridor(mended).quote("CNXIY", "TRIST", ready="2027-02-01", via=["AZ"])
    taken = [line.item_id for offer in quote.offers for line in offer.price.lines]
    assert item.item_id in taken


def _with(feed: Feed, item: Any, rows: Any) -> Feed:
    return replace(feed, tariff_items=(*feed.tariff_items, item), rebates=(*feed.rebates, *rows))


def test_the_rebate_rows_are_the_rebates_proposed(example: Any) -> None:
    printed = run(str(EXAMPLE), "--rebate-rows", "--recorded-on", DAY).stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [(row["from_teu"], row["percent"]) for row in rows] == [
        (f"{rebate['from_teu']:g}", rebate["percent"]) for rebate in example["rebates"]
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('carrier = "KMTF"', 'carrier = "KMFT"', "Did you mean 'KMTF'?"),
        ('from = "KZAAU"', 'from = "KZAAX"', "[[carriers]] 4 from is 'KZAAX'"),
        ("titr-xiy-ist-40-2027", "titr-alt-ist-40", "Nothing is overwritten"),
        ('"kervan-estimate"', '"somewhere"', "[item] source_id is 'somewhere'"),
        ("to = 6500", "to = 3600", "Even at a rate of 3600 19,333 TEU a year are asked for"),
    ],
)
def test_what_stands_against_a_proposal_is_told(
    stated: Path, old: str, new: str, told: str
) -> None:
    text = stated.read_text("utf-8")
    assert old in text
    stated.write_text(text.replace(old, new, 1), "utf-8")
    code, content = as_json(str(stated))
    assert (code, content["error"]["kind"]) == (2, "bad-input")
    assert told in content["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--curve", "curve.pdf"), "names no form of curve"),
        (("--curve", "nowhere/curve.png"), "there is no folder nowhere"),
        (("--split", "distance"), "before KMTF has its cost back"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(
    stated: Path, arguments: tuple[str, ...], told: str
) -> None:
    result = run(str(stated), *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_rows_and_json_are_not_mixed(stated: Path) -> None:
    assert "Ask for one of them" in as_json(str(stated), "--row")[1]["error"]["message"]


def test_a_row_needs_the_terms_of_an_item(stated: Path) -> None:
    text = stated.read_text("utf-8")
    stated.write_text(text[: text.index("[item]")], "utf-8")
    result = run(str(stated), "--row")
    assert result.exit_code == 2
    assert "Add [item] with item_id, carrier and source_id" in result.stderr

"""``kervan tariff propose``, run as a user runs it on the example of the documentation."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from click.testing import CliRunner, Result

from kervan.cli import main
from kervan.corridor import Corridor, read_feed, shipped_feed
from kervan.errors import InvalidRequestError
from kervan.feed.check import check_feed
from kervan.feed.tables import Feed
from kervan.feed.write import write_feed
from kervan.offers.as_json import quote_as_json
from kervan.offers.reprice import reprice
from kervan.tariff import Money
from kervan.tariff.lines import PriceLine
from kervan.tariff.proposal import propose, read_relation
from kervan.tariff.proposal.rows import rebates, tariff_item, tariff_items

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


def test_a_rate_that_begins_later_leaves_no_day_without_one() -> None:
    feed = read_feed().feed
    asked = read_relation(EXAMPLE, lambda _: (3709.16, 34.8, "test"))
    assert asked.item is not None
    terms = replace(asked.item, supersedes="titr-alt-ist-40")
    proposal = propose(replace(asked, item=terms))
    day = date.fromisoformat(DAY)
    ended, new = tariff_items(proposal, day, feed.tariff_items)
    old = next(row for row in feed.tariff_items if row.item_id == "titr-alt-ist-40")
    assert ended.supersedes == old.item_id
    assert ended.amount == old.amount
    assert ended.valid_to is not None
    assert new.valid_from is not None
    assert (new.valid_from - ended.valid_to).days == 1
    assert new.supersedes is None
    assert ended.recorded_on == new.recorded_on == day
    # A rate that takes over at once supersedes the old one itself.
    at_once = replace(terms, valid_from=old.valid_from)
    (only,) = tariff_items(propose(replace(asked, item=at_once)), day, feed.tariff_items)
    assert only.supersedes == old.item_id


def test_a_proposal_is_put_on_record_in_a_feed_of_ones_own(stated: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_feed(), tmp_path / "mine"))
    text = stated.read_text("utf-8").rpartition("[item]")[0]
    item = EXAMPLE.read_text("utf-8").rpartition("[item]")[2]
    stated.write_text(f"{text}[item]{item}", "utf-8")
    words = ("--feed", str(folder), "--record", "--recorded-on", DAY)
    status, content = as_json(str(stated), *words)
    assert status == 0
    assert [Path(file).name for file in content["recorded"]] == ["tariff_items.csv", "rebates.csv"]
    report = check_feed(folder)
    assert not report.problems
    feed = read_feed(folder).feed
    assert str(feed.tariff_items[-1].amount) + ".00" == content["rate"]
    assert len(feed.rebates) == 1
    again = run(str(stated), *words)
    assert again.exit_code == 2
    assert "already in the feed" in again.stderr
    assert "Copy it" in run(str(stated), "--record").stderr


def test_what_the_sections_cost_apart_is_told(example: Any, tmp_path: Path) -> None:
    # Xi'an - Aktau by KTZE, Aktau - Alat by KMTF, Alat - Istanbul by PEL: what a quote asks.
    feed = read_feed().feed
    own = replace(feed, tariff_items=tuple(i for i in feed.tariff_items if i.scope == "leg"))
    ways = ["KTZE", "KMTF", "PEL"]
    quote = Corridor(own).quote(
        "CNXIY", "TRIST", weight_kg=20_000, ready="2027-01-01", via=ways, avoid=["road"]
    )
    totals = [
        offer.price.total
        for offer in quote.offers
        if [leg.carrier.carrier_id for leg in offer.legs] == ways
    ]
    assert str(min(total.major for total in totals if total)) == example["separately"]
    high = tmp_path / "high.toml"
    text = EXAMPLE.read_text("utf-8").replace("from = 3500", "from = 6000", 1)
    high.write_text(text, "utf-8")
    assert "The proposed rate is above that" in run(str(high)).stdout


def test_a_through_rate_covers_the_partners_named() -> None:
    asked = read_relation(EXAMPLE, lambda _: (3709.16, 34.8, "test"))
    assert asked.item is not None
    proposal = propose(replace(asked, item=replace(asked.item, partners=("GR", "KTZ"))))
    partners = tariff_item(proposal, date.fromisoformat(DAY)).partner_ids
    assert "GR" in partners
    assert partners.count("KTZ") == 1


def test_a_commitment_earns_the_rebate_and_is_priced_again_with_it() -> None:
    asked = read_relation(EXAMPLE, lambda _: (3709.16, 34.8, "test"))
    proposal, day = propose(asked), date.fromisoformat(DAY)
    item = replace(tariff_item(proposal, day), amount=Decimal(1000))
    feed = _with(read_feed().feed, item, rebates(proposal, day))
    (step,) = (rebate.from_teu for rebate in rebates(proposal, day))

    def lines(teu: float) -> list[PriceLine]:
        quote = Corridor(feed).quote(
            "CNXIY", "TRIST", weight_kg=20_000, ready="2027-02-01", via=["AZ"], committed_teu=teu
        )
        kept = quote_as_json(quote)
        numbers = [offer.number for offer in quote.offers]
        again = [reprice(feed, kept, number) for number in numbers]
        assert all(found.is_as_quoted for found in again)
        return [line for found in again for line in found.price.lines if line.kind == "rebate"]

    assert lines(step - 1) == []
    given = lines(step)
    assert given
    rate = rebates(proposal, day)[0].percent
    assert all(line.amount == Money.of(-10 * rate, "USD") for line in given)


def test_a_commitment_below_nothing_is_refused() -> None:
    for teu in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InvalidRequestError, match="commits to in a period"):
            read_feed().quote("CNXIY", "TRIST", ready="2026-12-01", committed_teu=teu)


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

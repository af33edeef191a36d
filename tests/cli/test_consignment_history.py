"""A consignment's versions and declarations on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from kervan.cargo import example_consignment
from kervan.cargo.reading import read_consignment, write_consignment

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Write the example, and the example with its third item 40 kg heavier."""
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(write_consignment(example_consignment()), "utf-8")
    content = json.loads(before.read_text("utf-8"))
    content["goods_items"][2]["gross_mass_kg"] = "7300"
    after.write_text(json.dumps(content), "utf-8")
    return str(before), str(after)


def test_a_difference_is_printed_and_ends_with_1(files: tuple[str, str], run: Run) -> None:
    result = run("consignment", "diff", *files)
    assert result.exit_code == 1
    assert "goods item 3: gross mass kg: 7260 → 7300 (+40)" in result.stdout
    assert run("consignment", "diff", files[0], files[0]).exit_code == 0


def test_differences_keep_to_their_schema(files: tuple[str, str], as_json: AsJson) -> None:
    status, answer = as_json("consignment", "diff", *files)
    assert status == 1
    assert answer["differences"][0]["change"] == "40"


def test_a_life_is_kept_and_shown(
    files: tuple[str, str], tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    life = str(tmp_path / "life.json")
    at = ("--at", "2026-11-30T08:00:00+00:00")
    by = ("--by", "forwarder")
    status, _ = as_json("consignment", "amend", life, files[0], *by, "--reason", "booked", *at)
    assert status == 0
    status, _ = as_json(
        "consignment",
        "declare",
        life,
        files[0],
        *by,
        *at,
        "--territory",
        "EAEU",
        "--place",
        "Altynkol",
    )
    assert status == 0
    weighed = ("--by", "terminal", "--reason", "weighed", *at)
    assert run("consignment", "amend", life, files[1], *weighed).exit_code == 0
    status, answer = as_json("consignment", "history", life)
    assert status == 0
    assert [v["version"] for v in answer["versions"]] == [1, 2]
    (declared,) = answer["declarations"]
    assert [d["name"] for d in declared["changed_since"]] == ["goods_items.gross_mass_kg"]
    shown = run("consignment", "history", life, "--version", "1").stdout
    assert read_consignment(shown) == example_consignment()


@pytest.mark.parametrize("at", ["yesterday", "2026-12-01T08:00:00"])
def test_a_moment_without_its_offset_is_refused(
    at: str, files: tuple[str, str], tmp_path: Path, as_json: AsJson
) -> None:
    life = str(tmp_path / "life.json")
    status, answer = as_json(
        "consignment", "amend", life, files[0], "--by", "a", "--reason", "b", "--at", at
    )
    assert status == 2
    assert "offset" in answer["error"]["message"]
    assert not Path(life).exists()


def test_a_spoilt_history_is_refused_and_left_as_it_is(
    files: tuple[str, str], tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    life = tmp_path / "life.json"
    run("consignment", "amend", str(life), files[0], "--by", "a", "--reason", "b")
    run("consignment", "amend", str(life), files[1], "--by", "a", "--reason", "b")
    content = json.loads(life.read_text("utf-8"))
    content["entries"][0]["by"] = "somebody else"
    life.write_text(json.dumps(content), "utf-8")
    spoilt = life.read_text("utf-8")
    status, answer = as_json(
        "consignment", "amend", str(life), files[0], "--by", "a", "--reason", "b"
    )
    assert status == 2
    assert "changed later" in answer["error"]["message"]
    assert life.read_text("utf-8") == spoilt


def test_a_document_is_put_down_as_of_the_version_it_was_made_from(
    files: tuple[str, str], tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    life, papers = str(tmp_path / "life.json"), tmp_path / "papers"
    by = ("--by", "forwarder")
    for number, file in enumerate(files):
        at = ("--at", f"2026-11-{29 + number}T08:00:00+00:00")
        run("consignment", "amend", life, file, *by, "--reason", "weighed", *at)
    kinds = ("--as", "manifest", "--as", "packing-list")
    run("document", "render", files[0], *kinds, "--out", str(papers))
    to = ("--territory", "AZ", *by, "--at", "2026-11-30T09:00:00+00:00")
    for paper in papers.iterdir():
        status, answer = as_json("consignment", "declare", life, str(paper), *to)
        assert status == 0
        assert answer["declarations"][-1]["document"] in paper.name
        assert answer["declarations"][-1]["version"] == 1
        assert answer["declarations"][-1]["changed_since"]
    run("document", "render", files[1], "--as", "packing-list", "--out", str(papers))
    (again,) = papers.glob("*.packing-list.pdf")
    _, answer = as_json("consignment", "declare", life, str(again), *to)
    assert answer["declarations"][-1]["version"] == 2
    assert not answer["declarations"][-1]["changed_since"]


def test_a_document_that_says_what_no_version_does_is_named(
    files: tuple[str, str], tmp_path: Path, run: Run
) -> None:
    life = str(tmp_path / "life.json")
    by = ("--by", "forwarder")
    run("consignment", "amend", life, files[0], *by, "--reason", "booked")
    result = run("consignment", "declare", life, files[1], "--territory", "AZ", *by)
    assert result.exit_code == 0
    assert "goods item 3: gross mass kg: 7260 → 7300 (+40)" in result.stderr
    assert "data-set to AZ" in result.stdout

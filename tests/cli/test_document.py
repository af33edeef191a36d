"""Documents on the command line: written, read, and refused with a sentence."""

from __future__ import annotations

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
def example(tmp_path: Path) -> str:
    path = tmp_path / "example.json"
    path.write_text(write_consignment(example_consignment()), "utf-8")
    return str(path)


def test_the_documents_are_listed(run: Run, as_json: AsJson) -> None:
    assert "data-set" in run("document", "list").stdout
    status, answer = as_json("document", "list")
    assert status == 0
    assert all(d["carries"] for d in answer["documents"])


def test_a_document_is_written_recognised_and_read_back(
    example: str, tmp_path: Path, as_json: AsJson
) -> None:
    status, answer = as_json(
        "document", "render", example, "--as", "data-set", "--out", str(tmp_path / "out")
    )
    assert status == 0
    (written,) = answer["documents"]
    again = tmp_path / "again.json"
    status, answer = as_json("document", "read", written["path"], "--out", str(again))
    assert status == 0
    assert answer["kind"] == "data-set"
    assert read_consignment(again) == example_consignment()


def test_an_unknown_kind_is_refused_and_the_nearest_named(example: str, as_json: AsJson) -> None:
    status, answer = as_json("document", "render", example, "--as", "data-sett")
    assert status == 2
    assert "Did you mean 'data-set'?" in answer["error"]["message"]


def test_a_file_that_is_no_document_is_refused(tmp_path: Path, as_json: AsJson) -> None:
    path = tmp_path / "photo.xml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    status, answer = as_json("document", "read", str(path))
    assert status == 2
    assert "none of the documents" in answer["error"]["message"]
    status, answer = as_json("document", "read", str(tmp_path / "gone.xml"))
    assert status == 2
    assert "cannot be read" in answer["error"]["message"]


def test_a_file_of_200_mb_is_refused_unread(tmp_path: Path, as_json: AsJson) -> None:
    path = tmp_path / "large.xml"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    status, answer = as_json("document", "read", str(path))
    assert status == 2
    assert "200 MB" in answer["error"]["message"]


def test_a_consignment_that_is_none_is_refused(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "none.json"
    path.write_text("[]")
    result = run("document", "render", str(path))
    assert result.exit_code == 2
    assert "no JSON object" in result.stderr


def test_what_no_way_asks_for_is_no_fault_of_writing_all(
    example: str, tmp_path: Path, as_json: AsJson
) -> None:
    status, answer = as_json("document", "render", example, "--as", "all", "--out", str(tmp_path))
    assert status == 0
    assert answer["ok"] is True
    (unwritten,) = [d for d in answer["documents"] if d["path"] is None]
    assert unwritten["kind"] == "etir-advance"
    assert unwritten["wanted"] is False
    by_name = ("document", "render", example, "--as", "etir-advance", "--out", str(tmp_path))
    status, answer = as_json(*by_name)
    assert status == 1
    assert answer["ok"] is False
    assert answer["documents"][0]["wanted"] is True


def test_a_verified_paper_is_said_to_be_so_of_its_data_and_not_of_its_page(
    example: str, tmp_path: Path, run: Run
) -> None:
    run("document", "key", str(tmp_path / "ours"))
    run("document", "key", str(tmp_path / "other"))
    rendered = ("document", "render", example, "--as", "packing-list", "--out", str(tmp_path))
    run(*rendered, "--key", str(tmp_path / "ours.pem"))
    (paper,) = tmp_path.glob("*.pdf")
    result = run("document", "verify", str(paper), "--key", str(tmp_path / "ours.pub.pem"))
    assert result.exit_code == 0
    assert "the data are signed by" in result.stdout
    assert "What is printed on the page is not signed" in result.stdout
    result = run("document", "verify", str(paper), "--key", str(tmp_path / "other.pub.pem"))
    assert result.exit_code == 1
    assert "not among those trusted" in result.stderr

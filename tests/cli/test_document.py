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


@pytest.fixture
def signed(example: str, tmp_path: Path, run: Run) -> tuple[Path, str]:
    """Return a signed packing list and the public key to verify it with."""
    assert run("document", "key", str(tmp_path / "signing")).exit_code == 0
    out = ("--out", str(tmp_path / "papers"))
    key = ("--key", str(tmp_path / "signing.pem"))
    assert run("document", "render", example, "--as", "packing-list", *key, *out).exit_code == 0
    (paper,) = (tmp_path / "papers").iterdir()
    return paper, str(tmp_path / "signing.pub.pem")


def test_a_signed_paper_is_verified(signed: tuple[Path, str], as_json: AsJson) -> None:
    paper, public = signed
    status, answer = as_json("document", "verify", str(paper), "--key", public)
    assert status == 0
    assert answer["reference"] == example_consignment().reference
    assert answer["signed_by"] == answer["key_id"]


def test_a_paper_signed_by_another_is_not_verified(
    signed: tuple[Path, str], tmp_path: Path, run: Run, as_json: AsJson
) -> None:
    run("document", "key", str(tmp_path / "other"))
    other = str(tmp_path / "other.pub.pem")
    status, answer = as_json("document", "verify", str(signed[0]), "--key", other)
    assert status == 1
    assert answer["error"]["kind"] == "not-verified"


def test_a_changed_paper_is_never_taken_for_the_signed_one(
    signed: tuple[Path, str], as_json: AsJson
) -> None:
    paper, public = signed
    data = paper.read_bytes()
    for position in range(200, len(data), len(data) // 40):
        paper.write_bytes(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])
        status, answer = as_json("document", "verify", str(paper), "--key", public)
        # A byte of the drawing may change: what is verified is the attached data.
        assert status in (1, 2) or answer["reference"] == example_consignment().reference


def test_a_key_is_never_overwritten(tmp_path: Path, run: Run) -> None:
    name = str(tmp_path / "signing")
    assert run("document", "key", name).exit_code == 0
    before = (tmp_path / "signing.pem").read_bytes()
    result = run("document", "key", name)
    assert result.exit_code == 2
    assert "never overwritten" in result.stderr
    assert (tmp_path / "signing.pem").read_bytes() == before
    assert (tmp_path / "signing.pem").stat().st_mode & 0o077 == 0


def test_what_cannot_be_written_is_named_and_the_rest_is_written(
    tmp_path: Path, as_json: AsJson
) -> None:
    path = tmp_path / "short.json"
    path.write_text('{"reference": "EX-1"}', "utf-8")
    asked = ("--as", "data-set", "--as", "ncts-cc015c", "--out", str(tmp_path / "out"))
    status, answer = as_json("document", "render", str(path), *asked)
    assert status == 1
    by_kind = {entry["kind"]: entry for entry in answer["documents"]}
    assert Path(by_kind["data-set"]["path"]).exists()
    assert by_kind["ncts-cc015c"]["refused"]


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

"""Every command has help with examples, completes in a shell, and keeps to its schema."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from kervan.cli import main
from kervan.corridor import shipped_feed
from kervan.feed import read_feed_tables

Run = Callable[..., Result]
AsJson = Callable[..., tuple[int, Any]]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
def test_every_command_explains_itself_with_examples(path: tuple[str, ...], run: Run) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert "Examples:" in result.stdout
    assert f"kervan {' '.join(path)}" in result.stdout


def test_a_slip_of_the_pen_is_understood(run: Run) -> None:
    result = run("qoute", "CNXIY", "TRIST")
    assert result.exit_code == 2
    assert "Did you mean 'quote'?" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(shell: str, run: Run) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_KERVAN_COMPLETE" in result.stdout


def test_places_complete_in_the_shell() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "kervan.cli"],
        env={
            **os.environ,
            "_KERVAN_COMPLETE": "bash_complete",
            "COMP_WORDS": "kervan quote KZA",
            "COMP_CWORD": "2",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "plain,KZAAU" in found.stdout
    assert "TRIST" not in found.stdout


def test_places_are_listed_and_searched(run: Run, as_json: AsJson) -> None:
    assert "KZAAU" in run("places").stdout
    status, answer = as_json("places", "aktau")
    assert status == 0
    assert [place["place_id"] for place in answer["places"]] == ["KZAAU"]
    status, answer = as_json("places", "--country", "ge")
    assert {place["country"] for place in answer["places"]} == {"GE"}
    assert as_json("places", "Atlantis")[0] == 3
    assert as_json("places", "--feed", "no/such")[0] == 2


def test_the_shipped_feed_has_no_problems(as_json: AsJson) -> None:
    status, report = as_json("feed", "check", str(shipped_feed()), "--strict")
    assert (status, report["errors"], report["warnings"]) == (0, 0, 0)


def test_a_feed_is_described_as_of_a_day(as_json: AsJson, run: Run) -> None:
    status, whole = as_json("feed", "describe", str(shipped_feed()))
    assert (status, whole["as_of"]) == (0, None)
    status, then = as_json("feed", "describe", str(shipped_feed()), "--as-of", "2025-01-01")
    assert then["as_of"] == "2025-01-01"
    assert then["rows"]["services"] < whole["rows"]["services"]
    assert run("feed", "describe", str(shipped_feed()), "--as-of", "soon").exit_code == 2


def test_a_feed_goes_through_a_workbook_and_back(tmp_path: Path, as_json: AsJson, run: Run) -> None:
    book, back = tmp_path / "corridor.xlsx", tmp_path / "back"
    assert as_json("feed", "convert", str(shipped_feed()), str(book))[0] == 0
    assert as_json("feed", "convert", str(book), str(back))[0] == 0
    assert as_json("feed", "check", str(book))[0] == 0
    assert read_feed_tables(back) == read_feed_tables(shipped_feed())
    assert run("feed", "convert", str(book), str(back)).exit_code == 2

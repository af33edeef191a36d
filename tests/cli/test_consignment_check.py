"""``kervan consignment check`` says all that is wrong with one consignment or many."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kervan.cargo import example_consignment
from kervan.cargo.reading import read_consignment
from tests.cli.conftest import Run


@pytest.fixture
def sound(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "sound.json"
    path.write_text(run("consignment", "example").stdout, "utf-8")
    return path


@pytest.fixture
def unsound(sound: Path) -> Path:
    content = json.loads(sound.read_text("utf-8"))
    content["goods_items"][0]["origin_country"] = "ZZ"
    content["goods_items"][1]["net_mass_kg"] = "9001"
    path = sound.with_name("unsound.json")
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_the_example_is_printed_as_it_is_read_and_is_sound(run: Run, sound: Path) -> None:
    assert read_consignment(sound) == example_consignment()
    result = run("consignment", "check", "--depth", "sense", str(sound))
    assert result.exit_code == 0
    assert result.stdout == "0 errors, 0 warnings in 1 consignment.\n"


def test_problems_are_grouped_by_depth_with_path_rule_and_mending(run: Run, unsound: Path) -> None:
    result = run("consignment", "check", "--depth", "sense", str(unsound))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("form: ")
    assert "$.goods_items[0].origin_country  [form.unknown-code]" in lines[1]
    assert lines[4].startswith("sense: ")
    assert "$.goods_items[1].net_mass_kg  [sense.net-over-gross]" in lines[5]
    assert lines[-1] == "2 errors, 0 warnings in 1 consignment."


def test_the_form_alone_says_nothing_of_sense(run: Run, unsound: Path) -> None:
    result = run("consignment", "check", str(unsound), "--depth", "form")
    assert "sense" not in result.stdout
    assert result.stdout.endswith("1 error, 0 warnings in 1 consignment.\n")


def test_standard_input_is_read(run: Run, unsound: Path) -> None:
    text = unsound.read_text("utf-8")
    result = run("consignment", "check", "-", "--depth", "form", keys=text)
    assert result.exit_code == 1
    assert "origin_country" in result.stdout


def test_many_files_are_told_apart_and_one_that_cannot_be_read_does_not_stop_the_others(
    as_json: Callable[..., tuple[int, Any]], sound: Path, unsound: Path
) -> None:
    none = sound.with_name("none.json")
    paths = list(map(str, (sound, none, unsound)))
    status, content = as_json("consignment", "check", *paths, "--depth", "sense")
    assert status == 2
    assert not content["ok"]
    assert content["depths"] == ["form", "sense"]
    assert [file["file"] for file in content["files"]] == paths
    assert [file["errors"] for file in content["files"]] == [0, 0, 2]
    assert "cannot be read" in content["files"][1]["unreadable"]


def test_a_hostile_file_does_not_steer_the_terminal(run: Run, sound: Path) -> None:
    content = json.loads(sound.read_text("utf-8"))
    content["reference"] = "A\x1b[31mB"
    sound.write_text(json.dumps(content), "utf-8")
    result = run("consignment", "check", str(sound))
    assert result.exit_code == 1
    assert "\x1b" not in result.stdout
    assert "U+001B" in result.stdout


def test_where_nothing_could_be_read_nothing_is_counted(run: Run, tmp_path: Path) -> None:
    result = run("consignment", "check", str(tmp_path / "none.json"))
    assert result.exit_code == 2
    assert result.stdout == ""

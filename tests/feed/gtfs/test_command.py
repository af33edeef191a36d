from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import jsonschema
from click.testing import CliRunner

from kervan.cli.gtfs_command import import_gtfs
from kervan.feed import check_feed, read_feed_tables

DATA = Path(__file__).parent / "data"


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(import_gtfs, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def _json(text: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(text)
    schema = files("kervan").joinpath("schemas", "feed-import-gtfs.v1.json").read_text("utf-8")
    jsonschema.validate(content, json.loads(schema))
    return content


def test_the_command_writes_a_feed_free_of_errors_and_says_what_was_lost(tmp_path: Path) -> None:
    code, text = _run(DATA / "sample", tmp_path / "out")
    assert code == 0
    assert "Left out\n" in text
    assert "Estimated\n" in text
    assert "fare_attributes.txt" in text
    assert check_feed(tmp_path / "out").errors == 0
    assert len(read_feed_tables(tmp_path / "out").services) == 11


def test_the_json_follows_its_schema(tmp_path: Path) -> None:
    code, text = _run(DATA / "ferry", tmp_path / "out.zip", "--json", "--modes", "ferry, rail")
    assert code == 0
    content = _json(text)
    assert content["rows_written"] == {
        "sources": 1,
        "carriers": 1,
        "places": 2,
        "terminals": 2,
        "links": 1,
        "calendars": 1,
        "services": 2,
        "calls": 4,
    }
    assert (tmp_path / "out.zip").is_file()


def test_what_is_no_gtfs_exits_with_two_and_a_sentence(tmp_path: Path) -> None:
    code, text = _run(tmp_path / "nothing.zip", tmp_path / "out")
    assert (code, text.count("\n")) == (2, 1)
    assert "does not exist" in text
    code, text = _run(tmp_path / "nothing.zip", tmp_path / "out", "--json")
    assert code == 2
    assert _json(text)["ok"] is False
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_only_replaced_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    target.write_text("mine")
    assert _run(DATA / "ferry", target)[0] == 2
    assert target.read_text() == "mine"
    assert _run(DATA / "ferry", target, "--overwrite")[0] == 0


def test_the_options_reach_the_feed(tmp_path: Path) -> None:
    code, _ = _run(
        *(DATA / "ferry", tmp_path / "out", "--from", "2018-07-01", "--to", "2018-07-31"),
        *("--title", "A ferry", "--name", "ferry", "--licence", "CC-BY-4.0"),
        *("--min-transfer-minutes", "90", "--feed-version", "7"),
    )
    assert code == 0
    feed = read_feed_tables(tmp_path / "out")
    assert (feed.info.title, feed.info.name, feed.info.licence, feed.info.version) == (
        "A ferry",
        "ferry",
        "CC-BY-4.0",
        "7",
    )
    assert feed.terminals[0].dwell_p50_hours == 1.5
    assert str(feed.calendars[0].valid_to) == "2018-07-31"

"""What the commands print alike, and what they show of slow work."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

import pytest

from kervan.cli import terminal
from kervan.cli.terminal import number_of, reading, working


class Watched(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Return what somebody watches, of work that counts as slow at once."""
    watched = Watched()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(terminal, "SLOW_FROM_SECONDS", 0.0)
    return watched


def test_one_is_counted_without_an_s() -> None:
    assert number_of(1, "row") == "1 row"
    assert number_of(1200, "row") == "1,200 rows"
    assert number_of(0, "entry", "entries") == "0 entries"
    assert number_of(1, "entry", "entries") == "1 entry"


def test_each_step_of_slow_work_is_shown_to_whoever_watches(screen: Watched) -> None:
    with redirect_stderr(screen), working() as progress:
        assert progress is not None
        progress("finding [ways]", 1, 2)
        progress("pricing", 1, 4)
    assert "pricing" in screen.getvalue()


def test_reading_names_its_table_and_rows(screen: Watched) -> None:
    with redirect_stderr(screen), reading() as progress:
        assert progress is not None
        progress("stop_times.txt", 1000, 0, 0)
        progress("stop_times.txt", 2500, 0, 0)
    assert "reading stop_times.txt, 2,500 rows" in screen.getvalue()


def test_work_nobody_watches_is_not_shown() -> None:
    with redirect_stderr(io.StringIO()), working() as step, reading() as table:
        assert step is None
        assert table is None

"""The documentation does what it says: commands and programs run, and print what is shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Command, commands, name_of, needs, programs


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=name_of)
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    for source, name in needs(page):
        shutil.copytree(ROOT / source, tmp_path / name)
    for command in commands(page):
        done = run(["bash", "-c", command.text], tmp_path)
        assert done.returncode == command.status, f"$ {command.text}\n{done.stdout}{done.stderr}"
        compare(command, done.stdout + done.stderr)


@pytest.mark.parametrize("page", [p for p in PAGES if programs(p)], ids=name_of)
def test_python_programs_run(page: Path, tmp_path: Path) -> None:
    # One after the other in one process: a later program may use the names of an earlier one.
    done = run([sys.executable, "-c", "\n".join(programs(page))], tmp_path)
    assert done.returncode == 0, done.stderr


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
    }
    return subprocess.run(
        arguments,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def compare(command: Command, printed: str) -> None:
    """Hold what is shown against what is printed, line by line.

    A line ``...`` stands for any lines, ``...`` within a line for anything, and so does ``…``.
    Blanks do not count. Where a page shows nothing, anything may be printed.
    """
    if not command.shown:
        return
    lines = [squeezed for line in printed.splitlines() if (squeezed := " ".join(line.split()))]
    at, anything = 0, False
    for shown in (" ".join(line.split()) for line in command.shown):
        if shown in ("...", "…"):
            anything = True
        elif shown:
            wanted = re.compile(".*".join(map(re.escape, re.split(r" *(?:\.\.\.|…) *", shown))))
            found = next((n for n in range(at, len(lines)) if wanted.fullmatch(lines[n])), None)
            assert found is not None, f"$ {command.text}\nnot printed: {shown}\nin:\n{printed}"
            assert anything or found == at, f"$ {command.text}\nnot shown: {lines[at]}"
            at, anything = found + 1, False
    assert anything or at == len(lines), f"$ {command.text}\nnot shown: {lines[at]}"


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (("one", "two"), "one\ntwo\n"),
        (("one", "...", "four"), "one\ntwo\nthree\nfour\n"),
        (("one", "..."), "one\ntwo\n"),
        (("takes ... days",), "takes 12   days\n"),
        (("one ...",), "one\n"),
        ((), "anything\n"),
    ],
)
def test_the_comparison_lets_pass_what_is_shown(shown: tuple[str, ...], printed: str) -> None:
    compare(Command("", shown), printed)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (("one", "two"), "one\nthree\n"),
        (("one", "three"), "one\ntwo\nthree\n"),
        (("one",), "one\ntwo\n"),
        (("one", "...", "four"), "one\ntwo\nthree\n"),
        (("takes ... days",), "takes 12 hours\n"),
    ],
)
def test_the_comparison_finds_what_is_not_shown(shown: tuple[str, ...], printed: str) -> None:
    with pytest.raises(AssertionError):
        compare(Command("", shown), printed)

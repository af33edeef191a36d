"""The pages of the documentation, and the commands and programs shown on them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

_BLOCK = re.compile(
    r"(?P<skip><!-- not run: [^\n]+ -->\n)?^```(?P<kind>console|python)\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
_NEEDS = re.compile(r"<!-- needs: (\S+) as (\S+) -->")
_SET_UP = ("make", "git", "export")
"""Commands that set up the checkout itself, and are run by its user once."""


@dataclass(frozen=True)
class Command:
    """A command of a page, and what the page shows it to print."""

    text: str
    shown: tuple[str, ...]
    status: int = 0


def name_of(page: Path) -> str:
    """Return a page's path in the repository."""
    return str(page.relative_to(ROOT))


def commands(page: Path) -> list[Command]:
    """Return the commands of a page that can be run anywhere, in order."""
    return [
        command
        for text in _blocks(page, "console")
        for command in _commands(text)
        if command.text.split()[0] not in _SET_UP
    ]


def programs(page: Path) -> list[str]:
    """Return the Python programs of a page, in order."""
    return list(_blocks(page, "python"))


def needs(page: Path) -> list[tuple[str, str]]:
    """Return the folders of the repository that a page's commands expect, and under which name."""
    return _NEEDS.findall(page.read_text("utf-8"))


def prose(page: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def _blocks(page: Path, kind: str) -> Iterator[str]:
    for block in _BLOCK.finditer(page.read_text("utf-8")):
        if block["kind"] == kind and block["skip"] is None:
            yield block["text"]


def _commands(block: str) -> Iterator[Command]:
    """Take a block apart: ``$`` begins a command, the rest is printed.

    A command goes on in lines that begin with ``>``, and after a backslash at the end of a line.
    """
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        first, *rest = part.splitlines()
        lines = [first]
        while rest and (rest[0].startswith(">") or lines[-1].endswith("\\")):
            lines.append(re.sub(r"^> ?", "", rest.pop(0)))
        text, shown, status = "\n".join(lines), rest, 0
        if shown and (told := re.fullmatch(r"\[status (\d+)\]", shown[-1])):
            shown, status = shown[:-1], int(told[1])
        yield Command(text, tuple(shown), status)

"""The documentation does what it says: commands run, output is as shown, links lead somewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"<!-- needs: (\S+) as (\S+) -->")
"""Data a page's commands expect in the folder they run in."""
SET_UP = ("make", "git", "export", "pre-commit", "$EDITOR")
"""Commands that set up the checkout itself, and are run by its user once."""


def sessions(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page with the lines shown below it."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        command: str | None = None
        shown: list[str] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                if command is not None:
                    yield command, shown
                command, shown = line[2:], []
            elif line.startswith("> ") and command is not None and not shown:
                command += "\n" + line[2:]
            else:
                shown.append(line)
        if command is not None:
            yield command, shown


def with_commands() -> list[Path]:
    return [page for page in PAGES if any(not skipped(c) for c, _ in sessions(page))]


def skipped(command: str) -> bool:
    return command.split()[0] in SET_UP


@pytest.mark.parametrize("page", with_commands(), ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_print_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "100",
        "KERVAN_DOCS": str(ROOT / "docs"),
    }
    for source, name in NEEDS.findall(page.read_text("utf-8")):
        shutil.copytree(ROOT / source, tmp_path / name)
    for command, shown in sessions(page):
        if skipped(command):
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        expected_status = 0
        if shown and (status := re.fullmatch(r"\[status (\d+)\]", shown[-1])):
            expected_status, shown = int(status[1]), shown[:-1]
        printed = done.stdout + done.stderr
        assert done.returncode == expected_status, f"$ {command}\n{printed}"
        in_order(command, shown, printed)


def in_order(command: str, shown: list[str], printed: str) -> None:
    """Hold the lines shown against those printed: all of them, in order; ``...`` skips some."""
    lines = [squeezed(line) for line in printed.splitlines()]
    at, free = 0, False
    for wanted in (squeezed(line) for line in shown):
        if wanted == "...":
            free = True
            continue
        if not wanted:
            continue
        while at < len(lines) and wanted not in lines[at]:
            assert free or not lines[at], f"$ {command}\nnot shown: {lines[at]}\nbefore: {wanted}"
            at += 1
        assert at < len(lines), f"$ {command}\nnot printed: {wanted}\nin:\n{printed}"
        at, free = at + 1, False


def squeezed(line: str) -> str:
    return " ".join(line.split())


LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{page.name} links to {target}"
        if anchor and other.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", other.read_text("utf-8"), re.MULTILINE)
            assert anchor in {slug(heading) for heading in headings}, f"{page.name}: {target}"


def slug(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
    return kept.strip().replace(" ", "-")


def test_every_schema_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")
    for schema in sorted((ROOT / "src" / "kervan" / "schemas").glob("*.json")):
        assert f"`{schema.stem}`" in page


def test_every_package_has_its_line_of_why() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    for requirement in (name for group in groups for name in group):
        name = re.split(r"[<>=!~\[; ]", requirement)[0]
        assert re.search(rf"\b{re.escape(name)}\b", page), f"{name} has no line of why"

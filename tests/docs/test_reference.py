"""The reference names everything there is, as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import click
import pytest

from kervan.errors import KervanError
from kervan.feed.tables import ROW_TYPES
from tests.docs import help_blocks
from tests.docs.pages import PAGES, ROOT

REFERENCE = ROOT / "docs" / "reference"
SCHEMAS = sorted((ROOT / "src" / "kervan" / "schemas").glob("*.json"))
PUBLIC = (
    "kervan",
    "kervan.feed",
    "kervan.network",
    "kervan.itinerary",
    "kervan.tariff",
    "kervan.ledger",
)
COMMANDS = {context.command_path: context for context in help_blocks.contexts()}


def page(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_shows_the_help_of_every_command(name: str) -> None:
    shown = {block[1]: block[2] for block in help_blocks.BLOCK.findall(page("cli.md"))}
    assert name in shown, f"docs/reference/cli.md has no '<!-- help: {name} -->'"
    mending = "run `python -m tests.docs.help_blocks`"
    assert shown[name] == help_blocks.help_of(COMMANDS[name]), mending


def test_the_page_shows_no_command_that_is_gone() -> None:
    shown = {block[1] for block in help_blocks.BLOCK.findall(page("cli.md"))}
    assert shown <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_is_for(name: str) -> None:
    for option in COMMANDS[name].command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts[-1]}"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_every_schema_is_in_the_reference(schema: Any) -> None:
    assert f"`{schema.stem}`" in page("json.md")


def test_every_property_of_a_quote_is_explained() -> None:
    schema = json.loads((ROOT / "src/kervan/schemas/quote.v1.json").read_text("utf-8"))
    text = page("json.md")
    missing = sorted({name for name in properties(schema) if f"`{name}`" not in text})
    assert not missing


def properties(schema: Any) -> Iterator[str]:
    """Yield every name of a property, however deep."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    rows = {row.__name__ for row in ROW_TYPES.values()}  # the feed's own page has these
    text = page("python.md")
    for name in import_module(module).__all__:
        if name not in rows and not name.startswith("_"):
            assert re.search(rf"\b{name}\b", text), f"{module}.{name}"


def test_every_error_is_in_the_reference() -> None:
    for module in ("kervan.feed", "kervan.offers"):
        import_module(module)
    text = page("python.md")
    for error in below(KervanError):
        assert f"`{error.__name__}`" in text


def below(error: type[Exception]) -> Iterator[type[Exception]]:
    """Yield an error and those derived from it, as far as they are imported."""
    yield error
    for derived in error.__subclasses__():
        yield from below(derived)


def test_every_dependency_has_its_line_of_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    wanted = {re.split(r"[<>=!~\[; ]", name)[0] for group in groups for name in group}
    told = set(re.findall(r"^\| (?:`\w+` \| )?([\w-]+) \|", text, re.MULTILINE))
    assert wanted <= told
    assert told - {"package", "extra"} <= wanted, "a line for what is no longer needed"


def test_every_target_of_make_that_is_shown_is_there() -> None:
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for path in PAGES:
        shown = re.findall(r"^\$ make +([a-z-]+)", path.read_text("utf-8"), re.MULTILINE)
        assert set(shown) <= there, path.name


def test_the_licence_of_every_dependency_is_told() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    for row in re.findall(r"^\|(.+)\|$", text, re.MULTILINE):
        assert all(cell.strip() for cell in row.split("|")), row


def test_every_kind_of_entry_and_what_it_says_is_in_the_reference() -> None:
    from kervan.ledger.kinds import KINDS

    text = page("record.md")
    for kind in KINDS.values():
        assert f"`{kind.name}`" in text
        assert f"| {kind.meaning} |" in text
        assert all(f"`{name}`" in text for name in kind.payload.model_fields), kind.name

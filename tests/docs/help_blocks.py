"""The help of each command as it stands in the reference.

``python -m tests.docs.help_blocks`` writes it anew; the tests say when that is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from kervan.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"
BLOCK = re.compile(r"(<!-- help: (kervan[a-z -]*) -->\n```text\n)(.*?)(```)", re.DOTALL)
_WIDTH = 80


def contexts(context: click.Context | None = None) -> Iterator[click.Context]:
    """Yield every command that is no group, in the context it is called in."""
    context = context or click.Context(main, info_name="kervan", terminal_width=_WIDTH)
    assert isinstance(context.command, click.Group)
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        assert command is not None
        below = click.Context(command, context, info_name=name, terminal_width=_WIDTH)
        if isinstance(command, click.Group):
            yield from contexts(below)
        else:
            yield below


def help_of(context: click.Context) -> str:
    """Return what ``--help`` prints."""
    return context.get_help() + "\n"


def helps() -> dict[str, str]:
    """Return the help of each command, by its name."""
    return {context.command_path: help_of(context) for context in contexts()}


def renewed(text: str) -> str:
    """Return a page with the help of today."""
    known = helps()
    return BLOCK.sub(lambda block: block[1] + known.get(block[2], block[3]) + block[4], text)


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")

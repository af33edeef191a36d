"""``kervan consignment``: what is wrong with one, what changed in it, who was told what."""

from __future__ import annotations

from typing import ClassVar

import click

from kervan.cli import LazyGroup


class ConsignmentGroup(LazyGroup):
    """The commands on a consignment."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "check": ("kervan.cli.consignment_check", "check"),
        "example": ("kervan.cli.consignment_check", "example"),
        "from-quote": ("kervan.cli.consignment_quote", "from_quote"),
        "law": ("kervan.cli.consignment_law", "law"),
        "diff": ("kervan.cli.consignment_history", "diff"),
        "amend": ("kervan.cli.consignment_history", "amend"),
        "declare": ("kervan.cli.consignment_history", "declare"),
        "history": ("kervan.cli.consignment_history", "history"),
    }


@click.command(cls=ConsignmentGroup)
def consignment() -> None:
    """Begin a consignment, check it, compare two, and keep the record of its versions.

    \b
    Examples:
      kervan consignment from-quote quote.json --reference AL-2026-0117 > monday.json
      kervan consignment check monday.json
      kervan consignment law monday.json
      kervan consignment diff monday.json tuesday.json
      kervan consignment history life.json
    """

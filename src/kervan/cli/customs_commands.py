"""``kervan customs``: a consignment as customs sees it, and the selection by chance."""

from __future__ import annotations

from typing import ClassVar

import click

from kervan.cli import LazyGroup


class CustomsGroup(LazyGroup):
    """The commands of a customs office."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "assess": ("kervan.cli.customs_assess", "assess"),
        "seed": ("kervan.cli.customs_selection", "seed"),
        "verify-selection": ("kervan.cli.customs_selection", "verify_selection"),
    }


@click.command(cls=CustomsGroup)
def customs() -> None:
    """Assess consignments as customs does, and prove what chance selected.

    \b
    Examples:
      kervan customs assess consignment.json --day 2026-12-01
      kervan customs seed today.seed --day 2026-12-01 --rate 0.05
    """

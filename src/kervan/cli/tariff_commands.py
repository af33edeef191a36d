"""``kervan tariff``: what a tariff desk does with its rates."""

from __future__ import annotations

from typing import ClassVar

import click

from kervan.cli import LazyGroup


class TariffGroup(LazyGroup):
    """The commands of the tariff desk, imported by name when used."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "explain": ("kervan.cli.tariff_explain", "explain"),
    }


@click.command(cls=TariffGroup)
def tariff() -> None:
    """Explain prices and keep them.

    \b
    Examples:
      kervan tariff explain quote.json --number 2
    """

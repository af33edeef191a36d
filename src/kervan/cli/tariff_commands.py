"""``kervan tariff``: publish, compare, check, explain, propose and settle tariffs."""

from __future__ import annotations

from importlib.util import find_spec
from typing import ClassVar

import click

from kervan.cli import LazyGroup


class TariffGroup(LazyGroup):
    """The commands of the tariff desk."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "sheet": ("kervan.cli.tariff_sheet", "sheet"),
        "diff": ("kervan.cli.tariff_diff", "diff"),
        "check": ("kervan.cli.tariff_check", "check"),
        "explain": ("kervan.cli.tariff_explain", "explain"),
        "settle": ("kervan.cli.tariff_settle", "settle"),
        "propose": ("kervan.cli.tariff_propose", "propose"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands whose modules are there, so that help never fails."""
        return [name for name in super().list_commands(ctx) if find_spec(self.COMMANDS[name][0])]


@click.command(cls=TariffGroup)
def tariff() -> None:
    """Set, publish, explain and settle through rates.

    \b
    Examples:
      kervan tariff check
      kervan tariff sheet sheet.xlsx --origin CNXIY --destination TRIST
      kervan tariff diff --known-on 2026-03-01 --known-on 2026-09-01
    """

"""``kervan tariff``: publish, compare, check, explain, propose and settle tariffs."""

from __future__ import annotations

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
        "performed": ("kervan.cli.tariff_settle", "performed"),
        "settle": ("kervan.cli.tariff_settle", "settle"),
        "propose": ("kervan.cli.tariff_propose", "propose"),
        "capacity": ("kervan.cli.tariff_capacity", "capacity"),
    }


@click.command(cls=TariffGroup)
def tariff() -> None:
    """Set, publish, check, explain and settle through rates.

    \b
    Examples:
      kervan tariff check
      kervan tariff sheet sheet.xlsx --origin CNXIY --destination TRIST
      kervan tariff diff --known-on 2026-03-01 --known-on 2026-09-01
    """

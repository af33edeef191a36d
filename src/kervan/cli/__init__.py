"""The ``kervan`` command. Each subcommand is imported when it is asked for: help must be quick."""

from __future__ import annotations

from importlib import import_module
from typing import ClassVar

import click

import kervan


class LazyGroup(click.Group):
    """A group whose commands are imported by name when used."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "quote": ("kervan.cli.quote_command", "quote"),
        "places": ("kervan.cli.places_command", "places"),
        "tariff": ("kervan.cli.tariff_commands", "tariff"),
        "consignment": ("kervan.cli.consignment_commands", "consignment"),
        "document": ("kervan.cli.document_commands", "document"),
        "customs": ("kervan.cli.customs_commands", "customs"),
        "book": ("kervan.cli.book_commands", "book"),
        "track": ("kervan.cli.track_command", "track"),
        "member": ("kervan.cli.member_commands", "member"),
        "ledger": ("kervan.cli.ledger_commands", "ledger"),
        "feed": ("kervan.cli.feed_commands", "feed"),
        "completion": ("kervan.cli.completion_command", "completion"),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of use."""
        del ctx
        return list(self.COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in self.COMMANDS:
            return None
        module, name = self.COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, or say which was probably meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from kervan.feed.nearest import nearest

            meant = nearest(args[0], self.COMMANDS)
            if meant is None:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{meant}'?", ctx) from None


@click.command(cls=LazyGroup)
@click.version_option(kervan.__version__, prog_name="kervan")
def main() -> None:
    """Run and plan multimodal freight corridors.

    \b
    Examples:
      kervan quote CNXIY TRIST --equipment 45G1 --count 2 --weight 18000 --ready 2026-12-01
      kervan quote Tashkent Mersin --ready 2026-12-01 --explain
      kervan feed check my-corridor/
    """

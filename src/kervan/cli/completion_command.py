"""``kervan completion``: what a shell needs to complete commands, options and places."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that completes `kervan` in a shell.

    \b
    Examples:
      kervan completion bash > ~/.local/share/bash-completion/completions/kervan
      kervan completion zsh > ~/.zfunc/_kervan
      kervan completion fish > ~/.config/fish/completions/kervan.fish
    """
    from kervan.cli import main

    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"Completion for {shell} is not known; use bash, zsh or fish.")
    click.echo(kind(main, {}, "kervan", "_KERVAN_COMPLETE").source())

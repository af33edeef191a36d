"""Refusing: a command says why it cannot be done, as a sentence or as JSON, and leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import click

from kervan.cli.terminal import plain, print_error, print_json

BAD_INPUT = 2
"""Exit status of a command that was asked what it cannot do, or given what it cannot read."""

NOTHING_FOUND = 3
"""Exit status of a sound question that nothing answers."""


def refuse(
    ctx: click.Context,
    schema: str,
    error: Exception,
    as_json: bool,
    *,
    otherwise: str = "bad-feed",
    status: int = BAD_INPUT,
    **details: Any,
) -> NoReturn:
    """Print why a command cannot be done, and leave.

    Parameters
    ----------
    ctx
        The command's context.
    schema
        Name and version of its JSON, such as ``quote.v1``.
    error
        What stopped it. Its JSON kind is ``bad-input`` where it is an ``InvalidRequestError`` and
        ``bad-feed`` where it is a ``FeedError``.
    as_json
        Whether to print JSON to standard output, instead of a sentence to standard error.
    otherwise
        The kind of every other error.
    status
        Exit status.
    details
        What the JSON tells beside kind and message.
    """
    if as_json:
        refusal = {"kind": _kind(error, otherwise), "message": plain(error), **details}
        print_json({"schema": schema, "ok": False, "error": refusal})
    else:
        print_error(error)
    ctx.exit(status)


def refuse_path(
    ctx: click.Context, schema: str, path: Path, error: Exception, as_json: bool
) -> NoReturn:
    """Print why what lies at a path is of no use, in the JSON of the feed commands, and leave."""
    if as_json:
        content = {"path": plain(path), "ok": False, "unusable": plain(error)}
        print_json({"schema": schema, **content})
    else:
        print_error(error)
    ctx.exit(BAD_INPUT)


def _kind(error: Exception, otherwise: str) -> str:
    from kervan.errors import FeedError, InvalidRequestError

    if isinstance(error, InvalidRequestError):
        return "bad-input"
    return "bad-feed" if isinstance(error, FeedError) else otherwise

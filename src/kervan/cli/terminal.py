"""What the commands share: plain text, JSON, and word of something slow."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

SLOW_FROM_SECONDS = 2.0


def plain(text: object) -> str:
    """Return a text without control characters, so that no file steers the terminal."""
    return "".join(
        letter
        if letter.isprintable() or letter == "\n"
        else letter.encode("unicode_escape").decode("ascii")
        for letter in str(text)
    )


def print_json(content: dict[str, Any]) -> None:
    """Print an object as JSON, letters of every script as they are."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def print_error(message: object) -> None:
    """Print an error sentence to standard error."""
    click.echo(f"{click.style('Error:', fg='red')} {plain(message)}", err=True)


@contextmanager
def patience(message: str) -> Iterator[None]:
    """Print a line to standard error once something has taken two seconds and somebody watches."""
    if not sys.stderr.isatty():
        yield
        return
    timer = threading.Timer(SLOW_FROM_SECONDS, lambda: click.echo(message, err=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextmanager
def reading() -> Iterator[Callable[[str, int, int, int], None] | None]:
    """Give a callback that shows a bar, once reading takes long and somebody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    bar: Any = None
    task: Any = None
    began = time.monotonic()

    def advance(table: str, rows: int, done: int, total: int) -> None:
        nonlocal bar, task
        if bar is None:
            if time.monotonic() - began < SLOW_FROM_SECONDS:
                return
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            bar.start()
            task = bar.add_task("reading")
        bar.update(
            task,
            description=f"reading {table}, {rows:,} rows",
            completed=done,
            total=total or None,
        )

    try:
        yield advance
    finally:
        if bar is not None:
            bar.stop()

"""What the commands print alike: plain text, counts, JSON, and word of something slow."""

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


def number_of(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count and its noun: ``1 row``, ``1,200 rows``, ``2 entries``.

    The plural is the noun with an s unless given.
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


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
    """Give a callback that shows how far reading is, once it takes long and somebody is watching.

    It is called with the table in hand, its rows so far, what is done, and of how much (0 where
    that is not known).
    """
    with _bar() as show:
        if show is None:
            yield None
            return

        def advance(table: str, rows: int, done: int, total: int) -> None:
            show("reading", f"reading {table}, {rows:,} rows", done, total)

        yield advance


@contextmanager
def working() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give a callback that shows how far work is, once it takes long and somebody is watching.

    It is called with the step in hand, what is done of it, and of how much (0 where that is not
    known).
    """
    with _bar() as show:
        if show is None:
            yield None
            return

        def advance(step: str, done: int, total: int) -> None:
            show(step, step, done, total)

        yield advance


@contextmanager
def _bar() -> Iterator[Callable[[str, str, int, int], None] | None]:
    """Give a callback that shows a bar for the step in hand, under a text."""
    if not sys.stderr.isatty():
        yield None
        return
    bar: Any = None
    task: Any = None
    step_in_hand = ""
    began = time.monotonic()

    def show(step: str, text: str, done: int, total: int) -> None:
        nonlocal bar, task, step_in_hand
        if bar is None:
            if time.monotonic() - began < SLOW_FROM_SECONDS:
                return
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

            bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            bar.start()
        if step != step_in_hand:
            # A bar of its own: the time left is told from the pace of one step alone.
            if task is not None:
                bar.remove_task(task)
            task, step_in_hand = bar.add_task(text), step
        bar.update(task, description=text, completed=done, total=total or None)

    try:
        yield show
    finally:
        if bar is not None:
            bar.stop()

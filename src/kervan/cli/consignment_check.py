"""``kervan consignment check`` and ``example``: what is wrong with consignments, all at once."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import PATH, json_option
from kervan.cli.refusal import BAD_INPUT
from kervan.cli.terminal import number_of, plain, print_error, print_json, working

if TYPE_CHECKING:
    from kervan.cargo.check import LawCheck
    from kervan.cargo.problems import Depth, Problem

SCHEMA = "consignment-check.v1"
_TITLES = {
    "form": "form: codes, check digits, references",
    "sense": "sense: what does not go together",
    "law": "law of the way: what a territory will miss",
}


@click.command()
@click.argument("files", metavar="FILE…", type=PATH, nargs=-1, required=True)
@click.option(
    "--depth",
    type=click.Choice(["form", "sense", "law", "all"]),
    default="all",
    show_default=True,
    help="How deep: codes alone, these and what goes together, or the law as well.",
)
@json_option
@click.pass_context
def check(ctx: click.Context, files: tuple[Path, ...], depth: str, as_json: bool) -> None:
    """Find everything that is wrong with consignments, and say how to mend it.

    FILE is a consignment as JSON (consignment.v1); - reads standard input. Each problem has the
    JSON path of its element.

    \b
    Examples:
      kervan consignment example | kervan consignment check -
      kervan consignment check monday.json --depth form
      kervan consignment check shipped/*.json --json > problems.json

    Exit status: 0 where nothing is wrong, 1 where something is, warnings included, 2 where a FILE
    cannot be read. The JSON is described by consignment-check.v1.json.
    """
    depths: tuple[Depth, ...] = ("form", "sense", "law")
    if depth != "all":
        depths = depths[: ("form", "sense", "law").index(depth) + 1]
    law = _law() if "law" in depths else None
    found: list[tuple[Path, tuple[Problem, ...], str | None]] = []
    with working() as progress:
        for done, path in enumerate(files, start=1):
            found.append((path, *_checked(path, depths, law)))
            if progress is not None:
                progress("checking", done, len(files))
    unreadable = any(refused is not None for _, _, refused in found)
    total = sum(len(problems) for _, problems, _ in found)
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": not unreadable and not total,
                "depths": [d for d in depths if d != "law" or law is not None],
                "files": [_as_json(*one) for one in found],
            }
        )
    else:
        for path, problems, refused in found:
            _print(path, problems, refused, heading=len(files) > 1)
        read = sum(refused is None for _, _, refused in found)
        _print_sum(read, [p for _, problems, _ in found for p in problems])
    ctx.exit(BAD_INPUT if unreadable else 1 if total else 0)


@click.command()
def example() -> None:
    """Print the example consignment: two containers, five goods items, Xi'an to Istanbul.

    \b
    Examples:
      kervan consignment example > consignment.json
      kervan consignment example | kervan consignment check -
    """
    from kervan.cargo import example_consignment
    from kervan.cargo.reading import write_consignment

    click.echo(write_consignment(example_consignment()))


def _law() -> LawCheck | None:
    from kervan.cargo.law import check_law

    return check_law


def _checked(
    path: Path, depths: tuple[Depth, ...], law: LawCheck | None
) -> tuple[tuple[Problem, ...], str | None]:
    from kervan.cargo.check import check as check_consignment
    from kervan.cargo.reading import MOST_BYTES, read
    from kervan.errors import KervanError

    try:
        reading = read(sys.stdin.buffer.read(MOST_BYTES + 1) if str(path) == "-" else path)
    except KervanError as error:
        return (), str(error)
    return check_consignment(reading.consignment, reading, depths=depths, law=law), None


def _as_json(path: Path, problems: tuple[Problem, ...], refused: str | None) -> dict[str, Any]:
    return {
        "file": plain(path),
        "unreadable": None if refused is None else plain(refused),
        "errors": sum(problem.severity == "error" for problem in problems),
        "warnings": sum(problem.severity == "warning" for problem in problems),
        "problems": [
            {key: plain(value) for key, value in asdict(problem).items()} for problem in problems
        ],
    }


def _print(
    path: Path, problems: tuple[Problem, ...], refused: str | None, *, heading: bool
) -> None:
    if refused is not None:
        print_error(f"{path}: {refused}" if heading else refused)
        return
    if heading and problems:
        click.echo(click.style(plain(path), bold=True))
    for depth, title in _TITLES.items():
        of_depth = [problem for problem in problems if problem.depth == depth]
        if of_depth:
            click.echo(click.style(title, bold=True))
        for problem in of_depth:
            colour = "red" if problem.severity == "error" else "yellow"
            severity = click.style(problem.severity, fg=colour)
            click.echo(f"  {severity}  {plain(problem.path)}  [{problem.rule}]")
            click.echo(f"      {plain(problem.message)}")
            click.echo(f"      {plain(problem.mending)}")
    if problems:
        click.echo()


def _print_sum(read: int, problems: list[Problem]) -> None:
    if not read:  # why has been said, and nothing was counted
        return
    errors = sum(problem.severity == "error" for problem in problems)
    said = f"{number_of(errors, 'error')}, {number_of(len(problems) - errors, 'warning')}"
    colour = "red" if errors else "yellow" if problems else "green"
    click.echo(f"{click.style(said, fg=colour)} in {number_of(read, 'consignment')}.")

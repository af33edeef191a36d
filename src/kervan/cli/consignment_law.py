"""``kervan consignment law``: what each territory on the way wants filed, and by when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import DAY, PATH, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, plain, print_json

if TYPE_CHECKING:
    from kervan.cargo.law import Requirement

SCHEMA = "consignment-law.v1"


@click.command()
@click.argument("file", type=PATH)
@click.option(
    "--day",
    type=DAY,
    metavar="DATE",
    help="Name what is late on a day, YYYY-MM-DD; nothing is called late unless given.",
)
@json_option
@click.pass_context
def law(ctx: click.Context, file: Path, day: datetime | None, as_json: bool) -> None:
    """List what the territories on the way of the consignment in FILE want filed, and by when.

    Deadlines are counted back from the movements and customs offices of the consignment, in the
    time of the place; ≤ marks one that is counted from a departure, because when the border is
    reached is not said. (may) marks a filing that is voluntary.

    \b
    Examples:
      kervan consignment law consignment.json
      kervan consignment law consignment.json --day 2026-12-06
      kervan consignment law consignment.json --json

    Exit status: 0; 1 where something is missing or late; 2 for bad input. The JSON is described by
    consignment-law.v1.json.
    """
    from kervan.cargo.law import check_law, requirements_of
    from kervan.cargo.reading import read_consignment
    from kervan.errors import KervanError

    on = None if day is None else day.date()
    try:
        cargo = read_consignment(file)
        required = requirements_of(cargo, day=on)
        problems = check_law(cargo, day=on)
        documents = _documents(required)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, otherwise="bad-consignment")
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                "reference": cargo.reference,
                "requirements": [as_content(r, documents) for r in required],
                "problems": [
                    {
                        "rule": p.rule,
                        "path": p.path,
                        "message": plain(p.message),
                        "mending": plain(p.mending),
                        "severity": p.severity,
                    }
                    for p in problems
                ],
            }
        )
    else:
        print_requirements(required, documents)
        for problem in problems:
            click.echo(plain(f"{problem.severity}: {problem}"))
        click.echo(f"{number_of(len(required), 'filing')}, {number_of(len(problems), 'problem')}.")
    ctx.exit(1 if problems else 0)


def print_requirements(required: tuple[Requirement, ...], documents: dict[str, str]) -> None:
    """Print filings as a table, in order of their deadlines."""
    from rich.console import Console
    from rich.table import Column, Table

    table = Table(Column("by", no_wrap=True), "who", "at", "filing", "elements", "from")
    for r in required:
        by = "not known"
        if r.deadline is not None:
            by = f"{'≤ ' if r.is_bound else ''}{r.deadline:%Y-%m-%d %H:%M %z}"
        may = "" if r.filing.is_binding else " (may)"
        asked = len(r.present) + len(r.missing)
        lacks = f"\nmissing: {', '.join(r.missing)}" if r.missing else ""
        table.add_row(
            by,
            r.territory,
            plain(r.border),
            plain(r.filing.title) + may,
            f"{len(r.present)} of {asked}{lacks}",
            documents.get(r.filing.filing_id, ""),
        )
    Console().print(table)


def as_content(r: Requirement, documents: dict[str, str]) -> dict[str, Any]:
    """Return a filing as JSON has it."""
    return {
        "filing": r.filing.filing_id,
        "title": r.filing.title,
        "territory": r.territory,
        "side": r.filing.side,
        "border": plain(r.border),
        "movement": r.movement,
        "procedure": r.procedure,
        "filer": r.filing.filer,
        "is_binding": r.filing.is_binding,
        "deadline": None if r.deadline is None else r.deadline.isoformat(),
        "is_bound": r.is_bound,
        "lead_minutes": int(r.filing.lead.total_seconds() // 60),
        "counted_from": r.filing.counted_from,
        "present": list(r.present),
        "missing": [{"element": element, "path": path} for element, path in r.missing_paths],
        "document": documents.get(r.filing.filing_id),
        "legal_basis": r.filing.legal_basis,
        "basis": r.filing.basis,
        "source_id": r.filing.source_id,
    }


def _documents(required: tuple[Requirement, ...]) -> dict[str, str]:
    """Return the nearest document there is for each filing."""
    from kervan.documents.formats import FORMATS

    return {
        r.filing.filing_id: kind
        for r in required
        if (kind := next((k for k in r.filing.documents if k in FORMATS), None)) is not None
    }

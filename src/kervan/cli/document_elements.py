"""``kervan document elements``: what is keyed in once against what the papers of the way send."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kervan.cli.options import PATH, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import plain, print_json

if TYPE_CHECKING:
    from kervan.documents.declared_once import DeclaredOnce

SCHEMA = "document-elements.v1"


@click.command()
@click.argument("consignment", type=PATH)
@json_option
@click.pass_context
def elements(ctx: click.Context, consignment: Path, as_json: bool) -> None:
    """Count the values keyed into the CONSIGNMENT, and those its documents send.

    For each document that the way asks for: how many values it carries, of how many different
    elements, and how many of them no document before it has sent.

    \b
    Examples:
      kervan document elements consignment.json
      kervan document elements consignment.json --json

    Exit status: 0; 2 for bad input. The JSON is described by document-elements.v1.json.
    """
    from kervan.cargo.reading import read_consignment
    from kervan.documents.declared_once import declared_once
    from kervan.documents.formats import wanted_formats
    from kervan.errors import KervanError

    try:
        cargo = read_consignment(consignment)
        counted = declared_once(cargo, wanted_formats(cargo))
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, otherwise="bad-consignment")
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                "reference": cargo.reference,
                "keyed": counted.keyed,
                "sent": counted.sent,
                "never_sent": counted.never_sent,
                "documents": [
                    {
                        "kind": d.kind,
                        "title": d.title,
                        "values": d.values,
                        "names": d.names,
                        "new": d.new,
                    }
                    for d in counted.documents
                ],
            }
        )
        return
    _print(counted)


def _print(counted: DeclaredOnce) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("document", "kind", "values", "elements", "new")
    for d in counted.documents:
        table.add_row(plain(d.title), d.kind, f"{d.values:,}", f"{d.names:,}", f"{d.new:,}")
    Console().print(table)
    click.echo(
        f"{counted.keyed:,} values keyed in, {counted.sent:,} sent over "
        f"{len(counted.documents)} documents: {counted.ratio:.1f} times each. "
        f"{counted.never_sent:,} are sent by none."
    )

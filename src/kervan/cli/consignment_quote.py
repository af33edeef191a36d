"""``kervan consignment from-quote``: a consignment begun from an offer."""

from __future__ import annotations

from pathlib import Path

import click

from kervan.cli.options import feed_option, offer_number_option
from kervan.cli.quote_file import read_quote
from kervan.cli.refusal import BAD_INPUT
from kervan.cli.terminal import print_error


@click.command(name="from-quote")
@click.argument("quote", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--reference",
    required=True,
    metavar="TEXT",
    help="The consignor's own reference for the consignment.",
)
@offer_number_option
@click.option(
    "--container",
    "containers",
    multiple=True,
    metavar="NUMBER",
    help="Number of a unit, such as CSQU3054383; may be given again, for each of those quoted.",
)
@feed_option
@click.pass_context
def from_quote(
    ctx: click.Context,
    quote: Path,
    reference: str,
    number: int,
    containers: tuple[str, ...],
    path: Path | None,
) -> None:
    """Begin a consignment from an offer of QUOTE, written by `kervan quote --json`.

    It has the offer's way with its days, the places and carriers, and the containers named. A leg
    on land becomes two movements at each border, reached at a moment apportioned by kilometres.
    Goods, parties and procedures are yours to add: `kervan consignment check` names what is
    missing.

    \b
    Examples:
      kervan quote KZALA TRIST --ready 2026-12-01 --json > quote.json
      kervan consignment from-quote quote.json --reference AL-2026-0117 > consignment.json
      kervan consignment from-quote quote.json --number 2 --reference AL-2026-0117 \\
        --container CSQU3054383 > consignment.json

    Exit status: 0; 2 for bad input. It prints consignment.v1.
    """
    from kervan.cargo.reading import write_consignment
    from kervan.corridor import read_feed
    from kervan.errors import KervanError
    from kervan.offers.consignment import consignment_from_quote

    try:
        begun = consignment_from_quote(
            read_quote(quote),
            number,
            reference,
            feed=read_feed(path).feed,
            containers=containers,
        )
    except KervanError as error:
        print_error(error)
        ctx.exit(BAD_INPUT)
    click.echo(write_consignment(begun))

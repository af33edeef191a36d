"""``kervan tariff explain``: an offer's price as a tariff clerk would write it down."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kervan.cli.options import (
    combination_option,
    feed_option,
    json_option,
    known_on_option,
    offer_number_option,
)
from kervan.cli.quote_file import read_quote
from kervan.cli.refusal import refuse
from kervan.cli.terminal import plain, print_json

SCHEMA = "tariff-explain.v1"


@click.command()
@click.argument("offer", type=click.Path(path_type=Path, allow_dash=True))
@offer_number_option
@known_on_option
@combination_option
@feed_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context,
    offer: Path,
    number: int,
    known_on: datetime | None,
    combination: str,
    path: Path | None,
    as_json: bool,
) -> None:
    """Explain the price of OFFER, a quote written by `kervan quote --json`.

    Every amount is traced to its item, rule, rate, rounding, instrument and source; and the price
    is worked out again, so that a quote of March can be held against the tariff of March.

    \b
    Examples:
      kervan quote CNXIY TRIST --ready 2026-12-01 --json > quote.json
      kervan tariff explain quote.json --number 2
      kervan tariff explain quote.json --known-on 2026-03-10

    Exit status: 0; 1 when the price is not the quoted one; 2 for bad input. The JSON is described
    by tariff-explain.v1.json.
    """
    from decimal import Decimal

    from kervan.corridor import read_feed
    from kervan.errors import KervanError
    from kervan.offers.as_json import price_as_json
    from kervan.offers.reprice import reprice
    from kervan.tariff import Money
    from kervan.tariff.clerk import clerk_lines

    try:
        feed = read_feed(path).feed
        day = None if known_on is None else known_on.date()
        found = reprice(feed, read_quote(offer), number, known_on=day, combination=combination)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json)
    reasons = () if found.capacity is None else found.capacity.sentences
    text = list(clerk_lines(found.price, found.legs, found.shipment, feed, reasons))
    if as_json:
        content: dict[str, Any] = {
            "schema": SCHEMA,
            "ok": True,
            "quoted": found.quoted,
            "as_quoted": found.is_as_quoted,
            "known_on": None if day is None else day.isoformat(),
            "combination": combination,
            "price": price_as_json(found.price),
            "text": text,
        }
        print_json(content)
    else:
        for line in text:
            click.echo(plain(line))
        if found.is_as_quoted:
            click.echo("It is the price quoted, to the cent.")
        else:
            quoted = "an incomplete price"
            if found.quoted is not None:
                quoted = str(Money.of(Decimal(found.quoted), found.price.currency))
            click.echo(f"It is not the price quoted, which was {quoted}.")
    ctx.exit(0 if found.is_as_quoted else 1)

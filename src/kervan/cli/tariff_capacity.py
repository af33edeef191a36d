"""``kervan tariff capacity``: what the places left on departures are worth."""

from __future__ import annotations

from pathlib import Path

import click

from kervan.cli.options import PATH, feed_option, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import patience, plain, print_json

SCHEMA = "tariff-capacity.v1"


@click.command()
@click.argument("places", type=PATH)
@click.option(
    "--teu",
    default=2.0,
    show_default=True,
    help="Size of the group that asks for places; 2 is one forty-foot container.",
)
@click.option(
    "--chart",
    "chart_path",
    type=PATH,
    metavar="FILE",
    help="Draw the curves: .png, .svg or .html, by its name.",
)
@feed_option
@json_option
@click.pass_context
def capacity(
    ctx: click.Context,
    places: Path,
    teu: float,
    chart_path: Path | None,
    path: Path | None,
    as_json: bool,
) -> None:
    """Show what the places left are worth on the departures in PLACES, a TOML file.

    For each departure: how much of it is sold and is expected to be, the dual price of the linear
    program, the bid price of the dynamic program, and the bid price at every number of places
    left. `kervan quote --capacity` prices by it.

    \b
    Examples:
      kervan tariff capacity caspian.toml
      kervan tariff capacity caspian.toml --teu 4 --chart curves.png
      kervan tariff capacity caspian.toml --json

    Exit status: 0; 2 for bad input. The JSON is described by tariff-capacity.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import KervanError
    from kervan.tariff.revenue import read_inventory
    from kervan.tariff.revenue.chart import check_chart, write_chart
    from kervan.tariff.revenue.outlooks import inventory_outlook
    from kervan.tariff.revenue.wording import outlook_content, outlook_lines

    try:
        if chart_path is not None:
            check_chart(chart_path)
        feed = read_feed(path).feed
        with patience("Working out what the places are worth …"):
            found = inventory_outlook(read_inventory(places, feed), teu)
        if chart_path is not None:
            write_chart(found, chart_path)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, otherwise="bad-input")
    written = None if chart_path is None else plain(chart_path)
    if as_json:
        content = outlook_content(found)
        print_json({"schema": SCHEMA, "ok": True, **content, "chart_path": written})
        return
    for line in outlook_lines(found):
        click.echo(plain(line))
    if written is not None:
        click.echo()
        click.echo(f"Wrote the curves to {written}.")

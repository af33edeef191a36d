"""``kervan tariff propose``: a through rate, its rebates, its curve and its split."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kervan.cli.options import DAY, PATH, feed_option, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import patience, plain, print_json

if TYPE_CHECKING:
    from kervan.corridor import Corridor
    from kervan.tariff.proposal.reading import Question

SCHEMA = "tariff-propose.v1"
_MINUTES_A_DAY = 1440


@click.command()
@click.argument("relation", type=PATH)
@click.option(
    "--objective",
    type=click.Choice(["contribution", "volume"]),
    default="contribution",
    show_default=True,
    help="What the rate shall bring the most of.",
)
@click.option(
    "--split",
    "rule",
    type=click.Choice(["cost", "distance", "shapley"]),
    default="cost",
    show_default=True,
    help="How it is divided among the carriers.",
)
@click.option(
    "--curve",
    "curve_path",
    type=PATH,
    metavar="FILE",
    help="Write the curve: .png, .svg, .html, .csv or .xlsx, by its name.",
)
@click.option(
    "--row",
    "wanted",
    flag_value="tariff_items",
    help="Print the rate as a row of tariff_items.csv, and nothing else.",
)
@click.option(
    "--rebate-rows",
    "wanted",
    flag_value="rebates",
    help="Print the rebates as rows of rebates.csv, and nothing else.",
)
@click.option(
    "--recorded-on",
    type=DAY,
    metavar="DATE",
    help="Day of the record in those rows, YYYY-MM-DD; today unless given.",
)
@feed_option
@json_option
@click.pass_context
def propose(
    ctx: click.Context,
    relation: Path,
    objective: str,
    rule: str,
    curve_path: Path | None,
    wanted: str | None,
    recorded_on: datetime | None,
    path: Path | None,
    as_json: bool,
) -> None:
    """Propose a through rate for a RELATION, described in a TOML file.

    From the costs of the carriers, the prices of other ways and the answer of the customers: the
    rate and rebates that earn or carry the most within bounds, what every other rate would bring,
    and what each carrier gets, with the reasons.

    \b
    Examples:
      kervan tariff propose xian-istanbul.toml
      kervan tariff propose xian-istanbul.toml --split shapley --curve curve.png
      kervan tariff propose xian-istanbul.toml --row --recorded-on 2026-12-15

    Exit status: 0; 2 for bad input, or where no rate is lawful. The JSON is described by
    tariff-propose.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import InvalidRequestError, KervanError
    from kervan.tariff.proposal import propose as proposed
    from kervan.tariff.proposal import read_relation
    from kervan.tariff.proposal.content import proposal_content
    from kervan.tariff.proposal.keys import check_keys
    from kervan.tariff.proposal.rows import csv_rows, rebates, tariff_item
    from kervan.tariff.proposal.wording import proposal_lines
    from kervan.tariff.proposal.writing import check_form, write_curve

    try:
        if wanted is not None and as_json:
            raise InvalidRequestError(
                "--row and --rebate-rows print CSV, --json prints JSON. Ask for one of them."
            )
        if curve_path is not None:
            check_form(curve_path)
        corridor = read_feed(path)
        with patience("Asking for quotes and trying every rate …"):
            asked = read_relation(relation, lambda question: _quoted(corridor, question))
            check_keys(asked, corridor.feed)
            proposal = proposed(asked, objective, rule)
        names = {place.place_id: place.name for place in corridor.feed.places}
        names |= {carrier.carrier_id: carrier.name for carrier in corridor.feed.carriers}
        if wanted is not None:
            day = recorded_on or datetime.now().astimezone()
            rows = (
                (tariff_item(proposal, day.date()),)
                if wanted == "tariff_items"
                else rebates(proposal, day.date())
            )
            text = csv_rows(wanted, rows)
        if curve_path is not None:
            write_curve(proposal, curve_path, names)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, otherwise="bad-input")
    if wanted is not None:
        click.echo(text, nl=False)
        return
    written = None if curve_path is None else plain(curve_path)
    if as_json:
        content = proposal_content(proposal)
        print_json({"schema": SCHEMA, "ok": True, **content, "curve_path": written})
        return
    for line in proposal_lines(proposal, names):
        click.echo(plain(line))
    if written is not None:
        click.echo()
        click.echo(f"Wrote the curve to {written}.")


def _quoted(corridor: Corridor, question: Question) -> tuple[float, float, str]:
    """Ask the corridor for the price of a unit and the days of an alternative."""
    from kervan.errors import InvalidRequestError

    quote = corridor.quote(
        question.origin,
        question.destination,
        equipment=question.equipment,
        weight_kg=question.weight_kg,
        ready=question.ready,
        via=question.via,
        avoid=question.avoid,
        currency=question.currency,
    )
    priced = [(offer.price.total, offer) for offer in quote.offers]
    complete = [(total.minor, offer) for total, offer in priced if total is not None]
    if not complete:
        raise InvalidRequestError(
            f"The quote from {question.origin} to {question.destination} has no offer with a "
            "complete price. Give price and days instead of it."
        )
    if question.pick == "cheapest":
        _, offer = min(complete, key=lambda pair: pair[0])
    else:
        _, offer = complete[0]
    total = offer.price.total
    assert total is not None
    way = " - ".join([offer.legs[0].from_place.name, *(leg.to_place.name for leg in offer.legs)])
    return (
        float(total.major),
        round(offer.transit.total_seconds() / 60 / _MINUTES_A_DAY, 1),
        f"quote of {question.ready}, {way}",
    )

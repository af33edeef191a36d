"""``kervan tariff propose``: a through rate, its rebates, its curve and its split."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kervan.cli.options import DAY, PATH, feed_option, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import patience, plain, print_json

if TYPE_CHECKING:
    from kervan.corridor import Corridor
    from kervan.tariff import Money
    from kervan.tariff.proposal.propose import Proposal
    from kervan.tariff.proposal.reading import Question

SCHEMA = "tariff-propose.v1"
_MINUTES_A_DAY = 1440
_KG_PER_TEU = 10_000
_RUNS_WITHIN = timedelta(days=60)


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
    help="Print the rate as rows of tariff_items.csv, and nothing else: the new one, and the one "
    "it takes the place of, ended the day before.",
)
@click.option(
    "--rebate-rows",
    "wanted",
    flag_value="rebates",
    help="Print the rebates as rows of rebates.csv, and nothing else.",
)
@click.option(
    "--record",
    is_flag=True,
    help="Add rate and rebates to the feed, which must be a folder; no row there is changed.",
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
    record: bool,
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
      kervan tariff propose xian-istanbul.toml --feed my-corridor/ --record

    Exit status: 0; 2 for bad input, or where no rate is lawful. The JSON is described by
    tariff-propose.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import InvalidRequestError, KervanError
    from kervan.feed.append import append_rows
    from kervan.tariff.proposal import propose as proposed
    from kervan.tariff.proposal import read_relation
    from kervan.tariff.proposal.content import proposal_content
    from kervan.tariff.proposal.keys import check_keys
    from kervan.tariff.proposal.rows import csv_rows, rebates, tariff_items
    from kervan.tariff.proposal.wording import proposal_lines
    from kervan.tariff.proposal.writing import check_form, write_curve

    try:
        if wanted is not None and as_json:
            raise InvalidRequestError(
                "--row and --rebate-rows print CSV, --json prints JSON. Ask for one of them."
            )
        if record and path is None:
            raise InvalidRequestError(
                "--record adds rows to a feed, and the shipped one is not yours to change. Copy it "
                "and name the copy with --feed."
            )
        if curve_path is not None:
            check_form(curve_path)
        corridor = read_feed(path)
        with patience("Asking for quotes and trying every rate …"):
            asked = read_relation(relation, lambda question: _quoted(corridor, question))
            check_keys(asked, corridor.feed)
            proposal = proposed(asked, objective, rule)
            separately = _separately(corridor, proposal)
        names = {place.place_id: place.name for place in corridor.feed.places}
        names |= {carrier.carrier_id: carrier.name for carrier in corridor.feed.carriers}
        recorded: tuple[Path, ...] = ()
        if wanted is not None or record:
            day = (recorded_on or datetime.now().astimezone()).date()
            rows = {
                "tariff_items": tariff_items(proposal, day, corridor.feed.tariff_items),
                "rebates": rebates(proposal, day),
            }
            if wanted is not None:
                text = csv_rows(wanted, rows[wanted])
            if record and path is not None:
                recorded = append_rows(path, rows)
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
        apart = None if separately is None else str(separately[0].major)
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                **content,
                "separately": apart,
                "recorded": [plain(file) for file in recorded],
                "curve_path": written,
            }
        )
        return
    for line in proposal_lines(proposal, names):
        click.echo(plain(line))
    if separately is not None:
        click.echo()
        click.echo(_warned(*separately, proposal))
    if written is not None:
        click.echo()
        click.echo(f"Wrote the curve to {written}.")
    if recorded:
        click.echo()
        for file in recorded:
            count = len(rows[file.stem])
            click.echo(f"Added {count} {'row' if count == 1 else 'rows'} to {plain(file)}.")


def _separately(corridor: Corridor, proposal: Proposal) -> tuple[Money, date, float] | None:
    """Return what the sections cost by themselves, on which day, with what cargo in kg."""
    from kervan.cli.tariff_sheet import day_of
    from kervan.shipment import shipment
    from kervan.tariff.proposal.separately import charged_separately

    relation = proposal.relation
    item = relation.item
    day = item.valid_from if item is not None and item.valid_from else day_of(None, corridor)
    weight = _KG_PER_TEU * float(relation.equipment.teu)
    unit = shipment(relation.equipment.code, weight_kg=weight)
    legs = corridor.network(day, day + _RUNS_WITHIN).legs
    found = charged_separately(relation, corridor.feed, legs, day, unit)
    return None if found is None else (found, day, weight)


def _warned(apart: Money, day: date, weight: float, proposal: Proposal) -> str:
    told = (
        f"By the carriers' own rates of {day} the sections come to {apart}, with {weight:,.0f} kg "
        "of cargo."
    )
    if proposal.decision.rate > apart.major:
        return (
            f"{told} The proposed rate is above that: where the lowest combination holds, the "
            "sections are charged and not it. Set 'to' in [rate] no higher."
        )
    return f"{told} Where the lowest combination holds, no rate above that is charged."


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
    # An alternative priced by our own through rate is none; the reader must see it.
    through = dict.fromkeys(line.item_id for line in offer.price.lines if line.is_through)
    way = " - ".join([offer.legs[0].from_place.name, *(leg.to_place.name for leg in offer.legs)])
    return (
        float(total.major),
        round(offer.transit.total_seconds() / 60 / _MINUTES_A_DAY, 1),
        f"quote of {question.ready}, {way}" + "".join(f", through rate {key}" for key in through),
    )

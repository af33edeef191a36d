"""``kervan customs assess``: how complete, how risky and why, what simplifies, what secures it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.customs_selection import share_of
from kervan.cli.options import DAY, PATH, feed_option, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, plain, print_json

if TYPE_CHECKING:
    from kervan.cargo.assessment import Assessment, OtherDocument
    from kervan.cargo.assessment.guarantee import Convert
    from kervan.cargo.consignment import Consignment
    from kervan.feed import Feed

SCHEMA = "customs-assess.v1"
_COLOURS = {"green": "green", "amber": "yellow", "red": "red"}


@click.command()
@click.argument("consignment", type=PATH)
@click.option(
    "--rules", type=PATH, metavar="FILE", help="Risk rules, TOML; the shipped example unless given."
)
@click.option(
    "--history",
    type=PATH,
    metavar="FILE",
    help="Past consignments, CSV; rules that need them are silent unless given.",
)
@click.option(
    "--rates",
    type=PATH,
    metavar="FILE",
    help="Duty and tax by territory and HS prefix, CSV; debts are unknown unless given.",
)
@click.option(
    "--document",
    "documents",
    type=PATH,
    multiple=True,
    metavar="FILE",
    help="Another document of the consignment, to hold it against; may be given again.",
)
@click.option(
    "--level",
    type=click.Choice(["100", "50", "30", "0"]),
    default="100",
    show_default=True,
    help="Per cent of the reference amount that a comprehensive guarantee is given for.",
)
@click.option(
    "--seed-file",
    type=PATH,
    metavar="FILE",
    help="Seed of the day, to select by chance; nothing is drawn unless given.",
)
@click.option(
    "--rate",
    default="0.05",
    show_default=True,
    metavar="SHARE",
    help="Share of consignments that chance selects.",
)
@click.option(
    "--day",
    type=DAY,
    metavar="DATE",
    help="Day of the assessment, YYYY-MM-DD; today unless given.",
)
@feed_option
@json_option
@click.pass_context
def assess(
    ctx: click.Context,
    /,
    consignment: Path,
    day: datetime | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Assess the CONSIGNMENT as customs does: complete, risky, simplified, secured.

    The score is the sum of the weights of the rules that fired; each says on which values it did.
    Green may pass, amber has its papers looked at, red its goods. A consignment that chance selects
    is amber at least.

    \b
    Examples:
      kervan customs assess consignment.json
      kervan customs assess consignment.json --rules ours.toml --history 2026.csv
      kervan customs assess consignment.json --document t1.xml --rates duty.csv --json

    Exit status: 0 where it is green, 1 where it is amber or red, 2 for bad input. The JSON is
    described by customs-assess.v1.json.
    """
    from kervan.cargo.reading import read_consignment
    from kervan.errors import KervanError

    on = date.today() if day is None else day.date()
    try:
        cargo = read_consignment(consignment)
        found = _assessed(cargo, on, options)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json, otherwise="bad-consignment")
    if as_json:
        print_json(_as_json(found))
    else:
        _print(found)
    ctx.exit(0 if found.lane == "green" else 1)


def _assessed(cargo: Consignment, day: date, options: dict[str, Any]) -> Assessment:
    from kervan.cargo.assessment import assess as assess_consignment
    from kervan.cargo.assessment.guarantee import guarantee_needs, read_rates
    from kervan.cargo.assessment.past import read_past
    from kervan.cargo.assessment.rules import read_rules
    from kervan.cargo.assessment.selection import read_seed, select
    from kervan.corridor import read_feed

    feed = read_feed(options["path"]).feed
    history, rates, seed = options["history"], options["rates"], options["seed_file"]
    return assess_consignment(
        cargo,
        read_rules(options["rules"]),
        day=day,
        past=None if history is None else read_past(history),
        documents=[_held_against(cargo, path) for path in options["documents"]],
        instruments=feed.instruments,
        selection=None
        if seed is None
        else select(read_seed(seed), day, share_of(options["rate"]), cargo.reference),
        guarantees=guarantee_needs(
            cargo,
            day=day,
            rates=() if rates is None else read_rates(rates),
            level_percent=int(options["level"]),
            convert=_converter(feed, day),
        ),
    )


def _held_against(cargo: Consignment, path: Path) -> OtherDocument:
    from kervan.cargo.assessment import OtherDocument
    from kervan.cargo.differences import differences
    from kervan.documents.format import carried
    from kervan.documents.formats import document_format, read_document

    said = read_document(path)
    carries = document_format(said.kind).carries
    return OtherDocument(
        f"{said.kind} {path.name}", differences(carried(cargo, carries), said.consignment)
    )


def _converter(feed: Feed, day: date) -> Convert:
    from decimal import ROUND_HALF_UP, Decimal

    from kervan.tariff.exchange import ExchangeRates

    exchange = ExchangeRates(feed.exchange_rates, day)

    def convert(amount: Decimal, here: str, there: str) -> Decimal | None:
        found = exchange.conversion(here, there)
        if found is None:
            return None
        return (amount * found.factor).quantize(Decimal("0.01"), ROUND_HALF_UP)

    return convert


def _as_json(found: Assessment) -> dict[str, Any]:
    from kervan.cli.consignment_law import as_content

    return {
        "schema": SCHEMA,
        "ok": True,
        "reference": plain(found.reference),
        "day": found.day.isoformat(),
        "lane": found.lane,
        "score": found.score,
        "fired": [
            {
                "rule": f.rule.rule_id,
                "title": plain(f.rule.title),
                "weight": f.rule.weight,
                "source": plain(f.rule.source),
                "reasons": [plain(reason) for reason in f.reasons],
                "facts": [
                    {k: plain(v) if isinstance(v, str) else v for k, v in facts.items()}
                    for facts in f.facts
                ],
            }
            for f in found.fired
        ],
        "not_valid_today": list(found.not_asked),
        "pre_arrival": {
            "present": found.elements_present,
            "asked": found.elements_asked,
            "requirements": [as_content(r, {}) for r in found.requirements],
        },
        "selection": None
        if found.selection is None
        else {
            "is_selected": found.selection.is_selected,
            "draw": found.selection.draw,
            "rate": f"{found.selection.rate:f}",
            "commitment": found.selection.commitment,
        },
        "simplifications": [
            {
                "arrangement": s.arrangement.arrangement_id,
                "title": s.arrangement.title,
                "kind": s.arrangement.kind,
                "role": s.role,
                "authorisation": plain(s.authorisation),
                "country": plain(s.country),
                "territory": s.territory,
                "applies": s.applies,
                "why": s.why,
                "basis": s.arrangement.basis,
                "source": s.arrangement.source,
            }
            for s in found.simplifications
        ],
        "guarantees": [
            {
                "procedure": g.procedure,
                "territory": g.territory,
                "regime": g.regime,
                "basis": g.basis,
                "at_risk": None if g.at_risk is None else f"{g.at_risk:.2f}",
                "declared": None if g.declared is None else f"{g.declared:.2f}",
                "secured": None if g.secured is None else f"{g.secured:.2f}",
                "currency": g.currency,
                "level_percent": g.level_percent,
                "is_sufficient": g.is_sufficient,
                "why": plain(g.why),
            }
            for g in found.guarantees
        ],
    }


def _print(found: Assessment) -> None:
    lane = click.style(found.lane.upper(), fg=_COLOURS[found.lane], bold=True)
    subject = plain(f"Consignment {found.reference} on {found.day}")
    click.echo(f"{subject}: {lane}, score {found.score}")
    share = 100 * found.elements_present / found.elements_asked if found.elements_asked else 100
    click.echo(
        f"Filed beforehand: {found.elements_present} of {found.elements_asked} elements "
        f"({share:.0f} %) in {number_of(len(found.requirements), 'filing')}"
    )
    for r in found.requirements:
        if r.missing:
            click.echo(plain(f"  {r.territory} {r.filing.title}: no {', '.join(r.missing)}"))
    click.echo("Rules that fired:" if found.fired else "No rule fired.")
    for f in found.fired:
        click.echo(plain(f"  {f.rule.weight:+d}  {f.rule.title} [{f.rule.rule_id}]"))
        for reason in f.reasons:
            click.echo(plain(f"        {reason}"))
    if found.selection is None:
        click.echo("Chance: nothing drawn.")
    else:
        s = found.selection
        said = "selected" if s.is_selected else "not selected"
        click.echo(f"Chance: {said}, {s.draw:.6f} drawn at a rate of {s.rate:f}")
    if found.simplifications:
        click.echo("Simplifications:")
    for simplification in found.simplifications:
        who = (
            f"{simplification.role} {simplification.arrangement.kind} "
            f"{simplification.authorisation} in {simplification.territory}"
            if simplification.role
            else f"the way over {simplification.territory}"
        )
        state = "applies" if simplification.applies else "does not apply"
        click.echo(plain(f"  {who}: {state} ({simplification.why})"))
    if found.guarantees:
        click.echo("Guarantees:")
    for g in found.guarantees:
        state = {True: "enough", False: "not enough", None: "cannot be told"}[g.is_sufficient]
        flat = ", the flat amount of the Convention" if g.basis == "flat" else ""
        level = f", {g.level_percent} % of it secured" if g.level_percent != 100 else ""
        regime = g.regime.replace("_", " ")
        click.echo(plain(f"  {g.territory} {regime}: {state} ({g.why}{flat}{level})"))

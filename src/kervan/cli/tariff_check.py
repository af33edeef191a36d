"""``kervan tariff check``: gaps, overlaps, inversions and rates that have ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from kervan.cli.options import DAY, day_option, feed_option, json_option, strict_option
from kervan.cli.refusal import refuse
from kervan.cli.tariff_sheet import day_of
from kervan.cli.terminal import number_of, patience, plain, print_json

SCHEMA = "tariff-check.v1"
_HORIZON = timedelta(days=31)
_KEYS_TOLD = 6


@click.command()
@feed_option
@day_option
@click.option(
    "--known-on",
    type=DAY,
    metavar="DATE",
    help="Check what was on record on a day; all that has been recorded unless given.",
)
@click.option("--currency", default="USD", show_default=True, metavar="CODE", help="Of the totals.")
@click.option(
    "--warn-days",
    default=30,
    show_default=True,
    type=click.IntRange(min=0),
    help="Tell of rates that end within so many days.",
)
@strict_option
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(min=1),
    help="Findings of one rule to print; all of them are in --json.",
)
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    path: Path | None,
    day: datetime | None,
    known_on: datetime | None,
    currency: str,
    warn_days: int,
    strict: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Find what is wrong with a tariff on a day, and say how to mend it.

    Legs without a price, items that claim the same, longer ways cheaper than their parts, 40 feet
    cheaper than 20, loaded cheaper than empty, rates that have ended, rates of exchange that are
    wanting, and more.

    \b
    Examples:
      kervan tariff check
      kervan tariff check --feed my-corridor/ --day 2027-01-01 --warn-days 60
      kervan tariff check --strict --json > findings.json

    Exit status: 0 when there are no errors, 1 when there are (or warnings, with --strict), 2 when
    the feed cannot be read. The JSON is described by tariff-check.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import KervanError
    from kervan.tariff.sheet.check import check_tariff
    from kervan.tariff.sheet.findings import ERROR

    try:
        with patience("Checking every leg …"):
            corridor = read_feed(path)
            on = day_of(day, corridor)
            network = corridor.network(on, on + _HORIZON)
            found = check_tariff(
                corridor.feed,
                list(network.legs),
                on,
                currency=currency.upper(),
                known_on=None if known_on is None else known_on.date(),
                warn_days=warn_days,
            )
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json)
    errors = sum(finding.severity == ERROR for finding in found)
    passed = not errors and not (strict and found)
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                "passed": passed,
                "day": on.isoformat(),
                "errors": errors,
                "warnings": len(found) - errors,
                "findings": [
                    {
                        key: [plain(v) for v in value] if isinstance(value, tuple) else plain(value)
                        for key, value in asdict(finding).items()
                    }
                    for finding in found
                ],
            }
        )
    else:
        told: Counter[str] = Counter()
        for finding in found:
            told[finding.rule] += 1
            if told[finding.rule] > limit:
                continue
            keys = ", ".join(finding.items[:_KEYS_TOLD])
            keys += ", …" if len(finding.items) > _KEYS_TOLD else ""
            where = f"{finding.table}{f' {keys}' if keys else ''}, {finding.field}"
            colour = "red" if finding.severity == ERROR else "yellow"
            severity = click.style(finding.severity, fg=colour)
            click.echo(f"{severity}  {plain(where)}  [{finding.rule}]")
            click.echo(f"    {plain(finding.what)}")
            click.echo(f"    {plain(finding.mending)}")
        for rule, count in told.items():
            if count > limit:
                click.echo(f"and {count - limit:,} more of [{rule}]")
        if found:
            click.echo()
        said = f"{number_of(errors, 'error')}, {number_of(len(found) - errors, 'warning')}"
        click.echo(f"{click.style(said, fg='green' if passed else 'red')} in the tariff of {on}.")
    ctx.exit(0 if passed else 1)

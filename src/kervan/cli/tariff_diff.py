"""``kervan tariff diff``: what changed between two tariffs, and by how much."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import DAY, PATH, json_option
from kervan.cli.refusal import refuse
from kervan.cli.tariff_sheet import Asked, day_of, sheet_options
from kervan.cli.terminal import number_of, plain, print_json, working

if TYPE_CHECKING:
    from kervan.tariff.sheet.diff import PriceChange, RowChange

SCHEMA = "tariff-diff.v1"


@click.command()
@click.argument("old", type=PATH, required=False)
@click.argument("new", type=PATH, required=False)
@click.option(
    "--known-on",
    "known_on",
    multiple=True,
    type=DAY,
    metavar="DATE",
    help="Day of the record; given twice, the first for OLD and the second for NEW.",
)
@sheet_options
@click.option("--rows-only", is_flag=True, help="Compare rows alone, not the prices of a sheet.")
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(min=1),
    help="Prices to print; all of them are in --json and --out.",
)
@click.option("--out", type=PATH, metavar="XLSX", help="Write both lists to an Excel workbook.")
@json_option
@click.pass_context
def diff(
    ctx: click.Context,
    old: Path | None,
    new: Path | None,
    known_on: tuple[datetime, ...],
    day: datetime | None,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    groups: tuple[str, ...],
    currency: str,
    rule: str,
    via: tuple[str, ...],
    avoid: tuple[str, ...],
    combination: str,
    rows_only: bool,
    limit: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Say what changed from OLD to NEW: two feeds, or two records of one.

    First the rows of the tariff, field by field, then the prices of the sheet. With one feed or
    none, give --known-on twice; the shipped feed is meant where none is named.

    \b
    Examples:
      kervan tariff diff feed-2026/ feed-2027/ --day 2027-01-01
      kervan tariff diff --known-on 2026-03-01 --known-on 2026-09-01 --origin CNXIY
      kervan tariff diff old.zip new.zip --out changes.xlsx

    Exit status: 0 where nothing changed, 1 where something did, 2 for bad input. The JSON is
    described by tariff-diff.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import InvalidRequestError, KervanError
    from kervan.tariff.sheet.diff import changed_prices, changed_rows

    try:
        records = [moment.date() for moment in known_on]
        if new is None and len(records) != 2:
            raise InvalidRequestError(
                "Two feeds, or two records of one, are compared: give OLD and NEW, or --known-on "
                "twice."
            )
        if len(records) == 1:
            raise InvalidRequestError(
                "One --known-on does not say which of the two it is for; give it twice or not."
            )
        if out is not None and out.suffix.lower() != ".xlsx":
            raise InvalidRequestError(f"'{out.name}' is no name for Excel; end it in .xlsx.")
        first, second = records or (None, None)
        before = read_feed(old)
        after = before if new is None else read_feed(new)
        rows = changed_rows(before.feed, after.feed, old_known_on=first, new_known_on=second)
        prices: list[PriceChange] = []
        asked_day = day_of(day, after)
        if not rows_only:
            with working() as progress:
                more: tuple[Any, ...] = (
                    origins,
                    destinations,
                    groups,
                    currency,
                    rule,
                    combination,
                    via,
                    avoid,
                    progress,
                )
                later = Asked(after, asked_day, *more)
                earlier = later if new is None else Asked(before, asked_day, *more)
                new_sheet = later.sheet(second)
                prices = changed_prices(earlier.sheet(first), new_sheet)
        if out is not None:
            from kervan.tariff.sheet.diff_workbook import write_changes

            write_changes(rows, prices, out)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json)
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                "day": asked_day.isoformat(),
                "known_on": [None if d is None else d.isoformat() for d in (first, second)],
                "rows": [_row_as_json(change) for change in rows],
                "prices": None if rows_only else [_price_as_json(change) for change in prices],
            }
        )
    else:
        _print(rows, prices, limit, rows_only)
    ctx.exit(1 if rows or prices else 0)


def _row_as_json(change: RowChange) -> dict[str, Any]:
    return {
        "table": change.table,
        "key": change.key,
        "kind": change.kind,
        "was": change.was,
        "fields": [
            {
                "field": field.field,
                "old": field.old,
                "new": field.new,
                "percent": None if field.percent is None else str(field.percent),
            }
            for field in change.fields
        ],
    }


def _price_as_json(change: PriceChange) -> dict[str, Any]:
    row, kind = change.row, change.row.shipments
    old = change.old.price if change.old else None
    new = change.new.price if change.new else None
    return {
        "origin": row.origin,
        "destination": row.destination,
        "equipment": kind.equipment,
        "loaded": kind.is_loaded,
        "weight_from_kg": kind.weight_from_kg,
        "weight_to_kg": kind.weight_to_kg,
        "commodity": kind.commodity,
        "currency": (new or old).currency if new or old else None,  # type: ignore[union-attr]
        "old": None if old is None else str(old.major),
        "new": None if new is None else str(new.major),
        "percent": None if change.percent is None else str(change.percent),
    }


def _print(rows: list[RowChange], prices: list[PriceChange], limit: int, rows_only: bool) -> None:
    for change in rows:
        was = f" (was {change.was})" if change.was else ""
        click.echo(plain(f"{change.kind}  {change.table} {change.key}{was}"))
        for field in change.fields:
            by = "" if field.percent is None else f" ({field.percent:+} %)"
            click.echo(plain(f"    {field.field}: {field.old or '-'} -> {field.new or '-'}{by}"))
    if rows:
        click.echo()
    for price in prices[:limit]:
        row, kind = price.row, price.row.shipments
        old = price.old.price if price.old else None
        new = price.new.price if price.new else None
        by = "" if price.percent is None else f" ({price.percent:+} %)"
        load = "loaded" if kind.is_loaded else "empty"
        click.echo(
            plain(
                f"{row.origin} - {row.destination}, {kind.equipment} {load}, {kind.commodity}: "
                f"{old or 'no price'} -> {new or 'no price'}{by}"
            )
        )
    if len(prices) > limit:
        click.echo(f"and {len(prices) - limit:,} more")
    told = f"{number_of(len(rows), 'row')} changed"
    if not rows_only:
        up = sum(1 for price in prices if (price.percent or 0) > 0)
        down = sum(1 for price in prices if (price.percent or 0) < 0)
        told += f", {number_of(len(prices), 'price')}: {up:,} up, {down:,} down"
        told += f", {len(prices) - up - down:,} new or gone"
    click.echo(f"{told}.")

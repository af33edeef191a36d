"""``kervan tariff sheet``: the full matrix of prices, as Excel, CSV or Parquet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import (
    PATH,
    combination_option,
    day_option,
    feed_option,
    json_summary_option,
    known_on_option,
)
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, plain, print_json, working

if TYPE_CHECKING:
    from kervan.corridor import Corridor
    from kervan.shipment import Shipment
    from kervan.tariff.sheet.matrix import Ways

SCHEMA = "tariff-sheet.v1"


def sheet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what a sheet is of."""
    options = (
        day_option,
        click.option(
            "--origin",
            "origins",
            multiple=True,
            metavar="PLACE",
            help="Place of loading, by id or name; may be repeated. All terminals unless given.",
        ),
        click.option(
            "--destination",
            "destinations",
            multiple=True,
            metavar="PLACE",
            help="Place of discharge; as --origin.",
        ),
        click.option(
            "--equipment",
            "groups",
            multiple=True,
            metavar="TYPE",
            help="20, 40, 40HC, 45, 20RF, 40RF, or a size-type code; may be repeated. These six "
            "unless given.",
        ),
        click.option(
            "--currency", default="USD", show_default=True, metavar="CODE", help="ISO 4217 code."
        ),
        click.option(
            "--way",
            "rule",
            type=click.Choice(["cheapest", "earliest"]),
            default="cheapest",
            show_default=True,
            help="Which of the ways of a relation is priced.",
        ),
        click.option(
            "--via",
            multiple=True,
            metavar="X",
            help="Place, country, carrier or mode every way must pass; may be repeated.",
        ),
        click.option("--avoid", multiple=True, metavar="X", help="The same, that no way may pass."),
        combination_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("out", type=PATH)
@feed_option
@known_on_option
@sheet_options
@json_summary_option
@click.pass_context
def sheet(
    ctx: click.Context,
    out: Path,
    path: Path | None,
    known_on: datetime | None,
    day: datetime | None,
    origins: tuple[str, ...],
    destinations: tuple[str, ...],
    groups: tuple[str, ...],
    currency: str,
    rule: str,
    via: tuple[str, ...],
    avoid: tuple[str, ...],
    combination: str,
    as_json: bool,
) -> None:
    """Write the full tariff sheet to OUT: .xlsx, .csv or .parquet, by its name.

    Every origin, destination, equipment, loaded or empty, class of weights and of commodities that
    the tariff tells apart, priced over the best way, with validity, conditions and the rows used.

    \b
    Examples:
      kervan tariff sheet sheet.xlsx --day 2026-12-01
      kervan tariff sheet istanbul.csv --destination Istanbul --equipment 40HC --via AZ
      kervan tariff sheet march.parquet --day 2026-12-01 --known-on 2026-03-10

    Exit status: 0; 2 for bad input or a file that cannot be written. The JSON is described by
    tariff-sheet.v1.json.
    """
    from kervan.corridor import read_feed
    from kervan.errors import KervanError
    from kervan.tariff.sheet.write import write_sheet, writer_for

    try:
        writer_for(out)
        corridor = read_feed(path)
        with working() as progress:
            asked = Asked(
                corridor,
                day_of(day, corridor),
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
            made = asked.sheet(None if known_on is None else known_on.date())
            write_sheet(made, out, progress)
    except KervanError as error:
        refuse(ctx, SCHEMA, error, as_json)
    relations = len({(row.origin, row.destination) for row in made.rows})
    if as_json:
        print_json(
            {
                "schema": SCHEMA,
                "ok": True,
                "path": plain(out),
                "day": made.day.isoformat(),
                "known_on": None if made.known_on is None else made.known_on.isoformat(),
                "currency": made.currency,
                "rule": made.rule,
                "combination": made.combination,
                "rows": len(made.rows),
                "complete": made.complete,
                "estimates": sum(row.is_estimate for row in made.rows),
                "through": sum(row.is_through for row in made.rows),
                "relations": relations,
                "prices_compared": made.prices_worked_out,
                "one_by_one": made.one_by_one,
            }
        )
    else:
        click.echo(
            f"Wrote {number_of(len(made.rows), 'price')} of {number_of(relations, 'relation')} on "
            f"{made.day} to {plain(out)}: {made.complete:,} complete, "
            f"{len(made.rows) - made.complete:,} not."
        )


class Asked:
    """What a sheet is asked for, so that it can be made by more than one record."""

    def __init__(
        self,
        corridor: Corridor,
        day: date,
        origins: Sequence[str],
        destinations: Sequence[str],
        groups: Sequence[str],
        currency: str,
        rule: str,
        combination: str,
        via: Sequence[str],
        avoid: Sequence[str],
        progress: Callable[[str, int, int], None] | None,
    ) -> None:
        from kervan.errors import InvalidRequestError
        from kervan.offers.conditions import conditions
        from kervan.offers.places import find_place
        from kervan.offers.sheet_ways import terminal_places
        from kervan.tariff.sheet.classes import EQUIPMENT

        self.corridor, self.day, self.currency = corridor, day, currency.upper()
        self.rule, self.combination, self.progress = rule, combination, progress
        self._constraints = conditions(corridor.feed, via=via, avoid=avoid)
        places = corridor.feed.places
        every = terminal_places(corridor.feed)
        here = [find_place(places, name).place_id for name in origins] or every
        there = [find_place(places, name).place_id for name in destinations] or every
        self.relations = tuple((a, b) for a in here for b in there if a != b)
        if not self.relations:
            raise InvalidRequestError(
                "There is no relation from one place to another in that; name other origins or "
                "destinations. Those of the feed are the places that have a terminal."
            )
        self.groups = [group.upper() for group in groups] or list(EQUIPMENT)
        self._ways: Ways | None = None

    def sheet(self, known_on: date | None) -> Any:
        """Return the sheet by the record of a day; ways are found once, by the first record."""
        from kervan.offers.sheet_ways import sheet_ways
        from kervan.tariff.sheet.classes import shipment_classes
        from kervan.tariff.sheet.compiled import CompiledTariff
        from kervan.tariff.sheet.matrix import tariff_sheet

        feed = self.corridor.feed
        tariff = CompiledTariff(
            feed, self.day, self.currency, known_on=known_on, combination=self.combination
        )
        classes = shipment_classes(tariff.items, self.groups)
        if self._ways is None:
            by_code: dict[str, Shipment] = {}
            for kind in classes:
                by_code.setdefault(kind.shipment.equipment.code, kind.shipment)
            self._ways = sheet_ways(
                self.corridor.network,
                tariff.book,
                self.relations,
                list(by_code.values()),
                constraints=self._constraints,
                progress=self.progress,
            )
        return tariff_sheet(
            tariff, feed, self._ways, classes, rule=self.rule, progress=self.progress
        )


def day_of(day: datetime | None, corridor: Corridor) -> date:
    """Return the day asked for, or the nearest to today that the feed speaks for."""
    if day is not None:
        return day.date()
    info = corridor.feed.info
    today = datetime.now().astimezone().date()
    if info.valid_from is not None and today < info.valid_from:
        return info.valid_from
    return today if info.valid_to is None else min(today, info.valid_to)

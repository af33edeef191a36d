"""``kervan feed import-gtfs``: a public timetable as a corridor feed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import DAY, PATH, json_option
from kervan.cli.refusal import refuse_path
from kervan.cli.terminal import number_of, plain, print_json, reading

if TYPE_CHECKING:
    from kervan.feed.gtfs import ImportReport

_SCHEMA = "feed-import-gtfs.v1"
_HEADINGS = {
    "lost": "Left out",
    "estimated": "Estimated",
    "changed": "Changed",
    "told": "To know",
}


@click.command("import-gtfs")
@click.argument("source", type=PATH)
@click.argument("destination", type=PATH)
@click.option("--overwrite", is_flag=True, help="Replace what is at DESTINATION.")
@click.option(
    "--modes",
    default="rail,ferry,road",
    show_default=True,
    help="Modes to import, with commas: rail, ferry, road, air; or all, with trams and metros.",
)
@click.option(
    "--country",
    help="Country (KZ) of the places in the agency's time zone; else the time zone tells.",
)
@click.option("--timezone-default", help="Time zone of agencies that state none: Asia/Almaty.")
@click.option("--unlocode-column", help="Column of stops.txt that holds UN/LOCODEs.")
@click.option(
    "--min-transfer-minutes",
    default=60.0,
    show_default=True,
    type=float,
    help="Time a change takes where transfers.txt gives none.",
)
@click.option("--max-trips", type=click.IntRange(min=1), help="Import the first trips only.")
@click.option("--from", "first_day", type=DAY, help="First service day to import: 2026-12-01.")
@click.option("--to", "last_day", type=DAY, help="Last service day to import.")
@click.option("--name", help="Name of the feed: small letters, digits and hyphens.")
@click.option("--title", help="Title of the feed.")
@click.option("--feed-version", help="Version of the feed.")
@click.option("--licence", help="Licence of the data, best as its SPDX name: CC-BY-4.0.")
@json_option
@click.pass_context
def import_gtfs(
    ctx: click.Context,
    /,
    source: Path,
    destination: Path,
    overwrite: bool,
    as_json: bool,
    modes: str,
    min_transfer_minutes: float,
    first_day: datetime | None,
    last_day: datetime | None,
    feed_version: str | None,
    **choices: Any,
) -> None:
    """Turn a GTFS feed, a folder or a .zip, into a corridor feed.

    Whatever is left out, estimated or changed on the way is counted and said.

    \b
    Examples:
      kervan feed import-gtfs ferries.zip ferries/
      kervan feed import-gtfs railway.zip railway.xlsx --modes rail --country KZ
      kervan feed import-gtfs railway.zip railway/ --from 2026-12-01 --to 2026-12-31

    Exit status: 0; 2 when SOURCE is no GTFS feed, something in it is wrong, or DESTINATION cannot
    be written. The JSON is described by feed-import-gtfs.v1.json.
    """
    from kervan.errors import FeedError
    from kervan.feed.gtfs import import_gtfs as imported
    from kervan.feed.write import write_feed

    try:
        with reading() as progress:
            feed, report = imported(
                source,
                modes=tuple(mode.strip() for mode in modes.split(",")),
                min_transfer_minutes=min_transfer_minutes,
                first_day=first_day.date() if first_day else None,
                last_day=last_day.date() if last_day else None,
                version=feed_version,
                progress=progress,
                **choices,
            )
            write_feed(feed, destination, overwrite=overwrite)
    except FeedError as error:
        refuse_path(ctx, _SCHEMA, source, error, as_json)
    if as_json:
        head = {"schema": _SCHEMA, "path": plain(source), "ok": True, "unusable": None}
        print_json({**head, "destination": plain(destination), **report.as_dict()})
        return
    for line in _lines(report):
        click.echo(plain(line))
    tables = number_of(len(report.rows_written), "table")
    rows = number_of(sum(report.rows_written.values()), "row")
    click.echo(f"Wrote {tables}, {rows}, to {plain(destination)}.")


def _lines(report: ImportReport) -> list[str]:
    lines: list[str] = []
    for kind, heading in _HEADINGS.items():
        sentences = [f"  {note.sentence}" for note in report.notes if note.kind == kind]
        if sentences:
            lines += [heading, *sentences, ""]
    return lines

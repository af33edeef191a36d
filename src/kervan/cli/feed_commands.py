"""``kervan feed``: check, describe and convert corridor feeds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kervan.cli.gtfs_command import import_gtfs
from kervan.cli.options import DAY, PATH, json_option, strict_option
from kervan.cli.refusal import refuse_path
from kervan.cli.terminal import number_of, plain, print_json, reading

if TYPE_CHECKING:
    from kervan.feed.describe import FeedSummary
    from kervan.feed.problems import CheckReport


@click.group()
def feed() -> None:
    """Check, describe and convert corridor feeds.

    A feed is a folder or .zip of CSV tables, or one Excel workbook (.xlsx).
    """


@feed.command()
@click.argument("path", type=PATH)
@strict_option
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(min=1),
    help="Problems of one kind in one column to list; the rest are counted.",
)
@json_option
@click.pass_context
def check(ctx: click.Context, path: Path, strict: bool, limit: int, as_json: bool) -> None:
    """Find everything that is wrong with a feed, and say how to mend it.

    \b
    Examples:
      kervan feed check my-corridor/
      kervan feed check my-corridor.xlsx --strict
      kervan feed check my-corridor.zip --json > problems.json

    Exit status: 0 when the feed can be read, 1 when it has errors (or warnings, with --strict),
    2 when PATH is no feed at all. The JSON is described by feed-check.v1.json.
    """
    from kervan.errors import FeedError
    from kervan.feed.check import check_feed

    try:
        with reading() as progress:
            report = check_feed(path, listed_at_most=limit, progress=progress)
    except FeedError as error:
        refuse_path(ctx, "feed-check.v1", path, error, as_json)
    passed = report.ok and not (strict and report.warnings)
    if as_json:
        _print_json("feed-check.v1", path, {"ok": passed, "unusable": None, **_report(report)})
    else:
        _print_report(report, passed)
    ctx.exit(0 if passed else 1)


@feed.command()
@click.argument("path", type=PATH)
@click.option(
    "--as-of",
    type=DAY,
    metavar="DATE",
    help="Count only what is in force on a day, YYYY-MM-DD.",
)
@json_option
@click.pass_context
def describe(ctx: click.Context, path: Path, as_of: datetime | None, as_json: bool) -> None:
    """Say in a few figures what is in a feed.

    \b
    Examples:
      kervan feed describe my-corridor/
      kervan feed describe my-corridor/ --as-of 2026-12-01
      kervan feed describe my-corridor.xlsx --json

    Exit status: 0; 1 when the feed has errors; 2 when PATH is no feed at all. The JSON is
    described by feed-describe.v1.json.
    """
    from kervan.errors import FeedError
    from kervan.feed.as_of import feed_as_of
    from kervan.feed.describe import describe_feed
    from kervan.feed.problems import InvalidFeedError
    from kervan.feed.read import read_feed_tables

    try:
        with reading() as progress:
            content = read_feed_tables(path, progress=progress)
        summary = describe_feed(content if as_of is None else feed_as_of(content, as_of.date()))
    except InvalidFeedError as error:
        _invalid(ctx, "feed-describe.v1", path, error.report, as_json)
    except FeedError as error:
        refuse_path(ctx, "feed-describe.v1", path, error, as_json)
    if as_json:
        day = None if as_of is None else as_of.date().isoformat()
        told = {"ok": True, "unusable": None, "as_of": day, **_summary(summary)}
        _print_json("feed-describe.v1", path, told)
    else:
        _print_summary(summary)


@feed.command()
@click.argument("source", type=PATH)
@click.argument("destination", type=PATH)
@click.option("--overwrite", is_flag=True, help="Replace what is at DESTINATION.")
@click.option("--name", help="New name of the feed: small letters, digits and hyphens.")
@click.option("--title", help="New title; needed where the feed has no datapackage.json.")
@click.option("--feed-version", help="New version of the feed.")
@click.option("--description", help="New description.")
@click.option("--licence", help="New licence, best as its SPDX name: CC-BY-4.0.")
@json_option
@click.pass_context
def convert(
    ctx: click.Context,
    source: Path,
    destination: Path,
    overwrite: bool,
    name: str | None,
    title: str | None,
    feed_version: str | None,
    description: str | None,
    licence: str | None,
    as_json: bool,
) -> None:
    """Write a feed in another form: a folder, a .zip or an .xlsx, by the name of DESTINATION.

    Nothing is lost on the way, and datapackage.json is written anew. The feed must be free of
    errors; see `kervan feed check`.

    \b
    Examples:
      kervan feed convert my-corridor/ my-corridor.xlsx
      kervan feed convert my-corridor.xlsx my-corridor/ --overwrite
      kervan feed convert tables/ my-corridor/ --title "My corridor"

    Exit status: 0; 1 when the feed has errors; 2 when SOURCE is no feed or DESTINATION cannot be
    written. The JSON is described by feed-convert.v1.json.
    """
    from kervan.errors import FeedError
    from kervan.feed.convert import convert_feed
    from kervan.feed.problems import InvalidFeedError
    from kervan.feed.schema import schemas

    try:
        with reading() as progress:
            converted = convert_feed(
                source,
                destination,
                overwrite=overwrite,
                progress=progress,
                name=name,
                title=title,
                version=feed_version,
                description=description,
                licence=licence,
            )
    except InvalidFeedError as error:
        _invalid(ctx, "feed-convert.v1", source, error.report, as_json)
    except FeedError as error:
        refuse_path(ctx, "feed-convert.v1", source, error, as_json)
    rows = {table: len(converted.table(table)) for table in schemas() if converted.table(table)}
    if as_json:
        content = {
            "ok": True,
            "unusable": None,
            "destination": plain(str(destination)),
            "rows": rows,
        }
        _print_json("feed-convert.v1", source, content)
    else:
        total = number_of(sum(rows.values()), "row")
        click.echo(f"Wrote {number_of(len(rows), 'table')}, {total}, to {plain(destination)}.")


def _invalid(
    ctx: click.Context, schema: str, path: Path, report: CheckReport, as_json: bool
) -> NoReturn:
    if as_json:
        _print_json(schema, path, {"ok": False, "unusable": None, **_report(report)})
    else:
        _print_report(report, passed=False)
    ctx.exit(1)


def _print_json(schema: str, path: Path, content: dict[str, Any]) -> None:
    print_json({"schema": schema, "path": plain(path), **content})


def _report(report: CheckReport) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "errors": report.errors,
        "warnings": report.warnings,
        "rows": dict(report.rows),
        "problems": [
            {key: plain(value) if isinstance(value, str) else value for key, value in item.items()}
            for item in map(asdict, report.problems)
        ],
        "repeated": [asdict(repeated) for repeated in report.repeated],
    }


def _print_report(report: CheckReport, passed: bool) -> None:
    for problem in report.problems:
        where = problem.table or "the feed as a whole"
        if problem.row is not None:
            where += f", row {problem.row}"
        if problem.column is not None:
            where += f", {problem.column}"
        if problem.value is not None:
            where += f" = {problem.value}"
        kind = click.style(problem.severity, fg="red" if problem.severity == "error" else "yellow")
        click.echo(f"{kind}  {plain(where)}  [{problem.rule}]")
        click.echo(f"    {plain(problem.message)}")
        click.echo(f"    {plain(problem.mending)}")
    for repeated in report.repeated:
        where = repeated.table + (f", {repeated.column}" if repeated.column else "")
        more = repeated.total - repeated.listed
        click.echo(f"{repeated.severity}  {where}  [{repeated.rule}]  and {more:,} more like it")
    if report.problems:
        click.echo()
    rows = f"{number_of(sum(report.rows.values()), 'row')} in "
    rows += number_of(len(report.rows), "table")
    found = f"{number_of(report.errors, 'error')}, {number_of(report.warnings, 'warning')}"
    click.echo(f"{click.style(found, fg='green' if passed else 'red')} in {rows}.")


def _summary(summary: FeedSummary) -> dict[str, Any]:
    from dataclasses import asdict

    content = asdict(summary)
    for key in ("valid_from", "valid_to"):
        content[key] = None if content[key] is None else content[key].isoformat()
        said = content["info"][key]
        content["info"][key] = None if said is None else said.isoformat()
    content["share_of_estimates"] = round(summary.share_of_estimates, 4)
    return content


def _print_summary(summary: FeedSummary) -> None:
    from kervan.feed.codes import countries

    info = summary.info
    names = countries()
    stated = [
        f"{word} {day}"
        for word, day in (("from", summary.valid_from), ("to", summary.valid_to))
        if day is not None
    ]
    speaks = [
        f"{word} {day}"
        for word, day in (("from", info.valid_from), ("to", info.valid_to))
        if day is not None
    ]
    stated.append(f"{summary.open_ended_services} until further notice")
    lines = [
        ("title", f"{info.title} ({info.name}, version {info.version})"),
        ("licence", info.licence or "not stated"),
        ("speaks for", " ".join(speaks) or "any day"),
        ("rows", ", ".join(f"{table} {n:,}" for table, n in summary.rows.items())),
        (
            "countries",
            ", ".join(f"{names.get(c, c)} {n}" for c, n in summary.places_by_country.items()),
        ),
        ("carriers", ", ".join(summary.carriers)),
        ("services by mode", _counts(summary.services_by_mode)),
        ("services by pattern", _counts(summary.services_by_pattern)),
        (
            "links open",
            ", ".join(f"{mode} {km:,.0f} km" for mode, km in summary.links_km_by_mode.items()),
        ),
        ("services hold", ", ".join(stated)),
        (
            "estimates",
            f"{summary.estimated_rows:,} of {summary.estimable_rows:,} rows "
            f"({summary.share_of_estimates:.0%})",
        ),
        ("sources", f"{len(summary.rows_by_source)} in use"),
    ]
    width = max(len(label) for label, _ in lines) + 2
    for label, text in lines:
        click.echo(f"{click.style(label.ljust(width), bold=True)}{plain(text) or '-'}")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{key} {n:,}" for key, n in counts.items())


feed.add_command(import_gtfs)

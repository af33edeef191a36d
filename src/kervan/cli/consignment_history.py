"""``kervan consignment diff``, ``amend``, ``declare``, ``history``: what changed, who has what."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kervan.cli.document_commands import complete_kind
from kervan.cli.options import PATH, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, plain, print_json

if TYPE_CHECKING:
    from kervan.cargo.differences import Difference
    from kervan.cargo.history import History
    from kervan.documents.format import Format

DIFF, HISTORY = "consignment-diff.v1", "consignment-history.v1"


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@json_option
@click.pass_context
def diff(ctx: click.Context, before: Path, after: Path, as_json: bool) -> None:
    """Say what changed from the consignment BEFORE to AFTER, element by element.

    Entries are told apart by what names them, such as a container's number, and not by their
    place in the file.

    \b
    Examples:
      kervan consignment diff monday.json tuesday.json
      kervan consignment diff monday.json tuesday.json --json

    Exit status: 0 where nothing changed, 1 where something did, 2 for bad input. The JSON is
    described by consignment-diff.v1.json.
    """
    from kervan.cargo.differences import differences
    from kervan.cargo.reading import read_consignment
    from kervan.errors import KervanError

    try:
        found = differences(read_consignment(before), read_consignment(after))
    except KervanError as error:
        refuse(ctx, DIFF, error, as_json, otherwise="bad-consignment")
    if as_json:
        print_json({"schema": DIFF, "ok": True, "differences": [_as_json(d) for d in found]})
    else:
        _print_differences(found)
        click.echo(f"{number_of(len(found), 'difference')}.")
    ctx.exit(1 if found else 0)


by_option = click.option("--by", required=True, metavar="WHO", help="Who makes the entry.")
at_option = click.option(
    "--at", metavar="MOMENT", help="When, like 2026-12-01T08:00:00+05:00; now unless given."
)


@click.command()
@click.argument("history", type=PATH)
@click.argument("consignment", type=PATH)
@by_option
@click.option("--reason", required=True, metavar="WHY", help="Why it is amended.")
@at_option
@json_option
@click.pass_context
def amend(
    ctx: click.Context,
    history: Path,
    consignment: Path,
    by: str,
    reason: str,
    at: str | None,
    as_json: bool,
) -> None:
    """Put the CONSIGNMENT on the HISTORY as its next version; a new history begins with it.

    Earlier versions stay as they are. Each entry holds the digest of the one before, so that a
    history changed later is noticed when it is read.

    \b
    Examples:
      kervan consignment amend life.json consignment.json --by forwarder --reason booked
      kervan consignment amend life.json weighed.json --by terminal --reason "weighed again"

    Exit status: 0; 2 for bad input. The JSON is described by consignment-history.v1.json.
    """
    from kervan.cargo.history import amend as amended
    from kervan.cargo.history import begin, read_history
    from kervan.cargo.reading import read_consignment
    from kervan.errors import KervanError

    try:
        cargo, moment = read_consignment(consignment), _moment(at)
        if history.exists():
            life = amended(read_history(history), cargo, at=moment, by=by, reason=reason)
        else:
            life = begin(cargo, at=moment, by=by, reason=reason)
        _write(history, life)
    except KervanError as error:
        refuse(ctx, HISTORY, error, as_json, otherwise="bad-consignment")
    _print_history(life, as_json)


@click.command()
@click.argument("history", type=PATH)
@click.argument("document", type=PATH)
@click.option("--territory", required=True, metavar="CODE", help="Whose authority it went to.")
@by_option
@at_option
@click.option("--place", metavar="NAME", help="Where; sent ahead unless given.")
@click.option("--reference", metavar="NUMBER", help="What the authority calls it, such as an MRN.")
@click.option(
    "--as",
    "kind",
    metavar="KIND",
    shell_complete=complete_kind,
    help="What the document is; recognised unless given.",
)
@json_option
@click.pass_context
def declare(
    ctx: click.Context,
    history: Path,
    document: Path,
    territory: str,
    by: str,
    at: str | None,
    place: str | None,
    reference: str | None,
    kind: str | None,
    as_json: bool,
) -> None:
    """Put on the HISTORY that the DOCUMENT went to an authority, and what it said.

    It is put down as of the latest version that it agrees with. Where it agrees with none, that is
    said with what differs, and it is put down as of the latest.

    \b
    Examples:
      kervan consignment declare life.json t1.xml --territory GE --by forwarder --place Gardabani
      kervan consignment declare life.json t1.xml --territory GE --by forwarder --reference 26GE…

    Exit status: 0; 2 for bad input. The JSON is described by consignment-history.v1.json.
    """
    from kervan.cargo.history import declare as declared
    from kervan.cargo.history import read_history
    from kervan.documents.formats import document_format, file_bytes, kind_of
    from kervan.errors import KervanError

    try:
        data = file_bytes(document)
        found = document_format(kind or kind_of(data))
        life = read_history(history)
        version, unlike = _version_of(life, found, data)
        life = declared(
            life,
            found.kind,
            data,
            found.carries,
            at=_moment(at),
            by=by,
            territory=territory,
            place=place,
            reference=reference,
            version=version,
        )
        _write(history, life)
    except KervanError as error:
        refuse(ctx, HISTORY, error, as_json, otherwise="bad-document")
    if unlike:
        warned = (
            f"{found.kind} does not say what version {version} does, and what no version does: "
            f"{unlike[0]}" + (f", and {len(unlike) - 1} more" if unlike[1:] else "") + ". It is "
            "put down all the same; put what was declared on the history with `amend`."
        )
        click.echo(f"{click.style('Warning:', fg='yellow')} {plain(warned)}", err=True)
    _print_history(life, as_json)


def _version_of(life: History, found: Format, data: bytes) -> tuple[int, tuple[Difference, ...]]:
    """Return the latest version a document agrees with; else the latest, and what differs."""
    from kervan.cargo.differences import differences

    if found.read is None:
        return life.latest.version, ()
    said = found.read(data).consignment
    unlike: list[tuple[Difference, ...]] = []
    for version in reversed(life.versions):
        unlike.append(differences(found.said(version.consignment), said))
        if not unlike[-1]:
            return version.consignment.version, ()
    return life.latest.version, unlike[0]


@click.command()
@click.argument("history", type=PATH)
@click.option(
    "--version", type=click.IntRange(min=1), metavar="N", help="Print this version, as JSON."
)
@json_option
@click.pass_context
def history(ctx: click.Context, history: Path, version: int | None, as_json: bool) -> None:
    """Show the versions of a consignment, what was declared where, and what changed after.

    \b
    Examples:
      kervan consignment history life.json
      kervan consignment history life.json --version 1 > as-booked.json

    Exit status: 0; 2 for bad input. The JSON is described by consignment-history.v1.json.
    """
    from kervan.cargo.history import read_history
    from kervan.cargo.reading import write_consignment
    from kervan.errors import KervanError

    try:
        life = read_history(history)
        if version is not None:
            click.echo(write_consignment(life.version(version)))
            return
    except KervanError as error:
        refuse(ctx, HISTORY, error, as_json, otherwise="bad-history")
    _print_history(life, as_json)


def _moment(text: str | None) -> datetime:
    from kervan.errors import InvalidRequestError

    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidRequestError(
            f"'{text}' is no moment; write it with its offset, like 2026-12-01T08:00:00+05:00."
        )
    return moment


def _write(path: Path, life: History) -> None:
    """Write a history beside the old one first, so that a failure loses neither."""
    from kervan.cargo.history import write_history
    from kervan.cargo.reading import CargoError

    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(write_history(life) + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise CargoError(f"{path} cannot be written: {error.strerror}.") from None


def _as_json(difference: Difference) -> dict[str, Any]:
    return {
        "kind": difference.kind,
        "path": difference.path,
        "name": difference.name,
        "where": difference.where,
        "before": difference.before,
        "after": difference.after,
        "change": None if difference.change is None else f"{difference.change:f}",
    }


def _print_differences(found: tuple[Difference, ...], indent: str = "") -> None:
    for difference in found:
        click.echo(plain(f"{indent}{difference}"))


def _print_history(life: History, as_json: bool) -> None:
    from kervan.cargo.differences import differences
    from kervan.cargo.history import changed_since

    versions = []
    for number, version in enumerate(life.versions):
        before = life.versions[number - 1].consignment if number else version.consignment
        versions.append((version, differences(before, version.consignment)))
    declarations = [(d, changed_since(life, d)) for d in life.declarations]
    if as_json:
        print_json(
            {
                "schema": HISTORY,
                "ok": True,
                "reference": life.latest.reference,
                "versions": [
                    {
                        "version": version.consignment.version,
                        "at": version.at.isoformat(),
                        "by": version.by,
                        "reason": version.reason,
                        "differences": [_as_json(d) for d in changes],
                    }
                    for version, changes in versions
                ],
                "declarations": [
                    {
                        "document": d.document,
                        "territory": d.territory,
                        "place": d.place,
                        "at": d.at.isoformat(),
                        "by": d.by,
                        "version": d.version,
                        "reference": d.reference,
                        "sha256": d.sha256,
                        "changed_since": [_as_json(change) for change in changes],
                    }
                    for d, changes in declarations
                ],
            }
        )
        return
    click.echo(plain(f"Consignment {life.latest.reference}"))
    for version, changes in versions:
        said = f"version {version.consignment.version}, {version.at:%Y-%m-%d %H:%M %z}"
        click.echo(plain(f"{said}, {version.by}: {version.reason}"))
        _print_differences(changes, "    ")
    for d, changes in declarations:
        where = f" at {d.place}" if d.place else ""
        called = f", {d.reference}" if d.reference else ""
        said = f"{d.document} to {d.territory}{where}, {d.at:%Y-%m-%d %H:%M %z}, by {d.by}{called}"
        state = "as it stands" if not changes else f"{number_of(len(changes), 'change')} since"
        click.echo(plain(f"{said}: of version {d.version}, {state}"))
        _print_differences(changes, "    ")

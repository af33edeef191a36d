"""``kervan ledger verify``, ``rebuild``, ``backup``, ``restore``: is it whole, and is it kept."""

from __future__ import annotations

from pathlib import Path

import click

from kervan.cli.options import PATH, json_option
from kervan.cli.record import database_option, head_as_json, need_extra, opened, read_head
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, patience, plain, print_json

VERIFY, REBUILD, BACKUP = "ledger-verify.v1", "ledger-rebuild.v1", "ledger-backup.v1"


@click.command()
@click.option("--kept", type=PATH, metavar="FILE", help="A head kept from an earlier run.")
@click.option("--operator", metavar="KEY", help="Thumbprint of the key that began the record.")
@database_option
@json_option
@click.pass_context
def verify(
    ctx: click.Context, kept: Path | None, operator: str | None, database: str, as_json: bool
) -> None:
    """Prove that nothing on the record was changed or removed, and everything is signed.

    Hashes and signatures are worked out anew, entry by entry. Keep the JSON: with --kept a later
    run proves that nothing was removed since.

    \b
    Examples:
      kervan ledger verify --json > head.json
      kervan ledger verify --kept head.json

    Exit status: 0; 1 where something does not hold; 2 for bad input. The JSON is described by
    ledger-verify.v1.json.
    """
    from kervan.errors import KervanError

    try:
        with opened(database) as engine:
            from kervan.ledger import reading
            from kervan.ledger import verify as verified

            head = read_head(kept) if kept else None
            with reading(engine) as connection, patience("Verifying …"):
                found = verified(connection, kept=head, operator_key_id=operator)
    except KervanError as error:
        refuse(ctx, VERIFY, error, as_json, otherwise="bad-record")
    since = found.pending_since.isoformat() if found.pending_since else None
    if as_json:
        print_json(
            {
                "schema": VERIFY,
                "ok": found.ok,
                "entries": found.entries,
                "pending": found.pending,
                "pending_since": since,
                "heads": found.heads,
                "head": head_as_json(found.head),
                "operator_key_id": found.operator_key_id,
                "faults": list(found.faults),
            }
        )
    else:
        for fault in found.faults:
            click.echo(plain(fault))
        waits = f", {found.pending:,} pending since {since}" if found.pending else ""
        state = "The record holds" if found.ok else "The record does not hold"
        count = number_of(found.entries, "entry", "entries")
        click.echo(f"{state}: {count}{waits}, {number_of(found.heads, 'signed head')}.")
        click.echo(f"Begun with key {found.operator_key_id}.")
    ctx.exit(0 if found.ok else 1)


@click.command()
@click.option("--check", is_flag=True, help="Only compare; leave the state as it is.")
@database_option
@json_option
@click.pass_context
def rebuild(ctx: click.Context, check: bool, database: str, as_json: bool) -> None:
    """Derive the whole state again from the record, and compare it with what was there.

    Nobody can write meanwhile. Every grant of space is checked again; the rebuild stops, and leaves
    all as it was, at an entry that does not follow from those before it.

    \b
    Examples:
      kervan ledger rebuild --check
      kervan ledger rebuild

    Exit status: 0 where the state was what follows from the record; 1 where it was not; 2 for bad
    input. The JSON is described by ledger-rebuild.v1.json.
    """
    from kervan.errors import KervanError

    try:
        with opened(database) as engine, patience("Rebuilding …"):
            from kervan.ledger import rebuild as rebuilt

            found = rebuilt(engine, keep=not check)
    except KervanError as error:
        refuse(ctx, REBUILD, error, as_json, otherwise="bad-record")
    if as_json:
        tables = {
            name: {"rows": table.rows, "sha256": table.sha256}
            for name, table in found.after.items()
        }
        content = {"entries": found.entries, "is_kept": not check, "tables": tables}
        changed = list(found.changed)
        print_json({"schema": REBUILD, "ok": not changed, **content, "changed": changed})
    else:
        for name in found.changed:
            before, after = found.before[name].rows, found.after[name].rows
            click.echo(f"{name} was otherwise: {number_of(before, 'row')}, now {after:,}.")
        state = (
            "the state was as the record says"
            if not found.changed
            else ("the state is as it was" if check else "the state is mended")
        )
        click.echo(f"{number_of(found.entries, 'entry', 'entries')} replayed: {state}.")
    ctx.exit(1 if found.changed else 0)


@click.command()
@click.argument("file", type=PATH)
@database_option
@json_option
@click.pass_context
def backup(ctx: click.Context, file: Path, database: str, as_json: bool) -> None:
    """Write the record into FILE, as it stands at one moment, while others go on writing.

    \b
    Examples:
      kervan ledger backup record-2026-12-01.gz

    Exit status: 0; 2 for bad input. The JSON is described by ledger-backup.v1.json.
    """
    from kervan.errors import KervanError

    try:
        with opened(database) as engine:
            from kervan.ledger import backup as backed_up

            done = backed_up(engine, file)
    except KervanError as error:
        refuse(ctx, BACKUP, error, as_json, otherwise="bad-record")
    _tell(file, done.entries, done.on_log, done.heads, as_json, "in")


@click.command()
@click.argument("file", type=PATH)
@database_option
@json_option
@click.pass_context
def restore(ctx: click.Context, file: Path, database: str, as_json: bool) -> None:
    """Fill an empty database from the backup FILE, derive its state, and verify the whole.

    The backup may come from either kind of database.

    \b
    Examples:
      kervan ledger restore record-2026-12-01.gz --database restored.db

    Exit status: 0; 2 for bad input. The JSON is described by ledger-backup.v1.json.
    """
    from kervan.errors import KervanError

    try:
        need_extra()
        from kervan.ledger import connect
        from kervan.ledger import restore as restored

        engine = connect(database)
        found = restored(engine, file)
        engine.dispose()
    except KervanError as error:
        refuse(ctx, BACKUP, error, as_json, otherwise="bad-record")
    entries = found.entries + found.pending
    _tell(file, entries, found.entries, found.heads, as_json, "restored from")


def _tell(file: Path, entries: int, on_log: int, heads: int, as_json: bool, how: str) -> None:
    if as_json:
        content = {"path": plain(file), "entries": entries, "on_log": on_log, "heads": heads}
        print_json({"schema": BACKUP, "ok": True, **content})
        return
    count = number_of(entries, "entry", "entries")
    click.echo(plain(f"{count} {how} {file}, {on_log:,} of them on the log."))

"""``kervan ledger``: begin a record, write to it, and settle its order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import click

from kervan.cli import LazyGroup
from kervan.cli.options import PATH, json_option
from kervan.cli.record import (
    Said,
    database_option,
    head_as_json,
    key_option,
    need_extra,
    now,
    opened,
    say,
    tell,
)
from kervan.cli.refusal import refuse
from kervan.cli.terminal import number_of, plain, print_json

INIT, UPGRADE, SEQUENCE = "ledger-init.v1", "ledger-upgrade.v1", "ledger-sequence.v1"


class LedgerGroup(LazyGroup):
    """The commands on the record as a whole."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "init": ("kervan.cli.ledger_commands", "init"),
        "write": ("kervan.cli.ledger_commands", "write"),
        "sequence": ("kervan.cli.ledger_commands", "sequence"),
        "verify": ("kervan.cli.ledger_checks", "verify"),
        "rebuild": ("kervan.cli.ledger_checks", "rebuild"),
        "backup": ("kervan.cli.ledger_checks", "backup"),
        "restore": ("kervan.cli.ledger_checks", "restore"),
        "upgrade": ("kervan.cli.ledger_commands", "upgrade"),
    }


@click.command(cls=LedgerGroup)
def ledger() -> None:
    """Keep the shared record: who said what, in which order, and what follows from it.

    \b
    Examples:
      kervan ledger init --name "Example Corridor LLC" --country KZ --key operator.pem
      kervan ledger verify
    """


@click.command()
@click.option("--name", required=True, metavar="TEXT", help="What the operator is called.")
@click.option("--country", required=True, metavar="CODE", help="Where it is, ISO 3166-1 alpha-2.")
@click.option(
    "--member", default="operator", show_default=True, metavar="ID", help="Its identifier."
)
@click.option(
    "--key",
    "key_path",
    type=PATH,
    required=True,
    metavar="FILE",
    help="Where its new private key is written; guard it.",
)
@database_option
@json_option
@click.pass_context
def init(
    ctx: click.Context,
    name: str,
    country: str,
    member: str,
    key_path: Path,
    database: str,
    as_json: bool,
) -> None:
    """Begin a record, with its operator as the first member.

    The thumbprint of the operator's key is printed. Give it to every member by another way: it is
    what they know the record by.

    \b
    Examples:
      kervan ledger init --name "Example Corridor LLC" --country KZ --key operator.pem

    Exit status: 0; 2 where there is a record already, or bad input. The JSON is described by
    ledger-init.v1.json.
    """
    from kervan.errors import KervanError, LedgerError

    try:
        need_extra()
        from kervan.ledger import Statement, connect, new_key, sequence, sign, write, write_key
        from kervan.ledger import upgrade as made
        from kervan.ledger.entry import signed_bytes
        from kervan.ledger.kinds import kind_named
        from kervan.ledger.migration import revision_of
        from kervan.ledger.reduction import parsed

        key, moment = new_key(), now()
        said = {"name": name, "kind": "operator", "country": country, "key": key.public.x}
        first = Statement("member.add", member, "member.add", member, moment, said)
        signed_bytes(first)
        parsed(kind_named(first.kind), first)  # before a file is made
        engine = connect(database)
        made_before = revision_of(engine) if "://" in database or Path(database).exists() else None
        if made_before is not None:
            raise LedgerError(f"There is a record at {_shown(database)} already.")
        write_key(key, key_path)
        made(engine)
        write(engine, sign(first, key), moment)
        sequence(engine, key, now)
        engine.dispose()
    except KervanError as error:
        refuse(ctx, INIT, error, as_json, otherwise="bad-record")
    if as_json:
        content = {"database": _shown(database), "member_id": member, "key_id": key.key_id}
        print_json({"schema": INIT, "ok": True, **content, "key": plain(key_path)})
        return
    click.echo(plain(f"A record was begun at {_shown(database)} by {member}."))
    click.echo(plain(f"Its key is in {key_path}; thumbprint {key.key_id}."))


@click.command()
@click.argument("file", type=click.File("r", encoding="utf-8"))
@key_option
@database_option
@json_option
@click.pass_context
def write(ctx: click.Context, file: Any, key_path: Path, database: str, as_json: bool) -> None:
    """Sign the entries in FILE and write them to the record; - reads them from standard input.

    FILE holds one JSON object or an array of them, each with kind, subject, payload and, so that it
    can be written again without doing it twice, entry_id. The kinds are in the reference.

    \b
    Examples:
      kervan ledger write departures.json --key railway.pem
      kervan ledger write - --key port.pem < event.json

    Exit status: 0; 1 where the rules refused one; 2 for bad input. The JSON is described by
    ledger-entry.v1.json.
    """
    from kervan.cli.record import ENTRY
    from kervan.errors import KervanError

    try:
        entries = _entries(file)
        with opened(database) as engine:
            from kervan.ledger import read_key

            done = say(engine, read_key(key_path), entries)
    except KervanError as error:
        refuse(ctx, ENTRY, error, as_json, otherwise="bad-record")
    tell(ctx, done, as_json)


@click.command()
@key_option
@database_option
@json_option
@click.pass_context
def sequence(ctx: click.Context, key_path: Path, database: str, as_json: bool) -> None:
    """Put what was written since on the log, and sign the head of its tree, as the operator.

    \b
    Examples:
      kervan ledger sequence --key operator.pem
      kervan ledger sequence --key operator.pem --json > head.json

    Exit status: 0; 2 for bad input. The JSON is described by ledger-sequence.v1.json.
    """
    from kervan.errors import KervanError

    try:
        with opened(database) as engine:
            from kervan.ledger import read_key
            from kervan.ledger import sequence as settled

            head = settled(engine, read_key(key_path), now)
    except KervanError as error:
        refuse(ctx, SEQUENCE, error, as_json, otherwise="bad-record")
    if as_json:
        print_json({"schema": SEQUENCE, "ok": True, "head": head_as_json(head)})
    elif head is not None:
        said = f"{number_of(head.size, 'entry', 'entries')} on the log; root {head.root.hex()}."
        click.echo(said)


@click.command()
@database_option
@json_option
@click.pass_context
def upgrade(ctx: click.Context, database: str, as_json: bool) -> None:
    """Bring the tables of a record up to this release, with what is in them.

    Make a backup before.

    \b
    Examples:
      kervan ledger upgrade

    Exit status: 0; 2 for bad input. The JSON is described by ledger-upgrade.v1.json.
    """
    from kervan.errors import KervanError, LedgerError

    try:
        need_extra()
        from kervan.ledger import connect
        from kervan.ledger import upgrade as brought
        from kervan.ledger.migration import revision_of

        if "://" not in database and not Path(database).is_file():
            raise LedgerError(f"There is no record at {database}; `kervan ledger init` begins one.")
        engine = connect(database)
        if revision_of(engine) is None:
            raise LedgerError("The database holds no record; `kervan ledger init` begins one.")
        brought(engine)
        revision = revision_of(engine)
        engine.dispose()
    except KervanError as error:
        refuse(ctx, UPGRADE, error, as_json, otherwise="bad-record")
    if as_json:
        print_json({"schema": UPGRADE, "ok": True, "revision": revision})
    else:
        click.echo(f"The tables are of revision {revision}.")


def _entries(file: Any) -> list[Said]:
    from kervan.errors import InvalidRequestError

    wanted = "an object or an array of objects with kind, subject and payload was expected"
    try:
        content = json.load(file)
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(f"{file.name} is no JSON: {error}; {wanted}.") from None
    entries: list[Said] = []
    for number, entry in enumerate(content if isinstance(content, list) else [content]):
        where = f"Entry {number + 1} of {file.name}"
        if not isinstance(entry, dict):
            raise InvalidRequestError(f"{where} is no object; {wanted}.")
        kind, subject, payload = entry.get("kind"), entry.get("subject"), entry.get("payload", {})
        entry_id = entry.get("entry_id")
        if (
            not isinstance(kind, str)
            or not isinstance(subject, str)
            or not isinstance(payload, dict)
            or not isinstance(entry_id, str | None)
            or not set(entry) <= {"kind", "subject", "payload", "entry_id"}
        ):
            raise InvalidRequestError(f"{where} is not as it should be; {wanted}.")
        entries.append((kind, subject, payload, entry_id))
    return entries


def _shown(database: str) -> str:
    """Return where a database is, without its password."""
    if "://" not in database:
        return database
    from kervan.ledger import connect

    return connect(database).url.render_as_string(hide_password=True)

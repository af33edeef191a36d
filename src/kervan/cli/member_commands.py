"""``kervan member``: who may write to the record, and with which keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import click

from kervan.cli import LazyGroup
from kervan.cli.options import PATH, json_option
from kervan.cli.record import ENTRY, database_option, key_option, need_extra, opened, say, tell
from kervan.cli.refusal import refuse
from kervan.cli.terminal import plain, print_json

KEY, LIST = "member-key.v1", "member-list.v1"
KINDS = ("carrier", "port", "customs", "forwarder", "operator", "auditor")


class MemberGroup(LazyGroup):
    """The commands on members."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "key": ("kervan.cli.member_commands", "key"),
        "add": ("kervan.cli.member_commands", "add"),
        "list": ("kervan.cli.member_commands", "list_"),
    }


@click.command(cls=MemberGroup)
def member() -> None:
    """Say who may write to the record, and with which keys.

    \b
    Examples:
      kervan member key railway.pem
      kervan member list
    """


@click.command()
@click.argument("file", type=PATH)
@json_option
@click.pass_context
def key(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Make a new private key in FILE, and print the public key to be added to a record.

    \b
    Examples:
      kervan member key railway.pem

    Exit status: 0; 2 where FILE is there already or cannot be written. The JSON is described by
    member-key.v1.json.
    """
    from kervan.errors import KervanError

    try:
        need_extra()
        from kervan.ledger import new_key, write_key

        made = new_key()
        write_key(made, file)
    except KervanError as error:
        refuse(ctx, KEY, error, as_json, otherwise="bad-key")
    if as_json:
        content = {"path": plain(file), "public_key": made.public.x, "key_id": made.key_id}
        print_json({"schema": KEY, "ok": True, **content})
        return
    click.echo(plain(f"Private key in {file}; guard it."))
    click.echo(f"Public key {made.public.x}")
    click.echo(f"Thumbprint {made.key_id}")


@click.command()
@click.argument("member_id", metavar="MEMBER")
@click.option("--name", required=True, metavar="TEXT", help="What it is called.")
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What it is.")
@click.option("--country", required=True, metavar="CODE", help="Where it is, ISO 3166-1 alpha-2.")
@click.option("--role", "roles", multiple=True, metavar="CODE", help="What it does besides.")
@click.option("--public-key", required=True, metavar="KEY", help="Its key, as `member key` prints.")
@key_option
@database_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    member_id: str,
    name: str,
    kind: str,
    country: str,
    roles: tuple[str, ...],
    public_key: str,
    key_path: Path,
    database: str,
    as_json: bool,
) -> None:
    """Add MEMBER to the record, as its operator.

    Every member makes its own key and gives away the public half only. Keys are changed by entries
    of the kind member.key.

    \b
    Examples:
      kervan member add rail-kz --name "Example Railway" --kind carrier --country KZ
        --public-key 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo --key operator.pem

    Exit status: 0; 1 where there is such a member already; 2 for bad input. The JSON is described
    by ledger-entry.v1.json.
    """
    from kervan.errors import KervanError

    said: dict[str, Any] = {"name": name, "kind": kind, "country": country, "key": public_key}
    if roles:
        said["roles"] = list(roles)
    try:
        with opened(database) as engine:
            from kervan.ledger import read_key

            entry = ("member.add", member_id, said, f"member.add {member_id}"[:128])
            done = say(engine, read_key(key_path), [entry])
    except KervanError as error:
        refuse(ctx, ENTRY, error, as_json, otherwise="bad-record")
    tell(ctx, done, as_json)


@click.command("list")
@database_option
@json_option
@click.pass_context
def list_(ctx: click.Context, database: str, as_json: bool) -> None:
    """List the members of the record with their keys.

    \b
    Examples:
      kervan member list

    Exit status: 0; 2 for bad input. The JSON is described by member-list.v1.json.
    """
    from kervan.errors import KervanError

    try:
        with opened(database) as engine:
            from kervan.ledger import members_of, reading

            with reading(engine) as connection:
                found = members_of(connection)
    except KervanError as error:
        refuse(ctx, LIST, error, as_json, otherwise="bad-record")
    if as_json:
        told = [
            {
                "member_id": one.member_id,
                "name": one.name,
                "kind": one.kind,
                "country": one.country,
                "roles": list(one.roles),
                "keys": [
                    {
                        "key_id": own.key.key_id,
                        "public_key": own.key.x,
                        "valid_from": own.valid_from.isoformat(),
                        "valid_to": own.valid_to.isoformat() if own.valid_to else None,
                    }
                    for own in one.keys
                ],
            }
            for one in found
        ]
        print_json({"schema": LIST, "ok": True, "members": told})
        return
    for one in found:
        click.echo(plain(f"{one.member_id}: {one.name}, {one.kind}, {one.country}"))
        for own in one.keys:
            until = f" until {own.valid_to:%Y-%m-%d %H:%M %Z}" if own.valid_to else ""
            since = f"{own.valid_from:%Y-%m-%d %H:%M %Z}"
            click.echo(plain(f"    {own.key.key_id} since {since}{until}"))

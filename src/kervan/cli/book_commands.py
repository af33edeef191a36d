"""``kervan book``: accept an offer, confirm, cancel, roll over, end holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import click

from kervan.cli import LazyGroup
from kervan.cli.options import json_option
from kervan.cli.record import ENTRY, Said, database_option, key_option, opened, say, tell
from kervan.cli.refusal import refuse


class BookGroup(LazyGroup):
    """The commands on bookings."""

    COMMANDS: ClassVar[dict[str, tuple[str, str]]] = {
        "accept": ("kervan.cli.book_commands", "accept"),
        "confirm": ("kervan.cli.book_commands", "confirm"),
        "cancel": ("kervan.cli.book_commands", "cancel"),
        "roll": ("kervan.cli.book_commands", "roll"),
        "expire": ("kervan.cli.book_commands", "expire"),
    }


@click.command(cls=BookGroup)
def book() -> None:
    """Book space on the record.

    A command that is run again does nothing twice: it prints what was decided the first time.

    \b
    Examples:
      kervan book accept OFFER-7 B-1 --key forwarder.pem
      kervan book confirm B-1 --key forwarder.pem
    """


@click.command()
@click.argument("offer")
@click.argument("booking")
@click.option("--waitlist", is_flag=True, help="Wait where there is no space.")
@key_option
@database_option
@json_option
@click.pass_context
def accept(
    ctx: click.Context,
    offer: str,
    booking: str,
    waitlist: bool,
    key_path: Path,
    database: str,
    as_json: bool,
) -> None:
    """Accept an OFFER as BOOKING: hold its space on every departure at once, or on none.

    \b
    Examples:
      kervan book accept OFFER-7 B-1 --key forwarder.pem
      kervan book accept OFFER-7 B-2 --key forwarder.pem --waitlist

    Exit status: 0 where space is held or waited for; 1 where the rules refused, such as for lack of
    space; 2 for bad input. The JSON is described by ledger-entry.v1.json.
    """
    said = {"offer_id": offer, "waitlist": waitlist}
    _say(ctx, "booking.accept", booking, said, key_path, database, as_json)


@click.command()
@click.argument("booking")
@key_option
@database_option
@json_option
@click.pass_context
def confirm(ctx: click.Context, booking: str, key_path: Path, database: str, as_json: bool) -> None:
    """Confirm a BOOKING that is held, before its hold ends.

    \b
    Examples:
      kervan book confirm B-1 --key forwarder.pem

    Exit status: 0; 1 where the rules refused; 2 for bad input. The JSON is described by
    ledger-entry.v1.json.
    """
    _say(ctx, "booking.confirm", booking, {}, key_path, database, as_json)


@click.command()
@click.argument("booking")
@key_option
@database_option
@json_option
@click.pass_context
def cancel(ctx: click.Context, booking: str, key_path: Path, database: str, as_json: bool) -> None:
    """Give a BOOKING up; its space goes to who waits, and its departure's rules say the fee.

    \b
    Examples:
      kervan book cancel B-1 --key forwarder.pem

    Exit status: 0; 1 where the rules refused; 2 for bad input. The JSON is described by
    ledger-entry.v1.json.
    """
    _say(ctx, "booking.cancel", booking, {}, key_path, database, as_json)


@click.command()
@click.argument("booking")
@click.argument("departure")
@key_option
@database_option
@json_option
@click.pass_context
def roll(
    ctx: click.Context,
    booking: str,
    departure: str,
    key_path: Path,
    database: str,
    as_json: bool,
) -> None:
    """Move a BOOKING from a DEPARTURE to the one named as its next.

    \b
    Examples:
      kervan book roll B-1 TRAIN-2026-12-01 --key railway.pem

    Exit status: 0; 1 where the rules refused, such as for lack of space; 2 for bad input. The JSON
    is described by ledger-entry.v1.json.
    """
    said = {"departure_id": departure}
    _say(ctx, "booking.roll", booking, said, key_path, database, as_json, departure)


@click.command()
@key_option
@database_option
@json_option
@click.pass_context
def expire(ctx: click.Context, key_path: Path, database: str, as_json: bool) -> None:
    """End every hold whose time is over, as the operator, and give the space to who waits.

    \b
    Examples:
      kervan book expire --key operator.pem

    Exit status: 0; 2 for bad input. The JSON is described by ledger-entry.v1.json.
    """
    _run(ctx, ("booking.expire", "holds", {}, None), key_path, database, as_json)


def _say(
    ctx: click.Context,
    kind: str,
    booking: str,
    payload: dict[str, Any],
    key_path: Path,
    database: str,
    as_json: bool,
    *of_what: str,
) -> None:
    # Named by what it does, so that the same command again is the same entry. (A hash, as names
    # may be longer than an identifier is.)
    from hashlib import sha256

    name = sha256("\n".join((kind, booking, *of_what)).encode()).hexdigest()
    _run(ctx, (kind, booking, payload, name), key_path, database, as_json)


def _run(ctx: click.Context, entry: Said, key_path: Path, database: str, as_json: bool) -> None:
    from kervan.errors import KervanError

    try:
        with opened(database) as engine:
            from kervan.ledger import read_key

            done = say(engine, read_key(key_path), [entry])
    except KervanError as error:
        refuse(ctx, ENTRY, error, as_json, otherwise="bad-record")
    tell(ctx, done, as_json)

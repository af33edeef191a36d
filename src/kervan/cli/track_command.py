"""``kervan track``: what the record holds about a booking or a consignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kervan.cli.options import json_option
from kervan.cli.record import database_option, opened
from kervan.cli.refusal import NOTHING_FOUND, refuse
from kervan.cli.terminal import plain, print_json

if TYPE_CHECKING:
    from kervan.ledger.track import Track

TRACK = "track.v1"


@click.command()
@click.argument("subject")
@database_option
@json_option
@click.pass_context
def track(ctx: click.Context, subject: str, database: str, as_json: bool) -> None:
    """Show what is on the record about a SUBJECT, the number of a booking or consignment.

    \b
    Examples:
      kervan track B-1
      kervan track KRV-2026-001 --json

    Exit status: 0; 2 for bad input; 3 where the record holds nothing about it. The JSON is
    described by track.v1.json.
    """
    from kervan.errors import KervanError, LedgerError

    try:
        with opened(database) as engine:
            from kervan.ledger import reading
            from kervan.ledger.track import track as tracked

            with reading(engine) as connection:
                found = tracked(connection, subject)
    except KervanError as error:
        refuse(ctx, TRACK, error, as_json, otherwise="bad-record")
    if found.is_empty:
        nothing = LedgerError(f"The record holds nothing about '{subject}'.")
        refuse(ctx, TRACK, nothing, as_json, otherwise="nothing-found", status=NOTHING_FOUND)
    if as_json:
        print_json({"schema": TRACK, "ok": True, **_as_json(found)})
    else:
        _print(found)


def _as_json(found: Track) -> dict[str, Any]:
    booking = found.booking
    return {
        "subject": found.subject,
        "booking": booking
        and {
            "offer_id": booking.offer_id,
            "member_id": booking.member_id,
            "teu": booking.teu,
            "status": booking.status,
            "held_until": booking.held_until.isoformat() if booking.held_until else None,
            "waiting_since": booking.waiting_since.isoformat() if booking.waiting_since else None,
            "fee_minor": booking.fee_minor,
            "legs": [
                {
                    "departure_id": ride.departure_id,
                    "from_place_id": ride.from_place_id,
                    "departs": ride.departs.isoformat(),
                    "to_place_id": ride.to_place_id,
                    "arrives": ride.arrives.isoformat(),
                }
                for ride in found.rides
            ],
        },
        "versions": [
            {
                "version": row["version"],
                "member_id": row["member_id"],
                "entry_id": row["entry_id"],
                "sha256": row["sha256"],
                "recorded_at": row["recorded_at"].isoformat(),
            }
            for row in found.versions
        ],
        "events": [
            {
                "event_type": row["event_type"],
                "classifier": row["classifier"],
                "occurred_at": row["occurred_at"].isoformat(),
                "recorded_at": row["recorded_at"].isoformat(),
                "member_id": row["member_id"],
                "entry_id": row["entry_id"],
                "place_id": row["place_id"],
                "departure_id": row["departure_id"],
                "equipment": row["equipment"],
            }
            for row in found.events
        ],
    }


def _print(found: Track) -> None:
    if found.booking is not None:
        booking = found.booking
        until = f" until {booking.held_until:%Y-%m-%d %H:%M %Z}" if booking.held_until else ""
        said = f"Booking {booking.booking_id}: {booking.status}{until}, {booking.teu} TEU"
        click.echo(plain(f"{said}, of {booking.member_id}"))
        for ride in found.rides:
            click.echo(
                plain(
                    f"    {ride.departs:%Y-%m-%d %H:%M %Z} {ride.from_place_id} - "
                    f"{ride.arrives:%Y-%m-%d %H:%M %Z} {ride.to_place_id}, {ride.departure_id}"
                )
            )
    for row in found.versions:
        when = f"{row['recorded_at']:%Y-%m-%d %H:%M %Z}"
        click.echo(plain(f"Version {row['version']} of {row['member_id']}, {when}"))
    for row in found.events:
        where = " ".join(
            str(row[name]) for name in ("place_id", "departure_id", "equipment") if row[name]
        )
        when = f"{row['occurred_at']:%Y-%m-%d %H:%M %Z}"
        said = f"{when} {row['event_type']} {row['classifier']} {where}".rstrip()
        click.echo(plain(f"{said}, says {row['member_id']}"))

"""``kervan customs seed`` and ``verify-selection``: selection by chance that can be audited."""

from __future__ import annotations

import os
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from kervan.cli.options import DAY, PATH, json_option
from kervan.cli.refusal import refuse
from kervan.cli.terminal import plain, print_json

SEED, VERIFY = "customs-seed.v1", "customs-verify-selection.v1"

day_option = click.option(
    "--day", type=DAY, required=True, metavar="DATE", help="Day of the selection, YYYY-MM-DD."
)
rate_option = click.option(
    "--rate",
    required=True,
    metavar="SHARE",
    help="Share of consignments to select, such as 0.05 for one in twenty.",
)


@click.command()
@click.argument("file", type=PATH)
@day_option
@rate_option
@json_option
@click.pass_context
def seed(ctx: click.Context, file: Path, day: datetime, rate: str, as_json: bool) -> None:
    """Make the secret seed of a day in FILE where there is none, and print its commitment.

    Publish the commitment in the morning and keep FILE secret; publish FILE when the day is over,
    so that anyone can verify every selection.

    \b
    Examples:
      kervan customs seed today.seed --day 2026-12-01 --rate 0.05

    Exit status: 0; 2 for bad input. The JSON is described by customs-seed.v1.json.
    """
    from kervan.cargo.assessment.selection import commitment_of, new_seed, read_seed
    from kervan.cargo.reading import CargoError
    from kervan.errors import KervanError

    try:
        share = share_of(rate)
        if not file.exists():
            try:
                # Readable by its owner alone, and never over another.
                handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w", encoding="ascii") as out:
                    out.write(new_seed().hex() + "\n")
            except OSError as error:
                raise CargoError(f"{file} cannot be written: {error.strerror}.") from None
        commitment = commitment_of(read_seed(file), day.date(), share)
    except KervanError as error:
        refuse(ctx, SEED, error, as_json, otherwise="bad-seed")
    if as_json:
        print_json(
            {
                "schema": SEED,
                "ok": True,
                "day": day.date().isoformat(),
                "rate": f"{share:f}",
                "commitment": commitment,
            }
        )
        return
    click.echo(f"{day:%Y-%m-%d}, rate {share:f}: commitment {commitment}")


@click.command(name="verify-selection")
@click.argument("reference")
@click.option(
    "--seed-file", type=PATH, required=True, metavar="FILE", help="The seed, as published."
)
@click.option(
    "--commitment", required=True, metavar="HEX", help="The commitment published beforehand."
)
@day_option
@rate_option
@json_option
@click.pass_context
def verify_selection(
    ctx: click.Context,
    reference: str,
    seed_file: Path,
    commitment: str,
    day: datetime,
    rate: str,
    as_json: bool,
) -> None:
    """Say whether chance selected the consignment of a REFERENCE, and whether the seed is the one.

    \b
    Examples:
      kervan customs verify-selection EX-2026-000417 --seed-file today.seed --commitment 5f… \\
        --day 2026-12-01 --rate 0.05

    Exit status: 0 where the seed, the day and the rate are those committed to; 1 where they are
    not; 2 for bad input. The JSON is described by customs-verify-selection.v1.json.
    """
    from kervan.cargo.assessment.selection import read_seed, select
    from kervan.errors import KervanError

    try:
        drawn = select(read_seed(seed_file), day.date(), share_of(rate), reference)
    except KervanError as error:
        refuse(ctx, VERIFY, error, as_json, otherwise="bad-seed")
    holds = drawn.commitment == commitment.strip().lower()
    if as_json:
        print_json(
            {
                "schema": VERIFY,
                "ok": holds,
                "reference": plain(reference),
                "is_selected": drawn.is_selected,
                "draw": drawn.draw,
                "rate": f"{drawn.rate:f}",
                "commitment": drawn.commitment,
                "is_as_committed": holds,
            }
        )
    else:
        said = "selected" if drawn.is_selected else "not selected"
        click.echo(plain(f"{reference}: {said} ({drawn.draw:.6f} drawn, rate {drawn.rate:f})"))
        if holds:
            click.echo("The seed, the day and the rate are those committed to.")
        else:
            click.echo(
                f"They are not what was committed to: this seed, day and rate give "
                f"{drawn.commitment}."
            )
    ctx.exit(0 if holds else 1)


def share_of(text: str) -> Decimal:
    """Return a share written in digits."""
    from kervan.errors import InvalidRequestError

    try:
        share = Decimal(text)
    except InvalidOperation:
        share = Decimal("NaN")
    if not (share.is_finite() and 0 <= share <= 1):
        raise InvalidRequestError(f"'{text}' is no share; write it like 0.05, from 0 to 1.")
    return share

"""What the commands on the record share: opening it, signing, writing, telling the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from kervan.cli.options import PATH
from kervan.cli.terminal import plain, print_json

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from kervan.ledger import Receipt, SigningKey, Statement, TreeHead

ENTRY = "ledger-entry.v1"
REFUSED = 1
"""Exit status where the rules of the record said no."""

database_option = click.option(
    "--database",
    envvar="KERVAN_DATABASE_URL",
    default="kervan.db",
    show_default=True,
    metavar="WHERE",
    help="SQLite file, or postgresql+psycopg://user@host/name; KERVAN_DATABASE_URL unless given.",
)
"""Where the record is, as ``database``."""

key_option = click.option(
    "--key",
    "key_path",
    envvar="KERVAN_KEY",
    type=PATH,
    required=True,
    metavar="FILE",
    help="Private key of the member who signs, PEM; KERVAN_KEY unless given.",
)
"""Who signs, as ``key_path``."""

Said = tuple[str, str, Mapping[str, Any], str | None]
"""Kind, subject, payload and identifier of an entry; a new identifier where that is None."""


def now() -> datetime:
    """Return the moment by this machine's clock."""
    return datetime.now(UTC)


@contextmanager
def opened(database: str) -> Iterator[Engine]:
    """Give an open record.

    Raises
    ------
    LedgerError
        If it cannot be opened, or the extra ``ledger`` is not installed.
    """
    need_extra()
    from kervan.ledger import open_database

    with open_database(database) as engine:
        yield engine


def need_extra() -> None:
    """Make sure that what the record needs is installed.

    Raises
    ------
    LedgerError
        If it is not.
    """
    from kervan.errors import LedgerError

    try:
        import kervan.ledger  # noqa: F401
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"The record needs {error.name}, which is not installed; install kervan[ledger]."
        ) from None


def say(
    engine: Engine, key: SigningKey, entries: Sequence[Said]
) -> list[tuple[Statement, Receipt]]:
    """Sign entries with a member's key and write them, one after the other.

    Raises
    ------
    LedgerError
        If the key is nobody's, or an entry is not taken; those before it are on the record.
    """
    from kervan.ledger import Statement, sign, write

    member_id = owner_of(engine, key)
    done = []
    for kind, subject, payload, entry_id in entries:
        moment = now()
        statement = Statement(entry_id or uuid4().hex, member_id, kind, subject, moment, payload)
        done.append((statement, write(engine, sign(statement, key), moment)))
    return done


def owner_of(engine: Engine, key: SigningKey) -> str:
    """Return whose key it is.

    Raises
    ------
    LedgerError
        If it is not on the record.
    """
    from kervan.errors import LedgerError
    from kervan.ledger import members_of, reading

    with reading(engine) as connection:
        for member in members_of(connection):
            if any(own.key.key_id == key.key_id for own in member.keys):
                return member.member_id
    raise LedgerError(
        f"Key {key.key_id} is not on the record; its member is added with `kervan member add`."
    )


def tell(ctx: click.Context, done: Sequence[tuple[Statement, Receipt]], as_json: bool) -> None:
    """Print what became of entries, and leave with 1 where the rules refused one."""
    is_refused = any(receipt.is_refused for _, receipt in done)
    if as_json:
        told = [
            {
                "entry_id": statement.entry_id,
                "member_id": statement.member_id,
                "kind": statement.kind,
                "subject": statement.subject,
                "position": receipt.position,
                "recorded_at": receipt.recorded_at.isoformat(),
                "is_repeat": receipt.is_repeat,
                "outcome": dict(receipt.outcome),
            }
            for statement, receipt in done
        ]
        print_json({"schema": ENTRY, "ok": not is_refused, "entries": told})
    else:
        for statement, receipt in done:
            click.echo(plain(_sentence(statement, receipt)))
    ctx.exit(REFUSED if is_refused else 0)


def head_as_json(head: TreeHead | None) -> dict[str, Any] | None:
    """Return a head as the commands print it."""
    if head is None:
        return None
    return {
        "size": head.size,
        "root": head.root.hex(),
        "at": head.at.isoformat(),
        "signature": head.signature,
    }


def read_head(path: Path) -> TreeHead:
    """Read a head that ``kervan ledger sequence --json`` or ``verify --json`` printed.

    Raises
    ------
    LedgerError
        If the file cannot be read, or holds none.
    """
    import json

    from kervan.errors import InvalidRequestError, LedgerError
    from kervan.ledger import TreeHead
    from kervan.ledger.moments import parse_moment

    try:
        told = json.loads(path.read_text("utf-8"))["head"]
        return TreeHead(
            int(told["size"]),
            bytes.fromhex(told["root"]),
            parse_moment(told["at"]),
            str(told["signature"]),
        )
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, InvalidRequestError):
        raise LedgerError(
            f"{path} holds no head; `kervan ledger verify --json` prints one to keep."
        ) from None


def _sentence(statement: Statement, receipt: Receipt) -> str:
    what = f"{statement.kind} {statement.subject}"
    outcome = receipt.outcome
    again = " (on the record before)" if receipt.is_repeat else ""
    if receipt.is_refused:
        return f"{what}: refused, {outcome['reason']}{again}. {outcome['message']}"
    details = []
    if "held_until" in outcome:
        details.append(f"until {outcome['held_until']}")
    if outcome.get("fee_minor"):
        details.append(f"fee {outcome['fee_minor']} minor units of {outcome['currency']}")
    if outcome.get("expired"):
        details.append(f"ended {', '.join(outcome['expired'])}")
    if outcome.get("served"):
        details.append(f"given to {', '.join(one['booking_id'] for one in outcome['served'])}")
    return f"{what}: {' '.join([outcome['status'], '; '.join(details)]).strip()}{again}."

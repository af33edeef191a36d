"""Bringing the tables of a record up to this release, by Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from kervan.errors import LedgerError

FOLDER = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Make the tables what a revision says, keeping what is in them.

    Parameters
    ----------
    engine
        The database.
    revision
        The newest unless given.

    Raises
    ------
    LedgerError
        If the database cannot be reached or refuses.
    """
    from kervan.ledger.database import cause_of

    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), revision)
    except SQLAlchemyError as error:
        raise LedgerError(f"The tables cannot be made: {cause_of(error)}.") from error


def revision_of(engine: Engine) -> str | None:
    """Return the revision of a database's tables, None where it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_current(engine: Engine) -> None:
    """Make sure that the tables are those of this release.

    Raises
    ------
    LedgerError
        If the database cannot be reached, or has no tables, older ones or newer ones.
    """
    from kervan.ledger.database import cause_of

    try:
        there = revision_of(engine)
    except SQLAlchemyError as error:
        raise LedgerError(f"The database cannot be opened: {cause_of(error)}.") from error
    scripts = ScriptDirectory.from_config(_config())
    if there is None:
        raise LedgerError("The database holds no record; `kervan ledger init` begins one.")
    if there == scripts.get_current_head():
        return
    if there in {script.revision for script in scripts.walk_revisions()}:
        raise LedgerError(
            f"The tables are those of an older release ({there}); `kervan ledger upgrade` brings "
            "them up to date and keeps what is in them."
        )
    raise LedgerError(
        f"The tables are of revision {there}, which this release does not know; use the release "
        "that wrote them, or a newer one."
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

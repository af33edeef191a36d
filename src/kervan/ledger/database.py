"""Opening the database of the record: a SQLite file, or PostgreSQL, with one code path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Executable, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from kervan.errors import LedgerError

BUSY_SECONDS = 30
"""How long a writer waits for another one's turn on SQLite."""

_READS = "kervan_reads"


def connect(where: str | Path) -> Engine:
    """Return the engine for a database, whether it has tables yet or not.

    Parameters
    ----------
    where
        Path of a SQLite file, or a URL such as ``postgresql+psycopg://user@host/name``.

    Raises
    ------
    LedgerError
        If it is neither.
    """
    text = str(where)
    try:
        url = make_url(text) if "://" in text else make_url("sqlite://").set(database=text)
    except ArgumentError:
        url = None
    if url is not None and url.get_backend_name() == "postgresql":
        return create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if url is None or url.get_backend_name() != "sqlite":
        raise LedgerError(
            "The database's address is neither the path of a SQLite file nor like "
            "postgresql+psycopg://user@host/name."
        )
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def open_database(where: str | Path) -> Iterator[Engine]:
    """Give the engine for a record whose tables are up to date, and let go of it afterwards.

    Raises
    ------
    LedgerError
        If it cannot be reached, holds no record, or one of another release.
    """
    from kervan.ledger.migration import check_current

    text = str(where)
    if "://" not in text and not Path(text).is_file():
        raise LedgerError(f"There is no record at {text}; `kervan ledger init` begins one.")
    engine = connect(where)
    try:
        check_current(engine)
        yield engine
    except SQLAlchemyError as error:
        raise LedgerError(f"The database refused: {cause_of(error)}.") from error
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that writes; on SQLite it is the only one from its first moment on."""
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a transaction that reads one state of the database throughout."""
    options: dict[str, Any] = {_READS: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless its key is there already, and say whether it was inserted.

    Where another transaction is inserting the same key, this waits for its end.
    """
    statement = _insertion(connection.dialect.name, table)
    return connection.execute(statement, values).first() is not None


@cache
def _insertion(dialect: str, table: Table) -> Executable:
    # The count of rows is not told by every driver for an insertion.
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key.columns)


def by_code_point(connection: Connection, column: Any) -> Any:
    """Return a column to sort by, text by code point as Python and SQLite do.

    PostgreSQL would ask the database's locale.
    """
    is_text = column.type.python_type is str
    return column.collate("C") if is_text and connection.dialect.name == "postgresql" else column


def cause_of(error: SQLAlchemyError) -> str:
    """Return what the database itself said, in one line."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return said[0].rstrip(".") if said else type(error).__name__


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver must not begin transactions by itself: it would begin them too late.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that REPLACE meets the triggers that refuse deletion
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

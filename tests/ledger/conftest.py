"""Records to test on: SQLite files, and a real PostgreSQL of the session's own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from kervan.ledger import connect, upgrade
from tests.ledger.desk import Desk

REQUIRED = "KERVAN_REQUIRE_POSTGRESQL"


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None where there is no PostgreSQL."""
    found = [Path(p).resolve().parent for p in [shutil.which("initdb")] if p]
    found += sorted(
        (p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    return found[0] if found else None


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own, on a socket in a folder of its own."""

    programs: Path
    home: Path

    @property
    def address(self) -> str:
        """The address to add a database's name to."""
        return f"postgresql+psycopg://kervan@/{{}}?host={self.home}"

    def call(self, program: str, *arguments: str) -> None:
        as_user: dict[str, Any] = {}
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            user = pwd.getpwnam("postgres")
            as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.home,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
            **as_user,
        )

    def begin(self) -> None:
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.home, user.pw_uid, user.pw_gid)
        data = str(self.home / "data")
        self.call("initdb", "-D", data, "-U", "kervan", "-A", "trust", "-N", "-E", "UTF8")

    def start(self, *, fsync: bool) -> None:
        settings = f"-c listen_addresses= -c unix_socket_directories={self.home}"
        settings += f" -c fsync={'on' if fsync else 'off'}"
        where = ("-D", str(self.home / "data"), "-l", str(self.home / "log"))
        self.call("pg_ctl", *where, "-w", "-o", settings, "start")

    def stop(self) -> None:
        """Stop it at once, as if it had crashed."""
        self.call("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "-w", "stop")


@contextmanager
def server(*, fsync: bool) -> Iterator[Server]:
    """Give a PostgreSQL that runs, or skip the test where there is none."""
    folder = programs()
    if folder is None:
        if os.environ.get(REQUIRED):
            pytest.fail(f"There is no PostgreSQL, and {REQUIRED} is set.")
        pytest.skip("There is no PostgreSQL on this machine (no initdb).")
    # The path of a socket may have some hundred letters only, so not below pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="kervan-pg-") as name:
        made = Server(folder, Path(name))
        made.begin()
        made.start(fsync=fsync)
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Give the address of a PostgreSQL for the session, to add a database's name to."""
    with server(fsync=False) as running:
        yield running.address


def create(server: str, name: str, template: str = "template0") -> str:
    """Create a database on a server, and return its address."""
    engine = connect(server.format("postgres")).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server.format(name)


@pytest.fixture
def postgresql_address(postgresql_server: str) -> str:
    """Give the address of a new, empty database."""
    return create(postgresql_server, f"t{uuid4().hex}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a new, empty database of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "record.db")
    return str(request.getfixturevalue("postgresql_address"))


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """Give a database with tables and nothing in them."""
    made = connect(address)
    upgrade(made)
    yield made
    made.dispose()


Desks = Callable[[], Desk]
"""Gives a record with an operator and a few members, another one each time."""


def begun(address: str) -> Desk:
    """Begin a record at an address, and let go of the database."""
    engine = connect(address)
    upgrade(engine)
    desk = Desk.begin(engine)
    engine.dispose()
    return desk


@pytest.fixture(scope="session")
def sqlite_desks(tmp_path_factory: pytest.TempPathFactory) -> Desks:
    """Give records on SQLite: copies of one that is made once."""
    folder = tmp_path_factory.mktemp("records")
    first = begun(str(folder / "template.db"))

    def another() -> Desk:
        path = folder / f"{uuid4().hex}.db"
        shutil.copy(folder / "template.db", path)
        return replace(first, engine=connect(path), keys=dict(first.keys))

    return another


@pytest.fixture(scope="session")
def postgresql_desks(postgresql_server: str) -> Desks:
    """Give records on PostgreSQL: copies of one that is made once."""
    first = begun(create(postgresql_server, "begun"))

    def another() -> Desk:
        address = create(postgresql_server, f"t{uuid4().hex}", "begun")
        return replace(first, engine=connect(address), keys=dict(first.keys))

    return another


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Give a record with an operator and a few members, in either database."""
    made = request.getfixturevalue(f"{request.param}_desks")()
    yield made
    made.engine.dispose()


@pytest.fixture
def sqlite_desk(sqlite_desks: Desks) -> Iterator[Desk]:
    """Give the same on SQLite, for what does not depend on the database."""
    made = sqlite_desks()
    yield made
    made.engine.dispose()


@pytest.fixture
def postgresql_desk(postgresql_desks: Desks) -> Iterator[Desk]:
    """Give the same on PostgreSQL, for what happens at once."""
    made = postgresql_desks()
    yield made
    made.engine.dispose()

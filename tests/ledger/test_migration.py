"""Tables of every earlier revision come up to date with what is in them."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kervan.errors import LedgerError
from kervan.ledger import connect, open_database, rebuild, upgrade
from kervan.ledger.migration import revision_of
from kervan.ledger.tables import metadata
from tests.ledger.desk import Desk
from tests.ledger.test_verify import filled


def test_the_migrations_make_the_tables_there_are(address: str) -> None:
    engine = connect(address)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_record_of_an_earlier_revision_comes_up_with_its_data(
    address: str, revision: str
) -> None:
    engine = connect(address)
    upgrade(engine, revision)
    assert revision_of(engine) == revision
    desk = filled(Desk.begin(engine))
    if revision > "0001":
        desk.departs("train", "A B", space=4)
        desk.offers("o", ("train", 0, 1))
        desk.accept("fwd-a", "B1", "o")
        desk.sequence()
    before = desk.verify()
    assert before.ok
    with pytest.raises(LedgerError, match="kervan ledger upgrade"), open_database(address):
        pass
    upgrade(engine)
    after = desk.verify(kept=before.head)
    assert (after.faults, after.entries) == ((), before.entries)
    rebuilt = rebuild(engine)
    assert (rebuilt.changed, rebuilt.entries) == ((), before.entries)
    engine.dispose()


def test_tables_of_a_later_release_are_left_alone(address: str) -> None:
    engine = connect(address)
    upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(LedgerError, match="a newer one"), open_database(address):
        pass
    engine.dispose()

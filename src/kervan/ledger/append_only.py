"""Triggers that refuse to change or remove what is on the record.

Whoever owns the database can drop them. They keep mistakes out; that nobody else meddled is shown
by the signatures, the chain and the tree.
"""

from __future__ import annotations

from collections.abc import Iterator

REFUSAL = "the record is only ever added to"


def protect(dialect: str, table: str, key: tuple[str, ...]) -> Iterator[str]:
    """Yield the statements that make a table append-only.

    Parameters
    ----------
    dialect
        ``sqlite`` or ``postgresql``.
    table
        Its name.
    key
        Columns of its primary key.
    """
    if dialect == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '%: {REFUSAL}', TG_TABLE_NAME; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        yield (
            f"CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table}: {REFUSAL}'); END"
    yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}"
    yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}"
    # INSERT OR REPLACE deletes without a word where triggers are not recursive.
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    yield (
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
    )

"""Where Alembic starts: on the connection it is handed, in its transaction."""

from __future__ import annotations

from alembic import context

from kervan.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()

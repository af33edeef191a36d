"""The record, members, consignments and events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kervan.ledger.append_only import protect
from kervan.ledger.tables import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    name, subject = sa.String(64), sa.String(200)
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "entries",
        sa.Column("position", number, sa.Identity(), nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("kind", name, nullable=False),
        sa.Column("subject", subject, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_entries"),
        sa.UniqueConstraint("member_id", "entry_id", name="uq_entries_member_id_entry_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_subject_position", "entries", ["subject", "position"])
    op.create_table(
        "pending",
        sa.Column("position", number, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_pending"),
        sa.ForeignKeyConstraint(["position"], ["entries.position"], name="fk_pending_position"),
    )
    op.create_table(
        "log",
        sa.Column("seq", number, autoincrement=False, nullable=False),
        sa.Column("position", number, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("chain", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_log"),
        sa.UniqueConstraint("position", name="uq_log_position"),
        sa.ForeignKeyConstraint(["position"], ["entries.position"], name="fk_log_position"),
    )
    op.create_table(
        "tree_nodes",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name="pk_tree_nodes"),
    )
    op.create_table(
        "tree_heads",
        sa.Column("size", number, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_tree_heads"),
    )
    keys = {
        "entries": ("position",),
        "log": ("seq",),
        "tree_nodes": ("level", "number"),
        "tree_heads": ("size",),
    }
    for table, key in keys.items():
        for statement in protect(op.get_bind().dialect.name, table, key):
            op.execute(statement)
    op.create_table(
        "members",
        sa.Column("member_id", name, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", name, nullable=False),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_members"),
    )
    op.create_table(
        "member_keys",
        sa.Column("key_id", sa.String(43), nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("x", sa.String(43), nullable=False),
        sa.Column("valid_from", Moment, nullable=False),
        sa.Column("valid_to", Moment),
        sa.PrimaryKeyConstraint("key_id", name="pk_member_keys"),
    )
    op.create_index("ix_member_keys_member_id", "member_keys", ["member_id"])
    op.create_table(
        "consignments",
        sa.Column("consignment_id", subject, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("latest_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("consignment_id", name="pk_consignments"),
    )
    op.create_table(
        "consignment_versions",
        sa.Column("consignment_id", subject, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("consignment_id", "version", name="pk_consignment_versions"),
    )
    op.create_table(
        "transport_events",
        sa.Column("member_id", name, nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("subject", subject, nullable=False),
        sa.Column("event_type", name, nullable=False),
        sa.Column("classifier", sa.String(3), nullable=False),
        sa.Column("occurred_at", Moment, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.Column("place_id", name),
        sa.Column("departure_id", name),
        sa.Column("equipment", sa.String(15)),
        sa.Column("detail", sa.Text),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name="pk_transport_events"),
    )
    op.create_index(
        "ix_transport_events_subject_occurred_at", "transport_events", ["subject", "occurred_at"]
    )

"""Declarations, decisions of customs, load plans and invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kervan.ledger.tables import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    name, subject = sa.String(64), sa.String(200)
    op.create_table(
        "declarations",
        sa.Column("member_id", name, nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("consignment_id", subject, nullable=False),
        sa.Column("territory", sa.String(5), nullable=False),
        sa.Column("document", sa.String(70), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("document_sha256", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(70)),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name="pk_declarations"),
    )
    op.create_index("ix_declarations_consignment_id", "declarations", ["consignment_id"])
    op.create_table(
        "customs_decisions",
        sa.Column("member_id", name, nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("consignment_id", subject, nullable=False),
        sa.Column("territory", sa.String(5), nullable=False),
        sa.Column("declarant_id", name, nullable=False),
        sa.Column("declaration_id", sa.String(128), nullable=False),
        sa.Column("decision", name, nullable=False),
        sa.Column("lane", sa.String(6)),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("member_id", "entry_id", name="pk_customs_decisions"),
    )
    op.create_index("ix_customs_decisions_consignment_id", "customs_decisions", ["consignment_id"])
    op.create_table(
        "load_plans",
        sa.Column("departure_id", name, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("entry_id", sa.String(128), nullable=False),
        sa.Column("slots", sa.Integer, nullable=False),
        sa.Column("recorded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("departure_id", name="pk_load_plans"),
    )
    op.create_table(
        "invoices",
        sa.Column("invoice_id", subject, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("to_member_id", name, nullable=False),
        sa.Column("booking_id", subject),
        sa.Column("amount_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("status", name, nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name="pk_invoices"),
    )

"""Departures with their space, offers and bookings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from kervan.ledger.tables import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    name, subject = sa.String(64), sa.String(200)
    op.create_table(
        "departures",
        sa.Column("departure_id", name, nullable=False),
        sa.Column("carrier_id", name, nullable=False),
        sa.Column("service_id", name, nullable=False),
        sa.Column("calls", sa.Text, nullable=False),
        sa.Column("hold_minutes", sa.Integer, nullable=False),
        sa.Column("cancellation", sa.Text, nullable=False),
        sa.Column("next_departure_id", name),
        sa.PrimaryKeyConstraint("departure_id", name="pk_departures"),
    )
    op.create_table(
        "capacity",
        sa.Column("departure_id", name, nullable=False),
        sa.Column("section", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("allotted", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("departure_id", "section", name="pk_capacity"),
        sa.CheckConstraint(
            "held >= 0 AND allotted >= 0 AND held + allotted <= total",
            name=op.f("ck_capacity_never_oversold"),
        ),
    )
    op.create_table(
        "allotments",
        sa.Column("departure_id", name, nullable=False),
        sa.Column("section", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("guaranteed", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("departure_id", "section", "member_id", name="pk_allotments"),
        sa.CheckConstraint(
            "used >= 0 AND used <= guaranteed", name=op.f("ck_allotments_within_guarantee")
        ),
    )
    op.create_table(
        "offers",
        sa.Column("offer_id", subject, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("to_member_id", name),
        sa.Column("legs", sa.Text, nullable=False),
        sa.Column("teu", sa.Integer, nullable=False),
        sa.Column("price_minor", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("valid_until", Moment, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name="pk_offers"),
    )
    op.create_table(
        "bookings",
        sa.Column("booking_id", subject, nullable=False),
        sa.Column("offer_id", subject, nullable=False),
        sa.Column("member_id", name, nullable=False),
        sa.Column("teu", sa.Integer, nullable=False),
        sa.Column("status", name, nullable=False),
        sa.Column("legs", sa.Text, nullable=False),
        sa.Column("held_until", Moment),
        sa.Column("waiting_since", Moment),
        sa.Column("fee_minor", sa.BigInteger),
        sa.PrimaryKeyConstraint("booking_id", name="pk_bookings"),
    )
    op.create_index("ix_bookings_member_id", "bookings", ["member_id"])
    op.create_index("ix_bookings_status_held_until", "bookings", ["status", "held_until"])
    op.create_table(
        "booking_units",
        sa.Column("booking_id", subject, nullable=False),
        sa.Column("departure_id", name, nullable=False),
        sa.Column("section", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("from_allotment", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("booking_id", "departure_id", "section", name="pk_booking_units"),
    )
    op.create_index(
        "ix_booking_units_departure_id_section", "booking_units", ["departure_id", "section"]
    )

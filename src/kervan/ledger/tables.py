"""The tables: the record, which is only ever added to, and the state derived from it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment, UTC to the microsecond, in both databases.

    SQLite keeps no offsets, so there it is written as the UTC clock time it is.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database takes."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"The moment {value.isoformat()} has no offset from UTC.")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database gives into an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Name = String(64)
Subject = String(200)
# SQLite numbers rows by itself only where the key is spelt INTEGER.
Position = BigInteger().with_variant(Integer, "sqlite")

# The record -----------------------------------------------------------------------------------

entries = Table(
    "entries",
    metadata,
    Column("position", Position, Identity(), primary_key=True),
    Column("entry_id", String(128), nullable=False),
    Column("member_id", Name, nullable=False),
    Column("kind", Name, nullable=False),
    Column("subject", Subject, nullable=False),
    Column("at", Moment, nullable=False),
    Column("payload", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("signature", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("outcome", Text, nullable=False),
    UniqueConstraint("member_id", "entry_id"),
    Index(None, "subject", "position"),
    sqlite_autoincrement=True,
)
"""What members said. ``position`` is drawn last in the transaction, after its locks."""

pending = Table(
    "pending",
    metadata,
    Column(
        "position", Position, ForeignKey("entries.position"), primary_key=True, autoincrement=False
    ),
)
"""Entries that are not on the log yet. Not part of the record."""

log = Table(
    "log",
    metadata,
    Column("seq", Position, primary_key=True, autoincrement=False),
    Column("position", Position, ForeignKey("entries.position"), nullable=False, unique=True),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("chain", LargeBinary(32), nullable=False),
)
"""The order of entries that was settled, counted from 0, each chained to the one before."""

tree_nodes = Table(
    "tree_nodes",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("number", Position, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)
"""Nodes over complete subtrees of the log, from level 1 on."""

tree_heads = Table(
    "tree_heads",
    metadata,
    Column("size", Position, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("signature", Text, nullable=False),
)
"""Roots of the tree, signed by the operator."""

# The state ------------------------------------------------------------------------------------

members = Table(
    "members",
    metadata,
    Column("member_id", Name, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Name, nullable=False),
    Column("country", String(2), nullable=False),
    Column("roles", Text, nullable=False),
)

member_keys = Table(
    "member_keys",
    metadata,
    Column("key_id", String(43), primary_key=True),
    Column("member_id", Name, nullable=False, index=True),
    Column("x", String(43), nullable=False),
    Column("valid_from", Moment, nullable=False),
    Column("valid_to", Moment),
)

consignments = Table(
    "consignments",
    metadata,
    Column("consignment_id", Subject, primary_key=True),
    Column("member_id", Name, nullable=False),
    Column("latest_version", Integer, nullable=False),
)

consignment_versions = Table(
    "consignment_versions",
    metadata,
    Column("consignment_id", Subject, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("member_id", Name, nullable=False),
    Column("entry_id", String(128), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
"""Which entry each version stands in."""

transport_events = Table(
    "transport_events",
    metadata,
    Column("member_id", Name, primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("subject", Subject, nullable=False),
    Column("event_type", Name, nullable=False),
    Column("classifier", String(3), nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("place_id", Name),
    Column("departure_id", Name),
    Column("equipment", String(15)),
    Column("detail", Text),
    Index(None, "subject", "occurred_at"),
)

departures = Table(
    "departures",
    metadata,
    Column("departure_id", Name, primary_key=True),
    Column("carrier_id", Name, nullable=False),
    Column("service_id", Name, nullable=False),
    Column("calls", Text, nullable=False),
    Column("hold_minutes", Integer, nullable=False),
    Column("cancellation", Text, nullable=False),
    Column("next_departure_id", Name),
)

capacity = Table(
    "capacity",
    metadata,
    Column("departure_id", Name, primary_key=True),
    Column("section", Integer, primary_key=True, autoincrement=False),
    Column("total", Integer, nullable=False),
    Column("allotted", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    CheckConstraint(
        "held >= 0 AND allotted >= 0 AND held + allotted <= total", name="never_oversold"
    ),
)
"""Space of one section of one departure, TEU: ``held`` is out of what is not ``allotted``."""

allotments = Table(
    "allotments",
    metadata,
    Column("departure_id", Name, primary_key=True),
    Column("section", Integer, primary_key=True, autoincrement=False),
    Column("member_id", Name, primary_key=True),
    Column("guaranteed", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    CheckConstraint("used >= 0 AND used <= guaranteed", name="within_guarantee"),
)
"""A member's guaranteed share of a section, TEU, and what its bookings hold of it."""

offers = Table(
    "offers",
    metadata,
    Column("offer_id", Subject, primary_key=True),
    Column("member_id", Name, nullable=False),
    Column("to_member_id", Name),
    Column("legs", Text, nullable=False),
    Column("teu", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("valid_until", Moment, nullable=False),
)

bookings = Table(
    "bookings",
    metadata,
    Column("booking_id", Subject, primary_key=True),
    Column("offer_id", Subject, nullable=False),
    Column("member_id", Name, nullable=False, index=True),
    Column("teu", Integer, nullable=False),
    Column("status", Name, nullable=False),
    Column("legs", Text, nullable=False),
    Column("held_until", Moment),
    Column("waiting_since", Moment),
    Column("fee_minor", BigInteger),
    Index(None, "status", "held_until"),
)

booking_units = Table(
    "booking_units",
    metadata,
    Column("booking_id", Subject, primary_key=True),
    Column("departure_id", Name, primary_key=True),
    Column("section", Integer, primary_key=True, autoincrement=False),
    Column("from_allotment", Integer, nullable=False),
    Index(None, "departure_id", "section"),
)
"""The sections a booking holds or waits for, and how much of each is its member's allotment."""

declarations = Table(
    "declarations",
    metadata,
    Column("member_id", Name, primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("consignment_id", Subject, nullable=False, index=True),
    Column("territory", String(5), nullable=False),
    Column("document", String(70), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document_sha256", String(64), nullable=False),
    Column("reference", String(70)),
    Column("recorded_at", Moment, nullable=False),
)

customs_decisions = Table(
    "customs_decisions",
    metadata,
    Column("member_id", Name, primary_key=True),
    Column("entry_id", String(128), primary_key=True),
    Column("consignment_id", Subject, nullable=False, index=True),
    Column("territory", String(5), nullable=False),
    Column("declarant_id", Name, nullable=False),
    Column("declaration_id", String(128), nullable=False),
    Column("decision", Name, nullable=False),
    Column("lane", String(6)),
    Column("recorded_at", Moment, nullable=False),
)

load_plans = Table(
    "load_plans",
    metadata,
    Column("departure_id", Name, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("member_id", Name, nullable=False),
    Column("entry_id", String(128), nullable=False),
    Column("slots", Integer, nullable=False),
    Column("recorded_at", Moment, nullable=False),
)
"""Which entry the latest load plan of each departure stands in."""

invoices = Table(
    "invoices",
    metadata,
    Column("invoice_id", Subject, primary_key=True),
    Column("member_id", Name, nullable=False),
    Column("to_member_id", Name, nullable=False),
    Column("booking_id", Subject),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("due", String(10), nullable=False),
    Column("status", Name, nullable=False),
)

RECORD = (entries, log, tree_nodes, tree_heads)
"""Only ever added to; triggers refuse the rest."""

DERIVED = tuple(table for table in metadata.sorted_tables if table not in (*RECORD, pending))
"""State, rebuilt from the record."""

"""Decisions of a records custodian (names, merged accounts, captures set aside), and earlier readings of reread archives."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and make the tables."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.add_column("accounts", sa.Column("given_handle", sa.Text))
    op.add_column("accounts", sa.Column("given_name", sa.Text))
    merged = "ALTER TABLE accounts ADD COLUMN merged_into {} REFERENCES accounts (id)"  # SQLite adds it without copying the table
    op.execute(merged.format("INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"))
    op.add_column("captures", sa.Column("aside_ms", sa.BigInteger))
    op.add_column("captures", sa.Column("aside_by", sa.Text))
    op.add_column("captures", sa.Column("aside_why", sa.Text))
    op.create_table(
        "people",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("native_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("named_by", sa.Text, nullable=False),
        sa.Column("named_ms", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "earlier_readings",
        sa.Column("id", big, primary_key=True),
        sa.Column("record_pk", big, nullable=False),
        sa.Column("version_id", big, nullable=False),
        sa.Column("capture_id", big, nullable=False),
        sa.Column("importer_version", sa.Text, nullable=False),
        sa.Column("reread_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_earlier_readings_record_pk", "earlier_readings", ["record_pk"])
    op.create_table(
        "other_ids",
        sa.Column("account_id", big, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("native_id", sa.Text, primary_key=True),
        sa.Column("held_as", sa.Text, nullable=False),
    )

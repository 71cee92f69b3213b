"""Baskets of selected records, and jobs that their user can stop."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from indexer.catalog.database import Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, the column, and the index that finds a user's finished jobs."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "basket_records",
        sa.Column("user_id", big, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("record_id", Text, primary_key=True),
        sa.Column("added_ms", sa.BigInteger, nullable=False),
    )
    op.add_column("jobs", sa.Column("stop_ms", sa.BigInteger))
    op.create_index("jobs_of_user", "jobs", ["user_id", "ended_ms"])

"""Saved searches, and an index for a user's events in the log (search history)."""

from __future__ import annotations

from alembic import op
import sqlalchemy as sa



revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the index."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "saved_searches",
        sa.Column("id", big, primary_key=True),
        sa.Column("user_id", big, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("is_shared", sa.Boolean, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("deleted_ms", sa.BigInteger),
    )
    alive = sa.text("deleted_ms IS NULL")
    op.create_index("saved_searches_name", "saved_searches", ["user_id", "name_key"], unique=True, sqlite_where=alive, postgresql_where=alive)
    op.create_index("events_actor", "events", ["actor", "tag", "id"])

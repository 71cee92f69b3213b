"""Compare and sort text in PostgreSQL by bytes, as in SQLite, regardless of the database's collation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "absences", "accounts", "capture_files", "captures", "earlier_readings", "events", "grants", "jobs", "members", "meta", "other_ids", "outbox",
    "people", "problems", "records", "saved_searches", "sign_in_links", "sign_ins", "sightings", "users", "versions",
)


def upgrade() -> None:
    """Change each text column; PostgreSQL rebuilds its indexes."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    inspector = sa.inspect(connection)
    for table in TABLES:
        texts = [column["name"] for column in inspector.get_columns(table) if isinstance(column["type"], sa.Text)]
        if texts:
            changes = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in texts)
            op.execute(f"ALTER TABLE {table} {changes}")

"""Text in PostgreSQL is compared and sorted by its bytes, as SQLite does it, whatever the database's own collation is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    "absences", "accounts", "capture_files", "captures", "earlier_readings", "events", "grants", "jobs", "members", "meta", "other_ids", "outbox",
    "people", "problems", "records", "saved_searches", "sign_in_links", "sign_ins", "sightings", "users", "versions",
)


def upgrade() -> None:
    """Change each text column; PostgreSQL makes its indexes anew."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    inspector = sa.inspect(connection)
    for table in TABLES:
        texts = [column["name"] for column in inspector.get_columns(table) if isinstance(column["type"], sa.Text)]
        if texts:
            changes = ", ".join(f'ALTER COLUMN "{name}" TYPE text COLLATE "C"' for name in texts)
            op.execute(f"ALTER TABLE {table} {changes}")

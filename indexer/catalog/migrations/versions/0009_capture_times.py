"""Captures store the times of their oldest and newest record, so that an ingest does not read all sightings of earlier captures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and fill them."""
    for name in ("first_ms", "last_ms"):
        op.add_column("captures", sa.Column(name, sa.BigInteger()))
    captures = sa.table("captures", sa.column("id"), sa.column("first_ms"), sa.column("last_ms"))
    sightings = sa.table("sightings", sa.column("capture_id"), sa.column("version_id"))
    versions = sa.table("versions", sa.column("id"), sa.column("posted_ms"))
    connection = op.get_bind()
    times = (
        sa.select(sightings.c.capture_id, sa.func.min(versions.c.posted_ms), sa.func.max(versions.c.posted_ms))
        .select_from(sightings.join(versions, versions.c.id == sightings.c.version_id))
        .group_by(sightings.c.capture_id)
    )
    for capture_id, first, last in connection.execute(times).all():
        connection.execute(captures.update().where(captures.c.id == capture_id).values(first_ms=first, last_ms=last))

"""Captures store whether their form of archive always covers the whole account; until now this was only known for X."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the fact to captures of X archives; for all others its absence means false."""
    connection = op.get_bind()
    captures = sa.table("captures", sa.column("id"), sa.column("account_id"), sa.column("facts", sa.LargeBinary))
    accounts = sa.table("accounts", sa.column("id"), sa.column("platform"))
    query = (
        sa.select(captures.c.id, captures.c.facts)
        .join(accounts, accounts.c.id == captures.c.account_id)
        .where(accounts.c.platform == "twitter")
    )
    for capture_id, facts in connection.execute(query).all():
        whole = json.dumps({**json.loads(facts), "is_whole_history": True}, ensure_ascii=False, separators=(",", ":"))
        connection.execute(captures.update().where(captures.c.id == capture_id).values(facts=whole.encode()))

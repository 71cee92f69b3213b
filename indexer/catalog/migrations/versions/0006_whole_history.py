"""Each capture keeps whether its form of archive always begins with the account: until now that was known of X's alone."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the fact to the captures of X archives; of all others it is false, as of a capture without it."""
    connection = op.get_bind()
    captures = sa.table("captures", sa.column("id"), sa.column("account_id"), sa.column("facts", sa.LargeBinary))
    accounts = sa.table("accounts", sa.column("id"), sa.column("platform"))
    query = (
        sa.select(captures.c.id, captures.c.facts)
        .join(accounts, accounts.c.id == captures.c.account_id)
        .where(accounts.c.platform == "twitter")
    )
    for number, facts in connection.execute(query).all():
        whole = json.dumps({**json.loads(facts), "is_whole_history": True}, ensure_ascii=False, separators=(",", ":"))
        connection.execute(captures.update().where(captures.c.id == number).values(facts=whole.encode()))

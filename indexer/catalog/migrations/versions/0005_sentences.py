"""Problems store the template and values of their message, so that it can be shown in the reader's language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; older rows keep only their English text."""
    op.add_column("problems", sa.Column("sentence", sa.Text))

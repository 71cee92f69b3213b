"""The catalog: accounts, captures, records, versions, sightings, problems, outbox, events."""

from __future__ import annotations

from alembic import op
import sqlalchemy as sa



revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    big = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "accounts",
        sa.Column("id", big, primary_key=True),
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("native_id", sa.Text, nullable=False),
        sa.Column("handle", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("records", sa.Integer, nullable=False, server_default="0"),
        sa.Column("first_ms", sa.BigInteger),
        sa.Column("last_ms", sa.BigInteger),
        sa.UniqueConstraint("platform", "native_id"),
    )
    op.create_table(
        "captures",
        sa.Column("id", big, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("taken_ms", sa.BigInteger, nullable=False),
        sa.Column("taken_by", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("importer", sa.Text, nullable=False),
        sa.Column("importer_version", sa.Text, nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("account_id", big, sa.ForeignKey("accounts.id")),
        sa.Column("exported_ms", sa.BigInteger),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("facts", sa.LargeBinary, nullable=False),
        sa.Column("result", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "capture_files",
        sa.Column("capture_id", big, sa.ForeignKey("captures.id"), primary_key=True),
        sa.Column("part", sa.Integer, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_capture_files_digest", "capture_files", ["digest"])
    op.create_table(
        "members",
        sa.Column("capture_id", big, sa.ForeignKey("captures.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_table(
        "records",
        sa.Column("pk", big, primary_key=True),
        sa.Column("record_id", sa.Text, nullable=False, unique=True),
        sa.Column("account_id", big, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("native_id", sa.Text, nullable=False),
        sa.Column("first_capture_id", big, nullable=False),
        sa.Column("current_version_id", big),
        sa.Column("versions", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_records_first_capture_id", "records", ["first_capture_id"])
    op.create_index("records_native", "records", ["native_id"])
    op.create_index("records_account", "records", ["account_id", "kind"])
    op.create_table(
        "versions",
        sa.Column("id", big, primary_key=True),
        sa.Column("record_pk", big, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("first_capture_id", big, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("posted_ms", sa.BigInteger),
        sa.Column("posted_written", sa.Text, nullable=False),
        sa.Column("posted_rule", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("thread_id", sa.Text),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_versions_record_pk", "versions", ["record_pk"])
    op.create_index("ix_versions_first_capture_id", "versions", ["first_capture_id"])
    op.create_index("versions_parent", "versions", ["parent_id"], sqlite_where=sa.text("parent_id IS NOT NULL"), postgresql_where=sa.text("parent_id IS NOT NULL"))
    op.create_index("versions_thread", "versions", ["thread_id"], sqlite_where=sa.text("thread_id IS NOT NULL"), postgresql_where=sa.text("thread_id IS NOT NULL"))
    op.create_table(
        "sightings",
        sa.Column("id", big, primary_key=True),
        sa.Column("record_pk", big, nullable=False),
        sa.Column("version_id", big, nullable=False),
        sa.Column("capture_id", big, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("start", sa.BigInteger, nullable=False),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("pointer", sa.Text, nullable=False),
        sa.Column("raw_digest", sa.Text, nullable=False),
        sa.Column("attached", sa.LargeBinary),
        sa.Column("folded", sa.LargeBinary),
    )
    op.create_index("ix_sightings_record_pk", "sightings", ["record_pk"])
    op.create_index("ix_sightings_capture_id", "sightings", ["capture_id"])
    op.create_table(
        "problems",
        sa.Column("id", big, primary_key=True),
        sa.Column("capture_id", big, nullable=False),
        sa.Column("member", sa.Text, nullable=False),
        sa.Column("item", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
    )
    op.create_index("ix_problems_capture_id", "problems", ["capture_id"])
    op.create_table(
        "absences",
        sa.Column("record_pk", big, primary_key=True),
        sa.Column("capture_id", big, primary_key=True),
    )
    op.create_index("ix_absences_capture_id", "absences", ["capture_id"])
    op.create_table(
        "outbox",
        sa.Column("seq", big, primary_key=True),
        sa.Column("record_pk", big, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("id", big, primary_key=True),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("ix_events_tag", "events", ["tag"])

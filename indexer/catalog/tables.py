"""The tables of the catalog. Columns ending in `_ms` are milliseconds since 1970 UTC; `data` is JSON of stored_data.py."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.catalog.database import metadata

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("platform", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("records", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_ms", sa.BigInteger),
    sa.Column("last_ms", sa.BigInteger),
    sa.Column("given_handle", sa.Text),  # as a records custodian named it; NULL: as its archives name it
    sa.Column("given_name", sa.Text),
    sa.Column("merged_into", BigId, sa.ForeignKey("accounts.id")),  # the account that this one is a part of; never a chain
    sa.UniqueConstraint("platform", "native_id"),
)

account_handle = sa.func.coalesce(accounts.c.given_handle, accounts.c.handle)
account_name = sa.func.coalesce(accounts.c.given_name, accounts.c.name)
root_id = sa.func.coalesce(accounts.c.merged_into, accounts.c.id)
"""The number of the whole account that an account is a part of, or is itself."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("named_by", sa.Text, nullable=False),
    sa.Column("named_ms", sa.BigInteger, nullable=False),
)

captures = sa.Table(
    "captures",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("taken_ms", sa.BigInteger, nullable=False),
    sa.Column("taken_by", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("importer", sa.Text, nullable=False),
    sa.Column("importer_version", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id")),
    sa.Column("exported_ms", sa.BigInteger),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("facts", sa.LargeBinary, nullable=False),
    sa.Column("result", sa.LargeBinary, nullable=False),
    sa.Column("aside_ms", sa.BigInteger),  # when, by whom and why it was set aside; NULL while it counts
    sa.Column("aside_by", sa.Text),
    sa.Column("aside_why", sa.Text),
)

capture_files = sa.Table(
    "capture_files",
    metadata,
    sa.Column("capture_id", BigId, sa.ForeignKey("captures.id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("capture_id", BigId, sa.ForeignKey("captures.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("pk", BigId, primary_key=True),
    sa.Column("record_id", sa.Text, nullable=False, unique=True),
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("native_id", sa.Text, nullable=False),
    sa.Column("first_capture_id", BigId, nullable=False, index=True),
    sa.Column("current_version_id", BigId),  # NULL until the capture that brought the record is complete
    sa.Column("versions", sa.Integer, nullable=False, server_default="0"),
    sa.Index("records_native", "native_id"),
    sa.Index("records_account", "account_id", "kind"),
)

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_pk", BigId, nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("first_capture_id", BigId, nullable=False, index=True),
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
    sa.Index(
        "versions_parent", "parent_id", sqlite_where=sa.text("parent_id IS NOT NULL"), postgresql_where=sa.text("parent_id IS NOT NULL")
    ),
    sa.Index(
        "versions_thread", "thread_id", sqlite_where=sa.text("thread_id IS NOT NULL"), postgresql_where=sa.text("thread_id IS NOT NULL")
    ),
)

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_pk", BigId, nullable=False, index=True),
    sa.Column("version_id", BigId, nullable=False),
    sa.Column("capture_id", BigId, nullable=False, index=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("pointer", sa.Text, nullable=False),
    sa.Column("raw_digest", sa.Text, nullable=False),
    sa.Column("attached", sa.LargeBinary),  # JSON: attachment name -> its member in this capture
    sa.Column("folded", sa.LargeBinary),  # JSON: further places that repeat the record
)

earlier_readings = sa.Table(
    "earlier_readings",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_pk", BigId, nullable=False, index=True),
    sa.Column("version_id", BigId, nullable=False),  # the version that a sighting pointed to before it was read again
    sa.Column("capture_id", BigId, nullable=False),
    sa.Column("importer_version", sa.Text, nullable=False),
    sa.Column("reread_ms", sa.BigInteger, nullable=False),
)

other_ids = sa.Table(
    "other_ids",
    metadata,
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("native_id", sa.Text, primary_key=True),  # the id that another reading of the archive gives the record
    sa.Column("held_as", sa.Text, nullable=False),  # the native id that the catalog keeps it under
)

problems = sa.Table(
    "problems",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("capture_id", BigId, nullable=False, index=True),
    sa.Column("member", sa.Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("sentence", sa.Text),  # JSON: the message's template and values; NULL where an older version wrote the row
)

absences = sa.Table(
    "absences",
    metadata,
    sa.Column("record_pk", BigId, primary_key=True),
    sa.Column("capture_id", BigId, primary_key=True, index=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("record_pk", BigId, nullable=False),
    sqlite_autoincrement=True,  # a position is never given out twice, even when the list was emptied
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("tag", sa.Text, nullable=False, index=True),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("events_actor", "actor", "tag", "id"),
)

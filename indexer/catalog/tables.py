"""The catalog's tables. Columns ending in `_ms` are milliseconds since 1970 UTC; `data` is JSON of stored_data.py."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.catalog.database import BigId, Text, metadata

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("platform", Text, nullable=False),
    sa.Column("native_id", Text, nullable=False),
    sa.Column("handle", Text, nullable=False),
    sa.Column("name", Text, nullable=False),
    sa.Column("records", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_ms", sa.BigInteger),
    sa.Column("last_ms", sa.BigInteger),
    sa.Column("given_handle", Text),  # given by a records custodian; NULL: the archives' handle
    sa.Column("given_name", Text),
    sa.Column("merged_into", BigId, sa.ForeignKey("accounts.id")),  # the account that this account is part of; never a chain
    sa.UniqueConstraint("platform", "native_id"),
)

account_handle = sa.func.coalesce(accounts.c.given_handle, accounts.c.handle)
account_name = sa.func.coalesce(accounts.c.given_name, accounts.c.name)
root_id = sa.func.coalesce(accounts.c.merged_into, accounts.c.id)
"""The id of the whole account: the account that this account was merged into, or its own id."""

people = sa.Table(
    "people",
    metadata,
    sa.Column("platform", Text, primary_key=True),
    sa.Column("native_id", Text, primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("named_by", Text, nullable=False),
    sa.Column("named_ms", sa.BigInteger, nullable=False),
)

captures = sa.Table(
    "captures",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("digest", Text, nullable=False, unique=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("taken_ms", sa.BigInteger, nullable=False),
    sa.Column("taken_by", Text, nullable=False),
    sa.Column("source", Text, nullable=False),
    sa.Column("importer", Text, nullable=False),
    sa.Column("importer_version", Text, nullable=False),
    sa.Column("form", Text, nullable=False),
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id")),
    sa.Column("exported_ms", sa.BigInteger),
    sa.Column("zone", Text, nullable=False),
    sa.Column("state", Text, nullable=False),
    sa.Column("facts", sa.LargeBinary, nullable=False),
    sa.Column("result", sa.LargeBinary, nullable=False),
    sa.Column("first_ms", sa.BigInteger),  # time of its oldest and of its newest record; NULL without a dated record
    sa.Column("last_ms", sa.BigInteger),
    sa.Column("aside_ms", sa.BigInteger),  # time, user and reason of setting it aside; NULL while it counts
    sa.Column("aside_by", Text),
    sa.Column("aside_why", Text),
)

capture_files = sa.Table(
    "capture_files",
    metadata,
    sa.Column("capture_id", BigId, sa.ForeignKey("captures.id"), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("digest", Text, nullable=False, index=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("capture_id", BigId, sa.ForeignKey("captures.id"), primary_key=True),
    sa.Column("name", Text, primary_key=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("digest", Text, nullable=False),
    sa.Column("outcome", Text, nullable=False),
    sa.Column("reason", Text, nullable=False),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("pk", BigId, primary_key=True),
    sa.Column("record_id", Text, nullable=False, unique=True),
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id"), nullable=False),
    sa.Column("kind", Text, nullable=False),
    sa.Column("native_id", Text, nullable=False),
    sa.Column("first_capture_id", BigId, nullable=False, index=True),
    sa.Column("current_version_id", BigId),  # NULL until the record's first capture is complete
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
    sa.Column("digest", Text, nullable=False),
    sa.Column("author", Text, nullable=False),
    sa.Column("title", Text, nullable=False),
    sa.Column("text", Text, nullable=False),
    sa.Column("url", Text, nullable=False),
    sa.Column("posted_ms", sa.BigInteger),
    sa.Column("posted_written", Text, nullable=False),
    sa.Column("posted_rule", Text, nullable=False),
    sa.Column("parent_id", Text),
    sa.Column("thread_id", Text),
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
    sa.Column("member", Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Column("length", sa.BigInteger, nullable=False),
    sa.Column("pointer", Text, nullable=False),
    sa.Column("raw_digest", Text, nullable=False),
    sa.Column("attached", sa.LargeBinary),  # JSON: attachment name -> member in this capture
    sa.Column("folded", sa.LargeBinary),  # JSON: further places that repeat the record
)

earlier_readings = sa.Table(
    "earlier_readings",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("record_pk", BigId, nullable=False, index=True),
    sa.Column("version_id", BigId, nullable=False),  # the sighting's version before the archive was reread
    sa.Column("capture_id", BigId, nullable=False),
    sa.Column("importer_version", Text, nullable=False),
    sa.Column("reread_ms", sa.BigInteger, nullable=False),
)

other_ids = sa.Table(
    "other_ids",
    metadata,
    sa.Column("account_id", BigId, sa.ForeignKey("accounts.id"), primary_key=True),
    sa.Column("kind", Text, primary_key=True),
    sa.Column("native_id", Text, primary_key=True),  # the record's id in another reading of the archive
    sa.Column("held_as", Text, nullable=False),  # the native id under which the catalog keeps the record
)

problems = sa.Table(
    "problems",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("capture_id", BigId, nullable=False, index=True),
    sa.Column("member", Text, nullable=False),
    sa.Column("item", sa.Integer, nullable=False),
    sa.Column("code", Text, nullable=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("sentence", Text),  # JSON: the message's template and values; NULL in rows of older versions
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
    sqlite_autoincrement=True,  # a position is never reused, even after the list was emptied
)

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("value", Text, nullable=False),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("at_ms", sa.BigInteger, nullable=False),
    sa.Column("tag", Text, nullable=False, index=True),
    sa.Column("actor", Text, nullable=False),
    sa.Column("subject", Text, nullable=False),
    sa.Column("detail", Text, nullable=False),
    sa.Column("previous", Text, nullable=False),
    sa.Column("hash", Text, nullable=False),
    sa.Index("events_actor", "actor", "tag", "id"),
)

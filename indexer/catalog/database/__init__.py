"""The only package that creates SQLAlchemy engines: connections, transactions, migrations and storage errors.

SQLite in WAL mode by default, PostgreSQL by URL. Writers wait for each other; a reader sees one snapshot of the catalog.
"""

from indexer.catalog.database.batches import BATCH, among_keys, in_batches, select_keys
from indexer.catalog.database.columns import BigId, Text
from indexer.catalog.database.engine import (
    Busy,
    connect,
    connect_read_only,
    insert_many,
    is_locked,
    metadata,
    transaction,
)
from indexer.catalog.database.postgresql import refresh_statistics, writing_lock
from indexer.catalog.database.storage_errors import storage_error

__all__ = [
    "BATCH",
    "BigId",
    "Busy",
    "Text",
    "among_keys",
    "connect",
    "connect_read_only",
    "in_batches",
    "insert_many",
    "is_locked",
    "metadata",
    "refresh_statistics",
    "select_keys",
    "storage_error",
    "transaction",
    "writing_lock",
]

"""The only package that knows SQLAlchemy's engine: connect, transaction, migrations, and how a disk or a database fails.

SQLite in WAL by default, PostgreSQL by address. Writers wait for each other; a reader sees one state of the catalog.
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
from indexer.catalog.database.faults import storage_error
from indexer.catalog.database.postgresql import count_rows_anew, writing_lock

__all__ = [
    "BATCH",
    "BigId",
    "Busy",
    "Text",
    "among_keys",
    "connect",
    "connect_read_only",
    "count_rows_anew",
    "in_batches",
    "insert_many",
    "is_locked",
    "metadata",
    "select_keys",
    "storage_error",
    "transaction",
    "writing_lock",
]

"""PostgreSQL: the engine, and advisory locks in place of SQLite's write lock and the data folder's lock file.

Advisory locks never block readers, and the server releases them when the connection ends, for example with a killed
process. A database holds a single catalog, so the keys are constants.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import sqlalchemy as sa

from indexer.settings import BadSetting

_WRITING, _TRANSACTION = 4_605_520_001, 4_605_520_002  # arbitrary numbers that no other program on the server uses
LOCK_NOT_AVAILABLE: Final = "55P03"


def new_engine(address: sa.URL) -> sa.Engine:
    """Return an engine whose readers see one snapshot of the catalog from their first statement on, as in SQLite.

    Raises BadSetting if the driver is not installed.
    """
    try:
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ", pool_pre_ping=True)
    except ImportError as error:
        raise BadSetting(
            f"SHOWME_DATABASE_URL names PostgreSQL, and its driver cannot be loaded ({error}). The evidence is safe. Install the driver "
            "with: .venv/bin/pip install --require-hashes -r requirements-postgres.txt"
        ) from error


def require_utf8(connection: sa.Connection) -> None:
    """Raise BadSetting for a database whose encoding is not UTF-8."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise BadSetting(
            f"The database that SHOWME_DATABASE_URL names is encoded in {encoding}, which cannot hold every letter of an archive. Make "
            "one with: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


def with_read_committed(connection: sa.Connection) -> sa.Connection:
    """Return a connection for writing, which sees the commits of the writers that it waited for."""
    return connection.execution_options(isolation_level="READ COMMITTED")


def acquire_write_lock(connection: sa.Connection, patience: float) -> None:
    """Take the write lock until the transaction ends, waiting at most `patience` seconds.

    Raises sqlalchemy.exc.OperationalError with LOCK_NOT_AVAILABLE.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(round(patience * 1000), 1)}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TRANSACTION})")


def refresh_statistics(connection: sa.Connection, *tables: sa.Table) -> None:
    """Update PostgreSQL's table statistics: after many inserts, stale statistics give query plans of quadratic time."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in tables)}")


@contextmanager
def writing_lock(engine: sa.Engine) -> Iterator[None]:
    """Hold the lock of the single process, on any computer, that may take archives into custody. Waits.

    SQLite does not need it: its file and the lock file are in the same folder.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_WRITING})")
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # a lost connection no longer holds the lock
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_WRITING})")

"""PostgreSQL: its engine, and the two locks that SQLite's file and the data folder's lock file are where the catalog is SQLite.

Locks are advisory, so that readers never wait; the server frees them when their connection ends, as by a killed process.
A database holds one catalog: the keys are the same in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import sqlalchemy as sa

from indexer.settings import BadSetting

_WRITING, _TRANSACTION = 4_605_520_001, 4_605_520_002  # any two numbers that no other program on the server uses
LOCK_NOT_AVAILABLE: Final = "55P03"


def new_engine(address: sa.URL) -> sa.Engine:
    """Return an engine whose readers see one state of the catalog from their first statement on, as in SQLite.

    Raises BadSetting when the driver is not installed.
    """
    try:
        return sa.create_engine(address.set(drivername="postgresql+psycopg"), isolation_level="REPEATABLE READ", pool_pre_ping=True)
    except ImportError as error:
        raise BadSetting(
            f"SHOWME_DATABASE_URL names PostgreSQL, and its driver cannot be loaded ({error}). The evidence is safe. Install the driver "
            "with: .venv/bin/pip install --require-hashes -r requirements-postgres.txt"
        ) from error


def require_utf8(connection: sa.Connection) -> None:
    """Raise BadSetting for a database that cannot hold every letter."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise BadSetting(
            f"The database that SHOWME_DATABASE_URL names is encoded in {encoding}, which cannot hold every letter of an archive. Make "
            "one with: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


def for_writing(connection: sa.Connection) -> sa.Connection:
    """Return a connection whose write transaction sees what the one before it wrote, though it waited for that one."""
    return connection.execution_options(isolation_level="READ COMMITTED")


def take_turn(connection: sa.Connection, patience: float) -> None:
    """Wait so many seconds until no other transaction writes, then be the one that does, until it ends.

    Raises sqlalchemy.exc.OperationalError of LOCK_NOT_AVAILABLE.
    """
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {max(round(patience * 1000), 1)}")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TRANSACTION})")


def count_rows_anew(connection: sa.Connection, *tables: sa.Table) -> None:
    """Let PostgreSQL know how large tables are now: after many new rows it plans as for few, and a join takes the square of the time."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in tables)}")


@contextmanager
def writing_lock(engine: sa.Engine) -> Iterator[None]:
    """Hold the catalog's lock of the one process that takes archives in, from whatever computer. Waits.

    SQLite needs none: its file and the lock file lie in the same folder.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({_WRITING})")
        try:
            yield
        finally:
            with suppress(sa.exc.DBAPIError):  # a lost connection holds no lock any more
                connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_WRITING})")

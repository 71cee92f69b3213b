"""SQLite in WAL mode, with the write lock taken when a write transaction begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

BUSY_SECONDS = 60
WRITES = "showme_write"


def prepare(engine: sa.Engine) -> None:
    """Configure each connection, and begin transactions ourselves."""
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)


@contextmanager
def busy_timeout(connection: sa.Connection, patience: float) -> Iterator[None]:
    """Set the seconds that a connection waits for a lock, and restore the default before it returns to the pool."""
    driver = connection.connection.dbapi_connection
    if driver is None:
        yield
        return
    driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")  # on the driver's connection, so that no transaction begins here
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")  # as above


def _prepare(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's connection: we begin transactions ourselves
    cursor = connection.cursor()  # type: ignore[attr-defined]  # as above
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")  # 64 MiB
    cursor.execute("PRAGMA wal_autocheckpoint = 16384")  # pages: 64 MiB
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # may wait, and fail: as a statement of SQLAlchemy, with its errors
    elif (driver := connection.connection.dbapi_connection) is not None:
        driver.execute("BEGIN")  # takes no lock and reads nothing: without SQLAlchemy's work for a statement

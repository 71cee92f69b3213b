"""The only module that knows SQLAlchemy's engine: connect, transaction, migrations.

SQLite in WAL by default, PostgreSQL by address. A write transaction takes SQLite's write lock at its beginning,
so that two writers wait for each other instead of failing in the middle.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from indexer.private_files import ReadOnlyFolder

metadata = sa.MetaData()

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 60
READ_ONLY = "showme_read_only"
NEARLY_FULL = 16 * 2**20  # with less room than this, SQLite's "disk I/O error" is a full disk: it cannot grow its shared memory
_FULL = {errno.ENOSPC, errno.EDQUOT}


def connect(url: str) -> sa.Engine:
    """Return an engine for a catalog and bring its tables up to date.

    Raises sqlalchemy.exc.OperationalError when the database cannot be reached.
    """
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    migrate(engine)
    return engine


def connect_read_only(file: Path, spare: Path) -> sa.Engine:
    """Return an engine for a SQLite catalog in a folder that cannot be written to.

    SQLite reads the file alone, without its log of changes (-wal). Where that log holds something (a copy of a running
    catalog), both are copied into `spare`, a folder for temporary files, and read there.
    Raises ReadOnlyFolder for a catalog that is not there or is of an earlier version.
    """
    if not file.is_file():
        raise ReadOnlyFolder(
            f"{file} is not there, and its folder is read-only. Give the path of a data folder, or make the folder writable."
        )
    changes = file.with_name(f"{file.name}-wal")
    if changes.is_file() and changes.stat().st_size:
        shutil.copyfile(changes, spare / changes.name)
        shutil.copyfile(file, spare / file.name)
        engine = sa.create_engine(f"sqlite:///{spare / file.name}", execution_options={READ_ONLY: True})
    else:
        address = sa.URL.create("sqlite", database=f"file:{quote(str(file))}", query={"immutable": "1", "mode": "ro", "uri": "true"})
        engine = sa.create_engine(address, execution_options={READ_ONLY: True})
    with engine.connect() as connection:
        has_version = sa.inspect(connection).has_table("alembic_version")
        current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if has_version else ""
    if current != _newest():
        engine.dispose()
        raise ReadOnlyFolder(
            f"{file} is of another version of this program, and its folder is read-only. The evidence is safe. Copy the folder to where "
            "it can be written, and open the copy."
        )
    return engine


class Busy(Exception):
    """Another writer holds the database for longer than the caller wants to wait. Nothing was written."""


@contextmanager
def transaction(engine: sa.Engine, patience: float | None = None) -> Iterator[sa.Connection]:
    """Run a write transaction: all of it or nothing.

    It waits BUSY_SECONDS for another writer; with `patience` only so many seconds, and then raises Busy.
    """
    if engine.get_execution_options().get(READ_ONLY):
        raise ReadOnlyFolder("The data folder is read-only: this cannot be done there. Nothing was changed.")
    with engine.connect() as plain, _waiting(plain, patience), plain.execution_options(showme_write=True) as connection:
        try:
            begun = connection.begin()
        except sa.exc.OperationalError as error:
            if patience is not None and "locked" in str(error):
                raise Busy from error
            raise
        with begun:
            yield connection


@contextmanager
def _waiting(connection: sa.Connection, patience: float | None) -> Iterator[None]:
    """Let SQLite wait so many seconds for this connection's next lock; the connection goes back to the pool as it was."""
    driver = connection.connection.dbapi_connection
    if patience is None or driver is None or connection.dialect.name != "sqlite":
        yield
        return
    driver.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")  # the driver's own connection: no transaction begins here
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")  # as above


def insert_many(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows, given as values in the order of `columns`, by the driver itself: three times as fast as row by row."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(columns))
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), [tuple(row) for row in rows])
    else:
        connection.exec_driver_sql(str(compiled), [dict(zip(columns, row, strict=True)) for row in rows])


_T = TypeVar("_T")
BATCH: Final = 500
"""Values that one query names: SQLite as older systems build it takes 999 variables."""


def in_batches(values: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    """Yield the values in lists of at most `size`."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def among_keys(column: sa.ColumnElement[Any], parameter: str = "keys") -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values of a parameter; `select_keys` fills in "keys"."""
    return column.in_(sa.bindparam(parameter, expanding=True))


def select_keys(connection: sa.Connection, query: sa.Select[Any], keys: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows of a query with an `among_keys` condition, a batch of keys at a time."""
    for batch in in_batches(keys):
        yield from connection.execute(query, {"keys": batch})


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest revision; does nothing in a few milliseconds when they are there."""
    with engine.connect() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            current = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            if current == _newest():
                return

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _newest() -> str:
    return max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _prepare_sqlite(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]  # the driver's connection; transactions are ours to begin
    cursor = connection.cursor()  # type: ignore[attr-defined]  # as above
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA cache_size = -65536")  # 64 MiB
    cursor.execute("PRAGMA wal_autocheckpoint = 16384")  # pages: 64 MiB
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("showme_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def storage_error(error: BaseException, folder: Path) -> str:
    """Return in plain words what is wrong with the disk or the catalog, "" when an error is of another kind.

    `folder` is the data folder: the room on its disk tells a full disk from a broken one.
    """
    for cause in _causes(error):
        if isinstance(cause, sqlite3.Error):
            return _of_catalog(cause, folder)
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return f"The disk is full ({_room(folder)}). Free some space, then do it again."
        if isinstance(cause, OSError) and cause.errno == errno.EIO:
            return "The disk reported a fault while reading or writing. Check the disk, then do it again."
    return ""


def _of_catalog(error: sqlite3.Error, folder: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the first byte is the kind, the second one its detail
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _free(folder) < NEARLY_FULL):
        return f"The disk is full ({_room(folder)}), so the catalog could not be written. Free some space, then do it again."
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "The catalog is locked by another program; it is not damaged. Wait until the other program is done, then do it again."
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN}:
        return f"The catalog cannot be written to ({error}). See to who may write to the data folder, then do it again."
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return (
            f"The catalog file is damaged ({error}). The evidence in the vault is safe. "
            "Put catalog.sqlite3 back from a backup and run: python -m indexer sync"
        )
    if code == sqlite3.SQLITE_IOERR:
        return f"The disk reported a fault at the catalog ({error}). The evidence in the vault is safe. Check the disk, then do it again."
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what its library wrapped in it, and what caused it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        wrapped = getattr(error, "orig", None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__


def _free(folder: Path) -> int:
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    return shutil.disk_usage(there).free


def _room(folder: Path) -> str:
    return f"{_free(folder) // 2**20:,} MiB left"

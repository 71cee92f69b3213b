"""Engines, write transactions and migrations.

A write transaction takes a lock when it begins (SQLite's write lock, an advisory lock in PostgreSQL), so that two writers
wait for each other instead of failing midway.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from indexer.catalog.database import postgresql, sqlite
from indexer.catalog.database.columns import escape
from indexer.private_files import ReadOnlyFolder
from indexer.settings import BadSetting

metadata = sa.MetaData()

MIGRATIONS = Path(__file__).parents[1] / "migrations"
READ_ONLY = "showme_read_only"


def connect(url: str) -> sa.Engine:
    """Return an engine for a catalog and migrate its tables.

    Raises BadSetting for a URL of another kind of database, sqlalchemy.exc.OperationalError if it cannot be reached.
    """
    engine = _new_engine(url)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _new_engine(url: str) -> sa.Engine:
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:  # the text may contain the password
        raise BadSetting("SHOWME_DATABASE_URL is not the address of a database. Write: postgresql://user:password@host/name") from error
    if address.get_backend_name() in {"postgresql", "postgres"}:
        return postgresql.new_engine(address)
    if address.get_backend_name() != "sqlite":
        raise BadSetting(
            f"SHOWME_DATABASE_URL begins with {address.drivername}: a catalog is kept in PostgreSQL "
            "(postgresql://user:password@host/name), or in SQLite where this setting is empty."
        )
    engine = sa.create_engine(address)
    sqlite.prepare(engine)
    return engine


def connect_read_only(file: Path, spare: Path) -> sa.Engine:
    """Return an engine for a SQLite catalog in a read-only folder.

    SQLite then reads the file without its write-ahead log (-wal). If that log is not empty (a copy of a running catalog),
    both files are copied into `spare`, a folder for temporary files, and read there.
    Raises ReadOnlyFolder if the catalog is missing or of another version.
    """
    if not file.is_file():
        raise ReadOnlyFolder(
            f"{file} is not there, and its folder is read-only. Give the path of a data folder, or make the folder writable."
        )
    log = file.with_name(f"{file.name}-wal")
    if log.is_file() and log.stat().st_size:
        shutil.copyfile(log, spare / log.name)
        shutil.copyfile(file, spare / file.name)
        engine = sa.create_engine(f"sqlite:///{spare / file.name}", execution_options={READ_ONLY: True})
    else:
        address = sa.URL.create("sqlite", database=f"file:{quote(str(file))}", query={"immutable": "1", "mode": "ro", "uri": "true"})
        engine = sa.create_engine(address, execution_options={READ_ONLY: True})
    with engine.connect() as connection:
        current = _revision(connection)
    if current != _newest_revision():
        engine.dispose()
        raise ReadOnlyFolder(
            f"{file} is of another version of this program, and its folder is read-only. The evidence is safe. Copy the folder to where "
            "it can be written, and open the copy."
        )
    return engine


class Busy(Exception):
    """Another writer held the lock for longer than the caller's patience. Nothing was written."""


@contextmanager
def transaction(engine: sa.Engine, patience: float | None = None) -> Iterator[sa.Connection]:
    """Run a write transaction, all or nothing.

    Waits BUSY_SECONDS for another writer, or `patience` seconds, after which it raises Busy.
    """
    if engine.get_execution_options().get(READ_ONLY):
        raise ReadOnlyFolder("The data folder is read-only: this cannot be done there. Nothing was changed.")
    with engine.connect() as plain, _begin_write(plain, patience) as connection:
        yield connection


@contextmanager
def _begin_write(plain: sa.Connection, patience: float | None) -> Iterator[sa.Connection]:
    """Begin a write transaction after waiting for any other writer."""
    is_sqlite = plain.dialect.name == "sqlite"
    timeout = sqlite.busy_timeout(plain, patience) if is_sqlite and patience is not None else nullcontext()
    connection = plain.execution_options(**{sqlite.WRITES: True}) if is_sqlite else postgresql.with_read_committed(plain)
    with timeout:
        try:
            begun = connection.begin()
            if not is_sqlite:
                postgresql.acquire_write_lock(connection, sqlite.BUSY_SECONDS if patience is None else patience)
        except sa.exc.OperationalError as error:
            if patience is not None and is_locked(error):
                raise Busy from error
            raise
        with begun:
            yield connection


def is_locked(error: sa.exc.DBAPIError) -> bool:
    """Return whether a write failed because another writer held the lock for too long."""
    return "locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) == postgresql.LOCK_NOT_AVAILABLE


def insert_many(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows of values in the order of `columns` through the driver's executemany, three times as fast as row by row."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(columns))
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), [tuple(row) for row in rows])
    else:
        named = [{name: escape(value) for name, value in zip(columns, row, strict=True)} for row in rows]
        connection.exec_driver_sql(str(compiled), named)


def migrate(engine: sa.Engine) -> None:
    """Upgrade the tables to the newest revision; returns within milliseconds if they are current."""
    with engine.connect() as connection:
        if _revision(connection) == _newest_revision():
            return
        if connection.dialect.name == "postgresql":
            postgresql.require_utf8(connection)

    # imported here: a quarter of the time in which a command starts, and needed only once for each version
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str:
    has_version = sa.inspect(connection).has_table("alembic_version")
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "") if has_version else ""


def _newest_revision() -> str:
    return max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

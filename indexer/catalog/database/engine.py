"""Engines, write transactions and migrations.

A write transaction waits for its turn at its beginning, so that two writers wait for each other instead of failing in the middle:
for SQLite's write lock, for a lock of the same kind in PostgreSQL.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from indexer.catalog.database import postgresql, sqlite
from indexer.catalog.database.columns import escaped
from indexer.private_files import ReadOnlyFolder
from indexer.settings import BadSetting

metadata = sa.MetaData()

MIGRATIONS = Path(__file__).parents[1] / "migrations"
READ_ONLY = "showme_read_only"


def connect(url: str) -> sa.Engine:
    """Return an engine for a catalog and bring its tables up to date.

    Raises BadSetting for an address of another kind of database, sqlalchemy.exc.OperationalError when it cannot be reached.
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
    except (sa.exc.ArgumentError, ValueError) as error:  # its text may hold the password
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
        current = _revision(connection)
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
    with engine.connect() as plain, _turn(plain, patience) as connection:
        yield connection


@contextmanager
def _turn(plain: sa.Connection, patience: float | None) -> Iterator[sa.Connection]:
    """Begin a write transaction when no other is under way."""
    is_sqlite = plain.dialect.name == "sqlite"
    waiting = sqlite.waiting(plain, patience) if is_sqlite and patience is not None else nullcontext()
    connection = plain.execution_options(**{sqlite.WRITES: True}) if is_sqlite else postgresql.for_writing(plain)
    with waiting:
        try:
            begun = connection.begin()
            if not is_sqlite:
                postgresql.take_turn(connection, sqlite.BUSY_SECONDS if patience is None else patience)
        except sa.exc.OperationalError as error:
            if patience is not None and is_locked(error):
                raise Busy from error
            raise
        with begun:
            yield connection


def is_locked(error: sa.exc.DBAPIError) -> bool:
    """Tell whether a database could not be written to because another writer held it for too long."""
    return "locked" in str(error.orig) or getattr(error.orig, "sqlstate", None) == postgresql.LOCK_NOT_AVAILABLE


def insert_many(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows, given as values in the order of `columns`, by the driver itself: three times as fast as row by row."""
    if not rows:
        return
    compiled = table.insert().compile(dialect=connection.dialect, column_keys=list(columns))
    if compiled.positional:
        connection.exec_driver_sql(str(compiled), [tuple(row) for row in rows])
    else:
        named = [{name: escaped(value) for name, value in zip(columns, row, strict=True)} for row in rows]
        connection.exec_driver_sql(str(compiled), named)


def migrate(engine: sa.Engine) -> None:
    """Bring the tables to the newest revision; does nothing in a few milliseconds when they are there."""
    with engine.connect() as connection:
        if _revision(connection) == _newest():
            return
        if connection.dialect.name == "postgresql":
            postgresql.require_utf8(connection)

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str:
    has_version = sa.inspect(connection).has_table("alembic_version")
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or "") if has_version else ""


def _newest() -> str:
    return max(path.stem[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

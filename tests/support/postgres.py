"""A throw-away PostgreSQL server for tests, from Debian's package `postgresql`: a Unix socket in a temporary folder, no port."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from indexer.catalog.database import connect

WANTED = "SHOWME_TEST_POSTGRES"  # 1: a machine without PostgreSQL fails the tests instead of leaving them out
MISSING = "PostgreSQL's server is not installed (apt-get install postgresql)"
_USER = "showme"
_UNTIL_THE_END = '"$@" & read -r end; kill -QUIT $!; wait $!'  # of standard input: also when the tests are killed
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=60", "shared_buffers=32MB")


def binaries() -> Path | None:
    """Return the folder of the newest server's programs; None where there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


class Server:
    """A running server. A database that is given back is emptied and used again: to make one takes the time of a thousand small files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://{_USER}@/{database}?host={self.folder}"

    def sql(self, statement: str, database: str = "postgres") -> list[sa.Row[Any]]:
        """Run a statement outside of a transaction."""
        engine = sa.create_engine(self.url(database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            result = connection.exec_driver_sql(statement)
            return list(result.all()) if result.returns_rows else []

    def empty_database(self) -> str:
        """Make a database without tables and return its address."""
        name = f"catalog_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    @contextmanager
    def database(self) -> Iterator[str]:
        """Lend a catalog without rows: its address."""
        url = self._free.pop() if self._free else self.empty_database()
        connect(url).dispose()
        yield url
        name = str(sa.make_url(url).database)
        self.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        tables = self.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'", name)
        self.sql(f"TRUNCATE {', '.join(row[0] for row in tables)} RESTART IDENTITY", name)
        self._free.append(url)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and stop it and remove its files at the end. Its own order of letters is not the one of bytes, on purpose."""
    programs = binaries()
    if programs is None:
        raise LookupError(MISSING)
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="showme-postgres-"))
    log = folder / "log"
    try:
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        run_as = {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"] if float(programs.parent.name) >= 15 else []
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", "-U", _USER, "--auth=trust", "--encoding=UTF8", "--no-sync", *locale],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **run_as,
        )
        settings = [f"-c{setting}" for setting in (*_FAST, f"unix_socket_directories={folder}")]
        with log.open("wb") as stream:
            command = ["/bin/sh", "-c", _UNTIL_THE_END, "sh", programs / "postgres", "-D", folder / "data", *settings]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stream, stderr=stream, cwd=folder, **run_as)
        try:
            _wait_for(programs, folder, log)
            yield Server(folder)
        finally:
            process.communicate(timeout=30)
    finally:
        shutil.rmtree(folder)


def _owner() -> pwd.struct_passwd | None:
    """Return the user that the server runs as: the server refuses root."""
    if os.geteuid():
        return None
    return pwd.getpwnam("postgres")


def _wait_for(programs: Path, folder: Path, log: Path) -> None:
    for _ in range(300):
        if subprocess.run([programs / "pg_isready", "-q", "-t", "1", "-h", folder], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")

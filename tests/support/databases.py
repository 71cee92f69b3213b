"""Tests over both databases: a module marked `databases` runs once with SQLite and once with PostgreSQL.

Over PostgreSQL every test has a database of its own, by SHOWME_DATABASE_URL; those that share a portal share its database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support import postgres

SETTING = "SHOWME_DATABASE_URL"
SHARED = {"town"}  # fixtures of a module that hold a catalog
KINDS = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("databases"):
        metafunc.parametrize("database", KINDS, indirect=True, scope="module")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", ()) if postgres.MISSING in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests over PostgreSQL were skipped: {postgres.MISSING}.")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    if postgres.binaries() is None:
        if os.environ.get(postgres.WANTED) == "1":
            pytest.fail(postgres.MISSING)
        pytest.skip(postgres.MISSING)
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The kind of database that the tests of a module run over."""
    kind = getattr(request, "param", "sqlite")
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        if kind == "postgresql":
            patch.setenv(SETTING, stack.enter_context(request.getfixturevalue("postgres_server").database()))
        yield kind


@pytest.fixture(autouse=True)
def own_database(request: pytest.FixtureRequest, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database of its own for a test that does not share one."""
    if database != "postgresql" or not SHARED.isdisjoint(request.fixturenames):
        yield
        return
    with request.getfixturevalue("postgres_server").database() as url:
        monkeypatch.setenv(SETTING, url)
        yield


@pytest.fixture
def database_url(database: str, tmp_path: Path) -> str:
    """The address of this test's database."""
    return os.environ[SETTING] if database == "postgresql" else f"sqlite:///{tmp_path / 'catalog.sqlite3'}"


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if database == "postgresql":
        return request.getfixturevalue("postgres_server").empty_database()
    return f"sqlite:///{tmp_path / 'empty.sqlite3'}"


_ADDED = {
    "0009": ("ALTER TABLE captures DROP COLUMN first_ms", "ALTER TABLE captures DROP COLUMN last_ms"),
    "0008": ("DROP INDEX jobs_of_user", "ALTER TABLE jobs DROP COLUMN stop_ms", "DROP TABLE basket_records"),
    "0005": ("ALTER TABLE problems DROP COLUMN sentence",),
}
"""Statements that undo a migration's additions, latest first."""


def set_back(connection: sa.Connection, revision: str) -> None:
    """Undo the additions of all migrations after a revision, and name it as the catalog's."""
    for added, statements in _ADDED.items():
        if added > revision:
            for statement in statements:
                connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")

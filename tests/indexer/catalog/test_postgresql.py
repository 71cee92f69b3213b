"""What PostgreSQL does otherwise than SQLite, and that nobody notices: order, NUL, locks, migrations, and words for its faults."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from click.testing import CliRunner

from indexer.catalog.audit import AuditLog
from indexer.catalog.database import Busy, connect, insert_many, storage_error, transaction
from indexer.catalog.database.columns import ESCAPE
from indexer.catalog.database.engine import MIGRATIONS
from indexer.catalog.tables import meta
from indexer.cli.main import main
from indexer.settings import BadSetting
from tests.support.databases import SETTING
from tests.support.postgres import Server
from tests.support.repositories import repository_at

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
ODD = ["a\0b", "\0", ESCAPE, f"{ESCAPE}0", f"\0{ESCAPE}1\0", "plain"]

over_both = pytest.mark.databases


@pytest.fixture
def postgresql_url(postgres_server: Server) -> Iterator[str]:
    with postgres_server.database() as url:
        yield url


@over_both
def test_text_is_sorted_by_its_bytes(database_url: str) -> None:
    engine = connect(database_url)
    keys = ["a", "B", "_", "-x", "é", "z", "A", "😀", "\uffff", "10", "9"]
    with transaction(engine) as connection:
        insert_many(connection, meta, ("key", "value"), [(key, "") for key in keys])
    with engine.connect() as connection:
        assert list(connection.execute(sa.select(meta.c.key).order_by(meta.c.key)).scalars()) == sorted(keys, key=str.encode)
        assert connection.execute(sa.select(sa.func.min(meta.c.key))).scalar() == "-x"
    engine.dispose()


@over_both
@pytest.mark.parametrize("at_once", [False, True])
def test_a_nul_in_a_text_comes_back_and_is_found(database_url: str, *, at_once: bool) -> None:
    engine = connect(database_url)
    rows = [(str(number), text) for number, text in enumerate(ODD)]
    with transaction(engine) as connection:
        if at_once:
            insert_many(connection, meta, ("key", "value"), rows)
        else:
            for key, value in rows:
                connection.execute(meta.insert().values(key=key, value=value))
    with engine.connect() as connection:
        assert list(connection.execute(sa.select(meta.c.value).order_by(meta.c.key)).scalars()) == ODD
        for key, value in rows:
            assert connection.execute(sa.select(meta.c.key).where(meta.c.value == value)).scalars().all() == [key]
    engine.dispose()


@over_both
def test_a_reader_sees_one_state_of_the_catalog(database_url: str) -> None:
    engine = connect(database_url)
    count = sa.select(sa.func.count()).select_from(meta)
    with engine.connect() as reader:
        before = reader.execute(count).scalar()
        with transaction(engine) as writer:
            writer.execute(meta.insert().values(key="a", value="1"))
        assert reader.execute(count).scalar() == before
    engine.dispose()


@over_both
def test_who_will_not_wait_for_another_writer_is_told_so(database_url: str) -> None:
    engine = connect(database_url)
    with transaction(engine), pytest.raises(Busy):
        AuditLog(engine).add("search:run", "Pat", patience=0.05)
    AuditLog(engine).add("search:run", "Pat", patience=0.05)
    engine.dispose()


def test_every_text_column_is_sorted_by_bytes(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    query = (
        "SELECT table_name || '.' || column_name, collation_name FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND data_type = 'text'"
    )
    with engine.connect() as connection:
        columns = {name: collation for name, collation in connection.exec_driver_sql(query)}  # noqa: C416  # rows are no pairs
    engine.dispose()
    assert len(columns) > 60
    assert {name for name, collation in columns.items() if collation != "C"} == set()


def test_a_catalog_of_the_first_version_is_brought_up_to_date(postgres_server: Server) -> None:
    url = postgres_server.empty_database()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for key in ("b", "B", "_"):
            connection.exec_driver_sql(f"INSERT INTO meta VALUES ('{key}', '')")
    engine.dispose()
    engine = connect(url)
    with engine.connect() as connection:
        assert list(connection.execute(sa.select(meta.c.key).order_by(meta.c.key)).scalars()) == ["B", "_", "b"]
    engine.dispose()


HOLD = """
import sys, time
from pathlib import Path
from indexer.repository import open_repository
with open_repository(Path(sys.argv[1])).writing():
    print("held", flush=True)
    time.sleep(60)
"""


@over_both
@pytest.mark.parametrize("is_elsewhere", [False, True])
def test_a_killed_writer_lets_the_next_one_in(database: str, tmp_path: Path, *, is_elsewhere: bool) -> None:
    """With PostgreSQL also where the other writer has a data folder of its own, as on another computer."""
    if is_elsewhere and database == "sqlite":
        pytest.skip("SQLite's catalog lies in the data folder")
    mine, theirs = tmp_path / "mine", tmp_path / ("theirs" if is_elsewhere else "mine")
    repository_at(theirs).close()
    holder = subprocess.Popen([sys.executable, "-c", HOLD, theirs], cwd=ROOT, stdout=subprocess.PIPE)
    waiter = None
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        waiter = subprocess.Popen([sys.executable, "-m", "indexer", "--data", mine, "sync"], cwd=ROOT, stdout=subprocess.DEVNULL)
        with pytest.raises(subprocess.TimeoutExpired):
            waiter.wait(4)
        holder.send_signal(signal.SIGKILL)
        assert waiter.wait(30) == 0
    finally:
        for process in (holder, waiter):
            if process is not None:
                process.kill()
                process.communicate()


def test_a_server_that_cannot_be_reached_is_named_and_the_evidence_called_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, f"postgresql://pat:opensesame@/records?host={tmp_path}")
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "data"), "status"])
    assert result.exit_code == 1
    for words in ("The database server cannot be used", "The evidence in the vault is safe", SETTING):
        assert words in result.output
    assert "opensesame" not in result.output


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("mysql://pat:opensesame@host/records", "kept in PostgreSQL"),
        ("opensesame", "is not the address of a database"),
        ("postgresql://pat:opensesame@host:port/records", "is not the address of a database"),
    ],
)
def test_an_address_of_something_else_is_refused(address: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words) as caught:
        connect(address)
    assert "opensesame" not in str(caught.value)


def test_a_missing_driver_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadSetting, match=re.escape("pip install --require-hashes -r requirements-postgres.txt")):
        connect("postgresql://pat@host/records")


def test_a_database_that_lacks_letters_is_refused(postgres_server: Server) -> None:
    postgres_server.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
    with pytest.raises(BadSetting, match="encoded in LATIN1"):
        connect(postgres_server.url("latin"))


def test_a_server_that_is_lost_is_not_called_a_damaged_catalog(postgres_server: Server, postgresql_url: str, tmp_path: Path) -> None:
    engine = connect(postgresql_url)
    with engine.connect() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        postgres_server.sql(f"SELECT pg_terminate_backend({own})")
        time.sleep(0.2)
        with pytest.raises(sa.exc.OperationalError) as caught:
            connection.exec_driver_sql("SELECT 1")
    told = storage_error(caught.value, tmp_path)
    assert "The database server cannot be used" in told
    assert "damaged" not in told
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    engine.dispose()

"""Tables and migrations say the same; a write transaction is all or nothing."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import portal.access.users  # noqa: F401  # their tables belong to the same metadata
from indexer.catalog.database import BATCH, among_keys, connect, in_batches, metadata, select_keys, transaction
from indexer.catalog.tables import meta

pytestmark = pytest.mark.databases


def test_the_migrations_make_the_tables_that_the_code_speaks_of(empty_database_url: str) -> None:
    engine = connect(empty_database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_broken_transaction_leaves_nothing(database_url: str) -> None:
    engine = connect(database_url)

    def write() -> None:
        with transaction(engine) as connection:
            connection.execute(meta.insert().values(key="a", value="1"))
            connection.execute(meta.insert().values(key="a", value="again"))

    with pytest.raises(sa.exc.IntegrityError):
        write()
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(meta)).scalar() == 0
    engine.dispose()


def test_two_writers_wait_for_each_other(database_url: str) -> None:
    engine = connect(database_url)

    def add(number: int) -> None:
        for step in range(20):
            with transaction(engine) as connection:
                highest = connection.execute(sa.select(sa.func.count()).select_from(meta)).scalar()
                connection.execute(meta.insert().values(key=f"{highest}", value=f"{number}-{step}"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(meta)).scalar() == 80
    engine.dispose()


def test_two_processes_may_open_a_new_catalog_at_once(empty_database_url: str) -> None:
    engines: list[sa.Engine] = []
    threads = [threading.Thread(target=lambda: engines.append(connect(empty_database_url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(engines) == 4
    for engine in engines:
        engine.dispose()


def test_keys_are_asked_for_in_batches_each_once(database_url: str) -> None:
    assert [len(batch) for batch in in_batches(range(2 * BATCH + 1))] == [BATCH, BATCH, 1]
    assert list(in_batches([])) == []
    engine = connect(database_url)
    keys = [f"{number}" for number in range(BATCH + 7)]
    with transaction(engine) as connection:
        connection.execute(meta.insert(), [{"key": key, "value": "x"} for key in keys])
        asked: list[str] = []
        sa.event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        rows = list(select_keys(connection, sa.select(meta.c.key).where(among_keys(meta.c.key)), iter(keys)))
    assert sorted(row.key for row in rows) == sorted(keys)
    assert len([text for text in asked if text.startswith("SELECT")]) == 2
    engine.dispose()

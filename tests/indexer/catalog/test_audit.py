"""The event log: closed vocabulary, and nobody can change it unseen."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from indexer.catalog.audit import AuditLog, UnknownTag
from indexer.catalog.database import connect, transaction
from indexer.catalog.tables import events

pytestmark = pytest.mark.databases


@pytest.fixture
def engine(database_url: str) -> sa.Engine:
    return connect(database_url)


def test_events_follow_each_other(engine: sa.Engine) -> None:
    log = AuditLog(engine)
    for number in range(3):
        log.add("search:run", "Pat", f"query {number}", {"total": number})
    assert [event.subject for event in log.newest()] == ["query 2", "query 1", "query 0"]
    assert log.broken_at() is None
    engine.dispose()


def test_writers_at_the_same_time_leave_a_log_without_gaps(engine: sa.Engine) -> None:
    log = AuditLog(engine)

    def add(number: int) -> None:
        for step in range(10):
            log.add("search:run", f"writer {number}", f"query {step}")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.id for event in log.newest()] == list(range(40, 0, -1))
    assert log.broken_at() is None
    engine.dispose()


@pytest.mark.parametrize("deed", ["change", "remove"])
def test_a_changed_or_removed_event_shows(engine: sa.Engine, deed: str) -> None:
    log = AuditLog(engine)
    for number in range(4):
        log.add("search:run", "Pat", f"query {number}")
    with transaction(engine) as connection:
        if deed == "change":
            connection.execute(events.update().where(events.c.id == 2).values(actor="Somebody else"))
        else:
            connection.execute(events.delete().where(events.c.id == 2))
    assert log.broken_at() == (2 if deed == "change" else 3)
    engine.dispose()


def test_an_unknown_tag_is_refused(engine: sa.Engine) -> None:
    with pytest.raises(UnknownTag):
        AuditLog(engine).add("record:improved", "Pat")
    engine.dispose()

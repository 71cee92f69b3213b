"""The event log: closed vocabulary, and nobody can change it unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.catalog.audit import AuditLog, UnknownTag
from indexer.catalog.database import connect, transaction
from indexer.catalog.tables import events


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return connect(f"sqlite:///{tmp_path / 'c.sqlite3'}")


def test_events_follow_each_other(engine: sa.Engine) -> None:
    log = AuditLog(engine)
    for number in range(3):
        log.add("search:run", "Pat", f"query {number}", {"total": number})
    assert [event.subject for event in log.newest()] == ["query 2", "query 1", "query 0"]
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

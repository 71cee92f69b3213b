"""An event that has to wait for the log is never lost, never written twice, and keeps no page waiting."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.catalog.audit import AuditLog, UnknownTag
from indexer.catalog.database import Busy, connect, transaction
from indexer.catalog.tables import events
from portal import event_queue
from portal.event_queue import EventQueue

pytestmark = pytest.mark.databases


@pytest.fixture(name="db")
def a_catalog(tmp_path: Path) -> sa.Engine:
    return connect(f"sqlite:///{tmp_path / 'catalog.sqlite3'}")


def subjects(db: sa.Engine) -> list[str]:
    with db.connect() as connection:
        return list(connection.execute(sa.select(events.c.subject).order_by(events.c.id)).scalars())


def until(what: object, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:  # type: ignore[operator]  # a function without arguments
        time.sleep(0.02)


def test_an_event_is_in_the_log_at_once_while_nobody_else_writes(db: sa.Engine, tmp_path: Path) -> None:
    late = EventQueue(tmp_path / "late", db)
    late.note(AuditLog(db), "search:run", "rhea", "flood", None)
    assert subjects(db) == ["flood"]
    assert late.waiting() == 0


def test_many_threads_write_together_and_nothing_is_lost_or_doubled(db: sa.Engine, tmp_path: Path) -> None:
    late, log = EventQueue(tmp_path / "late", db), AuditLog(db)

    def search(reader: int) -> None:
        for number in range(15):
            late.note(log, "search:run", "rhea", f"{reader}-{number}", None)

    threads = [threading.Thread(target=search, args=(reader,)) for reader in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: not late.waiting())
    found = subjects(db)
    assert sorted(found) == sorted(f"{reader}-{number}" for reader in range(8) for number in range(15))
    for reader in range(8):
        assert [one for one in found if one.startswith(f"{reader}-")] == [f"{reader}-{number}" for number in range(15)]
    assert log.broken_at() is None
    late.close()


def test_while_somebody_writes_for_long_events_wait_on_the_disk_and_the_page_does_not(
    db: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_queue, "ROUND", 0.05)
    late, log = EventQueue(tmp_path / "late", db), AuditLog(db)
    log.add("user:signed-in", "rhea", "before")
    with transaction(db):
        begun = time.monotonic()
        for word in ("one", "two", "three"):
            late.note(log, "search:run", "rhea", word, {"total": 1})
        assert time.monotonic() - begun < 2
        assert late.waiting() == 3
        assert subjects(db) == ["before"]
    until(lambda: not late.waiting())
    assert subjects(db) == ["before", "one", "two", "three"]
    assert log.broken_at() is None
    until(lambda: late._writer is None)
    late.note(log, "search:run", "rhea", "four", None)
    assert subjects(db)[-1] == "four"
    late.close()


def test_what_a_killed_process_left_is_written_by_the_next_one_and_only_once(db: sa.Engine, tmp_path: Path) -> None:
    killed = EventQueue(tmp_path / "late", db)
    killed._stop.set()  # it has no thread that would write
    with transaction(db):
        killed.note(AuditLog(db), "search:run", "rhea", "waits", None)
    kept = (tmp_path / "late").read_bytes(), (tmp_path / "late-wal").read_bytes() if (tmp_path / "late-wal").exists() else b""
    assert any(b"waits" in part for part in kept)
    again = EventQueue(tmp_path / "late", db)
    until(lambda: not again.waiting())
    again.close()
    assert subjects(db) == ["waits"]
    for suffix, content in zip(("", "-wal"), kept, strict=True):  # killed after the log's commit, before the line was emptied
        (tmp_path / f"second{suffix}").write_bytes(content)
    third = EventQueue(tmp_path / "second", db)
    until(lambda: not third.waiting())
    third.close()
    assert subjects(db) == ["waits"]


def test_what_waits_keeps_the_time_of_the_deed(db: sa.Engine, tmp_path: Path) -> None:
    late, log = EventQueue(tmp_path / "late", db), AuditLog(db)
    late._stop.set()
    with transaction(db):
        late.note(log, "search:run", "rhea", "flood", None)
        noted = time.time()
        time.sleep(0.3)
    assert late.write_all() == 1
    assert abs(log.newest(1)[0].at.timestamp() - noted) < 0.25


def test_a_try_that_finds_the_log_taken_leaves_everything_in_line(db: sa.Engine, tmp_path: Path) -> None:
    late = EventQueue(tmp_path / "late", db)
    late._stop.set()
    with transaction(db):
        late.note(AuditLog(db), "search:run", "rhea", "flood", None)
        with pytest.raises(Busy):
            late.write_all(0.05)
        assert late.waiting() == 1


def test_an_unknown_tag_is_refused_before_anything_is_written(db: sa.Engine, tmp_path: Path) -> None:
    late = EventQueue(tmp_path / "late", db)
    with pytest.raises(UnknownTag):
        late.note(AuditLog(db), "search:dreamt", "rhea", "flood", None)
    assert subjects(db) == []

"""A queue in front of the event log, so that no page waits while an archive is completed in the catalog.

While another writer holds the catalog for long, an event goes into a small SQLite file, flushed to disk before the page is
answered, and from there into the log, with its original time, as soon as the log can be written. While an event waits,
later events queue behind it. The next process to start writes the events that a killed process left behind.

Events that must not slow a page down (`note_later`: a picture opened, a page refused) always go through the file, without
waiting for the disk: they survive a killed process; a power failure may lose the last second of them.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from indexer.catalog import AuditLog, Busy, audit, events, transaction

PATIENCE = 0.2  # seconds a page waits for the log
ROUND = 1.0  # seconds between two attempts to write the queue
WRITE_PATIENCE = 5.0  # seconds an attempt waits for the log
BUSY_SECONDS = 30
log = logging.getLogger(__name__)

_TABLE = """CREATE TABLE IF NOT EXISTS late (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, after INTEGER NOT NULL,
    at_us INTEGER NOT NULL, tag TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL)"""


@dataclass(eq=False, slots=True)
class _Event:
    """An event on its way into the log."""

    tag: str
    actor: str
    subject: str
    detail: Mapping[str, object] | None
    at: datetime
    is_written: bool = False
    is_processed: threading.Event = field(default_factory=threading.Event)


class EventQueue:
    """The queue of a data folder, shared by all processes through its file."""

    def __init__(self, path: Path, db: sa.Engine) -> None:
        self._path, self._db = path, db
        self._log_lock = threading.Lock()
        self._pending_lock = threading.Lock()
        self._pending: list[_Event] = []
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None
        self._is_behind = False  # an event waits because the log was busy; later events queue behind it
        self._has_more = False  # the file holds events of `note_later`
        _prepare(path)
        if self.waiting():
            self._is_behind = True
            self._start()

    def note(self, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:
        """Write an event to the log, or to the queue if the log is busy. Raises UnknownTag.

        The threads of a process take turns; each writes the events of all waiting threads, so that many pages share one
        write to the disk.
        """
        if tag not in audit.TAGS:
            raise audit.UnknownTag(tag)
        event = _Event(tag, actor, subject, detail, datetime.now(UTC))
        if not self._is_behind and self._write_in_turn(event):
            return
        self._is_behind = True
        self._put(event, log_, "FULL")
        self._start()

    def note_later(self, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:
        """Queue an event without a write to the catalog; the next writer takes it along. Raises UnknownTag."""
        if tag not in audit.TAGS:
            raise audit.UnknownTag(tag)
        self._put(_Event(tag, actor, subject, detail, datetime.now(UTC)), log_, "NORMAL")
        self._has_more = True
        self._start()

    def _put(self, event: _Event, log_: AuditLog, synchronous: str) -> None:
        _put(self._path, event, log_, synchronous)

    def _write_in_turn(self, event: _Event) -> bool:
        """Write an event and all pending ones in one transaction; False if the log is busy for too long."""
        with self._pending_lock:
            self._pending.append(event)
        if self._log_lock.acquire(timeout=PATIENCE):
            try:
                with self._pending_lock:
                    batch, self._pending = self._pending, []
                if batch:
                    self._write_batch(batch)
            finally:
                self._log_lock.release()
        else:
            with self._pending_lock:
                if event in self._pending:  # no other thread took it: queue it
                    self._pending.remove(event)
                    return False
        event.is_processed.wait()
        return event.is_written

    def _write_batch(self, batch: list[_Event]) -> None:
        try:
            if self._has_more:
                self.write_all(PATIENCE, batch)
            else:
                with transaction(self._db, PATIENCE) as connection:
                    _append(connection, batch)
        except Busy:
            return  # each caller queues its own event
        else:
            for event in batch:
                event.is_written = True
        finally:
            for event in batch:
                event.is_processed.set()

    def waiting(self) -> int:
        """Count the queued events."""
        with closing(self._connect()) as queue:
            return int(queue.execute("SELECT count(*) FROM late").fetchone()[0])

    def write_all(self, patience: float = WRITE_PATIENCE, then: Sequence[_Event] = ()) -> int:
        """Move the queued events into the log in order, followed by `then`; return how many were queued.

        The log is committed before the queue is emptied. A row already in the log (the process was killed in between) is
        recognized by its key and not written again.

        Raises:
            Busy: the log cannot be written yet.
        """
        with transaction(self._db, patience) as connection, closing(self._connect()) as queue:
            queue.execute("BEGIN IMMEDIATE")  # after the log's lock: two processes cannot move the same row
            self._has_more = False
            rows = queue.execute("SELECT id, key, after, at_us, tag, actor, subject, detail FROM late ORDER BY id").fetchall()
            for _id, key, after, at_us, tag, actor, subject, detail in rows:
                logged = sa.select(events.c.id).where(events.c.id > after, events.c.detail.contains(f'"late":"{key}"', autoescape=True))
                if connection.execute(logged).first() is None:
                    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
                    audit.append(connection, tag, actor, subject, {**json.loads(detail), "late": key}, at)
            _append(connection, then)
            connection.commit()
            queue.execute("DELETE FROM late WHERE id <= ?", (rows[-1][0] if rows else 0,))
            queue.execute("COMMIT")
        return len(rows)

    def close(self) -> None:
        """Stop the writer thread; queued events stay on disk."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(WRITE_PATIENCE + ROUND)

    def _start(self) -> None:
        if self._writer is not None:
            return  # already running: it checks again before it stops
        with self._log_lock:
            if self._writer is None and not self._stop.is_set():
                self._writer = threading.Thread(target=self._write_until_empty, name="late-events", daemon=True)
                self._writer.start()

    def _write_until_empty(self) -> None:
        while not self._stop.wait(ROUND):
            try:
                self.write_all()
            except Busy:
                continue
            except Exception:  # the events are on disk, and the next round tries again
                log.exception("events wait for the log")
                continue
            with self._log_lock:
                if not self.waiting():
                    self._is_behind = False
                    self._writer = None
                    break
        if self.waiting():  # queued between the last check and the end
            self._start()

    def _connect(self) -> sqlite3.Connection:
        return _connect(self._path)


def enqueue(path: Path, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:  # noqa: PLR0917  # like AuditLog.add
    """Queue an event for the next process, from a process that starts no writer thread. Raises UnknownTag."""
    if tag not in audit.TAGS:
        raise audit.UnknownTag(tag)
    _prepare(path)
    _put(path, _Event(tag, actor, subject, detail, datetime.now(UTC)), log_, "FULL")


def _prepare(path: Path) -> None:
    with closing(_connect(path)) as queue:
        queue.execute("PRAGMA journal_mode = WAL")
        queue.execute(_TABLE)


def _put(path: Path, event: _Event, log_: AuditLog, synchronous: str) -> None:
    """Insert an event. `synchronous` is SQLite's: FULL waits until it is on disk, NORMAL until the system has it."""
    content = (event.tag, event.actor, event.subject, json.dumps(event.detail or {}))
    row = (secrets.token_hex(8), log_.last_id(), round(event.at.timestamp() * 1_000_000), *content)
    with closing(_connect(path)) as queue:
        queue.execute(f"PRAGMA synchronous = {synchronous}")
        queue.execute("INSERT INTO late (key, after, at_us, tag, actor, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _append(connection: sa.Connection, batch: Sequence[_Event]) -> None:
    for event in batch:
        audit.append(connection, event.tag, event.actor, event.subject, event.detail, event.at)

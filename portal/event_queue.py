"""Events that wait for their turn: a reader's page never waits until an archive has been settled in the catalog.

While somebody else writes for long, an event goes into a small file of its own, on the disk before the page is
answered, and from there into the log, with the time of the deed, as soon as the log can be written. While one waits,
later ones stand in line behind it. What a killed process left is written by the next one that starts.

Events that a page must not pay for (`note_later`: a picture that was opened, a page that was refused) always go through
the file, without waiting for the disk: they survive a killed process, and a power cut may take the last second of them.
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

from indexer.catalog import audit
from indexer.catalog.audit import AuditLog
from indexer.catalog.database import Busy, transaction
from indexer.catalog.tables import events

PATIENCE = 0.2  # seconds that a page waits for the log
ROUND = 1.0  # seconds between two tries to write what waits
WRITE_PATIENCE = 5.0  # seconds that one try waits
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
    settled: threading.Event = field(default_factory=threading.Event)


class EventQueue:
    """The line of one data folder, shared by all processes through its file."""

    def __init__(self, path: Path, db: sa.Engine) -> None:
        self._path, self._db = path, db
        self._turn = threading.Lock()
        self._gathering = threading.Lock()
        self._brought: list[_Event] = []
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None
        self._is_behind = False  # an event waits because the log was busy: later ones stand in line behind it
        self._has_more = False  # events of `note_later` are in the file
        _prepare(path)
        if self.waiting():
            self._is_behind = True
            self._start()

    def note(self, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:
        """Write an event into the log, or into the line. Raises UnknownTag.

        Threads of a process take turns; whose turn it is writes what all the others brought meanwhile too, so that many
        pages wait for one write to the disk together.
        """
        if tag not in audit.TAGS:
            raise audit.UnknownTag(tag)
        note = _Event(tag, actor, subject, detail, datetime.now(UTC))
        if not self._is_behind and self._written_in_turn(note):
            return
        self._is_behind = True
        self._put(note, log_, "FULL")
        self._start()

    def note_later(self, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:
        """Put an event in line without a write to the catalog, for the next writer to take along. Raises UnknownTag."""
        if tag not in audit.TAGS:
            raise audit.UnknownTag(tag)
        self._put(_Event(tag, actor, subject, detail, datetime.now(UTC)), log_, "NORMAL")
        self._has_more = True
        self._start()

    def _put(self, note: _Event, log_: AuditLog, synchronous: str) -> None:
        _put(self._path, note, log_, synchronous)

    def _written_in_turn(self, note: _Event) -> bool:
        """Write a note and all that were brought meanwhile in one transaction; False when the log is busy for too long."""
        with self._gathering:
            self._brought.append(note)
        if self._turn.acquire(timeout=PATIENCE):
            try:
                with self._gathering:
                    taken, self._brought = self._brought, []
                if taken:
                    self._write_together(taken)
            finally:
                self._turn.release()
        else:
            with self._gathering:
                if note in self._brought:  # nobody took it: it goes into the line
                    self._brought.remove(note)
                    return False
        note.settled.wait()
        return note.is_written

    def _write_together(self, waiting_events: list[_Event]) -> None:
        try:
            if self._has_more:
                self.write_all(PATIENCE, waiting_events)
            else:
                with transaction(self._db, PATIENCE) as connection:
                    _append(connection, waiting_events)
        except Busy:
            return  # each of them goes into the line
        else:
            for note in waiting_events:
                note.is_written = True
        finally:
            for note in waiting_events:
                note.settled.set()

    def waiting(self) -> int:
        """Return how many events wait."""
        with closing(self._connect()) as line:
            return int(line.execute("SELECT count(*) FROM late").fetchone()[0])

    def write_all(self, patience: float = WRITE_PATIENCE, then: Sequence[_Event] = ()) -> int:
        """Move what waits into the log, in its order, and `then` behind it; return how many waited.

        Raises Busy when the log cannot be written yet.

        The log is committed before the line is emptied; a row that is in the log already (the process was killed in
        between) is known by its key and not written twice.
        """
        with transaction(self._db, patience) as connection, closing(self._connect()) as line:
            line.execute("BEGIN IMMEDIATE")  # after the log's lock: two processes cannot move the same row
            self._has_more = False
            rows = line.execute("SELECT id, key, after, at_us, tag, actor, subject, detail FROM late ORDER BY id").fetchall()
            for _id, key, after, at_us, tag, actor, subject, detail in rows:
                known = sa.select(events.c.id).where(events.c.id > after, events.c.detail.contains(f'"late":"{key}"', autoescape=True))
                if connection.execute(known).first() is None:
                    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
                    audit.append(connection, tag, actor, subject, {**json.loads(detail), "late": key}, at)
            _append(connection, then)
            connection.commit()
            line.execute("DELETE FROM late WHERE id <= ?", (rows[-1][0] if rows else 0,))
            line.execute("COMMIT")
        return len(rows)

    def close(self) -> None:
        """Let the writing thread end; what waits stays on the disk."""
        self._stop.set()
        if self._writer is not None:
            self._writer.join(WRITE_PATIENCE + ROUND)

    def _start(self) -> None:
        if self._writer is not None:
            return  # at work: it looks once more before it ends
        with self._turn:
            if self._writer is None and not self._stop.is_set():
                self._writer = threading.Thread(target=self._write_until_empty, name="late-events", daemon=True)
                self._writer.start()

    def _write_until_empty(self) -> None:
        while not self._stop.wait(ROUND):
            try:
                self.write_all()
            except Busy:
                continue
            except Exception:  # whatever it is, the events are on the disk and the next round tries again
                log.exception("events wait for the log")
                continue
            with self._turn:
                if not self.waiting():
                    self._is_behind = False
                    self._writer = None
                    break
        if self.waiting():  # put in line between the last look and the end
            self._start()

    def _connect(self) -> sqlite3.Connection:
        return _connect(self._path)


def enqueue(path: Path, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:  # noqa: PLR0917  # as AuditLog.add
    """Put an event in line for whoever serves next, from a process that starts no thread. Raises UnknownTag."""
    if tag not in audit.TAGS:
        raise audit.UnknownTag(tag)
    _prepare(path)
    _put(path, _Event(tag, actor, subject, detail, datetime.now(UTC)), log_, "FULL")


def _prepare(path: Path) -> None:
    with closing(_connect(path)) as line:
        line.execute("PRAGMA journal_mode = WAL")
        line.execute(_TABLE)


def _put(path: Path, note: _Event, log_: AuditLog, synchronous: str) -> None:
    """Insert a note. `synchronous` is SQLite's: FULL, it is on the disk then, or NORMAL, the system has it."""
    content = (note.tag, note.actor, note.subject, json.dumps(note.detail or {}))
    row = (secrets.token_hex(8), log_.last_id(), round(note.at.timestamp() * 1_000_000), *content)
    with closing(_connect(path)) as line:
        line.execute(f"PRAGMA synchronous = {synchronous}")
        line.execute("INSERT INTO late (key, after, at_us, tag, actor, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", row)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def _append(connection: sa.Connection, waiting_events: Sequence[_Event]) -> None:
    for note in waiting_events:
        audit.append(connection, note.tag, note.actor, note.subject, note.detail, note.at)

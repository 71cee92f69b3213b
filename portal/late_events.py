"""Events that wait for their turn: a reader's page never waits until an archive has been settled in the catalogue.

While somebody else writes for long, an event goes into a small file of its own, on the disk before the page is
answered, and from there into the log, with the time of the deed, as soon as the log can be written. While one waits,
later ones stand in line behind it. What a killed process left is written by the next one that starts.
"""

from __future__ import annotations

import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from indexer import audit
from indexer.audit import AuditLog
from indexer.database import Busy, transaction
from indexer.tables import events

PATIENCE = 0.2  # seconds that a page waits for the log
ROUND = 1.0  # seconds between two tries to write what waits
WRITE_PATIENCE = 5.0  # seconds that one try waits
BUSY_SECONDS = 30
log = logging.getLogger(__name__)

_TABLE = """CREATE TABLE IF NOT EXISTS late (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, after INTEGER NOT NULL,
    at_us INTEGER NOT NULL, tag TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL)"""


class LateEvents:
    """The line of one data folder, shared by all processes through its file."""

    def __init__(self, path: Path, db: sa.Engine) -> None:
        self._path, self._db = path, db
        self._turn = threading.Lock()
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None
        with closing(self._connect()) as line:
            line.execute("PRAGMA journal_mode = WAL")
            line.execute(_TABLE)
        if self.waiting():
            self._start()

    def note(self, log_: AuditLog, tag: str, actor: str, subject: str, detail: Mapping[str, object] | None) -> None:
        """Write an event into the log, or into the line. Raises UnknownTag."""
        if tag not in audit.TAGS:
            raise audit.UnknownTag(tag)
        at = datetime.now(UTC)
        # the threads of a process take turns, which is faster than waiting for SQLite's lock
        if self._writer is None and self._turn.acquire(timeout=PATIENCE):
            try:
                log_.add(tag, actor, subject, detail, patience=PATIENCE)
            except Busy:
                pass  # into the line, below
            else:
                return
            finally:
                self._turn.release()
        with self._locked() as line:
            row = (secrets.token_hex(8), log_.last_id(), round(at.timestamp() * 1_000_000), tag, actor, subject, json.dumps(detail or {}))
            line.execute("INSERT INTO late (key, after, at_us, tag, actor, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        self._start()

    def waiting(self) -> int:
        """Return how many events wait."""
        with closing(self._connect()) as line:
            return int(line.execute("SELECT count(*) FROM late").fetchone()[0])

    def write_all(self, patience: float = WRITE_PATIENCE) -> int:
        """Move what waits into the log, in its order; return how many. Raises Busy when the log cannot be written yet.

        The log is committed before the line is emptied; a row that is in the log already (the process was killed in
        between) is known by its key and not written twice.
        """
        with transaction(self._db, patience) as connection, closing(self._connect()) as line:
            line.execute("BEGIN IMMEDIATE")  # after the log's lock: two processes cannot move the same row
            rows = line.execute("SELECT id, key, after, at_us, tag, actor, subject, detail FROM late ORDER BY id").fetchall()
            for _id, key, after, at_us, tag, actor, subject, detail in rows:
                known = sa.select(events.c.id).where(events.c.id > after, events.c.detail.contains(f'"late":"{key}"', autoescape=True))
                if connection.execute(known).first() is None:
                    at = datetime.fromtimestamp(at_us / 1_000_000, UTC)
                    audit.append(connection, tag, actor, subject, {**json.loads(detail), "late": key}, at)
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
                    self._writer = None
                    return

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as line:
            line.execute("BEGIN IMMEDIATE")
            yield line
            line.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.execute("PRAGMA synchronous = FULL")
        return connection

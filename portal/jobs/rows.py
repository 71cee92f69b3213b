"""Long work as rows: what was asked, by whom, how far it is, how it ended. The queue (work.py) only holds their numbers.

A job whose worker was killed is shown as interrupted: its heartbeat has stopped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from indexer.catalog import audit
from indexer.catalog.database import Busy, metadata, transaction
from indexer.catalog.tables import BigId
from indexer.i18n import Sentence, from_json, to_json
from indexer.local_time import from_ms, now_ms
from portal.access.users import users

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("arguments", sa.Text, nullable=False),  # JSON
    sa.Column("result", sa.Text, nullable=False),  # JSON
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("started_ms", sa.BigInteger),
    sa.Column("ended_ms", sa.BigInteger),
    sa.Column("beat_ms", sa.BigInteger),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("rate", sa.Float, nullable=False),
    sa.Column("seconds_left", sa.Float),
)

BEAT_PATIENCE = 0.5  # seconds
SAME_FORM_WITHIN = 600_000  # milliseconds: a form that is sent again later asks for a new job
ONCE = "once"  # among a job's arguments: the form that it came from
SILENT_AFTER = 120_000  # milliseconds without a heartbeat (one every 10 s) after which a worker counts as gone


class JobKind(StrEnum):
    """What kinds of long work there are."""

    TAKE_IN = "take in"
    VERIFY = "verify"
    SET_ZONE = "set zone"
    REREAD = "reread"
    SET_ASIDE = "set aside"
    NAME_ACCOUNT = "name account"
    NAME_PERSON = "name person"
    MERGE_ACCOUNTS = "merge accounts"
    EXPORT = "export"
    TERM_LIST = "term list"
    CERTIFICATE = "certificate"
    CERTIFICATE_CHECK = "certificate check"


class JobState(StrEnum):
    """How a job stands; the value is the word on the screen."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


OPEN_STATES = frozenset({JobState.WAITING, JobState.RUNNING})
RETRY_STATES = frozenset({JobState.FAILED, JobState.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work. Instants are UTC; `rate` is items a second."""

    id: int
    kind: JobKind
    state: JobState
    title: str
    user_id: int
    made_by: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any]
    error: str
    made_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    stage: str
    done: int
    total: int
    rate: float
    seconds_left: float | None

    @property
    def is_open(self) -> bool:
        """Tell whether it still waits or runs."""
        return self.state in OPEN_STATES

    @property
    def can_retry(self) -> bool:
        """Tell whether it can be started again."""
        return self.state in RETRY_STATES


class Jobs:
    """All jobs of one catalog."""

    def __init__(self, db: sa.Engine) -> None:
        self.db = db

    def add(self, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any]) -> int:
        """Write down a new job, waiting; return its number."""
        with transaction(self.db) as connection:
            return self._insert(connection, kind, title, user_id, arguments)

    @staticmethod
    def _insert(connection: sa.Connection, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any]) -> int:
        row = {"kind": kind.value, "state": JobState.WAITING.value, "title": title, "user_id": user_id, "arguments": json.dumps(arguments)}
        empty = {"result": "{}", "error": "", "made_ms": now_ms(), "stage": "", "done": 0, "total": 0, "rate": 0.0}
        made = connection.execute(jobs.insert().values(**row, **empty).returning(jobs.c.id))
        return int(made.scalar_one())

    def add_once(self, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any], once: str) -> tuple[int, bool]:
        """Write down a new job for a form, or return the one that this form has started already; and whether it is new.

        `once` names the form; an empty one is always new. A job that ended badly, or long ago, is not in the way of another.
        """
        with transaction(self.db) as connection:
            recent = sa.select(jobs.c.id, jobs.c.arguments).where(
                jobs.c.user_id == user_id,
                jobs.c.kind == kind.value,
                jobs.c.state.not_in([JobState.FAILED.value, JobState.INTERRUPTED.value]),
                jobs.c.made_ms > now_ms() - SAME_FORM_WITHIN,
            )
            for row in connection.execute(recent) if once else ():
                if json.loads(row.arguments).get(ONCE) == once:
                    return row.id, False
            return self._insert(connection, kind, title, user_id, {**arguments, ONCE: once} if once else arguments), True

    def get(self, job_id: int) -> Job | None:
        """Return one job."""
        return next(iter(self._select(jobs.c.id == job_id, 1)), None)

    def recent(self, limit: int = 20, *, kinds: frozenset[JobKind] | None = None, user_id: int | None = None) -> list[Job]:
        """Return the latest jobs, newest first, of some kinds or of one user."""
        condition = sa.true() if kinds is None else jobs.c.kind.in_([kind.value for kind in kinds])
        return self._select(sa.and_(condition, sa.true() if user_id is None else jobs.c.user_id == user_id), limit)

    def waiting(self) -> list[int]:
        """Return the numbers of all jobs that wait, oldest first."""
        with self.db.connect() as connection:
            return list(
                connection.execute(sa.select(jobs.c.id).where(jobs.c.state == JobState.WAITING.value).order_by(jobs.c.id)).scalars()
            )

    def start(self, job_id: int) -> bool:
        """Claim a waiting job; False when another worker has it or it does not wait."""
        now = now_ms()
        with transaction(self.db) as connection:
            claimed = connection.execute(
                jobs.update()
                .where(jobs.c.id == job_id, jobs.c.state == JobState.WAITING.value)
                .values(
                    state=JobState.RUNNING.value, started_ms=now, beat_ms=now, ended_ms=None, error="", stage="", done=0, total=0, rate=0.0
                )
            )
            return claimed.rowcount == 1

    def beat(self, job_id: int, **progress: Any) -> None:
        """Say that the worker lives, and how far it is (columns stage, done, total, rate, seconds_left).

        While another writer holds the catalog this is left out: the next beat says it, and no work waits for it.
        """
        with suppress(Busy), transaction(self.db, BEAT_PATIENCE) as connection:
            connection.execute(
                jobs.update().where(jobs.c.id == job_id, jobs.c.state == JobState.RUNNING.value).values(beat_ms=now_ms(), **progress)
            )

    def finish(self, job_id: int, result: Mapping[str, Any]) -> None:
        """Write down a good end."""
        with transaction(self.db) as connection:
            _end(connection, job_id, state=JobState.DONE.value, result=json.dumps(result))

    def fail(self, job_id: int, error: str) -> None:
        """Write down a bad end, and an event of it; a sentence is kept so that each reads it in their language."""
        kept = to_json(error) if isinstance(error, Sentence) else error
        with transaction(self.db) as connection:
            _end(connection, job_id, state=JobState.FAILED.value, error=kept)
            _note_failed(connection, jobs.c.id == job_id, str(error))

    def interrupt_running(self) -> int:
        """Mark what a dead worker left behind: called by a new worker that holds the only lock. Returns how many."""
        with transaction(self.db) as connection:
            _note_failed(connection, jobs.c.state == JobState.RUNNING.value, "The worker was stopped in the middle.")
            return connection.execute(
                jobs.update()
                .where(jobs.c.state == JobState.RUNNING.value)
                .values(state=JobState.INTERRUPTED.value, ended_ms=now_ms(), error="The worker was stopped in the middle.")
            ).rowcount

    def retry(self, job_id: int) -> bool:
        """Let a failed or interrupted job wait again; False when it is neither, or somebody else was quicker.

        Looked at and changed in one statement: a job that a worker has just taken, or has ended meanwhile, never runs twice.
        """
        ended_badly = jobs.c.state.in_([JobState.FAILED.value, JobState.INTERRUPTED.value])
        fell_silent = sa.and_(jobs.c.state == JobState.RUNNING.value, jobs.c.beat_ms < now_ms() - SILENT_AFTER)
        with transaction(self.db) as connection:
            changed = connection.execute(
                jobs.update()
                .where(jobs.c.id == job_id, sa.or_(ended_badly, fell_silent))
                .values(state=JobState.WAITING.value, error="", ended_ms=None)
            )
            return changed.rowcount == 1

    def _select(self, condition: sa.ColumnElement[bool], limit: int) -> list[Job]:
        query = sa.select(jobs, users.c.name.label("made_by")).join(users).where(condition).order_by(jobs.c.id.desc()).limit(limit)
        with self.db.connect() as connection:
            return [_job(row) for row in connection.execute(query)]


def _end(connection: sa.Connection, job_id: int, **columns: Any) -> None:
    connection.execute(jobs.update().where(jobs.c.id == job_id).values(ended_ms=now_ms(), seconds_left=None, **columns))


def _note_failed(connection: sa.Connection, which: sa.ColumnElement[bool], why: str) -> None:
    for job in connection.execute(sa.select(jobs.c.id, jobs.c.kind, jobs.c.title, users.c.name).join(users).where(which)).all():
        audit.append(connection, "job:failed", job.name, f"job {job.id}", {"kind": job.kind, "title": job.title, "why": why})


def _job(row: sa.Row[Any]) -> Job:
    state = JobState(row.state)
    if state is JobState.RUNNING and row.beat_ms < now_ms() - SILENT_AFTER:
        state = JobState.INTERRUPTED
    return Job(
        id=row.id,
        kind=JobKind(row.kind),
        state=state,
        title=row.title,
        user_id=row.user_id,
        made_by=row.made_by,
        arguments=json.loads(row.arguments),
        result=json.loads(row.result),
        error=from_json(row.error, "") if row.error.startswith('{"say":') else row.error,
        made_at=from_ms(row.made_ms),
        started_at=from_ms(row.started_ms),
        ended_at=from_ms(row.ended_ms),
        stage=row.stage,
        done=row.done,
        total=row.total,
        rate=row.rate,
        seconds_left=row.seconds_left,
    )

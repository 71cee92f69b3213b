"""Long-running jobs as database rows: arguments, user, progress and result. The queue (queue.py) holds only their ids.

A job whose worker was killed is shown as interrupted, because its heartbeat has stopped.
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

from indexer.catalog import BigId, Busy, Text, audit, metadata, transaction
from indexer.i18n import Sentence, from_json, to_json
from indexer.local_time import from_ms, now_ms
from portal.access import users

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("state", Text, nullable=False, index=True),
    sa.Column("title", Text, nullable=False),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("arguments", Text, nullable=False),  # JSON
    sa.Column("result", Text, nullable=False),  # JSON
    sa.Column("error", Text, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("started_ms", sa.BigInteger),
    sa.Column("ended_ms", sa.BigInteger),
    sa.Column("beat_ms", sa.BigInteger),
    sa.Column("stage", Text, nullable=False),
    sa.Column("done", sa.BigInteger, nullable=False),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("rate", sa.Float, nullable=False),
    sa.Column("seconds_left", sa.Float),
    sa.Column("stop_ms", sa.BigInteger),  # when its user asked to stop it; NULL while nobody has
    sa.Index("jobs_of_user", "user_id", "ended_ms"),
)

BEAT_PATIENCE = 0.5  # seconds
SAME_FORM_WITHIN = 600_000  # milliseconds; the same form submitted later is a new job
ONCE = "once"  # key in a job's arguments: the digest of its form
SET = "set"  # key in a job's arguments: the stored name of the record set that was searched
SILENT_AFTER = 120_000  # milliseconds without a heartbeat (sent every 10 s) after which a worker counts as dead


class JobKind(StrEnum):
    """A kind of long-running job."""

    PREVIEW = "preview"
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


LOCKING = frozenset(
    {
        JobKind.TAKE_IN,
        JobKind.VERIFY,
        JobKind.SET_ZONE,
        JobKind.REREAD,
        JobKind.SET_ASIDE,
        JobKind.NAME_ACCOUNT,
        JobKind.NAME_PERSON,
        JobKind.MERGE_ACCOUNTS,
    }
)
"""The kinds of jobs that hold the lock for writing vault, catalog and index."""


class JobState(StrEnum):
    """The state of a job, as stored."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    STOPPED = "stopped"


OPEN_STATES = frozenset({JobState.WAITING, JobState.RUNNING})
RETRY_STATES = frozenset({JobState.FAILED, JobState.INTERRUPTED, JobState.STOPPED})
STOPPABLE = frozenset({JobKind.EXPORT, JobKind.CERTIFICATE, JobKind.CERTIFICATE_CHECK, JobKind.TERM_LIST, JobKind.VERIFY})
"""Jobs that can be stopped while they run: they change nothing in the catalog, and their files appear whole or not at all."""


@dataclass(frozen=True, slots=True)
class Job:
    """A long-running job. Instants are UTC; `rate` is items per second."""

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
    is_stopping: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the job is waiting or running."""
        return self.state in OPEN_STATES

    @property
    def can_stop(self) -> bool:
        """Whether the job can be stopped: while it waits, or while it only reads."""
        if self.is_stopping:
            return False
        return self.state is JobState.WAITING or (self.state is JobState.RUNNING and self.kind in STOPPABLE)

    @property
    def can_retry(self) -> bool:
        """Whether the job can be restarted."""
        return self.state in RETRY_STATES


_ENDED_SINCE = (
    sa.select(jobs, users.c.name.label("made_by"))
    .join(users)
    .where(jobs.c.user_id == sa.bindparam("user"), jobs.c.ended_ms > sa.bindparam("moment"))
    .order_by(jobs.c.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
"""Run on every page, so the statement is built once."""


class Jobs:
    """The jobs of a catalog."""

    def __init__(self, db: sa.Engine) -> None:
        self.db = db

    def add(self, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any]) -> int:
        """Save a new job in the state waiting; return its id."""
        with transaction(self.db) as connection:
            return self._insert(connection, kind, title, user_id, arguments)

    @staticmethod
    def _insert(connection: sa.Connection, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any]) -> int:
        row = {"kind": kind.value, "state": JobState.WAITING.value, "title": title, "user_id": user_id, "arguments": json.dumps(arguments)}
        empty = {"result": "{}", "error": "", "made_ms": now_ms(), "stage": "", "done": 0, "total": 0, "rate": 0.0}
        inserted = connection.execute(jobs.insert().values(**row, **empty).returning(jobs.c.id))
        return int(inserted.scalar_one())

    def add_once(self, kind: JobKind, title: str, user_id: int, arguments: Mapping[str, Any], once: str) -> tuple[int, bool]:
        """Save a new job for a form, or find the job that the same form already started; return its id and whether it is new.

        `once` identifies the form; an empty value always starts a new job. A failed or older job does not block a new one.
        """
        with transaction(self.db) as connection:
            recent = sa.select(jobs.c.id, jobs.c.arguments).where(
                jobs.c.user_id == user_id,
                jobs.c.kind == kind.value,
                jobs.c.state.not_in([state.value for state in RETRY_STATES]),
                jobs.c.made_ms > now_ms() - SAME_FORM_WITHIN,
            )
            for row in connection.execute(recent) if once else ():
                if json.loads(row.arguments).get(ONCE) == once:
                    return row.id, False
            return self._insert(connection, kind, title, user_id, {**arguments, ONCE: once} if once else arguments), True

    def get(self, job_id: int) -> Job | None:
        """Return a job."""
        return next(iter(self._select(jobs.c.id == job_id, 1)), None)

    def recent(
        self,
        limit: int = 20,
        *,
        kinds: frozenset[JobKind] | None = None,
        states: frozenset[JobState] | None = None,
        user_id: int | None = None,
    ) -> list[Job]:
        """Return the latest jobs, newest first, optionally of some kinds, in some states or of a user."""
        of_kinds = sa.true() if kinds is None else jobs.c.kind.in_([kind.value for kind in kinds])
        in_states = sa.true() if states is None else jobs.c.state.in_([state.value for state in states])
        return self._select(sa.and_(of_kinds, in_states, sa.true() if user_id is None else jobs.c.user_id == user_id), limit)

    def waiting(self) -> list[int]:
        """Return the ids of all waiting jobs, oldest first."""
        with self.db.connect() as connection:
            return list(
                connection.execute(sa.select(jobs.c.id).where(jobs.c.state == JobState.WAITING.value).order_by(jobs.c.id)).scalars()
            )

    def next_archive(self) -> int | None:
        """Return the id of the oldest waiting job that needs the lock, if it takes an archive in."""
        kinds = [kind.value for kind in LOCKING]
        waiting = sa.select(jobs.c.id, jobs.c.kind).where(jobs.c.state == JobState.WAITING.value, jobs.c.kind.in_(kinds))
        with self.db.connect() as connection:
            row = connection.execute(waiting.order_by(jobs.c.id).limit(1)).first()
        return row.id if row is not None and row.kind == JobKind.TAKE_IN.value else None

    def is_lock_wanted(self) -> bool:
        """Return whether a running job other than an ingest may be waiting for the lock of an ingest."""
        with self.db.connect() as connection:
            kinds = [kind.value for kind in LOCKING - {JobKind.TAKE_IN}]
            running = sa.select(jobs.c.id).where(jobs.c.state == JobState.RUNNING.value, jobs.c.kind.in_(kinds))
            return connection.execute(running.limit(1)).first() is not None

    def start(self, job_id: int) -> bool:
        """Claim a waiting job; False if another worker has it or it is not waiting."""
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
        """Record a heartbeat of the worker and its progress (columns stage, done, total, rate, seconds_left).

        Skipped while another writer holds the catalog: no job waits for it, and the next heartbeat catches up.
        """
        with suppress(Busy), transaction(self.db, BEAT_PATIENCE) as connection:
            connection.execute(
                jobs.update().where(jobs.c.id == job_id, jobs.c.state == JobState.RUNNING.value).values(beat_ms=now_ms(), **progress)
            )

    def finish(self, job_id: int, result: Mapping[str, Any]) -> None:
        """Mark a job as done and save its result, even if it was asked to stop too late."""
        with transaction(self.db) as connection:
            _end(connection, job_id, state=JobState.DONE.value, result=json.dumps(result))

    def fail(self, job_id: int, error: str) -> None:
        """Mark a job as failed and log an event; a sentence is stored so that each reader sees it translated."""
        stored = to_json(error) if isinstance(error, Sentence) else error
        with transaction(self.db) as connection:
            _end(connection, job_id, state=JobState.FAILED.value, error=stored)
            _note_failed(connection, jobs.c.id == job_id, str(error))

    def interrupt_running(self) -> int:
        """Mark the jobs a dead worker left running as interrupted; called by a new worker that holds the lock. Returns how many."""
        with transaction(self.db) as connection:
            _note_failed(connection, jobs.c.state == JobState.RUNNING.value, "The worker was stopped in the middle.")
            return connection.execute(
                jobs.update()
                .where(jobs.c.state == JobState.RUNNING.value)
                .values(state=JobState.INTERRUPTED.value, ended_ms=now_ms(), error="The worker was stopped in the middle.")
            ).rowcount

    def retry(self, job_id: int) -> bool:
        """Put a failed, interrupted or stopped job back to waiting; False if it is none of these, or another request was faster.

        A single statement checks and changes it: a job just claimed by a worker, or just ended, never runs twice.
        """
        ended_badly = jobs.c.state.in_([state.value for state in RETRY_STATES])
        fell_silent = sa.and_(jobs.c.state == JobState.RUNNING.value, jobs.c.beat_ms < now_ms() - SILENT_AFTER)
        with transaction(self.db) as connection:
            updated = connection.execute(
                jobs.update()
                .where(jobs.c.id == job_id, sa.or_(ended_badly, fell_silent))
                .values(state=JobState.WAITING.value, error="", ended_ms=None, stop_ms=None)
            )
            return updated.rowcount == 1

    def ask_to_stop(self, job_id: int) -> JobState | None:
        """Stop a waiting job, or ask the worker to stop a running one; return the state it was in, None if it cannot be stopped."""
        with transaction(self.db) as connection:
            waiting = jobs.update().where(jobs.c.id == job_id, jobs.c.state == JobState.WAITING.value)
            if connection.execute(waiting.values(state=JobState.STOPPED.value, stop_ms=now_ms(), ended_ms=now_ms())).rowcount:
                return JobState.WAITING
            kinds = [kind.value for kind in STOPPABLE]
            running = jobs.update().where(jobs.c.id == job_id, jobs.c.state == JobState.RUNNING.value, jobs.c.kind.in_(kinds))
            return JobState.RUNNING if connection.execute(running.values(stop_ms=now_ms())).rowcount else None

    def shall_stop(self, job_id: int) -> bool:
        """Whether the user asked to stop a job."""
        with self.db.connect() as connection:
            return connection.execute(sa.select(jobs.c.stop_ms).where(jobs.c.id == job_id)).scalar() is not None

    def stopped(self, job_id: int) -> None:
        """Mark a job as stopped at its user's request."""
        with transaction(self.db) as connection:
            _end(connection, job_id, state=JobState.STOPPED.value)

    def ended_since(self, user_id: int, moment_ms: int, limit: int) -> list[Job]:
        """Return a user's jobs that ended after a moment, newest first."""
        with self.db.connect() as connection:
            return [_job(row) for row in connection.execute(_ENDED_SINCE, {"user": user_id, "moment": moment_ms, "most": limit})]

    def package_names(self) -> list[str]:
        """Return the names of the packages that exports have made."""
        query = sa.select(jobs.c.result).where(jobs.c.kind == JobKind.EXPORT.value, jobs.c.state == JobState.DONE.value)
        with self.db.connect() as connection:
            results = [json.loads(result) for result in connection.execute(query).scalars()]
        return [str(result["name"]) for result in results if "name" in result]  # older packages are named by their number

    def _select(self, condition: sa.ColumnElement[bool], limit: int) -> list[Job]:
        query = sa.select(jobs, users.c.name.label("made_by")).join(users).where(condition).order_by(jobs.c.id.desc()).limit(limit)
        with self.db.connect() as connection:
            return [_job(row) for row in connection.execute(query)]


def _end(connection: sa.Connection, job_id: int, **columns: Any) -> None:
    connection.execute(jobs.update().where(jobs.c.id == job_id).values(ended_ms=now_ms(), seconds_left=None, **columns))


def _note_failed(connection: sa.Connection, condition: sa.ColumnElement[bool], why: str) -> None:
    for job in connection.execute(sa.select(jobs.c.id, jobs.c.kind, jobs.c.title, users.c.name).join(users).where(condition)).all():
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
        is_stopping=row.stop_ms is not None and state is JobState.RUNNING,
    )

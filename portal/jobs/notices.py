"""Finished jobs that their user has not been told of: each is named once, on the next page the user opens.

What a user has been told of is in the same small SQLite file as record sets, so that no page waits for the catalog's writer.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import sqlalchemy as sa

from indexer.local_time import now_ms, to_ms
from portal.access import Reader
from portal.jobs.rows import Job, Jobs, JobState
from portal.jobs.stored import may_open
from portal.site import site

SHOWN = 3  # jobs named on a page; the others are counted
READ = 20
FIRST_LOOK = 24 * 3600 * 1000  # milliseconds before the first page a user opens
BUSY_SECONDS = 2


def take_new(reader: Reader) -> Sequence[Job]:
    """Return a reader's jobs that ended since the last look, newest first, and remember that they were told.

    Without the database there is no news: the pages that say so use this too.
    """
    try:
        return _take_new(reader)
    except (sa.exc.SQLAlchemyError, sqlite3.Error):
        return ()


def _take_new(reader: Reader) -> Sequence[Job]:
    since = _read(reader.user_id)
    jobs = [job for job in Jobs(site().repository.db).ended_since(reader.user_id, since, READ) if _is_news(reader, job)]
    if jobs:
        mark_told(reader, max(jobs, key=lambda job: to_ms(job.ended_at) or 0))  # which need not be the newest job
    return jobs


def mark_told(reader: Reader, job: Job) -> None:
    """Remember that a reader has been told of a job and of those that ended before it."""
    ended = to_ms(job.ended_at)
    if ended is None or job.user_id != reader.user_id:
        return
    later = "INSERT INTO job_notices VALUES (?, ?) ON CONFLICT (user_id) DO UPDATE SET told_ms = max(told_ms, excluded.told_ms)"
    with closing(_open()) as connection:
        connection.execute(later, (reader.user_id, ended))


def _is_news(reader: Reader, job: Job) -> bool:
    return job.state in {JobState.DONE, JobState.FAILED, JobState.INTERRUPTED} and may_open(reader, job)


def _read(user_id: int) -> int:
    with closing(_open()) as connection:
        row = connection.execute("SELECT told_ms FROM job_notices WHERE user_id = ?", (user_id,)).fetchone()
    return int(row[0]) if row else now_ms() - FIRST_LOOK


def _open() -> sqlite3.Connection:
    connection = sqlite3.connect(site().config.long_queries_file, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS job_notices (user_id INTEGER PRIMARY KEY, told_ms INTEGER NOT NULL)")
    return connection

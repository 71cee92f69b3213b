"""The queue between web workers and the worker process: huey on a SQLite file in the data folder. It holds job numbers only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from huey import SqliteHuey

from portal.access.guard import reader
from portal.config import Config
from portal.jobs import stored
from portal.jobs.rows import JobKind, Jobs
from portal.site import site

WAIT_SECONDS = 30


def job_rows() -> Jobs:
    """Return the jobs of the portal that serves the present request."""
    return Jobs(site().repository.db)


def make_queue(config: Config) -> Any:
    """Return the queue, without any work attached; connections are made on first use, so a fork is safe."""
    return SqliteHuey("showme", filename=str(config.queue_file), results=False, timeout=WAIT_SECONDS)


def make_task(queue: Any, work: Callable[[int], None]) -> Callable[[int], Any]:
    """Attach the work to a queue; calling the result puts a job's number in line.

    The queue names a task by this module and function, so both sides of it must attach their work here.
    """

    def run_job(job_id: int) -> None:
        work(job_id)

    task: Callable[[int], Any] = queue.task()(run_job)
    return task


def put(config: Config, job_id: int) -> None:
    """Put a job in line, from a process that does no work itself."""

    def elsewhere(_job_id: int) -> None:
        raise NotImplementedError("The worker process does the work.")

    make_task(make_queue(config), elsewhere)(job_id)


def start(kind: JobKind, title: str, arguments: Mapping[str, Any]) -> int:
    """Write a job down and put it in line; return its number. A job that does not reach the line is put there by the next worker.

    A form that is sent twice (a double click, a reload) starts one job: the second time its number is returned.
    """
    once = stored.form_digest(request.form, kind, title, arguments)
    job_id, is_new = job_rows().add_once(kind, title, reader().user_id, arguments, once)
    if is_new:
        put(site().config, job_id)
    return job_id


def start_again(job_id: int) -> bool:
    """Let a failed or interrupted job run once more; False when it is neither."""
    if not job_rows().retry(job_id):
        return False
    put(site().config, job_id)
    return True

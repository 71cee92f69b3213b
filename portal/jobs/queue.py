"""The queue between web workers and the worker process: huey on a SQLite file in the data folder. Holds only job ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request
from huey import SqliteHuey

from portal.access import reader
from portal.config import Config
from portal.jobs import stored
from portal.jobs.rows import JobKind, Jobs
from portal.site import site

WAIT_SECONDS = 30


def job_rows() -> Jobs:
    """Return the jobs of the portal that serves the current request."""
    return Jobs(site().repository.db)


def make_queue(config: Config) -> Any:
    """Return the queue without a task; it connects on first use, so forking is safe."""
    return SqliteHuey("showme", filename=str(config.queue_file), results=False, timeout=WAIT_SECONDS)


def make_task(queue: Any, run: Callable[[int], None]) -> Callable[[int], Any]:
    """Register `run` with a queue as a task; calling the task puts a job id in the queue.

    The queue identifies a task by this module and function name, so both sides must register here.
    """

    def run_job(job_id: int) -> None:
        run(job_id)

    task: Callable[[int], Any] = queue.task()(run_job)
    return task


def put(config: Config, job_id: int) -> None:
    """Put a job in the queue, from a process that runs no jobs itself."""

    def run_elsewhere(_job_id: int) -> None:
        raise NotImplementedError("Jobs run in the worker process.")

    make_task(make_queue(config), run_elsewhere)(job_id)


def start(kind: JobKind, title: str, arguments: Mapping[str, Any]) -> int:
    """Save a job, put it in the queue and return its id. The worker picks up jobs that did not reach the queue.

    A form submitted twice (a double click, a reload) starts a single job: the second time, its id is returned.
    """
    once = stored.form_digest(request.form, kind, title, arguments)
    job_id, is_new = job_rows().add_once(kind, title, reader().user_id, arguments, once)
    if is_new:
        put(site().config, job_id)
    return job_id


def restart(job_id: int) -> bool:
    """Restart a failed or interrupted job; False if it is neither."""
    if not job_rows().retry(job_id):
        return False
    put(site().config, job_id)
    return True

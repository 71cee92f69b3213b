"""The worker process, `python -m portal worker`: only one per data folder, ensured by a lock."""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from indexer.custody import recover
from indexer.exports import remove_partials
from indexer.repository import Repository, open_repository
from portal import life
from portal.config import Config
from portal.jobs import queue as job_queue
from portal.jobs import runners
from portal.jobs.rows import Jobs
from portal.jobs.staging import KEEP_HOURS, remove_expired
from portal.jobs.uploads import remove_orphans

LOCK_SECONDS = 5.0
ENQUEUE_EVERY = 15.0  # seconds
THREADS = 2  # an export runs while an archive is added; two archives wait for each other
KEEP_UPLOADS = 7 * 24 * 3600  # seconds an upload is kept after its job failed, so that the job can be restarted
log = logging.getLogger(__name__)


class AlreadyRunning(Exception):
    """Another worker holds the lock of this data folder."""


def serve(config: Config) -> None:
    """Run jobs from the queue until the process is stopped. Raises AlreadyRunning."""
    with _lock(config):
        repository = open_repository(config.data)
        life.note(config, "worker:started", f"process {os.getpid()}")
        queue = job_queue.make_queue(config)
        task = job_queue.make_task(queue, lambda job_id: runners.run(repository, job_id))
        tidy(repository, config)
        queue.flush()  # the job rows list all waiting jobs; entries left in the queue may be obsolete
        threading.Thread(target=_enqueue_waiting, args=(repository, queue, task, config), name="enqueue-waiting", daemon=True).start()
        try:
            queue.create_consumer(workers=THREADS, worker_type="thread", periodic=False, initial_delay=0.05, max_delay=1.0).run()
        finally:
            life.note(config, "worker:stopped", f"process {os.getpid()}")


def is_running(config: Config) -> bool:
    """Whether a worker holds the lock."""
    try:
        with config.worker_lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def tidy(repository: Repository, config: Config) -> None:
    """Clean up after a dead worker: mark its jobs interrupted, roll back an unfinished ingest, remove old uploads."""
    interrupted = Jobs(repository.db).interrupt_running()
    rolled_back = recover(repository)
    if interrupted or rolled_back:
        log.warning("%s jobs were interrupted, %s unfinished captures were rolled back", interrupted, rolled_back)
    for folder in (repository.paths.exports, repository.paths.certificates):
        remove_partials(folder)
    remove_orphans(config.uploads)
    now = time.time()
    for path in config.uploads.glob("*"):
        if path.stat().st_mtime < now - KEEP_UPLOADS:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def discard_expired(repository: Repository, config: Config) -> None:
    """Remove uploaded files that nobody added in time, and log each."""
    for name in remove_expired(config.uploads):
        repository.audit.add("upload:discarded", "worker", name, {"why": f"not added within {KEEP_HOURS} hours"})


def _enqueue_waiting(repository: Repository, queue: Any, task: Callable[[int], Any], config: Config) -> None:
    """Fill an empty queue with all waiting jobs, at start and again at intervals; remove orphaned uploads."""
    while True:
        try:
            if not queue.pending_count():
                for job_id in Jobs(repository.db).waiting():
                    task(job_id)
            remove_orphans(config.uploads)
            discard_expired(repository, config)
        except Exception:  # a locked database passes; the next round tries again
            log.exception("waiting jobs could not be put in the queue")
        time.sleep(ENQUEUE_EVERY)


@contextmanager
def _lock(config: Config) -> Iterator[None]:
    with config.worker_lock.open("a") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise AlreadyRunning(f"Another worker runs for {config.data}.") from None
                time.sleep(0.1)
        yield

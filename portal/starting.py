"""Starts long work: a row that says what was asked, then its number in the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal import job_queue
from portal.guard import reader
from portal.jobs import JobKind
from portal.site import site


def start(kind: JobKind, title: str, arguments: Mapping[str, Any]) -> int:
    """Write a job down and put it in line; return its number. A job that does not reach the line is put there by the next worker."""
    job_id = site().jobs.add(kind, title, reader().user_id, arguments)
    job_queue.put(site().config, job_id)
    return job_id


def start_again(job_id: int) -> bool:
    """Let a failed or interrupted job run once more; False when it is neither."""
    if not site().jobs.retry(job_id):
        return False
    job_queue.put(site().config, job_id)
    return True

"""Long work: rows, queue, runners and the worker."""

from portal.jobs import notices, stored, uploads, words, worker
from portal.jobs.queue import job_rows, restart, start
from portal.jobs.rows import SET, Job, JobKind, JobState
from portal.jobs.runners import certificate_file, check_file, export_file
from portal.jobs.stored import may_open
from portal.jobs.uploads import NoRoom
from portal.jobs.words import progress
from portal.jobs.worker import is_running

__all__ = [
    "SET",
    "Job",
    "JobKind",
    "JobState",
    "NoRoom",
    "certificate_file",
    "check_file",
    "export_file",
    "is_running",
    "job_rows",
    "may_open",
    "notices",
    "progress",
    "restart",
    "start",
    "stored",
    "uploads",
    "words",
    "worker",
]

"""Long work: rows, queue, runners and the worker."""

from portal.jobs import notices, previews, staging, stored, uploads, words, worker
from portal.jobs.previews import PreviewItem
from portal.jobs.queue import job_rows, restart, start
from portal.jobs.rows import LOCKING, OPEN_STATES, SET, Job, JobKind, Jobs, JobState
from portal.jobs.runners import certificate_file, check_file, export_file
from portal.jobs.staging import StagedUpload
from portal.jobs.stored import may_open
from portal.jobs.uploads import NoRoom
from portal.jobs.words import progress
from portal.jobs.worker import is_running

__all__ = [
    "LOCKING",
    "OPEN_STATES",
    "SET",
    "Job",
    "JobKind",
    "JobState",
    "Jobs",
    "NoRoom",
    "PreviewItem",
    "StagedUpload",
    "certificate_file",
    "check_file",
    "export_file",
    "is_running",
    "job_rows",
    "may_open",
    "notices",
    "previews",
    "progress",
    "restart",
    "staging",
    "start",
    "stored",
    "uploads",
    "words",
    "worker",
]

"""Who may see a job: its maker or who takes archives in; an export only while it lies within what one may see today."""

from __future__ import annotations

from portal import stored_request
from portal.access import Reader, Right, still_covers
from portal.jobs import Job, JobKind


def may_open(reader: Reader, job: Job) -> bool:
    """Tell whether a reader may see a job, and download what it made."""
    if job.kind is not JobKind.EXPORT:
        return reader.may(Right.TAKE_IN)
    is_theirs = job.user_id == reader.user_id or reader.may(Right.TAKE_IN)
    return is_theirs and reader.may(Right.EXPORT) and still_covers(reader, stored_request.decode(job.arguments).filters)

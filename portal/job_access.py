"""Who may see a job: its maker or who takes archives in; an export or a certificate only while it lies within what one may see today.

A term list is its maker's alone, and only while what it was run over lies within what its maker may see today.
"""

from __future__ import annotations

from portal import stored_request
from portal.access import Reader, Right, still_covers
from portal.jobs import Job, JobKind

CERTIFYING = frozenset({JobKind.CERTIFICATE, JobKind.CERTIFICATE_CHECK})


def may_open(reader: Reader, job: Job) -> bool:
    """Tell whether a reader may see a job, and download what it made."""
    if job.kind is JobKind.TERM_LIST:  # only its maker's: the terms are a lawyer's work
        return job.user_id == reader.user_id and reader.may(Right.SEARCH) and _is_covered(reader, job)
    if job.kind in CERTIFYING:
        return _is_theirs(reader, job) and reader.may(Right.CERTIFY) and _is_covered(reader, job)
    if job.kind is not JobKind.EXPORT:
        return reader.may(Right.TAKE_IN)
    return _is_theirs(reader, job) and reader.may(Right.EXPORT) and _is_covered(reader, job)


def _is_theirs(reader: Reader, job: Job) -> bool:
    return job.user_id == reader.user_id or reader.may(Right.TAKE_IN)


def _is_covered(reader: Reader, job: Job) -> bool:
    return still_covers(reader, stored_request.decode(job.arguments).filters)

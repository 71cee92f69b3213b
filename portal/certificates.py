"""Certificates as pages show them: who may open which, what they say, and how their checks ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort

from indexer.catalog.models import RecordView
from indexer.certificates import check, check_words, file_format
from indexer.certificates.check import Check, RecordChange
from indexer.certificates.file_format import Header
from indexer.certificates.pdf import document
from portal.access.guard import reader
from portal.access.rules import Right, may_see
from portal.jobs.queue import job_rows
from portal.jobs.rows import Job, JobKind, JobState
from portal.jobs.runners import certificate_file, check_file
from portal.jobs.stored import may_open
from portal.site import site

LISTED = 50
SHOWN = 100  # records of each kind on the page of a check; the file has all


@dataclass(frozen=True, slots=True)
class Proof:
    """A finished certificate: its job, its header, and the document as blocks, the same as on paper."""

    job: Job
    header: Header
    blocks: list[dict[str, Any]]


def certificates() -> list[Job]:
    """Return the certificates that the reader may open, newest first, unfinished ones included."""
    return [job for job in _recent(JobKind.CERTIFICATE) if may_open(reader(), job)]


def checks(certificate: int) -> list[Job]:
    """Return the checks of one certificate that the reader may open, newest first."""
    return [job for job in _recent(JobKind.CERTIFICATE_CHECK) if job.arguments["certificate"] == certificate and may_open(reader(), job)]


def job_of(job_id: int, kind: JobKind = JobKind.CERTIFICATE) -> Job:
    """Return the job of a certificate or of a check; 404 for every other, whether it is there or not."""
    job = job_rows().get(job_id)
    if job is None or job.kind is not kind or not may_open(reader(), job):
        abort(404)
    return job


def finished(job_id: int, kind: JobKind = JobKind.CERTIFICATE) -> Job:
    """Return the job of a finished certificate or check; 404 while it is not finished."""
    job = job_of(job_id, kind)
    if job.state is not JobState.DONE:
        abort(404)
    return job


def proof(job: Job) -> Proof:
    """Return what a finished certificate says; 404 when its files were taken away."""
    path = certificate_file(site().repository, job.id)
    if not path.is_file():
        abort(404)
    header = file_format.read_header(path)
    blocks = [one for one in document(header, path.name, job.result["json_sha256"])["blocks"] if one["kind"] not in {"title", "signature"}]
    return Proof(job, header, blocks)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished check: what it says, and its records by kind, as many as a page shows."""

    check: Check
    says: list[str]
    groups: tuple[tuple[str, tuple[RecordChange, ...], int], ...]
    views: dict[str, RecordView]  # of the records shown, those that are held and that the reader may see


def outcome(job: Job) -> Outcome:
    """Return how a finished check ended; 404 when its file was taken away."""
    path = check_file(site().repository, job.id)
    if not path.is_file():
        abort(404)
    kept = check.load_check(path)
    parts = (("new", kept.new), ("changed", kept.changed), ("gone", kept.gone))
    groups = tuple((name, found[:SHOWN], len(found)) for name, found in parts if found)
    held = (site().repository.catalog.record(one.record_id) for _name, found, _count in groups for one in found if one.origin)
    views = {view.record_id: view for view in held if view is not None and may_see(reader(), view)}
    return Outcome(kept, check_words.sentences(kept), groups, views)


def _recent(kind: JobKind) -> list[Job]:
    maker = None if reader().may(Right.TAKE_IN) else reader().user_id
    return job_rows().recent(LISTED, kinds=frozenset({kind}), user_id=maker)

"""Certificates and their checks for the pages that show them, within the reader's permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort

from indexer.catalog import RecordView
from indexer.certificates import Check, Header, RecordChange, check, check_words, document, file_format
from portal.access import Right, may_see, reader
from portal.jobs import Job, JobKind, JobState, certificate_file, check_file, job_rows, may_open
from portal.site import site

LISTED = 50
SHOWN = 100  # records of each kind on a check's page; the file lists all


@dataclass(frozen=True, slots=True)
class Proof:
    """A finished certificate: its job, its header, and its document (`front` and `annexes`), the same as the PDF."""

    job: Job
    header: Header
    document: dict[str, Any]


def certificates() -> list[Job]:
    """Return the certificates that the reader may open, newest first, unfinished ones included."""
    return [job for job in _recent(JobKind.CERTIFICATE) if may_open(reader(), job)]


def checks(certificate: int) -> list[Job]:
    """Return the checks of a certificate that the reader may open, newest first."""
    return [job for job in _recent(JobKind.CERTIFICATE_CHECK) if job.arguments["certificate"] == certificate and may_open(reader(), job)]


def certificate_job(job_id: int, kind: JobKind = JobKind.CERTIFICATE) -> Job:
    """Return the job of a certificate or of a check; 404 if it does not exist or the reader may not open it."""
    job = job_rows().get(job_id)
    if job is None or job.kind is not kind or not may_open(reader(), job):
        abort(404)
    return job


def finished_job(job_id: int, kind: JobKind = JobKind.CERTIFICATE) -> Job:
    """Return the job of a finished certificate or check; 404 until it has finished."""
    job = certificate_job(job_id, kind)
    if job.state is not JobState.DONE:
        abort(404)
    return job


def proof(job: Job) -> Proof:
    """Return the content of a finished certificate; 404 if its files were removed."""
    path = certificate_file(site().repository, job.id)
    if not path.is_file():
        abort(404)
    header = file_format.read_header(path)
    return Proof(job, header, document(header, path.name, job.result["json_sha256"]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished check: its sentences, and the first records of each kind of change."""

    check: Check
    sentences: list[str]
    groups: tuple[tuple[str, tuple[RecordChange, ...], int], ...]
    views: dict[str, RecordView]  # the records shown that are still held and that the reader may see


def outcome(job: Job) -> Outcome:
    """Return the outcome of a finished check; 404 if its file was removed."""
    path = check_file(site().repository, job.id)
    if not path.is_file():
        abort(404)
    saved = check.load_check(path)
    parts = (("new", saved.new), ("changed", saved.changed), ("gone", saved.gone))
    groups = tuple((name, changes[:SHOWN], len(changes)) for name, changes in parts if changes)
    held = (site().repository.catalog.record(change.record_id) for _name, changes, _count in groups for change in changes if change.origin)
    views = {view.record_id: view for view in held if view is not None and may_see(reader(), view)}
    return Outcome(saved, check_words.sentences(saved), groups, views)


def _recent(kind: JobKind) -> list[Job]:
    maker = None if reader().may(Right.TAKE_IN) else reader().user_id
    return job_rows().recent(LISTED, kinds=frozenset({kind}), user_id=maker)

"""Certificates, their checks, and files handed in to be checked, for the pages that show them."""

from __future__ import annotations

import shutil
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import abort, request

from indexer.atomic_files import scratch_folder
from indexer.catalog import RecordView
from indexer.certificates import (
    CertificateFailed,
    Check,
    FileCheck,
    FileState,
    Header,
    NotACertificate,
    RecordChange,
    check,
    check_words,
    document,
    file_check,
    file_check_words,
    file_format,
    rebuild_search,
    verify,
)
from indexer.search import NotAnswered
from portal.access import Right, may_see, reader, still_covers
from portal.config import MAX_CHECK, MAX_PUBLIC_CHECK
from portal.i18n import error_text
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
    return _outcome(check.load_check(path))


def _outcome(saved: Check) -> Outcome:
    parts = (("new", saved.new), ("changed", saved.changed), ("gone", saved.gone))
    groups = tuple((name, changes[:SHOWN], len(changes)) for name, changes in parts if changes)
    held = (site().repository.catalog.record(change.record_id) for _name, changes, _count in groups for change in changes if change.origin)
    views = {view.record_id: view for view in held if view is not None and may_see(reader(), view)}
    return Outcome(saved, check_words.sentences(saved), groups, views)


def _recent(kind: JobKind) -> list[Job]:
    maker = None if reader().may(Right.TAKE_IN) else reader().user_id
    return job_rows().recent(LISTED, kinds=frozenset({kind}), user_id=maker)


MAX_UNPACKED: Final = 4
"""A package may unpack to this many times the largest file that is taken."""

MAX_COMPARED: Final = 20_000
"""Records of a certificate that are compared while the reader waits; a longer list is compared by the certificate's own page."""

WAIT_SECONDS: Final = 10.0
_turn = threading.Lock()  # one file at a time in each web worker


class TooManyFiles(Exception):
    """Other files are being checked."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A file handed in: the reason it was refused, or its check. `outcome`: what is new, changed, or gone since, if it was compared.

    `reason`: why it was not compared, as a word for the template; `made_here`: the job of the certificate, if the reader may open it.
    """

    name: str
    refusal: str = ""
    check: FileCheck | None = None
    sentences: list[str] = field(default_factory=list)
    outcome: Outcome | None = None
    reason: str = ""
    made_here: Job | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong with the file or with what was compared."""
        return self.check is not None and self.check.is_good and (self.outcome is None or self.outcome.check.went_well)


def check_handed_in(path: Path, name: str, *, is_public: bool) -> HandedIn:
    """Check a file that was handed in, and log it. A stranger learns nothing but whether it is whole and known to the event log.

    Raises TooManyFiles.
    """
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise TooManyFiles
    try:
        checked = file_check.check_file(site().repository, path, (MAX_PUBLIC_CHECK if is_public else MAX_CHECK) * MAX_UNPACKED)
        handed_in = HandedIn(name, check=checked, sentences=file_check_words.sentences(checked))
        if not is_public:
            handed_in = _compare(path, handed_in, checked)
    except NotACertificate as error:
        handed_in = HandedIn(name, refusal=error_text(error))
    finally:
        _turn.release()
    _log(handed_in, is_public=is_public)
    return handed_in


def _log(handed_in: HandedIn, *, is_public: bool) -> None:
    checked = handed_in.check
    detail: Mapping[str, object] = {"refused": True}
    if checked is not None:
        detail = {"kind": checked.kind.value, "file": checked.state.value, "sha256": checked.sha256, "good": checked.is_good}
    certificate = (checked.certificate or checked).id if checked else ""
    actor = f"nobody signed in ({request.remote_addr})" if is_public else reader().name
    site().note_later("certificate:file-checked", actor, certificate, detail)


def _compare(path: Path, handed_in: HandedIn, checked: FileCheck) -> HandedIn:
    """Add what is new, changed, or gone since, for a certificate that was made here and is unaltered, within the reader's permission."""
    certificate = checked.certificate or checked
    if not certificate.id or certificate.state is not FileState.UNALTERED:
        return handed_in
    with scratch_folder("showme-check") as folder:
        source = _certificate_of(path, folder)
        stored = file_format.read(source)
        filters = rebuild_search(stored, site().repository.catalog.accounts()).request.filters
        if not still_covers(reader(), filters):
            return _not_compared(handed_in, "access")
        made_here = next((job for job in certificates() if job.state is JobState.DONE and job.result["id"] == certificate.id), None)
        if certificate.total > MAX_COMPARED:
            return _not_compared(handed_in, "size", made_here)
        try:
            compared = verify.verify(site().repository, source, by=reader().name)
        except (CertificateFailed, NotAnswered) as error:
            return _not_compared(handed_in, error_text(error), made_here)
    return HandedIn(handed_in.name, "", handed_in.check, handed_in.sentences, _outcome(compared), "", made_here)


def _not_compared(handed_in: HandedIn, reason: str, made_here: Job | None = None) -> HandedIn:
    return HandedIn(handed_in.name, "", handed_in.check, handed_in.sentences, None, reason, made_here)


def _certificate_of(path: Path, folder: Path) -> Path:
    """Return the certificate's file: the file itself, or a copy of the one in a package."""
    if not zipfile.is_zipfile(path):
        return path
    target = folder / file_check.CERTIFICATE_NAME
    with zipfile.ZipFile(path) as package, package.open(file_check.certificate_member(package) or "") as inside, target.open("wb") as copy:
        shutil.copyfileobj(inside, copy)
    return target

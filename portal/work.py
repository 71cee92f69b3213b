"""The long work itself, run by the worker: each function does one kind of job and returns its result."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer import certificate, certificate_check, custody, term_list
from indexer.archive import ArchiveError
from indexer.certificate_shape import NoCertificate
from indexer.export_job import export_search, filter_words
from indexer.exports import ExportError
from indexer.house import House
from indexer.ingest import Progress, ingest
from indexer.local_time import UnknownZone
from indexer.saying import say, sentence
from indexer.search import NotAnswered
from portal import stored_request, stored_texts, uploads
from portal.access import Right, narrowed, still_covers
from portal.jobs import Job, JobKind, Jobs
from portal.users import User, Users

BEAT_EVERY = 10.0  # seconds
TELL_EVERY = 0.5  # seconds
log = logging.getLogger(__name__)

Tell = Callable[[Progress], None]


class NotAllowed(Exception):
    """The maker of the job may not do this any more."""


def run(house: House, job_id: int) -> None:
    """Do one job, whatever comes of it: an error becomes the job's text, never a lost job."""
    jobs = Jobs(house.db)
    if not jobs.start(job_id):
        return
    job = jobs.get(job_id)
    user = Users(house.db).by_id(job.user_id) if job else None
    if job is None or user is None:
        jobs.fail(job_id, say("Nobody is known to have asked for this."))
        return
    try:
        with _beating(jobs, job_id) as tell:
            result = _WORK[job.kind](house, job, user, tell)
    except (
        ArchiveError,
        ExportError,
        UnknownZone,
        NotAnswered,
        NotAllowed,
        custody.UnknownCapture,
        term_list.IndexMoved,
        term_list.ListError,
        certificate.CertificateFailed,
        NoCertificate,
    ) as error:
        jobs.fail(job_id, sentence(error))
    except Exception as error:  # one broken job must not end the worker
        log.exception("job %s", job_id)
        jobs.fail(
            job_id,
            say(
                "A fault of Show-Me Records ({fault}). The evidence is safe. The worker's log says more.",
                fault=f"{type(error).__name__}: {error}",
            ),
        )
    else:
        jobs.finish(job_id, result)


def _take_in(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    paths = [Path(path) for path in job.arguments["paths"]]
    source = job.arguments["source"]
    report = ingest(
        house,
        paths,
        taken_by=user.name,
        source=source,
        zone_name=job.arguments["zone"],
        account=job.arguments.get("account", ""),  # jobs of before the field have none
        progress=tell,
    )
    if source == "upload":
        uploads.discard(paths)
    return {"capture": report.capture_id, "already": report.already_captured}


def _verify(house: House, _job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    findings = custody.verify(house, user.name, _counted(tell, "hashing"))
    broken = house.audit.broken_at()
    listed = [{"finding": str(one.finding), "name": one.name, "message": one.message} for one in findings]
    return {"files": len(house.catalogue.vault_files()), "findings": listed, "log_broken_at": broken}


def _set_zone(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    tell(Progress("deriving", 0, 0, 0.0, None))
    changed = custody.set_zone(house, job.arguments["capture"], job.arguments["zone"], user.name)
    return {"capture": job.arguments["capture"], "changed": changed}


def _export(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.EXPORT)
    choices = stored_request.choices(job.arguments)
    if choices.certificate:
        _check(user, Right.CERTIFY)
    stored = stored_request.decode(job.arguments)
    request = replace(stored, filters=narrowed(stored.filters, user.reader))  # by what the maker may see now
    target = export_file(house, job.id)
    target.unlink(missing_ok=True)
    report = export_search(
        house,
        request,
        target,
        by=_signing(user),
        actor=user.name,
        choices=choices,
        organization=job.arguments.get("organization", ""),  # jobs of before the field have none
        progress=_counted(tell, "writing"),
    )
    return {
        "rows": report.rows,
        "media_files": report.media_files,
        "missing_media": report.missing_media,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "context": report.context,
        "pdf_files": report.pdf_files,
    }


def _term_list(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.SEARCH)
    stored = stored_request.decode(job.arguments)
    listed = term_list.read_list(stored.query)
    request = replace(stored, query="*", filters=narrowed(stored.filters, user.reader))  # by what the maker may see now
    words = filter_words(request.filters, house.catalogue.accounts())
    report = term_list.run(house, listed, request, by=user.name, filters=words, progress=_counted(tell, "terms"))
    packed: Mapping[str, Any] = stored_texts.pack(term_list.shape(report))
    return packed


def _certificate(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.CERTIFY)
    stored = stored_request.decode(job.arguments)
    request = replace(stored, filters=narrowed(stored.filters, user.reader))  # by what the maker may see now
    with certificate.certify(house, request, by=_signing(user), progress=_counted(tell, "listing")) as made:
        written = certificate.write(house, made, certificate_file(house, job.id), actor=user.name)
    return {"id": written.id, "total": made.header.found.total, "json_sha256": written.json_digest, "pdf_sha256": written.pdf_digest}


def _certificate_check(house: House, job: Job, user: User, tell: Tell) -> Mapping[str, Any]:
    _check(user, Right.CERTIFY)
    if not still_covers(user.reader, stored_request.decode(job.arguments).filters):
        raise NotAllowed(f"{user.name} may not see any more what the certificate speaks of.")
    made = certificate_file(house, job.arguments["certificate"])
    check = certificate_check.verify(house, made, by=user.name, progress=_counted(tell, "comparing"))
    certificate_check.keep(check, check_file(house, job.id))
    return {"went_well": check.went_well, "identical": check.is_identical}


_WORK: Mapping[JobKind, Callable[[House, Job, User, Tell], Mapping[str, Any]]] = {
    JobKind.TAKE_IN: _take_in,
    JobKind.VERIFY: _verify,
    JobKind.SET_ZONE: _set_zone,
    JobKind.EXPORT: _export,
    JobKind.TERM_LIST: _term_list,
    JobKind.CERTIFICATE: _certificate,
    JobKind.CERTIFICATE_CHECK: _certificate_check,
}


def export_file(house: House, job_id: int) -> Path:
    """Return where the package of an export's job lies, or would lie."""
    return house.paths.exports / f"export-{job_id}.zip"


def certificate_file(house: House, job_id: int) -> Path:
    """Return where the JSON file of a certificate's job lies, or would lie; the PDF is beside it."""
    return house.paths.certificates / f"certificate-{job_id}.json"


def check_file(house: House, job_id: int) -> Path:
    """Return where the result of a check's job lies, or would lie."""
    return house.paths.certificates / f"check-{job_id}.json"


def _signing(user: User) -> str:
    """Return a user as what they make names them."""
    return f"{user.full_name} ({user.name})" if user.full_name else user.name


def _check(user: User, right: Right) -> None:
    """Ask the access rule again when the work begins: it may be hours after the click."""
    if user.is_disabled or not user.reader.may(right):
        raise NotAllowed(f"{user.name} may not do this any more. Nothing was changed.")


@contextmanager
def _beating(jobs: Jobs, job_id: int) -> Iterator[Tell]:
    """Keep the job's heart beating while the work runs, and give a function that writes progress now and then."""
    stop = threading.Event()
    latest: list[Progress] = []
    told = 0.0

    def beat() -> None:
        while not stop.wait(BEAT_EVERY):
            jobs.beat(job_id)

    def tell(progress: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told < TELL_EVERY and latest and latest[-1].stage == progress.stage:
            return
        told = now
        latest[:] = [progress]
        jobs.beat(
            job_id, stage=progress.stage, done=progress.done, total=progress.total, rate=progress.rate, seconds_left=progress.seconds_left
        )

    heart = threading.Thread(target=beat, name=f"beat-{job_id}", daemon=True)
    heart.start()
    try:
        yield tell
    finally:
        stop.set()
        heart.join()


def _counted(tell: Tell, stage: str) -> Callable[[int, int], None]:
    """Return a function that turns (done, total) into progress with a rate and the time left."""
    started = time.monotonic()

    def count(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - started, 0.001)
        tell(Progress(stage, done, total, rate, (total - done) / rate if rate else None))

    return count

"""The work of each kind of job, run by the worker: each function returns the job's result."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.catalog import CaptureView
from indexer.certificates import CertificateFailed, NotACertificate, Paper, certify, save_check
from indexer.certificates import verify as certificate_check
from indexer.certificates import write as write_certificate
from indexer.custody import Custody, DecisionRefused, IngestSession, UnknownCapture, clock, set_zone
from indexer.custody import verify as custody
from indexer.engines import IndexDamaged
from indexer.evidence import ArchiveError
from indexer.exports import ExportError
from indexer.i18n import message_of, pack, say
from indexer.local_time import UnknownZone
from indexer.productions import Maker, TermUnion, export_search
from indexer.progress import Progress, Report, StageTick, Tick
from indexer.query import Dialect
from indexer.repository import Repository
from indexer.search import NotAnswered, Plan, SearchRequest, from_json
from indexer.term_reports import run as term_list
from portal import config, stored_sets
from portal.access import Right, User, Users, restrict, still_covers
from portal.config import LONG_QUERIES
from portal.jobs import decisions, previews, stored, uploads
from portal.jobs.rows import SET, Job, JobKind, Jobs

BEAT_EVERY = 10.0  # seconds
REPORT_EVERY = 0.5  # seconds
_taking_in = threading.Lock()  # held by the thread that takes archives in
log = logging.getLogger(__name__)


class Stopped(Exception):
    """The user stopped the job while it ran."""


class NotAllowed(Exception):
    """The maker of the job no longer has the right to do this."""


def run(repository: Repository, job_id: int) -> None:
    """Run a job. Archives that wait are taken in one after another, in the order of their jobs and in one session."""
    jobs = Jobs(repository.db)
    job = jobs.get(job_id)
    if job is None or job.kind is not JobKind.TAKE_IN:
        _run_one(repository, jobs, job_id)
        return
    # a thread that does not get the lock leaves its job to the thread that has it, which looks again after it lets go
    next_id: int | None = jobs.next_archive() or job_id
    while next_id is not None and _taking_in.acquire(blocking=False):
        try:
            with IngestSession(repository) as session:
                while next_id is not None:
                    _run_one(repository, jobs, next_id, session)
                    next_id = None if jobs.is_lock_wanted() else jobs.next_archive()
        finally:
            _taking_in.release()
        next_id = jobs.next_archive()


def _run_one(repository: Repository, jobs: Jobs, job_id: int, session: IngestSession | None = None) -> None:
    """Run a job; any error becomes the job's message, so that no job is lost."""
    if not jobs.start(job_id):
        return
    job = jobs.get(job_id)
    user = Users(repository.db).by_id(job.user_id) if job else None
    if job is None or user is None:
        jobs.fail(job_id, say("Requester unknown."))
        return
    try:
        with _beating(jobs, job_id) as tell:
            result = _take_in(jobs, job, user, tell, session) if session else _WORK[job.kind](repository, job, user, tell)
    except Stopped:
        jobs.stopped(job_id)
    except IndexDamaged as error:
        jobs.fail(job_id, say("{reason} The evidence is safe. Rebuild the index with: python -m indexer rebuild", reason=str(error)))
    except (
        ArchiveError,
        ExportError,
        UnknownZone,
        NotAnswered,
        NotAllowed,
        DecisionRefused,
        UnknownCapture,
        term_list.IndexChanged,
        term_list.ListError,
        CertificateFailed,
        NotACertificate,
    ) as error:
        jobs.fail(job_id, message_of(error))
    except Exception as error:  # a broken job must not end the worker
        log.exception("job %s", job_id)
        jobs.fail(
            job_id,
            say(
                "An error in Show-Me Records ({fault}). The evidence is safe. See the worker's log for details.",
                fault=f"{type(error).__name__}: {error}",
            ),
        )
    else:
        jobs.finish(job_id, result)


def _take_in(jobs: Jobs, job: Job, user: User, tell: Report, session: IngestSession) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    paths = [Path(path) for path in job.arguments["paths"]]
    source = job.arguments["source"]
    account = job.arguments.get("account", "")  # older jobs lack the field
    report = session.take_in(paths, Custody(user.name, source, job.arguments["zone"], account), tell)
    if jobs.is_lock_wanted() or jobs.next_archive() is None:
        session.close()  # nothing follows: the job ends when its records can be found
    if source == "upload":
        uploads.discard(paths)
    return {
        "capture": report.capture_id,
        "already": report.already_captured,
        "healed": [path.name for path in report.healed],
        "set_aside": report.capture.aside is not None,
        "named": differing_handle(report.capture, job.arguments.get("account", "")) if report.already_captured else "",
    }


def _previews(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    return previews.preview_archives(repository, job, tell)


def differing_handle(capture: CaptureView, handle: str) -> str:
    """Return the handle entered for an archive already held, if its account has another handle."""
    entered = handle.strip().removeprefix("@")
    return entered if capture.account is not None and entered.casefold() != capture.account.handle.casefold() else ""


def _verify(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    level = custody.Level(job.arguments.get("level", "quick"))  # older jobs lack the field
    check = custody.verify(repository, user.name, _stages_counter(tell), level=level)
    findings = [{"finding": str(item.finding), "name": item.name, "message": pack(item.message)} for item in check.findings]
    return {
        "level": str(check.level),
        "files": check.files,
        "findings": findings,
        "total": check.total,
        "log_broken_at": check.log_broken_at,
        "proves": pack(custody.describe_proof(check)),
        "clock": pack(clock.notices(repository)),
    }


def _set_zone(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.TAKE_IN)
    tell(Progress("deriving", 0, 0, 0.0, None))
    changed = set_zone(repository, job.arguments["capture"], job.arguments["zone"], user.name)
    return {"capture": job.arguments["capture"], "changed": changed}


def _request(repository: Repository, job: Job, user: User) -> SearchRequest:
    """Return a job's search, restricted to its maker's permission today. Raises NotAllowed if its record set is not stored."""
    request = from_json(job.arguments)
    if key := job.arguments.get(SET):
        chosen = stored_sets.load_from(repository.paths.data / LONG_QUERIES, key)
        if chosen is None:
            raise NotAllowed(say("The selection of records behind this job is no longer stored. Select the records again."))
        request = replace(request, records=chosen)
    return replace(request, filters=restrict(request.filters, user.reader))


def _export(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.EXPORT)
    choices = replace(
        stored.decode_choices(job.arguments),
        subject=job.arguments.get("about", ""),  # older jobs lack the field
        other_names=frozenset(Jobs(repository.db).package_names()),
    )
    if choices.certificate:
        _check(user, Right.CERTIFY)
    request = _request(repository, job, user)
    target = export_file(repository, job.id)
    target.unlink(missing_ok=True)
    report = export_search(
        repository,
        request,
        target,
        maker=Maker(_signature(user), user.name, job.arguments.get("organization", ""), _paper(job)),  # older jobs lack the field
        choices=choices,
        term_union=TermUnion(tuple(job.arguments.get("terms", ())), Dialect(job.arguments.get("dialect_of_terms", Dialect.PLAIN))),
        progress=_stage_counter(tell, "writing"),
    )
    return {
        "name": report.name,
        "rows": report.rows,
        "media_files": report.media_files,
        "missing_media": report.missing_media,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "context": report.context,
        "pdf_files": report.pdf_files,
    }


def _term_list(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.SEARCH)
    request = _request(repository, job, user)
    listed = term_list.read_list(request.query, keep_numbers=bool(job.arguments.get("keep_numbers")))
    report = term_list.run(repository, listed, request, by=user.name, progress=_stage_counter(tell, "terms"))
    packed: Mapping[str, Any] = pack(term_list.as_json(report))
    return packed


def _certificate(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.CERTIFY)
    plan, report = Plan(repository, _request(repository, job, user)), _stage_counter(tell, "listing")
    with certify(plan, by=_signature(user), paper=_paper(job), progress=report) as draft:
        written = write_certificate(repository, draft, certificate_file(repository, job.id), actor=user.name)
    header, digests = draft.header, {"json_sha256": written.json_digest, "pdf_sha256": written.pdf_digest}
    return {"id": written.id, "total": header.found.total, "list": header.is_list, **digests}


def _paper(job: Job) -> Paper:
    """Return the letterhead of the settings, and the request or matter that the job's form named."""
    return Paper(config.letterhead(), job.arguments.get("subject", ""))  # older jobs lack the field


def _certificate_check(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
    _check(user, Right.CERTIFY)
    if not still_covers(user.reader, from_json(job.arguments).filters):
        raise NotAllowed(f"{user.name} may not see any more what the certificate speaks of.")
    path = certificate_file(repository, job.arguments["certificate"])
    level = custody.Level(job.arguments.get("level", "quick"))  # older jobs lack the field
    check = certificate_check.verify(repository, path, by=user.name, level=level, progress=_stage_counter(tell, "comparing"))
    save_check(check, check_file(repository, job.id))
    return {"went_well": check.went_well, "identical": check.is_identical}


Work = Callable[[Repository, Job, User, Report], Mapping[str, Any]]


def _custodians_only(work: Work) -> Work:
    """Wrap work that requires the right to add archives."""

    def check_and_run(repository: Repository, job: Job, user: User, tell: Report) -> Mapping[str, Any]:
        _check(user, Right.TAKE_IN)
        return work(repository, job, user, tell)

    return check_and_run


_WORK: Mapping[JobKind, Work] = {
    JobKind.PREVIEW: _previews,
    JobKind.VERIFY: _verify,
    JobKind.SET_ZONE: _set_zone,
    JobKind.REREAD: _custodians_only(decisions.reread_captures),
    JobKind.SET_ASIDE: _custodians_only(decisions.set_capture_aside),
    JobKind.NAME_ACCOUNT: _custodians_only(decisions.name_account),
    JobKind.NAME_PERSON: _custodians_only(decisions.name_person),
    JobKind.MERGE_ACCOUNTS: _custodians_only(decisions.merge_accounts),
    JobKind.EXPORT: _export,
    JobKind.TERM_LIST: _term_list,
    JobKind.CERTIFICATE: _certificate,
    JobKind.CERTIFICATE_CHECK: _certificate_check,
}


def export_file(repository: Repository, job_id: int) -> Path:
    """Return the path of an export job's package."""
    return repository.paths.exports / f"export-{job_id}.zip"


def certificate_file(repository: Repository, job_id: int) -> Path:
    """Return the path of a certificate job's JSON file; the PDF is next to it."""
    return repository.paths.certificates / f"certificate-{job_id}.json"


def check_file(repository: Repository, job_id: int) -> Path:
    """Return the path of a certificate check's result."""
    return repository.paths.certificates / f"check-{job_id}.json"


def _signature(user: User) -> str:
    """Return a user's name as printed on exports and certificates."""
    return f"{user.full_name} ({user.name})" if user.full_name else user.name


def _check(user: User, right: Right) -> None:
    """Check the access rule again when the job begins, which may be hours after the click."""
    if user.is_disabled or not user.reader.may(right):
        raise NotAllowed(f"{user.name} may not do this any more. Nothing was changed.")


@contextmanager
def _beating(jobs: Jobs, job_id: int) -> Iterator[Report]:
    """Send heartbeats while a job runs; yield a function that records progress at intervals, and raises Stopped if asked to stop."""
    stop = threading.Event()
    latest: list[Progress] = []
    reported = 0.0

    def beat() -> None:
        while not stop.wait(BEAT_EVERY):
            jobs.beat(job_id)

    def tell(progress: Progress) -> None:
        nonlocal reported
        now = time.monotonic()
        if now - reported < REPORT_EVERY and latest and latest[-1].stage == progress.stage:
            return
        reported = now
        latest[:] = [progress]
        is_complete = progress.total and progress.done >= progress.total
        if not is_complete and jobs.shall_stop(job_id):  # what was begun is removed by the code that began it
            raise Stopped
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


def _stages_counter(tell: Report) -> StageTick:
    """Return a function that turns (stage, done, total) into progress; each stage has its own rate."""
    counters: dict[str, Tick] = {}

    def count(stage: str, done: int, total: int) -> None:
        if stage not in counters:
            counters[stage] = _stage_counter(tell, stage)
        counters[stage](done, total)

    return count


def _stage_counter(tell: Report, stage: str) -> Tick:
    """Return a function that turns (done, total) into progress with rate and time left."""
    started = time.monotonic()

    def count(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - started, 0.001)
        tell(Progress(stage, done, total, rate, (total - done) / rate if rate else None))

    return count

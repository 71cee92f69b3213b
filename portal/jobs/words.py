"""Words for jobs: kinds, states, stages and progress."""

from __future__ import annotations

from datetime import date

from flask import Flask

from indexer.i18n import unpack
from portal.i18n import _, _l, translate_stored
from portal.jobs.rows import Job, JobKind, JobState
from portal.words import bytes_word, days, duration, number

JOB_KINDS = {
    JobKind.TAKE_IN: _l("Adding an archive"),
    JobKind.VERIFY: _l("Verifying evidence and catalog"),
    JobKind.SET_ZONE: _l("Setting an archive's time zone"),
    JobKind.REREAD: _l("Rereading archives"),
    JobKind.SET_ASIDE: _l("Setting an archive aside, or restoring it"),
    JobKind.NAME_ACCOUNT: _l("Naming an account"),
    JobKind.NAME_PERSON: _l("Naming a person"),
    JobKind.MERGE_ACCOUNTS: _l("Merging accounts, or undoing it"),
    JobKind.EXPORT: _l("Export"),
    JobKind.TERM_LIST: _l("Term list"),
    JobKind.CERTIFICATE: _l("Certificate"),
    JobKind.CERTIFICATE_CHECK: _l("Certificate check"),
}
JOB_STATES = {
    JobState.WAITING: _l("waiting"),
    JobState.RUNNING: _l("running"),
    JobState.DONE: _l("done"),
    JobState.FAILED: _l("failed"),
    JobState.INTERRUPTED: _l("interrupted"),
    JobState.STOPPED: _l("stopped"),
}


STAGES = {
    "copying": _l("copying to the vault"),
    "reading": _l("reading records"),
    "indexing": _l("indexing"),
    "hashing": _l("hashing"),
    "writing": _l("saving records"),
    "listing": _l("listing records"),
    "comparing": _l("comparing records"),
    "reading raw items": _l("hashing the raw items of records"),
    "reading again": _l("rereading archives"),
    "deriving": _l("recalculating times"),
    "terms": _l("searching for terms"),
}
BYTE_STAGES = frozenset({"copying", "hashing"})


def install(app: Flask) -> None:
    """Register these words for the templates."""
    app.jinja_env.filters.update(progress=progress, unpacked=unpack, job_subject=subject, job_title=title)
    app.jinja_env.globals.update(JOB_KINDS=JOB_KINDS, JOB_STATES=JOB_STATES)


def subject(job: Job) -> str:
    """Return what a job is about: its title, and the days of its search."""
    days = days_of(job)
    return f"{translate_stored(job.title, is_marked=False)}{f', {days}' if days else ''}"


def days_of(job: Job) -> str:
    """Return the days that a job's search is limited to, in words; empty without any."""
    filters = job.arguments.get("filters") or {}
    first, last = (date.fromisoformat(filters[name]) if filters.get(name) else None for name in ("first_day", "last_day"))
    return days(first, last) if first or last else ""


def title(job: Job) -> str:
    """Return the title of a job's page: how much is done, or its state, then its subject."""
    if job.state is JobState.RUNNING and job.total:
        return f"{min(job.done / job.total, 1):.0%} · {subject(job)}"
    return f"{JOB_STATES[job.state]} · {subject(job)}"


def progress(job: Job) -> str:
    """Describe a job's progress: stage, done of total, rate, time left."""
    if job.state is JobState.WAITING:
        return _("waiting in line")
    if job.state is not JobState.RUNNING:
        return str(JOB_STATES[job.state])
    if job.is_stopping:
        return _("stopping")
    amount = bytes_word if job.stage in BYTE_STAGES else number
    parts = [str(STAGES.get(job.stage, job.stage)) or _("starting")]
    if job.total and job.stage == "reading":  # estimated from the bytes read: the number of records is unknown until the end of the file
        parts.append(_("%(done)s of about %(total)s", done=amount(job.done), total=amount(job.total)))
    elif job.total:
        parts.append(_("%(done)s of %(total)s", done=amount(job.done), total=amount(job.total)))
    elif job.done:
        parts.append(amount(job.done))
    if job.rate >= 1:
        parts.append(_("%(rate)s a second", rate=amount(round(job.rate))))
    if job.seconds_left is not None and job.seconds_left >= 1:
        parts.append(_("about %(time)s left", time=duration(job.seconds_left)))
    return " · ".join(parts)

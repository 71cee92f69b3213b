"""Long work: how far it is, how it ended, trying again, and the download of an export."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.access.guard import needs, reader
from portal.access.rules import Right
from portal.i18n import _
from portal.jobs.queue import job_rows, restart
from portal.jobs.rows import Job, JobKind, JobState
from portal.jobs.runners import export_file
from portal.jobs.stored import may_open
from portal.jobs.words import progress
from portal.jobs.worker import is_running
from portal.site import site

pages = Blueprint("jobs", __name__)

LISTED = 50
OWN_PAGES = {
    JobKind.TERM_LIST: "terms.report",
    JobKind.CERTIFICATE: "certificates.certificate",
    JobKind.CERTIFICATE_CHECK: "certificates.checked",
}
"""Kinds of work whose progress and result stand on a page of their own."""


@pages.get("/exports")
@needs(Right.EXPORT)
def exports() -> ResponseReturnValue:
    """List the exports that the reader may open."""
    maker = None if reader().may(Right.TAKE_IN) else reader().user_id
    found = job_rows().recent(LISTED, kinds=frozenset({JobKind.EXPORT}), user_id=maker)
    return render_template("jobs/exports.html", jobs=[job for job in found if may_open(reader(), job)])


@pages.get("/jobs/<int:job_id>")
@needs(Right.SEARCH)
def job(job_id: int) -> ResponseReturnValue:
    """Show a job; a small script keeps it up to date, and the page works without it."""
    found = _job(job_id)
    return render_template("jobs/job.html", job=found, worker_runs=is_running(site().config))


@pages.get("/jobs/<int:job_id>.json")
@needs(Right.SEARCH)
def as_json(job_id: int) -> ResponseReturnValue:
    """Give the state of a job to the script of its page."""
    found = _job(job_id)
    return jsonify(
        state=found.state.value,
        open=found.is_open,
        stage=found.stage,
        done=found.done,
        total=found.total,
        rate=round(found.rate, 1),
        seconds_left=found.seconds_left,
        words=progress(found),
    )


@pages.post("/jobs/<int:job_id>/retry")
@needs(Right.SEARCH)
def retry(job_id: int) -> ResponseReturnValue:
    """Let a failed or interrupted job run once more, and go on where its result will stand."""
    found = _job(job_id)
    if not restart(job_id):
        flash(_("This job cannot be restarted."), "problem")
    else:
        site().note_later("job:retried", reader().name, f"job {job_id}", {"kind": str(found.kind), "title": found.title})
    return redirect(url_for(OWN_PAGES.get(found.kind, "jobs.job"), job_id=job_id))


@pages.get("/jobs/<int:job_id>/download")
@needs(Right.EXPORT)
def download(job_id: int) -> ResponseReturnValue:
    """Hand over the package of an export."""
    found = _job(job_id)
    file = export_file(site().repository, job_id)
    if found.kind is not JobKind.EXPORT or found.state is not JobState.DONE or not file.is_file():
        abort(404)
    site().note("export:downloaded", reader().name, f"export {job_id}", {"sha256": found.result.get("sha256")})
    answer: Response = send_file(file, mimetype="application/zip", as_attachment=True, download_name=file.name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _job(job_id: int) -> Job:
    found = job_rows().get(job_id)
    if found is None or not may_open(reader(), found):
        abort(404)
    return found

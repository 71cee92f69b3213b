"""Jobs: progress and result, restart, and download of an export."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from indexer.evidence import split_refusal
from portal import capture_words
from portal.access import Right, needs, reader
from portal.i18n import _
from portal.jobs import Job, JobKind, JobState, export_file, is_running, job_rows, may_open, progress, restart, words
from portal.site import site

pages = Blueprint("jobs", __name__)

LISTED = 50
OWN_PAGES = {
    JobKind.PREVIEW: "adding.preview",
    JobKind.TERM_LIST: "terms.report",
    JobKind.CERTIFICATE: "certificates.certificate",
    JobKind.CERTIFICATE_CHECK: "certificates.checked",
}
"""Kinds of jobs that show progress and result on their own page."""


@pages.get("/exports")
@needs(Right.EXPORT)
def exports() -> ResponseReturnValue:
    """List the exports that the reader may open."""
    maker = None if reader().may(Right.TAKE_IN) else reader().user_id
    jobs = job_rows().recent(LISTED, kinds=frozenset({JobKind.EXPORT}), user_id=maker)
    return render_template("jobs/exports.html", jobs=[job for job in jobs if may_open(reader(), job)])


@pages.get("/jobs/<int:job_id>")
@needs(Right.SEARCH)
def job(job_id: int) -> ResponseReturnValue:
    """Show a job; a small script updates the page, which also works without it."""
    job_row = _job(job_id)
    if job_row.kind is JobKind.PREVIEW:
        return redirect(url_for(OWN_PAGES[job_row.kind], job_id=job_id))
    short, details = split_refusal(job_row.error)
    return render_template(
        "jobs/job.html",
        job=job_row,
        worker_runs=is_running(site().config),
        outcome=_outcome(job_row),
        refusal={"short": short, "details": details},
    )


@pages.get("/jobs/<int:job_id>.json")
@needs(Right.SEARCH)
def as_json(job_id: int) -> ResponseReturnValue:
    """Return the state of a job to the script on its page."""
    job_row = _job(job_id)
    return jsonify(
        state=job_row.state.value,
        open=job_row.is_open,
        stage=job_row.stage,
        done=job_row.done,
        total=job_row.total,
        rate=round(job_row.rate, 1),
        seconds_left=job_row.seconds_left,
        words=progress(job_row),
        state_words=str(words.JOB_STATES[job_row.state]),
        title=words.title(job_row),
    )


@pages.post("/jobs/<int:job_id>/retry")
@needs(Right.SEARCH)
def retry(job_id: int) -> ResponseReturnValue:
    """Restart a failed or interrupted job, and redirect to the page of its result."""
    job_row = _job(job_id)
    if not restart(job_id):
        flash(_("This job cannot be restarted."), "problem")
    else:
        site().note_later("job:retried", reader().name, f"job {job_id}", {"kind": str(job_row.kind), "title": job_row.title})
    return redirect(url_for(OWN_PAGES.get(job_row.kind, "jobs.job"), job_id=job_id))


@pages.post("/jobs/<int:job_id>/stop")
@needs(Right.SEARCH)
def stop(job_id: int) -> ResponseReturnValue:
    """Stop a job that waits, or ask the worker to stop one that only reads."""
    job_row = _job(job_id)
    was = job_rows().ask_to_stop(job_id) if job_row.can_stop else None
    if was is None:
        flash(_("This job cannot be stopped any more."), "problem")
    else:
        site().note_later(
            "job:stopped", reader().name, f"job {job_id}", {"kind": str(job_row.kind), "title": job_row.title, "was": was.value}
        )
    return redirect(url_for(OWN_PAGES.get(job_row.kind, "jobs.job"), job_id=job_id))


@pages.get("/jobs/<int:job_id>/download")
@needs(Right.EXPORT)
def download(job_id: int) -> ResponseReturnValue:
    """Download the package of an export."""
    job_row = _job(job_id)
    file = export_file(site().repository, job_id)
    if job_row.kind is not JobKind.EXPORT or job_row.state is not JobState.DONE or not file.is_file():
        abort(404)
    site().note("export:downloaded", reader().name, f"export {job_id}", {"sha256": job_row.result.get("sha256")})
    response: Response = send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=f"{job_row.result.get('name') or file.stem}.zip", max_age=0
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _outcome(job_row: Job) -> dict[str, Any] | None:
    """Return the sentences on an archive that was added; None for any other job."""
    if job_row.kind is not JobKind.TAKE_IN or job_row.state is not JobState.DONE:
        return None
    catalog = site().repository.catalog
    capture = catalog.capture(job_row.result["capture"], with_set_aside=True)
    if capture is None:
        return None
    return {"summary": capture_words.describe(capture, catalog.contents(capture.id)), "faults": capture_words.faults(capture)}


def _job(job_id: int) -> Job:
    job_row = job_rows().get(job_id)
    if job_row is None or not may_open(reader(), job_row):
        abort(404)
    return job_row

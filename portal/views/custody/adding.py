"""Adding archives in two steps: files are uploaded (or chosen on the server) and previewed, then added or removed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import platforms
from indexer.custody import LONGEST_NAME
from indexer.evidence import is_junk
from indexer.local_time import UnknownZone, zone
from portal.access import UPLOAD_LIMIT, Right, limiter, needs, reader
from portal.i18n import _, error_text
from portal.jobs import Job, JobKind, JobState, PreviewItem, StagedUpload, is_running, job_rows, previews, staging, start
from portal.site import site

pages = Blueprint("adding", __name__)
_Value = TypeVar("_Value", StagedUpload, Path)

MOST_FILES = 50  # of one form
TITLE = 200  # characters of a job's title


@pages.get("/archives/add")
@needs(Right.TAKE_IN)
def form() -> ResponseReturnValue:
    """Show the form: drop files anywhere on the page, or choose them."""
    return render_template(
        "adding/form.html",
        most=site().config.max_upload,
        hours=staging.KEEP_HOURS,
        incoming=waiting_files(),
        platforms=[platform.code for platform in platforms.registered()],
    )


@pages.post("/captures/upload")
@limiter.limit(UPLOAD_LIMIT)
@needs(Right.TAKE_IN)
def upload() -> ResponseReturnValue:
    """Keep the uploaded files. The script sends them one by one and gets their tokens; the form sends all and gets the preview."""
    files = [file for file in request.files.getlist("archive") if file.filename]
    if not files:
        site().note_later("upload:failed", reader().name, request.path, {"why": "no file"})
        return _refuse(_("Choose a file first."))
    staged = staging.stage(files, reader().user_id)
    detail = {"files": [one.name for one in staged], "bytes": [one.path.stat().st_size for one in staged]}
    site().note_later("upload:arrived", reader().name, f"{len(staged)} files" if len(staged) > 1 else staged[0].name, detail)
    if _asks_json():
        return jsonify(tokens=[one.token for one in staged])
    return _preview_uploads(staged)


@pages.post("/archives/add")
@needs(Right.TAKE_IN)
def look() -> ResponseReturnValue:
    """Preview the files that the script has uploaded."""
    found = [_staged(token) for token in request.form.getlist("token")[:MOST_FILES]]
    staged = [upload for upload in found if upload is not None]
    if not staged:
        return _refuse(_("Choose a file first."))
    return _preview_uploads(staged)


@pages.post("/captures/incoming")
@needs(Right.TAKE_IN)
def incoming() -> ResponseReturnValue:
    """Preview archives of incoming/."""
    waiting = {path.name: path for path in waiting_files()}
    chosen = [waiting[name] for name in request.form.getlist("name") if name in waiting]
    if not chosen:
        return _refuse(_("Choose a file first."))
    return _preview([previews.item_of(group) for group in _grouped(chosen)], "incoming")


@pages.get("/archives/add/<int:job_id>")
@needs(Right.TAKE_IN)
def preview(job_id: int) -> ResponseReturnValue:
    """Show what the files are, or how far the preview is."""
    job = _job(job_id)
    if job.state is not JobState.DONE:
        return render_template("adding/waiting.html", job=job, worker_runs=is_running(site().config))
    items = _items(job)
    return render_template(
        "adding/preview.html",
        job=job,
        items=items,
        to_add=[item for item in items if item.can_be_added],
        held=[item for item in items if item.held is not None],
        can_be_parts=len(items) > 1,
        hours=staging.KEEP_HOURS,
        is_upload=job.arguments["source"] == "upload",
        longest=LONGEST_NAME,
    )


@pages.post("/archives/add/<int:job_id>/together")
@needs(Right.TAKE_IN)
def together(job_id: int) -> ResponseReturnValue:
    """Preview all files again as the parts of one export."""
    job = _job(job_id)
    items = _items(job) if job.state is JobState.DONE else abort(404)
    paths = [path for item in items for path in item.paths]
    if not paths:
        return redirect(url_for("adding.form"))
    return _preview([previews.item_of(paths, [token for item in items for token in item.tokens])], job.arguments["source"])


@pages.post("/archives/add/<int:job_id>/remove")
@needs(Right.TAKE_IN)
def remove(job_id: int) -> ResponseReturnValue:
    """Delete an uploaded file that is not to be added."""
    job = _job(job_id)
    _discard(request.form.getlist("token"), "removed")
    left = _items(job) if job.state is JobState.DONE else []
    return redirect(url_for("adding.preview", job_id=job_id) if left else url_for("adding.form"))


@pages.post("/archives/add/<int:job_id>/confirm")
@needs(Right.TAKE_IN)
def confirm(job_id: int) -> ResponseReturnValue:
    """Start a job for each archive that can be added."""
    job = _job(job_id)
    if job.state is not JobState.DONE:
        return redirect(url_for("adding.preview", job_id=job_id))
    items = _items(job)
    zone_name = request.form.get("zone", "").strip() or None
    try:
        zone(zone_name or site().repository.zone)
    except UnknownZone as error:
        flash(error_text(error), "problem")
        return redirect(url_for("adding.preview", job_id=job_id))
    started = []
    for number, item in enumerate(items, 1):
        is_chosen = item.can_be_added or (item.held is not None and f"again-{number}" in request.form)
        paths = _claimed(item) if is_chosen else []
        if paths:
            arguments = {
                "paths": [str(path) for path in paths],
                "source": job.arguments["source"],
                "zone": zone_name,
                "account": request.form.get(f"account-{number}", "").strip(),
                "number": number,  # two files of a form may have the same name
            }
            started.append(start(JobKind.TAKE_IN, ", ".join(item.names)[:TITLE], arguments))
    for item in items:
        _discard(item.tokens, "refused, or already on file")  # those not claimed
    if not started:
        flash(_("These files are no longer waiting: they were added, removed, or kept too long."), "problem")
        return redirect(url_for("captures.index"))
    return redirect(url_for("jobs.job", job_id=started[0]) if len(started) == 1 else url_for("captures.index"))


def waiting_files() -> list[Path]:
    """Return the files and folders in incoming/, without hidden files and those of operating systems."""
    folder = site().repository.paths.incoming
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.is_symlink() and not is_junk(path.name))


def _preview_uploads(staged: list[StagedUpload]) -> ResponseReturnValue:
    items = [previews.item_of([one.path for one in group], [one.token for one in group]) for group in _grouped(staged)]
    return _preview(items, "upload")


def _preview(items: list[dict[str, Any]], source: str) -> ResponseReturnValue:
    names = ", ".join(Path(path).name for item in items for path in item["paths"])[:TITLE]
    job_id = start(JobKind.PREVIEW, names, {"items": items, "source": source})
    return _respond(url_for("adding.preview", job_id=job_id))


def _grouped(values: list[_Value]) -> list[list[_Value]]:
    """Return one group if the form says that the files are parts of one export, else a group per file."""
    return [values] if "one" in request.form else [[value] for value in values]


def _claimed(item: PreviewItem) -> list[Path]:
    """Take an archive's files out of staging; empty if any is gone. Files of incoming/ stay where they are."""
    if not item.tokens:
        return list(item.paths)
    uploads = [_staged(token) for token in item.tokens]
    if None in uploads:
        return []
    paths = [staging.claim(upload) for upload in uploads if upload is not None]
    return [path for path in paths if path is not None] if None not in paths else []


def _discard(tokens: Iterable[str], why: str) -> None:
    """Delete uploaded files that are not to be added, and log each."""
    for token in tokens:
        if (upload := _staged(token)) is not None:
            staging.discard(upload)
            site().note_later("upload:discarded", reader().name, upload.name, {"why": why})


def _items(job: Job) -> list[PreviewItem]:
    """Return the previewed archives whose files still wait."""
    items = previews.preview_items(job)
    return [
        item
        for item in items
        if all(_staged(token) for token in item.tokens) and (item.tokens or all(path.exists() for path in item.paths))
    ]


def _staged(token: str) -> StagedUpload | None:
    return staging.find(site().config.uploads, token, reader().user_id)


def _job(job_id: int) -> Job:
    """Return one of the reader's own previews: another user's uploads are nobody else's to add or remove."""
    job = job_rows().get(job_id)
    if job is None or job.kind is not JobKind.PREVIEW or job.user_id != reader().user_id:
        abort(404)
    return job


def _asks_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _respond(address: str) -> ResponseReturnValue:
    return jsonify(address=address) if _asks_json() else redirect(address)


def _refuse(problem: str) -> ResponseReturnValue:
    if _asks_json():
        return jsonify(problem=problem), 422
    flash(problem, "problem")
    return redirect(url_for("adding.form"))

"""Search certificates: make, show, download, check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from indexer.certificates import check_words, load_check
from indexer.custody import Level
from portal import certificates
from portal.access import CHECK_LIMIT, Right, limiter, needs, reader
from portal.config import MAX_CHECK, MAX_PUBLIC_CHECK
from portal.i18n import _
from portal.jobs import JobKind, JobState, certificate_file, check_file, is_running, start, uploads
from portal.search import SearchParams, address, request_arguments, run
from portal.site import site
from portal.views.search import exports, search

pages = Blueprint("certificates", __name__)
public_pages = Blueprint("public_check", __name__)

MAX_SUBJECT = 200  # characters of the request or matter that a certificate names
SEAL_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}
TYPES = {"json": "application/json", "pdf": "application/pdf"}


@pages.get("/certificates")
@needs(Right.CERTIFY)
def index() -> ResponseReturnValue:
    """List the certificates that the reader may open."""
    return render_template("certificates/index.html", jobs=certificates.certificates())


@pages.post("/certificates")
@needs(Right.CERTIFY)
def make() -> ResponseReturnValue:
    """Certify the search of the form, whatever it finds, or the list that it chose; an invalid search goes back to its page."""
    params = address.parse(request.form)
    if params.errors:
        return search.show(params)
    results = run(params)
    if results.answered and results.proves_list and not results.total:
        flash(_("There is nothing to certify: no records of the selection match."), "problem")
    elif results.answered:
        return redirect(url_for("certificates.certificate", job_id=_start(params)))
    return redirect(f"{url_for('search.page')}?{params.address()}")


def _start(params: SearchParams) -> int:
    subject = " ".join(request.form.get("subject", "").split())[:MAX_SUBJECT]
    arguments = {**request_arguments(params), "address": params.address(), "subject": subject}
    return start(JobKind.CERTIFICATE, exports.subject(params), arguments)


@pages.route("/certificates/check-file", methods=["GET", "POST"])
@limiter.limit(CHECK_LIMIT, methods=["POST"])
@needs(Right.CERTIFY)
def handed_in() -> ResponseReturnValue:
    """Check a file that is handed in: whether it is unaltered, and what is new, changed, or gone since. The file is not kept."""
    return _check_page(is_public=False)


@public_pages.route("/check", methods=["GET", "POST"])
@limiter.limit(CHECK_LIMIT, methods=["POST"])
def page() -> ResponseReturnValue:
    """Check a file for anyone, if the body allows it: whether it is unaltered and known to the event log, nothing else."""
    return _check_page(is_public=True)


def _check_page(*, is_public: bool) -> ResponseReturnValue:
    most = MAX_PUBLIC_CHECK if is_public else MAX_CHECK
    context: dict[str, Any] = {"is_public": is_public, "most": most, "handed_in": None, "shown": certificates.SHOWN}
    if request.method == "GET":
        return render_template("certificates/check_file.html", **context)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return render_template("certificates/check_file.html", **context, is_missing=True), 422
    sent.stream.flush()
    try:
        result = certificates.check_handed_in(Path(sent.stream.name), uploads.safe_name(sent.filename), is_public=is_public)
    except certificates.TooManyFiles:
        return render_template("certificates/check_file.html", **context, is_busy=True), 503
    return render_template("certificates/check_file.html", **{**context, "handed_in": result}), 422 if result.refusal else 200


@pages.get("/certificates/seal")
@needs(Right.CERTIFY)
def seal() -> ResponseReturnValue:
    """Show the seal of the letterhead."""
    path = site().config.letterhead.seal
    if path is None or not path.is_file():
        abort(404)
    return send_file(path, mimetype=SEAL_TYPES[path.suffix.lower()], max_age=3600)


@pages.get("/certificates/<int:job_id>")
@needs(Right.CERTIFY)
def certificate(job_id: int) -> ResponseReturnValue:
    """Show a certificate, or the progress of its job."""
    job = certificates.certificate_job(job_id)
    if job.state is not JobState.DONE:
        return render_template("certificates/waiting.html", job=job, certificate_id=job_id, worker_runs=is_running(site().config))
    site().note_later("certificate:viewed", reader().name, job.result["id"])
    return render_template(
        "certificates/certificate.html",
        job=job,
        proof=certificates.proof(job),
        checks=certificates.checks(job_id),
        has_seal=site().config.letterhead.seal is not None,
    )


@pages.get("/certificates/<int:job_id>/<name>")
@needs(Right.CERTIFY)
def file(job_id: int, name: str) -> ResponseReturnValue:
    """Download certificate.pdf or certificate.json."""
    form = name.removeprefix("certificate.")
    job = certificates.finished_job(job_id)
    if name == form or form not in TYPES:
        abort(404)
    path = certificate_file(site().repository, job.id).with_suffix(f".{form}")
    if not path.is_file():
        abort(404)
    site().note("certificate:downloaded", reader().name, job.result["id"], {"form": form})
    return _download(path, TYPES[form])


@pages.post("/certificates/<int:job_id>/checks")
@needs(Right.CERTIFY)
def check(job_id: int) -> ResponseReturnValue:
    """Repeat a certificate's search and compare the result, and the evidence: quickly, or in full."""
    job = certificates.finished_job(job_id)
    level = Level.FULL if request.form.get("level") == Level.FULL else Level.QUICK
    arguments = {**job.arguments, "certificate": job_id, "level": level.value}
    return redirect(url_for("certificates.checked", job_id=start(JobKind.CERTIFICATE_CHECK, job.title, arguments)))


@pages.get("/certificates/checks/<int:job_id>")
@needs(Right.CERTIFY)
def checked(job_id: int) -> ResponseReturnValue:
    """Show the outcome of a check, or the progress of its job."""
    job = certificates.certificate_job(job_id, JobKind.CERTIFICATE_CHECK)
    if job.state is not JobState.DONE:
        number = job.arguments["certificate"]
        return render_template("certificates/waiting.html", job=job, certificate_id=number, worker_runs=is_running(site().config))
    site().note_later("certificate:viewed", reader().name, f"check {job_id} of certificate {job.arguments['certificate']}")
    return render_template("certificates/check.html", job=job, outcome=certificates.outcome(job), shown=certificates.SHOWN)


@pages.get("/certificates/checks/<int:job_id>/check.json")
@needs(Right.CERTIFY)
def check_as_json(job_id: int) -> ResponseReturnValue:
    """Return a check with every record, as `certificate verify --json` does."""
    job = certificates.finished_job(job_id, JobKind.CERTIFICATE_CHECK)
    path = check_file(site().repository, job.id)
    if not path.is_file():
        abort(404)
    subject = f"check {job_id} of certificate {job.arguments['certificate']}"
    site().note_later("certificate:viewed", reader().name, subject, {"form": "json"})
    return jsonify(check_words.as_json(load_check(path)))


def _download(path: Path, media_type: str) -> Response:
    response: Response = send_file(path, mimetype=media_type, as_attachment=True, download_name=path.name, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    return response

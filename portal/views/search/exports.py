"""Starts the export of a search."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from indexer.exports import Choices, PdfLayout
from indexer.i18n import unpack
from portal.access import Right, needs, reader
from portal.config import NEUTRAL_BODY
from portal.i18n import _
from portal.jobs import JobKind, JobState, job_rows, may_open, start, stored
from portal.search import SearchParams, address, facets, request_arguments, run
from portal.site import site
from portal.views.search import search

pages = Blueprint("exports", __name__)

LONGEST_SUBJECT, LONGEST_REFERENCE = 120, 200  # characters of what a package is about, and of the request or matter it answers


@pages.post("/exports")
@needs(Right.EXPORT)
def make() -> ResponseReturnValue:
    """Export the search of the form: every hit, in the order shown, not only the current page."""
    params = address.parse(request.form)
    if params.errors:
        return search.show(params)
    results = run(params)
    if not results.answered:
        return redirect(f"{url_for('search.page')}?{params.address()}")
    if not results.total:
        flash(_("There is nothing to export: no records match."), "problem")
        return redirect(f"{url_for('search.page')}?{params.address()}")
    choices = _choices()
    if choices.certificate and not reader().may(Right.CERTIFY):
        abort(403)
    arguments = {
        **request_arguments(params),
        **stored.encode_choices(choices),
        "organization": "" if site().config.body_name == NEUTRAL_BODY else site().config.body_name,
        "address": params.address(),
        "about": _line("about", LONGEST_SUBJECT),
        "subject": _line("subject", LONGEST_REFERENCE),
        **_terms(),
    }
    return redirect(url_for("jobs.job", job_id=start(JobKind.EXPORT, subject(params), arguments)))


def subject(params: SearchParams) -> str:
    """Return what the form says its papers are about, or else the subject of its search."""
    return _line("about", LONGEST_SUBJECT) or default_subject(params)


def default_subject(params: SearchParams) -> str:
    """Return the subject of a search: its words, the description of its record set, or "All records"."""
    return (" ".join(params.query.split()) or facets.set_label(params) or _("All records"))[:LONGEST_SUBJECT]


def _line(name: str, limit: int) -> str:
    """Return a field of the form as one line."""
    return " ".join(request.form.get(name, "").split())[:limit]


def _terms() -> dict[str, Any]:
    """Return the terms whose union is exported, if the form names a list; 404 for a list that the reader may not open."""
    number = request.form.get("list", type=int)
    if not number or number >= 2**63:
        return {}
    job = job_rows().get(number)
    if job is None or job.kind is not JobKind.TERM_LIST or job.state is not JobState.DONE or not may_open(reader(), job):
        abort(404)
    terms = [str(term.get("query", term["text"])) for term in unpack(job.result)["terms"] if not term["diagnostics"]]
    return {"terms": terms, "dialect_of_terms": job.arguments.get("dialect", "plain")}


def _choices() -> Choices:
    """Return the choices of the form; an unknown PDF layout means no PDF."""
    form = request.form
    pdf = form.get("pdf", "")
    return Choices(
        media=form.get("with_media") == "1",
        viewer=form.get("viewer") == "1",
        pdf=PdfLayout(pdf) if pdf in set(PdfLayout) else PdfLayout.NONE,
        context=form.get("context") == "1",
        certificate=form.get("certificate") == "1" or form.get("what") == "both",
    )

"""Handing over: records, the certificate of their search, or both, made by one job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer import cost
from indexer.exports import PdfLayout, package_name
from indexer.query import Word
from indexer.search import NotAnswered, Plan, Results
from portal.access import Right, needs, reader
from portal.config import NEUTRAL_BODY
from portal.i18n import _
from portal.jobs import job_rows
from portal.search import SearchParams, address, facets, search_request
from portal.site import site
from portal.views.search import certificates, exports

pages = Blueprint("hand_over", __name__)

PDF_BY_DEFAULT = 2_000  # records; more make a PDF that nobody reads


@pages.get("/hand-over")
@needs(Right.EXPORT)
def page() -> ResponseReturnValue:
    """Ask what to hand over of a search, and show what will be inside."""
    params = address.parse(request.args)
    if params.errors:
        return redirect(f"{url_for('search.page')}?{request.query_string.decode('latin-1')}")
    plan = Plan(site().repository, search_request(params), cost.PAGE)
    try:
        results, with_files = plan.counts(), plan.count(Word("media", "has"))
    except NotAnswered:
        return redirect(f"{url_for('search.page')}?{params.address()}")
    may_certify = reader().may(Right.CERTIFY)
    if not results.total and (results.proves_list or not may_certify):
        flash(_("There is nothing to hand over: no records match."), "problem")
        return redirect(f"{url_for('search.page')}?{params.address()}")
    return render_template("hand_over/page.html", **_values(params, results, with_files), may_certify=may_certify)


@pages.post("/hand-over")
@needs(Right.EXPORT)
def make() -> ResponseReturnValue:
    """Start the job that makes what was chosen: the certificate alone, or the package of records."""
    return certificates.make() if request.form.get("what") == "certificate" and reader().may(Right.CERTIFY) else exports.make()


def _values(params: SearchParams, results: Results, with_files: int) -> dict[str, Any]:
    given = _earlier_choices()
    about = str(given.get("about") or exports.default_subject(params))
    body = "" if site().config.body_name == NEUTRAL_BODY else site().config.body_name
    name = package_name(body=body, subject=about, first=params.filters.first_day, last=params.filters.last_day)
    return {
        "params": params,
        "results": results,
        "with_files": with_files,
        "about": about,
        "subject": given.get("subject", ""),
        "name": name,
        "set_label": facets.set_label(params),
        "pdf": given.get("pdf") or (PdfLayout.RUN_ON if results.total <= PDF_BY_DEFAULT else PdfLayout.NONE),
        "layouts": {PdfLayout.RUN_ON: _("continuous"), PdfLayout.PAGES: _("one record per page"), PdfLayout.NONE: _("no PDF")},
        "with_media": given.get("with_media", True),
        "viewer": given.get("viewer", True),
        "context": given.get("context", False),
        "what": "certificate" if not results.total else "both",
        "list_id": request.args.get("list", type=int),
    }


def _earlier_choices() -> Mapping[str, Any]:
    """Return the choices of the reader's job that the address names by `again`: they can be changed after it failed."""
    number = request.args.get("again", type=int)
    job = job_rows().get(number) if number and number < 2**63 else None
    return job.arguments if job is not None and job.user_id == reader().user_id else {}

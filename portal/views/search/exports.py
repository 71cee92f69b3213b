"""Starts an export of what a search has counted."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from indexer.exports import Choices, PdfLayout
from portal.access.guard import needs, reader
from portal.access.rules import Right
from portal.config import NEUTRAL_BODY
from portal.i18n import _
from portal.jobs import stored
from portal.jobs.queue import start
from portal.jobs.rows import JobKind
from portal.search import address
from portal.search.run import run, wanted
from portal.site import site

pages = Blueprint("exports", __name__)


@pages.post("/exports")
@needs(Right.EXPORT)
def make() -> ResponseReturnValue:
    """Export the search of the form: every hit, in the order shown, whatever the page."""
    question = address.read(request.form)
    if question.errors or not (results := run(question)).answered:
        return redirect(f"{url_for('search.page')}?{question.address()}")
    if not results.total:
        flash(_("There is nothing to export: no record fits."), "problem")
        return redirect(f"{url_for('search.page')}?{question.address()}")
    choices = _choices()
    if choices.certificate and not reader().may(Right.CERTIFY):
        abort(403)
    arguments = {
        **stored.encode(wanted(question)),
        **stored.encode_choices(choices),
        "organization": "" if site().config.body_name == NEUTRAL_BODY else site().config.body_name,
        "address": question.address(),
    }
    return redirect(url_for("jobs.job", job_id=start(JobKind.EXPORT, question.query or "*", arguments)))


def _choices() -> Choices:
    """Return what the form asks for; a layout that there is not is none."""
    form = request.form
    pdf = form.get("pdf", "")
    return Choices(
        media=form.get("with_media") == "1",
        viewer=form.get("viewer") == "1",
        pdf=PdfLayout(pdf) if pdf in set(PdfLayout) else PdfLayout.NONE,
        context=form.get("context") == "1",
        certificate=form.get("certificate") == "1",
    )

"""Starts an export of what a search has counted."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import asked, stored_request
from portal.access import Right
from portal.guard import needs
from portal.jobs import JobKind
from portal.language import _
from portal.searching import run, wanted
from portal.starting import start

pages = Blueprint("exports", __name__)


@pages.post("/exports")
@needs(Right.EXPORT)
def make() -> ResponseReturnValue:
    """Export the search of the form: every hit, in the order shown, whatever the page."""
    question = asked.read(request.form)
    if question.errors or not (results := run(question)).answered:
        return redirect(f"{url_for('search.page')}?{question.address()}")
    if not results.total:
        flash(_("There is nothing to export: no record fits."), "problem")
        return redirect(f"{url_for('search.page')}?{question.address()}")
    arguments = {
        **stored_request.encode(wanted(question)),
        "with_media": request.form.get("with_media") == "1",
        "address": question.address(),
    }
    return redirect(url_for("jobs.job", job_id=start(JobKind.EXPORT, question.query or "*", arguments)))

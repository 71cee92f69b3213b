"""The search page and /search.json: the same question, the same answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.search.answering import StopReason
from indexer.search.as_json import results as shape_of
from indexer.search.groups import Grouped
from indexer.search.results import Results
from portal.access.guard import needs, reader
from portal.access.rules import Right
from portal.search import address, coverage_band, facets
from portal.search.address import Asked
from portal.search.run import run_in_groups
from portal.site import site

pages = Blueprint("search", __name__)

LONGEST_ADDRESS = 4_000  # bytes after "?": servers and proxies refuse a little more than that


@pages.get("/")
@needs(Right.SEARCH)
def home() -> ResponseReturnValue:
    """Begin with the search page."""
    return redirect(url_for("search.page"))


@pages.get("/search")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Show a page of results; 400 when the question cannot be read, with the place underlined, 503 when the index cannot answer."""
    question = address.read(request.args)
    if not question.errors and len(request.query_string) > LONGEST_ADDRESS:
        return redirect(f"{url_for('search.page')}?{question.address(page=question.page)}")
    return _page(question)


@pages.post("/search")
@needs(Right.SEARCH)
def ask() -> ResponseReturnValue:
    """Take the question of the form, however long, and go on to its address; one that cannot be read is shown as it came."""
    question = address.read(request.form)
    return _page(question) if question.errors else redirect(f"{url_for('search.page')}?{question.address()}", 303)


def _page(question: Asked) -> ResponseReturnValue:
    results, grouped = (None, None) if question.errors else run_in_groups(question)
    return render_template("search/page.html", **shown(question, results, grouped)), _status(results)


@pages.get("/search.json")
@needs(Right.SEARCH)
def as_json() -> ResponseReturnValue:
    """Answer as JSON; 400 with diagnostics or field errors when the question cannot be read, 503 when the index cannot answer."""
    question = address.read(request.args)
    if question.errors:
        diagnostics = [{"field": name, "message": message} for name, message in question.errors.items()]
        return jsonify(query=question.query, reading="", total=None, records=[], facets={}, announcements=[], diagnostics=diagnostics), 400
    results, grouped = run_in_groups(question)
    shape = shape_of(results, site().repository.zone, grouped)
    if not reader().may(Right.SEE_ALL_ACCOUNTS):  # how many records there are in all is not theirs to know
        del shape["indexed"], shape["held"]
    return jsonify(shape), _status(results)


def _status(results: Results | None) -> int:
    if results is not None and (results.index_unusable or results.stopped is StopReason.TOO_SLOW):
        return 503  # the question is sound: it may be asked again once the index is repaired, or the computer less busy
    return 200 if results and results.answered else 400


def shown(question: Asked, results: Results | None, grouped: Grouped | None = None) -> dict[str, Any]:
    """Return what the template needs."""
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    counted = grouped.total if grouped and not grouped.is_too_many else results.total if results else 0
    return {
        "asked": question,
        "results": results,
        "groups": facets.groups(question, results, accounts, reader()),
        "chips": facets.chips(question, accounts),
        "grouped": grouped,
        "pages_in_all": max(1, -(-counted // question.size)),
        "chart": facets.chart(question, results),
        "coverage_band": coverage_band.band(results.coverage) if results else None,
        "has_accounts": bool(accounts),
        "fault_pieces": facets.pieces,
    }

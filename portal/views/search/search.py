"""The search page and /search.json, which return the same results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from indexer.catalog import AccountView
from indexer.search import Results, StopReason
from indexer.search import results as shape_of
from portal import words
from portal.access import Right, needs, reader
from portal.i18n import translate
from portal.search import Answer, SearchParams, address, answer, coverage_band, facets, hit_lines, run, run_in_groups
from portal.site import site
from portal.streaming import render_in_two_parts

pages = Blueprint("search", __name__)

LONGEST_FIND = 100
LONGEST_ADDRESS = 4_000  # bytes after "?"; servers and proxies refuse addresses slightly longer


@pages.get("/search")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Show a page of results; 400 for an invalid query, with the error underlined, 503 if the index cannot answer."""
    params = address.parse(request.args)
    if not params.errors and len(request.query_string) > LONGEST_ADDRESS:
        shorter = params.address(page=params.page)
        if len(shorter) < len(request.query_string):  # many filters stay as long as they are
            return redirect(f"{url_for('search.page')}?{shorter}")
    return show(params)


@pages.post("/search")
@needs(Right.SEARCH)
def ask() -> ResponseReturnValue:
    """Redirect a search from the form, of any length, to its address; an invalid search is shown with its errors."""
    params = address.parse(request.form)
    return show(params) if params.errors else redirect(f"{url_for('search.page')}?{params.address()}", 303)


@pages.get("/search/values/<name>")
@needs(Right.SEARCH)
def values(name: str) -> ResponseReturnValue:
    """List a facet's values whose names contain the letters of `find`: those beyond the largest, which the results list."""
    params = address.parse(request.args)
    if name not in facets.TITLES:
        abort(404)
    if params.errors:
        return show(params)
    results = run(params)
    if not results.answered:
        return redirect(f"{url_for('search.page')}?{params.address()}")
    letters = request.args.get("find", "")[:LONGEST_FIND]
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    matching = facets.find(facets.values(params, results, accounts, name), letters)
    group = {"name": name, "title": facets.TITLES[name]}
    shown = matching[: facets.MOST_VALUES]
    return render_template("search/values.html", params=params, group=group, choices=shown, total=len(matching), find=letters)


def show(params: SearchParams) -> ResponseReturnValue:
    """Show the page of a search; one that cannot be run is shown as written, with its errors, and never with less than was asked."""
    if params.errors:
        return render_template("search/page.html", **template_values(params, None)), 400
    answered = answer(params)
    status = _status(answered.results)
    if not answered.results.answered:
        return render_template("search/page.html", **template_values(params, answered)), status
    return render_in_two_parts("search/page.html", status, template_values(params, answered))


@pages.get("/search.json")
@needs(Right.SEARCH)
def as_json() -> ResponseReturnValue:
    """Return results as JSON; 400 with diagnostics or field errors for an invalid search, 503 if the index cannot answer."""
    params = address.parse(request.args)
    if params.errors:
        diagnostics = [{"field": name, "message": message} for name, message in params.errors.items()]
        return jsonify(query=params.query, reading="", total=None, records=[], facets={}, announcements=[], diagnostics=diagnostics), 400
    results, grouped = run_in_groups(params)
    shape = shape_of(results, site().repository.zone, grouped)
    if not reader().may(Right.SEE_ALL_ACCOUNTS):  # the total number of records is beyond their permission
        del shape["indexed"], shape["held"]
    return jsonify(shape), _status(results)


def _status(results: Results | None) -> int:
    if results is not None and (results.index_unusable or results.stopped is StopReason.TOO_SLOW):
        return 503  # the search is valid and can be repeated once the index is repaired or the computer less busy
    return 200 if results and results.answered else 400


def template_values(params: SearchParams, answered: Answer | None) -> dict[str, Any]:
    """Return the values of the search page's template."""
    accounts = site().repository.catalog.accounts(reader().permission.accounts)
    results, grouped = (answered.results, answered.grouped) if answered else (None, None)
    total = grouped.total if grouped and not grouped.is_too_many else results.total if results else 0
    return {
        "params": params,
        "results": results,
        "days_asked": words.days(params.filters.first_day, params.filters.last_day),
        "chips": facets.chips(params, accounts),
        "grouped": grouped,
        "lines": hit_lines.lines(params, results, grouped) if results else [],
        "pages_in_all": max(1, -(-total // params.size)),
        "coverage_band": coverage_band.band(results.coverage) if results else None,
        "scope": coverage_band.scope(results.coverage, results.total) if results else None,
        "details": lambda: _details(params, answered, accounts),
        "has_accounts": bool(accounts),
        "underlined": facets.underlined,
    }


def _details(params: SearchParams, answered: Answer | None, accounts: Sequence[AccountView]) -> dict[str, Any]:
    """Return what a page says after its hits: facets, chart, and how the query was read; `problem` is why there is none of it."""
    results = answered.rest() if answered else None
    return {
        "problem": "" if results is None else " ".join(translate(diagnostic.message) for diagnostic in results.diagnostics),
        "groups": facets.groups(params, results, accounts),
        "chart": facets.chart(params, results),
        "explained": results.explained if results else None,
    }

"""Coverage: one row an account with its captured days and gaps, and the months of an account."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from indexer.query import Filters
from portal.access import Right, needs, reader, restrict
from portal.search import address, coverage_rows, search_request
from portal.site import site

pages = Blueprint("coverage", __name__)

LONGEST_FIND = 100


@pages.get("/coverage")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """List the accounts with their captured days and gaps; 400 if a day of the address is invalid."""
    params = address.parse(request.args)
    find = " ".join(request.args.get("find", "").split())[:LONGEST_FIND]
    repository = site().repository
    held = repository.catalog.accounts(reader().permission.accounts)
    if params.errors:
        return render_template("coverage/page.html", params=params, find=find, coverage=None, has_accounts=bool(held)), 400
    coverage = repository.coverage.of(search_request(params).filters)
    accounts = coverage_rows.matching(coverage.accounts, find)
    pages_in_all = max(1, -(-len(accounts) // coverage_rows.PER_PAGE))
    number = min(params.page, pages_in_all)
    shown = accounts[(number - 1) * coverage_rows.PER_PAGE : number * coverage_rows.PER_PAGE]
    years = coverage_rows.axis(coverage)
    return render_template(
        "coverage/page.html",
        params=params,
        find=find,
        coverage=coverage,
        has_accounts=bool(held),
        axis=years,
        rows=coverage_rows.rows(coverage, shown, years) if years else [],
        accounts_in_all=len(accounts),
        whole=len(coverage.accounts) - len(coverage.with_gaps),
        legend=coverage_rows.legend(),
        gaps_shown=coverage_rows.GAPS_SHOWN,
        number=number,
        pages_in_all=pages_in_all,
    )


@pages.get("/coverage/accounts/<int:account_id>")
@needs(Right.SEARCH)
def account(account_id: int) -> ResponseReturnValue:
    """Show the months of an account; 404 if the reader may not see it or no archive is in scope."""
    repository = site().repository
    coverage = repository.coverage.of(restrict(replace(Filters(), accounts=frozenset({account_id})), reader()))
    if len(coverage.accounts) != 1:
        abort(404)
    years = coverage_rows.axis(coverage) or abort(404)
    row = coverage_rows.rows(coverage, coverage.accounts, years)[0]
    captures = {capture.id: capture for capture in repository.catalog.captures()} if reader().may(Right.SEE_CAPTURES) else {}
    return render_template(
        "coverage/account.html",
        coverage=coverage,
        row=row,
        years=coverage_rows.months(coverage, row.account),
        legend=coverage_rows.legend(),
        captures=[captures[number] for number in row.captures if number in captures],
    )

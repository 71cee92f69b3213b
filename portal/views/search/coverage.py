"""Coverage: a table of the accounts and months captured."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.access import Right, needs, reader
from portal.search import address, coverage_band, search_request
from portal.site import site

pages = Blueprint("coverage", __name__)

LINK_FILTERS = frozenset({"account", "platform"})


@pages.get("/coverage")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Show accounts and months, or years if there are many months; 400 if a day of the address is invalid."""
    params = address.parse(request.args)
    repository = site().repository
    held = repository.catalog.accounts(reader().permission.accounts)
    if params.errors:
        return render_template("coverage/page.html", params=params, coverage=None, table=None, has_accounts=bool(held)), 400
    filters = search_request(params).filters
    coverage = repository.coverage.of(filters)
    every_day = repository.coverage.of(replace(filters, first_day=coverage.first, last_day=coverage.last)) if coverage.first else coverage
    link_filters = [pair for pair in params.pairs if pair[0] in LINK_FILTERS]
    table = coverage_band.table(every_day, link_filters)
    return render_template("coverage/page.html", params=params, coverage=coverage, table=table, has_accounts=bool(held))

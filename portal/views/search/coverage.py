"""Coverage: which accounts and months are captured, as a table."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.guard import needs, reader
from portal.access.rules import Right
from portal.search import address, coverage_band
from portal.search.run import search_request
from portal.site import site

pages = Blueprint("coverage", __name__)

KEPT = frozenset({"account", "platform"})


@pages.get("/coverage")
@needs(Right.SEARCH)
def page() -> ResponseReturnValue:
    """Show accounts and months, or years where there are many; 400 when a day of the address cannot be read."""
    params = address.parse(request.args)
    repository = site().repository
    held = repository.catalog.accounts(reader().permission.accounts)
    if params.errors:
        return render_template("coverage/page.html", params=params, coverage=None, table=None, has_accounts=bool(held)), 400
    filters = search_request(params).filters
    found = repository.coverage.of(filters)
    every_day = repository.coverage.of(replace(filters, first_day=found.first, last_day=found.last)) if found.first else found
    kept = [pair for pair in params.pairs if pair[0] in KEPT]
    table = coverage_band.table(every_day, kept)
    return render_template("coverage/page.html", params=params, coverage=found, table=table, has_accounts=bool(held))

"""Runs a reader's search: always within the access rule, always written into the event log."""

from __future__ import annotations

from flask import flash

from indexer import cost
from indexer.engines import IndexDamaged, IndexOutdated
from indexer.search import groups
from indexer.search.groups import GroupBy, Grouped
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Results
from portal.access.guard import reader
from portal.access.rules import restrict
from portal.i18n import _
from portal.search.address import SearchParams
from portal.site import site


def search_request(params: SearchParams) -> SearchRequest:
    """Return the request of a params, narrowed by the access rule."""
    filters = restrict(params.filters, reader())
    return SearchRequest(params.query or "*", filters, params.sort, params.size, params.offset, dialect=params.dialect, as_of=params.as_of)


def plan(request: SearchRequest) -> Plan:
    """Return the search of somebody who waits for a page."""
    return Plan(site().repository, request, cost.PAGE)


def warn_if_index_unusable() -> int:
    """Say on a page that goes without it that the index cannot be used; return the page's status, 503 or 200."""
    try:
        site().repository.index.check()
        site().repository.index.position()
    except (IndexDamaged, IndexOutdated):
        flash(_("The search index is unavailable. The evidence is safe. Rebuild the index with: python -m indexer rebuild"), "problem")
        return 503
    return 200


def run(params: SearchParams) -> Results:
    """Search, and write into the event log who asked what and how many there were."""
    return _noted(params, plan(search_request(params)).page())


def run_in_groups(params: SearchParams) -> tuple[Results, Grouped | None]:
    """Search for a page: in groups where the question asks for them."""
    if params.group is GroupBy.NONE:
        return run(params), None
    grouped = groups.search(site().repository, search_request(params), params.group, cost.PAGE)
    return _noted(params, grouped.results), grouped


def _noted(params: SearchParams, results: Results) -> Results:
    detail = {"address": params.address(page=params.page), "total": results.total if results.answered else None}
    site().note("search:run", reader().name, params.query or "*", detail)
    if results.index_unusable:
        site().note_damaged_index(reader().name, " ".join(one.message for one in results.diagnostics))
    return results

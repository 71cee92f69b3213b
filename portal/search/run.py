"""Runs a reader's searches, always within the access rule and always logged as events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import flash

from indexer import cost
from indexer.engines import IndexDamaged, IndexOutdated
from indexer.search import GroupBy, Grouped, Plan, Results, SearchRequest, groups, request_json
from portal.access import reader, restrict
from portal.i18n import _
from portal.jobs import SET
from portal.search.address import SearchParams
from portal.site import site


def search_request(params: SearchParams) -> SearchRequest:
    """Return the search request of an address, restricted by the access rule."""
    return SearchRequest(
        params.query or "*",
        restrict(params.filters, reader()),
        params.sort,
        params.size,
        params.offset,
        dialect=params.dialect,
        as_of=params.as_of,
        records=params.records,
    )


def request_arguments(params: SearchParams) -> dict[str, Any]:
    """Return the search of an address as a job stores it: a record set by its stored name."""
    stored = request_json(replace(search_request(params), records=None))
    return stored if params.records is None else {**stored, SET: params.set_name}


def plan(request: SearchRequest) -> Plan:
    """Return the plan of a search while its reader waits for a page."""
    return Plan(site().repository, request, cost.PAGE)


def warn_if_index_unusable() -> int:
    """Show a message if the index is unusable, on a page that works without it; return the page's status, 503 or 200."""
    try:
        site().repository.index.check()
        site().repository.index.position()
    except (IndexDamaged, IndexOutdated):
        flash(_("The search index is unavailable. The evidence is safe. Rebuild the index with: python -m indexer rebuild"), "problem")
        return 503
    return 200


def run(params: SearchParams) -> Results:
    """Search, and log the reader, the query and the total."""
    return _log_search(params, plan(search_request(params)).page())


def run_in_groups(params: SearchParams) -> tuple[Results, Grouped | None]:
    """Search for a page, in groups if the address says so."""
    if params.group is GroupBy.NONE:
        return run(params), None
    grouped = groups.search(site().repository, search_request(params), params.group, cost.PAGE)
    return _log_search(params, grouped.results), grouped


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a search for a page: its hits and counts, and `rest()`, the same results with all that may come after them."""

    results: Results
    grouped: Grouped | None
    rest: Callable[[], Results]


def answer(params: SearchParams) -> Answer:
    """Search for a page, hits first; the other readings of a doubtful query are counted at once, as they come before the hits."""
    if params.group is not GroupBy.NONE:
        results, grouped = run_in_groups(params)
        return Answer(results, grouped, lambda: results)
    searched = plan(search_request(params))
    head = searched.head()
    if head.announcements:
        head = replace(head, announcements=searched.count_alternatives(searched.parsed.announcements))
    return Answer(_log_search(params, head), None, lambda: searched.page(with_records=False))


def _log_search(params: SearchParams, results: Results) -> Results:
    detail = {"address": params.address(page=params.page), "total": results.total if results.answered else None}
    site().note("search:run", reader().name, params.query or "*", detail)
    if results.index_unusable:
        site().note_damaged_index(reader().name, " ".join(diagnostic.message for diagnostic in results.diagnostics))
    return results

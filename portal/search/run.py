"""Runs a reader's search: always within the access rule, always written into the event log."""

from __future__ import annotations

from indexer.search import groups
from indexer.search.groups import GroupBy, Grouped
from indexer.search.searcher import Results, Searcher, SearchRequest
from portal.access.guard import reader
from portal.access.rules import narrowed
from portal.search.address import Asked
from portal.site import site


def wanted(question: Asked) -> SearchRequest:
    """Return the request of a question, narrowed by the access rule."""
    filters = narrowed(question.filters, reader())
    return SearchRequest(
        question.query or "*", filters, question.sort, question.size, question.offset, dialect=question.dialect, as_of=question.as_of
    )


def run(question: Asked) -> Results:
    """Search, and write into the event log who asked what and how many there were."""
    return _noted(question, Searcher(site().repository).search(wanted(question)))


def run_in_groups(question: Asked) -> tuple[Results, Grouped | None]:
    """Search for a page: in groups where the question asks for them."""
    if question.group is GroupBy.NONE:
        return run(question), None
    grouped = groups.search(site().repository, wanted(question), question.group)
    return _noted(question, grouped.results), grouped


def _noted(question: Asked, results: Results) -> Results:
    detail = {"address": question.address(page=question.page), "total": results.total if results.answered else None}
    site().note("search:run", reader().name, question.query or "*", detail)
    if results.index_unusable:
        site().note_damaged_index(reader().name, " ".join(one.message for one in results.diagnostics))
    return results

"""Searching in the portal: address, run, facets, coverage band, history and saved searches."""

from portal.search import address, baskets, coverage_band, coverage_rows, facets, hit_lines, selections, turns
from portal.search.address import MAX_QUERY, SearchParams
from portal.search.coverage_band import Segment
from portal.search.examples import examples
from portal.search.facets import Chip
from portal.search.history import HistoryEntry, LastRun, history, last_runs, parse_address, search_key
from portal.search.run import Answer, answer, plan, request_arguments, run, run_in_groups, search_request, warn_if_index_unusable
from portal.search.saved import SavedSearch, SavedSearches, SavingError
from portal.search.saved_counts import CountedSearch, count_saved
from portal.search.turns import TooManySearches

__all__ = [
    "MAX_QUERY",
    "Answer",
    "Chip",
    "CountedSearch",
    "HistoryEntry",
    "LastRun",
    "SavedSearch",
    "SavedSearches",
    "SavingError",
    "SearchParams",
    "Segment",
    "TooManySearches",
    "address",
    "answer",
    "baskets",
    "count_saved",
    "coverage_band",
    "coverage_rows",
    "examples",
    "facets",
    "history",
    "hit_lines",
    "last_runs",
    "parse_address",
    "plan",
    "request_arguments",
    "run",
    "run_in_groups",
    "search_key",
    "search_request",
    "selections",
    "turns",
    "warn_if_index_unusable",
]

"""Run a list of search terms in one batch and report the counts."""

from indexer.term_reports import report, run
from indexer.term_reports.run import MOST_CHARACTERS, MOST_TERMS, ListError, read_list
from indexer.term_reports.union import terms_by_record, union_query, unique_query

__all__ = [
    "MOST_CHARACTERS",
    "MOST_TERMS",
    "ListError",
    "read_list",
    "report",
    "run",
    "terms_by_record",
    "union_query",
    "unique_query",
]

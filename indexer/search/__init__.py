"""Running, grouping and explaining searches."""

from indexer.search import groups
from indexer.search.announced import CountedAnnouncement, announcement_json, sentences
from indexer.search.answering import IndexUnusable, NotAnswered, StopReason
from indexer.search.as_json import JsonObject, account_json, grouped_hits, item_suffix, results
from indexer.search.as_of import Limits
from indexer.search.facets import Bar, bars
from indexer.search.groups import GroupBy, Grouped
from indexer.search.highlight import TextPiece, highlight_text, spans
from indexer.search.near_duplicates import COMPARED, find_near_duplicates
from indexer.search.plan import Plan
from indexer.search.reading import describe_filters, describe_scope
from indexer.search.record_sets import MOST_RECORDS, RecordSet, SetOrigin, describe_set, record_ids, set_from_json, set_json
from indexer.search.request import SearchRequest, from_json, request_json
from indexer.search.results import Hit, Results
from indexer.search.suggestions import Explanation

__all__ = [
    "COMPARED",
    "MOST_RECORDS",
    "Bar",
    "CountedAnnouncement",
    "Explanation",
    "GroupBy",
    "Grouped",
    "Hit",
    "IndexUnusable",
    "JsonObject",
    "Limits",
    "NotAnswered",
    "Plan",
    "RecordSet",
    "Results",
    "SearchRequest",
    "SetOrigin",
    "StopReason",
    "TextPiece",
    "account_json",
    "announcement_json",
    "bars",
    "describe_filters",
    "describe_scope",
    "describe_set",
    "find_near_duplicates",
    "from_json",
    "grouped_hits",
    "groups",
    "highlight_text",
    "item_suffix",
    "record_ids",
    "request_json",
    "results",
    "sentences",
    "set_from_json",
    "set_json",
    "spans",
]

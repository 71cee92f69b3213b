"""Counts the hits of a tantivy query by facet, month and day, in one pass over the hits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

import tantivy
from tantivy import Query

from indexer.engines.engine import DAYS, FACETS, MONTHS, Counts
from indexer.query import STATES

_MOST_BUCKETS: Final = 60_000  # tantivy raises an error above 65,000 buckets
_FIELDS: Final = {"account": "account_id", "platform": "platform", "kind": "kind", "author": "author", MONTHS: "month", DAYS: "day"}
_FILTERS: Final = {"state": {state: {"filter": f'has:"{word}"'} for state, word in STATES.items()}}


def count_values(searcher: tantivy.Searcher, query: Query, names: Collection[str]) -> Counts:
    """Return the exact count of every value of the named facets, of months and days."""
    fields = {name: _FIELDS[name] for name in names if name in _FIELDS}
    filters = {name: _FILTERS[name] for name in names if name in _FILTERS}
    by_filter = {f"{name} {value}": condition for name, conditions in filters.items() for value, condition in conditions.items()}
    aggregations = {name: {"terms": {"field": field, "size": _MOST_BUCKETS}} for name, field in fields.items()}
    try:
        result = searcher.aggregate(query, aggregations | by_filter)
    except ValueError as error:
        if "bucket limit" not in str(error):
            raise
        counts = {name: _page_through_values(searcher, query, field) for name, field in fields.items()}
        result = searcher.aggregate(query, by_filter)
    else:
        counts = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in result[name]["buckets"]}
            if not result[name]["sum_other_doc_count"]
            else _page_through_values(searcher, query, field)
            for name, field in fields.items()
        }
    for name, conditions in filters.items():
        counts[name] = {value: count for value in conditions if (count := result[f"{name} {value}"]["doc_count"])}
    return {name: _READERS[name](values) for name, values in counts.items()}


def _page_through_values(searcher: tantivy.Searcher, query: Query, field: str) -> dict[Any, int]:
    """Return the counts of a field with more values than tantivy returns at once, page by page."""
    counts: dict[Any, int] = {}
    composite: dict[str, Any] = {"size": _MOST_BUCKETS, "sources": [{"value": {"terms": {"field": field}}}]}
    while True:
        page = searcher.aggregate(query, {"values": {"composite": composite}})["values"]
        counts.update((bucket["key"]["value"], bucket["doc_count"]) for bucket in page["buckets"])
        if len(page["buckets"]) < _MOST_BUCKETS:
            return counts
        composite["after"] = page["after_key"]


def _facet(counts: dict[Any, int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))}


def _months(counts: dict[int, int]) -> dict[str, int]:
    return {f"{month // 12:04}-{month % 12 + 1:02}": count for month, count in sorted(counts.items())}


def _days(counts: dict[int, int]) -> dict[str, int]:
    return {date.fromordinal(int(day)).isoformat(): count for day, count in sorted(counts.items())}


_READERS: Final = {**dict.fromkeys(FACETS, _facet), MONTHS: _months, DAYS: _days}

"""Counts the hits of a tantivy query by facet, month and day, in one pass over the hits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import tantivy
from tantivy import Query

from indexer.engines.engine import DAYS, MONTHS, Counts
from indexer.engines.entry import marked_media, marked_states, month_of

_MOST_BUCKETS: Final = 60_000  # tantivy raises an error above 65,000 buckets
_FIELDS: Final = {"account": "account_id", "state": "marks", "media": "marks", MONTHS: "month", DAYS: "day"}


def count_values(searcher: tantivy.Searcher, query: Query, names: Collection[str]) -> Counts:
    """Return the exact count of every value of the named facets, of months and days."""
    by_field = _count_fields(searcher, query, sorted({_FIELDS.get(name, name) for name in names}))
    return {name: _READERS[name](by_field[_FIELDS.get(name, name)]) for name in names}


def _count_fields(searcher: tantivy.Searcher, query: Query, fields: Sequence[str]) -> dict[str, dict[Any, int]]:
    try:
        result = searcher.aggregate(query, {field: {"terms": {"field": field, "size": _MOST_BUCKETS}} for field in fields})
    except ValueError as error:
        if "bucket limit" not in str(error):
            raise
        return {field: _page_through_values(searcher, query, field) for field in fields}
    return {
        field: {bucket["key"]: bucket["doc_count"] for bucket in result[field]["buckets"]}
        if not result[field]["sum_other_doc_count"]
        else _page_through_values(searcher, query, field)
        for field in fields
    }


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


def _facet(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(value): count for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))}


def _number_facet(counts: Mapping[float, int]) -> dict[str, int]:
    return _facet({int(value): count for value, count in counts.items()})


def _marks_facet(values_of: Callable[[int], Iterable[str]]) -> Callable[[Mapping[float, int]], dict[str, int]]:
    def read(counts: Mapping[float, int]) -> dict[str, int]:
        by_value = Counter[str]()
        for marks, count in counts.items():
            by_value.update(dict.fromkeys(values_of(int(marks)), count))
        return _facet(by_value)

    return read


def _months(counts: Mapping[float, int]) -> dict[str, int]:
    return dict(sorted((month_of(int(month)), count) for month, count in counts.items()))


def _days(counts: Mapping[float, int]) -> dict[str, int]:
    return {date.fromordinal(int(day)).isoformat(): count for day, count in sorted(counts.items())}


_READERS: Final[Mapping[str, Callable[[Mapping[Any, int]], dict[str, int]]]] = {
    "account": _number_facet,
    "platform": _facet,
    "kind": _facet,
    "author": _facet,
    "state": _marks_facet(marked_states),
    "media": _marks_facet(marked_media),
    MONTHS: _months,
    DAYS: _days,
}

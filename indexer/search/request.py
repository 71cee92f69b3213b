"""A search request, and its JSON form for jobs, saved searches and term reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from indexer.query import Dialect, Filters, Permission, Sort
from indexer.record import RecordKind
from indexer.search.record_sets import RecordSet, set_from_json, set_json

_SETS: Final = ("accounts", "platforms", "kinds", "authors", "states", "media")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search request. Days in `filters` are local days of the body's zone."""

    query: str = "*"
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.NEWEST
    limit: int = 25
    offset: int = 0
    dialect: Dialect = Dialect.PLAIN
    as_of: date | None = None  # search records as visible at the end of this local day
    records: RecordSet | None = None  # search only within these records


def request_json(request: SearchRequest) -> dict[str, Any]:
    """Convert to JSON values. None (no filter) and an empty set (matches nothing) stay distinct."""
    filters, permission = request.filters, request.filters.permission
    return {
        "query": request.query,
        "sort": request.sort.value,
        "dialect": request.dialect.value,
        "as_of": _text(request.as_of),
        "records": set_json(request.records) if request.records is not None else None,
        "filters": {
            "first_day": _text(filters.first_day),
            "last_day": _text(filters.last_day),
            "has_media": filters.has_media,
            **{name: _list(getattr(filters, name)) for name in _SETS},
            "allowed_accounts": _list(permission.accounts),
            "without_conversations": permission.without_messages,
        },
    }


def from_json(stored: Mapping[str, Any]) -> SearchRequest:
    """Convert from `request_json` output. Raises KeyError, ValueError for anything else; no value is assumed."""
    values = {"states": None, "media": None, **stored["filters"]}  # requests stored before these filters existed have none
    sets = {name: _set(values[name]) for name in _SETS}
    permission = Permission(_set(values["allowed_accounts"]), values["without_conversations"])
    if permission.without_messages and sets["kinds"] == frozenset(filter(permission.allows_kind, RecordKind)):
        sets["kinds"] = None  # until 2026, kinds left by the permission were stored as if chosen
    filters = Filters(
        first_day=_day(values["first_day"]), last_day=_day(values["last_day"]), has_media=values["has_media"], permission=permission, **sets
    )
    # requests stored before dialects existed are plain
    dialect, as_of = Dialect(stored.get("dialect", Dialect.PLAIN)), _day(stored.get("as_of"))
    records = set_from_json(stored["records"]) if stored.get("records") is not None else None  # older requests have none
    return SearchRequest(stored["query"], filters, Sort(stored["sort"]), dialect=dialect, as_of=as_of, records=records)


def _list(values: frozenset[Any] | None) -> list[Any] | None:
    return None if values is None else sorted(values)


def _set(values: list[Any] | None) -> frozenset[Any] | None:
    return None if values is None else frozenset(values)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

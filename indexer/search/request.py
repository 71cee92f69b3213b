"""What somebody looks for, and how it is kept as JSON: in jobs, saved searches and term reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from indexer.query import Dialect
from indexer.query.filters import Filters, Permission, Sort
from indexer.record import RecordKind

_SETS: Final = ("accounts", "platforms", "kinds", "authors", "states")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What somebody looks for. Days in `filters` are local days of the body's zone."""

    query: str = "*"
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.NEWEST
    limit: int = 25
    offset: int = 0
    dialect: Dialect = Dialect.PLAIN
    as_of: date | None = None  # only what was visible at the end of this local day, as it stood then


def as_json(request: SearchRequest) -> dict[str, Any]:
    """Return what JSON can hold. None ("not narrowed") and an empty set ("nothing") stay different."""
    filters, permission = request.filters, request.filters.permission
    return {
        "query": request.query,
        "sort": request.sort.value,
        "dialect": request.dialect.value,
        "as_of": _text(request.as_of),
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
    """Return the request. Raises KeyError, ValueError for what `as_json` has not made: nothing is assumed."""
    given = {"states": None, **stored["filters"]}  # requests of before the filter have none
    sets = {name: _set(given[name]) for name in _SETS}
    permission = Permission(_set(given["allowed_accounts"]), given["without_conversations"])
    if permission.without_messages and sets["kinds"] == frozenset(filter(permission.allows_kind, RecordKind)):
        sets["kinds"] = None  # until 2026 the kinds that a permission leaves were stored as chosen, too
    filters = Filters(
        first_day=_day(given["first_day"]), last_day=_day(given["last_day"]), has_media=given["has_media"], permission=permission, **sets
    )
    # what was stored before there were dialects was plain
    dialect, as_of = Dialect(stored.get("dialect", Dialect.PLAIN)), _day(stored.get("as_of"))
    return SearchRequest(stored["query"], filters, Sort(stored["sort"]), dialect=dialect, as_of=as_of)


def _list(values: frozenset[Any] | None) -> list[Any] | None:
    return None if values is None else sorted(values)


def _set(values: list[Any] | None) -> frozenset[Any] | None:
    return None if values is None else frozenset(values)


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

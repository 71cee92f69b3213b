"""A user's past searches, read from the event log, which is their only store."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from indexer.catalog import events
from indexer.local_time import from_ms
from indexer.query import Sort
from indexer.search import GroupBy
from portal.search import address as search_address
from portal.search.address import SIZES, SearchParams

LINES = 40  # on a page
_CHUNK = 200  # events read at a time
_MAX_SCANNED = 3_000  # newest searches scanned for the last run of a saved search


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A search in the history, whose pages may have been viewed several times in a row.

    `total` is the count at the newest view; None if the query was not valid. `oldest` is the number, from 1, of the first of
    these views among the user's searches: the history continues before it. `at` is UTC.
    """

    params: SearchParams
    at: datetime | None
    total: int | None
    views: int
    oldest: int


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last run of a search. `at` is UTC."""

    at: datetime | None
    total: int | None


def parse_address(address: str) -> SearchParams:
    """Parse the part of an address after "?". Too many filters are an error of the search, as in every address."""
    return search_address.parse(MultiDict(parse_qsl(address, keep_blank_values=True)))


def search_key(params: SearchParams) -> str:
    """Key shared by searches that find the same records, whatever their order, grouping and page."""
    return replace(params, sort=Sort.NEWEST, size=SIZES[0], group=GroupBy.NONE).address()


def history(db: sa.Engine, name: str, before: int | None = None, most: int = LINES) -> tuple[list[HistoryEntry], int | None]:
    """Return a page of a user's searches, newest first, and the number before which the next page begins; None at the end."""
    entries: list[HistoryEntry] = []
    with db.connect() as connection:
        for number, row in _numbered(connection, name, before):
            detail = json.loads(row.detail)
            params = replace(parse_address(detail.get("address", "")), page=1)
            if entries and entries[-1].params.address() == params.address():
                entries[-1] = replace(entries[-1], views=entries[-1].views + 1, oldest=number)
                continue
            if len(entries) == most:
                return entries, entries[-1].oldest
            entries.append(HistoryEntry(params, from_ms(row.at_ms), detail.get("total"), 1, number))
    return entries, None


def last_runs(db: sa.Engine, name: str, keys: Iterable[str]) -> Mapping[str, LastRun]:
    """Return a user's last run of searches by `search_key`, without searches not run recently."""
    pending = set(keys)
    runs: dict[str, LastRun] = {}
    with db.connect() as connection:
        for scanned, row in enumerate(_searches(connection, name, None) if pending else ()):
            if not pending or scanned >= _MAX_SCANNED:
                break
            detail = json.loads(row.detail)
            key = search_key(parse_address(detail.get("address", "")))
            if key in pending:
                pending.discard(key)
                runs[key] = LastRun(from_ms(row.at_ms), detail.get("total"))
    return runs


def _numbered(connection: sa.Connection, name: str, before: int | None) -> Iterator[tuple[int, Any]]:
    """Yield a user's searches, newest first, numbered from the oldest; event ids would reveal the activity of other users."""
    number = connection.execute(sa.select(sa.func.count()).select_from(events).where(*_by_user(name))).scalar_one()
    newest = None
    if before is not None and before <= number:
        own = sa.select(events.c.id).where(*_by_user(name)).order_by(events.c.id)
        newest = connection.execute(own.offset(max(before, 1) - 1).limit(1)).scalar_one()
        number = before - 1
    for row in _searches(connection, name, newest):
        yield number, row
        number -= 1


def _by_user(name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return events.c.actor == name, events.c.tag == "search:run"


def _searches(connection: sa.Connection, name: str, before: int | None) -> Iterator[Any]:
    """Yield a user's searches before an event, newest first."""
    query = sa.select(events.c.id, events.c.at_ms, events.c.detail).where(*_by_user(name))
    while True:
        page = query if before is None else query.where(events.c.id < before)
        rows = connection.execute(page.order_by(events.c.id.desc()).limit(_CHUNK)).all()
        yield from rows
        if len(rows) < _CHUNK:
            return
        before = rows[-1].id

"""A page of results in groups: computed over all hits once, then kept in memory for the pages that follow."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from indexer import cost
from indexer.catalog.record_views import current_texts, version_texts
from indexer.catalog.threads import by_date, threads_of
from indexer.i18n import say
from indexer.query.filters import Permission
from indexer.record import is_conversation
from indexer.repository import Repository
from indexer.search.near_duplicates import TooAlike, clusters
from indexer.search.searcher import Hit, NotAnswered, Results, Searcher, SearchRequest


class GroupBy(StrEnum):
    """How hits are put together. The value is the word in addresses and on the command line."""

    NONE = "none"
    THREADS = "threads"
    SAME = "same"


Groups = list[list[int]]
"""Hits by their place in the results, from 0; groups and the hits in them are in the order of the results."""


def put_together(db: sa.Engine, pks: Sequence[int], by: GroupBy, permission: Permission, standing: Mapping[int, int]) -> Groups:
    """Put the hits of a search together. `standing` says of some of them which version counts; of others the current one does.

    Raises TooAlike.
    """
    with db.connect() as connection:
        if by is GroupBy.THREADS:
            keys = threads_of(connection, pks, lambda row: _is_visible(row, permission))
        else:
            keys = _alike(connection, pks, standing)
    found: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return list(found.values())


def _alike(connection: sa.Connection, pks: Sequence[int], standing: Mapping[int, int]) -> list[int]:
    texts = current_texts(connection, [pk for pk in pks if pk not in standing])
    texts.update(version_texts(connection, standing.values()))
    return clusters([texts.get(pk, "") for pk in pks])


def _is_visible(row: Any, permission: Permission) -> bool:
    return permission.allows(row.account_id, in_conversation=is_conversation(row.kind, row.thread_id))


MOST: Final = 20_000
"""Hits that are put into groups at most: above it a page waits too long."""

SHOWN: Final = 50
"""Records of one group that a page shows at most; how many there are is always said."""

_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A hit and its number in the whole list of results, from 1."""

    number: int
    hit: Hit


@dataclass(frozen=True, slots=True)
class Group:
    """Hits that belong together: the first in the order of the results, and the others in order of date, the undated last.

    `size` counts all of them; `others` are not more than SHOWN.
    """

    first: Place
    others: tuple[Place, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Grouped:
    """A page of groups. `results` has the counts of records and no records; with `is_too_many` there are no groups.

    Then there are more than MOST, or so many of them share so much of their texts that comparing them takes too long.
    """

    by: GroupBy
    results: Results
    groups: tuple[Group, ...] = ()
    total: int = 0  # groups in all
    is_too_many: bool = False

    @property
    def sentence(self) -> str:
        """What is counted, in words; empty where there is no answer."""
        if not self.results.answered:
            return ""
        if self.is_too_many and self.results.total <= MOST:
            return say(
                "These records are too many to put together: so many of their texts are alike in large parts that comparing them "
                "takes too long. Narrow the search by days, accounts or more words. Until then this is the plain list."
            )
        if self.is_too_many:
            return say(
                "These are too many records to put together: {most} at most. Narrow the search by days, accounts or more words. "
                "Until then this is the plain list.",
                most=MOST,
            )
        what = {"records": self.results.total, "groups": self.total}
        if self.by is GroupBy.THREADS:
            return say("Records are put together by thread. Records: {records}. Threads: {groups}.", **what)
        return say("Records with the same or nearly the same text are put together. Records: {records}. Different texts: {groups}.", **what)


@dataclass(frozen=True, slots=True)
class _Whole:
    """All hits of a search and how they go together."""

    pks: array[int]
    groups: Groups | None  # None where comparing them takes too long


def search(repository: Repository, request: SearchRequest, by: GroupBy, bounds: cost.Bounds = cost.PATIENT) -> Grouped:
    """Answer a request in groups: `limit` and `offset` count groups.

    Where there are more than MOST hits, or comparing them takes too long, the answer has no groups but the records of the
    page as without groups.
    """
    searcher = Searcher(repository, bounds)
    results = searcher.search(replace(request, limit=min(1, request.limit), offset=0))  # one: what a page says is said
    if not results.answered:
        return Grouped(by, results)
    if results.total > MOST:
        return Grouped(by, searcher.search(request), is_too_many=True)
    try:
        whole = _whole(repository, searcher, request, by)
        if whole.groups is None:
            return Grouped(by, searcher.search(request), is_too_many=True)
        return _page(searcher, request, by, results, whole.pks, whole.groups)
    except NotAnswered as error:
        return Grouped(by, searcher.not_answered(request, results.reading, error))


def _page(  # noqa: PLR0917  # what a page is made of
    searcher: Searcher, request: SearchRequest, by: GroupBy, results: Results, pks: array[int], groups: Groups
) -> Grouped:
    start = max(0, request.offset)
    wanted = groups[start : start + max(0, request.limit)]
    shown = [group[: SHOWN + 1] for group in wanted]
    found = {hit.view.pk: hit for hit in searcher.hits(request, [pks[place] for group in shown for place in group])}
    made = []
    for group, some in zip(wanted, shown, strict=True):
        places = [Place(place + 1, found[pks[place]]) for place in some if pks[place] in found]
        if places:
            made.append(Group(places[0], tuple(sorted(places[1:], key=lambda place: by_date(place.hit.view))), len(group)))
    return Grouped(by, replace(results, request=request, records=()), tuple(made), len(groups))


_kept: WeakKeyDictionary[sa.Engine, OrderedDict[Any, _Whole]] = WeakKeyDictionary()
_keeping: Final = threading.Lock()


def _whole(repository: Repository, searcher: Searcher, request: SearchRequest, by: GroupBy) -> _Whole:
    key = (replace(request, limit=0, offset=0), by, repository.catalog.position(), repository.index.position())
    with _keeping:
        kept = _kept.setdefault(repository.db, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    pks = array("q", searcher.ids(request))
    try:
        made = _Whole(pks, put_together(repository.db, pks, by, request.filters.permission, searcher.standing(request, pks)))
    except TooAlike:
        made = _Whole(pks, None)
    with _keeping:
        kept[key] = made
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return made

"""A page of results in groups: computed over all hits once, then kept in memory for the pages that follow."""

from __future__ import annotations

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from indexer.grouping import GroupBy, Groups, put_together
from indexer.house import House
from indexer.likeness import TooAlike
from indexer.saying import say
from indexer.search import Hit, Results, Searcher, SearchRequest

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


def search(house: House, request: SearchRequest, by: GroupBy) -> Grouped:
    """Answer a request in groups: `limit` and `offset` count groups.

    Where there are more than MOST hits, or comparing them takes too long, the answer has no groups but the records of the
    page as without groups.
    """
    searcher = Searcher(house)
    results = searcher.search(replace(request, limit=min(1, request.limit), offset=0))  # one: what a page says is said
    if not results.answered:
        return Grouped(by, results)
    if results.total > MOST:
        return Grouped(by, searcher.search(request), is_too_many=True)
    whole = _whole(house, searcher, request, by)
    if whole.groups is None:
        return Grouped(by, searcher.search(request), is_too_many=True)
    return _page(searcher, request, by, results, whole.pks, whole.groups)


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
            made.append(Group(places[0], tuple(sorted(places[1:], key=_by_date)), len(group)))
    return Grouped(by, replace(results, request=request, records=()), tuple(made), len(groups))


def _by_date(place: Place) -> tuple[bool, float, int]:
    at = place.hit.view.posted_at
    return at is None, at.timestamp() if at else 0.0, place.hit.view.pk


_kept: WeakKeyDictionary[sa.Engine, OrderedDict[Any, _Whole]] = WeakKeyDictionary()
_keeping: Final = threading.Lock()


def _whole(house: House, searcher: Searcher, request: SearchRequest, by: GroupBy) -> _Whole:
    key = (replace(request, limit=0, offset=0), by, house.catalogue.position(), house.index.position())
    with _keeping:
        kept = _kept.setdefault(house.db, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]
    pks = array("q", searcher.ids(request))
    try:
        made = _Whole(pks, put_together(house.db, pks, by, request.filters, searcher.standing(request, pks)))
    except TooAlike:
        made = _Whole(pks, None)
    with _keeping:
        kept[key] = made
        while len(kept) > _KEPT:
            kept.popitem(last=False)
    return made

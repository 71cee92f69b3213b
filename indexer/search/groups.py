"""A page of results in groups: computed over all hits once, then kept in memory for the pages that follow."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from indexer import cost
from indexer.catalog.record_views import current_texts, version_texts
from indexer.catalog.threads import by_date, threads_of
from indexer.i18n import say
from indexer.query.filters import Permission
from indexer.record import is_conversation
from indexer.repository import Repository
from indexer.search.answering import NotAnswered
from indexer.search.near_duplicates import TooAlike, clusters
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Hit, Results


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
                "These records cannot be grouped: so many of them share long passages that comparing them takes too long. Narrow "
                "the search by dates, accounts, or more words. Until then, the list is ungrouped."
            )
        if self.is_too_many:
            return say(
                "There are too many records to group (limit: {most}). Narrow the search by dates, accounts, or more words. Until "
                "then, the list is ungrouped.",
                most=MOST,
            )
        what = {"records": self.results.total, "groups": self.total}
        if self.by is GroupBy.THREADS:
            return say("Records are grouped by conversation. Records: {records}. Conversations: {groups}.", **what)
        return say("Records with the same or nearly the same text are grouped. Records: {records}. Different texts: {groups}.", **what)


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
    plan = Plan(repository, request, bounds)
    results = plan.page(with_records=False)
    if not results.answered:
        return Grouped(by, results)
    if results.total > MOST:
        return Grouped(by, plan.page(), is_too_many=True)
    try:
        whole = _whole(plan, by)
        if whole.groups is None:
            return Grouped(by, plan.page(), is_too_many=True)
        return _page(plan, by, results, whole)
    except NotAnswered as error:
        return Grouped(by, plan.not_answered(error))


def _page(plan: Plan, by: GroupBy, results: Results, whole: _Whole) -> Grouped:
    start, pks, groups = max(0, plan.request.offset), whole.pks, whole.groups or []
    wanted = groups[start : start + plan.request.limit]
    shown = [group[: SHOWN + 1] for group in wanted]
    found = {hit.view.pk: hit for hit in plan.hits([pks[place] for group in shown for place in group])}
    made = []
    for group, some in zip(wanted, shown, strict=True):
        places = [Place(place + 1, found[pks[place]]) for place in some if pks[place] in found]
        if places:
            made.append(Group(places[0], tuple(sorted(places[1:], key=lambda place: by_date(place.hit.view))), len(group)))
    return Grouped(by, results, tuple(made), len(groups))


def _whole(plan: Plan, by: GroupBy) -> _Whole:
    repository = plan.repository
    key = (replace(plan.request, limit=0, offset=0), by, repository.catalog.position(), repository.index.position())
    return repository.cache.get_or_compute("groups", key, partial(_put_together, plan, by), _KEPT)


def _put_together(plan: Plan, by: GroupBy) -> _Whole:
    pks = plan.ids()
    try:
        return _Whole(pks, put_together(plan.repository.db, pks, by, plan.request.filters.permission, plan.standing(pks)))
    except TooAlike:
        return _Whole(pks, None)

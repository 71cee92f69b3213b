"""Grouped results: groups are computed once over all hits, then cached for the following pages."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from indexer import cost
from indexer.catalog import by_date, current_texts, threads_of, version_texts
from indexer.i18n import say
from indexer.query import Permission
from indexer.record import is_conversation
from indexer.repository import Repository
from indexer.search.answering import NotAnswered
from indexer.search.near_duplicates import TooManySimilarTexts, clusters
from indexer.search.plan import Plan
from indexer.search.request import SearchRequest
from indexer.search.results import Hit, Results


class GroupBy(StrEnum):
    """How hits are grouped. The values appear in URLs and on the command line."""

    NONE = "none"
    THREADS = "threads"
    SAME = "same"


Groups = list[list[int]]
"""Hits by their index in the results; groups, and hits within a group, keep the order of the results."""


def group_hits(db: sa.Engine, pks: Sequence[int], by: GroupBy, permission: Permission, version_ids: Mapping[int, int]) -> Groups:
    """Group the hits of a search. `standing` has the version to compare by record; for the rest it is the current one.

    Raises TooAlike.
    """
    with db.connect() as connection:
        if by is GroupBy.THREADS:
            keys = threads_of(connection, pks, lambda row: _is_visible(row, permission))
        else:
            keys = _cluster_texts(connection, pks, version_ids)
    groups: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(key, []).append(place)
    return list(groups.values())


def _cluster_texts(connection: sa.Connection, pks: Sequence[int], version_ids: Mapping[int, int]) -> list[int]:
    texts = current_texts(connection, [pk for pk in pks if pk not in version_ids])
    texts.update(version_texts(connection, version_ids.values()))
    return clusters([texts.get(pk, "") for pk in pks])


def _is_visible(row: Any, permission: Permission) -> bool:
    return permission.allows(row.account_id, in_conversation=is_conversation(row.kind, row.thread_id))


MOST: Final = 20_000
"""Most hits that are grouped: with more, a page takes too long."""

SHOWN: Final = 50
"""Most records of a group on a page; the group's full size is always stated."""

_MAX_CACHED: Final = 16


@dataclass(frozen=True, slots=True)
class NumberedHit:
    """A hit and its number among all results, from 1."""

    number: int
    hit: Hit


@dataclass(frozen=True, slots=True)
class Group:
    """Hits that belong together: the first in the order of the results, and the others in order of date, the undated last.

    `size` counts all of them; `others` are not more than SHOWN.
    """

    first: NumberedHit
    others: tuple[NumberedHit, ...]
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
        """The counts in words; empty without an answer."""
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
        counts = {"records": self.results.total, "groups": self.total}
        if self.by is GroupBy.THREADS:
            return say("Records are grouped by conversation. Records: {records}. Conversations: {groups}.", **counts)
        return say("Records with the same or nearly the same text are grouped. Records: {records}. Different texts: {groups}.", **counts)


@dataclass(frozen=True, slots=True)
class _Grouping:
    """All hits of a search and their groups."""

    pks: array[int]
    groups: Groups | None  # None if comparing them takes too long


def search(repository: Repository, request: SearchRequest, by: GroupBy, bounds: cost.Bounds = cost.PATIENT) -> Grouped:
    """Answer a request in groups: `limit` and `offset` count groups.

    With more than MOST hits, or if comparing them takes too long, the answer is an ungrouped page.
    """
    plan = Plan(repository, request, bounds)
    results = plan.page(with_records=False)
    if not results.answered:
        return Grouped(by, results)
    if results.total > MOST:
        return Grouped(by, plan.page(), is_too_many=True)
    try:
        grouping = _cached_grouping(plan, by)
        if grouping.groups is None:
            return Grouped(by, plan.page(), is_too_many=True)
        return _page(plan, by, results, grouping)
    except NotAnswered as error:
        return Grouped(by, plan.not_answered(error))


def _page(plan: Plan, by: GroupBy, results: Results, grouping: _Grouping) -> Grouped:
    start, pks, groups = max(0, plan.request.offset), grouping.pks, grouping.groups or []
    page_groups = groups[start : start + plan.request.limit]
    shown = [group[: SHOWN + 1] for group in page_groups]
    hits_by_pk = {hit.view.pk: hit for hit in plan.hits([pks[place] for group in shown for place in group])}
    built = []
    for group, indexes in zip(page_groups, shown, strict=True):
        places = [NumberedHit(place + 1, hits_by_pk[pks[place]]) for place in indexes if pks[place] in hits_by_pk]
        if places:
            built.append(Group(places[0], tuple(sorted(places[1:], key=lambda place: by_date(place.hit.view))), len(group)))
    return Grouped(by, results, tuple(built), len(groups))


def _cached_grouping(plan: Plan, by: GroupBy) -> _Grouping:
    repository = plan.repository
    key = (replace(plan.request, limit=0, offset=0), by, repository.catalog.position(), repository.index.position())
    return repository.cache.get_or_compute("groups", key, partial(_group_all, plan, by), _MAX_CACHED)


def _group_all(plan: Plan, by: GroupBy) -> _Grouping:
    pks = plan.ids()
    try:
        return _Grouping(pks, group_hits(plan.repository.db, pks, by, plan.request.filters.permission, plan.version_ids(pks)))
    except TooManySimilarTexts:
        return _Grouping(pks, None)

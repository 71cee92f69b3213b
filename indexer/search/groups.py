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
from indexer.catalog.record_views import _TEXTS_OF_VERSIONS, _current, _keys, _read, current_texts
from indexer.catalog.tables import accounts, records, root_id, versions
from indexer.catalog.threads import Joined
from indexer.i18n import say
from indexer.query.filters import Permission
from indexer.record import RecordKind, is_conversation
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
        keys = _threads(connection, pks, permission) if by is GroupBy.THREADS else _alike(connection, pks, standing)
    found: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return list(found.values())


def _alike(connection: sa.Connection, pks: Sequence[int], standing: Mapping[int, int]) -> list[int]:
    texts = current_texts(connection, [pk for pk in pks if pk not in standing])
    for pk, text, title in _read(connection, _TEXTS_OF_VERSIONS, list(standing.values())):
        texts[pk] = text or title
    return clusters([texts.get(pk, "") for pk in pks])


def _threads(connection: sa.Connection, pks: Sequence[int], permission: Permission) -> list[int]:
    """Return one number for each hit, the same for those of one thread: hits are followed upwards to what they answer."""
    rows = list(_read(connection, _TIES, list(pks)))
    places = {row.pk: at for at, row in enumerate(rows)}
    answered: dict[tuple[str, str], list[int]] = {}  # platform and native id -> records that may be answered
    waiting: dict[tuple[str, str], list[int]] = {}
    ties: list[tuple[int, int]] = []
    conversations: dict[tuple[int, str], int] = {}
    new = rows
    while new:
        for row in new:
            if row.thread_id:
                ties.append((row.pk, conversations.setdefault((row.account_id, row.thread_id), row.pk)))
            if row.kind != RecordKind.LIKE:
                answered.setdefault((row.platform, row.native_id), []).append(row.pk)
                if row.parent_id:
                    waiting.setdefault((row.platform, row.parent_id), []).append(row.pk)
        missing = sorted({native for platform, native in waiting if (platform, native) not in answered})
        looked_for = {key for key in waiting if key not in answered}
        for key in looked_for:
            answered[key] = []  # asked for once, found or not
        new = [
            row
            for row in _read(connection, _TIES_OF_NATIVE, missing)
            if (row.platform, row.native_id) in looked_for and row.pk not in places and _is_visible(row, permission)
        ]
        new = [row for row in new if row.kind != RecordKind.LIKE]
        for row in new:
            places.setdefault(row.pk, len(places))
    ties += [(answer, one) for key, answers in waiting.items() for one in answered.get(key, ()) for answer in answers]
    joined = Joined(len(places))
    for one, other in ties:
        joined.join(places[one], places[other])
    return [joined.root(places[pk]) if pk in places else -1 - at for at, pk in enumerate(pks)]


def _is_visible(row: Any, permission: Permission) -> bool:
    return permission.allows(row.account_id, in_conversation=is_conversation(row.kind, row.thread_id))


_ALL_TIES: Final = (
    sa.select(
        records.c.pk,
        records.c.kind,
        root_id.label("account_id"),
        records.c.native_id,
        accounts.c.platform,
        versions.c.parent_id,
        versions.c.thread_id,
    )
    .select_from(records.join(versions, _current).join(accounts, accounts.c.id == records.c.account_id))
    .order_by(records.c.pk)
)
_TIES: Final = _ALL_TIES.where(_keys(records.c.pk))
_TIES_OF_NATIVE: Final = _ALL_TIES.where(_keys(records.c.native_id))


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
            made.append(Group(places[0], tuple(sorted(places[1:], key=_by_date)), len(group)))
    return Grouped(by, results, tuple(made), len(groups))


def _by_date(place: Place) -> tuple[bool, float, int]:
    at = place.hit.view.posted_at
    return at is None, at.timestamp() if at else 0.0, place.hit.view.pk


def _whole(plan: Plan, by: GroupBy) -> _Whole:
    repository = plan.repository
    key = (replace(plan.request, limit=0, offset=0), by, repository.catalog.position(), repository.index.position())
    return repository.memory.recall("groups", key, partial(_put_together, plan, by), _KEPT)


def _put_together(plan: Plan, by: GroupBy) -> _Whole:
    pks = plan.ids()
    try:
        return _Whole(pks, put_together(plan.repository.db, pks, by, plan.request.filters.permission, plan.standing(pks)))
    except TooAlike:
        return _Whole(pks, None)

"""Threads: records of the same conversation or chain of answers.

Two rules link records: records of an account that share the platform's conversation, and a record and the record that
it answers, across the accounts of a platform (X gives only the id of the answered record). A like answers nothing and
is not answered. `families` follows the links of all records at once, `threads_of` those of the hits of a search,
`thread` those of a single record. A record without links is a family of its own.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog.database import among_keys, select_keys
from indexer.catalog.models import RecordView
from indexer.catalog.record_views import current_views
from indexer.catalog.stored_data import COMPLETE
from indexer.catalog.tables import accounts, captures, records, root_id, sightings, versions
from indexer.catalog.union_find import DisjointSets
from indexer.record import RecordKind

_ROWS = 10_000  # rows fetched at a time

_answer, _answered = records.alias("answer"), records.alias("answered")
_theirs, _its = accounts.alias("theirs"), accounts.alias("its")
_ANSWERS: Final = (
    sa.select(_answer.c.pk, _answered.c.pk)
    .select_from(versions)
    .join(_answer, sa.and_(_answer.c.pk == versions.c.record_pk, _answer.c.current_version_id == versions.c.id))
    .join(_theirs, _theirs.c.id == _answer.c.account_id)
    .join(_answered, _answered.c.native_id == versions.c.parent_id)
    .join(_its, sa.and_(_its.c.id == _answered.c.account_id, _its.c.platform == _theirs.c.platform))
    .where(
        versions.c.parent_id.is_not(None),
        _answer.c.kind != RecordKind.LIKE.value,
        _answered.c.kind != RecordKind.LIKE.value,
        _answered.c.current_version_id.is_not(None),
    )
)
"""Pairs of a record and the record that it answers, where the catalog has both."""

_ANSWERED_BY: Final = _ANSWERS.where(among_keys(_answer.c.pk))
_ANSWERS_TO: Final = _ANSWERS.where(among_keys(_answered.c.pk))

_MEMBERS: Final = (
    sa.select(records.c.pk, records.c.kind, root_id.label("account_id"), versions.c.thread_id)
    .select_from(versions)
    .join(records, sa.and_(records.c.pk == versions.c.record_pk, records.c.current_version_id == versions.c.id))
    .join(accounts, accounts.c.id == records.c.account_id)
)
"""Records with their conversations."""

_MEMBERS_OF_KEYS: Final = _MEMBERS.where(among_keys(records.c.pk)).order_by(records.c.pk)
_MEMBERS_OF_CONVERSATIONS: Final = _MEMBERS.where(versions.c.thread_id.is_not(None), versions.c.thread_id != "").order_by(
    versions.c.thread_id
)


class Families(DisjointSets):
    """Families by record number. `records` and `media` are the totals of each family, by the number of its root."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.records = array("i", [1]) * size
        self.media = array("i", [0]) * size

    def join(self, left: int, right: int) -> tuple[int, int]:
        """Join two families and add up their counts."""
        root, absorbed = super().join(left, right)
        if root != absorbed:
            self.records[root] += self.records[absorbed]
            self.media[root] += self.media[absorbed]
        return root, absorbed


def families(db: sa.Engine, scope: bytearray | None = None) -> Families:
    """Return the families of all records, or of those whose byte in `scope` is not 0.

    Records outside the scope are not counted and link no other records, because the reader may not see them.
    Uses twelve bytes per record; the time is that of reading the joined rows.
    """
    with db.connect() as connection:
        highest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(records.c.pk), 0))).scalar_one()
        result = Families(highest + 1)
        inside = scope if scope is not None else bytearray(b"\1") * len(result)
        inside = inside + bytes(max(0, len(result) - len(inside)))
        for pk, count in _media(connection):
            if inside[pk]:
                result.media[pk] = count
        for answer, answered in connection.execution_options(yield_per=_ROWS).execute(_ANSWERS):
            if inside[answer] and inside[answered]:
                result.join(answer, answered)
        _join_conversations(connection, result, inside)
    return result


def _join_conversations(connection: sa.Connection, result: Families, inside: bytearray) -> None:
    thread, firsts = None, dict[int, int]()
    for pk, _kind, account_id, thread_id in connection.execution_options(yield_per=_ROWS).execute(_MEMBERS_OF_CONVERSATIONS):
        if thread_id != thread:
            thread, firsts = thread_id, {}
        if inside[pk]:
            result.join(firsts.setdefault(account_id, pk), pk)


def _media(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """Yield (record number, number of files in custody) for each current version with files."""
    query = (
        sa.select(sightings.c.record_pk, sightings.c.attached)
        .join(records, sa.and_(records.c.pk == sightings.c.record_pk, records.c.current_version_id == sightings.c.version_id))
        .join(captures, captures.c.id == sightings.c.capture_id)
        .where(sightings.c.attached.is_not(None), captures.c.state == COMPLETE)
        .order_by(sightings.c.record_pk)
    )
    current, names = 0, set[str]()
    for pk, attached in connection.execution_options(yield_per=_ROWS).execute(query):
        if pk != current and names:
            yield current, len(names)
        if pk != current:
            current, names = pk, set()
        names.update(msgspec.json.decode(attached, type=dict[str, str]))
    if names:
        yield current, len(names)


def threads_of(connection: sa.Connection, pks: Sequence[int], may_see: Callable[[Any], bool]) -> list[int]:
    """Return a thread number for each hit; hits of the same thread have the same number.

    Follows each hit up through the records that it answers, as far as `may_see` allows (given kind, account and thread).
    """
    positions: dict[int, int] = {}
    conversations: dict[tuple[int, str], int] = {}
    links: list[tuple[int, int]] = []
    pending = dict.fromkeys(pks)
    while pending:
        is_hit = not positions
        rows = [row for row in select_keys(connection, _MEMBERS_OF_KEYS, pending) if is_hit or may_see(row)]
        for row in rows:
            positions[row.pk] = len(positions)
            if row.thread_id:
                links.append((row.pk, conversations.setdefault((row.account_id, row.thread_id), row.pk)))
        answers = [(answer, answered) for answer, answered in select_keys(connection, _ANSWERED_BY, [row.pk for row in rows])]
        links += answers
        pending = {answered: None for _answer, answered in answers if answered not in positions}
    sets = DisjointSets(len(positions))
    for left, right in links:
        if left in positions and right in positions:
            sets.join(positions[left], positions[right])
    return [sets.root(positions[pk]) if pk in positions else -1 - index for index, pk in enumerate(pks)]


def thread(connection: sa.Connection, view: RecordView, limit: int) -> list[RecordView]:
    """Return at most `limit` records of the thread, oldest first, always including the record itself."""
    pks = _conversation(connection, view, limit) if view.content.thread_id else []
    return sorted(current_views(connection, pks or _chain(connection, view.pk, limit)).values(), key=by_date)


def by_date(view: RecordView) -> tuple[bool, int, int]:
    """Sort key: oldest first, undated last, ties by number."""
    return view.content.posted_ms is None, view.content.posted_ms or 0, view.pk


def _conversation(connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
    account_ids = sa.select(accounts.c.id).where(root_id == view.account.id)
    query = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(versions.c.thread_id == view.content.thread_id, records.c.account_id.in_(account_ids))
        .order_by(versions.c.posted_ms, records.c.pk)
    )
    pks = list(connection.execute(query).scalars())
    if len(pks) <= limit:
        return pks
    position = pks.index(view.pk) if view.pk in pks else 0
    start = max(0, min(position - limit // 2, len(pks) - limit))
    return pks[start : start + limit]


def _chain(connection: sa.Connection, pk: int, limit: int) -> list[int]:
    """Return a record, its ancestors up to the first post, then the rest of the chain."""
    pks = {pk: None}
    parents = [pk]
    while parents and len(pks) < limit:
        parents = [answered for _answer, answered in select_keys(connection, _ANSWERED_BY, parents) if answered not in pks]
        pks.update(dict.fromkeys(parents))
    pending = list(pks)
    while pending and len(pks) < limit:
        links = [link for query in (_ANSWERED_BY, _ANSWERS_TO) for link in select_keys(connection, query, pending)]
        pending = list(dict.fromkeys(linked for link in links for linked in link if linked not in pks))
        pks.update(dict.fromkeys(pending))
    return list(pks)[:limit]

"""Threads: what belongs to one conversation or to one chain of answers.

Two rules tie records together: records of one account that share the platform's conversation, and a record and what
it answers, across the accounts of one platform (X gives only the id of the record answered). A like answers nothing and
is not answered. `families` follows the ties of all records at once, `threads_of` those of the hits of a search, `thread`
those of one record. A record that nothing ties is a family of its own.
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

_ROWS = 10_000  # rows that are fetched at a time

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
"""Each record that answers another one that is held, with that one."""

_ANSWERED_BY: Final = _ANSWERS.where(among_keys(_answer.c.pk))
_ANSWERS_TO: Final = _ANSWERS.where(among_keys(_answered.c.pk))

_MEMBERS: Final = (
    sa.select(records.c.pk, records.c.kind, root_id.label("account_id"), versions.c.thread_id)
    .select_from(versions)
    .join(records, sa.and_(records.c.pk == versions.c.record_pk, records.c.current_version_id == versions.c.id))
    .join(accounts, accounts.c.id == records.c.account_id)
)
"""Records with the conversation that they are of."""

_MEMBERS_OF_KEYS: Final = _MEMBERS.where(among_keys(records.c.pk)).order_by(records.c.pk)
_MEMBERS_OF_CONVERSATIONS: Final = _MEMBERS.where(versions.c.thread_id.is_not(None), versions.c.thread_id != "").order_by(
    versions.c.thread_id
)


class Families(DisjointSets):
    """Families by record number. `records` and `media` count what a family holds, by the number of its root."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.records = array("i", [1]) * size
        self.media = array("i", [0]) * size

    def join(self, left: int, right: int) -> tuple[int, int]:
        """Make one family of two, with the counts of both."""
        kept, dropped = super().join(left, right)
        if kept != dropped:
            self.records[kept] += self.records[dropped]
            self.media[kept] += self.media[dropped]
        return kept, dropped


def families(db: sa.Engine, scope: bytearray | None = None) -> Families:
    """Return the families of all records held, or of those whose place in `scope` is not 0.

    What is outside of the scope is not counted and ties no two other records together: a reader may not see it.
    Twelve bytes a record: a million take as long as reading the rows that are joined.
    """
    with db.connect() as connection:
        highest = connection.execute(sa.select(sa.func.coalesce(sa.func.max(records.c.pk), 0))).scalar_one()
        found = Families(highest + 1)
        inside = scope if scope is not None else bytearray(b"\1") * len(found)
        inside = inside + bytes(max(0, len(found) - len(inside)))
        for pk, count in _media(connection):
            if inside[pk]:
                found.media[pk] = count
        for answer, answered in connection.execution_options(yield_per=_ROWS).execute(_ANSWERS):
            if inside[answer] and inside[answered]:
                found.join(answer, answered)
        _join_conversations(connection, found, inside)
    return found


def _join_conversations(connection: sa.Connection, found: Families, inside: bytearray) -> None:
    thread, firsts = None, dict[int, int]()
    for pk, _kind, account_id, thread_id in connection.execution_options(yield_per=_ROWS).execute(_MEMBERS_OF_CONVERSATIONS):
        if thread_id != thread:
            thread, firsts = thread_id, {}
        if inside[pk]:
            found.join(firsts.setdefault(account_id, pk), pk)


def _media(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """Yield each record of whose present version files are in custody, with how many."""
    query = (
        sa.select(sightings.c.record_pk, sightings.c.attached)
        .join(records, sa.and_(records.c.pk == sightings.c.record_pk, records.c.current_version_id == sightings.c.version_id))
        .join(captures, captures.c.id == sightings.c.capture_id)
        .where(sightings.c.attached.is_not(None), captures.c.state == COMPLETE)
        .order_by(sightings.c.record_pk)
    )
    now, names = 0, set[str]()
    for pk, attached in connection.execution_options(yield_per=_ROWS).execute(query):
        if pk != now and names:
            yield now, len(names)
        if pk != now:
            now, names = pk, set()
        names.update(msgspec.json.decode(attached, type=dict[str, str]))
    if names:
        yield now, len(names)


def threads_of(connection: sa.Connection, pks: Sequence[int], may_see: Callable[[Any], bool]) -> list[int]:
    """Return one number for each hit, the same for those of one thread.

    Hits are followed upwards to what they answer, through records that `may_see` allows by their kind, account and thread.
    """
    places: dict[int, int] = {}
    conversations: dict[tuple[int, str], int] = {}
    ties: list[tuple[int, int]] = []
    new = dict.fromkeys(pks)
    while new:
        is_hit = not places
        rows = [row for row in select_keys(connection, _MEMBERS_OF_KEYS, new) if is_hit or may_see(row)]
        for row in rows:
            places[row.pk] = len(places)
            if row.thread_id:
                ties.append((row.pk, conversations.setdefault((row.account_id, row.thread_id), row.pk)))
        answers = [(answer, answered) for answer, answered in select_keys(connection, _ANSWERED_BY, [row.pk for row in rows])]
        ties += answers
        new = {answered: None for _answer, answered in answers if answered not in places}
    sets = DisjointSets(len(places))
    for left, right in ties:
        if left in places and right in places:
            sets.join(places[left], places[right])
    return [sets.root(places[pk]) if pk in places else -1 - at for at, pk in enumerate(pks)]


def thread(connection: sa.Connection, view: RecordView, limit: int) -> list[RecordView]:
    """Return at most `limit` records of the thread, oldest first, the record itself always included."""
    pks = _conversation(connection, view, limit) if view.content.thread_id else []
    return sorted(current_views(connection, pks or _chain(connection, view.pk, limit)).values(), key=by_date)


def by_date(view: RecordView) -> tuple[bool, int, int]:
    """Sort key: the oldest record first, the undated last, ties by number."""
    return view.content.posted_ms is None, view.content.posted_ms or 0, view.pk


def _conversation(connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
    whole = sa.select(accounts.c.id).where(root_id == view.account.id)
    query = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(versions.c.thread_id == view.content.thread_id, records.c.account_id.in_(whole))
        .order_by(versions.c.posted_ms, records.c.pk)
    )
    pks = list(connection.execute(query).scalars())
    if len(pks) <= limit:
        return pks
    at = pks.index(view.pk) if view.pk in pks else 0
    start = max(0, min(at - limit // 2, len(pks) - limit))
    return pks[start : start + limit]


def _chain(connection: sa.Connection, pk: int, limit: int) -> list[int]:
    """Return a record, what it answers upwards to the first post, then all else of the chain."""
    pks = {pk: None}
    above = [pk]
    while above and len(pks) < limit:
        above = [answered for _answer, answered in select_keys(connection, _ANSWERED_BY, above) if answered not in pks]
        pks.update(dict.fromkeys(above))
    new = list(pks)
    while new and len(pks) < limit:
        ties = [tie for query in (_ANSWERED_BY, _ANSWERS_TO) for tie in select_keys(connection, query, new)]
        new = list(dict.fromkeys(one for tie in ties for one in tie if one not in pks))
        pks.update(dict.fromkeys(new))
    return list(pks)[:limit]

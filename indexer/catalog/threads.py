"""The family of each record: what belongs to one conversation or to one chain of answers, worked out for all records at once.

The rules are those of threads.py, joined: records of one account that share the platform's conversation, and a record
and what it answers, across the accounts of one platform. A record that nothing joins is a family of its own. Only
records of a given scope are joined: what a reader may not see can neither be counted nor tie two other records together.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from indexer.catalog.models import RecordView
from indexer.catalog.record_views import BATCH, current_views
from indexer.catalog.stored_data import COMPLETE
from indexer.catalog.tables import accounts, captures, records, root_id, sightings, versions

_ROWS = 10_000  # rows that are fetched at a time


class Families:
    """Families by record number. `records` and `media` count what a family holds, by the number of its root."""

    def __init__(self, size: int) -> None:
        self._above = array("i", range(size))
        self.records = array("i", [1]) * size
        self.media = array("i", [0]) * size

    def __len__(self) -> int:
        """One more than the highest record number."""
        return len(self._above)

    def root(self, pk: int) -> int:
        """Return the number that stands for the family of a record."""
        above = self._above
        while (up := above[pk]) != pk:
            above[pk] = above[up]  # each look makes the next one shorter
            pk = above[up]
        return pk

    def join(self, one: int, other: int) -> None:
        """Make one family of two."""
        one, other = self.root(one), self.root(other)
        if one == other:
            return
        if self.records[one] < self.records[other]:
            one, other = other, one
        self._above[other] = one
        self.records[one] += self.records[other]
        self.media[one] += self.media[other]


def families(db: sa.Engine, scope: bytearray | None = None) -> Families:
    """Return the families of all records held, or of those whose place in `scope` is not 0.

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
        for one, other in _parents_of_all(connection):
            if inside[one] and inside[other]:
                found.join(one, other)
        _join_conversations(connection, found, inside)
    return found


def _parents_of_all(connection: sa.Connection) -> Iterator[tuple[int, int]]:
    """Yield each record that answers another one that is held, with that one. A like is no answer."""
    answer, answered = records.alias("answer"), records.alias("answered")
    theirs, its = accounts.alias("theirs"), accounts.alias("its")
    query = (
        sa.select(answer.c.pk, answered.c.pk)
        .select_from(versions)
        .join(answer, answer.c.current_version_id == versions.c.id)
        .join(theirs, theirs.c.id == answer.c.account_id)
        .join(answered, answered.c.native_id == versions.c.parent_id)
        .join(its, sa.and_(its.c.id == answered.c.account_id, its.c.platform == theirs.c.platform))
        .where(
            versions.c.parent_id.is_not(None),
            answer.c.pk == versions.c.record_pk,
            answer.c.kind != "like",
            answered.c.kind != "like",
            answered.c.current_version_id.is_not(None),
        )
    )
    for row in connection.execution_options(yield_per=_ROWS).execute(query):
        yield row[0], row[1]


def _join_conversations(connection: sa.Connection, found: Families, inside: bytearray) -> None:
    query = (
        sa.select(versions.c.thread_id, root_id, records.c.pk)
        .select_from(versions)
        .join(records, sa.and_(records.c.pk == versions.c.record_pk, records.c.current_version_id == versions.c.id))
        .join(accounts, accounts.c.id == records.c.account_id)
        .where(versions.c.thread_id.is_not(None), versions.c.thread_id != "")
        .order_by(versions.c.thread_id)
    )
    thread, firsts = None, dict[int, int]()
    for thread_id, account_id, pk in connection.execution_options(yield_per=_ROWS).execute(query):
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


class Joined:
    """Numbers from 0 that are put together; each set of them goes by one of its numbers."""

    def __init__(self, size: int) -> None:
        self._above = list(range(size))

    def root(self, number: int) -> int:
        """Return the number that stands for the set of a number."""
        above = self._above
        while (up := above[number]) != number:
            above[number] = above[up]  # each look makes the next one shorter
            number = above[up]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one set of two; it goes by the lower number."""
        one, other = self.root(one), self.root(other)
        self._above[max(one, other)] = min(one, other)


def thread(connection: sa.Connection, view: RecordView, limit: int) -> list[RecordView]:
    """Return at most `limit` records of the thread, oldest first, the record itself always included.

    Two rules: records that share the platform's conversation, and the chain of answers upwards and downwards
    (X gives only the id of the record answered). Answers cross accounts of one platform.
    """
    pks = _conversation(connection, view, limit) if view.content.thread_id else []
    if not pks:
        pks = _answers(connection, view, limit)
    found = current_views(connection, pks)
    return sorted(
        found.values(),
        key=lambda one: (one.content.posted_at is None, one.content.posted_at.timestamp() if one.content.posted_at else 0, one.pk),
    )


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


def _answers(connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
    platform = sa.select(accounts.c.id).where(accounts.c.platform == view.account.platform)
    base = (
        sa.select(records.c.pk, records.c.native_id, versions.c.parent_id)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(records.c.account_id.in_(platform), records.c.kind != "like")
    )
    found = {view.pk: None}
    parent = view.content.parent_id
    roots = [view.native_id]
    while parent and len(found) < limit:
        row = connection.execute(base.where(records.c.native_id == parent)).first()
        if row is None or row.pk in found:
            break
        found[row.pk] = None
        roots.append(row.native_id)
        parent = row.parent_id
    while roots and len(found) < limit:
        rows = connection.execute(base.where(versions.c.parent_id.in_(roots[:BATCH]))).all()
        roots = roots[BATCH:] + [row.native_id for row in rows if row.pk not in found]
        found.update((row.pk, None) for row in rows)
    return list(found)[:limit]

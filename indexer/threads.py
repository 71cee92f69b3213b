"""The thread that a record belongs to."""

from __future__ import annotations

import sqlalchemy as sa

from indexer.record_views import BATCH, current_views
from indexer.shown import RecordView
from indexer.tables import accounts, records, versions


def thread(connection: sa.Connection, view: RecordView, limit: int) -> list[RecordView]:
    """Return at most `limit` records of the thread, oldest first, the record itself always included.

    Two rules: records that share the platform's conversation, and the chain of answers upwards and downwards
    (X gives only the id of the record answered). Answers cross accounts of one platform.
    """
    pks = _conversation(connection, view, limit) if view.thread_id else []
    if not pks:
        pks = _answers(connection, view, limit)
    found = current_views(connection, pks)
    return sorted(found.values(), key=lambda one: (one.posted_at is None, one.posted_at.timestamp() if one.posted_at else 0, one.pk))


def _conversation(connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
    query = (
        sa.select(records.c.pk)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(versions.c.thread_id == view.thread_id, records.c.account_id == view.account_id)
        .order_by(versions.c.posted_ms, records.c.pk)
    )
    pks = list(connection.execute(query).scalars())
    if len(pks) <= limit:
        return pks
    at = pks.index(view.pk) if view.pk in pks else 0
    start = max(0, min(at - limit // 2, len(pks) - limit))
    return pks[start : start + limit]


def _answers(connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
    platform = sa.select(accounts.c.id).where(accounts.c.platform == view.platform)
    base = (
        sa.select(records.c.pk, records.c.native_id, versions.c.parent_id)
        .join(versions, versions.c.id == records.c.current_version_id)
        .where(records.c.account_id.in_(platform), records.c.kind != "like")
    )
    found = {view.pk: None}
    parent = view.parent_id
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

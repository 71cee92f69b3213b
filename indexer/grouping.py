"""Puts hits together that belong together: those of one thread, or the same notice on several accounts and platforms.

Threads follow the rules of threads.py: records of one account that share the platform's conversation, and a record and
what it answers, across the accounts of one platform. Records that the reader may not see tie nothing together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from indexer.engines import Filters
from indexer.likeness import Joined, clusters
from indexer.record import RecordKind, is_conversation
from indexer.tables import accounts, records, versions

BATCH: Final = 500  # records a query: below every database's limit of variables


class GroupBy(StrEnum):
    """How hits are put together. The value is the word in addresses and on the command line."""

    NONE = "none"
    THREADS = "threads"
    SAME = "same"


Groups = list[list[int]]
"""Hits by their place in the results, from 0; groups and the hits in them are in the order of the results."""


def put_together(db: sa.Engine, pks: Sequence[int], by: GroupBy, permission: Filters, standing: Mapping[int, int]) -> Groups:
    """Put the hits of a search together. `standing` says of some of them which version counts; of others the current one does.

    Raises TooAlike.
    """
    with db.connect() as connection:
        keys = _threads(connection, pks, permission) if by is GroupBy.THREADS else _alike(connection, pks, standing)
    found: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return list(found.values())


def current_texts(connection: sa.Connection, pks: Sequence[int]) -> dict[int, str]:
    """Return the text of records in their current version, or its title where it has none, by number."""
    return {pk: text or title for pk, text, title in _read(connection, _TEXTS, pks)}


def _alike(connection: sa.Connection, pks: Sequence[int], standing: Mapping[int, int]) -> list[int]:
    texts = current_texts(connection, [pk for pk in pks if pk not in standing])
    for pk, text, title in _read(connection, _TEXTS_OF_VERSIONS, list(standing.values())):
        texts[pk] = text or title
    return clusters([texts.get(pk, "") for pk in pks])


def _threads(connection: sa.Connection, pks: Sequence[int], permission: Filters) -> list[int]:
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


def _is_visible(row: Any, permission: Filters) -> bool:
    if permission.without_conversations and is_conversation(row.kind, row.thread_id):
        return False
    return permission.allowed_accounts is None or row.account_id in permission.allowed_accounts


def _read(connection: sa.Connection, query: sa.Select[Any], keys: Sequence[Any]) -> Iterator[Any]:
    for at in range(0, len(keys), BATCH):
        yield from connection.execute(query, {"keys": keys[at : at + BATCH]})


def _keys(column: sa.Column[Any]) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam("keys", expanding=True))


_current = records.c.current_version_id == versions.c.id
_TEXTS: Final = sa.select(records.c.pk, versions.c.text, versions.c.title).join(versions, _current).where(_keys(records.c.pk))
_TEXTS_OF_VERSIONS: Final = sa.select(versions.c.record_pk, versions.c.text, versions.c.title).where(_keys(versions.c.id))
_ALL_TIES: Final = (
    sa.select(
        records.c.pk,
        records.c.kind,
        records.c.account_id,
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

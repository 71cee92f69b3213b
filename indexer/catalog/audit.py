"""The append-only event log. Each row contains the hash of the previous row, which reveals missing or changed rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec
import sqlalchemy as sa

from indexer.catalog.database import transaction
from indexer.catalog.tables import events
from indexer.local_time import from_ms, to_ms

# Closed vocabulary of tags (`subject:verb`) with their meaning.
TAGS: Mapping[str, str] = {
    "capture:taken": "an archive was added",
    "capture:refused": "a file could not be added; nothing was changed",
    "capture:removed": "the remains of an interrupted ingest were removed at the next start",
    "capture:repeated": "an archive that is already in custody was added again",
    "capture:zone-set": "the time zone of a capture was set and its times were recalculated",
    "capture:set-aside": "a capture was excluded from searches and certificates; the evidence is kept",
    "capture:restored": "a capture that was set aside was restored",
    "capture:reread": "a capture was reread from the vault by a newer importer",
    "account:named": "a records custodian named an account",
    "account:unnamed": "the name given to an account was removed",
    "account:merged": "an account was merged into another",
    "account:unmerged": "a merged account was separated again",
    "person:named": "a records custodian named the person behind a platform's user number",
    "person:unnamed": "the name given to a platform's user number was removed",
    "vault:verified": "evidence, catalog and event log were verified",
    "vault:healed": "a missing or damaged file in the vault was replaced by a good copy",
    "log:anchored": "the newest hash and the length of the event log were written to a file",
    "index:rebuilt": "the search index was deleted and rebuilt from the catalog",
    "search:run": "a search was run",
    "search:saved": "a search was saved, changed, deleted or restored",
    "set:made": "records were selected, or those that are new since something, as a record set",
    "basket:changed": "records were added to a user's basket or removed from it",
    "terms:run": "a list of terms was run",
    "record:viewed": "a record was opened",
    "raw:viewed": "the raw item of a record was opened",
    "export:made": "an export was made",
    "certificate:made": "a search was certified",
    "certificate:checked": "the search of a certificate was repeated and compared",
    "certificate:file-checked": "a certificate's file or a package was handed in and checked: whole, unaltered, known to this log",
    "certificate:downloaded": "a certificate was downloaded",
    "export:downloaded": "an export was downloaded",
    "user:added": "a user was added",
    "user:changed": "a user's role, grants or state was changed",
    "user:link-made": "a one-time sign-in link was made",
    "user:password-set": "a user set a password",
    "user:signed-in": "a user signed in",
    "user:sign-in-failed": "a sign-in was refused",
    "user:signed-out": "a user signed out",
    "media:opened": "a picture, video, audio or other file of a record was shown or downloaded",
    "text:opened": "the full text of a long record was opened",
    "capture:viewed": "the list of archives, or the page of an archive, was opened",
    "certificate:viewed": "a certificate or the result of a check was opened",
    "report:viewed": "the report of a term list was opened",
    "page:refused": "a page was refused (403, 404), or after too many attempts (429)",
    "upload:arrived": "an upload was received and kept until it is added",
    "upload:discarded": "an uploaded file was not added and was deleted: by its user, or because it was kept too long",
    "upload:failed": "an upload was refused or interrupted; none of it was kept",
    "job:failed": "a job failed, or was interrupted because the worker stopped",
    "job:retried": "a failed, interrupted or stopped job was restarted",
    "job:stopped": "a user stopped a job; it left nothing behind",
    "index:damaged": "the search index was found damaged, empty or ahead of the catalog",
    "portal:started": "the portal started, with these settings",
    "portal:stopped": "the portal stopped",
    "worker:started": "the job worker started, with these settings",
    "worker:stopped": "the job worker stopped",
}

FIRST = "0" * 64

# Built once: every page appends an event.
_LAST_ID: Final = sa.select(sa.func.max(events.c.id))
_NEWEST: Final = sa.select(events.c.id, events.c.hash).order_by(events.c.id.desc()).limit(1)
_INSERT: Final = events.insert()


class UnknownTag(ValueError):
    """The tag is not in the closed vocabulary."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the log. `at` is UTC."""

    id: int
    at: datetime
    tag: str
    actor: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """The log's length and newest hash at some time. Kept elsewhere, an anchor detects a truncated or rewritten log."""

    events: int
    hash: str


class AnchorState(StrEnum):
    """Result of comparing the log with an anchor."""

    HOLDS = "holds"
    CUT = "cut"  # the log is shorter than the anchor states
    REWRITTEN = "rewritten"  # the event at the anchor's position has another hash


class AuditLog:
    """Writes, reads and checks the log of a catalog."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(
        self, tag: str, actor: str, subject: str = "", detail: Mapping[str, object] | None = None, *, patience: float | None = None
    ) -> None:
        """Append an event in its own transaction. Raises UnknownTag, and Busy after `patience` (seconds)."""
        with transaction(self._engine, patience) as connection:
            append(connection, tag, actor, subject, detail)

    def last_id(self) -> int:
        """Return the id of the newest event; 0 for an empty log."""
        with self._engine.connect() as connection:
            return connection.execute(_LAST_ID).scalar() or 0

    def newest(self, limit: int = 100) -> list[Event]:
        """Return the newest events, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(sa.select(events).order_by(events.c.id.desc()).limit(limit))
            return [_event(row) for row in rows]

    def broken_at(self) -> int | None:
        """Return the id of the first row that breaks the hash chain, or None if the chain is whole."""
        previous = FIRST
        for number, event in enumerate(self._all(), 1):
            if event.id != number or event.previous != previous or event.hash != _hash(event):
                return event.id
            previous = event.hash
        return None

    def anchor(self) -> Anchor:
        """Return the log's length and newest hash."""
        with self._engine.connect() as connection:
            newest = connection.execute(_NEWEST).first()
        return Anchor(newest.id, newest.hash) if newest else Anchor(0, FIRST)

    def compare_with(self, anchor: Anchor) -> AnchorState:
        """Return whether the log continues from an anchor. `broken_at` finds changed events before it."""
        if anchor.events == 0:
            return AnchorState.HOLDS if anchor.hash == FIRST else AnchorState.REWRITTEN
        with self._engine.connect() as connection:
            hash_now = connection.execute(sa.select(events.c.hash).where(events.c.id == anchor.events)).scalar()
            newest = connection.execute(_LAST_ID).scalar() or 0
        if hash_now is None:
            return AnchorState.CUT if newest < anchor.events else AnchorState.REWRITTEN
        return AnchorState.HOLDS if hash_now == anchor.hash else AnchorState.REWRITTEN

    def with_tags(self, *tags: str) -> list[Event]:
        """Return the events with any of the tags, oldest first."""
        with self._engine.connect() as connection:
            return [_event(row) for row in connection.execute(sa.select(events).where(events.c.tag.in_(tags)).order_by(events.c.id))]

    def _all(self) -> Iterator[Event]:
        query = sa.select(events).order_by(events.c.id)
        with self._engine.connect() as plain, plain.execution_options(yield_per=1000).execute(query) as rows:
            for row in rows:
                yield _event(row)


def append(  # noqa: PLR0917  # an event's parts, in the order of the table
    connection: sa.Connection,
    tag: str,
    actor: str,
    subject: str = "",
    detail: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> None:
    """Append an event in the write transaction of the action that it records.

    `at` (UTC) is given for events that had to wait in a queue; the default is now.
    """
    if tag not in TAGS:
        raise UnknownTag(f"{tag!r} is not an event tag; indexer/catalog/audit.py lists them")
    last = connection.execute(_NEWEST).first()
    number, previous = (last.id + 1, last.hash) if last else (1, FIRST)
    at = from_ms(to_ms(at or datetime.now(UTC)))
    text = msgspec.json.encode(detail or {}, order="sorted").decode()
    event = Event(number, at, tag, actor, subject, text, previous, "")
    row = {"id": number, "at_ms": to_ms(at), "tag": tag, "actor": actor, "subject": subject, "detail": text}
    connection.execute(_INSERT, {**row, "previous": previous, "hash": _hash(event)})


def _event(row: sa.Row[tuple[object, ...]]) -> Event:
    return Event(row.id, from_ms(row.at_ms), row.tag, row.actor, row.subject, row.detail, row.previous, row.hash)


def _hash(event: Event) -> str:
    parts = (str(event.id), str(to_ms(event.at)), event.tag, event.actor, event.subject, event.detail, event.previous)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

"""Turns rows of the catalogue into RecordViews: one query for a batch, and what the batch needs besides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer import version_data
from indexer.record import TimeRule
from indexer.settling import COMPLETE
from indexer.shown import AttachmentView, RecordView
from indexer.tables import absences, accounts, captures, members, records, sightings, versions

BATCH = 500  # records a query: below every database's limit of variables


def current_views(connection: sa.Connection, pks: Sequence[int]) -> dict[int, RecordView]:
    """Return records in their current version, by number."""
    return _views(connection, records.c.current_version_id == versions.c.id, records.c.pk, pks)


def version_views(connection: sa.Connection, version_ids: Sequence[int]) -> dict[int, RecordView]:
    """Return single versions of records, by the version's number."""
    return _views(connection, records.c.pk == versions.c.record_pk, versions.c.id, version_ids)


def _views(connection: sa.Connection, join: sa.ColumnElement[bool], key: sa.Column[int], values: Sequence[int]) -> dict[int, RecordView]:
    found: dict[int, RecordView] = {}
    for at in range(0, len(values), BATCH):
        rows = connection.execute(_view_query(join).where(key.in_(values[at : at + BATCH]))).all()
        extras = _Extras(connection, rows)
        found.update((getattr(row, "pk" if key is records.c.pk else "version_id"), _view(row, extras)) for row in rows)
    return found


class _Extras:
    """What a batch of record rows needs besides: sightings, sizes of media, and captures in which a record was gone."""

    def __init__(self, connection: sa.Connection, rows: Sequence[Any]) -> None:
        version_ids = [row.version_id for row in rows]
        pks = list({row.pk for row in rows})
        seen = (
            sa.select(sightings, captures.c.digest.label("capture_digest"))
            .join(captures, captures.c.id == sightings.c.capture_id)
            .where(sightings.c.record_pk.in_(pks), sightings.c.version_id.in_(version_ids), captures.c.state == COMPLETE)
            .order_by(sightings.c.capture_id, sightings.c.id)
        )
        self.sighting: dict[int, Any] = {}
        self.attached: dict[int, dict[str, tuple[int, str]]] = {}
        for row in connection.execute(seen):
            self.sighting[row.version_id] = row
            if row.attached:
                held = msgspec.json.decode(row.attached, type=dict[str, str])
                self.attached.setdefault(row.version_id, {}).update((name, (row.capture_id, member)) for name, member in held.items())
        wanted = {pair for places in self.attached.values() for pair in places.values()}
        self.media: dict[tuple[int, str], tuple[int, str]] = {}
        for capture_id in {pair[0] for pair in wanted}:
            names = [name for owner, name in wanted if owner == capture_id]
            for at in range(0, len(names), BATCH):
                query = sa.select(members.c.name, members.c.size, members.c.digest).where(
                    members.c.capture_id == capture_id, members.c.name.in_(names[at : at + BATCH])
                )
                self.media.update(((capture_id, name), (size, digest)) for name, size, digest in connection.execute(query))
        self.gone: dict[int, list[date]] = {}
        query = (
            sa.select(absences.c.record_pk, captures.c.exported_ms, captures.c.taken_ms)
            .join(captures, captures.c.id == absences.c.capture_id)
            .where(absences.c.record_pk.in_(pks), captures.c.state == COMPLETE)
            .order_by(captures.c.id)
        )
        for pk, exported_ms, taken_ms in connection.execute(query):
            instant = version_data.from_ms(exported_ms if exported_ms is not None else taken_ms)
            if instant:
                self.gone.setdefault(pk, []).append(instant.date())


def _view_query(join: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(
            records.c.pk,
            records.c.record_id,
            records.c.kind,
            records.c.native_id,
            records.c.versions.label("version_count"),
            accounts.c.id.label("account_id"),
            accounts.c.platform,
            accounts.c.handle,
            accounts.c.name.label("account_name"),
            accounts.c.native_id.label("account_native_id"),
            versions.c.id.label("version_id"),
            versions.c.number,
            versions.c.digest,
            versions.c.author,
            versions.c.title,
            versions.c.text,
            versions.c.url,
            versions.c.posted_ms,
            versions.c.posted_written,
            versions.c.posted_rule,
            versions.c.parent_id,
            versions.c.thread_id,
            versions.c.data,
        )
        .select_from(records.join(versions, join).join(accounts, accounts.c.id == records.c.account_id))
        .where(records.c.current_version_id.is_not(None))
    )


def _view(row: Any, extras: _Extras) -> RecordView:
    data = version_data.decode(row.data)
    place = extras.sighting[row.version_id]
    held = extras.attached.get(row.version_id, {})
    attachments = []
    for attachment in data.attachments:
        capture_id, member = held.get(attachment.name, (0, ""))
        size, sha256 = extras.media.get((capture_id, member), (0, ""))
        attachments.append(
            AttachmentView(
                attachment.name,
                attachment.media_type,
                member,
                attachment.url,
                attachment.description,
                capture_id or place.capture_id,
                size,
                sha256,
            )
        )
    return RecordView(
        pk=row.pk,
        record_id=row.record_id,
        platform=row.platform,
        account_id=row.account_id,
        account=row.handle or row.account_name or row.account_native_id,
        account_name=row.account_name,
        kind=row.kind,
        native_id=row.native_id,
        id_is_made=data.id_is_made,
        author=row.author,
        author_id=data.author_id,
        posted_at=version_data.from_ms(row.posted_ms),
        posted_as_written=row.posted_written,
        time_rule=row.posted_rule,
        time_is_assumed=bool(row.posted_rule) and TimeRule(row.posted_rule).is_assumption,
        edited_at=version_data.from_ms(data.edited.ms) if data.edited else None,
        deleted_at=version_data.from_ms(data.deleted.ms) if data.deleted else None,
        text=row.text,
        title=row.title,
        url=row.url,
        parent_id=row.parent_id or "",
        thread_id=row.thread_id or "",
        thread_title=data.thread_title,
        attachments=tuple(attachments),
        links=data.links,
        short_links=data.short_links,
        hashtags=data.hashtags,
        mentions=data.mentions,
        language=data.language,
        extra=data.extra,
        version=row.number,
        versions=row.version_count,
        content_digest=row.digest,
        capture_id=place.capture_id,
        capture_digest=place.capture_digest,
        member=place.member,
        item=place.item,
        start=place.start,
        length=place.length,
        pointer=place.pointer,
        not_in_capture_of=tuple(extras.gone.get(row.pk, ())),
    )

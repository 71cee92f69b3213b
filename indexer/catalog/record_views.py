"""Builds RecordViews from catalog rows: a query per batch, plus the batch's sightings, media and absences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import stored_data
from indexer.catalog.accounts import people_named, person_label
from indexer.catalog.database import among_keys, in_batches, select_keys
from indexer.catalog.history import EXPORTED_BY
from indexer.catalog.models import AccountRef, AttachmentView, Origin, RecordView
from indexer.catalog.stored_data import COMPLETE, Content, StoredAttachment
from indexer.catalog.tables import (
    absences,
    accounts,
    captures,
    earlier_readings,
    members,
    records,
    sightings,
    versions,
)
from indexer.local_time import from_ms


def current_views(connection: sa.Connection, pks: Sequence[int]) -> dict[int, RecordView]:
    """Return the current version of records, by record number."""
    return {view.pk: view for _version_id, view in _views(connection, _CURRENT, pks)}


def version_views(connection: sa.Connection, version_ids: Sequence[int]) -> dict[int, RecordView]:
    """Return versions of records, by version id."""
    return dict(_views(connection, _SINGLE, version_ids))


def _views(connection: sa.Connection, query: sa.Select[Any], keys: Sequence[int]) -> Iterator[tuple[int, RecordView]]:
    """Yield versions with their ids."""
    for batch in in_batches(keys):
        rows = connection.execute(query, {"keys": batch}).all()
        extras = _Extras(connection, rows)
        yield from (_view(row, extras) for row in rows)


_whole = accounts.alias("whole")
_seen_in = captures.alias("seen_in")
COUNTED: Final = sa.exists().where(
    sightings.c.record_pk == versions.c.record_pk,
    sightings.c.version_id == versions.c.id,
    sightings.c.capture_id == _seen_in.c.id,
    _seen_in.c.state == COMPLETE,
)
"""Condition: a complete capture has a sighting of the version. Versions only of set-aside captures or earlier readings don't count."""


def _view_query(join: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(  # in the order in which `_view` unpacks it
        records.c.pk,
        records.c.record_id,
        records.c.kind,
        records.c.native_id,
        records.c.versions.label("version_count"),
        _whole.c.id.label("account_id"),
        _whole.c.platform,
        _whole.c.native_id.label("account_native_id"),
        sa.func.coalesce(_whole.c.given_handle, _whole.c.handle).label("handle"),
        sa.func.coalesce(_whole.c.given_name, _whole.c.name).label("account_name"),
        versions.c.id.label("version_id"),
        versions.c.number,
        versions.c.digest,
        *stored_data.CONTENT_COLUMNS,
    ).select_from(
        records.join(versions, join)
        .join(accounts, accounts.c.id == records.c.account_id)
        .join(_whole, _whole.c.id == sa.func.coalesce(accounts.c.merged_into, accounts.c.id))
    )


def absent_from(connection: sa.Connection, pks: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return the complete captures that records are absent from, by record number; only for records with an absence."""
    absent: dict[int, tuple[int, ...]] = {}
    for pk, capture_id in select_keys(connection, _ABSENT, pks):
        absent[pk] = (*absent.get(pk, ()), capture_id)
    return absent


# Statements are built once: building them for each page costs more than running them.
_CURRENT = _view_query(records.c.current_version_id == versions.c.id).where(among_keys(records.c.pk))
_SINGLE = _view_query(records.c.pk == versions.c.record_pk).where(among_keys(versions.c.id))
_PLACE = (  # in the order in which `_Extras` unpacks it
    sightings.c.attached,
    sightings.c.capture_id,
    captures.c.digest.label("capture_digest"),
    sightings.c.member,
    sightings.c.item,
    sightings.c.start,
    sightings.c.length,
    sightings.c.pointer,
)
_SEEN = (
    sa.select(sightings.c.version_id, *_PLACE)
    .join(captures, captures.c.id == sightings.c.capture_id)
    .where(among_keys(sightings.c.record_pk, "pks"), among_keys(sightings.c.version_id, "version_ids"), captures.c.state == COMPLETE)
    .order_by(sightings.c.capture_id, sightings.c.id)
)
_SEEN_BEFORE = (
    sa.select(earlier_readings.c.version_id.label("read_as"), *_PLACE)
    .select_from(
        earlier_readings.join(
            sightings,
            sa.and_(sightings.c.record_pk == earlier_readings.c.record_pk, sightings.c.capture_id == earlier_readings.c.capture_id),
        ).join(captures, captures.c.id == sightings.c.capture_id)
    )
    .where(among_keys(earlier_readings.c.version_id, "version_ids"), captures.c.state == COMPLETE)
    .order_by(sightings.c.id)
)
_MEDIA = sa.select(members.c.name, members.c.size, members.c.digest).where(
    members.c.capture_id == sa.bindparam("capture_id"), among_keys(members.c.name, "names")
)
_ABSENCE_DATES = (
    sa.select(absences.c.record_pk, EXPORTED_BY)
    .join(captures, captures.c.id == absences.c.capture_id)
    .where(among_keys(absences.c.record_pk, "pks"), captures.c.state == COMPLETE)
    .order_by(captures.c.id)
)

_ABSENT = (
    sa.select(absences.c.record_pk, absences.c.capture_id)
    .join(captures, captures.c.id == absences.c.capture_id)
    .where(among_keys(absences.c.record_pk), captures.c.state == COMPLETE)
    .order_by(captures.c.id)
)


class _Extras:
    """Data beside a batch of record rows: sightings, media files, names of people, and absences."""

    def __init__(self, connection: sa.Connection, rows: Sequence[Any]) -> None:
        version_ids = [row.version_id for row in rows]
        pks = list({row.pk for row in rows})
        self.origin: dict[int, Origin] = {}
        self.attached: dict[int, dict[str, tuple[int, str]]] = {}
        for version_id, attached, *place in connection.execute(_SEEN, {"pks": pks, "version_ids": version_ids}):
            self._see(version_id, attached, Origin(*place))
        if any(version_id not in self.origin for version_id in version_ids):  # versions of readings before the archive was reread
            for version_id, attached, *place in connection.execute(_SEEN_BEFORE, {"version_ids": version_ids}):
                if version_id not in self.origin:
                    self._see(version_id, attached, Origin(*place))
        self.people = people_named(connection)
        files = {pair for attached in self.attached.values() for pair in attached.values()}
        self.media: dict[tuple[int, str], tuple[int, str]] = {}
        for capture_id in {pair[0] for pair in files}:
            names = [name for owner, name in files if owner == capture_id]
            for batch in in_batches(names):
                parameters = {"capture_id": capture_id, "names": batch}
                self.media.update(((capture_id, name), (size, digest)) for name, size, digest in connection.execute(_MEDIA, parameters))
        self.absences: dict[int, list[date]] = {}
        for pk, by_ms in connection.execute(_ABSENCE_DATES, {"pks": pks}):
            instant = from_ms(by_ms)
            if instant:
                self.absences.setdefault(pk, []).append(instant.date())

    def attachment_view(self, attachment: StoredAttachment, version_id: int) -> AttachmentView:
        """Return an attachment of a version with its file in the newest capture that contains it."""
        capture_id, member = self.attached.get(version_id, {}).get(attachment.name, (self.origin[version_id].capture_id, ""))
        size, sha256 = self.media.get((capture_id, member), (0, ""))
        stated = msgspec.structs.asdict(attachment)
        return AttachmentView(**stated, member=member, capture_id=capture_id, size=size, sha256=sha256)

    def _see(self, version_id: int, attached: bytes | None, place: Origin) -> None:
        """Take in a sighting of a version; a later one replaces its place and adds to its files."""
        self.origin[version_id] = place
        if attached:
            members_by_name = msgspec.json.decode(attached, type=dict[str, str])
            self.attached.setdefault(version_id, {}).update((name, (place.capture_id, member)) for name, member in members_by_name.items())


def _view(row: Any, extras: _Extras) -> tuple[int, RecordView]:
    """Return the version id and the view of a row; unpacked, because a look-up by name costs most of a view."""
    pk, record_id, kind, native_id, version_count, account_id, platform, *rest = row
    account_native_id, handle, account_name, version_id, number, digest, *values = rest
    content = stored_data.content_of(values)
    return version_id, RecordView(
        pk=pk,
        record_id=record_id,
        kind=kind,
        native_id=native_id,
        account=AccountRef(account_id, platform, account_native_id, handle, account_name),
        content=_with_names(content, platform, extras.people),
        attachments=tuple(extras.attachment_view(attachment, version_id) for attachment in content.attachments),
        version=number,
        versions=version_count,
        content_digest=digest,
        origin=extras.origin[version_id],
        not_in_capture_of=tuple(extras.absences.get(pk, ())),
    )


def origin(row: Any) -> Origin:
    """Return the origin of a sighting row that also has its capture's digest."""
    return Origin(row.capture_id, row.capture_digest, row.member, row.item, row.start, row.length, row.pointer)


_PEOPLE_FIELDS: Final = frozenset({"to", "participants"})
"""Extra fields that list people, separated by commas, by number if the platform gives no names."""


def _with_names(content: Content, platform: str, names: Mapping[tuple[str, str], str]) -> Content:
    if not names:
        return content
    extra = dict(content.extra)
    for field in extra.keys() & _PEOPLE_FIELDS:
        extra[field] = ", ".join(person_label(platform, native_id, names) for native_id in extra[field].split(", "))
    return msgspec.structs.replace(content, author=person_label(platform, content.author, names), extra=extra)


def current_texts(connection: sa.Connection, pks: Sequence[int]) -> dict[int, str]:
    """Return the text of the current version of records (the title if there is no text), by record number."""
    return {pk: text or title for pk, text, title in select_keys(connection, _TEXTS, pks)}


def version_texts(connection: sa.Connection, version_ids: Iterable[int]) -> dict[int, str]:
    """Return the text of versions (the title if there is no text), by record number."""
    return {pk: text or title for pk, text, title in select_keys(connection, _TEXTS_OF_VERSIONS, version_ids)}


_current = records.c.current_version_id == versions.c.id
_TEXTS: Final = sa.select(records.c.pk, versions.c.text, versions.c.title).join(versions, _current).where(among_keys(records.c.pk))
_TEXTS_OF_VERSIONS: Final = sa.select(versions.c.record_pk, versions.c.text, versions.c.title).where(among_keys(versions.c.id))


@dataclass(frozen=True, slots=True)
class FirstCapture:
    """A record's current version and the first capture with that version. `taken_at` is UTC."""

    record_id: str
    version: int
    digest: str
    capture_id: int
    capture_name: str
    capture_digest: str
    taken_at: datetime
    taken_by: str


def first_captures(connection: sa.Connection, record_ids: Sequence[str]) -> dict[str, FirstCapture]:
    """Return the first capture of each record's current version, by record id; unknown ids are left out."""
    result: dict[str, FirstCapture] = {}
    for row in select_keys(connection, _FIRST_CAPTURES, record_ids):
        capture = (row.id, row.name, row.capture_digest, from_ms(row.taken_ms), row.taken_by)
        result[row.record_id] = FirstCapture(row.record_id, row.number, row.version_digest, *capture)
    return result


_first_complete_capture = (
    sa.select(sa.func.min(sightings.c.capture_id))
    .join(_seen_in, _seen_in.c.id == sightings.c.capture_id)
    .where(sightings.c.record_pk == versions.c.record_pk, sightings.c.version_id == versions.c.id, _seen_in.c.state == COMPLETE)
    .scalar_subquery()
)
_FIRST_CAPTURES: Final = (
    sa.select(
        records.c.record_id,
        versions.c.number,
        versions.c.digest.label("version_digest"),
        captures.c.id,
        captures.c.name,
        captures.c.digest.label("capture_digest"),
        captures.c.taken_ms,
        captures.c.taken_by,
    )
    .join(versions, versions.c.id == records.c.current_version_id)
    .join(captures, captures.c.id == _first_complete_capture)
    .where(among_keys(records.c.record_id), captures.c.state == COMPLETE)
)

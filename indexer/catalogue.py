"""Reads the catalogue: captures, accounts, records, versions, sightings, problems. Writes stand in capture_writer.py.

Nothing of a capture that is still being taken in is ever returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import IO, Any

import msgspec
import sqlalchemy as sa

from indexer import version_data
from indexer.capture_writer import COMPLETE, CaptureResult, StoredFacts
from indexer.record import TimeRule
from indexer.shown import AccountView, AttachmentView, CaptureView, ProblemView, Reconciled, RecordView, SightingView
from indexer.tables import absences, accounts, capture_files, captures, members, meta, outbox, problems, records, sightings, versions
from indexer.vault import Vault

BATCH = 500
THREAD_LIMIT = 500


class Catalogue:
    """The readable side of one catalogue. Safe to share between threads; each call uses a connection of its own."""

    def __init__(self, engine: sa.Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault

    # captures and accounts

    def captures(self, allowed: frozenset[int] | None = None) -> list[CaptureView]:
        """Return the complete captures, newest first; only of allowed accounts where a set is given."""
        query = sa.select(captures).where(captures.c.state == COMPLETE).order_by(captures.c.id.desc())
        if allowed is not None:
            query = query.where(captures.c.account_id.in_(allowed))
        with self._engine.connect() as connection:
            return [self._capture(connection, row) for row in connection.execute(query).all()]

    def capture(self, capture_id: int) -> CaptureView | None:
        """Return one complete capture."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(captures).where(captures.c.id == capture_id, captures.c.state == COMPLETE)).first()
            return self._capture(connection, row) if row else None

    def capture_of_digest(self, digest: str) -> CaptureView | None:
        """Return the complete capture of an archive with this digest."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(captures).where(captures.c.digest == digest, captures.c.state == COMPLETE)).first()
            return self._capture(connection, row) if row else None

    def problems(self, capture_id: int, limit: int = 100, offset: int = 0) -> list[ProblemView]:
        """Return a page of a capture's problems in the order they were met."""
        query = sa.select(problems).where(problems.c.capture_id == capture_id).order_by(problems.c.id).limit(limit).offset(offset)
        with self._engine.connect() as connection:
            return [ProblemView(row.member, row.item, row.code, row.message) for row in connection.execute(query)]

    def ignored(self, capture_id: int) -> list[tuple[str, str, int]]:
        """Return what was left unread in a capture: (an example member, the reason, how many), by reason."""
        query = (
            sa.select(sa.func.min(members.c.name), members.c.reason, sa.func.count())
            .where(members.c.capture_id == capture_id, members.c.outcome == "ignored")
            .group_by(members.c.reason)
            .order_by(members.c.reason)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(query)]

    def accounts(self, allowed: frozenset[int] | None = None) -> list[AccountView]:
        """Return the accounts that a reader may see (None: all), by platform and handle."""
        query = sa.select(accounts).order_by(accounts.c.platform, accounts.c.handle, accounts.c.name)
        if allowed is not None:
            query = query.where(accounts.c.id.in_(allowed))
        with self._engine.connect() as connection:
            return [_account(row) for row in connection.execute(query)]

    # records

    def record(self, record_id: str) -> RecordView | None:
        """Return a record in its current version."""
        with self._engine.connect() as connection:
            pk = connection.execute(sa.select(records.c.pk).where(records.c.record_id == record_id)).scalar()
        return next(iter(self.views([pk])), None) if pk is not None else None

    def views(self, pks: Sequence[int]) -> list[RecordView]:
        """Return records in their current version, in the order asked for; numbers without a record are left out."""
        with self._engine.connect() as connection:
            found = self._views(connection, records.c.current_version_id == versions.c.id, records.c.pk, pks)
        return [found[pk] for pk in pks if pk in found]

    def stream(self, pks: Iterable[int]) -> Iterator[RecordView]:
        """Yield records in the order asked for, a batch at a time, from one state of the catalogue."""
        with self._engine.connect() as connection:
            batch: list[int] = []
            for pk in pks:
                batch.append(pk)
                if len(batch) == BATCH:
                    yield from self._batch(connection, batch)
                    batch = []
            yield from self._batch(connection, batch)

    def versions(self, pk: int) -> list[RecordView]:
        """Return every version of a record, the first one first."""
        with self._engine.connect() as connection:
            ids = connection.execute(
                sa.select(versions.c.id)
                .join(captures, captures.c.id == versions.c.first_capture_id)
                .where(versions.c.record_pk == pk, captures.c.state == COMPLETE)
                .order_by(versions.c.number)
            )
            numbers = list(ids.scalars())
            found = self._views(connection, records.c.pk == versions.c.record_pk, versions.c.id, numbers)
        return [found[number] for number in numbers if number in found]

    def sightings(self, pk: int) -> list[SightingView]:
        """Return every presence of a record in a capture, the newest capture first."""
        query = (
            sa.select(sightings, versions.c.number, captures.c.name, captures.c.digest, captures.c.exported_ms)
            .join(versions, versions.c.id == sightings.c.version_id)
            .join(captures, captures.c.id == sightings.c.capture_id)
            .where(sightings.c.record_pk == pk, captures.c.state == COMPLETE)
            .order_by(captures.c.id.desc(), sightings.c.id)
        )
        with self._engine.connect() as connection:
            return [
                SightingView(
                    version=row.number,
                    capture_id=row.capture_id,
                    capture_name=row.name,
                    capture_digest=row.digest,
                    exported_at=version_data.from_ms(row.exported_ms),
                    member=row.member,
                    item=row.item,
                    start=row.start,
                    length=row.length,
                    pointer=row.pointer,
                    raw_digest=row.raw_digest,
                    folded=tuple(msgspec.json.decode(row.folded)) if row.folded else (),
                )
                for row in connection.execute(query)
            ]

    def thread(self, view: RecordView, limit: int = THREAD_LIMIT) -> list[RecordView]:
        """Return the thread that a record belongs to, oldest first, the record itself included.

        Two rules: records that share the platform's conversation, and the chain of answers upwards and downwards
        (X gives only the id of the record answered). Answers cross accounts of one platform.
        """
        with self._engine.connect() as connection:
            pks = self._conversation(connection, view, limit) if view.thread_id else []
            if not pks:
                pks = self._answers(connection, view, limit)
            found = self._views(connection, records.c.current_version_id == versions.c.id, records.c.pk, pks)
        thread = [found[pk] for pk in pks if pk in found]
        return sorted(thread, key=lambda one: (one.posted_at is None, one.posted_at.timestamp() if one.posted_at else 0, one.pk))

    # evidence

    def raw(self, place: RecordView | SightingView) -> bytes:
        """Return the exact bytes of a record's item, read again from the vault. Raises ArchiveError, KeyError."""
        with self.open_media(place.capture_id, place.member) as stream:
            remaining = place.start
            while remaining:
                skipped = len(stream.read(min(remaining, 1 << 20)))
                if not skipped:
                    break
                remaining -= skipped
            return stream.read(place.length)

    def open_media(self, capture_id: int, member: str) -> IO[bytes]:
        """Open a member of a capture's archive for reading. Raises ArchiveError, KeyError when there is none."""
        with self._engine.connect() as connection:
            digests = list(
                connection.execute(
                    sa.select(capture_files.c.digest).where(capture_files.c.capture_id == capture_id).order_by(capture_files.c.part)
                ).scalars()
            )
        if not digests:
            raise KeyError(member)
        return self._vault.opened(digests).open(member)

    def member_size(self, capture_id: int, member: str) -> int | None:
        """Return the size in bytes of a member, None when the capture has none of that name."""
        query = sa.select(members.c.size).where(members.c.capture_id == capture_id, members.c.name == member)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def vault_files(self) -> list[tuple[str, str]]:
        """Return (digest, name) of every file that complete captures have in the vault."""
        query = (
            sa.select(capture_files.c.digest, sa.func.min(capture_files.c.name))
            .join(captures, captures.c.id == capture_files.c.capture_id)
            .where(captures.c.state == COMPLETE)
            .group_by(capture_files.c.digest)
            .order_by(capture_files.c.digest)
        )
        with self._engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    # the index's work list

    def position(self) -> int:
        """Return the catalogue's position: the last number that was put on the index's work list."""
        with self._engine.connect() as connection:
            value = connection.execute(sa.select(meta.c.value).where(meta.c.key == "position")).scalar()
        return int(value or 0)

    def count(self) -> int:
        """Return how many records are held."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.coalesce(sa.func.sum(accounts.c.records), 0))).scalar() or 0

    def changed_since(self, position: int) -> Iterator[list[int]]:
        """Yield the numbers of records to be indexed again, in batches, each record once per batch."""
        last = position
        while True:
            with self._engine.connect() as connection:
                query = sa.select(outbox.c.seq, outbox.c.record_pk).where(outbox.c.seq > last).order_by(outbox.c.seq).limit(BATCH * 4)
                rows = connection.execute(query).all()
            if not rows:
                return
            last = rows[-1].seq
            yield list(dict.fromkeys(row.record_pk for row in rows))

    def all_pks(self) -> Iterator[list[int]]:
        """Yield the numbers of all records, in batches."""
        last = 0
        while True:
            query = (
                sa.select(records.c.pk)
                .where(records.c.pk > last, records.c.current_version_id.is_not(None))
                .order_by(records.c.pk)
                .limit(BATCH * 4)
            )
            with self._engine.connect() as connection:
                pks = list(connection.execute(query).scalars())
            if not pks:
                return
            last = pks[-1]
            yield pks

    # rows to values

    def _batch(self, connection: sa.Connection, pks: Sequence[int]) -> Iterator[RecordView]:
        found = self._views(connection, records.c.current_version_id == versions.c.id, records.c.pk, pks)
        for pk in pks:
            if pk in found:
                yield found[pk]

    def _views(
        self, connection: sa.Connection, join: sa.ColumnElement[bool], key: sa.Column[int], values: Sequence[int]
    ) -> dict[int, RecordView]:
        found: dict[int, RecordView] = {}
        for at in range(0, len(values), BATCH):
            part = values[at : at + BATCH]
            rows = connection.execute(_view_query(join).where(key.in_(part))).all()
            extras = _Extras(connection, rows)
            found.update((getattr(row, "pk" if key is records.c.pk else "version_id"), _view(row, extras)) for row in rows)
        return found

    def _conversation(self, connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
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

    def _answers(self, connection: sa.Connection, view: RecordView, limit: int) -> list[int]:
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

    def _capture(self, connection: sa.Connection, row: Any) -> CaptureView:
        result = msgspec.json.decode(row.result, type=CaptureResult)
        facts = msgspec.json.decode(row.facts, type=StoredFacts)
        account = connection.execute(sa.select(accounts).where(accounts.c.id == row.account_id)).first()
        files = connection.execute(
            sa.select(capture_files.c.name).where(capture_files.c.capture_id == row.id).order_by(capture_files.c.part)
        ).scalars()
        return CaptureView(
            id=row.id,
            digest=row.digest,
            name=row.name,
            size=row.size,
            taken_at=version_data.from_ms(row.taken_ms),  # type: ignore[arg-type]  # the column is never NULL
            taken_by=row.taken_by,
            source=row.source,
            importer=row.importer,
            importer_version=row.importer_version,
            form=row.form,
            account=_account(account) if account else None,
            exported_at=version_data.from_ms(row.exported_ms),
            zone=row.zone,
            state=row.state,
            records=result.records,
            versions=result.versions,
            sightings=result.sightings,
            problems=result.problems,
            folded=result.folded,
            members_read=result.members_read,
            members_ignored=result.members_ignored,
            members_unknown=result.members_unknown,
            reconciliation=tuple(Reconciled(*line) for line in result.reconciliation),
            cannot_contain=tuple(facts.cannot_contain),
            files=tuple(files),
            gone=result.gone,
            is_partial=facts.is_partial,
            time_rules=result.time_rules,
        )


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


def _account(row: Any) -> AccountView:
    return AccountView(
        id=row.id,
        platform=row.platform,
        native_id=row.native_id,
        handle=row.handle,
        name=row.name,
        records=row.records,
        first_posted=version_data.from_ms(row.first_ms),
        last_posted=version_data.from_ms(row.last_ms),
    )

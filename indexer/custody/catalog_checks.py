"""Checks of the catalog against itself and the event log, without reading any evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from indexer.catalog import (
    COMPLETE,
    SET_ASIDE,
    TAKING_IN,
    Text,
    capture_files,
    captures,
    earlier_readings,
    events,
    problems,
    records,
    sightings,
    stored_data,
    versions,
)
from indexer.evidence import Finding, IntegrityFinding
from indexer.i18n import say
from indexer.progress import Tick
from indexer.repository import Repository

BATCH: Final = 2000

_ID_SUFFIX: Final = sa.literal(":", Text).concat(records.c.kind).concat(":").concat(records.c.native_id)
_PREFIX_LENGTH: Final = sa.func.length(records.c.record_id) - sa.func.length(_ID_SUFFIX)


def check_database(repository: Repository) -> Iterator[IntegrityFinding]:
    """Yield the findings of SQLite's integrity check. PostgreSQL's (pg_amcheck) runs on its server, as `describe_proof` says."""
    if repository.db.dialect.name != "sqlite":
        return
    with repository.db.connect() as connection:
        try:
            lines = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
        except sa.exc.DatabaseError as error:
            lines = [str(error.orig)]
    yield from (catalog_damaged(line) for line in lines if line != "ok")


def catalog_damaged(why: str) -> IntegrityFinding:
    """Return the finding for a catalog that the database reports as damaged."""
    message = say("The catalog file is damaged: {why}. The evidence is safe. Restore the catalog from a backup.", why=why)
    return IntegrityFinding(Finding.CATALOG_DAMAGED, "catalog", message)


def catalog_unreadable(error: sa.exc.DatabaseError) -> IntegrityFinding:
    """Return the finding for an error while reading the catalog. Re-raises it if the connection was lost: nothing was verified."""
    if error.connection_invalidated:
        raise error
    return catalog_damaged(str(error.orig))


def check_captures(repository: Repository) -> Iterator[IntegrityFinding]:
    """Yield captures without an event, events without a capture, and captures that differ from their event."""
    with repository.db.connect() as connection:
        rows = {row.id: row for row in connection.execute(sa.select(captures).where(captures.c.state != TAKING_IN))}
        taken: dict[int, dict[str, Any]] = {}
        zones: dict[int, str] = {}
        aside: set[int] = set()
        query = sa.select(events.c.tag, events.c.subject, events.c.detail).where(
            events.c.tag.in_(["capture:taken", "capture:reread", "capture:zone-set", "capture:set-aside", "capture:restored"])
        )
        for tag, subject, detail in connection.execute(query.order_by(events.c.id)):
            digits = str(subject).removeprefix("capture ")
            if not digits.isdecimal():
                continue
            capture_id, stated = int(digits), msgspec.json.decode(detail)
            if tag == "capture:zone-set":
                zones[capture_id] = stated.get("after", "")
            elif tag in {"capture:set-aside", "capture:restored"}:
                aside = aside | {capture_id} if tag == "capture:set-aside" else aside - {capture_id}
            elif tag == "capture:taken" or capture_id in taken:
                taken[capture_id] = taken.get(capture_id, {}) | stated
        files = {row.capture_id for row in connection.execute(sa.select(capture_files.c.capture_id).distinct())}
        count_rows = _row_counter(connection)
    for capture_id in sorted(taken.keys() - rows.keys()):
        digest = taken[capture_id].get("sha256", "")
        message = say(
            "According to the event log, archive {number} (SHA-256 {digest}) was added, but it is not in the catalog. "
            "Restore the catalog from a backup.",
            number=str(capture_id),
            digest=digest or "–",
        )
        yield IntegrityFinding(Finding.CAPTURE_MISSING, f"capture {capture_id}", message)
    for capture_id, row in sorted(rows.items()):
        subject = f"capture {capture_id}"
        if capture_id not in taken:
            message = say(
                "Archive {number} ({name}) is in the catalog, but the event log does not record that it was added.",
                number=str(capture_id),
                name=row.name,
            )
            yield IntegrityFinding(Finding.EVENT_MISSING, subject, message)
            continue
        expected = dict(taken[capture_id])
        if capture_id in zones:
            expected["zone"] = zones[capture_id]
        expected["state"] = SET_ASIDE if capture_id in aside else COMPLETE
        held = {"sha256": row.digest, "state": row.state, "zone": row.zone, **count_rows(capture_id)}
        for name, value in held.items():
            if name in expected and expected[name] != value:
                message = say(
                    "Archive {number} ({name}): the event log has {field} {then}, the catalog has {now}. Restore the catalog from a "
                    "backup.",
                    number=str(capture_id),
                    name=row.name,
                    field=name,
                    then=str(expected[name]),
                    now=str(value),
                )
                yield IntegrityFinding(Finding.CAPTURE_CHANGED, subject, message)
        if capture_id not in files:
            message = say("Archive {number} ({name}) has no file in the catalog.", number=str(capture_id), name=row.name)
            yield IntegrityFinding(Finding.CAPTURE_CHANGED, subject, message)


def _row_counter(connection: sa.Connection) -> Callable[[int], Mapping[str, int]]:
    """Return a function that counts the rows of a capture, by the names in its event."""
    tables: Mapping[str, tuple[sa.Table, sa.Column[int]]] = {
        "records": (records, records.c.first_capture_id),
        "versions": (versions, versions.c.first_capture_id),
        "sightings": (sightings, sightings.c.capture_id),
        "problems": (problems, problems.c.capture_id),
    }
    counts: dict[str, dict[int, int]] = {}
    for name, (table, column) in tables.items():
        query = sa.select(column, sa.func.count()).select_from(table).group_by(column)
        counts[name] = {number: total for number, total in connection.execute(query)}  # noqa: C416  # the type checker does not see rows as pairs
    return lambda number: {name: by_capture.get(number, 0) for name, by_capture in counts.items()}


def check_rows(repository: Repository) -> Iterator[IntegrityFinding]:
    """Yield rows of records, versions and sightings that lack the rows they belong to."""
    current_readings = sa.select(sightings.c.version_id)
    past_readings = sa.select(earlier_readings.c.version_id)  # of reread archives: they no longer have a sighting
    in_complete_captures = (
        sa.select(sightings.c.record_pk).join(captures, captures.c.id == sightings.c.capture_id).where(captures.c.state == COMPLETE)
    )
    queries: tuple[tuple[str, sa.Select[Any]], ...] = (
        (
            say("a record without a version"),
            sa.select(records.c.record_id).where(records.c.pk.not_in(sa.select(versions.c.record_pk))),
        ),
        (
            say("a record shown with a version of another record"),
            sa.select(records.c.record_id)
            .outerjoin(versions, sa.and_(versions.c.id == records.c.current_version_id, versions.c.record_pk == records.c.pk))
            .where(records.c.current_version_id.is_not(None), versions.c.id.is_(None)),
        ),
        (
            say("a record that is in no archive"),
            sa.select(records.c.record_id).where(
                records.c.pk.not_in(sa.select(sightings.c.record_pk)),
                records.c.pk.not_in(sa.select(versions.c.record_pk).where(versions.c.id.in_(past_readings))),
            ),
        ),
        (
            say("a hidden record that is in an archive that is not set aside"),
            sa.select(records.c.record_id).where(records.c.current_version_id.is_(None), records.c.pk.in_(in_complete_captures)),
        ),
        (
            say("a record with the wrong record ID"),
            sa.select(records.c.record_id).where(sa.func.substr(records.c.record_id, _PREFIX_LENGTH + 1) != _ID_SUFFIX),
        ),
        (
            say("a version without its record"),
            sa.select(sa.cast(versions.c.id, Text)).where(versions.c.record_pk.not_in(sa.select(records.c.pk))),
        ),
        (
            say("a version that is in no archive"),
            sa.select(records.c.record_id)
            .join(versions, versions.c.record_pk == records.c.pk)
            .where(versions.c.id.not_in(current_readings), versions.c.id.not_in(past_readings)),
        ),
        (
            say("a sighting without its record or version"),
            sa.select(sa.func.coalesce(records.c.record_id, sightings.c.member))
            .select_from(sightings)
            .outerjoin(records, records.c.pk == sightings.c.record_pk)
            .outerjoin(versions, sa.and_(versions.c.id == sightings.c.version_id, versions.c.record_pk == sightings.c.record_pk))
            .where(sa.or_(records.c.pk.is_(None), versions.c.id.is_(None))),
        ),
        (
            say("a sighting without its archive"),
            sa.select(sightings.c.member).where(sightings.c.capture_id.not_in(sa.select(captures.c.id))),
        ),
    )
    for fault, query in queries:
        with repository.db.connect() as connection:
            for (name,) in connection.execution_options(yield_per=1000).execute(query):
                message = say("{name}: {fault}. Restore the catalog from a backup.", name=str(name), fault=fault)
                yield IntegrityFinding(Finding.ROWS_MISSING, str(name), message)


def check_content(repository: Repository, progress: Tick | None = None) -> Iterator[IntegrityFinding]:
    """Yield the versions whose content does not match its digest in the catalog."""
    query = (
        sa.select(
            records.c.record_id,
            records.c.kind,
            records.c.native_id,
            versions.c.id,
            versions.c.number,
            versions.c.digest,
            *stored_data.CONTENT_COLUMNS,
        )
        .join(records, records.c.pk == versions.c.record_pk)
        .order_by(versions.c.id)
    )
    with repository.db.connect() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(versions)).scalar_one()
        for done, row in enumerate(connection.execution_options(yield_per=1000).execute(query), 1):
            if stored_digest(row) != row.digest:
                message = say(
                    "{record}, version {number}: the content in the catalog does not match its digest. It was altered after it was added.",
                    record=row.record_id,
                    number=row.number,
                )
                yield IntegrityFinding(Finding.CONTENT_CHANGED, row.record_id, message)
            if progress and done % BATCH == 0:
                progress(done, total)


def stored_digest(row: Any) -> str:
    """Return the digest of the content in a version's row; empty if the row cannot be read."""
    try:
        content = stored_data.content(row)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return stored_data.digest_of(row.kind, row.native_id, content)

"""Keeps evidence honest: verifies the vault, and derives a capture's times again when its zone is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import sqlalchemy as sa

from indexer.catalog import audit, stored_data
from indexer.catalog.completion import queue_for_index, refresh_account
from indexer.catalog.database import transaction
from indexer.catalog.tables import captures, sightings, versions
from indexer.custody import indexing
from indexer.evidence.fixity import Finding, VaultFinding
from indexer.local_time import DEPENDS_ON_ZONE, from_wall, to_ms, zone
from indexer.record import TimeRule
from indexer.repository import Repository

BATCH = 2000


class UnknownCapture(LookupError):
    """There is no capture of that number."""


def verify(repository: Repository, by: str, progress: Callable[[int, int], None] | None = None) -> list[VaultFinding]:
    """Hash all evidence again and compare; return what is not as it was taken in (an empty list: all is well).

    `progress` gets bytes done and bytes in all. The check itself is an event.
    """
    known = repository.catalog.vault_files()
    present = set(repository.vault.digests())
    total = sum(repository.vault.path(digest).stat().st_size for digest, _ in known if digest in present)
    done = 0

    def count(block: int) -> None:
        nonlocal done
        done += block
        if progress:
            progress(done, total)

    findings = []
    for digest, name in known:
        if digest not in present:
            findings.append(VaultFinding(Finding.FILE_MISSING, name, f"{name} ({digest}) is not in the vault. Put it back from a backup."))
        elif (now := repository.vault.measure(digest, count)) != digest:
            findings.append(VaultFinding(Finding.CHECKSUM_MISMATCH, name, f"{name} was taken in as {digest} and is now {now}."))
    findings += [
        VaultFinding(Finding.UNEXPECTED_FILE, name, f"{name} lies in the vault and belongs to no capture.")
        for name in sorted(present - {digest for digest, _ in known})
    ]
    if not repository.is_read_only:
        repository.audit.add("vault:verified", by, "vault", {"files": len(known), "findings": [str(one.finding) for one in findings]})
    return findings


def set_zone(repository: Repository, capture_id: int, zone_name: str, by: str) -> int:
    """Set the zone of a capture's account and derive its times again; return how many versions have a new time.

    Touches only times that the archive gives without a zone, or with the offset of the page's header.
    The event keeps the zone before. Raises UnknownZone, UnknownCapture.
    """
    zone(zone_name)
    with repository.writing():
        with transaction(repository.db) as connection:
            row = connection.execute(sa.select(captures).where(captures.c.id == capture_id)).first()
            if row is None:
                raise UnknownCapture(f"There is no capture {capture_id}.")
            changed = _derive_again(connection, capture_id, zone_name)
            connection.execute(captures.update().where(captures.c.id == capture_id).values(zone=zone_name))
            queue_for_index(
                connection,
                sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id).distinct().order_by(sightings.c.record_pk),
            )
            refresh_account(connection, row.account_id)
            detail = {"before": row.zone, "after": zone_name, "versions": changed}
            audit.append(connection, "capture:zone-set", by, f"capture {capture_id}", detail)
        indexing.sync_locked(repository)
    return changed


def _derive_again(connection: sa.Connection, capture_id: int, zone_name: str) -> int:
    seen = sa.select(sightings.c.version_id).where(sightings.c.capture_id == capture_id)
    changed, last = 0, 0
    while True:
        rows = connection.execute(
            sa.select(versions.c.id, versions.c.posted_rule, versions.c.posted_ms, versions.c.data)
            .where(versions.c.id.in_(seen), versions.c.id > last)
            .order_by(versions.c.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return changed
        last = rows[-1].id
        updates = []
        for row in rows:
            data = stored_data.decode(row.data)
            edited, deleted = _again(data.edited, zone_name), _again(data.deleted, zone_name)
            posted_ms, rule = row.posted_ms, row.posted_rule
            if data.posted_wall and rule in DEPENDS_ON_ZONE:
                posted_ms, rule = to_ms(from_wall(datetime.fromisoformat(data.posted_wall), zone_name)), str(TimeRule.ZONE_SET)
            if (posted_ms, rule, edited, deleted) != (row.posted_ms, row.posted_rule, data.edited, data.deleted):
                new = stored_data.reencode(stored_data.with_moments(data, edited, deleted))
                updates.append({"b_id": row.id, "b_ms": posted_ms, "b_rule": rule, "b_data": new})
        if updates:
            connection.execute(
                versions.update()
                .where(versions.c.id == sa.bindparam("b_id"))
                .values(posted_ms=sa.bindparam("b_ms"), posted_rule=sa.bindparam("b_rule"), data=sa.bindparam("b_data")),
                updates,
            )
        changed += len(updates)


def _again(moment: stored_data.StoredMoment | None, zone_name: str) -> stored_data.StoredMoment | None:
    if moment is None or not moment.wall or moment.rule not in DEPENDS_ON_ZONE:
        return moment
    instant = from_wall(datetime.fromisoformat(moment.wall), zone_name)
    return stored_data.StoredMoment(moment.written, str(TimeRule.ZONE_SET), to_ms(instant), moment.wall)

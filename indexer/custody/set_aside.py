"""Sets aside a capture that is wrong or not the body's, and restores it. The evidence stays in the vault; both are events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from indexer.catalog import (
    COMPLETE,
    SET_ASIDE,
    audit,
    bump_revision,
    captures,
    recompute_absences,
    records,
    refresh_account,
    set_current_versions,
    sightings,
    transaction,
)
from indexer.custody import indexing
from indexer.i18n import say
from indexer.local_time import to_ms
from indexer.repository import Repository

LONGEST_WHY = 500


class DecisionRefused(ValueError):
    """A records custodian's decision cannot be carried out. The text says why, for people; nothing was changed."""


def set_aside(repository: Repository, capture_id: int, why: str, actor: str) -> int:
    """Leave a capture out of searches and papers; return the number of records no longer found. Raises DecisionRefused.

    Records that are also in another capture stay, as that capture has them.
    """
    reason = " ".join(why.split())[:LONGEST_WHY]
    if not reason:
        raise DecisionRefused(say("State why the archive is set aside. The reason is kept in the event log."))
    row = {"state": SET_ASIDE, "aside_ms": to_ms(datetime.now(UTC)), "aside_by": actor, "aside_why": reason}
    return _change(repository, capture_id, (COMPLETE, row), ("capture:set-aside", {"why": reason}), actor)


def restore(repository: Repository, capture_id: int, actor: str) -> int:
    """Restore a capture that was set aside; return the number of records found again. Raises DecisionRefused."""
    row = {"state": COMPLETE, "aside_ms": None, "aside_by": None, "aside_why": None}
    return _change(repository, capture_id, (SET_ASIDE, row), ("capture:restored", {}), actor)


def _change(
    repository: Repository, capture_id: int, change: tuple[str, dict[str, Any]], event: tuple[str, dict[str, object]], actor: str
) -> int:
    expected_state, row = change
    with repository.writing():
        with transaction(repository.db) as connection:
            capture = connection.execute(sa.select(captures.c.state, captures.c.account_id).where(captures.c.id == capture_id)).first()
            if capture is None or capture.state not in {COMPLETE, SET_ASIDE}:
                raise DecisionRefused(say("There is no archive {number}.", number=str(capture_id)))
            if capture.state != expected_state:
                if capture.state == SET_ASIDE:
                    raise DecisionRefused(say("Archive {number} is already set aside.", number=str(capture_id)))
                raise DecisionRefused(say("Archive {number} is not set aside.", number=str(capture_id)))
            before = _count(connection, capture_id)
            connection.execute(captures.update().where(captures.c.id == capture_id).values(**row))
            set_current_versions(connection, sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id), capture_id)
            recompute_absences(connection, capture.account_id)
            refresh_account(connection, capture.account_id)
            bump_revision(connection)
            changed = abs(_count(connection, capture_id) - before)
            audit.append(connection, event[0], actor, f"capture {capture_id}", {**event[1], "records": changed})
        indexing.sync_locked(repository)
    return changed


def _count(connection: sa.Connection, capture_id: int) -> int:
    """Return the number of a capture's records that searches find now."""
    in_capture = sa.select(sightings.c.record_pk).where(sightings.c.capture_id == capture_id)
    return connection.execute(
        sa.select(sa.func.count()).where(records.c.pk.in_(in_capture), records.c.current_version_id.is_not(None))
    ).scalar_one()

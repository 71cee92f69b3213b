"""What a certificate says of records: which version with which content, and which capture brought it. Light, for millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from indexer.settling import COMPLETE
from indexer.tables import captures, records, versions
from indexer.version_data import from_ms

BATCH: Final = 500  # records a query: below every database's limit of variables


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a record that counts now: its version's number and the SHA-256 of that version."""

    record_id: str
    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A record's current version and the capture that brought that version first. `taken_at` is UTC."""

    record_id: str
    version: int
    digest: str
    capture_id: int
    capture_name: str
    capture_digest: str
    taken_at: datetime
    taken_by: str


def contents(connection: sa.Connection, pks: Iterable[int]) -> Iterator[Content]:
    """Yield the current content of records in the order asked for; numbers without a record are left out."""
    for batch in _batches(pks):
        found = {row.pk: Content(row.record_id, row.number, row.digest) for row in connection.execute(_CONTENTS, {"pks": batch})}
        yield from (found[pk] for pk in batch if pk in found)


def origins(connection: sa.Connection, record_ids: Sequence[str]) -> dict[str, Origin]:
    """Return, by record id, where the current version of records comes from; ids that are not held are left out."""
    found: dict[str, Origin] = {}
    for at in range(0, len(record_ids), BATCH):
        for row in connection.execute(_ORIGINS, {"ids": record_ids[at : at + BATCH]}):
            taken = from_ms(row.taken_ms)
            if taken is None:
                raise AssertionError("a capture always has the time when it was taken")
            found[row.record_id] = Origin(
                row.record_id, row.number, row.version_digest, row.id, row.name, row.capture_digest, taken, row.taken_by
            )
    return found


def _batches(pks: Iterable[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for pk in pks:
        batch.append(pk)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


_CONTENTS: Final = (
    sa.select(records.c.pk, records.c.record_id, versions.c.number, versions.c.digest)
    .join(versions, versions.c.id == records.c.current_version_id)
    .where(records.c.pk.in_(sa.bindparam("pks", expanding=True)))
)
_ORIGINS: Final = (
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
    .join(captures, captures.c.id == versions.c.first_capture_id)
    .where(records.c.record_id.in_(sa.bindparam("ids", expanding=True)), captures.c.state == COMPLETE)
)

"""The records a search finds, with digests computed from the content shown, not taken from a stored column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from indexer.catalog import CONTENT_COLUMNS, among_keys, in_batches, records, versions
from indexer.certificates.file_format import line
from indexer.custody import stored_digest
from indexer.query import Sort
from indexer.repository import Repository
from indexer.search import Plan


@dataclass(frozen=True, slots=True)
class DigestedRecord:
    """A record with two digests: `digest` of the content shown, `stored` as the catalog has it."""

    pk: int
    record_id: str
    version: int
    digest: str
    stored: str

    @property
    def line(self) -> str:
        """The record's line in a certificate."""
        return line(self.record_id, self.version, self.digest)

    @property
    def is_altered(self) -> bool:
        """Whether the content differs from the content that was added."""
        return self.digest != self.stored


_COLUMNS: Final = sa.select(
    records.c.pk,
    records.c.record_id,
    records.c.kind,
    records.c.native_id,
    versions.c.number,
    versions.c.digest,
    *CONTENT_COLUMNS,
)
_CURRENT: Final = _COLUMNS.join(versions, versions.c.id == records.c.current_version_id).where(among_keys(records.c.pk))
_ALL_VERSIONS: Final = _COLUMNS.join(versions, versions.c.record_pk == records.c.pk).where(among_keys(records.c.pk))


def digest_records(plan: Plan) -> Iterator[DigestedRecord]:
    """Yield every record a search finds, newest first, in the version found. Raises NotAnswered."""
    plan, repository = plan.ordered(Sort.NEWEST), plan.repository
    if plan.request.as_of is None:
        yield from _current(repository, plan.ids())
        return
    for batch in in_batches((view.pk, view.version) for view in plan.views()):  # an as-of search finds the version of that day
        yield from _in_versions(repository, batch)


def _current(repository: Repository, pks: Sequence[int]) -> Iterator[DigestedRecord]:
    with repository.db.connect() as connection:
        for batch in in_batches(pks):
            by_pk = {row.pk: _digest(row) for row in connection.execute(_CURRENT, {"keys": batch})}
            yield from (by_pk[pk] for pk in batch if pk in by_pk)


def _in_versions(repository: Repository, pairs: Sequence[tuple[int, int]]) -> Iterator[DigestedRecord]:
    with repository.db.connect() as connection:
        rows = connection.execute(_ALL_VERSIONS, {"keys": [pk for pk, _number in pairs]}).all()
    by_version = {(row.pk, row.number): row for row in rows}
    yield from (_digest(by_version[pair]) for pair in pairs if pair in by_version)


def _digest(row: Any) -> DigestedRecord:
    return DigestedRecord(row.pk, row.record_id, row.number, stored_digest(row), row.digest)

"""The content of found records with its digest, computed from what is shown and not taken from a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from indexer.catalog.database import among_keys, in_batches
from indexer.catalog.stored_data import CONTENT_COLUMNS
from indexer.catalog.tables import records, versions
from indexer.certificates.file_format import line
from indexer.custody.catalog_checks import stored_digest
from indexer.query.filters import Sort
from indexer.repository import Repository
from indexer.search.plan import Plan


@dataclass(frozen=True, slots=True)
class Shown:
    """One record as it is shown. `digest` is that of the content shown, `stored` the one that the catalog states for it."""

    pk: int
    record_id: str
    version: int
    digest: str
    stored: str

    @property
    def line(self) -> str:
        """The line of a certificate."""
        return line(self.record_id, self.version, self.digest)

    @property
    def is_altered(self) -> bool:
        """Tell whether the content is not the one whose digest was stored when it was taken in."""
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
_EVERY: Final = _COLUMNS.join(versions, versions.c.record_pk == records.c.pk).where(among_keys(records.c.pk))


def shown(plan: Plan) -> Iterator[Shown]:
    """Yield every record that a search finds, newest first, in the version that it finds. Raises NotAnswered."""
    plan, repository = plan.ordered(Sort.NEWEST), plan.repository
    if plan.request.as_of is None:
        yield from _current(repository, plan.ids())
        return
    for batch in in_batches((view.pk, view.version) for view in plan.views()):  # a record is found in the version of that day
        yield from _numbered(repository, batch)


def _current(repository: Repository, pks: Sequence[int]) -> Iterator[Shown]:
    with repository.db.connect() as connection:
        for batch in in_batches(pks):
            found = {row.pk: _shown(row) for row in connection.execute(_CURRENT, {"keys": batch})}
            yield from (found[pk] for pk in batch if pk in found)


def _numbered(repository: Repository, pairs: Sequence[tuple[int, int]]) -> Iterator[Shown]:
    with repository.db.connect() as connection:
        rows = connection.execute(_EVERY, {"keys": [pk for pk, _number in pairs]}).all()
    found = {(row.pk, row.number): row for row in rows}
    yield from (_shown(found[pair]) for pair in pairs if pair in found)


def _shown(row: Any) -> Shown:
    return Shown(row.pk, row.record_id, row.number, stored_digest(row), row.digest)

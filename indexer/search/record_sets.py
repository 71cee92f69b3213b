"""Record sets: fixed lists of records that a search can be limited to, such as those a person selected.

A set proves a list, not a search: a search within one claims neither coverage nor zero. The reader's permission applies to
each of its records as everywhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Final, Self

import sqlalchemy as sa

from indexer.catalog import among_keys, records, select_keys
from indexer.query import day as day_words
from indexer.repository import Repository

MOST_RECORDS: Final = 100_000
"""Most records of a set."""

_MAX_CACHED: Final = 8


class SetOrigin(StrEnum):
    """How the records of a set were selected. The values are stored, and name the phrases of `reading_words`."""

    CHOSEN = "chosen"
    BASKET = "basket"
    NEW_SINCE_SEARCH = "new since search"
    NEW_SINCE_CERTIFICATE = "new since certificate"
    FIRST_IN_CAPTURE = "first in capture"
    GONE_FROM_CAPTURE = "gone from capture"
    TERM_LIST = "term list"


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A fixed list of records, by record id: sorted, each once. Make one with `of`.

    `by`: the person who selected them, as shown. `day`: local day of the selection or of what it is compared with.
    """

    origin: SetOrigin
    record_ids: tuple[str, ...]
    by: str = ""
    day: date | None = None

    @classmethod
    def of(cls, origin: SetOrigin, record_ids: Iterable[str], *, by: str = "", day: date | None = None) -> Self:
        """Make a set from record ids in any order."""
        return cls(origin, tuple(sorted(set(record_ids))), by, day)

    @property
    def count(self) -> int:
        """Number of records in the set."""
        return len(self.record_ids)

    @property
    def digest(self) -> str:
        """SHA-256 of the set: equal for sets with the same description and records."""
        return hashlib.sha256(json.dumps(set_json(self), sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()


def set_json(chosen: RecordSet) -> dict[str, Any]:
    """Convert to JSON values."""
    return {
        "origin": chosen.origin.value,
        "by": chosen.by,
        "day": chosen.day.isoformat() if chosen.day else None,
        "record_ids": list(chosen.record_ids),
    }


def set_from_json(stored: Mapping[str, Any]) -> RecordSet:
    """Convert from `set_json` output. Raises KeyError, ValueError for anything else."""
    day = date.fromisoformat(stored["day"]) if stored["day"] else None
    return RecordSet.of(SetOrigin(stored["origin"]), stored["record_ids"], by=stored["by"], day=day)


def describe_set(chosen: RecordSet, table: Mapping[str, str], *, with_count: bool) -> str:
    """Describe a set: "5 records chosen by R. Delgado". The count is only for readers who may see every record."""
    day = day_words(chosen.day, table) if chosen.day else ""
    if with_count and chosen.count == 1:
        return table[f"set {chosen.origin} 1"].format(chosen.by, day)
    counted = table["set records"].format(f"{chosen.count:,}") if with_count else table["set records uncounted"]
    return table[f"set {chosen.origin}"].format(chosen.by, day, counted)


def record_numbers(repository: Repository, chosen: RecordSet) -> frozenset[int]:
    """Return the catalog numbers of a set's records that are on file and not set aside."""
    key = (chosen, repository.catalog.position())
    return repository.cache.get_or_compute("record_set", key, partial(_read_numbers, repository, chosen), _MAX_CACHED)


def record_ids(repository: Repository, pks: Iterable[int]) -> list[str]:
    """Return the record ids of catalog numbers, in the order of their batches only."""
    query = sa.select(records.c.record_id).where(among_keys(records.c.pk))
    with repository.db.connect() as connection:
        return [row.record_id for row in select_keys(connection, query, pks)]


def _read_numbers(repository: Repository, chosen: RecordSet) -> frozenset[int]:
    query = sa.select(records.c.pk).where(among_keys(records.c.record_id), records.c.current_version_id.is_not(None))
    with repository.db.connect() as connection:
        return frozenset(row.pk for row in select_keys(connection, query, chosen.record_ids))

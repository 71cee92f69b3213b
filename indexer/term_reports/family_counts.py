"""Count the unique hits and the families of each term on a list."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final, NamedTuple

from indexer.catalog import Families

_MANY: Final = 65_535  # in place of a term number: several terms


class FamilyCount(NamedTuple):
    """A number of families, and the records and media files in them."""

    families: int = 0
    records: int = 0
    media: int = 0

    def plus(self, other: FamilyCount) -> FamilyCount:
        """Add two counts."""
        return FamilyCount(self.families + other.families, self.records + other.records, self.media + other.media)


class FamilyCounts:
    """Counts of a run over a list: a few arrays as long as the catalog. Terms are numbered from 1."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self._owner = array("H", [0]) * len(families)  # by pk: 0, the only term that found the record, or _MANY
        self._last = array("H", [0]) * len(families)  # by root: the last term that counted the family
        self._counted = bytearray(len(families))  # by root: whether any term counted the family
        self.total = FamilyCount()

    def add(self, term: int, hits: array[int]) -> FamilyCount:
        """Add the hits of a term and return the count of their families. Raises IndexError for a record added since the start."""
        root, owner, last, counted = self._families.root, self._owner, self._last, self._counted
        roots, new = array("q"), array("q")
        for pk in hits:
            owner[pk] = _MANY if owner[pk] else term
            family = root(pk)
            if last[family] != term:
                last[family] = term
                roots.append(family)
                if not counted[family]:
                    counted[family] = 1
                    new.append(family)
        self.total = self.total.plus(self._count(new))
        return self._count(roots)

    def unique_hits(self) -> Counter[int]:
        """Return the number of unique hits by term number; the key 0 counts records that no term found."""
        return Counter(self._owner)

    @property
    def hits(self) -> int:
        """Number of records found by any term."""
        return len(self._owner) - self._owner.count(0)

    def _count(self, roots: array[int]) -> FamilyCount:
        sizes, files = self._families.records, self._families.media
        return FamilyCount(len(roots), sum(map(sizes.__getitem__, roots)), sum(map(files.__getitem__, roots)))

"""What the hits of each term of a list have in common with those of the others: whose they are alone, and which families they touch."""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Final, NamedTuple

from indexer.catalog.threads import Families

_MANY: Final = 65_535  # for a number of a term: more than one term


class FamilyCount(NamedTuple):
    """Families, and the records and media files in them."""

    families: int = 0
    records: int = 0
    media: int = 0

    def plus(self, other: FamilyCount) -> FamilyCount:
        """Return the sum of two counts."""
        return FamilyCount(self.families + other.families, self.records + other.records, self.media + other.media)


class FamilyCounts:
    """Counts of one pass over a list: a few columns as long as the catalog. Terms are numbered from 1."""

    def __init__(self, grouped: Families) -> None:
        self._grouped = grouped
        self._owner = array("H", [0]) * len(grouped)  # by record: 0, the only term that found it, or _MANY
        self._last = array("H", [0]) * len(grouped)  # by root: the last term that counted it
        self._counted = bytearray(len(grouped))  # by root: whether any term counted it
        self.total = FamilyCount()

    def add(self, term: int, hits: array[int]) -> FamilyCount:
        """Note the hits of a term and return what belongs to them. Raises IndexError for a record that came later."""
        root, owner, last, counted = self._grouped.root, self._owner, self._last, self._counted
        roots, new = array("q"), array("q")
        for pk in hits:
            owner[pk] = _MANY if owner[pk] else term
            top = root(pk)
            if last[top] != term:
                last[top] = term
                roots.append(top)
                if not counted[top]:
                    counted[top] = 1
                    new.append(top)
        self.total = self.total.plus(self._count(new))
        return self._count(roots)

    def alone(self) -> Counter[int]:
        """Return how many records each term alone found; 0 stands for no term."""
        return Counter(self._owner)

    @property
    def hits(self) -> int:
        """Records that any term found."""
        return len(self._owner) - self._owner.count(0)

    def _count(self, roots: array[int]) -> FamilyCount:
        sizes, files = self._grouped.records, self._grouped.media
        return FamilyCount(len(roots), sum(map(sizes.__getitem__, roots)), sum(map(files.__getitem__, roots)))

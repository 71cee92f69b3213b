"""Union-find: numbers put together into sets that have none in common."""

from __future__ import annotations

from array import array


class DisjointSets:
    """The numbers from 0 to `size` - 1, each in a set of its own at first; four bytes a number."""

    def __init__(self, size: int) -> None:
        self._above = array("i", range(size))

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self._above)

    def root(self, number: int) -> int:
        """Return the lowest number of a number's set."""
        above = self._above
        while (up := above[number]) != number:
            above[number] = above[up]  # shortens the way for the next call
            number = above[up]
        return number

    def join(self, left: int, right: int) -> tuple[int, int]:
        """Make one set of two. Return its root and the root that it no longer has: the same number if it was one set before."""
        left, right = self.root(left), self.root(right)
        kept, dropped = min(left, right), max(left, right)
        self._above[dropped] = kept
        return kept, dropped

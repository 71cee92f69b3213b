"""Union-find over a range of integers."""

from __future__ import annotations

from array import array


class DisjointSets:
    """The numbers from 0 to `size` - 1, at first each in its own set. Uses four bytes per number."""

    def __init__(self, size: int) -> None:
        self._parent = array("i", range(size))

    def __len__(self) -> int:
        """Return the number of elements."""
        return len(self._parent)

    def root(self, number: int) -> int:
        """Return the lowest number of the set that contains `number`."""
        parents = self._parent
        while (parent := parents[number]) != number:
            parents[number] = parents[parent]  # halves the path for the next call
            number = parents[parent]
        return number

    def join(self, left: int, right: int) -> tuple[int, int]:
        """Join the sets of two numbers. Return (root of the union, root that was absorbed); equal if they were already joined."""
        left, right = self.root(left), self.root(right)
        root, absorbed = min(left, right), max(left, right)
        self._parent[absorbed] = root
        return root, absorbed

"""Remembers which posts an archive has given already, in 16 bytes a post plus the table's air: a million fit in 50 MB."""

from __future__ import annotations

from array import array

_MASK = 2**64 - 1
_SPREAD = 0x9E3779B97F4A7C15  # the golden ratio in 64 bits: spreads neighbouring ids over the table


class SeenPosts:
    """A table of post id -> digest of its content. Archives that a tool has extended hold some posts twice (seen 2018-2019)."""

    def __init__(self) -> None:
        self._bits = 12
        self._keys = array("Q", bytes(8 << self._bits))
        self._digests = array("Q", bytes(8 << self._bits))
        self._count = 0
        self._further: dict[int, list[int]] = {}  # contents of the few ids that came twice, first one included

    def __contains__(self, number: int) -> bool:
        return bool(self._keys[self._slot(number)])

    def first(self, number: int, digest: int) -> bool:
        """Note a post; True when its id is new. `number` is the id, above 0 and below 2**64."""
        digest &= _MASK
        slot = self._slot(number)
        if self._keys[slot]:
            return False
        self._keys[slot], self._digests[slot] = number, digest
        self._count += 1
        if self._count * 3 > 2 << self._bits:
            self._grow()
        return True

    def version(self, number: int, digest: int) -> tuple[int, bool]:
        """Return which content of a known id this is (0 the first one again, 1 the second one ...), and whether it is new."""
        digest &= _MASK
        contents = self._further.setdefault(number, [self._digests[self._slot(number)]])
        if digest in contents:
            return contents.index(digest), False
        contents.append(digest)
        return len(contents) - 1, True

    def _slot(self, number: int) -> int:
        keys, mask = self._keys, (1 << self._bits) - 1
        slot = ((number * _SPREAD) & _MASK) >> (64 - self._bits)
        while (key := keys[slot]) and key != number:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        keys, digests = self._keys, self._digests
        self._bits += 1
        self._keys = array("Q", bytes(8 << self._bits))
        self._digests = array("Q", bytes(8 << self._bits))
        for key, digest in zip(keys, digests, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._digests[slot] = key, digest

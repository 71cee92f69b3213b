"""Which records passed already, and whether two sets of them are the same."""

from __future__ import annotations

import hashlib


class SeenRecords:
    """Remembers which records passed, one bit for each: a million take 125 kB."""

    def __init__(self) -> None:
        self._bits: dict[int, bytearray] = {}

    def add(self, pk: int, version: int) -> bool:
        """Remember a record's version; return False when it was there already."""
        bits = self._bits.setdefault(version, bytearray())
        at, bit = pk >> 3, 1 << (pk & 7)
        if at >= len(bits):
            bits.extend(bytes(at + 1 - len(bits) + 4096))
        if bits[at] & bit:
            return False
        bits[at] |= bit
        return True


class SetDigest:
    """Tells whether two sets of lines are the same, whatever their order: the sum of the SHA-256 of each line."""

    def __init__(self) -> None:
        self._sum = self._count = 0

    def add(self, line: str) -> None:
        """Take in one line."""
        self._sum += int.from_bytes(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest(), "big")
        self._count += 1

    def hex(self) -> str:
        """Return the count and the sum."""
        return f"{self._count}:{self._sum % (1 << 256):064x}"

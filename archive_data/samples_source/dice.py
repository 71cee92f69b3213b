"""Repeatable randomness: a generator with a fixed seed per section."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws from a fixed seed, using only `random()`, whose sequence Python guarantees between versions."""

    def __init__(self, section: str) -> None:
        seed = int.from_bytes(hashlib.sha256(section.encode()).digest()[:8], "big")
        self._random = random.Random(seed)  # noqa: S311 - demo posts need repeatable randomness, not secrets

    def chance(self, probability: float) -> bool:
        """Return True with a probability from 0 to 1."""
        return self._random.random() < probability

    def number(self, low: int, high: int) -> int:
        """Return an integer from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Pick an item."""
        return items[self.number(0, len(items) - 1)]

    def several(self, items: Sequence[T], count: int) -> list[T]:
        """Pick `count` different items, or all if there are fewer."""
        rest = list(items)
        return [rest.pop(self.number(0, len(rest) - 1)) for _ in range(min(count, len(rest)))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Shuffle the items."""
        return self.several(items, len(items))

    def digits(self, length: int) -> str:
        """Return a string of decimal digits without a leading zero."""
        return str(self.number(1, 9)) + "".join(str(self.number(0, 9)) for _ in range(length - 1))

    def letters(self, length: int) -> str:
        """Return letters and digits as in short links and file names."""
        return "".join(self.pick("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") for _ in range(length))

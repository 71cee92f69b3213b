"""Chance that falls the same way each time: a generator with a fixed seed per section."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws from one fixed seed. Built on `random()` alone, whose sequence Python promises to keep between versions."""

    def __init__(self, section: str) -> None:
        seed = int.from_bytes(hashlib.sha256(section.encode()).digest()[:8], "big")
        self._random = random.Random(seed)  # noqa: S311 - made-up posts need repeatable chance, not secrets

    def chance(self, probability: float) -> bool:
        """Return True with a probability of 0 to 1."""
        return self._random.random() < probability

    def number(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items."""
        return items[self.number(0, len(items) - 1)]

    def several(self, items: Sequence[T], count: int) -> list[T]:
        """Return `count` different items (all, when there are fewer)."""
        rest = list(items)
        return [rest.pop(self.number(0, len(rest) - 1)) for _ in range(min(count, len(rest)))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        return self.several(items, len(items))

    def digits(self, length: int) -> str:
        """Return a string of decimal digits that begins with none of 0."""
        return str(self.number(1, 9)) + "".join(str(self.number(0, 9)) for _ in range(length - 1))

    def letters(self, length: int) -> str:
        """Return letters and digits, as short links and file names have them."""
        return "".join(self.pick("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") for _ in range(length))

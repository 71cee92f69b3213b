"""The words of the corpus: 60,000 invented words, and a few hundred words of local government with known ranks.

The word of rank r is drawn with a weight of 1 / (r + 2.7), as in natural language (Zipf, Mandelbrot). So a benchmark can
choose queries by their frequency before the corpus is written.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SIZE = 60_000
SHIFT = 2.7

WORDS = Path(__file__).with_name("words.txt")
GAP = 20  # after the common words, every 20th rank is a real word
_ACCENTED = {"a": "á", "e": "é", "i": "í", "o": "ö", "u": "ü", "n": "ñ"}

PHRASES = (
    "city council meeting",
    "boil water advisory",
    "street closed today",
    "public works crews",
    "town hall meeting",
    "water main break",
    "severe storm warning",
    "trash and recycling",
    "planning and zoning commission",
)
"""Fixed phrases in posts, besides words drawn individually."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by rank (the first is rank 1) and the running sum of their weights."""

    words: tuple[str, ...]
    cumulative: tuple[float, ...]

    def word(self, rank: int) -> str:
        """Return the word of a rank, or the next rarer word in pure ASCII, which all engines fold alike."""
        return next(word for word in self.words[rank - 1 :] if word.isascii())

    def rank(self, word: str) -> int:
        """Return the rank of a word. Raises ValueError for an unknown word."""
        return self.words.index(word) + 1


@lru_cache(maxsize=2)
def vocabulary(size: int = SIZE) -> Vocabulary:
    """Return the vocabulary of a size; always the same words."""
    words, less_common, *pieces = (part.split() for part in WORDS.read_text(encoding="ascii").split("\n\n")[1:])
    rest = iter(less_common)
    invented = _invented({*words, *less_common}, pieces)
    while len(words) < size:
        is_real = len(words) % GAP == 0
        words.append((next(rest, "") if is_real else "") or next(invented))
    weights = (1 / (rank + SHIFT) for rank in range(1, size + 1))
    return Vocabulary(tuple(words), tuple(itertools.accumulate(weights)))


def _invented(taken: set[str], pieces: list[list[str]]) -> Iterator[str]:
    """Yield invented words, each once; 2 percent have an accent."""
    chance = random.Random(610)
    onsets, vowels, endings = pieces
    endings = [ending.strip("-") for ending in endings]
    while True:
        syllables = chance.choices((1, 2, 3), (1, 6, 3))[0]
        word = "".join(chance.choice(onsets) + chance.choice(vowels) for _ in range(syllables)) + chance.choice(endings)
        if chance.random() < 0.02:
            letter = next((letter for letter in word if letter in _ACCENTED), "")
            word = word.replace(letter, _ACCENTED[letter], 1) if letter else word
        if len(word) > 2 and word not in taken:
            taken.add(word)
            yield word

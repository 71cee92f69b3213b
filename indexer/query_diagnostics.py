"""What is wrong in a query, at which place, and what would be right: never an empty result in its stead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a query. `start` and `end` are places in the text as typed (code points, end excluded)."""

    start: int
    end: int
    message: str
    suggestion: str


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one most likely means, or nothing."""
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def listed(words: Iterable[str]) -> str:
    """Return words as "a, b, c", each once: the words of the query language are the same in every language."""
    return ", ".join(dict.fromkeys(words))

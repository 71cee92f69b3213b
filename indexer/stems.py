"""English stems (Snowball's Porter 2): what the forms of one word share, as `budget` for budgets and budgeting."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Final

from snowballstemmer import EnglishStemmer


class _OfThread(threading.local):
    """A stemmer writes into itself while it works, so each thread has its own."""

    def __init__(self) -> None:
        self.stemmer = EnglishStemmer()


_of_thread: Final = _OfThread()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the English stem of a folded word; a word that is not English is mostly its own stem. Never empty for a word."""
    return str(_of_thread.stemmer.stemWord(word))

"""Words that a wildcard, fuzzy word, stem or number range matches. All words here are folded."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from snowballstemmer import EnglishStemmer, SpanishStemmer

from indexer.query.nodes import Expanding, Fuzzy, NumberRange, Stem, Wildcard
from indexer.text import fold


class _PerThread(threading.local):
    """One stemmer of each language per thread: it keeps state while it works."""

    def __init__(self) -> None:
        self.stemmer = EnglishStemmer()
        self.spanish = SpanishStemmer()


_per_thread: Final = _PerThread()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the English stem of a folded word; most non-English words are their own stem. Never empty for a word."""
    return str(_per_thread.stemmer.stemWord(word))


_SPANISH_END: Final = re.compile(r"(?:[ao]s?|[cs]ion(?:es)?|dad(?:es)?|mente|[ai]r|[aei]ron|ndo)$")
_LEAST_SPANISH: Final = 4  # letters of a stem: shorter ones join words that have nothing in common


@lru_cache(maxsize=100_000)
def spanish_stem(word: str) -> str:
    """Return the Spanish stem of a folded word that ends like a Spanish one; empty for other words and for short stems."""
    if not _SPANISH_END.search(word):
        return ""
    accented = f"{word[:-2]}ón" if word.endswith(("cion", "sion")) else word  # folding took the accent that the stemmer looks for
    root = str(fold(_per_thread.spanish.stemWord(accented)))
    return root if len(root) >= _LEAST_SPANISH else ""


_WILDCARDS: Final = re.compile(r"[*?=]")
_DIGITS: Final = tuple("0123456789")
_STEM_TAIL: Final = 2  # final letters of a stem that its words may lack: "die" for dying, "polici" for policy


def prefixes(node: Expanding) -> tuple[str, ...]:
    """Return disjoint prefixes that cover every matching word; ("",) means any."""
    if isinstance(node, Wildcard):
        return (_WILDCARDS.split(node.pattern, maxsplit=1)[0],)
    if isinstance(node, Fuzzy):
        return (node.word[: node.kept],)
    if isinstance(node, Stem):
        return (node.stem[: max(1, len(node.stem) - _STEM_TAIL)],)
    return _number_prefixes(str(node.least), str(node.most))


@lru_cache(maxsize=8_192)  # more than one query can have: thousands of wildcards are compiled once for all texts of a page
def matcher(node: Expanding) -> Callable[[str], bool]:
    """Return a predicate for the folded words that a node matches."""
    if isinstance(node, Wildcard):
        expression = _expression(node.pattern)
        return lambda word: expression.fullmatch(word) is not None
    if isinstance(node, Fuzzy):
        fuzzy, prefix = node, node.word[: node.kept]
        return lambda word: word.startswith(prefix) and OSA.distance(fuzzy.word, word, score_cutoff=fuzzy.edits) <= fuzzy.edits
    if isinstance(node, Stem):
        target = node.stem
        return lambda word: stem(word) == target
    return _number_matcher(node)


def matching_words(node: Expanding, words: Iterable[str]) -> list[str]:
    """Return the words that match, in order; fast enough for the whole dictionary of an index."""
    if isinstance(node, Fuzzy):
        prefix = node.word[: node.kept]
        choices = [word for word in words if word.startswith(prefix)] if prefix else list(words)
        results = process.extract(node.word, choices, scorer=OSA.distance, processor=None, score_cutoff=node.edits, limit=None)
        return [choices[at] for at in sorted(at for _word, _distance, at in results)]
    is_match = matcher(node)
    return [word for word in words if is_match(word)]


def as_typed(node: Expanding) -> str:
    """Return the text as typed, or its equivalent if the tree was not typed. For messages."""
    if node.typed:
        return node.typed
    if isinstance(node, Wildcard):
        return node.pattern
    if isinstance(node, Fuzzy):
        return node.word
    return node.stem if isinstance(node, Stem) else f"{node.least}-{node.most}"


def _expression(pattern: str) -> re.Pattern[str]:
    """Compile a wildcard; `fnmatch.translate` avoids catastrophic backtracking."""
    return re.compile(translate(pattern.replace("[", "[[]").replace("=", "[0-9]")))


def _number_prefixes(least: str, most: str) -> tuple[str, ...]:
    """Prefixes of the numbers in a range, including numbers with leading zeros."""
    if len(least) != len(most):
        return _DIGITS
    difference = next((at for at, (low, high) in enumerate(zip(least, most, strict=True)) if low != high), len(least))
    common = least[:difference]
    prefixes = (common,) if common else tuple(digit for digit in _DIGITS if least[0] <= digit <= most[0])
    return ("0", *(prefix for prefix in prefixes if not prefix.startswith("0")))


def _number_matcher(node: NumberRange) -> Callable[[str], bool]:
    return lambda word: word.isascii() and word.isdigit() and node.least <= int(word) <= node.most

"""Which words a wildcard, a fuzzy word, a stem or a range of numbers stands for. All words here are folded ones."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA
from snowballstemmer import EnglishStemmer

from indexer.query.nodes import Expanding, Fuzzy, NumberRange, Stem, Wildcard


class _OfThread(threading.local):
    """A stemmer writes into itself while it works, so each thread has its own."""

    def __init__(self) -> None:
        self.stemmer = EnglishStemmer()


_of_thread: Final = _OfThread()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the English stem of a folded word; a word that is not English is mostly its own stem. Never empty for a word."""
    return str(_of_thread.stemmer.stemWord(word))


_SIGNS: Final = re.compile(r"[*?=]")
_DIGITS: Final = tuple("0123456789")
_STEM_TAIL: Final = 2  # letters at a stem's end that a word of it may not have: "die" for dying, "polici" for policy


def beginnings(node: Expanding) -> tuple[str, ...]:
    """Return what fitting words begin with: each of them with one of these, and none with two. ("",) tells nothing."""
    if isinstance(node, Wildcard):
        return (_SIGNS.split(node.pattern, maxsplit=1)[0],)
    if isinstance(node, Fuzzy):
        return (node.word[: node.kept],)
    if isinstance(node, Stem):
        return (node.stem[: max(1, len(node.stem) - _STEM_TAIL)],)
    return _beginnings_of_numbers(str(node.least), str(node.most))


@lru_cache(maxsize=8_192)  # more than one query can hold: a list of thousands of wildcards is compiled once for all texts of a page
def fitting(node: Expanding) -> Callable[[str], bool]:
    """Return the test that a folded word passes when the node stands for it."""
    if isinstance(node, Wildcard):
        expression = _expression(node.pattern)
        return lambda word: expression.fullmatch(word) is not None
    if isinstance(node, Fuzzy):
        fuzzy, kept = node, node.word[: node.kept]
        return lambda word: word.startswith(kept) and OSA.distance(fuzzy.word, word, score_cutoff=fuzzy.edits) <= fuzzy.edits
    if isinstance(node, Stem):
        wanted = node.stem
        return lambda word: stem(word) == wanted
    return _number(node)


def pick(node: Expanding, words: Iterable[str]) -> list[str]:
    """Return those of many words that fit, in their order; fast enough for the whole dictionary of an index."""
    if isinstance(node, Fuzzy):
        kept = node.word[: node.kept]
        choices = [word for word in words if word.startswith(kept)] if kept else list(words)
        found = process.extract(node.word, choices, scorer=OSA.distance, processor=None, score_cutoff=node.edits, limit=None)
        return [choices[at] for at in sorted(at for _word, _distance, at in found)]
    fits = fitting(node)
    return [word for word in words if fits(word)]


def as_typed(node: Expanding) -> str:
    """Return what the person wrote, or what stands for it where the tree was not typed: for messages."""
    if node.typed:
        return node.typed
    if isinstance(node, Wildcard):
        return node.pattern
    if isinstance(node, Fuzzy):
        return node.word
    return node.stem if isinstance(node, Stem) else f"{node.least}-{node.most}"


def _expression(pattern: str) -> re.Pattern[str]:
    """Return the expression of a wildcard; the library's translation never tries one way twice."""
    return re.compile(translate(pattern.replace("[", "[[]").replace("=", "[0-9]")))


def _beginnings_of_numbers(least: str, most: str) -> tuple[str, ...]:
    """Return what the numbers between two begin with; a number may also be written with zeros before it."""
    if len(least) != len(most):
        return _DIGITS
    differing = next((at for at, (one, other) in enumerate(zip(least, most, strict=True)) if one != other), len(least))
    common = least[:differing]
    starts = (common,) if common else tuple(digit for digit in _DIGITS if least[0] <= digit <= most[0])
    return ("0", *(start for start in starts if not start.startswith("0")))


def _number(node: NumberRange) -> Callable[[str], bool]:
    return lambda word: word.isascii() and word.isdigit() and node.least <= int(word) <= node.most

"""Finds in a text what a query found it for: the words, phrases and wildcards to be marked, never those under a NOT."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.query import And, Node, Or, Phrase, Wildcard, Word
from indexer.text import tokens

SEEN_FIELDS = frozenset({"text", "hashtag", "mention"})
LENGTH = 280  # characters of a snippet

Span = tuple[int, int]
Piece = tuple[str, bool]


def spans(text: str, tree: Node) -> list[Span]:
    """Return the places (code points, end excluded) to be marked, in order and without overlap."""
    looked_for = _looked_for(tree)
    found = list(tokens(text))
    marked = {at for at, token in enumerate(found) if token.word in looked_for.words}
    for pattern in looked_for.patterns:
        for at in range(len(found) - len(pattern) + 1):
            if all(one.fullmatch(found[at + step].word) for step, one in enumerate(pattern)):
                marked.update(range(at, at + len(pattern)))
    return [(found[at].start, found[at].end) for at in sorted(marked)]


def snippet(text: str, tree: Node, length: int = LENGTH) -> tuple[Piece, ...]:
    """Return a piece of the text around the first hit, cut at spaces, in pieces each with whether it is a hit."""
    return cut_out(text, spans(text, tree), length)


def cut_out(text: str, marked: Sequence[Span], length: int = LENGTH) -> tuple[Piece, ...]:
    """Return the same for places that are known."""
    start = 0
    if len(text) > length and marked and marked[0][0] > length * 2 // 3:
        start = text.rfind(" ", 0, marked[0][0] - length // 3) + 1
        start = max(start, marked[0][0] - length // 2)
    end = len(text)
    if end - start > length:
        space = text.find(" ", start + length)
        end = space if 0 <= space <= start + length + 40 else start + length
    before, after = "\u2026 " if start else "", " \u2026" if end < len(text) else ""
    return tuple(piece for piece in ((before, False), *_pieces(text, marked, start, end), (after, False)) if piece[0])


def marked_text(text: str, tree: Node) -> tuple[Piece, ...]:
    """Return the whole text, never cut, in pieces each with whether it is a hit."""
    return tuple(piece for piece in _pieces(text, spans(text, tree), 0, len(text)) if piece[0])


def _pieces(text: str, marked: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in marked:
        if at <= first and last <= end:
            yield text[at:first], False
            yield text[first:last], True
            at = last
    yield text[at:end], False


class _LookedFor(NamedTuple):
    words: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], ...], ...]


@lru_cache(maxsize=256)
def _looked_for(tree: Node) -> _LookedFor:
    """Return what a query looks for in a text, made once for all texts of its answer."""
    items = list(_items(tree))
    words = frozenset(item.word for item in items if isinstance(item, Word))
    others = [item.items if isinstance(item, Phrase) else (item,) for item in items if not isinstance(item, Word)]
    return _LookedFor(words, tuple(tuple(_pattern(one) for one in item) for item in others))


def _items(tree: Node) -> Iterator[Word | Wildcard | Phrase]:
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from _items(child)
    elif isinstance(tree, (Word, Wildcard, Phrase)) and tree.field in SEEN_FIELDS:
        yield tree


def _pattern(item: Word | Wildcard) -> re.Pattern[str]:
    if isinstance(item, Wildcard):
        return re.compile(fnmatch.translate(item.pattern.replace("[", "[[]")), re.DOTALL)
    return re.compile(re.escape(item.word))

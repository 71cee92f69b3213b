"""Finds in a text what a query found it for: the words, phrases and wildcards to be marked, never those under a NOT."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from indexer.query import And, Node, Not, Or, Phrase, Wildcard, Word
from indexer.text import tokens

SEEN_FIELDS = frozenset({"text", "hashtag", "mention"})
LENGTH = 280  # characters of a snippet

Span = tuple[int, int]
Piece = tuple[str, bool]


def spans(text: str, tree: Node) -> list[Span]:
    """Return the places (code points, end excluded) to be marked, in order and without overlap."""
    found = list(tokens(text))
    marked: set[int] = set()
    for pattern in _patterns(tree):
        for at in range(len(found) - len(pattern) + 1):
            if all(one.fullmatch(found[at + step].word) for step, one in enumerate(pattern)):
                marked.update(range(at, at + len(pattern)))
    return [(found[at].start, found[at].end) for at in sorted(marked)]


def snippet(text: str, tree: Node, length: int = LENGTH) -> tuple[Piece, ...]:
    """Return a piece of the text around the first hit, cut at spaces, in pieces each with whether it is a hit."""
    marked = spans(text, tree)
    start = 0
    if marked and marked[0][0] > length * 2 // 3:
        start = text.rfind(" ", 0, marked[0][0] - length // 3) + 1
        start = max(start, marked[0][0] - length // 2)
    end = len(text)
    if end - start > length:
        space = text.find(" ", start + length)
        end = space if 0 <= space <= start + length + 40 else start + length
    pieces: list[Piece] = [("\u2026 ", False)] if start else []
    at = start
    for first, last in marked:
        if at <= first and last <= end:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces.append((text[at:end] + (" \u2026" if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def marked_text(text: str, tree: Node) -> tuple[Piece, ...]:
    """Return the whole text in pieces, each with whether it is a hit."""
    return snippet(text, tree, length=len(text) + 1)


def _patterns(tree: Node) -> list[Sequence[re.Pattern[str]]]:
    if isinstance(tree, Not):
        return []
    if isinstance(tree, (And, Or)):
        return [pattern for child in tree.children for pattern in _patterns(child)]
    if isinstance(tree, Phrase) and tree.field in SEEN_FIELDS:
        return [[_pattern(item) for item in tree.items]]
    if isinstance(tree, (Word, Wildcard)) and tree.field in SEEN_FIELDS:
        return [[_pattern(tree)]]
    return []


def _pattern(item: Word | Wildcard) -> re.Pattern[str]:
    if isinstance(item, Wildcard):
        return re.compile(fnmatch.translate(item.pattern.replace("[", "[[]")), re.DOTALL)
    return re.compile(re.escape(item.word))

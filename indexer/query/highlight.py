"""Finds in a text what a query found it for: the words, phrases and what stands for words, never those under a NOT.

Of words near each other both sides are marked, only where they really are near; what stands between them is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.query import And, Near, Node, NotNear, Or, Phrase, Word
from indexer.query.expansion import pick
from indexer.query.proximity import Leaf
from indexer.query.proximity import marked as places_marked
from indexer.text import tokens

SEEN_FIELDS = frozenset({"text", "hashtag", "mention"})
LENGTH = 280  # characters of a snippet

Span = tuple[int, int]
Piece = tuple[str, bool]


def spans(text: str, tree: Node) -> list[Span]:
    """Return the places (code points, end excluded) to be marked, in order and without overlap."""
    looked_for = _looked_for(tree)
    if not looked_for.words and not looked_for.others:
        return []  # `*` and fields alone mark nothing; an export asks for every record
    found = list(tokens(text))
    marked = {at for at, token in enumerate(found) if token.word in looked_for.words}
    if looked_for.others:
        stands = _Standing([token.word for token in found])
        for node in looked_for.others:
            for words_of in places_marked(node, stands).values():
                marked |= words_of
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
    others: tuple[Node, ...]


class _Standing:
    """Where words stand in one text; each leaf is looked for once, however often a query holds it."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._known: dict[Leaf, list[int]] = {}

    def __call__(self, leaf: Leaf) -> Sequence[int]:
        if leaf not in self._known:
            if isinstance(leaf, Word):
                self._known[leaf] = [at for at, word in enumerate(self._words) if word == leaf.word]
            else:
                fitting = frozenset(pick(leaf, dict.fromkeys(self._words)))
                self._known[leaf] = [at for at, word in enumerate(self._words) if word in fitting] if fitting else []
        return self._known[leaf]


@lru_cache(maxsize=256)
def _looked_for(tree: Node) -> _LookedFor:
    """Return what a query looks for in a text, made once for all texts of its answer."""
    items = list(dict.fromkeys(_items(tree)))
    words = frozenset(item.word for item in items if isinstance(item, Word))
    return _LookedFor(words, tuple(item for item in items if not isinstance(item, Word)))


def _items(tree: Node) -> Iterator[Node]:
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from _items(child)
    elif isinstance(tree, (Near, NotNear)) or (isinstance(tree, Phrase | Leaf) and tree.field in SEEN_FIELDS):
        yield tree

"""Finds the words of a query in a text for highlighting: words, phrases and expanding terms, but nothing under NOT.

For proximity, both sides are highlighted, only where they are actually near; the words between them are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from indexer.query import And, Leaf, Near, Node, NotNear, Or, Phrase, Word, matching_words
from indexer.query import find_highlights as places_marked
from indexer.text import tokens

HIGHLIGHTED_FIELDS = frozenset({"text", "hashtag", "mention"})
SNIPPET_LENGTH = 280  # characters of a snippet

Span = tuple[int, int]
TextPiece = tuple[str, bool]


def spans(text: str, tree: Node) -> list[Span]:
    """Return the highlighted spans (code points, end excluded), in order, without overlap."""
    terms = _search_terms(tree)
    if not terms.words and not terms.others:
        return []  # `*` and fields alone highlight nothing; an export asks for every record
    text_tokens = list(tokens(text))
    marked = {at for at, token in enumerate(text_tokens) if token.word in terms.words}
    if terms.others:
        positions = _Positions([token.word for token in text_tokens])
        for node in terms.others:
            for word_numbers in places_marked(node, positions).values():
                marked |= word_numbers
    return [(text_tokens[at].start, text_tokens[at].end) for at in sorted(marked)]


def snippet(text: str, tree: Node, length: int = SNIPPET_LENGTH) -> tuple[TextPiece, ...]:
    """Return an excerpt around the first highlight, cut at spaces, in pieces: (text, is highlighted)."""
    return excerpt(text, spans(text, tree), length)


def excerpt(text: str, marked: Sequence[Span], length: int = SNIPPET_LENGTH) -> tuple[TextPiece, ...]:
    """Return the excerpt for spans that are already known."""
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


def highlight_text(text: str, tree: Node) -> tuple[TextPiece, ...]:
    """Return the whole text in pieces: (text, is highlighted)."""
    return tuple(piece for piece in _pieces(text, spans(text, tree), 0, len(text)) if piece[0])


def _pieces(text: str, marked: Sequence[Span], start: int, end: int) -> Iterator[TextPiece]:
    at = start
    for first, last in marked:
        if at <= first and last <= end:
            yield text[at:first], False
            yield text[first:last], True
            at = last
    yield text[at:end], False


class _SearchTerms(NamedTuple):
    words: frozenset[str]
    others: tuple[Node, ...]


class _Positions:
    """Word positions of the leaves in one text, each leaf looked up once."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._cache: dict[Leaf, list[int]] = {}

    def __call__(self, leaf: Leaf) -> Sequence[int]:
        if leaf not in self._cache:
            if isinstance(leaf, Word):
                self._cache[leaf] = [at for at, word in enumerate(self._words) if word == leaf.word]
            else:
                matching = frozenset(matching_words(leaf, dict.fromkeys(self._words)))
                self._cache[leaf] = [at for at, word in enumerate(self._words) if word in matching] if matching else []
        return self._cache[leaf]


@lru_cache(maxsize=256)
def _search_terms(tree: Node) -> _SearchTerms:
    """Return the searched words and other leaves of a query, cached for all texts of its answer."""
    items = list(dict.fromkeys(_items(tree)))
    words = frozenset(item.word for item in items if isinstance(item, Word))
    return _SearchTerms(words, tuple(item for item in items if not isinstance(item, Word)))


def _items(tree: Node) -> Iterator[Node]:
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from _items(child)
    elif isinstance(tree, (Near, NotNear)) or (isinstance(tree, Phrase | Leaf) and tree.field in HIGHLIGHTED_FIELDS):
        yield tree

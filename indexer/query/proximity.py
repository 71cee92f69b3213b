"""Exact matching of Near, NotNear and phrases on the word positions of a record.

A span is the positions of its first and last word. The positions of different parts of a record are so far apart
(`PART_GAP`) that nothing is near across them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from indexer import cost
from indexer.query.nodes import Expanding, Near, Node, NotNear, Or, Phrase, Word, nodes

PART_GAP: Final = 1 << 40
"""Distance between the last word of a part and the first of the next; larger than any operator distance or text."""

MOST_MARKED: Final = 300_000
"""Cost limit for highlighting one text exactly; beyond it every searched word is highlighted."""

_COMPARISON_COST: Final = 3  # cost of comparing two spans, in words read

Leaf = Word | Expanding
WordSpan = tuple[int, int]
PositionsOf = Callable[[Leaf], Sequence[int]]
"""Positions of a leaf in a record, ascending."""


def leaves(tree: Node) -> tuple[Leaf, ...]:
    """Return the words and expanding terms of a proximity tree, each once."""
    return tuple(dict.fromkeys(node for node in nodes(tree) if isinstance(node, Leaf)))


def has_match(tree: Node, places: PositionsOf) -> bool:
    """Whether a tree of Near, NotNear, Or, Phrase and leaves matches a record."""
    if isinstance(tree, Or):
        return any(has_match(child, places) for child in tree.children)
    if isinstance(tree, Near):
        return next(_pairs(tree, find_spans(tree.left, places), find_spans(tree.right, places)), None) is not None
    return bool(find_spans(tree, places))


def find_spans(tree: Node, places: PositionsOf) -> list[WordSpan]:
    """Return the spans of a tree, each once, in order. Raises TypeError for a node without spans."""
    if isinstance(tree, Leaf):
        return [(at, at) for at in places(tree)]
    if isinstance(tree, Phrase):
        return _phrase(tree, places)
    if isinstance(tree, Or):
        cost.positions(len(tree.children))
        return sorted({span for child in tree.children for span in find_spans(child, places)})
    if isinstance(tree, Near):
        left = find_spans(tree.left, places)
        right = find_spans(tree.right, places) if left else []
        return sorted({_hull(first, second) for first, second in _pairs(tree, left, right)})
    if isinstance(tree, NotNear):
        left = find_spans(tree.left, places)
        near = {first for first, _second in _pairs(tree, left, find_spans(tree.right, places))} if left else set()
        return [span for span in left if span not in near]
    raise TypeError(f"{type(tree).__name__} has no place in a text")


def find_highlights(tree: Node, places: PositionsOf) -> Mapping[WordSpan, frozenset[int]]:
    """Return the spans of a tree, each with the positions of its searched words, without the words between them.

    If a text has too many spans to compute in time, each searched word is a span by itself.
    """
    try:
        with cost.isolated(cost.Bounds(0, 0, MOST_MARKED, math.inf)):
            return _marked(tree, places)
    except cost.TooCostly:
        return {(at, at): frozenset((at,)) for leaf in _highlighted_leaves(tree) for at in places(leaf)}


def _highlighted_leaves(tree: Node) -> Iterator[Leaf]:
    """Yield the leaves that a span can contain; not those that must not be near."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, Phrase):
        yield from tree.items
    elif isinstance(tree, Or):
        for child in tree.children:
            yield from _highlighted_leaves(child)
    elif isinstance(tree, (Near, NotNear)):
        yield from _highlighted_leaves(tree.left)
        if isinstance(tree, Near):
            yield from _highlighted_leaves(tree.right)


def _marked(tree: Node, places: PositionsOf) -> Mapping[WordSpan, frozenset[int]]:
    if isinstance(tree, Phrase | Leaf):
        return {(first, last): frozenset(range(first, last + 1)) for first, last in find_spans(tree, places)}
    words_by_span: dict[WordSpan, frozenset[int]] = {}
    if isinstance(tree, Or):
        for child in tree.children:
            for span, words in _marked(child, places).items():
                words_by_span[span] = words_by_span.get(span, frozenset()) | words
        return words_by_span
    if not isinstance(tree, (Near, NotNear)):
        raise TypeError(f"{type(tree).__name__} has no place in a text")
    left, right = _marked(tree.left, places), _marked(tree.right, places)
    pairs = _pairs(tree, sorted(left), sorted(right))
    if isinstance(tree, NotNear):
        near = {first for first, _second in pairs}
        return {span: words for span, words in left.items() if span not in near}
    for first, second in pairs:
        hull = _hull(first, second)
        words_by_span[hull] = words_by_span.get(hull, frozenset()) | left[first] | right[second]
    return words_by_span


def width(tree: Node) -> int:
    """Return the length of the longest possible span of a tree, in words."""
    if isinstance(tree, Phrase):
        return len(tree.items)
    if isinstance(tree, Or):
        return max((width(child) for child in tree.children), default=1)
    if isinstance(tree, Near):
        return width(tree.left) + width(tree.right) + tree.distance - 1
    return width(tree.left) if isinstance(tree, NotNear) else 1


class LeafPositions:
    """Positions of a tree's leaves in one record at a time."""

    def __init__(self, words_by_leaf: Mapping[Leaf, Iterable[str]]) -> None:
        """Take the words that each leaf matches."""
        self._index: dict[Leaf, int] = {leaf: number for number, leaf in enumerate(words_by_leaf)}
        self._leaves_of: dict[str, tuple[int, ...]] = {}
        for leaf, words in words_by_leaf.items():
            for word in words:
                self._leaves_of[word] = (*self._leaves_of.get(word, ()), self._index[leaf])
        self._positions: list[list[int]] = []

    def read(self, parts: Iterable[Sequence[str]]) -> None:
        """Find the positions of the leaves in the parts of a record."""
        self._positions = [[] for _leaf in self._index]
        start, leaves_of, positions = 0, self._leaves_of, self._positions
        for part in parts:
            cost.positions(len(part))
            for at, word in enumerate(part, start):
                if word in leaves_of:
                    for leaf in leaves_of[word]:
                        positions[leaf].append(at)
            start += len(part) + PART_GAP

    def places(self, leaf: Leaf) -> Sequence[int]:
        """Return the positions of a leaf in the record read last."""
        return self._positions[self._index[leaf]]


def _phrase(tree: Phrase, places: PositionsOf) -> list[WordSpan]:
    firsts: set[int] = set(places(tree.items[0])) if tree.items else set()
    for offset, item in enumerate(tree.items[1:], 1):
        if not firsts:
            return []
        firsts &= {at - offset for at in places(item)}
    return [(first, first + len(tree.items) - 1) for first in sorted(firsts)]


def _hull(left: WordSpan, right: WordSpan) -> WordSpan:
    return min(left[0], right[0]), max(left[1], right[1])


def _pairs(tree: Near | NotNear, left: Sequence[WordSpan], right: Sequence[WordSpan]) -> Iterator[tuple[WordSpan, WordSpan]]:
    """Yield the pairs of left and right spans that are near each other. Both lists are in order."""
    yield from _following(left, right, tree.distance)
    if not tree.is_ordered:
        for second, first in _following(right, left, tree.distance):
            yield first, second


def _following(firsts: Sequence[WordSpan], seconds: Sequence[WordSpan], distance: int) -> Iterator[tuple[WordSpan, WordSpan]]:
    starts = [start for start, _end in seconds]
    for first in firsts:
        end = first[1]
        near = range(bisect_right(starts, end), bisect_right(starts, end + distance))
        cost.positions(_COMPARISON_COST * (1 + len(near)))
        for at in near:
            yield first, seconds[at]

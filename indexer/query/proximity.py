"""Where in a record's words a Near, a NotNear or a phrase is found: the exact check, on numbers of words.

A place is the number of its first and of its last word. Words of two parts of a record have numbers so far from each
other (`PART_GAP`) that nothing is near across them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from indexer import cost
from indexer.query.nodes import Expanding, Near, Node, NotNear, Or, Phrase, Word, nodes

PART_GAP: Final = 1 << 40
"""Between the last word of a part and the first of the next; larger than any distance and any text."""

MOST_MARKED: Final = 300_000
"""What telling places apart may cost in one text, for marking; beyond it every word looked for is marked."""

_COMPARING: Final = 3  # words read that comparing two places is worth

Leaf = Word | Expanding
Place = tuple[int, int]
Places = Callable[[Leaf], Sequence[int]]
"""Where a leaf stands in a record: rising numbers of words."""


def leaves(tree: Node) -> tuple[Leaf, ...]:
    """Return the words and what stands for words in a tree of nearness, each once."""
    return tuple(dict.fromkeys(node for node in nodes(tree) if isinstance(node, Leaf)))


def is_found(tree: Node, places: Places) -> bool:
    """Tell whether a tree of Near, NotNear, Or, Phrase and leaves is found in a record at all."""
    if isinstance(tree, Or):
        return any(is_found(child, places) for child in tree.children)
    if isinstance(tree, Near):
        return next(_pairs(tree, found(tree.left, places), found(tree.right, places)), None) is not None
    return bool(found(tree, places))


def found(tree: Node, places: Places) -> list[Place]:
    """Return the places of a tree, each once, in order. Raises TypeError for a node that has no places."""
    if isinstance(tree, Leaf):
        return [(at, at) for at in places(tree)]
    if isinstance(tree, Phrase):
        return _phrase(tree, places)
    if isinstance(tree, Or):
        cost.positions(len(tree.children))
        return sorted({place for child in tree.children for place in found(child, places)})
    if isinstance(tree, Near):
        left = found(tree.left, places)
        right = found(tree.right, places) if left else []
        return sorted({_hull(one, other) for one, other in _pairs(tree, left, right)})
    if isinstance(tree, NotNear):
        left = found(tree.left, places)
        near = {one for one, _other in _pairs(tree, left, found(tree.right, places))} if left else set()
        return [place for place in left if place not in near]
    raise TypeError(f"{type(tree).__name__} has no place in a text")


def marked(tree: Node, places: Places) -> Mapping[Place, frozenset[int]]:
    """Return the places of a tree, each with the words in it that were looked for: those between them are not.

    Where one text has so many that telling them apart takes too long, each word looked for is a place of its own.
    """
    try:
        with cost.isolated(cost.Bounds(0, 0, MOST_MARKED, math.inf)):
            return _marked(tree, places)
    except cost.TooCostly:
        return {(at, at): frozenset((at,)) for leaf in _wanted(tree) for at in places(leaf)}


def _wanted(tree: Node) -> Iterator[Leaf]:
    """Yield the leaves that a place of a tree may hold: not those that must not be near."""
    if isinstance(tree, Leaf):
        yield tree
    elif isinstance(tree, Phrase):
        yield from tree.items
    elif isinstance(tree, Or):
        for child in tree.children:
            yield from _wanted(child)
    elif isinstance(tree, (Near, NotNear)):
        yield from _wanted(tree.left)
        if isinstance(tree, Near):
            yield from _wanted(tree.right)


def _marked(tree: Node, places: Places) -> Mapping[Place, frozenset[int]]:
    if isinstance(tree, Phrase | Leaf):
        return {(first, last): frozenset(range(first, last + 1)) for first, last in found(tree, places)}
    made: dict[Place, frozenset[int]] = {}
    if isinstance(tree, Or):
        for child in tree.children:
            for place, words in _marked(child, places).items():
                made[place] = made.get(place, frozenset()) | words
        return made
    if not isinstance(tree, (Near, NotNear)):
        raise TypeError(f"{type(tree).__name__} has no place in a text")
    left, right = _marked(tree.left, places), _marked(tree.right, places)
    pairs = _pairs(tree, sorted(left), sorted(right))
    if isinstance(tree, NotNear):
        near = {one for one, _other in pairs}
        return {place: words for place, words in left.items() if place not in near}
    for one, other in pairs:
        hull = _hull(one, other)
        made[hull] = made.get(hull, frozenset()) | left[one] | right[other]
    return made


def width(tree: Node) -> int:
    """Return how many words the longest place of a tree can span."""
    if isinstance(tree, Phrase):
        return len(tree.items)
    if isinstance(tree, Or):
        return max((width(child) for child in tree.children), default=1)
    if isinstance(tree, Near):
        return width(tree.left) + width(tree.right) + tree.distance - 1
    return width(tree.left) if isinstance(tree, NotNear) else 1


class Record:
    """The words of a record, for one tree: it knows where each leaf stands."""

    def __init__(self, meant: Mapping[Leaf, Iterable[str]]) -> None:
        """Take the words that each leaf stands for."""
        self._at: dict[Leaf, int] = {leaf: number for number, leaf in enumerate(meant)}
        self._leaves_of: dict[str, tuple[int, ...]] = {}
        for leaf, words in meant.items():
            for word in words:
                self._leaves_of[word] = (*self._leaves_of.get(word, ()), self._at[leaf])
        self._found: list[list[int]] = []

    def read(self, parts: Iterable[Sequence[str]]) -> None:
        """Look where the leaves stand in the parts of a record."""
        self._found = [[] for _leaf in self._at]
        start, leaves_of, into = 0, self._leaves_of, self._found
        for part in parts:
            cost.positions(len(part))
            for at, word in enumerate(part, start):
                if word in leaves_of:
                    for leaf in leaves_of[word]:
                        into[leaf].append(at)
            start += len(part) + PART_GAP

    def places(self, leaf: Leaf) -> Sequence[int]:
        """Return where a leaf stands in what was read last."""
        return self._found[self._at[leaf]]


def _phrase(tree: Phrase, places: Places) -> list[Place]:
    firsts: set[int] = set(places(tree.items[0])) if tree.items else set()
    for step, item in enumerate(tree.items[1:], 1):
        if not firsts:
            return []
        firsts &= {at - step for at in places(item)}
    return [(first, first + len(tree.items) - 1) for first in sorted(firsts)]


def _hull(one: Place, other: Place) -> Place:
    return min(one[0], other[0]), max(one[1], other[1])


def _pairs(tree: Near | NotNear, left: Sequence[Place], right: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
    """Yield the pairs of a left and a right place that are near. Both are in order."""
    yield from _following(left, right, tree.distance)
    if not tree.is_ordered:
        for other, one in _following(right, left, tree.distance):
            yield one, other


def _following(firsts: Sequence[Place], seconds: Sequence[Place], distance: int) -> Iterator[tuple[Place, Place]]:
    starts = [start for start, _end in seconds]
    for first in firsts:
        end = first[1]
        near = range(bisect_right(starts, end), bisect_right(starts, end + distance))
        cost.positions(_COMPARING * (1 + len(near)))
        for at in near:
            yield first, seconds[at]

"""Compiles query trees and filters to queries of tantivy 0.27, for a snapshot of the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from threading import Lock
from typing import Any, Final, NamedTuple

import tantivy
from tantivy import Occur, Query

from indexer import cost
from indexer.engines import WILDCARD_LIMIT, TooBroad
from indexer.engines.entry import always_scored
from indexer.engines.tantivy_fields import (
    GAP,
    all_of,
    allowed,
    any_of,
    days,
    everything,
    expression,
    field_of,
    narrowing,
    pks_query,
    schema,
    silent,
    together,
    word_query,
    words_query,
)
from indexer.engines.tantivy_words import Dictionary, too_many
from indexer.query import And, DayRange, Everything, Expanding, Near, Node, Not, NotNear, Numbered, Or, Phrase, Wildcard, Word
from indexer.query.filters import Filters, Permission
from indexer.query.proximity import Leaf, Record, is_found, leaves, width

_MOST_PAIRS: Final = 1_000  # phrases of words, each a small lookup in the index
_MOST_EXPRESSIONS: Final = 12  # phrases of expressions, each a scan of the dictionary
_FEW: Final = 25  # up to this number, words are looked up individually rather than by an expression
_STATES: Final = 500  # of an expression; tantivy refuses 1,000
_ANYWHERE: Final = 20_000_001  # a distance longer than any text
_ANCHORS: Final = 3  # word sets of an operand used to reduce candidates
_MOST_KEPT: Final = 2_000_000  # record numbers in cached queries of a snapshot

_MOST_NARROWED: Final = 8  # word pairs of a proximity query used to reduce candidates; each may be a scan of the dictionary
_READING: Final = 50  # cost of fetching a record, in words
_OPENING: Final = 25  # cost of opening a word's positions, in words of the dictionary

_Flat = tuple[Leaf, ...]
_Way = Node | tuple[_Flat, _Flat]
"""A condition that every matching record meets: a part of the tree, or two sets of words near each other."""


class _Pieces(NamedTuple):
    """Lookup terms of an operand of single words, each with its number of records."""

    words: Mapping[str, int]
    expressions: Mapping[str, int]
    sizes: Mapping[str, int]  # number of words that an expression matches

    def records(self, piece: str) -> int:
        """Return the number of records with a word, or with a word that an expression matches."""
        return self.expressions[piece] if piece in self.expressions else self.words[piece]

    def escaped(self, piece: str) -> str:
        """Return a term as an expression."""
        return piece if piece in self.expressions else expression(piece, wild=False)


class Nearness:
    """Builds proximity queries for a searcher and caches the results of reading records. Thread-safe."""

    def __init__(self, searcher: tantivy.Searcher, words: Dictionary) -> None:
        self._searcher = searcher
        self._words = words
        self._checked: dict[tuple[Node, Permission], tuple[Query, int]] = {}
        self._lock = Lock()

    def query(self, tree: Near | NotNear, within: _Reader) -> Query:
        """Build the exact query of a tree. Raises TooBroad, TooCostly."""
        if isinstance(tree, Near):
            exact = self._exact(tree, within)
            return exact if exact is not None else self.checked(tree, self.superset(tree, within), within)
        exact = self._exact(tree, within)
        both = Near(tree.left, tree.right, tree.distance, tree.is_ordered)
        near = self.superset(both, within) if exact is None else exact
        left = within.node(tree.left)
        # Without anything near, every match of the left operand counts; other records are read. With an exact query, only
        # records with a second match of the left operand are read: their first match is near
        twice = None if exact is None else self._twice(tree.left, within)
        maybe = all_of((left, silent(near), *([] if twice is None else [twice])))
        return any_of((all_of((left,), but=near), self.checked(tree, maybe, within)))

    def phrase(self, tree: Phrase, within: _Reader) -> Query:
        """Build the query of a phrase of two items or more. Raises TooBroad, TooCostly."""
        field = field_of(tree.field)
        wild = [item for item in tree.items if not isinstance(item, Word)]
        cost.postings(sum(self._words.records(item) for item in tree.items if isinstance(item, Word)))
        if not wild:
            return Query.phrase_query(schema(), field, [item.word for item in tree.items if isinstance(item, Word)])
        too_many(wild, (self._words.expand(item, within.permission) for item in wild))
        spelt = [(item.word,) if isinstance(item, Word) else tuple(self._words.expand(item, within.permission)) for item in tree.items]
        if not all(spelt):
            return Query.empty_query()
        cost.words(_OPENING * sum(map(len, spelt)))
        cost.postings(sum(sum(self._words.expand(item, within.permission).values()) for item in wild))
        if _ways(spelt) <= _MOST_PAIRS:
            return any_of([Query.phrase_query(schema(), field, list(words)) for words in product(*spelt)])
        patterns = [self._pattern(item) for item in tree.items]
        known = [pattern for pattern in patterns if pattern is not None]
        if len(known) == len(patterns) and self._fit_together(wild):
            return Query.regex_phrase_query(schema(), field, list(known))
        if tree.field == "text":
            return self.checked(tree, all_of([within.node(item) for item in tree.items]), within)
        # only the text is stored: the words of other fields are combined into expressions as large as tantivy accepts
        split = [_alternatives(words) for words in spelt]
        cost.words(_ways(split) * sum(map(len, spelt)))
        return any_of([Query.regex_phrase_query(schema(), field, list(parts)) for parts in product(*split)])

    def superset(self, tree: Node, within: _Reader) -> Query:
        """Build a fast query that finds every record matching a tree, and few others."""
        ways: dict[_Way, Query] = {}
        self._gather(tree, within, ways)
        return all_of(list(ways.values()))

    def _gather(self, tree: Node, within: _Reader, ways: dict[_Way, Query]) -> None:
        """Add the conditions of a tree, each once: nested proximity repeats the same words many times."""
        if isinstance(tree, NotNear):
            self._gather(tree.left, within, ways)
        elif isinstance(tree, Near):
            self._gather_near(tree, within, ways)
        elif tree not in ways:
            ways[tree] = any_of([self.superset(child, within) for child in tree.children]) if isinstance(tree, Or) else within.node(tree)

    def _gather_near(self, tree: Near, within: _Reader, ways: dict[_Way, Query]) -> None:
        left, right = _flat(tree.left), _flat(tree.right)
        if left is not None and right is not None and (left, right) not in ways:
            exact = self._exact(tree, within)
            if exact is not None:
                ways[left, right] = exact
                return
        self._gather(tree.left, within, ways)
        self._gather(tree.right, within, ways)
        reach = width(tree.left) + width(tree.right) - 2 + tree.distance
        for pair in product(_anchors(tree.left)[:_ANCHORS], _anchors(tree.right)[:_ANCHORS]):
            if pair in ways or sum(isinstance(way, tuple) for way in ways) >= _MOST_NARROWED:
                continue  # the words of an inner proximity are closer to each other
            pairs = self._pairs(*pair, reach, within, is_ordered=tree.is_ordered)
            if pairs is not None:
                ways[pair] = pairs

    def checked(self, tree: Node, candidates: Query, within: _Reader) -> Query:
        """Build the query of those candidates whose words really match the tree; each candidate is read only once."""
        key = (tree, within.permission)
        with self._lock:
            known = self._checked.pop(key, None)
            if known is not None:
                self._checked[key] = known  # most recently used goes last
                return known[0]
        made = self._read(tree, candidates, within)
        with self._lock:
            self._checked[key] = made
            while len(self._checked) > 1 and sum(kept for _query, kept in self._checked.values()) > _MOST_KEPT:
                del self._checked[next(iter(self._checked))]
        return made[0]

    def _read(self, tree: Node, candidates: Query, within: _Reader) -> tuple[Query, int]:
        searcher = self._searcher
        seen = silent(all_of((candidates, *allowed(within.permission))))
        count = searcher.search(seen, 1, count=True).count  # type: ignore[attr-defined]  # missing in its stub
        cost.positions(_READING * count)
        hits: list[Any] = searcher.search(seen, max(count, 1), count=False).hits  # equal scores: in the order of the store
        addresses = [address for _score, address in hits]
        record = Record({leaf: self._meant(leaf, within) for leaf in leaves(tree)})
        passed, failed = list[int](), list[int]()
        for address, pk in zip(addresses, searcher.fast_field_values("pk", addresses), strict=True):
            record.read(together(searcher.doc(address)["text"]))
            (passed if is_found(tree, record.places) else failed).append(int(pk or 0))
        if not passed:
            return Query.empty_query(), 0
        if len(failed) < len(passed):  # the smaller set is the faster one
            return silent(all_of((candidates,), but=pks_query(failed) if failed else None)), len(failed)
        return pks_query(passed), len(passed)

    def _meant(self, leaf: Leaf, within: _Reader) -> Sequence[str]:
        return (leaf.word,) if isinstance(leaf, Word) else tuple(self._words.expand(leaf, within.permission))

    def _exact(self, tree: Near | NotNear, within: _Reader) -> Query | None:
        """Build the query of records where left and right are near each other, if tantivy can evaluate it; else None."""
        left, right = _flat(tree.left), _flat(tree.right)
        if left is None or right is None or tree.distance > GAP:
            return None
        return self._pairs(left, right, tree.distance, within, is_ordered=tree.is_ordered)

    def _pairs(self, left: _Flat, right: _Flat, distance: int, within: _Reader, *, is_ordered: bool) -> Query | None:
        """Build the query of a left word at most `distance` from a right word; None if there are too many combinations."""
        one, other = self._pieces(left, within), self._pieces(right, within)
        if one is None or other is None:
            return None
        plain = len(one.words) * len(other.words)
        mixed = len(one.expressions) * (len(other.words) + len(other.expressions)) + len(one.words) * len(other.expressions)
        if plain > _MOST_PAIRS or mixed > _MOST_EXPRESSIONS:
            return None
        ways: list[Query] = []
        for first, second in product(one.words, other.words):
            cost.postings(one.words[first] + other.words[second])
            ways += _slipping(Query.phrase_query, first, second, distance, is_ordered)
        cost.words(_OPENING * 2 * len(ways))
        for first, second in product({**one.words, **one.expressions}, {**other.words, **other.expressions}):
            if first in one.expressions or second in other.expressions:
                slips = _slipping(Query.regex_phrase_query, one.escaped(first), other.escaped(second), distance, is_ordered)
                cost.postings((one.records(first) + other.records(second)) * len(slips))
                cost.words(_OPENING * (one.sizes.get(first, 1) + other.sizes.get(second, 1)) * len(slips))
                ways += slips
        return any_of(ways)

    def _twice(self, tree: Node, within: _Reader) -> Query | None:
        """Build the query of records where an operand occurs twice, if tantivy can evaluate it; else None."""
        flat = _flat(tree)
        return None if flat is None else self._pairs(flat, flat, _ANYWHERE, within, is_ordered=True)

    def _pieces(self, flat: _Flat, within: _Reader) -> _Pieces | None:
        words, expressions, sizes = dict[str, int](), dict[str, int](), dict[str, int]()
        for leaf in flat:
            if isinstance(leaf, Word):
                words[leaf.word] = self._words.records(leaf)
                continue
            meant = self._words.expand(leaf, within.permission)
            pattern = self._pattern(leaf) if len(meant) > _FEW else None
            if pattern is not None:
                expressions[pattern], sizes[pattern] = sum(meant.values()), len(meant)
            elif len(meant) <= _MOST_PAIRS:
                words.update(meant)
            else:
                return None
            if len(words) > _MOST_PAIRS or len(expressions) > _MOST_EXPRESSIONS:
                return None
        return _Pieces(words, expressions, sizes)

    def _pattern(self, leaf: Leaf) -> str | None:
        """Return the expression of a word or wildcard that tantivy accepts under any permission; None if there is none."""
        if isinstance(leaf, Word):
            return expression(leaf.word, wild=False) if _is_short(leaf.word) else None
        if not isinstance(leaf, Wildcard) or not _is_short(leaf.pattern) or not self._fit_together([leaf]):
            return None
        return expression(leaf.pattern, wild=True)

    def _fit_together(self, wild: Sequence[Expanding]) -> bool:
        """Tell whether tantivy accepts all these expressions together: it also counts words that the reader may not see."""
        try:
            return sum(len(self._words.expand(item)) for item in wild) <= WILDCARD_LIMIT
        except TooBroad:
            return False


def _flat(tree: Node) -> _Flat | None:
    """Return an operand's alternatives if all are single words, else None."""
    if isinstance(tree, Leaf):
        return (tree,)
    if isinstance(tree, Phrase) and len(tree.items) == 1:
        return tree.items
    if isinstance(tree, Or):
        children = [_flat(child) for child in tree.children]
        known = [child for child in children if child is not None]
        return tuple(leaf for child in known for leaf in child) if len(known) == len(children) else None
    return None


def _anchors(tree: Node) -> list[_Flat]:
    """Return sets of single words: every match of an operand contains a word of each set."""
    flat = _flat(tree)
    if flat is not None:
        return [flat]
    if isinstance(tree, Phrase):
        return [(item,) for item in tree.items]
    if isinstance(tree, Or):
        return [tuple(leaf for child in tree.children for leaf in _anchors(child)[0])]
    if isinstance(tree, Near):
        return _anchors(tree.left) + _anchors(tree.right)
    if isinstance(tree, NotNear):
        return _anchors(tree.left)
    raise TypeError(f"{type(tree).__name__} has no place in a text")


def _slipping(make: Any, one: str, other: str, distance: int, is_ordered: bool) -> list[Query]:  # noqa: FBT001  # one call, above
    """Build phrase queries for two words at most `distance` apart."""
    if not is_ordered and one != other and make is Query.phrase_query:
        return [make(schema(), "text", [(0, one), (0, other)], distance)]
    half, odd = divmod(distance, 2)
    orders = [(one, other)] if is_ordered or one == other else [(one, other), (other, one)]
    found = []
    for first, second in orders:
        if half + odd:
            # from 1 to an odd number of words later: the middle position, with the same slop on either side
            found.append(make(schema(), "text", [(0, first), (half + odd, second)], half + odd - 1))
        if not odd and half:
            found.append(make(schema(), "text", [(0, first), (distance, second)], 0))
    return found


def _ways(spelt: Sequence[Sequence[str]]) -> int:
    return prod(map(len, spelt))


def _is_short(pattern: str) -> bool:
    return sum(12 if sign in "*?" else len(sign.encode("utf-8", "replace")) for sign in pattern) <= _STATES


def _alternatives(words: Sequence[str]) -> list[str]:
    """Combine words into expressions, each small enough for tantivy."""
    found: list[list[str]] = [[]]
    size = 0
    for word in words:
        length = len(word.encode())
        if found[-1] and size + length > _STATES:
            found.append([])
            size = 0
        found[-1].append(expression(word, wild=False))
        size += length
    return [f"({'|'.join(part)})" for part in found]


_DEEPEST: Final = 250  # tantivy recurses; a deeper tree overflowed its stack at some 500


class Compiler:
    """Compiles trees to tantivy queries; bound to a searcher because it looks words up."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self.words = Dictionary(searcher, has_deletions=has_deletions)
        self.nearness = Nearness(searcher, self.words)

    def query(self, tree: Node, filters: Filters) -> Query:
        """Compile a tree with its filters. Raises TooBroad, TooCostly."""
        found = _Reader(self, filters.permission).node(tree)
        narrowed = narrowing(filters)
        return all_of((found, *narrowed)) if narrowed else found


@dataclass(frozen=True, slots=True)
class _Reader:
    """Compiles for a permission: only words of records that the reader may see are looked up."""

    compiler: Compiler
    permission: Permission

    def node(self, tree: Node, depth: int = 0) -> Query:
        """Compile a tree: only plain words and phrases in the text add to the score. Raises TooBroad, TooCostly."""
        if depth > _DEEPEST:
            raise ValueError("the query is nested too deeply")
        if isinstance(tree, And):
            wanted = [(Occur.Must, self.node(child, depth + 1)) for child in tree.children if not isinstance(child, Not)]
            unwanted = [(Occur.MustNot, self.node(child.child, depth + 1)) for child in tree.children if isinstance(child, Not)]
            return Query.boolean_query([*(wanted or [(Occur.Must, everything())]), *unwanted])
        if isinstance(tree, Or):
            return any_of([self.node(child, depth + 1) for child in tree.children])
        if isinstance(tree, Not):
            return all_of((), but=self.node(tree.child, depth + 1))
        if isinstance(tree, Everything):
            return everything()
        leaf = self._leaf(tree)
        return leaf if always_scored(tree) else silent(leaf)

    def _leaf(self, tree: Node) -> Query:
        if isinstance(tree, Word):
            cost.postings(self.compiler.words.records(tree))
            return word_query(tree.field, tree.word)
        if isinstance(tree, Expanding):
            meant = self.compiler.words.expand(tree, self.permission)
            cost.postings(sum(meant.values()))
            cost.words(len(meant))
            return words_query(tree.field, list(meant))
        if isinstance(tree, Phrase):
            return self._leaf(tree.items[0]) if len(tree.items) == 1 else self.compiler.nearness.phrase(tree, self)
        if isinstance(tree, (Near, NotNear)):
            return self.compiler.nearness.query(tree, self)
        if isinstance(tree, DayRange):
            return days(tree)
        if isinstance(tree, Numbered):
            return pks_query(tree.pks)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

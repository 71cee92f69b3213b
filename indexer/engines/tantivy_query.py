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
from indexer.engines.engine import WILDCARD_LIMIT, TooBroad
from indexer.engines.entry import always_scored
from indexer.engines.tantivy_fields import (
    GAP,
    all_of,
    any_of,
    day_range_query,
    expression,
    field_of,
    filter_queries,
    fits_automaton,
    join_expressions,
    match_all,
    permission_queries,
    pks_query,
    schema,
    split_gaps,
    without_score,
    word_query,
    words_query,
)
from indexer.engines.tantivy_words import Dictionary, check_phrase_limit
from indexer.query import (
    And,
    DayRange,
    Everything,
    Expanding,
    Filters,
    Leaf,
    LeafPositions,
    Near,
    Node,
    Not,
    NotNear,
    Numbered,
    Or,
    Permission,
    Phrase,
    Wildcard,
    Word,
    has_match,
    leaves,
    width,
)

_MOST_PAIRS: Final = 1_000  # phrases of words, each a small lookup in the index
_MOST_EXPRESSIONS: Final = 12  # phrases of expressions, each a scan of the dictionary
_FEW: Final = 25  # up to this number, words are looked up individually rather than by an expression
_ANY_DISTANCE: Final = 20_000_001  # a distance longer than any text
_ANCHORS: Final = 3  # word sets of an operand used to reduce candidates
_MOST_CACHED: Final = 2_000_000  # record numbers in cached queries of a snapshot

_MOST_PAIR_CONDITIONS: Final = 8  # word pairs of a proximity query used to reduce candidates; each may be a scan of the dictionary
_READING: Final = 50  # cost of fetching a record, in words
_OPENING: Final = 25  # cost of opening a word's positions, in words of the dictionary

_Alternatives = tuple[Leaf, ...]
_Condition = Node | tuple[_Alternatives, _Alternatives]
"""A condition that every matching record meets: a part of the tree, or two sets of words near each other."""


class _Terms(NamedTuple):
    """Lookup terms of an operand of single words, each with its number of records."""

    words: Mapping[str, int]
    expressions: Mapping[str, int]
    sizes: Mapping[str, int]  # number of words that an expression matches

    def records(self, term: str) -> int:
        """Return the number of records with a word, or with a word that an expression matches."""
        return self.expressions[term] if term in self.expressions else self.words[term]

    def escaped(self, term: str) -> str:
        """Return a term as an expression."""
        return term if term in self.expressions else expression(term, wild=False)


class ProximityCompiler:
    """Builds proximity queries for a searcher and caches the results of reading records. Thread-safe."""

    def __init__(self, searcher: tantivy.Searcher, words: Dictionary) -> None:
        self._searcher = searcher
        self._words = words
        self._checked: dict[tuple[Node, Permission], tuple[Query, int]] = {}
        self._lock = Lock()

    def query(self, tree: Near | NotNear, compiler: _TreeCompiler) -> Query:
        """Build the exact query of a tree. Raises TooBroad, TooCostly."""
        if isinstance(tree, Near):
            exact = self._exact(tree, compiler)
            return exact if exact is not None else self.checked(tree, self.superset(tree, compiler), compiler)
        exact = self._exact(tree, compiler)
        both = Near(tree.left, tree.right, tree.distance, tree.is_ordered)
        near = self.superset(both, compiler) if exact is None else exact
        left = compiler.node(tree.left)
        # Without anything near, every match of the left operand counts; other records are read. With an exact query, only
        # records with a second match of the left operand are read: their first match is near
        repeated = None if exact is None else self._occurs_twice(tree.left, compiler)
        candidates = all_of((left, without_score(near), *([] if repeated is None else [repeated])))
        return any_of((all_of((left,), but=near), self.checked(tree, candidates, compiler)))

    def phrase(self, tree: Phrase, compiler: _TreeCompiler) -> Query:
        """Build the query of a phrase of two items or more. Raises TooBroad, TooCostly."""
        field = field_of(tree.field)
        wild = [item for item in tree.items if not isinstance(item, Word)]
        cost.postings(sum(self._words.records(item) for item in tree.items if isinstance(item, Word)))
        if not wild:
            return Query.phrase_query(schema(), field, [item.word for item in tree.items if isinstance(item, Word)])
        check_phrase_limit(wild, (self._words.expand(item, compiler.permission) for item in wild))
        choices = [(item.word,) if isinstance(item, Word) else tuple(self._words.expand(item, compiler.permission)) for item in tree.items]
        if not all(choices):
            return Query.empty_query()
        cost.words(_OPENING * sum(map(len, choices)))
        cost.postings(sum(sum(self._words.expand(item, compiler.permission).values()) for item in wild))
        if _combinations(choices) <= _MOST_PAIRS:
            return any_of([Query.phrase_query(schema(), field, list(words)) for words in product(*choices)])
        patterns = [self._pattern(item) for item in tree.items]
        accepted = [pattern for pattern in patterns if pattern is not None]
        if len(accepted) == len(patterns) and self._are_accepted(wild):
            return Query.regex_phrase_query(schema(), field, list(accepted))
        if tree.field == "text":
            return self.checked(tree, all_of([compiler.node(item) for item in tree.items]), compiler)
        # only the text is stored: the words of other fields are combined into expressions as large as tantivy accepts
        expressions = [join_expressions(words) for words in choices]
        cost.words(_combinations(expressions) * sum(map(len, choices)))
        return any_of([Query.regex_phrase_query(schema(), field, list(parts)) for parts in product(*expressions)])

    def superset(self, tree: Node, compiler: _TreeCompiler) -> Query:
        """Build a fast query that finds every record matching a tree, and few others."""
        conditions: dict[_Condition, Query] = {}
        self._gather(tree, compiler, conditions)
        return all_of(list(conditions.values()))

    def _gather(self, tree: Node, compiler: _TreeCompiler, conditions: dict[_Condition, Query]) -> None:
        """Add the conditions of a tree, each once: nested proximity repeats the same words many times."""
        if isinstance(tree, NotNear):
            self._gather(tree.left, compiler, conditions)
        elif isinstance(tree, Near):
            self._gather_near(tree, compiler, conditions)
        elif tree not in conditions:
            conditions[tree] = (
                any_of([self.superset(child, compiler) for child in tree.children]) if isinstance(tree, Or) else compiler.node(tree)
            )

    def _gather_near(self, tree: Near, compiler: _TreeCompiler, conditions: dict[_Condition, Query]) -> None:
        left, right = _single_words(tree.left), _single_words(tree.right)
        if left is not None and right is not None and (left, right) not in conditions:
            exact = self._exact(tree, compiler)
            if exact is not None:
                conditions[left, right] = exact
                return
        self._gather(tree.left, compiler, conditions)
        self._gather(tree.right, compiler, conditions)
        reach = width(tree.left) + width(tree.right) - 2 + tree.distance
        for pair in product(_anchors(tree.left)[:_ANCHORS], _anchors(tree.right)[:_ANCHORS]):
            if pair in conditions or sum(isinstance(condition, tuple) for condition in conditions) >= _MOST_PAIR_CONDITIONS:
                continue  # the words of an inner proximity are closer to each other
            pairs = self._pairs(*pair, reach, compiler, is_ordered=tree.is_ordered)
            if pairs is not None:
                conditions[pair] = pairs

    def checked(self, tree: Node, candidates: Query, compiler: _TreeCompiler) -> Query:
        """Build the query of those candidates whose words really match the tree; each candidate is read only once."""
        key = (tree, compiler.permission)
        with self._lock:
            cached = self._checked.pop(key, None)
            if cached is not None:
                self._checked[key] = cached  # most recently used goes last
                return cached[0]
        result = self._read_candidates(tree, candidates, compiler)
        with self._lock:
            self._checked[key] = result
            while len(self._checked) > 1 and sum(size for _query, size in self._checked.values()) > _MOST_CACHED:
                del self._checked[next(iter(self._checked))]
        return result[0]

    def _read_candidates(self, tree: Node, candidates: Query, compiler: _TreeCompiler) -> tuple[Query, int]:
        searcher = self._searcher
        visible = without_score(all_of((candidates, *permission_queries(compiler.permission))))
        count = searcher.search(visible, 1, count=True).count  # type: ignore[attr-defined]  # missing in its stub
        cost.positions(_READING * count)
        hits: list[Any] = searcher.search(visible, max(count, 1), count=False).hits  # equal scores: in the order of the store
        addresses = [address for _score, address in hits]
        record = LeafPositions({leaf: self._words_for(leaf, compiler) for leaf in leaves(tree)})
        passed, failed = list[int](), list[int]()
        for address, pk in zip(addresses, searcher.fast_field_values("pk", addresses), strict=True):
            record.read(split_gaps(searcher.doc(address)["text"]))
            (passed if has_match(tree, record.places) else failed).append(int(pk or 0))
        if not passed:
            return Query.empty_query(), 0
        if len(failed) < len(passed):  # the smaller set is the faster one
            return without_score(all_of((candidates,), but=pks_query(failed) if failed else None)), len(failed)
        return pks_query(passed), len(passed)

    def _words_for(self, leaf: Leaf, compiler: _TreeCompiler) -> Sequence[str]:
        return (leaf.word,) if isinstance(leaf, Word) else tuple(self._words.expand(leaf, compiler.permission))

    def _exact(self, tree: Near | NotNear, compiler: _TreeCompiler) -> Query | None:
        """Build the query of records where left and right are near each other, if tantivy can evaluate it; else None."""
        left, right = _single_words(tree.left), _single_words(tree.right)
        if left is None or right is None or tree.distance > GAP:
            return None
        return self._pairs(left, right, tree.distance, compiler, is_ordered=tree.is_ordered)

    def _pairs(
        self, left: _Alternatives, right: _Alternatives, distance: int, compiler: _TreeCompiler, *, is_ordered: bool
    ) -> Query | None:
        """Build the query of a left word at most `distance` from a right word; None if there are too many combinations."""
        left_terms, right_terms = self._terms(left, compiler), self._terms(right, compiler)
        if left_terms is None or right_terms is None:
            return None
        plain = len(left_terms.words) * len(right_terms.words)
        mixed = len(left_terms.expressions) * (len(right_terms.words) + len(right_terms.expressions))
        mixed += len(left_terms.words) * len(right_terms.expressions)
        if plain > _MOST_PAIRS or mixed > _MOST_EXPRESSIONS:
            return None
        queries: list[Query] = []
        for first, second in product(left_terms.words, right_terms.words):
            cost.postings(left_terms.words[first] + right_terms.words[second])
            queries += _near_phrases(Query.phrase_query, first, second, distance, is_ordered)
        cost.words(_OPENING * 2 * len(queries))
        for first, second in product({**left_terms.words, **left_terms.expressions}, {**right_terms.words, **right_terms.expressions}):
            if first in left_terms.expressions or second in right_terms.expressions:
                phrases = _near_phrases(
                    Query.regex_phrase_query, left_terms.escaped(first), right_terms.escaped(second), distance, is_ordered
                )
                cost.postings((left_terms.records(first) + right_terms.records(second)) * len(phrases))
                cost.words(_OPENING * (left_terms.sizes.get(first, 1) + right_terms.sizes.get(second, 1)) * len(phrases))
                queries += phrases
        return any_of(queries)

    def _occurs_twice(self, tree: Node, compiler: _TreeCompiler) -> Query | None:
        """Build the query of records where an operand occurs twice, if tantivy can evaluate it; else None."""
        words = _single_words(tree)
        return None if words is None else self._pairs(words, words, _ANY_DISTANCE, compiler, is_ordered=True)

    def _terms(self, operand: _Alternatives, compiler: _TreeCompiler) -> _Terms | None:
        words, expressions, sizes = dict[str, int](), dict[str, int](), dict[str, int]()
        for leaf in operand:
            if isinstance(leaf, Word):
                words[leaf.word] = self._words.records(leaf)
                continue
            matching = self._words.expand(leaf, compiler.permission)
            pattern = self._pattern(leaf) if len(matching) > _FEW else None
            if pattern is not None:
                expressions[pattern], sizes[pattern] = sum(matching.values()), len(matching)
            elif len(matching) <= _MOST_PAIRS:
                words.update(matching)
            else:
                return None
            if len(words) > _MOST_PAIRS or len(expressions) > _MOST_EXPRESSIONS:
                return None
        return _Terms(words, expressions, sizes)

    def _pattern(self, leaf: Leaf) -> str | None:
        """Return the expression of a word or wildcard that tantivy accepts under any permission; None if there is none."""
        if isinstance(leaf, Word):
            return expression(leaf.word, wild=False) if fits_automaton(leaf.word) else None
        if not isinstance(leaf, Wildcard) or not fits_automaton(leaf.pattern) or not self._are_accepted([leaf]):
            return None
        return expression(leaf.pattern, wild=True)

    def _are_accepted(self, wild: Sequence[Expanding]) -> bool:
        """Tell whether tantivy accepts all these expressions together: it also counts words that the reader may not see."""
        try:
            return sum(len(self._words.expand(item)) for item in wild) <= WILDCARD_LIMIT
        except TooBroad:
            return False


def _single_words(tree: Node) -> _Alternatives | None:
    """Return an operand's alternatives if all are single words, else None."""
    if isinstance(tree, Leaf):
        return (tree,)
    if isinstance(tree, Phrase) and len(tree.items) == 1:
        return tree.items
    if isinstance(tree, Or):
        children = [_single_words(child) for child in tree.children]
        alternatives = [child for child in children if child is not None]
        return tuple(leaf for child in alternatives for leaf in child) if len(alternatives) == len(children) else None
    return None


def _anchors(tree: Node) -> list[_Alternatives]:
    """Return sets of single words: every match of an operand contains a word of each set."""
    alternatives = _single_words(tree)
    if alternatives is not None:
        return [alternatives]
    if isinstance(tree, Phrase):
        return [(item,) for item in tree.items]
    if isinstance(tree, Or):
        return [tuple(leaf for child in tree.children for leaf in _anchors(child)[0])]
    if isinstance(tree, Near):
        return _anchors(tree.left) + _anchors(tree.right)
    if isinstance(tree, NotNear):
        return _anchors(tree.left)
    raise TypeError(f"{type(tree).__name__} has no place in a text")


def _near_phrases(make: Any, left: str, right: str, distance: int, is_ordered: bool) -> list[Query]:  # noqa: FBT001  # one call, above
    """Build phrase queries for two words at most `distance` apart."""
    if not is_ordered and left != right and make is Query.phrase_query:
        return [make(schema(), "text", [(0, left), (0, right)], distance)]
    half, odd = divmod(distance, 2)
    orders = [(left, right)] if is_ordered or left == right else [(left, right), (right, left)]
    phrases = []
    for first, second in orders:
        if half + odd:
            # from 1 to an odd number of words later: the middle position, with the same slop on either side
            phrases.append(make(schema(), "text", [(0, first), (half + odd, second)], half + odd - 1))
        if not odd and half:
            phrases.append(make(schema(), "text", [(0, first), (distance, second)], 0))
    return phrases


def _combinations(choices: Sequence[Sequence[str]]) -> int:
    return prod(map(len, choices))


_MAX_DEPTH: Final = 250  # tantivy recurses; a deeper tree overflowed its stack at some 500


class Compiler:
    """Compiles trees to tantivy queries; bound to a searcher because it looks words up."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self.words = Dictionary(searcher, has_deletions=has_deletions)
        self.proximity = ProximityCompiler(searcher, self.words)

    def query(self, tree: Node, filters: Filters) -> Query:
        """Compile a tree with its filters. Raises TooBroad, TooCostly."""
        query = _TreeCompiler(self, filters.permission).node(tree)
        filters_in_use = filter_queries(filters)
        return all_of((query, *filters_in_use)) if filters_in_use else query


@dataclass(frozen=True, slots=True)
class _TreeCompiler:
    """Compiles for a permission: only words of records that the reader may see are looked up."""

    compiler: Compiler
    permission: Permission

    def node(self, tree: Node, depth: int = 0) -> Query:
        """Compile a tree: only plain words and phrases in the text add to the score. Raises TooBroad, TooCostly."""
        if depth > _MAX_DEPTH:
            raise ValueError("the query is nested too deeply")
        if isinstance(tree, And):
            required = [(Occur.Must, self.node(child, depth + 1)) for child in tree.children if not isinstance(child, Not)]
            excluded = [(Occur.MustNot, self.node(child.child, depth + 1)) for child in tree.children if isinstance(child, Not)]
            return Query.boolean_query([*(required or [(Occur.Must, match_all())]), *excluded])
        if isinstance(tree, Or):
            return any_of([self.node(child, depth + 1) for child in tree.children])
        if isinstance(tree, Not):
            return all_of((), but=self.node(tree.child, depth + 1))
        if isinstance(tree, Everything):
            return match_all()
        leaf = self._leaf(tree)
        return leaf if always_scored(tree) else without_score(leaf)

    def _leaf(self, tree: Node) -> Query:
        if isinstance(tree, Word):
            cost.postings(self.compiler.words.records(tree))
            return word_query(tree.field, tree.word)
        if isinstance(tree, Expanding):
            matching = self.compiler.words.expand(tree, self.permission)
            cost.postings(sum(matching.values()))
            cost.words(len(matching))
            return words_query(tree.field, list(matching))
        if isinstance(tree, Phrase):
            return self._leaf(tree.items[0]) if len(tree.items) == 1 else self.compiler.proximity.phrase(tree, self)
        if isinstance(tree, (Near, NotNear)):
            return self.compiler.proximity.query(tree, self)
        if isinstance(tree, DayRange):
            return day_range_query(tree)
        if isinstance(tree, Numbered):
            return pks_query(tree.pks)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

"""Our query tree and filters as a query of tantivy 0.27, against one state of the index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import tantivy
from tantivy import Occur, Query

from indexer.engines import Filters
from indexer.engines.entry import always_scored, permission_of
from indexer.engines.tantivy_fields import all_of, any_of, days, everything, narrowing, pks_query, silent, word_query, words_query
from indexer.engines.tantivy_near import Nearness
from indexer.engines.tantivy_words import Dictionary
from indexer.query import And, DayRange, Everything, Expanding, Near, Node, Not, NotNear, Numbered, Or, Phrase, Word

_DEEPEST: Final = 250  # tantivy recurses; a deeper tree overflowed its stack at some 500


class Compiler:
    """Turns trees into tantivy's queries; it looks words up, so it belongs to one searcher."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self.words = Dictionary(searcher, has_deletions=has_deletions)
        self.nearness = Nearness(searcher, self.words)

    def query(self, tree: Node, filters: Filters) -> Query:
        """Return the query of a tree within filters. Raises TooBroad."""
        found = _Reader(self, permission_of(filters)).node(tree)
        narrowed = narrowing(filters)
        return all_of((found, *narrowed)) if narrowed else found

    def expand(self, node: Expanding, filters: Filters) -> Mapping[str, int]:
        """Return the words that a node stands for, see Engine.expand. Raises TooBroad."""
        return self.words.expand(node, permission_of(filters))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Compiles for one reader: only words of records that the reader may see are looked up."""

    compiler: Compiler
    permission: Filters

    def node(self, tree: Node, depth: int = 0) -> Query:
        """Return the query of a tree: only plain words and phrases of the text add to the score. Raises TooBroad."""
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
            return word_query(tree.field, tree.word)
        if isinstance(tree, Expanding):
            return words_query(tree.field, list(self.compiler.words.expand(tree, self.permission)))
        if isinstance(tree, Phrase):
            return self._leaf(tree.items[0]) if len(tree.items) == 1 else self.compiler.nearness.phrase(tree, self)
        if isinstance(tree, (Near, NotNear)):
            return self.compiler.nearness.query(tree, self)
        if isinstance(tree, DayRange):
            return days(tree)
        if isinstance(tree, Numbered):
            return pks_query(tree.pks)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

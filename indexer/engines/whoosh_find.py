"""Evaluates query trees on a snapshot of a Whoosh index, leaf by leaf, with sets: slow and simple."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from whoosh import fields
from whoosh.analysis import Token
from whoosh.searching import Searcher

from indexer import cost
from indexer.engines.engine import WILDCARD_LIMIT, TooBroad
from indexer.engines.entry import always_scored
from indexer.query import (
    PART_GAP,
    And,
    DayRange,
    Everything,
    Expanding,
    Leaf,
    Near,
    Node,
    Not,
    NotNear,
    Numbered,
    Or,
    Phrase,
    Word,
    as_typed,
    has_match,
    leaves,
    matching_words,
    prefixes,
)

_NOWHERE: Final[tuple[int, ...]] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """The data for filters, facets and sorting. Stored as a plain tuple in this order."""

    pk: int
    account_id: int
    platform: str
    kind: str
    author: str
    day: int | None  # ordinal
    media: tuple[str, ...]  # its `has` words of media; "media" for any
    in_conversation: bool
    newest: int
    oldest: int
    states: tuple[str, ...]  # its `has` words that are states


class Finder:
    """Evaluates trees on a snapshot; returns Whoosh's own document numbers with their scores."""

    def __init__(self, searcher: Searcher, facts: Mapping[int, Facts], visible: frozenset[int] | None) -> None:
        """Take the live documents and those visible to the reader (None: all); words of other documents match nothing."""
        self._searcher = searcher
        self._reader = searcher.reader()
        self._has_deletions = self._reader.has_deletions()
        self._facts, self._visible = facts, visible
        self._expansions: dict[Expanding, dict[str, int]] = {}

    def find(self, tree: Node) -> dict[int, float]:
        """Return the documents that match a tree, each with its score. Raises TooBroad."""
        if isinstance(tree, And):
            return self._intersect([self.find(child) for child in tree.children])
        if isinstance(tree, Or):
            return _sum_scores([self.find(child) for child in tree.children])
        if isinstance(tree, Not):
            excluded = self.find(tree.child)
            return {docnum: 0.0 for docnum in self._facts if docnum not in excluded}
        if isinstance(tree, Everything):
            return dict.fromkeys(self._facts, 0.0)
        if isinstance(tree, DayRange):
            first, last = tree.first or date.min, tree.last or date.max
            return {docnum: 0.0 for docnum, facts in self._facts.items() if within(facts.day, first, last)}
        if isinstance(tree, Numbered):
            return {docnum: 0.0 for docnum, facts in self._facts.items() if facts.pk in tree.pks}
        if isinstance(tree, Word):
            return self._find_word(tree.field, tree.word)
        if isinstance(tree, Expanding):
            return {matcher.id(): 0.0 for word in self.expand(tree) for matcher in self._postings(tree.field, word, scored=False)}
        if isinstance(tree, Phrase):
            return self._find_phrase(tree)
        if isinstance(tree, (Near, NotNear)):
            return self._find_near(tree)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

    def expand(self, node: Expanding) -> dict[str, int]:
        """Return the visible words that match a node, in alphabetical order, each with its number of documents. Raises TooBroad."""
        if node not in self._expansions:
            matching: dict[str, int] = {}
            for start in prefixes(node):
                words = [encoded.decode("utf-8") for encoded in self._reader.expand_prefix(node.field, start)]
                cost.words(len(words))
                for word in matching_words(node, words):
                    if count := self._count(node.field, word):
                        matching[word] = count
                        if len(matching) > WILDCARD_LIMIT:
                            raise TooBroad(as_typed(node), WILDCARD_LIMIT)
            self._expansions[node] = dict(sorted(matching.items()))
        return self._expansions[node]

    def _count(self, field: str, word: str) -> int:
        """Return the number of visible documents with a word; Whoosh's own count includes deleted documents."""
        if not self._has_deletions and self._visible is None:
            return int(self._reader.doc_frequency(field, word))
        return sum(1 for matcher in self._postings(field, word, scored=False) if self._visible is None or matcher.id() in self._visible)

    def _intersect(self, results: list[dict[int, float]]) -> dict[int, float]:
        if not results:
            return dict.fromkeys(self._facts, 0.0)
        common = set(results[0]).intersection(*results[1:])
        return {docnum: sum(result[docnum] for result in results) for docnum in common}

    def _find_word(self, field: str, word: str) -> dict[int, float]:
        scored = field == "text"
        return {matcher.id(): matcher.score() if scored else 0.0 for matcher in self._postings(field, word, scored=scored)}

    def _find_phrase(self, tree: Phrase) -> dict[int, float]:
        wild = [item for item in tree.items if not isinstance(item, Word)]
        if len(tree.items) > 1 and sum(len(self.expand(item)) for item in wild) > WILDCARD_LIMIT:
            raise TooBroad(" ".join(map(as_typed, wild)), WILDCARD_LIMIT)
        ends: dict[int, set[int]] = {}
        for at, item in enumerate(tree.items):
            positions = self._positions(item, tree.field)
            ends = {
                docnum: after
                for docnum, places in positions.items()
                if (after := places if not at else {place for place in places if place - 1 in ends.get(docnum, _NOWHERE)})
            }
        score = 1.0 if always_scored(tree) else 0.0
        return {docnum: score * len(places) for docnum, places in ends.items()}

    def _find_near(self, tree: Near | NotNear) -> dict[int, float]:
        """Return the documents that match a proximity tree; Whoosh's positions have gaps between parts."""
        positions = {leaf: self._positions(leaf, "text") for leaf in leaves(tree)}
        candidates = {docnum for by_document in positions.values() for docnum in by_document}
        return {
            docnum: 0.0
            for docnum in candidates
            if has_match(tree, lambda leaf, docnum=docnum: sorted(positions[leaf].get(docnum, _NOWHERE)))  # type: ignore[misc]  # a default argument binds this very document
        }

    def _positions(self, leaf: Leaf, field: str) -> dict[int, set[int]]:
        """Return the positions of a leaf in each document."""
        positions: dict[int, set[int]] = {}
        for word in (leaf.word,) if isinstance(leaf, Word) else self.expand(leaf):
            for matcher in self._postings(field, word, scored=False):
                places = matcher.value_as("positions")
                cost.positions(len(places))
                positions.setdefault(matcher.id(), set()).update(places)
        return positions

    def _postings(self, field: str, word: str, *, scored: bool) -> Iterator[Any]:
        """Yield Whoosh's matcher at each live document with a word."""
        if (field, word) not in self._reader:
            return
        cost.postings(int(self._reader.doc_frequency(field, word)))
        matcher = self._searcher.postings(field, word) if scored else self._reader.postings(field, word)
        while matcher.is_active():
            yield matcher
            matcher.next()


def within(day: int | None, first: date | None, last: date | None) -> bool:
    """Tell whether a day (ordinal, None if unknown) is in a range; a range without bounds includes unknown days."""
    if first is None and last is None:
        return True
    return day is not None and (first is None or day >= first.toordinal()) and (last is None or day <= last.toordinal())


def _sum_scores(results: list[dict[int, float]]) -> dict[int, float]:
    scores: dict[int, float] = {}
    for result in results:
        for docnum, score in result.items():
            scores[docnum] = scores.get(docnum, 0.0) + score
    return scores


PART: Final = "\n"


class SpaceAnalyzer:
    """Splits the text of an index entry: parts at line ends, words at spaces."""

    def __call__(self, value: str, **_options: Any) -> Iterator[Token]:
        """Yield the words with their positions; by Whoosh's convention always the same token object."""
        token = Token(positions=True)
        token.stopped, token.boost = False, 1.0
        position = 0
        for part in value.split(PART):
            for word in part.split():
                token.text, token.pos = word, position
                yield token
                position += 1
            position += PART_GAP


WORD_FIELDS: Final = ("text", "account", "author", "url", "hashtag", "mention", "has", "platform", "kind")


def schema() -> fields.Schema:
    """Return the schema of an index: every word with its positions, and the facts for filters and facets."""
    names = {name: fields.TEXT(analyzer=SpaceAnalyzer(), phrase=True) for name in WORD_FIELDS}
    return fields.Schema(pk=fields.ID(unique=True), facts=fields.STORED(), **names)

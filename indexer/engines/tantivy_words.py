"""The dictionary of a tantivy snapshot: finds the words that match a wildcard, fuzzy word, stem or number range.

Only words in records that the reader may see count; `permission` defines these records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import tantivy
from tantivy import Query

from indexer import cost
from indexer.engines.engine import WILDCARD_LIMIT, TooBroad
from indexer.engines.tantivy_fields import all_of, field_of, permission_queries, word_query
from indexer.query import SEES_ALL, Expanding, Permission, Wildcard, Word, as_typed, matcher, matching_words, prefixes

_MOST_CACHED: Final = 500_000  # cached words: a list of thousands of wildcards looks each up several times
_ONE_BY_ONE: Final = 300  # above this, a single scan of the dictionary is faster than a search per word


class _Expansion(NamedTuple):
    """The matching words of a node, and the number of words examined to find them."""

    words: Mapping[str, int]
    examined: int


class _Counter:
    """Counts the words examined for a node."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, count: int) -> None:
        """Add words to this count and to the cost of the search. Raises TooCostly."""
        self.count += count
        cost.words(count)


class Dictionary:
    """The words of a searcher. Thread-safe."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self._searcher = searcher
        self._has_deletions = has_deletions
        self._cache: dict[tuple[Expanding, Permission], _Expansion] = {}
        self._cached_words = 0
        self._dictionaries: dict[str, Mapping[str, int]] = {}

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """Return the matching words in alphabetical order, each with its number of records. Raises TooBroad."""
        key = (node, permission)
        cached = self._cache.get(key)
        if cached is not None:
            cost.words(cached.examined)  # the same query costs the same whether cached or not
            return cached.words
        counter = _Counter()
        words = dict(sorted(self._within_limit(node, self._visible_words(node, permission, counter)).items()))
        if self._cached_words > _MOST_CACHED:
            self._cache, self._cached_words = {}, 0
        self._cache[key] = _Expansion(words, counter.count)
        self._cached_words += len(words) + 1
        return words

    def records(self, word: Word) -> int:
        """Return the number of records with a word, including deleted and hidden records: a measure of work."""
        return int(self._searcher.doc_freq(field_of(word.field), word.word))

    def _visible_words(self, node: Expanding, permission: Permission, counter: _Counter) -> Iterable[tuple[str, int]]:
        """Yield matching words, each with its number of visible records."""
        field, starts = field_of(node.field), prefixes(node)
        visible = self._visible_query(permission)
        if starts != ("",):
            # if every word with the prefix matches, a single word more than the limit is enough
            limit = WILDCARD_LIMIT + 1 if isinstance(node, Wildcard) and visible is None and node.pattern == starts[0] + "*" else None
            matches = matcher(node)
            for start in starts:
                if visible is not None:
                    cost.postings(self._searcher.num_docs)
                candidates = self._searcher.terms_with_prefix(field, start, filter_query=visible, limit=limit)
                counter.add(len(candidates))
                yield from ((word, count) for word, count in candidates if matches(word))
            return
        dictionary = self._read_dictionary(field)
        counter.add(len(dictionary))
        words = matching_words(node, dictionary)
        if visible is None:
            yield from ((word, dictionary[word]) for word in words)
        elif len(words) <= _ONE_BY_ONE:
            yield from ((word, self._count_visible(field, word, visible)) for word in words)
        else:
            matching = frozenset(words)
            all_words = self._searcher.terms_with_prefix(field, "", filter_query=visible)
            yield from ((word, count) for word, count in all_words if word in matching)

    def _visible_query(self, permission: Permission) -> Query | None:
        """Return the query of visible records; None if the dictionary's own counts are right (they include deleted records)."""
        queries = permission_queries(permission)
        return all_of(queries) if queries else Query.all_query() if self._has_deletions else None

    def _read_dictionary(self, field: str) -> Mapping[str, int]:
        """Return the whole dictionary of a field, read once: hundreds of thousands of words in a second."""
        dictionary = self._dictionaries.get(field)
        if dictionary is None:
            dictionary = self._dictionaries[field] = dict(self._searcher.terms_with_prefix(field, ""))
        return dictionary

    def _count_visible(self, field: str, word: str, visible: Query) -> int:
        query = all_of((word_query(field, word), visible))
        count: int = self._searcher.search(query, 1, count=True).count  # type: ignore[attr-defined]  # missing in its stub
        return count

    @staticmethod
    def _within_limit(node: Expanding, visible: Iterable[tuple[str, int]]) -> dict[str, int]:
        words: dict[str, int] = {}
        for word, count in visible:
            if count:
                words[word] = count
                if len(words) > WILDCARD_LIMIT:
                    raise TooBroad(as_typed(node), WILDCARD_LIMIT)
        return words


def check_phrase_limit(nodes: Iterable[Expanding], words: Iterator[Mapping[str, int]]) -> None:
    """Raise TooBroad if the wildcards of a phrase together match more words than the limit."""
    if sum(map(len, words)) > WILDCARD_LIMIT:
        raise TooBroad(" ".join(map(as_typed, nodes)), WILDCARD_LIMIT)

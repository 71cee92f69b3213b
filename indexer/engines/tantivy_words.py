"""The dictionary of a tantivy snapshot: finds the words that match a wildcard, fuzzy word, stem or number range.

Only words in records that the reader may see count; `permission` defines these records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

import tantivy
from tantivy import Query

from indexer import cost
from indexer.engines import WILDCARD_LIMIT, TooBroad
from indexer.engines.tantivy_fields import all_of, allowed, field_of, word_query
from indexer.query import Expanding, Wildcard, Word
from indexer.query.expansion import as_typed, beginnings, fitting, pick
from indexer.query.filters import SEES_ALL, Permission

_MOST_KNOWN: Final = 500_000  # cached words: a list of thousands of wildcards looks each up several times
_ONE_BY_ONE: Final = 300  # above this, a single scan of the dictionary is faster than a search per word


class _Looked(NamedTuple):
    """The matching words of a node, and the number of words examined to find them."""

    words: Mapping[str, int]
    looked_at: int


class _Count:
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
        self._known: dict[tuple[Expanding, Permission], _Looked] = {}
        self._kept = 0
        self._whole: dict[str, Mapping[str, int]] = {}

    def expand(self, node: Expanding, permission: Permission = SEES_ALL) -> Mapping[str, int]:
        """Return the matching words in alphabetical order, each with its number of records. Raises TooBroad."""
        key = (node, permission)
        known = self._known.get(key)
        if known is not None:
            cost.words(known.looked_at)  # the same query costs the same whether cached or not
            return known.words
        looked = _Count()
        found = dict(sorted(self._within_limit(node, self._living(node, permission, looked)).items()))
        if self._kept > _MOST_KNOWN:
            self._known, self._kept = {}, 0
        self._known[key] = _Looked(found, looked.count)
        self._kept += len(found) + 1
        return found

    def records(self, word: Word) -> int:
        """Return the number of records with a word, including deleted and hidden records: a measure of work."""
        return int(self._searcher.doc_freq(field_of(word.field), word.word))

    def _living(self, node: Expanding, permission: Permission, looked: _Count) -> Iterable[tuple[str, int]]:
        """Yield matching words, each with its number of visible records."""
        field, starts = field_of(node.field), beginnings(node)
        seen = self._seen(permission)
        if starts != ("",):
            # if every word with the prefix matches, a single word more than the limit is enough
            limit = WILDCARD_LIMIT + 1 if isinstance(node, Wildcard) and seen is None and node.pattern == starts[0] + "*" else None
            fits = fitting(node)
            for start in starts:
                if seen is not None:
                    cost.postings(self._searcher.num_docs)
                begun = self._searcher.terms_with_prefix(field, start, filter_query=seen, limit=limit)
                looked.add(len(begun))
                yield from ((word, count) for word, count in begun if fits(word))
            return
        whole = self._all(field)
        looked.add(len(whole))
        words = pick(node, whole)
        if seen is None:
            yield from ((word, whole[word]) for word in words)
        elif len(words) <= _ONE_BY_ONE:
            yield from ((word, self._count(field, word, seen)) for word in words)
        else:
            wanted = frozenset(words)
            every = self._searcher.terms_with_prefix(field, "", filter_query=seen)
            yield from ((word, count) for word, count in every if word in wanted)

    def _seen(self, permission: Permission) -> Query | None:
        """Return the query of visible records; None if the dictionary's own counts are right (they include deleted records)."""
        seen = allowed(permission)
        return all_of(seen) if seen else Query.all_query() if self._has_deletions else None

    def _all(self, field: str) -> Mapping[str, int]:
        """Return the whole dictionary of a field, read once: hundreds of thousands of words in a second."""
        found = self._whole.get(field)
        if found is None:
            found = self._whole[field] = dict(self._searcher.terms_with_prefix(field, ""))
        return found

    def _count(self, field: str, word: str, seen: Query) -> int:
        query = all_of((word_query(field, word), seen))
        counted: int = self._searcher.search(query, 1, count=True).count  # type: ignore[attr-defined]  # missing in its stub
        return counted

    @staticmethod
    def _within_limit(node: Expanding, living: Iterable[tuple[str, int]]) -> dict[str, int]:
        found: dict[str, int] = {}
        for word, count in living:
            if count:
                found[word] = count
                if len(found) > WILDCARD_LIMIT:
                    raise TooBroad(as_typed(node), WILDCARD_LIMIT)
        return found


def too_many(nodes: Iterable[Expanding], words: Iterator[Mapping[str, int]]) -> None:
    """Raise TooBroad if the wildcards of a phrase together match more words than the limit."""
    if sum(map(len, words)) > WILDCARD_LIMIT:
        raise TooBroad(" ".join(map(as_typed, nodes)), WILDCARD_LIMIT)

"""The dictionary of one state of a tantivy index: which words stand for a wildcard, a fuzzy word, a stem or numbers.

A word counts where a record that the reader may see holds it: `permission` is the part of filters that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import tantivy
from tantivy import Query

from indexer.engines import WILDCARD_LIMIT, TooBroad
from indexer.engines.tantivy_fields import all_of, field_of, narrowing, word_query
from indexer.query import Expanding, Wildcard
from indexer.query.expansion import as_typed, beginnings, fitting, pick
from indexer.query.filters import Filters

_MOST_KNOWN: Final = 200  # a handful of searches repeat; the rest need not be remembered
_ONE_BY_ONE: Final = 300  # above it one walk through the dictionary is faster than so many searches
_EVERYBODY: Final = Filters()


class Dictionary:
    """The words of one searcher. Safe to ask from several threads."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self._searcher = searcher
        self._has_deletions = has_deletions
        self._known: dict[tuple[Expanding, Filters], Mapping[str, int]] = {}
        self._whole: dict[str, Mapping[str, int]] = {}

    def expand(self, node: Expanding, permission: Filters = _EVERYBODY) -> Mapping[str, int]:
        """Return the words in alphabetical order, each with the records that hold it. Raises TooBroad."""
        key = (node, permission)
        found = self._known.get(key)
        if found is None:
            found = dict(sorted(self._within_limit(node, self._living(node, permission)).items()))
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            self._known[key] = found
        return found

    def _living(self, node: Expanding, permission: Filters) -> Iterable[tuple[str, int]]:
        """Yield fitting words, each with its count among what is visible."""
        field, starts = field_of(node.field), beginnings(node)
        seen = self._seen(permission)
        if starts != ("",):
            # the beginning of the dictionary that holds a word more than the limit is enough where all words fit
            limit = WILDCARD_LIMIT + 1 if isinstance(node, Wildcard) and seen is None and node.pattern == starts[0] + "*" else None
            fits = fitting(node)
            for start in starts:
                for word, count in self._searcher.terms_with_prefix(field, start, filter_query=seen, limit=limit):
                    if fits(word):
                        yield word, count
            return
        whole = self._all(field)
        words = pick(node, whole)
        if seen is None:
            yield from ((word, whole[word]) for word in words)
        elif len(words) <= _ONE_BY_ONE:
            yield from ((word, self._count(field, word, seen)) for word in words)
        else:
            wanted = frozenset(words)
            every = self._searcher.terms_with_prefix(field, "", filter_query=seen)
            yield from ((word, count) for word, count in every if word in wanted)

    def _seen(self, permission: Filters) -> Query | None:
        """Return what the reader may see; None where the dictionary's own counts tell it: they count deleted records too."""
        allowed = narrowing(permission)
        return all_of(allowed) if allowed else Query.all_query() if self._has_deletions else None

    def _all(self, field: str) -> Mapping[str, int]:
        """Return the whole dictionary of a field, read once: hundreds of thousands of words, in a second."""
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
    """Raise TooBroad when what stands in a phrase stands for more words than the limit together."""
    if sum(map(len, words)) > WILDCARD_LIMIT:
        raise TooBroad(" ".join(map(as_typed, nodes)), WILDCARD_LIMIT)

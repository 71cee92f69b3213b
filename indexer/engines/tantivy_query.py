"""Our query tree and filters as a query of tantivy 0.27, against one state of the index."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import tantivy
from tantivy import FieldType, Occur, Query

from indexer.engines import WILDCARD_LIMIT, Filters, TooBroad
from indexer.engines.entry import accounts_of, always_scored, fits, plain
from indexer.query import And, DayRange, Everything, Node, Not, Or, Phrase, Wildcard, Word

_FIELD: Final = {"author": "author_words"}
_DEEPEST: Final = 250  # tantivy recurses; a deeper tree overflowed its stack at some 500


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the fields of an index. Numbers are signed: in tantivy-py a deletion by an unsigned term deletes nothing."""
    builder = tantivy.SchemaBuilder()
    for name in ("text", "account", "author_words", "url"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("hashtag", "mention", "has"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("platform", "kind", "author"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("pk", "account_id", "day"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("month", fast=True)
    builder.add_unsigned_field("newest", fast=True)
    builder.add_unsigned_field("oldest", fast=True)
    return builder.build()


class Compiler:
    """Turns trees into tantivy's queries; it looks words up, so it belongs to one searcher."""

    def __init__(self, searcher: tantivy.Searcher, *, has_deletions: bool) -> None:
        self.searcher = searcher
        self.has_deletions = has_deletions
        self.known: dict[tuple[str, str], dict[str, int]] = {}

    def query(self, tree: Node, filters: Filters) -> Query:
        """Return the query of a tree within filters. Raises TooBroad."""
        narrowed = [(Occur.Must, _silent(query)) for query in _filters(filters)]
        if not narrowed:
            return self.node(tree)
        return Query.boolean_query([(Occur.Must, self.node(tree)), *narrowed])

    def node(self, tree: Node, depth: int = 0) -> Query:
        """Return the query of a tree: only plain words and phrases of the text add to the score. Raises TooBroad."""
        if depth > _DEEPEST:
            raise ValueError("the query is nested too deeply")
        if isinstance(tree, And):
            wanted = [(Occur.Must, self.node(child, depth + 1)) for child in tree.children if not isinstance(child, Not)]
            unwanted = [(Occur.MustNot, self.node(child.child, depth + 1)) for child in tree.children if isinstance(child, Not)]
            return Query.boolean_query([*(wanted or [(Occur.Must, _everything())]), *unwanted])
        if isinstance(tree, Or):
            return Query.boolean_query([(Occur.Should, self.node(child, depth + 1)) for child in tree.children])
        if isinstance(tree, Not):
            return Query.boolean_query([(Occur.Must, _everything()), (Occur.MustNot, self.node(tree.child, depth + 1))])
        if isinstance(tree, Everything):
            return _everything()
        if isinstance(tree, DayRange):
            return _silent(_days(tree))
        leaf = self._leaf(tree)
        return leaf if always_scored(tree) else _silent(leaf)

    def _leaf(self, tree: Node) -> Query:
        if isinstance(tree, Word):
            return Query.term_query(schema(), _field(tree.field), tree.word)
        if isinstance(tree, Wildcard):
            return Query.term_set_query(schema(), _field(tree.field), list(self.expand(tree)))
        if isinstance(tree, Phrase):
            return self._phrase(tree)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

    def _phrase(self, tree: Phrase) -> Query:
        if len(tree.items) == 1:
            return self._leaf(tree.items[0])
        plain_words = [item.word for item in tree.items if isinstance(item, Word)]
        if len(plain_words) == len(tree.items):
            return Query.phrase_query(schema(), _field(tree.field), list(plain_words))
        self.check_phrase(tree)
        patterns = [
            _expression(item.word if isinstance(item, Word) else item.pattern, wild=isinstance(item, Wildcard)) for item in tree.items
        ]
        return Query.regex_phrase_query(schema(), _field(tree.field), list(patterns))

    def check_phrase(self, tree: Phrase) -> None:
        """Raise TooBroad when the wildcards of a phrase stand for more words than the limit together (tantivy's own is 16,384)."""
        wild = [item for item in tree.items if isinstance(item, Wildcard)]
        if sum(len(self.expand(item)) for item in wild) > WILDCARD_LIMIT:
            raise TooBroad(" ".join(item.as_typed for item in wild), WILDCARD_LIMIT)

    def expand(self, wildcard: Wildcard) -> dict[str, int]:
        """Return the living words a wildcard stands for, with the documents each is in, in alphabetical order. Raises TooBroad."""
        key = (wildcard.field, wildcard.pattern)
        if key not in self.known:
            found = self._expand(wildcard)
            if len(self.known) > 100:  # a handful of searches repeat; the rest need not be remembered
                self.known.clear()
            self.known[key] = found
        return self.known[key]

    def _expand(self, wildcard: Wildcard) -> dict[str, int]:
        field, fit = _field(wildcard.field), fits(wildcard.pattern)
        is_prefix = wildcard.pattern == wildcard.stem + "*"
        limit = WILDCARD_LIMIT + 1 if is_prefix and not self.has_deletions else None
        living: dict[str, int] = {}
        for word, count in self.searcher.terms_with_prefix(field, wildcard.stem, limit=limit):
            if fit.fullmatch(word):
                # the dictionary still counts deleted documents until their segment is merged
                counted = self._count(field, word) if self.has_deletions else count
                if counted:
                    living[word] = counted
                if len(living) > WILDCARD_LIMIT:
                    raise TooBroad(wildcard.as_typed, WILDCARD_LIMIT)
        return dict(sorted(living.items()))

    def _count(self, field: str, word: str) -> int:
        counted: int = self.searcher.search(Query.term_query(schema(), field, word), 1, count=True).count  # type: ignore[attr-defined]  # missing in its stub
        return counted


def _field(name: str) -> str:
    return _FIELD.get(name, name)


def _everything() -> Query:
    return Query.const_score_query(Query.all_query(), 0.0)


def _silent(query: Query) -> Query:
    """Return a query that finds the same and adds nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _days(tree: DayRange) -> Query:
    first = tree.first.toordinal() if tree.first else 0  # day 1 is 0001-01-01, so that an open range is still one of dated records
    last = tree.last.toordinal() if tree.last else 4_000_000
    # by the index, not by the column: a month within a common word takes a tenth of the time, a decade the same
    return Query.range_query(schema(), "day", FieldType.Integer, first, last, use_inverted_index=True)


def _expression(text: str, *, wild: bool) -> str:
    """Return the regular expression of a word or a wildcard, in the small language of tantivy's dictionaries."""
    signs = {"*": ".*", "?": "."} if wild else {}
    return "".join(signs.get(sign) or (sign if sign.isalnum() or not sign.isascii() else f"[{sign}]") for sign in text)


def _all_but(unwanted: Query) -> Query:
    return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, unwanted)])


def _filters(filters: Filters) -> list[Query]:
    """Return one query for each filter that narrows; an empty set becomes a query that finds nothing."""
    found: list[Query] = []
    if filters.first_day is not None or filters.last_day is not None:
        found.append(_days(DayRange(filters.first_day, filters.last_day)))
    accounts = accounts_of(filters)
    if accounts is not None:
        found.append(Query.term_set_query(schema(), "account_id", sorted(accounts)))
    for field, values in (("platform", filters.platforms), ("kind", filters.kinds), ("author", filters.authors)):
        if values is not None:
            found.append(Query.term_set_query(schema(), field, sorted(plain(value) for value in values)))
    if filters.has_media is not None:
        media = Query.term_query(schema(), "has", "media")
        found.append(media if filters.has_media else _all_but(media))
    if filters.without_conversations:
        found.append(_all_but(Query.term_query(schema(), "has", "conversation")))
    return found

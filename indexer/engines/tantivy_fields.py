"""The schema of a tantivy index, and the basic queries that all others are built from.

The words of the text are stored as well as indexed: proximity that tantivy cannot evaluate is checked against them, in
the same snapshot of the index. A hundred stop words separate two parts, so that proximity never spans two parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import tantivy
from tantivy import FieldType, Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from indexer.engines.entry import fit_name
from indexer.query import MEDIA, STATES, DayRange, Filters, Permission

GAP: Final = 100
"""Positions between two parts of a text; tantivy itself adds another. Distances up to this are exact in tantivy."""

_FIELD_NAMES: Final = {"author": "author_words"}
_TOKENIZER: Final = "parts"
_DROPPED: Final = "."  # a stop word; no real word is a period
_BETWEEN: Final = f"{_DROPPED} " * GAP


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    """Return the schema of an index.

    `pk` is signed: in tantivy-py a deletion by an unsigned term deletes nothing. The numbers of the facets are unsigned and
    small: tantivy counts these in half the time.
    """
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", stored=True, tokenizer_name=_TOKENIZER, index_option="position")
    for name in ("account", "author_words", "url"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("hashtag", "mention", "has"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("platform", "kind", "author"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    for name in ("pk", "day"):
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_unsigned_field("account_id", indexed=True, fast=True)
    for name in ("month", "marks", "newest", "oldest"):
        builder.add_unsigned_field(name, fast=True)
    return builder.build()


def open_index(folder: str) -> tantivy.Index:
    """Open or create the index of a folder. Raises ValueError or OSError, as tantivy does."""
    index = tantivy.Index(schema(), folder)
    index.register_tokenizer(_TOKENIZER, TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.custom_stopword([_DROPPED])).build())
    index.config_reader("manual")
    return index


def add_gaps(parts: Sequence[str]) -> list[str]:
    """Separate the parts of a text by gaps, for indexing."""
    return [parts[0], *(_BETWEEN + part for part in parts[1:])]


def split_gaps(stored: Iterable[str]) -> list[list[str]]:
    """Split a stored text into the words of each part."""
    return [part.split() if at == 0 else part[len(_BETWEEN) :].split() for at, part in enumerate(stored)]


def field_of(name: str) -> str:
    """Return the index's name for a query field."""
    return _FIELD_NAMES.get(name, name)


def word_query(field: str, word: str) -> Query:
    """Query for a word."""
    return Query.term_query(schema(), field_of(field), word)


def words_query(field: str, words: Sequence[str]) -> Query:
    """Query for any of several words."""
    return Query.term_set_query(schema(), field_of(field), list(words))


def pks_query(pks: Iterable[int]) -> Query:
    """Query for records by number."""
    return without_score(Query.term_set_query(schema(), "pk", list(pks)))


def match_all() -> Query:
    """Match-all query."""
    return Query.const_score_query(Query.all_query(), 0.0)


def without_score(query: Query) -> Query:
    """Remove a query's effect on the score."""
    return Query.const_score_query(query, 0.0)


def all_of(queries: Sequence[Query], but: Query | None = None) -> Query:
    """Combine queries with AND, optionally excluding the hits of `but`. Without queries: match all."""
    excluded = [] if but is None else [(Occur.MustNot, but)]
    return Query.boolean_query([*((Occur.Must, query) for query in queries or (match_all(),)), *excluded])


def any_of(queries: Sequence[Query]) -> Query:
    """Combine queries with OR. Without queries: match nothing."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def day_range_query(days: DayRange) -> Query:
    """Query for a range of days."""
    first = days.first.toordinal() if days.first else 0  # day 1 is 0001-01-01: an open range still matches dated records only
    last = days.last.toordinal() if days.last else 4_000_000
    # the inverted index, not the column: with a common word a month takes a tenth of the time, a decade the same time
    return without_score(Query.range_query(schema(), "day", FieldType.Integer, first, last, use_inverted_index=True))


def filter_queries(filters: Filters) -> list[Query]:
    """Build a query for each filter in use; an empty set becomes a query that matches nothing."""
    queries: list[Query] = []
    if filters.first_day is not None or filters.last_day is not None:
        queries.append(day_range_query(DayRange(filters.first_day, filters.last_day)))
    if filters.accounts is not None:
        queries.append(_accounts_query(filters.accounts))
    for field, values in (("platform", filters.platforms), ("kind", filters.kinds), ("author", filters.authors)):
        if values is not None:
            queries.append(Query.term_set_query(schema(), field, sorted(fit_name(value) for value in values)))
    if filters.has_media is not None:
        media = Query.term_query(schema(), "has", "media")
        queries.append(media if filters.has_media else all_of((), but=media))
    if filters.media is not None:
        queries.append(any_of([_media_query(kind) for kind in sorted(filters.media)]))
    if filters.states is not None:
        queries.append(any_of([Query.term_query(schema(), "has", STATES[state]) for state in sorted(filters.states)]))
    return [*(without_score(query) for query in queries), *permission_queries(filters.permission)]


def _media_query(kind: str) -> Query:
    words = MEDIA[kind]
    return words_query("has", words) if words else all_of((), but=Query.term_query(schema(), "has", "media"))


def permission_queries(permission: Permission) -> list[Query]:
    """Build a query for each restriction of a permission."""
    queries = [] if permission.accounts is None else [_accounts_query(permission.accounts)]
    if permission.without_messages:
        queries.append(all_of((), but=Query.term_query(schema(), "has", "conversation")))
    return [without_score(query) for query in queries]


def _accounts_query(numbers: frozenset[int]) -> Query:
    return Query.term_set_query(schema(), "account_id", sorted(number for number in numbers if 0 <= number < 1 << 63))  # others: no account


def expression(text: str, *, wild: bool) -> str:
    """Convert a word or a wildcard to a regular expression in the limited syntax of tantivy's dictionaries."""
    patterns = {"*": ".*", "?": ".", "=": "[0-9]"} if wild else {}
    return "".join(patterns.get(char) or (char if char.isalnum() or not char.isascii() else f"[{char}]") for char in text)


_MAX_STATES: Final = 500  # of an expression; tantivy refuses 1,000


def fits_automaton(pattern: str) -> bool:
    """Return whether tantivy can run a pattern as an automaton."""
    return sum(12 if char in "*?" else len(char.encode("utf-8", "replace")) for char in pattern) <= _MAX_STATES


def join_expressions(words: Sequence[str]) -> list[str]:
    """Combine words into expressions, each small enough for tantivy."""
    groups: list[list[str]] = [[]]
    size = 0
    for word in words:
        length = len(word.encode())
        if groups[-1] and size + length > _MAX_STATES:
            groups.append([])
            size = 0
        groups[-1].append(expression(word, wild=False))
        size += length
    return [f"({'|'.join(group)})" for group in groups]

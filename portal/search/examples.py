"""Examples of the query language, made of words from the reader's own records, so that each finds some.

The words come only from the newest records that the reader may see. Examples are cached by permission until the index
changes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from indexer.catalog import RecordView
from indexer.cost import PAGE, TooCostly, bounded
from indexer.engines import MONTHS, IndexDamaged, TooBroad
from indexer.query import TABLES, Everything, Filters, Permission, Sort, paraphrase, parse
from indexer.repository import Repository
from indexer.search import bars
from indexer.text import tokens
from portal.i18n import Lazy, _l

SAMPLE: Final = 300
"""Number of newest records whose words are used."""

_MAX_CACHED: Final = 64
_PLAIN: Final = re.compile(r"[a-z]{4,14}")
_COMMON_WORDS: Final = frozenset({"from", "http", "https", "with", "that", "this", "have", "will", "your", "they", "there", "their"})


@dataclass(frozen=True, slots=True)
class Example:
    """A query with its explanation, its paraphrase by language, and the number of records it finds."""

    query: str
    about: Lazy
    readings: dict[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of a sample: the most frequent, the rarest, a pair side by side, and a pair a few words apart in a record."""

    common: tuple[str, ...]
    rare: str
    side_by_side: tuple[str, str] | None
    apart: tuple[str, str] | None


def examples(repository: Repository, permission: Permission) -> tuple[Example, ...]:
    """Return examples for a permission; none if it covers no records or the index cannot answer."""
    try:
        key = (repository.index.position(), permission)
        return repository.cache.get_or_compute("examples", key, lambda: tuple(_generate(repository, permission)), _MAX_CACHED)
    except IndexDamaged:
        return ()  # the search page reports the index


def _generate(repository: Repository, permission: Permission) -> Iterator[Example]:
    filters = Filters(permission=permission)
    hits = repository.index.search(Everything(), filters, Sort.NEWEST, SAMPLE, 0)
    views = repository.catalog.views(hits.pks)
    if not views:
        return
    months = [bar for bar in bars(repository.index.counts(Everything(), filters, (MONTHS,))[MONTHS]) if bar.count]
    queries = [*_word_queries(_sample_words(views)), *_fact_queries(views)]
    if months:
        busiest = max(months, key=lambda bar: bar.count)
        is_month = busiest.first_day.month == busiest.last_day.month
        period = busiest.first_day.isoformat()[: 7 if is_month else 4]
        queries += [
            (f"date:{period}", _l("a day, month, or year")),
            (f"[{busiest.first_day} TO {busiest.last_day}]", _l("from one date to another, including both")),
            (f"from:{busiest.first_day}", _l("that date and later; to: is that date and earlier")),
        ]
    for query, about in queries:
        tree = parse(query).tree
        if tree is None:
            raise AssertionError(f"the example {query} cannot be read")
        try:
            with bounded(PAGE):
                count = repository.index.total(tree, filters)
        except (TooBroad, TooCostly):
            continue  # in an archive this large, the beginning of the word matches too many words
        if count:
            yield Example(query, about, {code: paraphrase(tree, table) for code, table in TABLES.items()}, count)


def _word_queries(sample: _Words) -> Iterator[tuple[str, Lazy]]:
    if not sample.common:
        return
    first = sample.common[0]
    yield first, _l("a word; case and accents do not matter")
    if sample.apart:
        yield " ".join(sample.apart), _l("both words, anywhere in a record")
    if len(sample.common) > 1:
        second = sample.common[1]
        yield f"{first} OR {second}", _l("either word")
        yield f"{first} NOT {second}", _l("the first without the second")
        if len(sample.common) > 2:
            yield f"({first} OR {second}) NOT {sample.common[2]}", _l("parentheses group")
    if sample.side_by_side:
        yield f'"{" ".join(sample.side_by_side)}"', _l("the exact phrase")
    yield f"{first[: max(3, len(first) - 2)]}*", _l("the beginning of a word")
    yield f"{first[:1]}?{first[2:]}", _l("any single letter in that position")
    yield f"{first}~", _l("similar words: one letter added, missing, different, or swapped")
    yield f"{first}~~", _l("other forms of the word")
    if sample.rare != first:  # two words that are always near each other would find nothing
        yield f"{first} not w/5 {sample.rare}", _l("the first where the second is not nearby")
    if sample.apart:
        left, right = sample.apart
        yield f"{left} w/5 {right}", _l("at most 5 words apart, in any order")
        yield f"{left} pre/5 {right}", _l("the same, in this order")
        yield f'"{left} {right}"~5', _l("another way to write w/5")
        yield f"({left} OR {first}) w/10 {right[:4]}*", _l("groups and word beginnings can be used with w/ too")


def _fact_queries(views: Sequence[RecordView]) -> Iterator[tuple[str, Lazy]]:
    numbers = Counter(token.word for view in views for token in tokens(view.content.text) if token.word.isascii() and token.word.isdigit())
    if numbers:
        number = int(min(numbers, key=lambda digits: (-numbers[digits], digits))[:9])
        yield f"{number}~~{number + 10}", _l("a whole number from one to another")
    if tag := _most_frequent(tag for view in views for tag in view.content.hashtags if re.fullmatch(r"\w+", tag)):
        yield f"#{tag}", _l("a hashtag; the word by itself finds both")
    if name := _most_frequent(name for view in views for name in view.content.mentions if re.fullmatch(r"\w+", name)):
        yield f"@{name}", _l("posts that mention a handle")
    if host := _most_frequent(_host(link) for view in views for link in view.content.links):
        yield f"url:{host}", _l("links to a site")
    account = _most_frequent(view.account.handle_or_name.removeprefix("@") for view in views)
    if re.fullmatch(r"\w+", account):
        yield f"account:{account}", _l("records of an account")
    yield f"platform:{_most_frequent(view.account.platform for view in views)}", _l("records of a platform")
    yield f"kind:{_most_frequent(view.kind for view in views)}", _l("records of a kind")
    author = _most_frequent(view.content.author.replace('"', "") for view in views if [*tokens(view.content.author)])
    if author:
        yield f'author:"{author}"', _l("what a person or page wrote")
    if any(view.attachments for view in views):
        yield "has:media", _l("records with attachments; also has:link, has:edit, and more")


def _most_frequent(values: Iterator[str]) -> str:
    """Return the most frequent non-empty value, alphabetically first among equals; "" if there is none."""
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else ""


def _host(link: str) -> str:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return host if re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", host) else ""


def _sample_words(views: Sequence[RecordView]) -> _Words:
    texts = [[token.word for token in tokens(view.content.text)] for view in views]
    counts = Counter(word for text in texts for word in set(text) if _is_usable(word))
    ranked = sorted(counts, key=lambda word: (counts[word] * 2 > len(texts) > 3, len(word) < 5, -counts[word], word))
    beside = Counter(pair for text in texts for pair in dict.fromkeys(pairwise(text)) if _is_usable_pair(pair))
    apart = Counter(pair for text in texts for gap in (2, 3, 4) for pair in zip(text, text[gap:], strict=False) if _is_usable_pair(pair))
    return _Words(tuple(ranked[:3]), ranked[-1] if ranked else "", _most_frequent_pair(beside), _most_frequent_pair(apart))


def _is_usable(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None and word not in _COMMON_WORDS


def _is_usable_pair(pair: tuple[str, str]) -> bool:
    return pair[0] != pair[1] and _is_usable(pair[0]) and _is_usable(pair[1])


def _most_frequent_pair(pairs: Counter[tuple[str, str]]) -> tuple[str, str] | None:
    return min(pairs, key=lambda pair: (-pairs[pair], pair)) if pairs else None

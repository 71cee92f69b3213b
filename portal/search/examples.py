"""Examples of the query language that run on the reader's own records: made of words that really occur there.

The words come from the newest records that the reader may see, and from no others. Examples are kept until the index
changes; what a reader with another permission sees is kept apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from indexer.catalog.models import RecordView
from indexer.cost import PAGE, TooCostly, bounded
from indexer.engines import IndexDamaged, TooBroad
from indexer.query import Everything, parse
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.reading import paraphrase
from indexer.query.reading_words import TABLES
from indexer.repository import Repository
from indexer.search.facets import bars
from indexer.text import tokens
from portal.i18n import Lazy, _l

SAMPLE: Final = 300
"""Records whose words examples are made of."""

_KEPT_AT_MOST: Final = 64
_PLAIN: Final = re.compile(r"[a-z]{4,14}")
_OPERATORS: Final = frozenset({"from", "http", "https", "with", "that", "this", "have", "will", "your", "they", "there", "their"})


@dataclass(frozen=True, slots=True)
class Example:
    """One query with what it shows, how it is read (by language) and how many records it finds."""

    query: str
    about: Lazy
    readings: dict[str, str]
    count: int


@dataclass(frozen=True, slots=True)
class _Words:
    """What was seen in a sample: frequent words, and two that stand side by side, a few words apart, in one record."""

    common: tuple[str, ...]
    rare: str
    side_by_side: tuple[str, str] | None
    apart: tuple[str, str] | None


def examples(repository: Repository, permission: Permission) -> tuple[Example, ...]:
    """Return examples for a reader with a permission; none where the reader has no records or the index cannot answer."""
    try:
        key = (repository.index.position(), permission)
        return repository.cache.get_or_compute("examples", key, lambda: tuple(_made(repository, permission)), _KEPT_AT_MOST)
    except IndexDamaged:
        return ()  # the search page says what is wrong with the index


def _made(repository: Repository, permission: Permission) -> Iterator[Example]:
    filters = Filters(permission=permission)
    hits = repository.index.search(Everything(), filters, Sort.NEWEST, SAMPLE, 0)
    views = repository.catalog.views(hits.pks)
    if not views:
        return
    months = [bar for bar in bars(hits.months) if bar.count]
    written = [*_of_words(_words(views)), *_of_facts(views)]
    if months:
        best = max(months, key=lambda bar: bar.count)
        month = best.first_day.isoformat()[:7] if best.first_day.month == best.last_day.month else best.first_day.isoformat()[:4]
        written += [
            (f"date:{month}", _l("a day, month, or year")),
            (f"[{best.first_day} TO {best.last_day}]", _l("from one date to another, including both")),
            (f"from:{best.first_day}", _l("that date and later; to: is that date and earlier")),
        ]
    for query, about in written:
        tree = parse(query).tree
        if tree is None:
            raise AssertionError(f"the example {query} cannot be read")
        try:
            with bounded(PAGE):
                count = repository.index.search(tree, filters, Sort.NEWEST, 0, 0).total
        except (TooBroad, TooCostly):
            continue  # in an archive this large the beginning of the word stands for too many
        if count:
            yield Example(query, about, {code: paraphrase(tree, table) for code, table in TABLES.items()}, count)


def _of_words(seen: _Words) -> Iterator[tuple[str, Lazy]]:
    if not seen.common:
        return
    first = seen.common[0]
    yield first, _l("a word; case and accents do not matter")
    if seen.apart:
        yield " ".join(seen.apart), _l("both words, anywhere in a record")
    if len(seen.common) > 1:
        second = seen.common[1]
        yield f"{first} OR {second}", _l("either word")
        yield f"{first} NOT {second}", _l("the first without the second")
        if len(seen.common) > 2:
            yield f"({first} OR {second}) NOT {seen.common[2]}", _l("parentheses group")
    if seen.side_by_side:
        yield f'"{" ".join(seen.side_by_side)}"', _l("the exact phrase")
    yield f"{first[: max(3, len(first) - 2)]}*", _l("the beginning of a word")
    yield f"{first[:1]}?{first[2:]}", _l("any single letter in that position")
    yield f"{first}~", _l("similar words: one letter added, missing, different, or swapped")
    yield f"{first}~~", _l("other forms of the word")
    if seen.rare != first:  # with two that are always near each other it would find nothing
        yield f"{first} not w/5 {seen.rare}", _l("the first where the second is not nearby")
    if seen.apart:
        left, right = seen.apart
        yield f"{left} w/5 {right}", _l("at most 5 words apart, in any order")
        yield f"{left} pre/5 {right}", _l("the same, in this order")
        yield f'"{left} {right}"~5', _l("another way to write w/5")
        yield f"({left} OR {first}) w/10 {right[:4]}*", _l("groups and word beginnings can be used with w/ too")


def _of_facts(views: Sequence[RecordView]) -> Iterator[tuple[str, Lazy]]:
    numbers = Counter(one.word for view in views for one in tokens(view.content.text) if one.word.isascii() and one.word.isdigit())
    if numbers:
        number = int(min(numbers, key=lambda one: (-numbers[one], one))[:9])
        yield f"{number}~~{number + 10}", _l("a whole number from one to another")
    if tag := _most(tag for view in views for tag in view.content.hashtags if re.fullmatch(r"\w+", tag)):
        yield f"#{tag}", _l("a hashtag; the word by itself finds both")
    if name := _most(name for view in views for name in view.content.mentions if re.fullmatch(r"\w+", name)):
        yield f"@{name}", _l("posts that mention a handle")
    if host := _most(_host(link) for view in views for link in view.content.links):
        yield f"url:{host}", _l("links to a site")
    account = _most(view.account.handle_or_name.removeprefix("@") for view in views)
    if re.fullmatch(r"\w+", account):
        yield f"account:{account}", _l("records of an account")
    yield f"platform:{_most(view.account.platform for view in views)}", _l("records of a platform")
    yield f"kind:{_most(view.kind for view in views)}", _l("records of a kind")
    author = _most(view.content.author.replace('"', "") for view in views if [*tokens(view.content.author)])
    if author:
        yield f'author:"{author}"', _l("what a person or page wrote")
    if any(view.attachments for view in views):
        yield "has:media", _l("records with attachments; also has:link, has:edit, and more")


def _most(values: Iterator[str]) -> str:
    """Return the most frequent value, the first by the alphabet of equal ones; nothing where there is none."""
    counts = Counter(value for value in values if value)
    return min(counts, key=lambda one: (-counts[one], one)) if counts else ""


def _host(link: str) -> str:
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    return host if re.fullmatch(r"[a-z0-9.-]+\.[a-z]+", host) else ""


def _words(views: Sequence[RecordView]) -> _Words:
    texts = [[one.word for one in tokens(view.content.text)] for view in views]
    counts = Counter(word for text in texts for word in set(text) if _fits(word))
    ranked = sorted(counts, key=lambda word: (counts[word] * 2 > len(texts) > 3, len(word) < 5, -counts[word], word))
    beside = Counter(pair for text in texts for pair in dict.fromkeys(pairwise(text)) if _pair(pair))
    apart = Counter(pair for text in texts for gap in (2, 3, 4) for pair in zip(text, text[gap:], strict=False) if _pair(pair))
    return _Words(tuple(ranked[:3]), ranked[-1] if ranked else "", _first(beside), _first(apart))


def _fits(word: str) -> bool:
    return _PLAIN.fullmatch(word) is not None and word not in _OPERATORS


def _pair(pair: tuple[str, str]) -> bool:
    return pair[0] != pair[1] and _fits(pair[0]) and _fits(pair[1])


def _first(pairs: Counter[tuple[str, str]]) -> tuple[str, str] | None:
    return min(pairs, key=lambda pair: (-pairs[pair], pair)) if pairs else None

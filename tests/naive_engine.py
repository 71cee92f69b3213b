"""The plainest search there is, over lists of words: what both engines are measured by. No index, no shared code but the words."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from indexer.engines import Document, Filters, Sort
from indexer.query import And, DayRange, Everything, Node, Not, Or, Phrase, Wildcard, Word
from indexer.text import fold, words


def pattern(wildcard: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(wildcard.replace("[", "[[]")))


def parts(document: Document, field: str) -> list[list[str]]:
    """The words of a field, part by part."""
    if field == "text":
        said = [words(part) for part in document.parts]
        known = {word for part in said for word in part}
        return said + [words(tag) for tag in document.hashtags if not set(words(tag)) <= known]
    if field in {"hashtag", "mention"}:
        return [[fold(tag)] for tag in getattr(document, field + "s")]
    if field == "has":
        extra = [word for word in ("hashtag", "mention") if getattr(document, word + "s")]
        return [[{"parent": "reply"}.get(word, word)] for word in (*document.has, *extra)]
    if field in {"platform", "kind"}:
        return [[getattr(document, field)]]
    return [words(value) for value in {"account": document.account_words, "author": (document.author,), "url": document.urls}[field]]


def fits(item: Word | Wildcard, word: str) -> bool:
    return word == item.word if isinstance(item, Word) else bool(pattern(item.pattern).match(word))


def matches(tree: Node, document: Document) -> bool:
    match tree:
        case Everything():
            return True
        case And():
            return all(matches(child, document) for child in tree.children)
        case Or():
            return any(matches(child, document) for child in tree.children)
        case Not():
            return not matches(tree.child, document)
        case DayRange():
            return document.day is not None and (tree.first or date.min) <= document.day <= (tree.last or date.max)
        case Word() | Wildcard():
            return any(fits(tree, word) for part in parts(document, tree.field) for word in part)
        case Phrase():
            size = len(tree.items)
            return any(
                all(fits(item, word) for item, word in zip(tree.items, part[at : at + size], strict=True))
                for part in parts(document, tree.field)
                for at in range(len(part) - size + 1)
            )
    raise TypeError(tree)


def allowed(document: Document, filters: Filters) -> bool:
    narrowed = filters.first_day is not None or filters.last_day is not None
    first, last = filters.first_day or date.min, filters.last_day or date.max
    if narrowed and not (document.day is not None and first <= document.day <= last):
        return False
    chosen = [
        (filters.accounts, document.account_id),
        (filters.allowed_accounts, document.account_id),
        (filters.platforms, document.platform),
        (filters.kinds, document.kind),
        (filters.authors, document.author or None),
    ]
    if any(values is not None and value not in values for values, value in chosen):
        return False
    if filters.without_conversations and "conversation" in document.has:
        return False
    return filters.has_media is None or ("media" in document.has) == filters.has_media


def found(documents: Iterable[Document], tree: Node, filters: Filters, sort: Sort) -> list[int]:
    hits = [document for document in documents if matches(tree, document) and allowed(document, filters)]
    dated = [document for document in hits if document.posted is not None]
    undated = sorted(document.pk for document in hits if document.posted is None)
    sign = 1 if sort is Sort.OLDEST else -1
    return [document.pk for document in sorted(dated, key=lambda one: (sign * one.posted, one.pk))] + undated


def counts(documents: Iterable[Document], pks: Iterable[int]) -> tuple[dict[str, dict[str, int]], dict[str, int], int]:
    wanted = set(pks)
    hits = [document for document in documents if document.pk in wanted]
    facets = {
        "account": Counter(str(one.account_id) for one in hits),
        "platform": Counter(one.platform for one in hits),
        "kind": Counter(one.kind for one in hits),
        "author": Counter(one.author for one in hits if one.author),
    }
    months = Counter(one.day.isoformat()[:7] for one in hits if one.day)
    return {name: dict(counter) for name, counter in facets.items()}, dict(months), sum(one.day is None for one in hits)

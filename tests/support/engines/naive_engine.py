"""The plainest search there is, over lists of words: what both engines are measured by. No index, no shared code but the words."""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache

from snowballstemmer import EnglishStemmer

from indexer.engines import Document
from indexer.query import (
    And,
    DayRange,
    Everything,
    Expanding,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    Numbered,
    NumberRange,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
)
from indexer.query.filters import Filters, Permission, Sort
from indexer.query.nodes import STATES
from indexer.text import fold, words


def pattern(wildcard: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(wildcard.replace("[", "[[]").replace("=", "[0123456789]")))


@lru_cache(maxsize=2_000)
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
        extra += ["undated"] if document.day is None else []
        return [[{"parent": "reply"}.get(word, word)] for word in (*document.has, *extra)]
    if field in {"platform", "kind"}:
        return [[getattr(document, field)]]
    return [words(value) for value in {"account": document.account_words, "author": (document.author,), "url": document.urls}[field]]


@lru_cache(maxsize=100_000)
def fits(item: Word | Expanding, word: str) -> bool:
    match item:
        case Word():
            return word == item.word
        case Wildcard():
            return bool(pattern(item.pattern).match(word))
        case Fuzzy():
            return word.startswith(item.word[: item.kept]) and changes(item.word, word) <= item.edits
        case Stem():
            return str(EnglishStemmer().stemWord(word)) == item.stem
        case NumberRange():
            return re.fullmatch("[0-9]+", word) is not None and item.least <= int(word) <= item.most
    raise TypeError(item)


def changes(one: str, other: str) -> int:
    """How many letters more, less or other, or neighbours in each other's place, no letter changed twice."""
    table = {(row, 0): row for row in range(len(one) + 1)} | {(0, column): column for column in range(len(other) + 1)}
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            other_letter = one[row - 1] != other[column - 1]
            ways = [table[row - 1, column] + 1, table[row, column - 1] + 1, table[row - 1, column - 1] + other_letter]
            if row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]:
                ways.append(table[row - 2, column - 2] + 1)
            table[row, column] = min(ways)
    return table[len(one), len(other)]


def spans(tree: Node, part: list[str]) -> Iterator[range]:
    """Where a tree is found in one part: the numbers of the words from the first to the last."""
    match tree:
        case Or():
            for child in tree.children:
                yield from spans(child, part)
        case Near():
            for one in spans(tree.left, part):
                for other in spans(tree.right, part):
                    if are_near(one, other, tree):
                        yield range(min(one.start, other.start), max(one.stop, other.stop))
        case NotNear():
            for one in spans(tree.left, part):
                if not any(are_near(one, other, tree) for other in spans(tree.right, part)):
                    yield one
        case _:
            items = tree.items if isinstance(tree, Phrase) else (tree,)
            for at in range(len(part) - len(items) + 1):
                if all(fits(item, word) for item, word in zip(items, part[at:], strict=False)):
                    yield range(at, at + len(items))


def are_near(one: range, other: range, tree: Near | NotNear) -> bool:
    if set(one) & set(other):
        return False
    if one.start > other.start:
        return not tree.is_ordered and one.start - other[-1] <= tree.distance
    return other.start - one[-1] <= tree.distance


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
        case Numbered():
            return document.pk in tree.pks
        case Near() | NotNear():
            return any(True for part in parts(document, "text") for _span in spans(tree, part))
        case Word() | Wildcard() | Fuzzy() | Stem() | NumberRange():
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
        (filters.permission.accounts, document.account_id),
        (filters.platforms, document.platform),
        (filters.kinds, document.kind),
        (filters.authors, document.author or None),
    ]
    if any(values is not None and value not in values for values, value in chosen):
        return False
    if filters.states is not None and not filters.states & set(states(document)):
        return False
    if filters.permission.without_messages and "conversation" in document.has:
        return False
    return filters.has_media is None or ("media" in document.has) == filters.has_media


def found(documents: Iterable[Document], tree: Node, filters: Filters, sort: Sort) -> list[int]:
    hits = [document for document in documents if matches(tree, document) and allowed(document, filters)]
    dated = [document for document in hits if document.posted is not None]
    undated = sorted(document.pk for document in hits if document.posted is None)
    sign = 1 if sort is Sort.OLDEST else -1
    return [document.pk for document in sorted(dated, key=lambda one: (sign * one.posted, one.pk))] + undated


def expansion(documents: Iterable[Document], node: Expanding, permission: Permission) -> dict[str, int]:
    """The words that a node stands for, with how many documents that may be seen hold each."""
    seen = Filters(permission=permission)
    held = [{word for part in parts(one, node.field) for word in part} for one in documents if allowed(one, seen)]
    every = Counter(word for words_of in held for word in words_of if fits(node, word))
    return dict(sorted(every.items()))


def states(document: Document) -> list[str]:
    undated = ["undated"] if document.day is None else []
    return sorted({state for state, word in STATES.items() if word in (*document.has, *undated)})


def counts(documents: Iterable[Document], pks: Iterable[int]) -> tuple[dict[str, dict[str, int]], int]:
    """Everything that an engine counts, and the number of undated hits."""
    wanted = set(pks)
    hits = [document for document in documents if document.pk in wanted]
    facets = {
        "account": Counter(str(one.account_id) for one in hits),
        "platform": Counter(one.platform for one in hits),
        "kind": Counter(one.kind for one in hits),
        "author": Counter(one.author for one in hits if one.author),
        "state": Counter(state for one in hits for state in states(one)),
        "month": Counter(one.day.isoformat()[:7] for one in hits if one.day),
        "day": Counter(one.day.isoformat() for one in hits if one.day),
    }
    return {name: dict(counter) for name, counter in facets.items()}, sum(one.day is None for one in hits)

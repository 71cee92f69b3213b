"""Matches a single document against a query tree exactly as an index would: for record versions that are not indexed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer import cost
from indexer.engines.engine import Document
from indexer.engines.entry import Entry, make_entry
from indexer.query import (
    And,
    DayRange,
    Everything,
    Expanding,
    LeafPositions,
    Near,
    Node,
    Not,
    NotNear,
    Numbered,
    Or,
    Phrase,
    Word,
    has_match,
    leaves,
    matcher,
)

Parts = Sequence[Sequence[str]]


def matches(tree: Node, document: Document) -> bool:
    """Tell whether a document matches. Raises TypeError for an unknown node, ValueError for a document that no index can hold."""
    return _DocumentMatcher(document).matches(tree)


class _DocumentMatcher:
    """The words of a document by field, as an index would hold them; each field is prepared when first needed."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._entry = make_entry(document)
        self._parts: dict[str, Parts] = {}

    def matches(self, tree: Node) -> bool:
        """Tell whether the document matches a tree."""
        if isinstance(tree, Everything):
            return True
        if isinstance(tree, And):
            return all(self.matches(child) for child in tree.children)
        if isinstance(tree, Or):
            return any(self.matches(child) for child in tree.children)
        if isinstance(tree, Not):
            return not self.matches(tree.child)
        if isinstance(tree, DayRange):
            return self._is_in_range(tree)
        if isinstance(tree, Numbered):
            return self._document.pk in tree.pks
        return self._has_words(tree)

    def _is_in_range(self, days: DayRange) -> bool:
        day = self._document.day
        return day is not None and (days.first is None or days.first <= day) and (days.last is None or day <= days.last)

    def _has_words(self, tree: Node) -> bool:
        if isinstance(tree, Word | Expanding):
            test = _word_test(tree)
            cost.positions(sum(map(len, self._parts_of(tree.field))))
            return any(test(word) for part in self._parts_of(tree.field) for word in part)
        if isinstance(tree, Phrase):
            cost.positions(len(tree.items) * sum(map(len, self._parts_of(tree.field))))
            return any(_occurs_in(tree, part) for part in self._parts_of(tree.field))
        if isinstance(tree, (Near, NotNear)):
            parts = self._parts_of("text")
            words = {word for part in parts for word in part}
            cost.positions(len(words) * len(leaves(tree)))
            record = LeafPositions({leaf: [word for word in words if _word_test(leaf)(word)] for leaf in leaves(tree)})
            record.read(parts)
            return has_match(tree, record.places)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

    def _parts_of(self, field: str) -> Parts:
        if field not in self._parts:
            self._parts[field] = _split_parts(self._entry, field)
        return self._parts[field]


def _split_parts(indexed: Entry, field: str) -> Parts:
    """Return the words of each part of a field."""
    if field in {"platform", "kind"}:
        return [[indexed["platform"] if field == "platform" else indexed["kind"]]]
    if field == "hashtag":
        return [[tag] for tag in indexed.get("hashtag", ())]
    if field == "mention":
        return [[tag] for tag in indexed.get("mention", ())]
    if field == "has":
        return [[word] for word in indexed.get("has", ())]
    texts = {
        "text": indexed.get("text"),
        "account": indexed.get("account"),
        "author": indexed.get("author_words"),
        "url": indexed.get("url"),
    }
    return [text.split(" ") for text in texts[field] or ()]


def _word_test(item: Word | Expanding) -> Callable[[str], bool]:
    if isinstance(item, Word):
        target = item.word
        return lambda word: word == target
    return matcher(item)


def _occurs_in(phrase: Phrase, part: Sequence[str]) -> bool:
    tests = [_word_test(item) for item in phrase.items]
    return any(all(test(part[at + step]) for step, test in enumerate(tests)) for at in range(len(part) - len(tests) + 1))

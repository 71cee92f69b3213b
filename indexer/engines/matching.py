"""Tells whether one document fits a whole tree, exactly as an index of this one document would: for versions no index holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from indexer import cost
from indexer.engines import Document
from indexer.engines.entry import Entry, entry
from indexer.query import And, DayRange, Everything, Expanding, Near, Node, Not, NotNear, Numbered, Or, Phrase, Word
from indexer.query.expansion import matcher
from indexer.query.proximity import LeafPositions, has_match, leaves

Parts = Sequence[Sequence[str]]


def matches(tree: Node, document: Document) -> bool:
    """Tell whether a document fits. Raises TypeError for a node that is none, ValueError for a document that no index can hold."""
    return _Reader(document).fits(tree)


class _Reader:
    """One document in the words that an index would hold, field by field, each made when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._entry = entry(document)
        self._parts: dict[str, Parts] = {}

    def fits(self, tree: Node) -> bool:
        """Tell whether the document fits a tree."""
        if isinstance(tree, Everything):
            return True
        if isinstance(tree, And):
            return all(self.fits(child) for child in tree.children)
        if isinstance(tree, Or):
            return any(self.fits(child) for child in tree.children)
        if isinstance(tree, Not):
            return not self.fits(tree.child)
        if isinstance(tree, DayRange):
            return self._is_of(tree)
        if isinstance(tree, Numbered):
            return self._document.pk in tree.pks
        return self._has_words(tree)

    def _is_of(self, days: DayRange) -> bool:
        day = self._document.day
        return day is not None and (days.first is None or days.first <= day) and (days.last is None or day <= days.last)

    def _has_words(self, tree: Node) -> bool:
        if isinstance(tree, Word | Expanding):
            fits = _fits(tree)
            cost.positions(sum(map(len, self._of(tree.field))))
            return any(fits(word) for part in self._of(tree.field) for word in part)
        if isinstance(tree, Phrase):
            cost.positions(len(tree.items) * sum(map(len, self._of(tree.field))))
            return any(_stands_in(tree, part) for part in self._of(tree.field))
        if isinstance(tree, (Near, NotNear)):
            parts = self._of("text")
            known = {word for part in parts for word in part}
            cost.positions(len(known) * len(leaves(tree)))
            record = LeafPositions({leaf: [word for word in known if _fits(leaf)(word)] for leaf in leaves(tree)})
            record.read(parts)
            return has_match(tree, record.places)
        raise TypeError(f"{type(tree).__name__} cannot be searched for")

    def _of(self, field: str) -> Parts:
        if field not in self._parts:
            self._parts[field] = _parts(self._entry, field)
        return self._parts[field]


def _parts(held: Entry, field: str) -> Parts:
    """Return the words of a field, part by part."""
    if field in {"platform", "kind"}:
        return [[held["platform"] if field == "platform" else held["kind"]]]
    if field == "hashtag":
        return [[tag] for tag in held.get("hashtag", ())]
    if field == "mention":
        return [[tag] for tag in held.get("mention", ())]
    if field == "has":
        return [[word] for word in held.get("has", ())]
    texts = {"text": held.get("text"), "account": held.get("account"), "author": held.get("author_words"), "url": held.get("url")}
    return [text.split(" ") for text in texts[field] or ()]


def _fits(item: Word | Expanding) -> Callable[[str], bool]:
    if isinstance(item, Word):
        wanted = item.word
        return lambda word: word == wanted
    return matcher(item)


def _stands_in(phrase: Phrase, part: Sequence[str]) -> bool:
    tests = [_fits(item) for item in phrase.items]
    return any(all(test(part[at + step]) for step, test in enumerate(tests)) for at in range(len(part) - len(tests) + 1))

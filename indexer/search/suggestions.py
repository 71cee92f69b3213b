"""What a reader should know of a query beside its answer: what words stand for, what no record holds, what was not searched.

All counts are those of the records that the reader may see, whatever else the search is narrowed to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz.distance import OSA

from indexer import cost
from indexer.engines import Engine, TooBroad
from indexer.query import And, Expanding, Fuzzy, Near, Node, Not, NotNear, Or, Parsed, Phrase, Word, expanding, parse
from indexer.query.canonical import canonical
from indexer.query.expansion import as_typed
from indexer.query.filters import Filters, Permission, Sort
from indexer.text import tokens

MOST_CHECKED: Final = 200
"""How many different terms of one query are looked for one by one; how many more there are is said."""

MOST_REPAIRED: Final = 5
"""How many misspelt words of one query get a suggestion: each is compared with the whole dictionary."""

EXPLAINING: Final = cost.Bounds(words=10_000_000, postings=50_000_000, positions=5_000_000, seconds=2.0)
"""What looking for the terms of a query one by one may cost; beyond it none of them is told of, and how many there are is said."""

_TYPED_FIELDS: Final = frozenset({"text", "hashtag", "mention", "author", "account"})


@dataclass(frozen=True, slots=True)
class Expansion:
    """What stands for many words, as typed, and each word with the records that hold it, most frequent first."""

    node: Expanding
    typed: str
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word that records hold instead of one that none does, and the query repaired at its place (`start`, `end` as typed)."""

    node: Word
    instead: str
    records: int
    start: int
    end: int
    query: str


@dataclass(frozen=True, slots=True)
class Explained:
    """`missing` are terms that no record holds, in the query language; `unchecked` how many were not looked for."""

    expansions: tuple[Expansion, ...] = ()
    missing: tuple[str, ...] = ()
    unchecked: int = 0
    suggestions: tuple[Suggestion, ...] = ()
    repaired: str = ""  # the query with all suggestions; empty without any
    unsearchable: tuple[str, ...] = ()


def explain(index: Engine, parsed: Parsed, expansions: tuple[Expansion, ...], permission: Permission, total: int) -> Explained:
    """Explain a query that found `total` records, with the words that it stands for. Raises TooBroad, TooCostly, IndexDamaged."""
    if parsed.tree is None:
        raise ValueError("a query with faults has nothing to explain")
    doubtful = list(dict.fromkeys(_doubtful(parsed.tree, is_found=total > 0)))
    empty = {one.node for one in expansions if not one.words}
    unchecked = max(0, len(doubtful) - MOST_CHECKED)
    try:
        with cost.isolated(EXPLAINING):
            missing = _missing(index, doubtful[:MOST_CHECKED], empty, permission)
            suggestions = tuple(_suggestions(index, parsed, missing, permission))
    except cost.TooCostly:  # the answer itself is whole
        missing, suggestions, unchecked = [], (), len(doubtful)
    return Explained(
        expansions,
        tuple(canonical(node) for node in missing),
        unchecked,
        suggestions,
        _all_repaired(parsed, suggestions),
        unsearchable(parsed),
    )


def expansions_of(index: Engine, tree: Node, permission: Permission) -> tuple[Expansion, ...]:
    """Return what each wildcard, fuzzy word, stem and range stands for. Raises TooBroad."""
    found = []
    for node in expanding(tree):
        counts = index.expand(node, permission)
        found.append(Expansion(node, as_typed(node), tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))))
    return tuple(found)


def unsearchable(parsed: Parsed) -> tuple[str, ...]:
    """Return the signs of a query that nothing was looked for by (they only separate words), each once, in order."""
    return tuple(dict.fromkeys(parsed.text[at] for at in parsed.unread))


def _missing(index: Engine, doubtful: Sequence[Node], empty: set[Expanding], permission: Permission) -> list[Node]:
    """Return the terms that no record holds, without those that hold one of them: what is around it need not be searched for."""
    missing: list[Node] = []
    gone: set[Node] = set(empty)
    for node in doubtful:
        if node in empty or not (_in(node, gone) or _held(index, node, permission)):
            missing.append(node)
            gone.add(node)
    return missing


def _held(index: Engine, node: Node, permission: Permission) -> bool:
    return index.search(node, Filters(permission=permission), Sort.NEWEST, 0, 0).total > 0


def _in(node: Node, others: set[Node]) -> bool:
    """Tell whether something inside of a node is one of others: then the node itself need not be told of."""
    inside: Sequence[Node] = (
        node.items if isinstance(node, Phrase) else (node.left, node.right) if isinstance(node, (Near, NotNear)) else ()
    )
    return any(one in others or _in(one, others) for one in inside)


def _doubtful(tree: Node, *, is_found: bool) -> Iterator[Node]:
    """Yield the terms that no record may hold, inner ones first: what every hit must hold is held where there are hits."""
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from _doubtful(child, is_found=is_found and isinstance(tree, And))
    elif isinstance(tree, Not):
        yield from _doubtful(tree.child, is_found=False)
    elif isinstance(tree, (Near, NotNear)):
        yield from _doubtful(tree.left, is_found=is_found)
        yield from _doubtful(tree.right, is_found=is_found and isinstance(tree, Near))
        if not is_found:
            yield tree
    elif isinstance(tree, Phrase) and not is_found and tree.field in _TYPED_FIELDS:
        yield from (replace(item, field=tree.field) if isinstance(item, Word) else item for item in tree.items)
        yield tree
    elif isinstance(tree, (Word, Expanding)) and not is_found and tree.field in _TYPED_FIELDS:
        yield tree


def _suggestions(index: Engine, parsed: Parsed, missing: Sequence[Node], permission: Permission) -> Iterator[Suggestion]:
    words = [node for node in missing if isinstance(node, Word) and not node.word.isdigit()]
    for node in words[:MOST_REPAIRED]:
        found = _similar(index, node, permission)
        if found and (repaired := _repaired(parsed, node, found[0])):
            start, end, query = repaired
            yield Suggestion(node, *found, start, end, query)


def _similar(index: Engine, node: Word, permission: Permission) -> tuple[str, int] | None:
    """Return the word that was most likely meant, with its records: the nearest, then the same first letter, then the most frequent."""
    reaches = (1, 2) if len(node.word) >= 5 else (1,) if len(node.word) >= 3 else ()
    for edits in reaches:
        try:
            found = index.expand(Fuzzy(node.word, edits, 0, node.field), permission)
        except TooBroad:
            return None  # so many words are near it that none can be meant more than the others
        if found:
            return min(found.items(), key=lambda pair: _distance(node.word, *pair))
    return None


def _distance(word: str, other: str, records: int) -> tuple[int, bool, int, str]:
    return OSA.distance(word, other), word[:1] != other[:1], -records, other


def _repaired(parsed: Parsed, node: Word, instead: str) -> tuple[int, int, str] | None:
    """Return the place of a word and the query with the other word there; None where no such query means just that."""
    if parsed.tree is None:
        return None
    wanted = _swapped(parsed.tree, node, instead)
    places = [(one.start, one.end) for one in tokens(parsed.text) if one.word == node.word]
    for some in [places, *([place] for place in places)]:
        text = _put(parsed.text, some, instead)
        if parse(text, parsed.dialect).tree == wanted:
            return (*some[0], text)
    return None


def _put(text: str, places: Sequence[tuple[int, int]], instead: str) -> str:
    for start, end in reversed(places):
        text = text[:start] + instead + text[end:]
    return text


def _all_repaired(parsed: Parsed, suggestions: Sequence[Suggestion]) -> str:
    """Return the query with every suggestion, one after the other."""
    now = parsed
    for one in suggestions:
        if repaired := _repaired(now, one.node, one.instead):
            now = parse(repaired[2], parsed.dialect)
    return now.text if suggestions else ""


def _swapped(tree: Node, node: Word, instead: str) -> Node:
    """Return a tree with another word in the place of one, wherever that stands in the same field."""
    if isinstance(tree, Word):
        return replace(tree, word=instead) if tree == node else tree
    if isinstance(tree, Phrase):
        if tree.field != node.field:
            return tree
        items = tuple(replace(one, word=instead) if isinstance(one, Word) and one.word == node.word else one for one in tree.items)
        return replace(tree, items=items)
    if isinstance(tree, (And, Or)):
        return replace(tree, children=tuple(_swapped(child, node, instead) for child in tree.children))
    if isinstance(tree, Not):
        return replace(tree, child=_swapped(tree.child, node, instead))
    if isinstance(tree, (Near, NotNear)):
        return replace(tree, left=_swapped(tree.left, node, instead), right=_swapped(tree.right, node, instead))
    return tree

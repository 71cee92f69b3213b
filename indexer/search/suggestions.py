"""Help with a query besides its hits: expansions, terms without hits, spelling suggestions, ignored characters.

Counts cover the records that the reader may see, regardless of the filters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz.distance import OSA

from indexer import cost
from indexer.engines import Engine, TooBroad
from indexer.query import (
    And,
    Expanding,
    Filters,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Parsed,
    Permission,
    Phrase,
    Word,
    as_typed,
    canonical,
    expanding,
    parse,
)
from indexer.text import tokens

MOST_CHECKED: Final = 200
"""Different terms of a query that are looked up individually; the number of the rest is reported."""

MOST_REPAIRED: Final = 5
"""Misspelled words of a query that get a suggestion: each is compared with the whole dictionary."""

EXPLAINING: Final = cost.Bounds(words=10_000_000, postings=50_000_000, positions=5_000_000, seconds=2.0)
"""Cost limit for looking up terms individually; beyond it only their number is reported."""

_TYPED_FIELDS: Final = frozenset({"text", "hashtag", "mention", "author", "account"})


@dataclass(frozen=True, slots=True)
class Expansion:
    """An expanding term as typed, and each word it matches with its record count, most frequent first."""

    node: Expanding
    typed: str
    words: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An indexed word to replace a word without hits, and the query with that correction (`start`, `end`: offsets as typed)."""

    node: Word
    instead: str
    records: int
    start: int
    end: int
    query: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """`missing`: terms without hits, in query syntax. `unchecked`: number of terms that were not looked up."""

    expansions: tuple[Expansion, ...] = ()
    missing: tuple[str, ...] = ()
    unchecked: int = 0
    suggestions: tuple[Suggestion, ...] = ()
    repaired: str = ""  # the query with all suggestions applied; empty without any
    unsearchable: tuple[str, ...] = ()


def explain(index: Engine, parsed: Parsed, expansions: tuple[Expansion, ...], permission: Permission, total: int) -> Explanation:
    """Explain a query that found `total` records. Raises TooBroad, TooCostly, IndexDamaged."""
    if parsed.tree is None:
        raise ValueError("an invalid query has nothing to explain")
    doubtful = list(dict.fromkeys(_terms_to_check(parsed.tree, is_found=total > 0)))
    empty = {expansion.node for expansion in expansions if not expansion.words}
    unchecked = max(0, len(doubtful) - MOST_CHECKED)
    try:
        with cost.isolated(EXPLAINING):
            missing = _find_missing(index, doubtful[:MOST_CHECKED], empty, permission)
            suggestions = tuple(_suggestions(index, parsed, missing, permission))
    except cost.TooCostly:  # the answer itself is complete
        missing, suggestions, unchecked = [], (), len(doubtful)
    return Explanation(
        expansions,
        tuple(canonical(node) for node in missing),
        unchecked,
        suggestions,
        _apply_all(parsed, suggestions),
        unsearchable(parsed),
    )


def expand_terms(index: Engine, tree: Node, permission: Permission) -> tuple[Expansion, ...]:
    """Expand each wildcard, fuzzy word, stem and number range. Raises TooBroad."""
    expansions = []
    for node in expanding(tree):
        counts = index.expand(node, permission)
        expansions.append(Expansion(node, as_typed(node), tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))))
    return tuple(expansions)


def unsearchable(parsed: Parsed) -> tuple[str, ...]:
    """Characters of a query that only separate words, each once, in order."""
    return tuple(dict.fromkeys(parsed.text[at] for at in parsed.unsearched))


def _find_missing(index: Engine, doubtful: Sequence[Node], empty: set[Expanding], permission: Permission) -> list[Node]:
    """Terms without hits, leaving out larger terms that contain one of them, which are not looked up."""
    missing: list[Node] = []
    without_hits: set[Node] = set(empty)
    for node in doubtful:
        if node in empty or not (_contains(node, without_hits) or _has_hits(index, node, permission)):
            missing.append(node)
            without_hits.add(node)
    return missing


def _has_hits(index: Engine, node: Node, permission: Permission) -> bool:
    return index.total(node, Filters(permission=permission)) > 0


def _contains(node: Node, others: set[Node]) -> bool:
    """Whether a node contains one of `others`."""
    inside: Sequence[Node] = (
        node.items if isinstance(node, Phrase) else (node.left, node.right) if isinstance(node, (Near, NotNear)) else ()
    )
    return any(part in others or _contains(part, others) for part in inside)


def _terms_to_check(tree: Node, *, is_found: bool) -> Iterator[Node]:
    """Yield the terms that might have no hits, inner ones first: if the query has hits, its required terms have some."""
    if isinstance(tree, (And, Or)):
        for child in tree.children:
            yield from _terms_to_check(child, is_found=is_found and isinstance(tree, And))
    elif isinstance(tree, Not):
        yield from _terms_to_check(tree.child, is_found=False)
    elif isinstance(tree, (Near, NotNear)):
        yield from _terms_to_check(tree.left, is_found=is_found)
        yield from _terms_to_check(tree.right, is_found=is_found and isinstance(tree, Near))
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
        similar = _find_similar(index, node, permission)
        if similar and (repaired := _correct(parsed, node, similar[0])):
            start, end, query = repaired
            yield Suggestion(node, *similar, start, end, query)


def _find_similar(index: Engine, node: Word, permission: Permission) -> tuple[str, int] | None:
    """Most likely intended word and its record count: nearest, then same first letter, then most frequent."""
    reaches = (1, 2) if len(node.word) >= 5 else (1,) if len(node.word) >= 3 else ()
    for edits in reaches:
        try:
            candidates = index.expand(Fuzzy(node.word, edits, 0, node.field), permission)
        except TooBroad:
            return None  # too many similar words to pick one
        if candidates:
            return min(candidates.items(), key=lambda pair: _distance(node.word, *pair))
    return None


def _distance(word: str, other: str, records: int) -> tuple[int, bool, int, str]:
    return OSA.distance(word, other), word[:1] != other[:1], -records, other


def _correct(parsed: Parsed, node: Word, instead: str) -> tuple[int, int, str] | None:
    """Start, end and corrected query for a word; None if no substitution parses to the expected tree."""
    if parsed.tree is None:
        return None
    expected = _substitute(parsed.tree, node, instead)
    places = [(token.start, token.end) for token in tokens(parsed.text) if token.word == node.word]
    for targets in [places, *([place] for place in places)]:
        text = _splice(parsed.text, targets, instead)
        if parse(text, parsed.dialect).tree == expected:
            return (*targets[0], text)
    return None


def _splice(text: str, places: Sequence[tuple[int, int]], instead: str) -> str:
    for start, end in reversed(places):
        text = text[:start] + instead + text[end:]
    return text


def _apply_all(parsed: Parsed, suggestions: Sequence[Suggestion]) -> str:
    """Apply every suggestion in turn."""
    current = parsed
    for suggestion in suggestions:
        if repaired := _correct(current, suggestion.node, suggestion.instead):
            current = parse(repaired[2], parsed.dialect)
    return current.text if suggestions else ""


def _substitute(tree: Node, node: Word, instead: str) -> Node:
    """Replace a word throughout a tree, within its field."""
    if isinstance(tree, Word):
        return replace(tree, word=instead) if tree == node else tree
    if isinstance(tree, Phrase):
        if tree.field != node.field:
            return tree
        items = tuple(replace(item, word=instead) if isinstance(item, Word) and item.word == node.word else item for item in tree.items)
        return replace(tree, items=items)
    if isinstance(tree, (And, Or)):
        return replace(tree, children=tuple(_substitute(child, node, instead) for child in tree.children))
    if isinstance(tree, Not):
        return replace(tree, child=_substitute(tree.child, node, instead))
    if isinstance(tree, (Near, NotNear)):
        return replace(tree, left=_substitute(tree.left, node, instead), right=_substitute(tree.right, node, instead))
    return tree

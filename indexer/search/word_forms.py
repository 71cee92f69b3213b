"""Other forms of a query's plain words that records hold ("flood": floods, flooded, flooding), each addition counted.

Forms have the same English stem, or the same Spanish stem if the word ends like a Spanish one. Only forms that find more
records are offered, with exactly the number that the query with them finds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from indexer.engines import Engine, TooBroad
from indexer.query import (
    TEXT,
    And,
    Node,
    Or,
    Parsed,
    Permission,
    Wildcard,
    Word,
    nodes,
    parse,
    spanish_stem,
    stem,
)
from indexer.text import tokens

MOST_WIDENED: Final = 5
"""Words of a query whose other forms are looked up: each costs a count."""

_LEAST_LETTERS: Final = 3


@dataclass(frozen=True, slots=True)
class WordForms:
    """The other forms of a word, each with its record count within the permission, most frequent first.

    `query` is the query as typed with the forms added; it finds `more` more records within the same filters.
    """

    word: str
    forms: tuple[tuple[str, int], ...]
    more: int
    query: str


def find_forms(index: Engine, parsed: Parsed, permission: Permission, total: int, count: Callable[[Node], int]) -> Iterator[WordForms]:
    """Yield the other forms of each plain word of a query that found `total` records. Raises TooCostly, IndexDamaged."""
    if parsed.tree is None:
        return
    offered = set[tuple[tuple[tuple[str, int], ...], int]]()
    typed = {node.word for node in nodes(parsed.tree) if isinstance(node, Word)}
    for word in list(dict.fromkeys(_plain_words(parsed.tree)))[:MOST_WIDENED]:
        forms = {form: records for form, records in _forms_of(index, word, permission).items() if form not in typed}
        ordered = sorted(forms.items(), key=lambda pair: (-pair[1], pair[0]))
        if not ordered or (widened := _add(parsed, word, [form for form, _records in ordered])) is None:
            continue
        query, tree = widened
        more = count(tree) - total
        if more > 0 and (tuple(ordered), more) not in offered:  # "flood OR flooding": the rest is offered once
            offered.add((tuple(ordered), more))
            yield WordForms(word, tuple(ordered), more, query)


def _plain_words(tree: Node) -> Iterator[str]:
    """Yield the words whose other forms can add records: not those of phrases, proximity and NOT."""
    if isinstance(tree, And | Or):
        for child in tree.children:
            yield from _plain_words(child)
    elif isinstance(tree, Word) and tree.field == TEXT and len(tree.word) >= _LEAST_LETTERS and tree.word.isalpha():
        yield tree.word


def _forms_of(index: Engine, word: str, permission: Permission) -> dict[str, int]:
    """Return the indexed words with the same stem, the word included if there is one, each with its record count."""
    english, spanish = stem(word), spanish_stem(word)
    forms = _with_stem(index, stem, english, english[: max(_LEAST_LETTERS, len(english) - 1)], permission)
    if spanish:
        forms |= _with_stem(index, spanish_stem, spanish, spanish, permission)
    return {form: records for form, records in forms.items() if form.isalpha()}


def _with_stem(index: Engine, stem_of: Callable[[str], str], root: str, start: str, permission: Permission) -> dict[str, int]:
    """Return the indexed words with a stem and a beginning (a `Stem` looks further: a prefix of two letters takes long)."""
    try:
        words = index.expand(Wildcard(f"{start}*"), permission)
    except TooBroad:
        return {}
    return {word: records for word, records in words.items() if stem_of(word) == root}


def _add(parsed: Parsed, word: str, forms: Sequence[str]) -> tuple[str, Node] | None:
    """Return the query with forms added to a word, and its tree; None if no such text parses to the expected tree."""
    if parsed.tree is None:
        return None
    expected = _flatten(_widen(parsed.tree, word, forms))
    places = [(token.start, token.end) for token in tokens(parsed.text) if token.word == word]
    for targets in [places, *([place] for place in places)]:
        text = parsed.text
        for start, end in reversed(targets):
            text = f"{text[:start]}({' OR '.join([text[start:end], *forms])}){text[end:]}"
        again = parse(text, parsed.dialect)
        if again.tree is not None and _flatten(again.tree) == expected:
            return text, again.tree
    return None


def _widen(tree: Node, word: str, forms: Sequence[str]) -> Node:
    """Add forms to a word wherever its forms can add records."""
    if isinstance(tree, And | Or):
        return type(tree)(tuple(_widen(child, word, forms) for child in tree.children))
    return Or((tree, *map(Word, forms))) if tree == Word(word) else tree


def _flatten(tree: Node) -> Node:
    """Join each Or with the Or around it, as the parser does."""
    if not isinstance(tree, And | Or):
        return tree
    children = tuple(map(_flatten, tree.children))
    if isinstance(tree, And):
        return And(children)
    return Or(tuple(inner for child in children for inner in (child.children if isinstance(child, Or) else (child,))))

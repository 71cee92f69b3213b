"""How a query was read, in plain language: made of pieces, so that another language only needs its own table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indexer.query_nodes import TEXT, And, DayRange, Everything, Node, Not, Or, Phrase, Wildcard, Word
from indexer.record import Platform

ENGLISH: Final[Mapping[str, str]] = {
    "and": " and ",
    "or": " or ",
    "but not": "{0}, but not {1}",
    "not": "not {0}",
    "everything": "every record",
    "nothing": "no record",
    "starting": "any word starting with {0}",
    "ending": "any word ending in {0}",
    "containing": "any word containing {0}",
    "like": "any word like {0} (* is any letters, ? is one)",
    "phrase": "“{0}”",
    "exact word": "“{0}”",
    "account": "account {0}",
    "author": "author {0}",
    "url": "a link with {0}",
    "hashtag": "hashtag {0}",
    "mention": "mention of {0}",
    "platform": "platform {0}",
    "kind": "kind {0}",
    "has": "with {0}",
    "on": "posted on {0}",
    "between": "posted from {0} to {1}",
    "since": "posted on {0} or later",
    "until": "posted on {0} or earlier",
    "dated": "posted on any known day",
}
"""The pieces of an English reading. A table for another language has the same keys and the same places."""


def reading(tree: Node, table: Mapping[str, str] = ENGLISH) -> str:
    """Return what a query finds, in the language of a table, with parentheses wherever precedence could be doubted."""
    if isinstance(tree, And):
        return _and(tree, table)
    if isinstance(tree, Or):
        return table["or"].join(_inside(child, table) for child in tree.children) if tree.children else table["nothing"]
    if isinstance(tree, Not):
        return table["but not"].format(table["everything"], _inside(tree.child, table))
    if isinstance(tree, DayRange):
        return _days(tree, table)
    return table["everything"] if isinstance(tree, Everything) else _leaf(tree, table)


def _and(tree: And, table: Mapping[str, str]) -> str:
    wanted = [_inside(child, table) for child in tree.children if not isinstance(child, Not)]
    unwanted = [_inside(child.child, table) for child in tree.children if isinstance(child, Not)]
    text = table["and"].join(wanted) if wanted else table["everything"]
    for one in unwanted:
        text = table["but not"].format(text, one)
    return text


def _inside(tree: Node, table: Mapping[str, str]) -> str:
    """Return the reading of a part of a larger query."""
    if isinstance(tree, (And, Or)) and tree.children:
        return f"({reading(tree, table)})"
    return table["not"].format(_inside(tree.child, table)) if isinstance(tree, Not) else reading(tree, table)


def _leaf(tree: Node, table: Mapping[str, str]) -> str:
    if isinstance(tree, Phrase):
        said = " ".join(item.word if isinstance(item, Word) else item.pattern for item in tree.items)
        text = table["phrase"].format(said)
        return text if tree.field == TEXT else table[tree.field].format(text)
    if isinstance(tree, Wildcard):
        text = _wildcard(tree, table)
        return text if tree.field == TEXT else table[tree.field].format(text)
    if isinstance(tree, Word):
        if tree.field == TEXT:
            spoken = {table["and"].strip(), table["or"].strip(), "not", "but"}
            return table["exact word"].format(tree.word) if tree.word in spoken else tree.word
        value = Platform(tree.word).title if tree.field == "platform" else tree.word
        return table[tree.field].format(value)
    raise TypeError(f"{type(tree).__name__} has no reading")


def _wildcard(tree: Wildcard, table: Mapping[str, str]) -> str:
    pattern = tree.pattern
    inside = pattern.strip("*")
    if "?" in inside or "*" in inside:
        return table["like"].format(pattern)
    if pattern.startswith("*") and pattern.endswith("*"):
        return table["containing"].format(inside)
    return table["ending" if pattern.startswith("*") else "starting"].format(inside)


def _days(tree: DayRange, table: Mapping[str, str]) -> str:
    first, last = tree.first, tree.last
    if first and last:
        if first == last:
            return table["on"].format(first.isoformat())
        return table["between"].format(first.isoformat(), last.isoformat())
    if first:
        return table["since"].format(first.isoformat())
    return table["until"].format(last.isoformat()) if last else table["dated"]

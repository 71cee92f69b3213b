"""How a query was read, in plain language: made of pieces, so that another language only needs its own table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from indexer import platforms
from indexer.query.nodes import (
    STATES,
    TEXT,
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
    state_of,
)
from indexer.query.reading_words import ENGLISH, SPANISH, TABLES

__all__ = ["ENGLISH", "SPANISH", "TABLES", "day", "reading"]

_FORMS_SAID: Final = 6
_NO_WORDS: Final[Mapping[Expanding, Sequence[str]]] = {}


def reading(tree: Node, table: Mapping[str, str] = ENGLISH, forms: Mapping[Expanding, Sequence[str]] = _NO_WORDS) -> str:
    """Return what a query finds, in the language of a table, with parentheses wherever precedence could be doubted.

    `forms` are words that a Stem stands for, where they are known: the first few are said with it.
    """
    return _Reading(table, forms).of(tree)


def day(value: date, table: Mapping[str, str] = ENGLISH) -> str:
    """Return a day in words: July 4, 2018."""
    return table["day"].format(day=value.day, month=table["months"].split()[value.month - 1], year=value.year)


class _Reading:
    """Reads one tree with one table."""

    def __init__(self, table: Mapping[str, str], forms: Mapping[Expanding, Sequence[str]]) -> None:
        self._table, self._forms = table, forms

    def of(self, tree: Node) -> str:
        table = self._table
        if isinstance(tree, And):
            return self._and(tree)
        if isinstance(tree, Or):
            return table["or"].join(self._inside(child) for child in tree.children) if tree.children else table["nothing"]
        if isinstance(tree, Not):
            return table["but not"].format(table["everything"], self._inside(tree.child))
        if isinstance(tree, DayRange):
            return self._days(tree)
        if isinstance(tree, (Near, NotNear)):
            return self._near(tree)
        if isinstance(tree, Everything):
            return table["everything"]
        if isinstance(tree, Numbered):
            return table["numbered"].format(len(tree.pks))
        return self._leaf(tree)

    def _and(self, tree: And) -> str:
        table = self._table
        wanted = [self._inside(child) for child in tree.children if not isinstance(child, Not)]
        unwanted = [self._inside(child.child) for child in tree.children if isinstance(child, Not)]
        text = table["and"].join(wanted) if wanted else table["everything"]
        for one in unwanted:
            text = table["but not"].format(text, one)
        return text

    def _inside(self, tree: Node) -> str:
        """Return the reading of a part of a larger query."""
        if isinstance(tree, Not):
            return self._table["not"].format(self._inside(tree.child))
        is_open = isinstance(tree, (Near, NotNear)) or (isinstance(tree, (And, Or)) and tree.children) or _in_pieces(tree)
        return f"({self.of(tree)})" if is_open else self.of(tree)

    def _near(self, tree: Near | NotNear) -> str:
        key = f"{'' if isinstance(tree, Near) else 'not '}{'before' if tree.is_ordered else 'near'} {1 if tree.distance == 1 else 'n'}"
        return self._table[key].format(self._inside(tree.left), self._inside(tree.right), tree.distance)

    def _leaf(self, tree: Node) -> str:
        if isinstance(tree, Phrase):
            return self._in_field(self._phrase(tree), tree.field)
        if isinstance(tree, Wildcard) and tree.field != TEXT:
            return self._in_field(self._table["pattern"].format(tree.pattern, self._signs(tree.pattern)), tree.field)
        if isinstance(tree, (Wildcard, Fuzzy, Stem, NumberRange)):
            return self._in_field(self._expanding(tree), tree.field)
        if isinstance(tree, Word):
            return self._word(tree)
        raise TypeError(f"{type(tree).__name__} has no reading")

    def _in_field(self, text: str, field: str) -> str:
        return text if field == TEXT else self._table[field].format(text)

    def _word(self, tree: Word) -> str:
        table = self._table
        if tree.field == TEXT:
            spoken = {table[key].replace("{0}", "").strip() for key in ("and", "or", "not")} | {"but", "pero"}
            return table["exact word"].format(tree.word) if tree.word in spoken else tree.word
        if tree.field == "has" and (state := state_of(tree.word)):
            return table[f"is {state}"] if state in STATES else table["absent from"].format(state.removeprefix("absent-"))
        value = platforms.title(tree.word) if tree.field == "platform" else table.get(f"{tree.field} {tree.word}", tree.word)
        return table[tree.field].format(value)

    def _phrase(self, tree: Phrase) -> str:
        """Return “city council”, and what stands for many words in its place: “the city” followed at once by any word …."""
        pieces: list[str] = []
        together: list[str] = []
        for item in tree.items:
            if isinstance(item, Word):
                together.append(item.word)
                continue
            if together:
                pieces.append(self._table["phrase"].format(" ".join(together)))
                together = []
            pieces.append(self._expanding(item))
        if together:
            pieces.append(self._table["phrase"].format(" ".join(together)))
        text = pieces[0]
        for piece in pieces[1:]:
            text = self._table["then"].format(text, piece)
        return text

    def _expanding(self, tree: Expanding) -> str:
        table = self._table
        if isinstance(tree, Wildcard):
            return self._wildcard(tree)
        if isinstance(tree, Fuzzy):
            key = f"fuzzy {'kept ' if tree.kept else ''}{1 if tree.edits == 1 else 'n'}"
            return table[key].format(tree.word, tree.edits, tree.word[: tree.kept])
        if isinstance(tree, NumberRange):
            return table["number" if tree.least == tree.most else "numbers"].format(tree.least, tree.most)
        said = tree.typed.strip("~*") or tree.stem
        if words := self._forms.get(tree):
            listed = ", ".join(words[:_FORMS_SAID]) + (", …" if len(words) > _FORMS_SAID else "")
            return table["stem of"].format(said, listed)
        return table["stem"].format(said)

    def _wildcard(self, tree: Wildcard) -> str:
        table, pattern = self._table, tree.pattern
        inside = pattern.strip("*")
        if not inside or any(sign in inside for sign in "*?="):
            return table["like"].format(pattern, self._signs(pattern))
        if pattern.startswith("*") and pattern.endswith("*"):
            return table["containing"].format(inside)
        return table["ending" if pattern.startswith("*") else "starting"].format(inside)

    def _signs(self, pattern: str) -> str:
        return ", ".join(self._table[f"sign {sign}"] for sign in "*?=" if sign in pattern)

    def _days(self, tree: DayRange) -> str:
        table, first, last = self._table, tree.first, tree.last
        if first and last:
            if first == last:
                return table["on"].format(day(first, table))
            return table["between"].format(day(first, table), day(last, table))
        if first:
            return table["since"].format(day(first, table))
        return table["until"].format(day(last, table)) if last else table["dated"]


def _in_pieces(tree: Node) -> bool:
    """Tell whether a phrase is said with words of its own between its pieces."""
    return isinstance(tree, Phrase) and len(tree.items) > 1 and not all(isinstance(item, Word) for item in tree.items)

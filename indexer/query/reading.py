"""Describes a query in plain language from a table of phrases, so that another language only needs its own table."""

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

__all__ = ["ENGLISH", "SPANISH", "TABLES", "day", "paraphrase"]

_MAX_FORMS: Final = 6
_NO_FORMS: Final[Mapping[Expanding, Sequence[str]]] = {}


def paraphrase(tree: Node, table: Mapping[str, str] = ENGLISH, forms: Mapping[Expanding, Sequence[str]] = _NO_FORMS) -> str:
    """Describe a query in the language of `table`, with parentheses wherever precedence might be unclear.

    `forms` are the indexed words of each Stem, if known; the first few are listed.
    """
    return _Describer(table, forms).of(tree)


def day(value: date, table: Mapping[str, str] = ENGLISH) -> str:
    """Write out a day: July 4, 2018."""
    return table["day"].format(day=value.day, month=table["months"].split()[value.month - 1], year=value.year)


class _Describer:
    """Describes a tree with one table."""

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
        included = [self._inside(child) for child in tree.children if not isinstance(child, Not)]
        excluded = [self._inside(child.child) for child in tree.children if isinstance(child, Not)]
        text = table["and"].join(included) if included else table["everything"]
        for part in excluded:
            text = table["but not"].format(text, part)
        return text

    def _inside(self, tree: Node) -> str:
        """Describe a part of a larger query."""
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
            return self._in_field(self._table["pattern"].format(tree.pattern, self._wildcard_legend(tree.pattern)), tree.field)
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
            ambiguous = {table[key].replace("{0}", "").strip() for key in ("and", "or", "not")} | {"but", "pero"}
            return table["exact word"].format(tree.word) if tree.word in ambiguous else tree.word
        if tree.field == "has" and (state := state_of(tree.word)):
            return table[f"is {state}"] if state in STATES else table["absent from"].format(state.removeprefix("absent-"))
        value = platforms.title(tree.word) if tree.field == "platform" else table.get(f"{tree.field} {tree.word}", tree.word)
        return table[tree.field].format(value)

    def _phrase(self, tree: Phrase) -> str:
        """Describe a phrase, with expanding terms in words: “the city” immediately followed by any word …."""
        pieces: list[str] = []
        run: list[str] = []
        for item in tree.items:
            if isinstance(item, Word):
                run.append(item.word)
                continue
            if run:
                pieces.append(self._table["phrase"].format(" ".join(run)))
                run = []
            pieces.append(self._expanding(item))
        if run:
            pieces.append(self._table["phrase"].format(" ".join(run)))
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
        word = tree.typed.strip("~*") or tree.stem
        if words := self._forms.get(tree):
            listed = ", ".join(words[:_MAX_FORMS]) + (", …" if len(words) > _MAX_FORMS else "")
            return table["stem of"].format(word, listed)
        return table["stem"].format(word)

    def _wildcard(self, tree: Wildcard) -> str:
        table, pattern = self._table, tree.pattern
        inside = pattern.strip("*")
        if not inside or any(wildcard in inside for wildcard in "*?="):
            return table["like"].format(pattern, self._wildcard_legend(pattern))
        if pattern.startswith("*") and pattern.endswith("*"):
            return table["containing"].format(inside)
        return table["ending" if pattern.startswith("*") else "starting"].format(inside)

    def _wildcard_legend(self, pattern: str) -> str:
        return ", ".join(self._table[f"sign {wildcard}"] for wildcard in "*?=" if wildcard in pattern)

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
    """Whether the description of a phrase has several pieces."""
    return isinstance(tree, Phrase) and len(tree.items) > 1 and not all(isinstance(item, Word) for item in tree.items)

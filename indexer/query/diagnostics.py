"""Errors in a query, with place and suggested fix; an invalid query never looks like an empty result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from whoosh.qparser import syntax

from indexer.i18n import Sentence, say
from indexer.query import other_systems
from indexer.query.nodes import MOST_APART


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error in a query. `start` and `end` are offsets in the text as typed (code points, end excluded).

    `code` is empty for a syntax error, else the reason a valid query was not answered (docs/command-line.md).
    """

    start: int
    end: int
    message: str
    suggestion: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """An ambiguous reading of part of a query, and the alternative query, or None.

    `code` is one of `CODES`, which are stable.
    """

    code: str
    start: int
    end: int
    message: str
    other_query: str | None = None


CODES: Final = (
    "small-operator",  # lowercase and, or, not: read as words
    "mixed-and-or",  # AND and OR without parentheses: AND binds first
    "other-operator",  # an operator of another search program
    "glued-parenthesis",  # a parenthesis that touches a word: read as a phrase, or as a group
    "question-mark",  # a ? at a sentence's end, or at the end of a word
    "sign-not-searched",  # a character next to a word that is not searched for
    "similar-words",  # a % before or after a word of the dtSearch dialect
    "list-marks",  # numbers, letters or bullets before lines, which were removed
    "several-lines",  # several lines, read as one query
    "columns",  # a tab in a line of a list
)
"""The kinds of announcements, as JSON and certificates name them (docs/query-language.md)."""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word closest to a misspelled one, or an empty string."""
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def join_words(words: Iterable[str]) -> str:
    """Join words as "a, b, c", each once: query keywords are the same in every language."""
    return ", ".join(dict.fromkeys(words))


OTHER_SYSTEM: Final = "other system"
"""`why` of a rejected operator of another search program; `other_systems` has the messages."""


class InvalidToken(syntax.MarkerNode):  # type: ignore[misc]  # Whoosh has no types
    """A token that is invalid at its place. `why` is a key of the messages below."""

    def __init__(self, why: str, text: str = "") -> None:
        self.why, self.text = why, text


def to_diagnostic(token: InvalidToken) -> Diagnostic:
    """Return the error for an invalid token. Raises KeyError for an unknown `why`."""
    return Diagnostic(token.startchar, token.endchar, *_MESSAGES[token.why](token.text))


_MESSAGES: Final[Mapping[str, Callable[[str], tuple[Sentence, Sentence]]]] = {
    OTHER_SYSTEM: other_systems.explain,
    "distance": lambda text: (
        say("“{sign}” is not a valid distance.", sign=text),
        say(
            "Write w/5 or pre/5 with a number from 1 to {most}; to search for the text itself, use quotation marks: {quoted}",
            most=MOST_APART,
            quoted=f'"{text}"',
        ),
    ),
    "sentence": lambda text: (
        say("“{sign}” searches within a sentence or paragraph, which this search does not support.", sign=text),
        say("Use a number of words: w/15 is about a sentence, w/50 about a paragraph"),
    ),
    "single": lambda text: (
        say("Single quotation marks do not make a phrase."),
        say("Use double quotation marks: {quoted}", quoted=f'"{text[1:-1]}"'),
    ),
    "quote": lambda _text: (
        say("This quotation mark is never closed."),
        say("Add a closing quotation mark, or remove this one"),
    ),
    "bracket": lambda text: (
        say("“{sign}” is only for date ranges.", sign=text),
        say("Write [2018-07-01 TO 2018-07-31], or ( ) around a group"),
    ),
    "minus": lambda text: (
        say("“{sign}” before a word does not exclude it here.", sign=text),
        say("Write NOT before the word, or remove the character"),
    ),
    "and or": lambda text: (
        say("“{sign}” is not an operator here.", sign=text),
        say(
            "Write OR: it also finds records with both words; to search for the words themselves, use quotation marks: {quoted}",
            quoted=f'"{text}"',
        ),
    ),
    "glued": lambda text: (
        say("In “{sign}”, a period touches what may be an operator.", sign=text),
        say("Remove the period; to search for the words themselves, use quotation marks: {quoted}", quoted=f'"{text}"'),
    ),
    "percent": lambda _text: (
        say("“%” in a word means similar words only in dtSearch syntax."),
        say("Write ~ at the end of the word, such as banana~, or choose dtSearch syntax"),
    ),
    "bar": lambda text: (say("“{sign}” is not an operator here.", sign=text), say("Write OR")),
    "recognizer": lambda text: (
        say("“{sign}” recognizes types of text in dtSearch. This search has no equivalent.", sign=text),
        say("For dates, write [2018-07-01 TO 2018-07-31]; for anything else, write the words or a wildcard, such as riverbend* or ===="),
    ),
    "anchor": lambda text: (
        say("“{sign}” means the first or last word of a document in dtSearch. This search has no equivalent.", sign=text),
        say("Remove it together with its w/ or pre/"),
    ),
    "contains": lambda text: (
        say("“{sign}” searches a field in dtSearch; here, a field is written with a colon.", sign=text),
        say(
            'Write the field, a colon, and the words, such as author:"Jane Roe"; to search for the words themselves, use '
            "quotation marks: {quoted}",
            quoted=f'"{text}"',
        ),
    ),
    "andany": lambda text: (
        say("“{sign}” makes the following words optional in dtSearch, so it does not change the result.", sign=text),
        say("Remove it and what follows it, or write OR"),
    ),
    "regex": lambda text: (
        say("“{sign}” is a regular expression, which this search does not support.", sign=text),
        say("Use a wildcard: * is any number of letters, ? is one letter, = is one digit"),
    ),
    "synonym": lambda text: (
        say("“{sign}” searches for synonyms, which this search does not support.", sign=text),
        say("Write the words you mean: ({word} or …)", word=text.rstrip("&")),
    ),
}
"""Message and suggestion by the token's `why`, as functions of its text."""

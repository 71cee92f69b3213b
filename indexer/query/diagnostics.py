"""What is wrong in a query, at which place, and what would be right: never an empty result in its stead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from whoosh.qparser import syntax

from indexer.i18n import Sentence, say
from indexer.query import other_systems
from indexer.query.nodes import MOST_APART


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault of a query. `start` and `end` are places in the text as typed (code points, end excluded).

    `code` is empty for what cannot be read, else why a sound query was not answered (docs/command-line.md).
    """

    start: int
    end: int
    message: str
    suggestion: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A doubtful reading: what was done with a place of the query, and the query that says the other thing (None: there is none).

    `code` is one of `CODES`, which do not change.
    """

    code: str
    start: int
    end: int
    message: str
    other_query: str | None = None


CODES: Final = (
    "small-operator",  # and, or, not in small letters: read as words
    "mixed-and-or",  # AND beside OR without parentheses: AND was done first
    "other-operator",  # an operator of another search program
    "glued-parenthesis",  # a parenthesis that touches a word: read as a phrase, or as a group
    "question-mark",  # a ? at a sentence's end, or at the end of a word
    "sign-not-searched",  # a sign beside a word that nothing was looked for by
    "similar-words",  # a % before or after a word of the dtSearch dialect
    "list-marks",  # numbers, letters or bullets before lines, which were taken off
    "several-lines",  # lines that were read as one query
    "columns",  # a tab in a line of a list
)
"""The kinds of announcements, as JSON and certificates name them (docs/query-language.md)."""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one most likely means, or nothing."""
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def listed(words: Iterable[str]) -> str:
    """Return words as "a, b, c", each once: the words of the query language are the same in every language."""
    return ", ".join(dict.fromkeys(words))


OTHER_SYSTEM: Final = "other system"
"""Why an operator of another search program is refused: `other_systems` has the words."""


class Trouble(syntax.MarkerNode):  # type: ignore[misc]  # Whoosh has no types
    """A sign that is not valid at its place. `why` is a key of the messages below."""

    def __init__(self, why: str, text: str = "") -> None:
        self.why, self.text = why, text


def diagnostic(sign: Trouble) -> Diagnostic:
    """Return what is wrong with a sign. Raises KeyError for a trouble that has no words."""
    return Diagnostic(sign.startchar, sign.endchar, *_said(sign.why, sign.text))


def _said(why: str, text: str) -> tuple[Sentence, Sentence]:
    if why == OTHER_SYSTEM:
        return other_systems.words_of(text)
    inside = _inside(text)
    return {
        "distance": (
            say("“{sign}” is not a valid distance.", sign=text),
            say(
                "Write w/5 or pre/5 with a number from 1 to {most}; for the sign itself, use quotation marks: {quoted}",
                most=MOST_APART,
                quoted=f'"{text}"',
            ),
        ),
        "sentence": (
            say("“{sign}” asks for one sentence or paragraph, and a post is not kept in them.", sign=text),
            say("Write a number of words: w/15 is about a sentence, w/50 a paragraph"),
        ),
        "single": (
            say("Single quotation marks do not make a phrase."),
            say("Use double ones: {quoted}", quoted=f'"{text[1:-1]}"'),
        ),
        "quote": (
            say("This quotation mark is never closed."),
            say("Close the phrase with a second quotation mark, or leave this one out"),
        ),
        "bracket": (
            say("“{sign}” is only for a range of days.", sign=text),
            say("Write [2018-07-01 TO 2018-07-31], or ( ) around a group"),
        ),
        "minus": (
            say("“{sign}” before a word does not exclude it here.", sign=text),
            say("Write NOT before the word, or leave the sign out"),
        ),
        "and or": (
            say("“{sign}” is not an operator here.", sign=text),
            say(
                "Write OR: it finds records with both words as well; for the words themselves, use quotation marks: {quoted}",
                quoted=f'"{text}"',
            ),
        ),
        "glued": (
            say("In “{sign}” a stop touches what may be an operator.", sign=text),
            say("Leave the stop out; for the words themselves, use quotation marks: {quoted}", quoted=f'"{text}"'),
        ),
        "percent": (
            say("The sign “%” in a word means similar words only in the dtSearch dialect."),
            say("Write ~ at the end of the word, like banana~, or choose the dtSearch dialect"),
        ),
        "bar": (say("“{sign}” is not an operator here.", sign=text), say("Write OR")),
        "recogniser": (
            say("“{sign}” recognizes kinds of text in dtSearch, and there is nothing like it here.", sign=text),
            say("For days, write [2018-07-01 TO 2018-07-31]; for other things, write the words or a wildcard, like riverbend* or ===="),
        ),
        "anchor": (
            say("“{sign}” means the first or the last word of a document in dtSearch, and there is nothing like it here.", sign=text),
            say("Leave it out, with its w/ or pre/"),
        ),
        "contains": (
            say("“{sign}” looks into a field in dtSearch; here a field is written with a colon.", sign=text),
            say(
                'Write the field, a colon and the words, like author:"Jane Roe"; for the words themselves, use quotation marks: {quoted}',
                quoted=f'"{text}"',
            ),
        ),
        "andany": (
            say("“{sign}” makes what follows it optional in dtSearch, so it finds nothing more and nothing less.", sign=text),
            say("Leave it out with what follows it, or write OR"),
        ),
        "regex": (
            say("“{sign}” is a regular expression, and there are none here.", sign=text),
            say("Write a wildcard: * is any letters, ? is one, = is one digit"),
        ),
        "synonym": (
            say("“{sign}” asks for synonyms, and there is no list of them here.", sign=text),
            say("Write the words that are meant: ({word} or …)", word=inside),
        ),
    }[why]


def _inside(text: str) -> str:
    return text.rstrip("&")

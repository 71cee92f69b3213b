"""Operators of other search programs: one table for both dialects, for searches, term lists and certificates.

An unambiguous spelling is rejected with a suggested replacement. A spelling that is also an ordinary word (`w2`, `near`) is
read as that word, and the alternative is announced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from re import Match
from typing import Final

from indexer.i18n import Sentence, say
from indexer.query.nodes import MOST_APART

_SLASH: Final = r"\s?[/\\⁄∕／|]{1,2}\s?"
_ANY_ORDER: Final = "wi|within|near|nnear|nw|notw|notnear|beside|dist|n"
_IN_ORDER: Final = "p|onear|adj|before|b"
_LONG_NAMES: Final = "wi|within|near|nnear|onear|pre|adj|nw|notw|notnear|beside|before|dist"  # nobody writes these with a number as words
_SENTENCE: Final = 15  # words, about
_PARAGRAPH: Final = 50


@dataclass(frozen=True, slots=True)
class Spelling:
    """A spelling of an operator in another program. `instead` turns a match into our syntax; empty means leave it out.

    `glued`: part of a word. `is_word`: also an ordinary word, so it is announced rather than rejected.
    """

    name: str
    pattern: str
    instead: Callable[[Match[str]], str]
    examples: tuple[str, ...]
    glued: bool = False
    is_word: bool = False


def _proximity(match: Match[str]) -> str:
    """Return `w/5`, `pre/5` or `not w/5` for an operator name and a number."""
    return _proximity_operator(match["name"] or "", int(match["distance"][:6]), is_not=bool(match["not"]))


def _proximity_operator(name: str, distance: int, *, is_not: bool = False) -> str:
    operator = "pre" if name.lower() in {*_IN_ORDER.split("|"), "pre"} else "w"
    is_not = is_not or name.lower() in {"notw", "notnear", "nw"}
    return f"{'not ' if is_not else ''}{operator}/{min(max(distance, 1), MOST_APART)}"


def _ordered(match: Match[str]) -> str:
    return f"pre/{min(max(int(match['distance'][:6]), 1), MOST_APART)}"


def _sentence(match: Match[str]) -> str:
    words = _SENTENCE if match["unit"].lower().startswith("s") else _PARAGRAPH
    how = "pre" if match["name"] and match["name"].lower() in {"pre", "+"} else "w"
    return f"{'not ' if match['not'] else ''}{how}/{words}"


_NOT: Final = r"(?P<not>(?i:not)\s+)?"

TABLE: Final = (
    Spelling(
        "root",
        r"(?P<stem>[#@]?[^\W_](?:[\w'’.-]*\w)?)[!！]+",
        lambda match: f"{match['stem']}*",
        ("budget!", "counc!", "neglig!"),
        glued=True,
    ),
    Spelling(
        "nearness with a slash",
        rf"{_NOT}(?P<name>(?i:{_ANY_ORDER}|{_IN_ORDER})){_SLASH}(?P<distance>[0-9]+)",
        _proximity,
        (
            "wi/5",
            "within/5",
            "n/5",
            "near/5",
            "NEAR/5",
            "p/5",
            "onear/5",
            "ONEAR/5",
            "adj/5",
            "notw/5",
            "nw/5",
            "p\\5",
            "not near/5",
            "n/ 5",
        ),
    ),
    Spelling(
        "nearness with another slash",
        rf"{_NOT}(?P<name>(?i:w|pre))(?:\s?(?:\\{{1,2}}|\||//)\s?)(?P<distance>[0-9]+)",
        _proximity,
        ("w\\5", "W\\5", "pre\\5", "w|5", "w//5", "not w\\5"),
    ),
    Spelling(
        "nearness without a slash",
        rf"{_NOT}(?P<name>(?i:{_LONG_NAMES}))[-_.=]?(?P<distance>[0-9]{{1,3}})",
        _proximity,
        ("pre5", "PRE5", "near5", "adj5", "onear5", "wi5", "within5", "notw5", "near-5"),
    ),
    Spelling(
        "nearness in parentheses",
        rf"{_NOT}(?P<name>(?i:{_LONG_NAMES}|w))\s?\(\s*(?:[nN]\s*=\s*)?(?P<distance>[0-9]+)\s*\)",
        _proximity,
        ("NEAR(5)", "near(n=5)", "ONEAR(n=5)", "w(5)"),
    ),
    Spelling(
        "nearness in a sentence",
        rf"{_NOT}(?P<name>(?i:within))\s+(?P<distance>[0-9]+)\s+(?i:words?)(?:\s+(?i:of|from))?",
        _proximity,
        ("within 5 words of", "WITHIN 5 WORDS"),
    ),
    Spelling("a bare number", rf"{_NOT}(?P<name>)[/\\](?P<distance>[0-9]+)", _proximity, ("/5", "\\5")),
    Spelling(
        "sentence or paragraph",
        rf"{_NOT}(?P<name>(?i:wi|within|near|onear|pre|w|adj|notw|\+)?)(?:(?<=\+)|\s?[/\\])(?P<unit>(?i:sentence|paragraph|sent|para|s|p))",
        _sentence,
        ("/s", "/p", "\\s", "+s", "+p", "wi/s", "near/p", "w\\p", "within/s"),
    ),
    Spelling("side by side", r"(?P<op>(?i:adj))", lambda _match: "pre/1", ("adj", "ADJ")),
    Spelling("in order", r"(?P<op>(?i:onear))", lambda _match: "pre/10", ("onear", "ONEAR")),
    Spelling("near", r"(?P<op>NEAR|NNEAR|nnear)", lambda _match: "w/10", ("NEAR",)),
    Spelling("not near", r"(?P<op>(?i:notw|notnear|not\s+near))", lambda _match: "not w/10", ("notw", "NOT NEAR")),
    Spelling("but not", r"(?P<op>(?i:butnot|andnot)|BUT\s+NOT|%)", lambda _match: "NOT", ("BUTNOT", "andnot", "BUT NOT", "%")),
    Spelling("exclusive or", r"(?P<op>(?i:xor))", lambda _match: "OR", ("XOR", "xor")),
    Spelling("and", r"(?P<op>&&)", lambda _match: "AND", ("&&",)),
    Spelling("often", r"(?P<op>(?i:atleast|atl)[0-9]+)", lambda _match: "", ("ATLEAST5", "atl5")),
    Spelling(
        "weight",
        r"(?P<stem>[^\W_](?:[\w'’.-]*\w)?)\^[0-9.]+",
        lambda match: match["stem"],
        ("budget^2",),
        glued=True,
    ),
    Spelling(
        "a letter and a number",
        rf"{_NOT}(?P<name>(?i:w|n|p))[-_.=]?(?P<distance>[0-9]{{1,3}})",
        _proximity,
        ("w5", "n5", "p5", "W5", "w-5"),
        is_word=True,
    ),
    Spelling("plus and a number", r"(?P<name>\+)(?P<distance>[0-9]{1,3})", _ordered, ("+5",), is_word=True),
    Spelling("near as a word", r"(?P<op>near|Near)", lambda _match: "w/10", ("near",), is_word=True),
)
"""Known spellings, unambiguous ones first; the first match applies."""

_COMPILED: Final = tuple((spelling, re.compile(spelling.pattern)) for spelling in TABLE)
_APART: Final = re.compile(rf"(?i:{_LONG_NAMES}|w)")
_INSIDE: Final = re.compile(r"(?<![^\W_])(?i:w|wi|within|pre|near|onear|adj|notw|nw)[/\\⁄∕／][0-9]+|(?i:\w(?:w|pre)/[0-9]+[^\W\d])")


def find_operator(text: str) -> Spelling | None:
    """Find the unambiguous spelling that a text is."""
    return next((spelling for spelling, expression in _COMPILED if not spelling.is_word and expression.fullmatch(text)), None)


def find_word_operator(text: str) -> Spelling | None:
    """Find the spelling that a text may be, although it is also an ordinary word."""
    return next((spelling for spelling, expression in _COMPILED if spelling.is_word and expression.fullmatch(text)), None)


def join_spaced(name: str, number: str) -> str:
    """Return our syntax for an operator name and a number separated by a space (`within 5`, `pre 5`); else empty."""
    if not _APART.fullmatch(name) or not re.fullmatch(r"[0-9]{1,3}", number):
        return ""
    return _proximity_operator(name, int(number))


def rewrite(text: str, spelling: Spelling) -> str:
    """Return our syntax for a spelling; empty if it is left out."""
    match = re.fullmatch(spelling.pattern, text)
    return spelling.instead(match) if match else ""


def has_embedded_operator(text: str) -> bool:
    """Whether a word has a proximity operator inside (`councilw/5budget`)."""
    return bool(_INSIDE.search(text))


def patterns() -> Iterator[tuple[str, bool]]:
    """Yield the pattern of each unambiguous spelling without group names, and whether it is part of a word."""
    for spelling in TABLE:
        if not spelling.is_word:
            yield re.sub(r"\?P<\w+>", "?:", spelling.pattern), spelling.glued


def explain(text: str) -> tuple[Sentence, Sentence]:
    """Message and suggestion for an unambiguous spelling."""
    spelling = find_operator(text)
    written = rewrite(text, spelling) if spelling else ""
    message = say("“{sign}” is an operator of another search program.", sign=text)
    quoted = f'"{text}"'
    if spelling and spelling.name == "root":
        return (
            say("“!” at the end of a word means any ending in other search programs; it is not an operator here.", sign=text),
            say("Write {written} for every word that starts this way, or remove the “!”", written=written),
        )
    if spelling and spelling.name == "sentence or paragraph":
        return (
            say("“{sign}” searches within a sentence or paragraph, which this search does not support.", sign=text),
            say("Use a number of words: w/15 is about a sentence, w/50 about a paragraph"),
        )
    if not written:
        return message, say("This search has no equivalent: remove it")
    if not any(letter.isalnum() for letter in text):
        return message, say("Write {written}, or remove it", written=written)
    if spelling and spelling.glued:
        return message, say("Write {written}", written=written)
    return message, say("Write {written}; to search for the text itself, use quotation marks: {quoted}", written=written, quoted=quoted)

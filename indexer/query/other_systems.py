"""Operators of other search programs: one table, applied to every spelling, in both dialects, in searches, term lists and certificates.

A spelling that can be nothing else is refused with what to write instead. One that is an ordinary word as well (`w2`, `near`) is
read as that word, and the other reading is announced.
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
_LONG_NAMES: Final = "wi|within|near|nnear|onear|pre|adj|nw|notw|notnear|beside|before|dist"  # nobody writes these as words with a number
_SENTENCE: Final = 15  # words, about
_PARAGRAPH: Final = 50


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way of writing an operator elsewhere. `instead` makes of a match the text to write here; empty: to be left out.

    `glued`: the sign is a part of a word. `is_word`: an ordinary word too, so it is announced and not refused.
    """

    name: str
    pattern: str
    instead: Callable[[Match[str]], str]
    examples: tuple[str, ...]
    glued: bool = False
    is_word: bool = False


def _nearness(found: Match[str]) -> str:
    """Return `w/5`, `pre/5` or `not w/5` for a name and a number."""
    return _written(found["name"] or "", int(found["distance"][:6]), is_not=bool(found["not"]))


def _written(name: str, distance: int, *, is_not: bool = False) -> str:
    how = "pre" if name.lower() in {*_IN_ORDER.split("|"), "pre"} else "w"
    is_not = is_not or name.lower() in {"notw", "notnear", "nw"}
    return f"{'not ' if is_not else ''}{how}/{min(max(distance, 1), MOST_APART)}"


def _ordered(found: Match[str]) -> str:
    return f"pre/{min(max(int(found['distance'][:6]), 1), MOST_APART)}"


def _sentence(found: Match[str]) -> str:
    words = _SENTENCE if found["unit"].lower().startswith("s") else _PARAGRAPH
    how = "pre" if found["name"] and found["name"].lower() in {"pre", "+"} else "w"
    return f"{'not ' if found['not'] else ''}{how}/{words}"


_NOT: Final = r"(?P<not>(?i:not)\s+)?"

TABLE: Final = (
    Spelling(
        "root",
        r"(?P<stem>[#@]?[^\W_](?:[\w'’.-]*\w)?)[!！]+",
        lambda found: f"{found['stem']}*",
        ("budget!", "counc!", "neglig!"),
        glued=True,
    ),
    Spelling(
        "nearness with a slash",
        rf"{_NOT}(?P<name>(?i:{_ANY_ORDER}|{_IN_ORDER})){_SLASH}(?P<distance>[0-9]+)",
        _nearness,
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
        _nearness,
        ("w\\5", "W\\5", "pre\\5", "w|5", "w//5", "not w\\5"),
    ),
    Spelling(
        "nearness without a slash",
        rf"{_NOT}(?P<name>(?i:{_LONG_NAMES}))[-_.=]?(?P<distance>[0-9]{{1,3}})",
        _nearness,
        ("pre5", "PRE5", "near5", "adj5", "onear5", "wi5", "within5", "notw5", "near-5"),
    ),
    Spelling(
        "nearness in parentheses",
        rf"{_NOT}(?P<name>(?i:{_LONG_NAMES}|w))\s?\(\s*(?:[nN]\s*=\s*)?(?P<distance>[0-9]+)\s*\)",
        _nearness,
        ("NEAR(5)", "near(n=5)", "ONEAR(n=5)", "w(5)"),
    ),
    Spelling(
        "nearness in a sentence",
        rf"{_NOT}(?P<name>(?i:within))\s+(?P<distance>[0-9]+)\s+(?i:words?)(?:\s+(?i:of|from))?",
        _nearness,
        ("within 5 words of", "WITHIN 5 WORDS"),
    ),
    Spelling("a bare number", rf"{_NOT}(?P<name>)[/\\](?P<distance>[0-9]+)", _nearness, ("/5", "\\5")),
    Spelling(
        "sentence or paragraph",
        rf"{_NOT}(?P<name>(?i:wi|within|near|onear|pre|w|adj|notw|\+)?)(?:(?<=\+)|\s?[/\\])(?P<unit>(?i:sentence|paragraph|sent|para|s|p))",
        _sentence,
        ("/s", "/p", "\\s", "+s", "+p", "wi/s", "near/p", "w\\p", "within/s"),
    ),
    Spelling("side by side", r"(?P<op>(?i:adj))", lambda _found: "pre/1", ("adj", "ADJ")),
    Spelling("in order", r"(?P<op>(?i:onear))", lambda _found: "pre/10", ("onear", "ONEAR")),
    Spelling("near", r"(?P<op>NEAR|NNEAR|nnear)", lambda _found: "w/10", ("NEAR",)),
    Spelling("not near", r"(?P<op>(?i:notw|notnear|not\s+near))", lambda _found: "not w/10", ("notw", "NOT NEAR")),
    Spelling("but not", r"(?P<op>(?i:butnot|andnot)|BUT\s+NOT|%)", lambda _found: "NOT", ("BUTNOT", "andnot", "BUT NOT", "%")),
    Spelling("exclusive or", r"(?P<op>(?i:xor))", lambda _found: "OR", ("XOR", "xor")),
    Spelling("and", r"(?P<op>&&)", lambda _found: "AND", ("&&",)),
    Spelling("often", r"(?P<op>(?i:atleast|atl)[0-9]+)", lambda _found: "", ("ATLEAST5", "atl5")),
    Spelling(
        "weight",
        r"(?P<stem>[^\W_](?:[\w'’.-]*\w)?)\^[0-9.]+",
        lambda found: found["stem"],
        ("budget^2",),
        glued=True,
    ),
    Spelling(
        "a letter and a number",
        rf"{_NOT}(?P<name>(?i:w|n|p))[-_.=]?(?P<distance>[0-9]{{1,3}})",
        _nearness,
        ("w5", "n5", "p5", "W5", "w-5"),
        is_word=True,
    ),
    Spelling("plus and a number", r"(?P<name>\+)(?P<distance>[0-9]{1,3})", _ordered, ("+5",), is_word=True),
    Spelling("near as a word", r"(?P<op>near|Near)", lambda _found: "w/10", ("near",), is_word=True),
)
"""Every spelling that is known, the certain ones first; the first one that fits a text is meant."""

_COMPILED: Final = tuple((one, re.compile(one.pattern)) for one in TABLE)
_APART: Final = re.compile(rf"(?i:{_LONG_NAMES}|w)")
_INSIDE: Final = re.compile(r"(?<![^\W_])(?i:w|wi|within|pre|near|onear|adj|notw|nw)[/\\⁄∕／][0-9]+|(?i:\w(?:w|pre)/[0-9]+[^\W\d])")


def certain(text: str) -> Spelling | None:
    """Return the spelling that a text is and that can be nothing else."""
    return next((one for one, expression in _COMPILED if not one.is_word and expression.fullmatch(text)), None)


def as_word(text: str) -> Spelling | None:
    """Return the spelling that a text may be, though it is an ordinary word as well."""
    return next((one for one, expression in _COMPILED if one.is_word and expression.fullmatch(text)), None)


def apart(name: str, number: str) -> str:
    """Return what is written here for a name and a number with a space between (`within 5`, `pre 5`); empty for other words."""
    if not _APART.fullmatch(name) or not re.fullmatch(r"[0-9]{1,3}", number):
        return ""
    return _written(name, int(number))


def instead(text: str, spelling: Spelling) -> str:
    """Return what is written here in the place of a spelling; empty where it is left out."""
    found = re.fullmatch(spelling.pattern, text)
    return spelling.instead(found) if found else ""


def hidden(text: str) -> bool:
    """Tell whether a word holds a nearness that touches other letters (`councilw/5budget`) or stands in it."""
    return bool(_INSIDE.search(text))


def patterns() -> Iterator[tuple[str, bool]]:
    """Yield the pattern of each certain spelling without names of groups, and whether it is a part of a word."""
    for one in TABLE:
        if not one.is_word:
            yield re.sub(r"\?P<\w+>", "?:", one.pattern), one.glued


def words_of(text: str) -> tuple[Sentence, Sentence]:
    """Return what is said of a certain spelling: what it is, and what to write instead."""
    spelling = certain(text)
    written = instead(text, spelling) if spelling else ""
    message = say("“{sign}” is an operator of another search program.", sign=text)
    quoted = f'"{text}"'
    if spelling and spelling.name == "root":
        return (
            say("“!” at the end of a word means any ending in other search programs; here it is not an operator.", sign=text),
            say("Write {written} for every word that begins so, or leave the “!” out", written=written),
        )
    if spelling and spelling.name == "sentence or paragraph":
        return (
            say("“{sign}” asks for one sentence or paragraph, and a post is not kept in them.", sign=text),
            say("Write a number of words: w/15 is about a sentence, w/50 a paragraph"),
        )
    if not written:
        return message, say("There is nothing like it here: leave it out")
    if not any(sign.isalnum() for sign in text):
        return message, say("Write {written}, or leave it out", written=written)
    if spelling and spelling.glued:
        return message, say("Write {written}", written=written)
    return message, say("Write {written}; for the sign itself, use quotation marks: {quoted}", written=written, quoted=quoted)

"""One term of a query - a word, phrase, tag, address or field value as typed - becomes a node of the tree."""

from __future__ import annotations

import re
from typing import Final

from indexer.query_days import day_node
from indexer.query_diagnostics import Diagnostic, closest, listed
from indexer.query_items import fuzzy_faults, items, wildcard_faults
from indexer.query_nodes import (
    HAS,
    KINDS,
    PLATFORMS,
    TEXT,
    Dialect,
    Everything,
    Fuzzy,
    Node,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
    clip,
    tag_key,
)
from indexer.saying import say
from indexer.stems import stem
from indexer.text import words

_CLOSED: Final = {"platform": PLATFORMS, "kind": KINDS, "has": HAS}
_TAGS: Final = {"hashtag": "#", "mention": "@"}
_SIGNED: Final = re.compile(r"([#＃@＠])(.+)", re.DOTALL)
_ROW: Final = re.compile(r"\*[*]*")
_LITERAL: Final = re.compile(r"\\\{([^{}\\]+)\}")
_SUFFIX: Final = re.compile(r"(.*?)(~~|~[12]?)", re.DOTALL)


def term(field: str | None, typed: str, start: int, *, quoted: bool = False, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Return the node of a term, or what is wrong with it. `start` is its place; `field` is None for the text."""
    end = start + len(typed)
    if field in _CLOSED:
        return _closed(field, typed.strip(), start, end)
    if field in {"date", "from", "to"}:
        return day_node(field, typed.strip(), start, end)
    if field in _TAGS:
        return _tag(field, typed, start, dialect)
    if field is None and not quoted and (signed := tag_of(typed)):
        return _tag(signed, typed, start, dialect)
    return _words(field or TEXT, typed, start, dialect, quoted=quoted)


def tag_of(typed: str) -> str | None:
    """Return "hashtag" or "mention" when a typed word is one tag: `#flood`, `@city.hall`, `#flo*`, but not `#1,000` or `@`."""
    signed = _SIGNED.fullmatch(typed.strip())
    if not signed:
        return None
    inside = re.sub(r"[*?]|~{1,2}[0-9]*$", "", signed[2])
    if signed[1] in "#＃":
        return "hashtag" if re.fullmatch(r"\w[\w\u0300-\u036f]*", inside) and not inside.isdigit() else None
    return "mention" if re.fullmatch(r"\w[\w.]*", inside) else None


def address(field: str | None, typed: str, start: int, dialect: Dialect = Dialect.PLAIN) -> Node | Diagnostic:
    """Return the node of a web address: a link of the record, or the same words in its text."""
    inside = tuple(Word(clip(word), "url") for word in words(typed))
    if field not in {None, "url"}:
        return term(field, typed, start, dialect=dialect)
    link = Phrase(inside, "url") if len(inside) > 1 else inside[0]
    said = tuple(Word(word.word) for word in inside)
    return link if field else Or((link, Phrase(said) if len(said) > 1 else said[0]))


def _closed(field: str, typed: str, start: int, end: int) -> Node | Diagnostic:
    known = _CLOSED[field]
    if value := known.get(typed.lower()):
        return Word(value, field)
    message = say("“{value}” is no value of {field}:.", value=typed, field=field)
    if near := closest(typed, known):
        return Diagnostic(
            start,
            end,
            message,
            say("Did you mean {field}:{near}? {field}: is one of these: {known}", field=field, near=near, known=listed(known)),
        )
    return Diagnostic(start, end, message, say("{field}: is one of these: {known}", field=field, known=listed(known)))


def _tag(field: str, typed: str, start: int, dialect: Dialect) -> Node | Diagnostic:
    end, sign = start + len(typed), _TAGS[field]
    exact = _LITERAL.fullmatch(typed.strip())
    if exact and (key := "".join(fold_tag(exact[1]).split())):
        return Word(clip(key), field)
    suffixed = _SUFFIX.fullmatch(typed.strip())
    key = _ROW.sub("*", tag_key(suffixed[1] if suffixed else typed)).strip("\u200d")  # a joiner that joins nothing
    if not re.sub(r"[*?]", "", key):
        message = say("“{tag}” names no hashtag.", tag=typed) if field == "hashtag" else say("“{tag}” names no mention.", tag=typed)
        return Diagnostic(start, end, message, say("For records with any of them, write has:{field}", field=field))
    if len(typed.split()) > 1:
        return Diagnostic(
            start,
            end,
            say("A hashtag or a mention is one word without spaces."),
            say("Write {tag}", tag=sign + key),
        )
    if '"' in key or "\\" in key or "~" in key or ("%" in key and dialect is Dialect.DTSEARCH):
        return Diagnostic(
            start,
            end,
            say("“{tag}” holds a sign that no hashtag or mention has.", tag=typed),
            say("Write its letters, digits and _ only, like {tag}", tag=f"{sign}flood"),
        )
    if "*" in typed or "?" in typed:
        wrong = wildcard_faults(key)
        if suffixed:
            wrong = say("“{word}” has signs that do not go together.", word=typed), say("Leave the ~ or the wildcard out")
        return Diagnostic(start, end, *wrong) if wrong else Wildcard(key, field, sign + typed.strip().lstrip("#＃@＠"))
    if suffixed:
        return _tag_after(field, typed, key, suffixed[2], start=start, dialect=dialect)
    return Word(key, field)


def fold_tag(key: str) -> str:
    """Return a tag's key folded without looking for its sign, which is a part of it here."""
    return tag_key("#" + key) if not key.startswith(("#", "＃", "@", "＠")) else key.lower()


def _tag_after(field: str, typed: str, key: str, sign: str, *, start: int, dialect: Dialect) -> Node | Diagnostic:
    """Return what `#flod~` means: hashtags that are similar, or with the same stem."""
    written = _TAGS[field] + typed.strip().lstrip("#＃@＠")
    if sign == "~~" or dialect is Dialect.DTSEARCH:
        return Stem(stem(key), field, written)
    edits = 2 if sign == "~2" else 1
    wrong = fuzzy_faults(written, key, edits)
    return Diagnostic(start, start + len(typed), *wrong) if wrong else Fuzzy(key, edits, 0, field, written)


def _words(field: str, typed: str, start: int, dialect: Dialect, *, quoted: bool) -> Node | Diagnostic:
    end = start + len(typed)
    if not quoted and field == TEXT and set(typed) == {"*"}:
        return Everything()
    found = items(field, typed, start, dialect, quoted=quoted)
    if isinstance(found, Diagnostic):
        return found
    if not found:
        return Diagnostic(
            start,
            end,
            say("“{sign}” holds no letter, digit or emoji, so it cannot be searched for.", sign=typed.strip()),
            say(
                "Leave it out, or write AND; for words that follow each other, use quotation marks: {example}",
                example='"parks & recreation"',
            ),
        )
    return found[0] if len(found) == 1 else Phrase(tuple(found), field)

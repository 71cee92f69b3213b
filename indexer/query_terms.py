"""One term of a query - a word, phrase, tag, address or field value as typed - becomes a node of the tree."""

from __future__ import annotations

import re

from indexer.query_days import day_node
from indexer.query_diagnostics import Diagnostic, closest, listed
from indexer.query_nodes import HAS, KINDS, PLATFORMS, TEXT, Everything, Node, Or, Phrase, Wildcard, Word, clip, tag_key
from indexer.text import tokens, words

_CLOSED = {"platform": PLATFORMS, "kind": KINDS, "has": HAS}
_TAGS = {"hashtag": "#", "mention": "@"}
_SIGNED = re.compile(r"([#＃@＠])(.+)", re.DOTALL)
_MOST_STARS, _MOST_MARKS = 5, 20  # more of them make an index think for minutes
_RUN = re.compile(r"\*[*]*")


def term(field: str | None, typed: str, start: int, *, quoted: bool = False) -> Node | Diagnostic:
    """Return the node of a term, or what is wrong with it. `start` is its place; `field` is None for the text."""
    end = start + len(typed)
    if not typed.strip():
        return Diagnostic(start, end, "Nothing stands between the quotation marks.", 'Write a phrase, like "city council"')
    if field in _CLOSED:
        return _closed(field, typed.strip(), start, end)
    if field in {"date", "from", "to"}:
        return day_node(field, typed.strip(), start, end)
    signed = _SIGNED.fullmatch(typed.strip()) if field is None and not quoted else None
    if signed and (field_of_sign := "hashtag" if signed[1] in "#＃" else "mention") and _is_tag(signed[2], signed[1]):
        return _tag(field_of_sign, signed[2], start, end)
    if field in _TAGS:
        return _tag(field, typed, start, end)
    return _words(field or TEXT, typed, start, quoted=quoted)


def address(field: str | None, typed: str, start: int) -> Node | Diagnostic:
    """Return the node of a web address: a link of the record, or the same words in its text."""
    inside = tuple(Word(clip(word), "url") for word in words(typed))
    if field not in {None, "url"}:
        return term(field, typed, start)
    link = Phrase(inside, "url") if len(inside) > 1 else inside[0]
    said = tuple(Word(word.word) for word in inside)
    return link if field else Or((link, Phrase(said) if len(said) > 1 else said[0]))


def _closed(field: str, typed: str, start: int, end: int) -> Node | Diagnostic:
    known = _CLOSED[field]
    if value := known.get(typed.lower()):
        return Word(value, field)
    near = closest(typed, known)
    suggestion = f"Did you mean {field}:{near}? " if near else ""
    return Diagnostic(start, end, f"“{typed}” is no value of {field}:.", f"{suggestion}{field}: is one of {listed(known)}.")


def _is_tag(typed: str, sign: str) -> bool:
    """Tell whether what follows a sign is one tag: `#flood`, `@city.hall`, `#flo*`, but not `#1,000` or `@`."""
    inside = re.sub(r"[*?]", "", typed)
    return bool(re.fullmatch(r"\w[\w\u0300-\u036f]*" if sign in "#＃" else r"\w[\w.]*", inside)) and not (
        sign in "#＃" and inside.isdigit()
    )


def _tag(field: str, typed: str, start: int, end: int) -> Node | Diagnostic:
    sign = _TAGS[field]
    key = _RUN.sub("*", tag_key(typed))
    if not re.sub(r"[*?]", "", key):
        return Diagnostic(start, end, f"“{typed}” names no {field}.", f"For records with any {field}, write has:{field}")
    if " " in typed.strip():
        return Diagnostic(start, end, f"A {field} is one word without spaces.", f"Write {sign}{key}")
    if key.count("*") > _MOST_STARS or key.count("?") > _MOST_MARKS:
        return Diagnostic(
            start, end, f"A word may hold {_MOST_STARS} * and {_MOST_MARKS} ? at most.", "Write more letters, or * for a row of ?"
        )
    if "*" in key or "?" in key:
        return Wildcard(key, field, sign + typed.strip().lstrip("#＃@＠"))
    return Word(key, field)


def _words(field: str, typed: str, start: int, *, quoted: bool) -> Node | Diagnostic:
    end = start + len(typed)
    if not quoted and field == TEXT and set(typed) == {"*"}:
        return Everything()
    items = _items(field, typed, quoted=quoted)
    if not items:
        return Diagnostic(
            start,
            end,
            f"“{typed.strip()}” holds no letter, digit or emoji, so it cannot be searched for.",
            'Leave it out. Between words, AND needs no sign; for words that follow each other, use quotation marks: "parks & recreation"',
        )
    for item in items:
        if isinstance(item, Wildcard) and not item.pattern.strip("*?"):
            return Diagnostic(
                start, end, "A wildcard stands alone: it would be any word at all.", "Write it with letters, like tax* or wo?d"
            )
        if isinstance(item, Wildcard) and (item.pattern.count("*") > _MOST_STARS or item.pattern.count("?") > _MOST_MARKS):
            return Diagnostic(
                start, end, f"A word may hold {_MOST_STARS} * and {_MOST_MARKS} ? at most.", "Write more letters, or * for a row of ?"
            )
    return items[0] if len(items) == 1 else Phrase(tuple(items), field)


def _items(field: str, typed: str, *, quoted: bool) -> list[Word | Wildcard]:
    """Return the words of a typed text; a wildcard that touches a word is a part of it."""
    pieces: list[tuple[str, int, int]] = [(token.word, token.start, token.end) for token in tokens(typed)]
    covered = {place for _word, first, after in pieces for place in range(first, after)}
    pieces += [(sign, at, at + 1) for at, sign in enumerate(typed) if at not in covered and _is_wild(field, typed, at, quoted=quoted)]
    items: list[Word | Wildcard] = []
    glued, typed_from, last, wild = "", 0, -1, False
    for piece, first, after in [*sorted(pieces, key=lambda piece: piece[1]), ("", len(typed) + 1, 0)]:
        is_wild = first not in covered and bool(piece)
        if glued and (first != last or not (is_wild or wild)):
            pattern = _RUN.sub("*", glued)
            items.append(Wildcard(pattern, field, typed[typed_from:last]) if wild else Word(clip(glued), field))
            glued, wild = "", False
        if not glued:
            typed_from = first
        glued, last, wild = glued + piece, after, wild or is_wild
    return items


def _is_wild(field: str, typed: str, at: int, *, quoted: bool) -> bool:
    """Tell whether a sign is a wildcard: `?` is not one in an address, nor at the end of a quoted word ("who pays?")."""
    if typed[at] == "*":
        return True
    if typed[at] != "?" or field == "url":
        return False
    return not quoted or bool(re.match(r"\?+[\w*]", typed[at:]))

"""The query language: text -> tree, diagnostics, and how it was read in plain English. The only parser.

Plain words mean AND. `AND OR NOT` in capitals, `a w/5 b`, `( )`, `"exact phrase"`, `word*`, `wo?d`, `word~`,
`field:value`, ranges of days, `#hashtag`, `@mention`. Nearness binds before NOT, NOT before AND, AND before OR. In the
dtSearch dialect words side by side are a phrase. See docs/query-language.md. A query with a fault has diagnostics and no
tree: it is never answered as if it had found nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from indexer.i18n import say
from indexer.query import checks, lexer
from indexer.query import reading as query_reading
from indexer.query.canonical import canonical
from indexer.query.diagnostics import Announcement, Diagnostic
from indexer.query.doubts import lists, readings
from indexer.query.nodes import (
    And,
    DayRange,
    Dialect,
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
    expanding,
    nodes,
)
from indexer.query.parser import Terms, nest

_MOST_FAULTS: Final = 50
_MOST_REREAD: Final = 60_000
"""Letters of other readings that are read for one query: a long one is announced without some of them."""

_OF_REFUSED: Final = frozenset({"small-operator", "other-operator", "list-marks", "several-lines"})
"""What is announced of a query that cannot be read: the others say how something was searched for."""

__all__ = [
    "And",
    "Announcement",
    "DayRange",
    "Diagnostic",
    "Dialect",
    "Everything",
    "Expanding",
    "Fuzzy",
    "Near",
    "Node",
    "Not",
    "NotNear",
    "NumberRange",
    "Numbered",
    "Or",
    "Parsed",
    "Phrase",
    "Stem",
    "Wildcard",
    "Word",
    "expanding",
    "nodes",
    "parse",
]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query as it was understood. `tree` is None exactly when there are diagnostics; then `reading` is empty."""

    tree: Node | None
    diagnostics: tuple[Diagnostic, ...]
    reading: str
    text: str
    dialect: Dialect = Dialect.PLAIN
    canonical: str = ""
    """The tree as text of the plain dialect with every parenthesis, which is read as the same tree; empty without a tree."""
    announcements: tuple[Announcement, ...] = ()
    """The doubtful readings, to be said before any number; each other query is one that can be run."""
    unread: tuple[int, ...] = ()
    """The places of signs that nothing is looked for by."""


def parse(text: str, dialect: Dialect = Dialect.PLAIN) -> Parsed:
    """Read a query. An empty one, like `*`, means every record. Raises nothing: what is wrong is in the diagnostics."""
    parsed, doubts = _read(text, dialect)
    return replace(parsed, announcements=tuple(_sound(parsed, doubts))) if doubts else parsed


def _read(text: str, dialect: Dialect) -> tuple[Parsed, list[Announcement]]:
    if long := checks.too_long(text):
        return Parsed(None, (long,), "", text, dialect), []
    seen = lexer.seen(text)
    if not seen.strip():
        return _parsed(Everything(), text, dialect), []
    seen, doubts = lists.unmarked(seen, dialect)
    signs = lexer.signs(seen, dialect)
    if ends := readings.sentence_ends(signs):
        for start, end in ends:
            seen = seen[:start] + " " * (end - start) + seen[end:]
        signs = lexer.signs(seen, dialect)
    flat = [sign for sign in signs if not sign.is_ws()]
    found = checks.faults(signs, seen, dialect)
    if dialect is Dialect.DTSEARCH:
        signs, apart = lexer.joined(signs, seen)
        found += apart
    # the terms are looked at one by one when the signs cannot be nested, so that all faults are told at once
    terms = Terms(dialect)
    steps = terms.steps(signs)
    found += terms.found
    tree: Node | None = None
    if not found:
        tree, found = nest(steps)
    read = readings.Read(text, seen, dialect, flat, steps, terms.unread, is_sound=tree is not None)
    doubts += readings.announcements(read, ends)
    if tree is not None and not found:
        unread = tuple(at for at, _is_quoted in terms.unread)
        return replace(_parsed(tree, text, dialect), unread=unread), doubts
    faults = sorted(dict.fromkeys(found), key=lambda fault: (fault.start, fault.end))
    return Parsed(None, _most_telling(faults), "", text, dialect), doubts


def _sound(parsed: Parsed, doubts: list[Announcement]) -> Iterator[Announcement]:
    """Yield the doubts whose other reading is another one; a query that cannot be run is no other reading."""
    is_refused = parsed.tree is None
    letters = _MOST_REREAD
    for one in doubts:
        if is_refused and one.code not in _OF_REFUSED:
            continue
        letters -= len(one.other_query or "")
        if one.other_query is None or letters < 0:
            yield replace(one, other_query=None)
            continue
        other, _doubts = _read(one.other_query, parsed.dialect)
        if other.tree is None:
            if not is_refused or one.code in {"list-marks", "several-lines"}:
                yield replace(one, other_query=None)
        elif other.tree != parsed.tree:
            yield one
        elif one.code in {"sign-not-searched", "list-marks"}:
            yield replace(one, other_query=None)


def _parsed(tree: Node, text: str, dialect: Dialect) -> Parsed:
    return Parsed(tree, (), query_reading.reading(tree), text, dialect, canonical(tree))


def _most_telling(faults: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the first faults, and one that says how many more there are."""
    shown, rest = faults[:_MOST_FAULTS], faults[_MOST_FAULTS:]
    if rest:
        end = max(fault.end for fault in rest)
        shown.append(
            Diagnostic(
                rest[0].start, end, say("There are {count} more errors.", count=len(rest)), say("Fix the first ones, then try again")
            )
        )
    return tuple(shown)

"""The query language: text -> tree, diagnostics, and how it was read in plain English. The only parser.

Plain words mean AND. `AND OR NOT` in capitals, `a w/5 b`, `( )`, `"exact phrase"`, `word*`, `wo?d`, `word~`,
`field:value`, ranges of days, `#hashtag`, `@mention`. Nearness binds before NOT, NOT before AND, AND before OR. In the
dtSearch dialect words side by side are a phrase. See docs/query-language.md. A query with a fault has diagnostics and no
tree: it is never answered as if it had found nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from indexer.i18n import say
from indexer.query import checks, lexer
from indexer.query import reading as query_reading
from indexer.query.canonical import canonical
from indexer.query.diagnostics import Diagnostic
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

__all__ = [
    "And",
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


def parse(text: str, dialect: Dialect = Dialect.PLAIN) -> Parsed:
    """Read a query. An empty one, like `*`, means every record. Raises nothing: what is wrong is in the diagnostics."""
    if long := checks.too_long(text):
        return Parsed(None, (long,), "", text, dialect)
    seen = lexer.seen(text)
    if not seen.strip():
        return _parsed(Everything(), text, dialect)
    signs = lexer.signs(seen, dialect)
    found = checks.faults(signs, seen, dialect)
    if dialect is Dialect.DTSEARCH:
        signs, apart = lexer.joined(signs, seen)
        found += apart
    # the terms are looked at one by one when the signs cannot be nested, so that all faults are told at once
    terms = Terms(dialect)
    steps = terms.steps(signs)
    found += terms.found
    if not found:
        tree, found = nest(steps)
        if not found:
            return _parsed(tree, text, dialect)
    return Parsed(None, _most_telling(sorted(dict.fromkeys(found), key=lambda fault: (fault.start, fault.end))), "", text, dialect)


def _parsed(tree: Node, text: str, dialect: Dialect) -> Parsed:
    return Parsed(tree, (), query_reading.reading(tree), text, dialect, canonical(tree))


def _most_telling(faults: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the first faults, and one that says how many more there are."""
    shown, rest = faults[:_MOST_FAULTS], faults[_MOST_FAULTS:]
    if rest:
        end = max(fault.end for fault in rest)
        shown.append(
            Diagnostic(
                rest[0].start, end, say("{count} more faults follow.", count=len(rest)), say("Repair the first ones, then look again")
            )
        )
    return tuple(shown)

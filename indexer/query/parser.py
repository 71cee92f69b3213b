"""Text -> tree, diagnostics, and a description in plain English. The only parser.

Plain words mean AND. `AND OR NOT` in capitals, `a w/5 b`, `( )`, `"exact phrase"`, `word*`, `wo?d`, `word~`,
`field:value`, date ranges, `#hashtag`, `@mention`. Proximity binds tighter than NOT, NOT tighter than AND, AND tighter
than OR. In the dtSearch dialect, adjacent words are a phrase. See docs/query-language.md. An invalid query has
diagnostics and no tree: it never looks like a query without hits.
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
from indexer.query.nodes import Dialect, Everything, Node
from indexer.query.tree_builder import TermReader, build_tree

_MAX_ERRORS: Final = 50
_MAX_ALTERNATIVE_LENGTH: Final = 60_000
"""Total length of the alternatives that are parsed per query; beyond it they are omitted from the announcements."""

_FOR_INVALID: Final = frozenset({"small-operator", "other-operator", "list-marks", "several-lines"})
"""Announcements for an invalid query: the others describe how something was searched."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed query. `tree` is None if and only if there are diagnostics; then `reading` is empty."""

    tree: Node | None
    diagnostics: tuple[Diagnostic, ...]
    reading: str
    text: str
    dialect: Dialect = Dialect.PLAIN
    canonical: str = ""
    """The tree as fully parenthesized text of the plain dialect, which parses to the same tree; empty without a tree."""
    announcements: tuple[Announcement, ...] = ()
    """Ambiguous readings, to be shown before any count; each alternative query is valid."""
    unsearched: tuple[int, ...] = ()
    """Offsets of characters that are not searched for."""


def parse(text: str, dialect: Dialect = Dialect.PLAIN) -> Parsed:
    """Parse a query. An empty query, like `*`, means every record. Errors are in the diagnostics, never raised."""
    parsed, doubts = _parse_text(text, dialect)
    return replace(parsed, announcements=tuple(_check_alternatives(parsed, doubts))) if doubts else parsed


def _parse_text(text: str, dialect: Dialect) -> tuple[Parsed, list[Announcement]]:
    if long := checks.too_long(text):
        return Parsed(None, (long,), "", text, dialect), []
    body = lexer.normalize(text)
    if not body.strip():
        return _valid(Everything(), text, dialect), []
    body, doubts = lists.remove_marks(body, dialect)
    tokens = lexer.tokenize(body, dialect)
    if ends := readings.find_sentence_ends(tokens):
        for start, end in ends:
            body = body[:start] + " " * (end - start) + body[end:]
        tokens = lexer.tokenize(body, dialect)
    flat = [token for token in tokens if not token.is_ws()]
    errors = checks.validate(tokens, body, dialect)
    if dialect is Dialect.DTSEARCH:
        tokens, adjacent_errors = lexer.merge_words(tokens, body)
        errors += adjacent_errors
    # terms are parsed even if the tokens are invalid, so that all errors are reported at once
    terms = TermReader(dialect)
    operands = terms.operands(tokens)
    errors += terms.errors
    tree: Node | None = None
    if not errors:
        tree, errors = build_tree(operands)
    read = readings.TokenizedQuery(text, body, dialect, flat, operands, terms.unsearched, is_sound=tree is not None)
    doubts += readings.find_ambiguities(read, ends)
    if tree is not None and not errors:
        unsearched = tuple(at for at, _is_quoted in terms.unsearched)
        return replace(_valid(tree, text, dialect), unsearched=unsearched), doubts
    ordered = sorted(dict.fromkeys(errors), key=lambda error: (error.start, error.end))
    return Parsed(None, _limit_errors(ordered), "", text, dialect), doubts


def _check_alternatives(parsed: Parsed, doubts: list[Announcement]) -> Iterator[Announcement]:
    """Yield the announcements whose alternative differs; an invalid alternative is dropped."""
    is_refused = parsed.tree is None
    letters = _MAX_ALTERNATIVE_LENGTH
    for doubt in doubts:
        if is_refused and doubt.code not in _FOR_INVALID:
            continue
        letters -= len(doubt.other_query or "")
        if doubt.other_query is None or letters < 0:
            yield replace(doubt, other_query=None)
            continue
        alternative, _doubts = _parse_text(doubt.other_query, parsed.dialect)
        if alternative.tree is None:
            if not is_refused or doubt.code in {"list-marks", "several-lines"}:
                yield replace(doubt, other_query=None)
        elif alternative.tree != parsed.tree:
            yield doubt
        elif doubt.code in {"sign-not-searched", "list-marks"}:
            yield replace(doubt, other_query=None)


def _valid(tree: Node, text: str, dialect: Dialect) -> Parsed:
    return Parsed(tree, (), query_reading.paraphrase(tree), text, dialect, canonical(tree))


def _limit_errors(errors: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the first errors, and the number of the rest as a last one."""
    shown, rest = errors[:_MAX_ERRORS], errors[_MAX_ERRORS:]
    if rest:
        end = max(error.end for error in rest)
        shown.append(
            Diagnostic(
                rest[0].start, end, say("There are {count} more errors.", count=len(rest)), say("Fix the first ones, then try again")
            )
        )
    return tuple(shown)

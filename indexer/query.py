"""The query language: text -> tree, diagnostics, and how it was read in plain English. The only parser.

Plain words mean AND. `AND OR NOT` in capitals, `( )`, `"exact phrase"`, `word*`, `wo?d`, `field:value`, ranges of
days, `#hashtag`, `@mention`. NOT binds before AND, AND before OR. See docs/query-language.md. A query with a fault has
diagnostics and no tree: it is never answered as if it had found nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from whoosh.qparser import syntax

from indexer import query_checks, query_reading, query_syntax
from indexer.query_days import range_node
from indexer.query_diagnostics import Diagnostic
from indexer.query_nodes import (
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
    all_of,
    any_of,
    expanding,
    nodes,
)
from indexer.query_terms import address, term

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


def parse(text: str, dialect: Dialect = Dialect.PLAIN) -> Parsed:  # noqa: ARG001  # dtSearch's way is read by query_dtsearch
    """Read a query. An empty one, like `*`, means every record. Raises nothing: what is wrong is in the diagnostics."""
    if not text.strip():
        return Parsed(Everything(), (), query_reading.reading(Everything()), text)
    if long := query_checks.too_long(text):
        return Parsed(None, (long,), "", text)
    parser = query_syntax.parser()
    signs = parser.tag(text)
    found = query_checks.faults(signs, text)
    builder = _Builder()
    tree = builder.node(parser.filterize(signs)) if not found else None
    if found or builder.found:
        # the terms are looked at one by one when the signs cannot be nested, so that all faults are told at once
        every = found + (builder.found or _faults_of_terms(signs))
        return Parsed(None, _most_telling(sorted(dict.fromkeys(every), key=lambda fault: (fault.start, fault.end))), "", text)
    if tree is None:
        raise AssertionError("a query without a fault has a tree")
    return Parsed(tree, (), query_reading.reading(tree), text)


def _most_telling(faults: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the first faults, and one that says how many more there are."""
    shown, rest = faults[:_MOST_FAULTS], faults[_MOST_FAULTS:]
    if rest:
        shown.append(
            Diagnostic(rest[0].start, rest[-1].end, f"{len(rest):,} more faults follow.", "Repair the first ones, then look again")
        )
    return tuple(shown)


def _faults_of_terms(signs: Any) -> list[Diagnostic]:
    builder = _Builder()
    field: str | None = None
    for sign in signs:
        if isinstance(sign, syntax.TextNode | syntax.RangeNode) and not (isinstance(sign, syntax.WordNode) and sign.text.endswith(":")):
            sign.set_fieldname(field)
            builder.leaf(sign)
        field = sign.fieldname if isinstance(sign, syntax.FieldnameNode) and sign.fieldname.lower() in query_syntax.FIELDS else None
        if isinstance(sign, syntax.FieldnameNode) and field is None:
            field = "unknown"
    return builder.found


class _Builder:
    """Turns Whoosh's nested signs into our tree, and keeps what is wrong with a term."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def node(self, sign: Any) -> Node | None:
        """Return the tree of a nested sign; None where something in it is wrong."""
        if not isinstance(sign, syntax.GroupNode):
            return self.leaf(sign)
        children = [self.node(child) for child in sign.nodes]
        sound = tuple(child for child in children if child is not None)
        if not sound or len(sound) != len(children):
            return None
        if isinstance(sign, syntax.NotGroup):
            return Not(sound[0])
        return any_of(sound) if isinstance(sign, syntax.OrGroup) else all_of(sound)

    def leaf(self, sign: Any) -> Node | None:
        """Return the node of a single sign; None where it is wrong."""
        field = sign.fieldname.lower() if sign.fieldname else None
        node = self._leaf(sign, field)
        if isinstance(node, Diagnostic):
            self.found.append(node)
            return None
        return node

    def _leaf(self, sign: Any, field: str | None) -> Node | Diagnostic:
        if isinstance(sign, syntax.RangeNode):
            if field not in {None, "date"}:
                return Diagnostic(sign.startchar, sign.endchar, f"{field}: takes no range.", "Write date:[2018-07-01 TO 2018-07-31]")
            if sign.startexcl or sign.endexcl:
                return Diagnostic(sign.startchar, sign.endchar, "A range stands in [ ]: both days belong to it.", "Write [ and ]")
            return range_node(sign.start or "", sign.end or "", sign.startchar, sign.endchar)
        if field == "unknown":
            return Everything()  # the field itself is already a fault
        if isinstance(sign, query_syntax.Address):
            return address(field, sign.text, sign.startchar)
        if isinstance(sign, query_syntax.Phrase):
            if not sign.text.strip():
                return Diagnostic(
                    sign.startchar, sign.endchar, "Nothing stands between the quotation marks.", 'Write a phrase, like "city council"'
                )
            return term(field, sign.text, sign.textstartchar, quoted=True)
        return term(field, sign.text, sign.startchar)

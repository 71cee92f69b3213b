"""Builds the tree from the flat tokens of a query, and validates the operands of proximity.

Proximity binds tighter than NOT, NOT tighter than AND (explicit or implied), AND tighter than OR. Proximity is
left-associative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from whoosh.qparser import plugins, syntax

from indexer.i18n import Sentence, say
from indexer.query import lexer
from indexer.query.canonical import canonical
from indexer.query.checks import too_deep
from indexer.query.dates import range_node
from indexer.query.diagnostics import Diagnostic
from indexer.query.nodes import (
    MAX_DEPTH,
    MOST_APART,
    TEXT,
    And,
    DayRange,
    Dialect,
    Everything,
    Expanding,
    Near,
    Node,
    Not,
    NotNear,
    Or,
    Phrase,
    Word,
    all_of,
    any_of,
    depth,
)
from indexer.query.terms import address, term, unsearched_offsets

_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket
_OR, _AND, _NOT, _NEAR = 1, 2, 3, 4
_FIELD_BEFORE: Final = re.compile(r"[^\W\d]\w{0,20}:$")
_LONGEST_REPAIR: Final = 200  # letters; a longer suggestion is not helpful


class Operand(NamedTuple):
    """A part of the tree and its place in the query."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Operator:
    binds: int
    token: Any = None  # None: an implied AND


OperandOrToken = Operand | Any
"""An operand, or a Whoosh token: an operator or a parenthesis."""


class TermReader:
    """Parses the terms among the tokens of a query; their errors are in `errors`."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.errors: list[Diagnostic] = []
        self.unsearched: list[tuple[int, bool]] = []  # offsets of characters that only separate words; whether quoted

    def operands(self, tokens: Sequence[Any]) -> list[OperandOrToken]:
        """Return the tokens in order, with terms replaced by operands. A field before a group applies to its terms."""
        operands: list[OperandOrToken] = []
        fields: list[str | None] = [None]
        pending: str | None = None
        for token in tokens:
            if token.is_ws():
                continue
            if isinstance(token, syntax.FieldnameNode):
                name = token.fieldname.lower()
                pending = name if name in lexer.FIELDS else "unknown"
                continue
            if isinstance(token, _Open):
                fields.append(pending or fields[-1])
                operands.append(token)
            elif isinstance(token, _Close):
                fields = fields[:-1] or [None]
                operands.append(token)
            elif isinstance(token, syntax.TextNode | syntax.RangeNode):
                operands += self._operand(token, pending or fields[-1])
            else:
                operands.append(token)
            pending = None
        return operands

    def _operand(self, token: Any, field: str | None) -> Iterator[Operand]:
        if field == "unknown" or (
            isinstance(token, syntax.WordNode) and token.text[:-1].lower() in lexer.FIELDS and token.text[-1:] == ":"
        ):
            return  # the field itself is already an error
        node = self._parse_term(token, field)
        self._note_unsearched(token, field)
        if isinstance(node, Diagnostic):
            self.errors.append(node)
        else:
            yield Operand(node, token.startchar, token.endchar)

    def _note_unsearched(self, token: Any, field: str | None) -> None:
        if isinstance(token, syntax.RangeNode) or (isinstance(token, lexer.Address) and field in {None, "url"}):
            return
        is_quoted = isinstance(token, lexer.Phrase)
        start = token.textstartchar if is_quoted else token.startchar
        self.unsearched += [(start + at, is_quoted) for at in unsearched_offsets(field, token.text, self.dialect, quoted=is_quoted)]

    def _parse_term(self, token: Any, field: str | None) -> Node | Diagnostic:
        if isinstance(token, syntax.RangeNode):
            return _range(token, field)
        if isinstance(token, lexer.Address):
            return address(field, token.text, token.startchar, self.dialect)
        if not isinstance(token, lexer.Phrase):
            return term(field, token.text, token.startchar, dialect=self.dialect)
        if not token.text.strip():
            return Diagnostic(
                token.startchar,
                token.endchar,
                say("The quotation marks are empty."),
                say('Write a phrase, such as "city council"'),
            )
        node = term(field, token.text, token.textstartchar, quoted=True, dialect=self.dialect)
        return self._parse_distance(token, node) if token.after and not isinstance(node, Diagnostic) else node

    def _parse_distance(self, token: Any, node: Node) -> Node | Diagnostic:
        """Parse `"a b"~5`: the words near each other in any order; `"a b c"~5` is left-associative."""
        first = token.endchar - len(token.after)
        digits = token.after[1:]
        if self.dialect is Dialect.DTSEARCH:
            return Diagnostic(
                first, token.endchar, say("dtSearch syntax does not support a distance after a phrase."), say("Write a w/5 b")
            )
        if not digits.isdigit() or len(digits) > 5 or not 1 <= int(digits) <= MOST_APART:
            return Diagnostic(
                first,
                token.endchar,
                say("“{sign}” is not a valid distance.", sign=token.after),
                say('Write a number from 1 to {most} directly after the ~, such as "city budget"~5', most=MOST_APART),
            )
        if not isinstance(node, Phrase) or node.field != TEXT:
            return Diagnostic(
                first,
                token.endchar,
                say("A distance goes after two or more words in quotation marks."),
                say('Write "city budget"~5, or remove the distance'),
            )
        near: Node = node.items[0]
        for item in node.items[1:]:
            near = Near(near, item, int(digits))
        return near


def _range(token: Any, field: str | None) -> Node | Diagnostic:
    start, end = token.startchar, token.endchar
    if field not in {None, "date"}:
        return Diagnostic(start, end, say("{field}: does not accept a range.", field=field), say("Write date:[2018-07-01 TO 2018-07-31]"))
    if token.startexcl or token.endexcl:
        return Diagnostic(start, end, say("A date range goes in [ ] and includes both dates."), say("Write [ and ]"))
    return range_node(token.start or "", token.end or "", start, end)


def build_tree(operands: Sequence[OperandOrToken]) -> tuple[Node, list[Diagnostic]]:
    """Build the tree from valid steps; also return errors in proximity operands. Not recursive."""
    builder = _TreeBuilder()
    for item in operands:
        builder.take(item)
    tree = builder.tree()
    if depth(tree) > MAX_DEPTH:
        places = [(item.start, item.end) for item in operands if isinstance(item, Operand)]
        builder.errors.append(Diagnostic(places[0][0], places[-1][1], *too_deep()))
    return tree, builder.errors


def or_first(operands: Sequence[OperandOrToken], text: str) -> str | None:
    """Parenthesize the query so that OR binds before AND; None if that does not change it."""
    builder = _TreeBuilder(is_or_first=True)
    for item in operands:
        builder.take(item)
    builder.tree()
    spans = [(_with_field(text, start), end) for start, end in builder.alternatives]
    inside = [(start, end) for start, end in spans if not (text[start - 1 : start] == "(" and text[end : end + 1] == ")")]
    places = sorted([(start, "(") for start, _end in inside] + [(end, ")") for _start, end in inside], reverse=True)
    for at, mark in places:
        text = text[:at] + mark + text[at:]
    return text if places and builder.has_and else None


def _with_field(text: str, start: int) -> int:
    """Return the start of an operand including its field name."""
    name = _FIELD_BEFORE.search(text[:start])
    return name.start() if name else start


class _TreeBuilder:
    """Shunting-yard: a stack of operands, and a stack of operators that wait for their right side."""

    def __init__(self, *, is_or_first: bool = False) -> None:
        self.errors: list[Diagnostic] = []
        self.alternatives: list[tuple[int, int]] = []  # places of OR expressions
        self.has_and = False
        self._and, self._not, self._or = (_OR, _AND, _NOT) if is_or_first else (_AND, _NOT, _OR)
        self._operands: list[Operand] = []
        self._waiting: list[Any] = []  # operators, and open parentheses
        self._places: dict[int, Operand] = {}  # by id() of the node, which the value keeps alive
        self._follows = False  # whether an operand ended directly before

    def take(self, item: OperandOrToken) -> None:
        if isinstance(item, (Operand, _Open, syntax.PrefixOperator)) and self._follows:
            self._operator(_Operator(self._and))
        self._follows = isinstance(item, (Operand, _Close))
        if isinstance(item, Operand):
            self._push(item)
        elif isinstance(item, _Open):
            self._waiting.append(item)
        elif isinstance(item, _Close):
            self._close(item)
        elif isinstance(item, syntax.PrefixOperator):
            self._waiting.append(_Operator(self._not, item))
        elif isinstance(item, lexer.Proximity):
            self._operator(_Operator(_NEAR, item))
        else:
            self._operator(_Operator(self._or if item.grouptype is syntax.OrGroup else self._and, item))

    def tree(self) -> Node:
        self._reduce(0)
        (whole,) = self._operands
        return whole.node

    def _push(self, operand: Operand) -> None:
        self._operands.append(operand)
        self._places[id(operand.node)] = operand

    def _operator(self, operator: _Operator) -> None:
        # AND and OR wait for more of the same and become one node; proximity is left-associative
        self.has_and = self.has_and or operator.binds == self._and
        self._reduce(operator.binds + 1 if operator.binds in {self._and, self._or} else operator.binds)
        self._waiting.append(operator)

    def _close(self, token: Any) -> None:
        self._reduce(0)
        opened = self._waiting.pop()
        inside = self._operands.pop()
        self._push(Operand(inside.node, opened.startchar, token.endchar))

    def _reduce(self, binding: int) -> None:
        """Apply the waiting operators that bind at least this tightly, back to the last open parenthesis."""
        while self._waiting and isinstance(operator := self._waiting[-1], _Operator) and operator.binds >= binding:
            self._waiting.pop()
            if operator.binds == self._not:
                child = self._operands.pop()
                self._push(Operand(Not(child.node), operator.token.startchar, child.end))
            elif operator.binds == _NEAR:
                right, left = self._operands.pop(), self._operands.pop()
                self._push(self._near(left, operator.token, right))
            else:
                count = 2
                while self._waiting and isinstance(like := self._waiting[-1], _Operator) and like.binds == operator.binds:
                    self._waiting.pop()
                    count += 1
                parts = self._operands[-count:]
                del self._operands[-count:]
                nodes = tuple(part.node for part in parts)
                self._push(Operand(all_of(nodes) if operator.binds == self._and else any_of(nodes), parts[0].start, parts[-1].end))
                if operator.binds == self._or:
                    self.alternatives.append((parts[0].start, parts[-1].end))

    def _near(self, left: Operand, token: Any, right: Operand) -> Operand:
        near = NotNear if token.is_not else Near
        node = near(left.node, right.node, token.distance, token.is_ordered)
        for operand in (left, right):
            if unfit := _non_text_part(operand.node):
                place = self._places.get(id(unfit), operand)
                self.errors.append(Diagnostic(place.start, place.end, *_proximity_error(unfit, node, " ".join(token.text.split()))))
        return Operand(node, left.start, right.end)


def _non_text_part(tree: Node) -> Node | None:
    """Return the first part of an operand that is not searched in the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Or):
            pending.extend(reversed(node.children))
        elif isinstance(node, Near | NotNear):
            continue  # its own operands are already checked
        elif not (isinstance(node, Word | Phrase | Expanding) and node.field == TEXT):
            return node
    return None


def _proximity_error(unfit: Node, near: Near | NotNear, operator: str) -> tuple[Sentence, Sentence]:
    if isinstance(unfit, And):
        return say("Words joined by AND cannot be used as a unit in a proximity search."), _suggest_and_split(near, operator)
    if isinstance(unfit, Not):
        message = say("NOT cannot be used inside a proximity search.")
        if (
            isinstance(near.right, Not)
            and isinstance(near, Near)
            and _non_text_part(near.left) is None
            and _non_text_part(near.right.child) is None
        ):
            return message, say(
                "Write {repaired}", repaired=canonical(NotNear(near.left, near.right.child, near.distance, near.is_ordered))
            )
        return message, say(
            "For words that are not near each other, write a not w/5 b; for records without a word, write NOT outside the parentheses"
        )
    if isinstance(unfit, Everything):
        return say("Here, * means every record, and proximity applies only to words."), say(
            "Write a word, with or without a wildcard, such as tax*"
        )
    if isinstance(unfit, DayRange):
        return (
            say("Proximity applies only to words, not to dates."),
            say("Write it outside: {repaired}", repaired=f"(… {operator} …) AND {canonical(unfit)}"),
        )
    written = canonical(unfit)
    message = say("{term} is not searched for in the text, so it cannot be used in a proximity search.", term=written)
    if isinstance(unfit, (Word, Phrase)) and unfit.field in {"hashtag", "mention", "url"}:
        words = (unfit,) if isinstance(unfit, Word) else unfit.items
        plain = Phrase(tuple(Word(word.word) for word in words if isinstance(word, Word)))
        return message, say(
            "Write the word as it appears in the text: {word}", word=canonical(plain.items[0] if len(plain.items) == 1 else plain)
        )
    return message, say("Write it outside: {repaired}", repaired=f"(… {operator} …) AND {written}")


def _suggest_and_split(near: Near | NotNear, operator: str) -> Sentence:
    """Suggest a rewrite of proximity with AND on one side: once for each word."""
    kind = type(near)
    joined = near.left if isinstance(near.left, And) else near.right
    other = near.right if joined is near.left else near.left
    if (
        isinstance(joined, And)
        and not isinstance(other, And)
        and not _non_text_part(other)
        and not any(_non_text_part(child) for child in joined.children)
    ):
        if kind is NotNear and joined is near.right:
            repaired = canonical(NotNear(near.left, any_of(joined.children), near.distance, near.is_ordered))
        else:
            pairs = ((child, other) if joined is near.left else (other, child) for child in joined.children)
            repaired = canonical(all_of(tuple(kind(left, right, near.distance, near.is_ordered) for left, right in pairs)))
        if len(repaired) <= _LONGEST_REPAIR:
            return say("Write {repaired}; for consecutive words, use quotation marks", repaired=repaired)
    return say(
        "Write {operator} once for each word, joined by AND; for consecutive words, use quotation marks",
        operator=operator,
    )

"""From the flat signs of a query to its tree: what binds how, and what can be near what.

Nearness binds before NOT, NOT before AND (written or not), AND before OR. Nearness is read from left to right.
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
from indexer.query.terms import address, term, unread

_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket
_OR, _AND, _NOT, _NEAR = 1, 2, 3, 4
_FIELD_BEFORE: Final = re.compile(r"[^\W\d]\w{0,20}:$")
_LONGEST_REPAIR: Final = 200  # letters; a longer suggestion is no help


class Operand(NamedTuple):
    """A part of the tree and its place in the query."""

    node: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Operator:
    binds: int
    sign: Any = None  # None: an AND that was not written


Step = Operand | Any
"""An operand, or a sign of Whoosh's: an operator or a parenthesis."""


class Terms:
    """Reads the terms among the signs of a query; what is wrong with them is in `found`."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.found: list[Diagnostic] = []
        self.unread: list[tuple[int, bool]] = []  # places in the query of signs that only separate words; whether in quotation marks

    def steps(self, signs: Sequence[Any]) -> list[Step]:
        """Return the signs in order with an operand for each term. The field before a group is that of its terms."""
        steps: list[Step] = []
        fields: list[str | None] = [None]
        pending: str | None = None
        for sign in signs:
            if sign.is_ws():
                continue
            if isinstance(sign, syntax.FieldnameNode):
                name = sign.fieldname.lower()
                pending = name if name in lexer.FIELDS else "unknown"
                continue
            if isinstance(sign, _Open):
                fields.append(pending or fields[-1])
                steps.append(sign)
            elif isinstance(sign, _Close):
                fields = fields[:-1] or [None]
                steps.append(sign)
            elif isinstance(sign, syntax.TextNode | syntax.RangeNode):
                steps += self._operand(sign, pending or fields[-1])
            else:
                steps.append(sign)
            pending = None
        return steps

    def _operand(self, sign: Any, field: str | None) -> Iterator[Operand]:
        if field == "unknown" or (isinstance(sign, syntax.WordNode) and sign.text[:-1].lower() in lexer.FIELDS and sign.text[-1:] == ":"):
            return  # the field itself is already a fault
        node = self._node(sign, field)
        self._note_unread(sign, field)
        if isinstance(node, Diagnostic):
            self.found.append(node)
        else:
            yield Operand(node, sign.startchar, sign.endchar)

    def _note_unread(self, sign: Any, field: str | None) -> None:
        if isinstance(sign, syntax.RangeNode) or (isinstance(sign, lexer.Address) and field in {None, "url"}):
            return
        is_quoted = isinstance(sign, lexer.Phrase)
        start = sign.textstartchar if is_quoted else sign.startchar
        self.unread += [(start + at, is_quoted) for at in unread(field, sign.text, self.dialect, quoted=is_quoted)]

    def _node(self, sign: Any, field: str | None) -> Node | Diagnostic:
        if isinstance(sign, syntax.RangeNode):
            return _range(sign, field)
        if isinstance(sign, lexer.Address):
            return address(field, sign.text, sign.startchar, self.dialect)
        if not isinstance(sign, lexer.Phrase):
            return term(field, sign.text, sign.startchar, dialect=self.dialect)
        if not sign.text.strip():
            return Diagnostic(
                sign.startchar,
                sign.endchar,
                say("Nothing stands between the quotation marks."),
                say('Write a phrase, like "city council"'),
            )
        node = term(field, sign.text, sign.textstartchar, quoted=True, dialect=self.dialect)
        return self._apart(sign, node) if sign.after and not isinstance(node, Diagnostic) else node

    def _apart(self, sign: Any, node: Node) -> Node | Diagnostic:
        """Return what `"a b"~5` means: the words near each other in any order, `"a b c"~5` from left to right."""
        first = sign.endchar - len(sign.after)
        digits = sign.after[1:]
        if self.dialect is Dialect.DTSEARCH:
            return Diagnostic(
                first, sign.endchar, say("A distance behind a phrase is not known in the dtSearch dialect."), say("Write a w/5 b")
            )
        if not digits.isdigit() or len(digits) > 5 or not 1 <= int(digits) <= MOST_APART:
            return Diagnostic(
                first,
                sign.endchar,
                say("“{sign}” is not a valid distance.", sign=sign.after),
                say('Write a number from 1 to {most} directly behind the ~, like "city budget"~5', most=MOST_APART),
            )
        if not isinstance(node, Phrase) or node.field != TEXT:
            return Diagnostic(
                first,
                sign.endchar,
                say("A distance stands behind two or more words of the text in quotation marks."),
                say('Write "city budget"~5, or leave the distance out'),
            )
        apart: Node = node.items[0]
        for item in node.items[1:]:
            apart = Near(apart, item, int(digits))
        return apart


def _range(sign: Any, field: str | None) -> Node | Diagnostic:
    start, end = sign.startchar, sign.endchar
    if field not in {None, "date"}:
        return Diagnostic(start, end, say("{field}: takes no range.", field=field), say("Write date:[2018-07-01 TO 2018-07-31]"))
    if sign.startexcl or sign.endexcl:
        return Diagnostic(start, end, say("A range stands in [ ]: both days belong to it."), say("Write [ and ]"))
    return range_node(sign.start or "", sign.end or "", start, end)


def nest(steps: Sequence[Step]) -> tuple[Node, list[Diagnostic]]:
    """Return the tree of steps that have no fault of their own, and what cannot be near what. Nothing here calls itself."""
    nester = _Nester()
    for step in steps:
        nester.take(step)
    tree = nester.tree()
    if depth(tree) > MAX_DEPTH:
        places = [(step.start, step.end) for step in steps if isinstance(step, Operand)]
        nester.found.append(Diagnostic(places[0][0], places[-1][1], *too_deep()))
    return tree, nester.found


def or_first(steps: Sequence[Step], text: str) -> str | None:
    """Return a query of the same terms in which OR binds before AND, by parentheses; None where that is the same query."""
    nester = _Nester(is_or_first=True)
    for step in steps:
        nester.take(step)
    nester.tree()
    spans = [(_with_field(text, start), end) for start, end in nester.alternatives]
    inside = [(start, end) for start, end in spans if not (text[start - 1 : start] == "(" and text[end : end + 1] == ")")]
    places = sorted([(start, "(") for start, _end in inside] + [(end, ")") for _start, end in inside], reverse=True)
    for at, sign in places:
        text = text[:at] + sign + text[at:]
    return text if places and nester.has_and else None


def _with_field(text: str, start: int) -> int:
    """Return where an operand begins when the name of its field is counted in."""
    name = _FIELD_BEFORE.search(text[:start])
    return name.start() if name else start


class _Nester:
    """Two stacks, as for sums: operands, and operators that wait for their right side."""

    def __init__(self, *, is_or_first: bool = False) -> None:
        self.found: list[Diagnostic] = []
        self.alternatives: list[tuple[int, int]] = []  # the places of what is joined by OR
        self.has_and = False
        self._and, self._not, self._or = (_OR, _AND, _NOT) if is_or_first else (_AND, _NOT, _OR)
        self._operands: list[Operand] = []
        self._waiting: list[Any] = []  # operators, and parentheses that are open
        self._places: dict[int, Operand] = {}  # by identity of the node, which the value keeps alive
        self._follows = False  # whether an operand ended directly before

    def take(self, step: Step) -> None:
        if isinstance(step, (Operand, _Open, syntax.PrefixOperator)) and self._follows:
            self._operator(_Operator(self._and))
        self._follows = isinstance(step, (Operand, _Close))
        if isinstance(step, Operand):
            self._push(step)
        elif isinstance(step, _Open):
            self._waiting.append(step)
        elif isinstance(step, _Close):
            self._close(step)
        elif isinstance(step, syntax.PrefixOperator):
            self._waiting.append(_Operator(self._not, step))
        elif isinstance(step, lexer.Proximity):
            self._operator(_Operator(_NEAR, step))
        else:
            self._operator(_Operator(self._or if step.grouptype is syntax.OrGroup else self._and, step))

    def tree(self) -> Node:
        self._reduce(0)
        (whole,) = self._operands
        return whole.node

    def _push(self, operand: Operand) -> None:
        self._operands.append(operand)
        self._places[id(operand.node)] = operand

    def _operator(self, operator: _Operator) -> None:
        # AND and OR wait for their like, and become one node of many; nearness goes from left to right
        self.has_and = self.has_and or operator.binds == self._and
        self._reduce(operator.binds + 1 if operator.binds in {self._and, self._or} else operator.binds)
        self._waiting.append(operator)

    def _close(self, sign: Any) -> None:
        self._reduce(0)
        opened = self._waiting.pop()
        inside = self._operands.pop()
        self._push(Operand(inside.node, opened.startchar, sign.endchar))

    def _reduce(self, least: int) -> None:
        """Do the waiting operators that bind at least so, back to the last open parenthesis."""
        while self._waiting and isinstance(top := self._waiting[-1], _Operator) and top.binds >= least:
            self._waiting.pop()
            if top.binds == self._not:
                child = self._operands.pop()
                self._push(Operand(Not(child.node), top.sign.startchar, child.end))
            elif top.binds == _NEAR:
                right, left = self._operands.pop(), self._operands.pop()
                self._push(self._near(left, top.sign, right))
            else:
                count = 2
                while self._waiting and isinstance(like := self._waiting[-1], _Operator) and like.binds == top.binds:
                    self._waiting.pop()
                    count += 1
                parts = self._operands[-count:]
                del self._operands[-count:]
                nodes = tuple(part.node for part in parts)
                self._push(Operand(all_of(nodes) if top.binds == self._and else any_of(nodes), parts[0].start, parts[-1].end))
                if top.binds == self._or:
                    self.alternatives.append((parts[0].start, parts[-1].end))

    def _near(self, left: Operand, sign: Any, right: Operand) -> Operand:
        near = NotNear if sign.is_not else Near
        node = near(left.node, right.node, sign.distance, sign.is_ordered)
        for operand in (left, right):
            if unfit := _unfit(operand.node):
                place = self._places.get(id(unfit), operand)
                self.found.append(Diagnostic(place.start, place.end, *_cannot_be_near(unfit, node, " ".join(sign.text.split()))))
        return Operand(node, left.start, right.end)


def _unfit(tree: Node) -> Node | None:
    """Return the first part of an operand that has no place in the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Or):
            pending.extend(reversed(node.children))
        elif isinstance(node, Near | NotNear):
            continue  # its own operands have been looked at
        elif not (isinstance(node, Word | Phrase | Expanding) and node.field == TEXT):
            return node
    return None


def _cannot_be_near(unfit: Node, near: Near | NotNear, operator: str) -> tuple[Sentence, Sentence]:
    if isinstance(unfit, And):
        return say("Words joined by AND cannot be near others as one."), _apart_by_and(near, operator)
    if isinstance(unfit, Not):
        message = say("NOT cannot stand in what is near something.")
        if isinstance(near.right, Not) and isinstance(near, Near) and _unfit(near.left) is None and _unfit(near.right.child) is None:
            return message, say(
                "Write {repaired}", repaired=canonical(NotNear(near.left, near.right.child, near.distance, near.is_ordered))
            )
        return message, say(
            "For words that are not near, write a not w/5 b; for records without a word, write NOT outside of the parentheses"
        )
    if isinstance(unfit, Everything):
        return say("* is every record here, and a record has no place in a text."), say("Write a word, or one with a wildcard, like tax*")
    if isinstance(unfit, DayRange):
        return (
            say("A day has no place in a text, so nothing can be near it."),
            say("Write it outside: {repaired}", repaired=f"(… {operator} …) AND {canonical(unfit)}"),
        )
    written = canonical(unfit)
    message = say("{term} is not looked for in the text, so nothing can be near it.", term=written)
    if isinstance(unfit, (Word, Phrase)) and unfit.field in {"hashtag", "mention", "url"}:
        words = (unfit,) if isinstance(unfit, Word) else unfit.items
        plain = Phrase(tuple(Word(word.word) for word in words if isinstance(word, Word)))
        return message, say("Write the word as the text has it: {word}", word=canonical(plain.items[0] if len(plain.items) == 1 else plain))
    return message, say("Write it outside: {repaired}", repaired=f"(… {operator} …) AND {written}")


def _apart_by_and(near: Near | NotNear, operator: str) -> Sentence:
    """Return how to write a nearness with AND in one of its sides: once for each word."""
    kind = type(near)
    one = near.left if isinstance(near.left, And) else near.right
    other = near.right if one is near.left else near.left
    if isinstance(one, And) and not isinstance(other, And) and not _unfit(other) and not any(_unfit(child) for child in one.children):
        if kind is NotNear and one is near.right:
            repaired = canonical(NotNear(near.left, any_of(one.children), near.distance, near.is_ordered))
        else:
            pairs = ((child, other) if one is near.left else (other, child) for child in one.children)
            repaired = canonical(all_of(tuple(kind(left, right, near.distance, near.is_ordered) for left, right in pairs)))
        if len(repaired) <= _LONGEST_REPAIR:
            return say("Write {repaired}; for words that follow each other, use quotation marks", repaired=repaired)
    return say(
        "Write {operator} once for each of the words, with AND between; for words that follow each other, use quotation marks",
        operator=operator,
    )

"""The tree of a query, as both engines evaluate it, independent of its syntax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from enum import StrEnum
from typing import Final

from indexer.record import RecordKind
from indexer.text import fold

LONGEST_WORD: Final = 1_000
"""Significant letters of a word (an index cannot hold a word of 70,000): longer words are equal if these are."""

MAX_DEPTH: Final = 50
"""Deepest nesting of parentheses and NOT: an engine's stack is finite, and a query must not crash the process."""

TEXT: Final = "text"
KINDS: Final = {kind.value: kind.value for kind in RecordKind}
HAS: Final = {
    **{
        word: word
        for word in (
            "media",
            "picture",
            "video",
            "sound",
            "file",
            "link",
            "hashtag",
            "mention",
            "reply",
            "edit",
            "deletion",
            "conversation",
        )
    },
    "parent": "reply",
    "photo": "picture",
    "image": "picture",
    "audio": "sound",
}
"""Values of `has:` and their canonical names in the index, so that no synonym yields a false zero."""

STATES: Final = {"edited": "edit", "deleted": "deletion", "absent": "absent", "undated": "undated", "zone-assumed": "zone-assumed"}
"""Values of `is:` and their `has` words in the index: edited; deleted on the platform; in an earlier capture but not in a later
one; without a date; with a time whose zone the archive does not state."""

MEDIA: Final = {"picture": ("picture",), "video": ("video",), "other": ("file", "sound"), "without": ()}
"""Kinds of media of a record and their `has` words in the index: pictures, video, other files, none at all."""

ABSENT_FROM: Final = re.compile(r"absent-[1-9][0-9]{0,9}")
"""`is:absent-17`: in an earlier capture but not in capture 17. The index uses the same word."""


_STATE_OF: Final = {word: state for state, word in STATES.items()}


def state_of(word: str) -> str:
    """Return the `is:` value of a `has` word of the index; empty if it is not a state."""
    return word if ABSENT_FROM.fullmatch(word) else _STATE_OF.get(word, "")


def absent_from(capture_id: int) -> str:
    """Return the index word for records that are absent from a capture."""
    return f"absent-{capture_id}"


class Dialect(StrEnum):
    """The syntax of a query. The values appear in URLs, on the command line and in certificates."""

    PLAIN = "plain"  # adjacent words mean AND
    DTSEARCH = "dtsearch"  # adjacent words are a phrase, as in pasted term lists


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a parsed query. Nodes are values: equal if they match the same."""


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """Every record."""


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A whole word of a field, folded."""

    word: str
    field: str = TEXT


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """Every matching word of a field: `*` is any number of letters, `?` exactly one. The rest is folded. `typed` is for messages."""

    pattern: str
    field: str = TEXT
    typed: str = dataclass_field(default="", compare=False)

    @property
    def as_typed(self) -> str:
        """The wildcard as typed."""
        return self.typed or self.pattern


@dataclass(frozen=True, slots=True)
class Fuzzy(Node):
    """Every word of a field that becomes `word` by at most `edits` changes.

    A change adds, removes or replaces a letter, or swaps two adjacent letters. The first `kept` letters must match
    exactly. A word is similar to itself.
    """

    word: str
    edits: int = 1
    kept: int = 0
    field: str = TEXT
    typed: str = dataclass_field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Stem(Node):
    """Every word of a field with the same English stem (Porter 2): budget, budgets, budgeting. `stem` is the stem itself."""

    stem: str
    field: str = TEXT
    typed: str = dataclass_field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class NumberRange(Node):
    """Every word of a field that is a whole number (digits 0-9 only) from `least` to `most`, both included."""

    least: int
    most: int
    field: str = TEXT
    typed: str = dataclass_field(default="", compare=False)


Expanding = Wildcard | Fuzzy | Stem | NumberRange
"""Terms that match many words: an index lists its matching words, and a page shows them with counts."""


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Consecutive words in one part of a record."""

    items: tuple[Word | Expanding, ...]
    field: str = TEXT


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Two operands near each other in one part of a record's text.

    An operand matches word spans: a Word or Expanding a single word, a Phrase its first to last word, an Or the spans of
    its children, a Near the first to last word of both sides, a NotNear the spans of its left operand. The two spans do
    not overlap, and the later begins at most `distance` words after the earlier ends (1: adjacent). If `is_ordered`, left
    comes first.
    """

    left: Node
    right: Node
    distance: int
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class NotNear(Node):
    """Spans of `left` that are not near any span of `right`, as defined by `Near`; matches if any remain."""

    left: Node
    right: Node
    distance: int
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class DayRange(Node):
    """Records with a date, on the local days first..last, both included; None is open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class And(Node):
    """Records that every child matches; without children, every record."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Records that any child matches; without children, none."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Records that the child does not match."""

    child: Node


@dataclass(frozen=True, slots=True)
class Numbered(Node):
    """Records with these catalog numbers. Has no syntax: other parts of a search add it to a tree."""

    pks: frozenset[int]


def clip(word: str) -> str:
    """Return the significant part of a word."""
    return word[:LONGEST_WORD]


def tag_key(tag: str) -> str:
    """Return the comparison key of a hashtag or mention: folded, without # or @ and without lone surrogates."""
    valid = tag.encode("utf-8", "ignore").decode("utf-8")
    return clip("".join(fold(valid.strip().lstrip("#＃@＠")).split()))


def nodes(tree: Node) -> Iterator[Node]:
    """Yield all nodes of a tree, each before its children, from left to right."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(_children(node)))


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, (And, Or)):
        return node.children
    if isinstance(node, Not):
        return (node.child,)
    if isinstance(node, (Near, NotNear)):
        return (node.left, node.right)
    return node.items if isinstance(node, Phrase) else ()


def expanding(tree: Node) -> tuple[Expanding, ...]:
    """Return the expanding terms of a query, each once, in order."""
    return tuple(dict.fromkeys(node for node in nodes(tree) if isinstance(node, Expanding)))


def depth(tree: Node) -> int:
    """Return the nesting depth of And, Or, Not, Near and NotNear."""
    deepest, level = 0, [tree]
    while level := [child for node in level for child in _children(node) if not isinstance(node, Phrase)]:
        deepest += 1
    return deepest


def all_of(children: tuple[Node, ...]) -> Node:
    """Join nodes with And, flattened."""
    flat = tuple(grandchild for child in children for grandchild in (child.children if isinstance(child, And) else (child,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(children: tuple[Node, ...]) -> Node:
    """Join nodes with Or, flattened."""
    flat = tuple(grandchild for child in children for grandchild in (child.children if isinstance(child, Or) else (child,)))
    return flat[0] if len(flat) == 1 else Or(flat)


MOST_APART: Final = 1_000
"""Largest distance of a proximity operator, in words."""

"""The tree of a query: what both engines understand, and nothing of how it was typed."""

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
"""Letters of a word that count (an index cannot hold a word of 70,000): longer ones are the same when these are."""

MAX_DEPTH: Final = 50
"""How deep parentheses and NOT may stand in each other: an engine's stack is finite, and a query must not end the process."""

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
"""What `has:` may ask for, each with its one name: the index uses the names, so no typed word can be a false zero."""

STATES: Final = {"edited": "edit", "deleted": "deletion", "absent": "absent", "undated": "undated", "zone-assumed": "zone-assumed"}
"""What `is:` may ask for, each with its name among the `has` words of an index: edited, deleted on the platform, in an earlier
capture and not in a later one, without a date, with a time whose zone the archive does not state."""

ABSENT_FROM: Final = re.compile(r"absent-[1-9][0-9]{0,9}")
"""`is:absent-17`: in an earlier capture and not in capture 17. It is its own name in an index."""


_STATE_OF: Final = {word: state for state, word in STATES.items()}


def state_of(word: str) -> str:
    """Return how `is:` asks for a `has` word of the index; empty for one that is no state."""
    return word if ABSENT_FROM.fullmatch(word) else _STATE_OF.get(word, "")


def absent_from(capture_id: int) -> str:
    """Return the word of the records that are gone from one capture."""
    return f"absent-{capture_id}"


class Dialect(StrEnum):
    """How a query is written. The value is the word in addresses, on the command line and in a certificate."""

    PLAIN = "plain"  # words side by side mean AND
    DTSEARCH = "dtsearch"  # words side by side are a phrase: the way of pasted term lists


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a parsed query. Nodes are values: equal when they find the same."""


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """Every record."""


@dataclass(frozen=True, slots=True)
class Word(Node):
    """One whole word of a field, folded."""

    word: str
    field: str = TEXT


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """Every word of a field that fits: `*` is any letters or none, `?` exactly one. The rest is folded. `typed` is for messages."""

    pattern: str
    field: str = TEXT
    typed: str = dataclass_field(default="", compare=False)

    @property
    def as_typed(self) -> str:
        """The wildcard as the person wrote it."""
        return self.typed or self.pattern


@dataclass(frozen=True, slots=True)
class Fuzzy(Node):
    """Every word of a field that becomes `word` by at most `edits` changes.

    A change is one letter more, less or other, or two neighbours that change places. The first `kept` letters must be as
    they are. A word is similar to itself.
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
"""What stands for many words: an index says which ones it holds, and a page shows them with counts."""


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words that follow each other in one part of a record; nothing may stand between them."""

    items: tuple[Word | Expanding, ...]
    field: str = TEXT


@dataclass(frozen=True, slots=True)
class Near(Node):
    """Two operands near each other in one part of a record's text.

    An operand is found at places: a Word or Expanding at one word, a Phrase from its first to its last word, an Or where
    any of its children is, a Near from the first word of both to the last, a NotNear where its left operand is. The two
    places share no word, and the later begins at most `distance` words after the earlier ends (1: side by side). When
    `is_ordered`, left comes first.
    """

    left: Node
    right: Node
    distance: int
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class NotNear(Node):
    """The places of `left` that are not near any place of `right`, as `Near` says near; found when there is one at least."""

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
    """What every child finds; without children: everything."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """What any child finds; without children: nothing."""

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Every record but those that the child finds."""

    child: Node


@dataclass(frozen=True, slots=True)
class Numbered(Node):
    """The records with these numbers of the catalog. Never typed: other parts of a search put it into a tree."""

    pks: frozenset[int]


def clip(word: str) -> str:
    """Return the part of a word that an index holds."""
    return word[:LONGEST_WORD]


def tag_key(tag: str) -> str:
    """Return what a hashtag or a mention is compared by: folded whole, without its sign and without halves of surrogate pairs."""
    sound = tag.encode("utf-8", "ignore").decode("utf-8")
    return clip("".join(fold(sound.strip().lstrip("#＃@＠")).split()))


def nodes(tree: Node) -> Iterator[Node]:
    """Yield a node and all below it, each before its children, from left to right."""
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
    """Return what stands for many words in a query, each once, in order: what a result page says the expansion of."""
    return tuple(dict.fromkeys(node for node in nodes(tree) if isinstance(node, Expanding)))


def depth(tree: Node) -> int:
    """Return how many And, Or, Not, Near and NotNear stand in each other."""
    deepest, level = 0, [tree]
    while level := [child for node in level for child in _children(node) if not isinstance(node, Phrase)]:
        deepest += 1
    return deepest


def all_of(children: tuple[Node, ...]) -> Node:
    """Return the And of nodes without needless nesting."""
    flat = tuple(grandchild for child in children for grandchild in (child.children if isinstance(child, And) else (child,)))
    return flat[0] if len(flat) == 1 else And(flat)


def any_of(children: tuple[Node, ...]) -> Node:
    """Return the Or of nodes without needless nesting."""
    flat = tuple(grandchild for child in children for grandchild in (child.children if isinstance(child, Or) else (child,)))
    return flat[0] if len(flat) == 1 else Or(flat)


MOST_APART: Final = 1_000
"""Words between which a nearness can be asked for."""

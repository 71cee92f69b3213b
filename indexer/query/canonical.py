"""Canonical query text in the plain dialect, fully parenthesized; parsing it yields the same tree."""

from __future__ import annotations

import re
from typing import Final

from indexer.query.expansion import stem
from indexer.query.nodes import (
    TEXT,
    And,
    DayRange,
    Everything,
    Expanding,
    Fuzzy,
    Near,
    Node,
    Not,
    NotNear,
    NumberRange,
    Or,
    Phrase,
    Stem,
    Wildcard,
    Word,
    state_of,
    tag_key,
)
from indexer.text import words

_BARE: Final = re.compile(r"(?:[a-z0-9_]|[^\W_A-Z])+")  # only letters and digits: nothing that could be parsed differently
_OPERATORS: Final = frozenset({"and", "or", "not", "to", "xfirstword", "xlastword"})  # these words need quotation marks
_WILDCARDS: Final = re.compile(r"[*?~]|\\[=%]")
_TAGS: Final = {"hashtag": "#", "mention": "@"}


def canonical(tree: Node) -> str:
    """Return query text (plain dialect) that parses to this tree. Raises TypeError for a node that has no syntax."""
    return _text(tree, outermost=True)


def _text(node: Node, *, outermost: bool = False) -> str:
    if isinstance(node, And | Or):
        if len(node.children) < 2:
            raise TypeError(f"{type(node).__name__} of {len(node.children)} is never typed")
        text = (" AND " if isinstance(node, And) else " OR ").join(_text(child) for child in node.children)
    elif isinstance(node, Near | NotNear):
        operator = f"{'not ' if isinstance(node, NotNear) else ''}{'pre' if node.is_ordered else 'w'}/{node.distance}"
        text = f"{_text(node.left)} {operator} {_text(node.right)}"
    elif isinstance(node, Not):
        return f"NOT {_text(node.child)}"
    else:
        return _leaf(node)
    return text if outermost else f"({text})"


def _leaf(node: Node) -> str:
    if isinstance(node, Everything):
        return "*"
    if isinstance(node, DayRange):
        return f"[{node.first or ''} TO {node.last or ''}]"
    if isinstance(node, Phrase):
        return _with_field(node.field, f'"{" ".join(_in_quotes(item) for item in node.items)}"')
    if not isinstance(node, Word | Expanding):
        raise TypeError(f"{type(node).__name__} is never typed")
    if node.field in _TAGS:
        return _tag(node)
    if isinstance(node, Word) and node.field == "has" and (state := state_of(node.word)):
        return f"is:{state}"
    if node.field in {"platform", "kind", "has"}:
        return f"{node.field}:{node.word}" if isinstance(node, Word) else _with_field(node.field, _item(node))
    text = _item(node)
    is_bare = bool(_BARE.fullmatch(_WILDCARDS.sub("", text))) and text not in _OPERATORS
    return _with_field(node.field, text if is_bare or (text == "*") else f'"{_in_quotes(node)}"')


def _with_field(field: str, text: str) -> str:
    return text if field == TEXT else f"{field}:{text}"


def _tag(node: Word | Expanding) -> str:
    """Write a hashtag or mention, as #tag or @tag if possible."""
    if isinstance(node, Word):
        if re.fullmatch(r"[^\W\d]\w*", node.word) and tag_key(node.word) == node.word:
            return _TAGS[node.field] + node.word
        is_literal = tag_key(node.word) != node.word or bool(set(node.word) & set('*?~"\\'))
        return f'{node.field}:"{_literal(node.word) if is_literal else node.word}"'
    if isinstance(node, Wildcard):
        return f'{node.field}:"{node.pattern}"'
    text = _stem_word(node) if isinstance(node, Stem) else node.word if isinstance(node, Fuzzy) else ""
    return f'{node.field}:"{text}{_suffix(node)}"'


def _item(node: Word | Expanding) -> str:
    """Write a word with its wildcard or ~, outside quotation marks."""
    if isinstance(node, Word):
        return _write_word(node.word)
    if isinstance(node, Wildcard):
        parts = re.split(r"([*?=])", node.pattern)
        return "".join(r"\=" if part == "=" else part if part in {"*", "?"} else _write_word(part) for part in parts if part)
    if isinstance(node, NumberRange):
        return f"{node.least}~~{node.most}"
    if isinstance(node, Stem):
        return _write_word(_stem_word(node)) + _suffix(node)
    if node.kept:
        return (
            _write_word(node.word[: node.kept])
            + r"\%" * node.edits
            + (_write_word(node.word[node.kept :]) if node.word[node.kept :] else "")
        )
    return _write_word(node.word) + _suffix(node)


def _suffix(node: Word | Expanding) -> str:
    if isinstance(node, Stem):
        return "~~"
    return "~2" if isinstance(node, Fuzzy) and node.edits == 2 else "~"


def _in_quotes(node: Word | Expanding) -> str:
    """Write a word with its wildcard or ~ for use inside quotation marks, where a final ? is a question mark."""
    text = _item(node)
    if not isinstance(node, Wildcard):
        return text
    return "".join(
        "\\?" if letter == "?" and text[at - 1 : at] != "\\" and not re.match(r"\?+[\w*]", text[at:]) else letter
        for at, letter in enumerate(text)
    )


def _write_word(word: str) -> str:
    return word if words(word) == [word] and not word.endswith("\u200d") else _literal(word)


def _literal(word: str) -> str:
    """Write a folded word that cannot be typed directly, such as ½ (folded to three characters)."""
    return f"\\{{{word}}}"


def _stem_word(node: Stem) -> str:
    """Return a word with this stem: the one typed, or the stem itself. Raises ValueError if neither has it."""
    typed = words(node.typed.replace("~", " ").replace("%", " "))
    for word in [*typed[:1], node.stem]:
        if stem(word) == node.stem:
            return word
    raise ValueError(f"no word is known with the stem {node.stem}")

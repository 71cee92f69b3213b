"""A tree as text of the plain dialect, with every parenthesis: reading that text gives the same tree again."""

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

_BARE: Final = re.compile(r"(?:[a-z0-9_]|[^\W_A-Z])+")  # only letters and digits: no sign that could be read otherwise
_OPERATORS: Final = frozenset({"and", "or", "not", "to", "xfirstword", "xlastword"})  # these words stand in quotation marks
_BARE_SIGNS: Final = re.compile(r"[*?~]|\\[=%]")
_TAGS: Final = {"hashtag": "#", "mention": "@"}


def canonical(tree: Node) -> str:
    """Return a query of the plain dialect that is read as the same tree. Raises TypeError for a node that is never typed."""
    return _text(tree, outermost=True)


def _text(node: Node, *, outermost: bool = False) -> str:
    if isinstance(node, And | Or):
        if len(node.children) < 2:
            raise TypeError(f"{type(node).__name__} of {len(node.children)} is never typed")
        text = (" AND " if isinstance(node, And) else " OR ").join(_text(child) for child in node.children)
    elif isinstance(node, Near | NotNear):
        sign = f"{'not ' if isinstance(node, NotNear) else ''}{'pre' if node.is_ordered else 'w'}/{node.distance}"
        text = f"{_text(node.left)} {sign} {_text(node.right)}"
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
        return _of_field(node.field, f'"{" ".join(_in_quotes(item) for item in node.items)}"')
    if not isinstance(node, Word | Expanding):
        raise TypeError(f"{type(node).__name__} is never typed")
    if node.field in _TAGS:
        return _tag(node)
    if isinstance(node, Word) and node.field == "has" and (state := state_of(node.word)):
        return f"is:{state}"
    if node.field in {"platform", "kind", "has"}:
        return f"{node.field}:{node.word}" if isinstance(node, Word) else _of_field(node.field, _item(node))
    text = _item(node)
    is_bare = bool(_BARE.fullmatch(_BARE_SIGNS.sub("", text))) and text not in _OPERATORS
    return _of_field(node.field, text if is_bare or (text == "*") else f'"{_in_quotes(node)}"')


def _of_field(field: str, text: str) -> str:
    return text if field == TEXT else f"{field}:{text}"


def _tag(node: Word | Expanding) -> str:
    """Return a hashtag or a mention, with its sign where that is enough."""
    if isinstance(node, Word):
        if re.fullmatch(r"[^\W\d]\w*", node.word) and tag_key(node.word) == node.word:
            return _TAGS[node.field] + node.word
        is_literal = tag_key(node.word) != node.word or bool(set(node.word) & set('*?~"\\'))
        return f'{node.field}:"{_literal(node.word) if is_literal else node.word}"'
    if isinstance(node, Wildcard):
        return f'{node.field}:"{node.pattern}"'
    text = _stemmed(node) if isinstance(node, Stem) else node.word if isinstance(node, Fuzzy) else ""
    return f'{node.field}:"{text}{_after(node)}"'


def _item(node: Word | Expanding) -> str:
    """Return a word with its signs, as it stands outside of quotation marks."""
    if isinstance(node, Word):
        return _whole(node.word)
    if isinstance(node, Wildcard):
        parts = re.split(r"([*?=])", node.pattern)
        return "".join(r"\=" if part == "=" else part if part in {"*", "?"} else _whole(part) for part in parts if part)
    if isinstance(node, NumberRange):
        return f"{node.least}~~{node.most}"
    if isinstance(node, Stem):
        return _whole(_stemmed(node)) + _after(node)
    if node.kept:
        return _whole(node.word[: node.kept]) + r"\%" * node.edits + (_whole(node.word[node.kept :]) if node.word[node.kept :] else "")
    return _whole(node.word) + _after(node)


def _after(node: Word | Expanding) -> str:
    if isinstance(node, Stem):
        return "~~"
    return "~2" if isinstance(node, Fuzzy) and node.edits == 2 else "~"


def _in_quotes(node: Word | Expanding) -> str:
    """Return a word with its signs, as it stands in quotation marks: there a last ? would be a question mark."""
    text = _item(node)
    if not isinstance(node, Wildcard):
        return text
    return "".join(
        "\\?" if sign == "?" and text[at - 1 : at] != "\\" and not re.match(r"\?+[\w*]", text[at:]) else sign
        for at, sign in enumerate(text)
    )


def _whole(word: str) -> str:
    return word if words(word) == [word] and not word.endswith("\u200d") else _literal(word)


def _literal(word: str) -> str:
    """Return how a query writes a folded word that cannot be typed as itself, like ½ (which is folded to three signs)."""
    return f"\\{{{word}}}"


def _stemmed(node: Stem) -> str:
    """Return a word with this stem: the one that was typed, or the stem itself. Raises ValueError where neither has it."""
    typed = words(node.typed.replace("~", " ").replace("%", " "))
    for word in [*typed[:1], node.stem]:
        if stem(word) == node.stem:
            return word
    raise ValueError(f"no word is known with the stem {node.stem}")

"""The dtSearch dialect's own rule: words side by side are a phrase.

Everything else of the dialect is a table: operators in any letters and the signs that are refused (`query_syntax`), the
signs in words (`query_items`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.query_diagnostics import Diagnostic
from indexer.query_syntax import Trouble
from indexer.saying import say
from indexer.text import words

_SIGNED: Final = re.compile(r"[#＃@＠]\w")
_HOLDS_SIGN: Final = re.compile(r"[*?=%~]")
_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket


def joined(signs: Sequence[Any], text: str) -> tuple[list[Any], list[Diagnostic]]:
    """Return the signs with words side by side made one, and what stands side by side but cannot be one phrase.

    A hashtag, a mention, a value of a field, a phrase in quotation marks and a group stay as they are: an operator is
    needed between them and what is beside them.
    """
    flat: list[Any] = []
    found: list[Diagnostic] = []
    is_open = False  # whether the last sign is a row of words that the next word may join
    for sign in (sign for sign in signs if not sign.is_ws()):
        before: Any = flat[-1] if flat else None
        plain = isinstance(sign, syntax.WordNode) and _is_plain(sign.text)
        if plain and is_open:
            flat[-1] = _word(text, before.startchar, sign.endchar)
            continue
        if _ends(before) and _begins(sign) and _is_searchable(before) and _is_searchable(sign):
            found.append(_side_by_side(sign))
        is_open = plain and not isinstance(before, syntax.FieldnameNode)
        flat.append(sign)
    return flat, found


def _word(text: str, start: int, end: int) -> Any:
    node = syntax.WordNode(text[start:end])
    node.startchar, node.endchar = start, end
    return node


def _is_plain(text: str) -> bool:
    return not _SIGNED.match(text) and bool(_HOLDS_SIGN.search(text) or words(text))


def _is_searchable(sign: Any) -> bool:
    return not isinstance(sign, syntax.WordNode) or bool(_HOLDS_SIGN.search(sign.text) or words(sign.text))


def _begins(sign: Any) -> bool:
    return isinstance(sign, (syntax.TextNode, syntax.RangeNode, syntax.FieldnameNode, _Open))


def _ends(sign: Any) -> bool:
    return isinstance(sign, (syntax.TextNode, syntax.RangeNode, _Close)) and not isinstance(sign, Trouble)


def _side_by_side(sign: Any) -> Diagnostic:
    return Diagnostic(
        sign.startchar,
        sign.endchar,
        say("Words side by side are a phrase in the dtSearch dialect, and this cannot be a part of one."),
        say("Write and, or, or w/5 before it, or put the whole phrase into one pair of quotation marks"),
    )

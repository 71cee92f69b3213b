"""The lexer of the query language: words, phrases, fields and operators, as plug-ins of Whoosh's parser.

Only Whoosh's taggers are used, to turn text into a flat token list: its parser accepts nearly anything. `checks` validates
the tokens, `parser` builds the tree. Both dialects share the tokens, except where a table differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from re import Match
from typing import Any, Final

from whoosh.qparser import plugins, syntax, taggers
from whoosh.qparser.default import QueryParser

from indexer.i18n import say
from indexer.query import other_systems
from indexer.query.diagnostics import OTHER_SYSTEM, Diagnostic, InvalidToken
from indexer.query.nodes import MOST_APART, Dialect
from indexer.text import words

FIELDS: Final = ("account", "platform", "kind", "author", "from", "to", "date", "hashtag", "mention", "url", "has", "is")

QUOTES: Final = '"“”„‟«»＂'
"""Every character that opens or closes a phrase: word processors replace straight quotes with many others."""

_BEFORE = rf"(?<![^\s()\]{QUOTES}])"  # where a term may begin
_AFTER = rf"(?![^\s(){QUOTES}\[])"  # where an operator ends
_WORD_ENDS = r"(?!\w)"
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_WIDE = str.maketrans("（）", "()")
_INVISIBLE_AT_EDGE = re.compile(rf"(?<![^\s()\[\]:{QUOTES}])[{_INVISIBLE}]+|[{_INVISIBLE}]+(?![^\s()\[\]{QUOTES}])")
_BESIDE = "[,;.:—…]+"  # punctuation typed or pasted directly next to an operator
_SLASH = "[/⁄∕／]"
_NEAR = rf"(?P<not>(?i:not)\s+)?(?P<how>(?i:w|pre)){_SLASH}(?P<distance>[0-9]+)"
# proximity operators of other programs, and ours without a valid number
_NEAR_WRONG = (
    rf"(?:(?i:not)\s+)?(?:(?i:w|pre)(?:\s*{_SLASH}\s*[0-9]+|{_SLASH}[^\s(){QUOTES}]*)"
    rf"|(?i:onear|near|adj|nw|within){_SLASH}[0-9]*|/(?:[0-9]+|[sp]))"
)


class Phrase(syntax.TextNode):  # type: ignore[misc]  # Whoosh has no types
    """A quoted text. `after` is a suffix directly behind the quotation mark (`~5`); `textstartchar` is the offset of the text."""

    def __init__(self, text: str, textstartchar: int, after: str) -> None:
        super().__init__(text)
        self.textstartchar, self.after = textstartchar, after


class Address(syntax.TextNode):  # type: ignore[misc]  # Whoosh has no types
    """An unquoted web address."""


class Glued(syntax.WordNode):  # type: ignore[misc]  # Whoosh has no types
    """A word with an attached parenthesis, such as `610.021(1)` or `council(s)`: read as a phrase."""


class Proximity(syntax.InfixOperator):  # type: ignore[misc]  # Whoosh has no types
    """A proximity operator: `w/5`, `pre/5`, `not w/5`, `not pre/5`."""

    def __init__(self, text: str, distance: int, *, is_ordered: bool, is_not: bool) -> None:
        super().__init__(text, None)
        self.distance, self.is_ordered, self.is_not = distance, is_ordered, is_not


class _Tagger(taggers.RegexTagger):  # type: ignore[misc]  # Whoosh has no types
    """Tags a pattern; `make` builds the node from the match."""

    def __init__(self, expression: str, make: Any) -> None:
        super().__init__(expression)
        self.make = make

    def create(self, parser: QueryParser, match: Match[str]) -> Any:  # noqa: ARG002  # the signature is Whoosh's
        return self.make(match)


def _invalid(why: str, expression: str, priority: int = 50) -> tuple[_Tagger, int]:
    return _Tagger(expression, lambda match: InvalidToken(why, match[0])), priority


def _near(match: Match[str]) -> Proximity | InvalidToken:
    # int() rejects numbers of thousands of digits
    distance = int(match["distance"]) if len(match["distance"].lstrip("0")) < 6 else 0
    if not 1 <= distance <= MOST_APART:
        return InvalidToken("distance", match[0])
    return Proximity(match[0], distance, is_ordered=match["how"].lower() == "pre", is_not=bool(match["not"]))


_NO_OPERATOR: Final = {  # operators that a glued word must not start with
    Dialect.PLAIN: rf"(?!(?:AND|OR|NOT|TO)(?![^\s(]))(?!(?i:w|pre){_SLASH}[0-9])",
    Dialect.DTSEARCH: rf"(?!(?i:and|or|not|to)(?![^\s(]))(?!(?i:w|pre){_SLASH}[0-9])",
}
_IN_WORD = rf"[^\s():\[\]{QUOTES}]"


def _glued(dialect: Dialect) -> str:
    """Return the pattern of a word with short parentheses inside: each holds a single word, so it is not a group."""
    free = _NO_OPERATOR[dialect]
    inside = rf"\({free}(?=[^\s()]*\w){_IN_WORD}{{1,40}}\)"
    letters = rf"{free}{_IN_WORD}*"
    return (
        rf"(?<![^\s(:{QUOTES}]){free}(?:{_IN_WORD}*[\w*?~%=]{inside}|(?<![(:]){inside}(?=\w){letters})(?:{letters}{inside})*(?:{letters})?"
    )


_WORD_OF_DTSEARCH = rf"[^\s(){QUOTES}]+"
_DTSEARCH: Final = (
    _invalid("recognizer", rf"{_BEFORE}(?i:date|mail|creditcard)\([^()]*\)", -15),
    _invalid("contains", rf"{_BEFORE}[^\W\d]\w*\s+(?i:contains){_AFTER}", -15),
    _invalid("andany", rf"{_BEFORE}(?i:andany){_AFTER}", -15),
    _invalid("regex", rf"{_BEFORE}(?:##{_WORD_OF_DTSEARCH}|[{QUOTES}]##[^{QUOTES}]*[{QUOTES}])", -15),
    _invalid("synonym", rf"{_BEFORE}[^\W_][\w*?=%~]*&(?=[\s(){QUOTES}]|$)", -15),
)
"""dtSearch features that this search does not support, each with its own message."""

_PLAIN: Final = (_invalid("percent", r"(?<=[^\W\d_])%+(?=[^\W\d_])", 50),)
"""Syntax with a different meaning in the dtSearch dialect."""


class _TokenTaggers(plugins.Plugin):  # type: ignore[misc]  # Whoosh has no types
    """Our own tokens: addresses, phrases in any quotation marks, proximity, and everything that must not be read as a word."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def taggers(self, parser: QueryParser) -> list[tuple[_Tagger, int]]:  # noqa: ARG002  # the signature is Whoosh's
        tagger_list = [
            (_Tagger(rf"{_BEFORE}{_NEAR}{_AFTER}", _near), -20),
            _invalid("sentence", rf"{_BEFORE}(?:(?i:not)\s+)?(?i:w|pre){_SLASH}(?i:s|p|sent|para|sentence|paragraph){_AFTER}", -19),
            *(
                _invalid(OTHER_SYSTEM, rf"{_BEFORE}(?:{pattern}){_WORD_ENDS if glued else _AFTER}", -19)
                for pattern, glued in other_systems.patterns()
            ),
            _invalid("distance", rf"{_BEFORE}{_NEAR_WRONG}{_AFTER}", -18),
            (_Tagger(_glued(self.dialect), lambda match: Glued(match[0])), -8),
            (
                _Tagger(
                    rf"(?<![^\s(:{QUOTES}])(?:https?://|www\.|(?:[\w-]+\.)+[A-Za-z]{{2,}}/)[^\s(){QUOTES}]+",
                    lambda match: Address(match[0]),
                ),
                -10,
            ),
            (
                _Tagger(
                    rf"[{QUOTES}](?P<text>[^{QUOTES}]*)[{QUOTES}](?P<after>~[~0-9]*)?",
                    lambda match: Phrase(match["text"], match.start("text"), match["after"] or ""),
                ),
                -10,
            ),
            _invalid("single", rf"{_BEFORE}['‘‚][^\s'‘’{QUOTES}()]+(?:\s+[^\s'‘’{QUOTES}()]+)+['’]{_AFTER}", -9),
            _invalid("anchor", rf"{_BEFORE}(?i:xfirstword|xlastword){_AFTER}", -15),
            _invalid("and or", rf"{_BEFORE}(?i:and/or){_AFTER}", -15),
            _invalid("quote", rf"[{QUOTES}]"),
            _invalid("bracket", r"[\[\]{}]"),
            _invalid("minus", rf"{_BEFORE}[-!−–](?=[^\s)!−–-])"),  # the dashes people paste
            _invalid("bar", rf"{_BEFORE}(?:\|\|?){_AFTER}"),
        ]
        operators = "(?i:and|or|not)" if self.dialect is Dialect.DTSEARCH else "(?:AND|OR|NOT)"
        tagger_list += [
            _invalid("glued", rf"{_BEFORE}{operators}{_BESIDE}{_AFTER}", -14),
            _invalid("glued", rf"{_BEFORE}{_BESIDE}(?:{operators}|(?i:w|pre){_SLASH}[0-9]+){_AFTER}", -14),
        ]
        return [*tagger_list, *(_DTSEARCH if self.dialect is Dialect.DTSEARCH else _PLAIN)]


def _operators(dialect: Dialect) -> plugins.OperatorsPlugin:
    tag = plugins.OperatorsPlugin.OpTagger
    any_case = "(?i:{})" if dialect is Dialect.DTSEARCH else "{}"  # in the plain dialect, lowercase operators are words
    return plugins.OperatorsPlugin(
        [
            (tag(rf"{_BEFORE}{any_case.format('NOT')}{_AFTER}", syntax.NotGroup, syntax.PrefixOperator, leftassoc=False), 0),
            (tag(rf"{_BEFORE}{any_case.format('AND')}{_AFTER}", syntax.AndGroup), 0),
            (tag(rf"{_BEFORE}{any_case.format('OR')}{_AFTER}", syntax.OrGroup), 0),
        ],
        clean=True,
    )


@lru_cache(maxsize=len(Dialect))
def _parser(dialect: Dialect) -> QueryParser:
    """Return Whoosh's parser with our tokens; it keeps no state between queries."""
    plugins_in_use = [
        plugins.WhitespacePlugin(),
        plugins.GroupPlugin(),
        plugins.FieldsPlugin(rf"{_BEFORE}(?P<text>[^\W\d]\w*):(?=\S)", remove_unknown=False),
        plugins.RangePlugin(_RANGE),
        _TokenTaggers(dialect),
        _operators(dialect),
    ]
    return QueryParser("text", None, plugins=plugins_in_use)


def normalize(text: str) -> str:
    """Replace invisible characters at word boundaries with spaces, and wide parentheses with plain ones.

    All offsets stay the same.
    """
    return _INVISIBLE_AT_EDGE.sub(lambda match: " " * len(match[0]), text.translate(_WIDE))


def tokenize(text: str, dialect: Dialect) -> list[Any]:
    """Return the flat tokens of a query in order, each with `startchar` and `endchar`; whitespace is a token, too."""
    return list(_parser(dialect).tag(text))


_RANGE = taggers.rcompile(r"(?P<open>[\[{])(?P<start>[^\[\]{}]{0,60}?)(?<![^\s\[{])TO(?![^\s\]}])(?P<end>[^\[\]{}]{0,60}?)(?P<close>[\]}])")


_TAG: Final = re.compile(r"[#＃@＠]\w")
_HAS_WILDCARD: Final = re.compile(r"[*?=%~]")
_Open, _Close = plugins.GroupPlugin.OpenBracket, plugins.GroupPlugin.CloseBracket


def merge_words(tokens: Sequence[Any], text: str) -> tuple[list[Any], list[Diagnostic]]:
    """Merge adjacent words into phrases, and report adjacent tokens that cannot form a phrase.

    Hashtags, mentions, field values, quoted phrases and groups stay as they are: they need an operator next to them.
    """
    flat: list[Any] = []
    errors: list[Diagnostic] = []
    is_open = False  # whether the last token is a phrase that the next word can extend
    for token in (token for token in tokens if not token.is_ws()):
        previous: Any = flat[-1] if flat else None
        is_plain = isinstance(token, syntax.WordNode) and _is_plain(token.text)
        if is_plain and is_open:
            flat[-1] = _word_token(text, previous.startchar, token.endchar)
            continue
        if _ends_operand(previous) and _starts_operand(token) and _is_searchable(previous) and _is_searchable(token):
            errors.append(_adjacent_error(token))
        is_open = is_plain and not isinstance(previous, syntax.FieldnameNode)
        flat.append(token)
    return flat, errors


def _word_token(text: str, start: int, end: int) -> Any:
    node = syntax.WordNode(text[start:end])
    node.startchar, node.endchar = start, end
    return node


def _is_plain(text: str) -> bool:
    return not _TAG.match(text) and bool(_HAS_WILDCARD.search(text) or words(text))


def _is_searchable(token: Any) -> bool:
    return not isinstance(token, syntax.WordNode) or bool(_HAS_WILDCARD.search(token.text) or words(token.text))


def _starts_operand(token: Any) -> bool:
    return isinstance(token, (syntax.TextNode, syntax.RangeNode, syntax.FieldnameNode, _Open))


def _ends_operand(token: Any) -> bool:
    return isinstance(token, (syntax.TextNode, syntax.RangeNode, _Close)) and not isinstance(token, InvalidToken)


def _adjacent_error(token: Any) -> Diagnostic:
    return Diagnostic(
        token.startchar,
        token.endchar,
        say("In dtSearch syntax, adjacent words are a phrase, and this cannot be part of a phrase."),
        say("Write and, or, or w/5 before it, or put the whole phrase into one pair of quotation marks"),
    )

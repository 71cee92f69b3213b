"""The signs of the query language, as plug-ins of Whoosh's parser: where a word, phrase, field, operator begins and ends.

Only its taggers are used, to get from text to flat signs: the parser itself forgives nearly everything. `query_checks`
looks at the signs, `query_tree` nests them. The same signs serve both dialects but where a table says otherwise.
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
from indexer.query.diagnostics import OTHER_SYSTEM, Diagnostic, Trouble
from indexer.query.nodes import MOST_APART, Dialect
from indexer.text import words

FIELDS: Final = ("account", "platform", "kind", "author", "from", "to", "date", "hashtag", "mention", "url", "has", "is")

QUOTES: Final = '"“”„‟«»＂'
"""Every sign that begins or ends a phrase: word processors make many of one."""

_BEFORE = rf"(?<![^\s()\]{QUOTES}])"  # where a term may begin
_AFTER = rf"(?![^\s(){QUOTES}\[])"  # where an operator ends
_WORD_ENDS = r"(?!\w)"
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_WIDE = str.maketrans("（）", "()")
_UNSEEN = re.compile(rf"(?<![^\s()\[\]:{QUOTES}])[{_INVISIBLE}]+|[{_INVISIBLE}]+(?![^\s()\[\]{QUOTES}])")
_BESIDE = "[,;.:—…]+"  # stops that are typed or pasted directly beside an operator
_NEAR_SIGN = "[/⁄∕／]"
_NEAR = rf"(?P<not>(?i:not)\s+)?(?P<how>(?i:w|pre)){_NEAR_SIGN}(?P<distance>[0-9]+)"
# other programs' words for nearness, and ours without a number that can be read
_NEAR_WRONG = (
    rf"(?:(?i:not)\s+)?(?:(?i:w|pre)(?:\s*{_NEAR_SIGN}\s*[0-9]+|{_NEAR_SIGN}[^\s(){QUOTES}]*)"
    rf"|(?i:onear|near|adj|nw|within){_NEAR_SIGN}[0-9]*|/(?:[0-9]+|[sp]))"
)


class Phrase(syntax.TextNode):  # type: ignore[misc]  # Whoosh has no types
    """A text in quotation marks. `after` is what stands directly behind them (`~5`); `textstartchar` is where the text begins."""

    def __init__(self, text: str, textstartchar: int, after: str) -> None:
        super().__init__(text)
        self.textstartchar, self.after = textstartchar, after


class Address(syntax.TextNode):  # type: ignore[misc]  # Whoosh has no types
    """A web address, typed as it is."""


class Glued(syntax.WordNode):  # type: ignore[misc]  # Whoosh has no types
    """A word with a parenthesis that touches it, like `610.021(1)` or `council(s)`: read as words that follow each other."""


class Proximity(syntax.InfixOperator):  # type: ignore[misc]  # Whoosh has no types
    """An operator of nearness: `w/5`, `pre/5`, `not w/5`, `not pre/5`."""

    def __init__(self, text: str, distance: int, *, is_ordered: bool, is_not: bool) -> None:
        super().__init__(text, None)
        self.distance, self.is_ordered, self.is_not = distance, is_ordered, is_not


class _Tagger(taggers.RegexTagger):  # type: ignore[misc]  # Whoosh has no types
    """Tags a pattern with a node that `make` makes from the match."""

    def __init__(self, expression: str, make: Any) -> None:
        super().__init__(expression)
        self.make = make

    def create(self, parser: QueryParser, match: Match[str]) -> Any:  # noqa: ARG002  # the signature is Whoosh's
        return self.make(match)


def _trouble(why: str, expression: str, priority: int = 50) -> tuple[_Tagger, int]:
    return _Tagger(expression, lambda found: Trouble(why, found[0])), priority


def _near(found: Match[str]) -> Proximity | Trouble:
    # a number of thousands of digits is no number that Python reads
    distance = int(found["distance"]) if len(found["distance"].lstrip("0")) < 6 else 0
    if not 1 <= distance <= MOST_APART:
        return Trouble("distance", found[0])
    return Proximity(found[0], distance, is_ordered=found["how"].lower() == "pre", is_not=bool(found["not"]))


_NO_OPERATOR: Final = {  # what a glued word does not begin with
    Dialect.PLAIN: rf"(?!(?:AND|OR|NOT|TO)(?![^\s(]))(?!(?i:w|pre){_NEAR_SIGN}[0-9])",
    Dialect.DTSEARCH: rf"(?!(?i:and|or|not|to)(?![^\s(]))(?!(?i:w|pre){_NEAR_SIGN}[0-9])",
}
_IN_WORD = rf"[^\s():\[\]{QUOTES}]"


def _glued(dialect: Dialect) -> str:
    """Return the pattern of a word with short parentheses in it: no group, for nothing but one word stands in each."""
    free = _NO_OPERATOR[dialect]
    inside = rf"\({free}(?=[^\s()]*\w){_IN_WORD}{{1,40}}\)"
    letters = rf"{free}{_IN_WORD}*"
    return (
        rf"(?<![^\s(:{QUOTES}]){free}(?:{_IN_WORD}*[\w*?~%=]{inside}|(?<![(:]){inside}(?=\w){letters})(?:{letters}{inside})*(?:{letters})?"
    )


_WORD_OF_DTSEARCH = rf"[^\s(){QUOTES}]+"
_DTSEARCH: Final = (
    _trouble("recogniser", rf"{_BEFORE}(?i:date|mail|creditcard)\([^()]*\)", -15),
    _trouble("contains", rf"{_BEFORE}[^\W\d]\w*\s+(?i:contains){_AFTER}", -15),
    _trouble("andany", rf"{_BEFORE}(?i:andany){_AFTER}", -15),
    _trouble("regex", rf"{_BEFORE}(?:##{_WORD_OF_DTSEARCH}|[{QUOTES}]##[^{QUOTES}]*[{QUOTES}])", -15),
    _trouble("synonym", rf"{_BEFORE}[^\W_][\w*?=%~]*&(?=[\s(){QUOTES}]|$)", -15),
)
"""What dtSearch knows and we do not: each is named."""

_PLAIN: Final = (_trouble("percent", r"(?<=[^\W\d_])%+(?=[^\W\d_])", 50),)
"""What would mean something else in the dtSearch dialect."""


class _Signs(plugins.Plugin):  # type: ignore[misc]  # Whoosh has no types
    """Our own signs: addresses, phrases with any quotation marks, nearness, and everything that must not be read as a word."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def taggers(self, parser: QueryParser) -> list[tuple[_Tagger, int]]:  # noqa: ARG002  # the signature is Whoosh's
        signs = [
            (_Tagger(rf"{_BEFORE}{_NEAR}{_AFTER}", _near), -20),
            _trouble("sentence", rf"{_BEFORE}(?:(?i:not)\s+)?(?i:w|pre){_NEAR_SIGN}(?i:s|p|sent|para|sentence|paragraph){_AFTER}", -19),
            *(
                _trouble(OTHER_SYSTEM, rf"{_BEFORE}(?:{pattern}){_WORD_ENDS if glued else _AFTER}", -19)
                for pattern, glued in other_systems.patterns()
            ),
            _trouble("distance", rf"{_BEFORE}{_NEAR_WRONG}{_AFTER}", -18),
            (_Tagger(_glued(self.dialect), lambda found: Glued(found[0])), -8),
            (
                _Tagger(
                    rf"(?<![^\s(:{QUOTES}])(?:https?://|www\.|(?:[\w-]+\.)+[A-Za-z]{{2,}}/)[^\s(){QUOTES}]+",
                    lambda found: Address(found[0]),
                ),
                -10,
            ),
            (
                _Tagger(
                    rf"[{QUOTES}](?P<text>[^{QUOTES}]*)[{QUOTES}](?P<after>~[~0-9]*)?",
                    lambda found: Phrase(found["text"], found.start("text"), found["after"] or ""),
                ),
                -10,
            ),
            _trouble("single", rf"{_BEFORE}['‘‚][^\s'‘’{QUOTES}()]+(?:\s+[^\s'‘’{QUOTES}()]+)+['’]{_AFTER}", -9),
            _trouble("anchor", rf"{_BEFORE}(?i:xfirstword|xlastword){_AFTER}", -15),
            _trouble("and or", rf"{_BEFORE}(?i:and/or){_AFTER}", -15),
            _trouble("quote", rf"[{QUOTES}]"),
            _trouble("bracket", r"[\[\]{}]"),
            _trouble("minus", rf"{_BEFORE}[-!−–](?=[^\s)!−–-])"),  # the dashes people paste
            _trouble("bar", rf"{_BEFORE}(?:\|\|?){_AFTER}"),
        ]
        operators = "(?i:and|or|not)" if self.dialect is Dialect.DTSEARCH else "(?:AND|OR|NOT)"
        signs += [
            _trouble("glued", rf"{_BEFORE}{operators}{_BESIDE}{_AFTER}", -14),
            _trouble("glued", rf"{_BEFORE}{_BESIDE}(?:{operators}|(?i:w|pre){_NEAR_SIGN}[0-9]+){_AFTER}", -14),
        ]
        return [*signs, *(_DTSEARCH if self.dialect is Dialect.DTSEARCH else _PLAIN)]


def _operators(dialect: Dialect) -> plugins.OperatorsPlugin:
    tag = plugins.OperatorsPlugin.OpTagger
    any_case = "(?i:{})" if dialect is Dialect.DTSEARCH else "{}"  # in the plain dialect small letters are words
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
    """Return Whoosh's parser with our signs; it holds no state between queries."""
    signs = [
        plugins.WhitespacePlugin(),
        plugins.GroupPlugin(),
        plugins.FieldsPlugin(rf"{_BEFORE}(?P<text>[^\W\d]\w*):(?=\S)", remove_unknown=False),
        plugins.RangePlugin(_RANGE),
        _Signs(dialect),
        _operators(dialect),
    ]
    return QueryParser("text", None, plugins=signs)


def seen(text: str) -> str:
    """Return a text with a space for each sign that nobody sees where a word begins or ends, and with plain parentheses.

    The places of everything stay the same.
    """
    return _UNSEEN.sub(lambda found: " " * len(found[0]), text.translate(_WIDE))


def signs(text: str, dialect: Dialect) -> list[Any]:
    """Return the flat signs of a query in order, each with its place (`startchar`, `endchar`); spaces are signs too."""
    return list(_parser(dialect).tag(text))


_RANGE = taggers.rcompile(r"(?P<open>[\[{])(?P<start>[^\[\]{}]{0,60}?)(?<![^\s\[{])TO(?![^\s\]}])(?P<end>[^\[\]{}]{0,60}?)(?P<close>[\]}])")


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
        say("In dtSearch syntax, adjacent words are a phrase, and this cannot be part of a phrase."),
        say("Write and, or, or w/5 before it, or put the whole phrase into one pair of quotation marks"),
    )

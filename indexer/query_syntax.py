"""The signs of the query language, as plug-ins of Whoosh's parser: where a word, phrase, field, operator begins and ends.

Only its taggers and filters are used, to get from text to nested groups; what stands in a group becomes our tree in
`query`, and `query_checks` looks at the flat signs first, because the parser itself forgives nearly everything.
"""

from __future__ import annotations

from functools import lru_cache
from re import Match
from typing import Any, Final

from whoosh.qparser import plugins, syntax, taggers
from whoosh.qparser.default import QueryParser

FIELDS: Final = ("account", "platform", "kind", "author", "from", "to", "date", "hashtag", "mention", "url", "has")

_BEFORE = r"(?<![^\s(\"“”])"  # where a term may begin
_AFTER = r"(?![^\s()\"“”\[])"  # where an operator ends


class Clause(syntax.GroupNode):  # type: ignore[misc]  # Whoosh has no types
    """What stands in a pair of parentheses, or the whole query."""

    merging = False


class Phrase(plugins.PhrasePlugin.PhraseNode):  # type: ignore[misc]  # Whoosh has no types
    """A text in quotation marks."""


class Address(syntax.TextNode):  # type: ignore[misc]  # Whoosh has no types
    """A web address, typed as it is."""


class Trouble(syntax.MarkerNode):  # type: ignore[misc]  # Whoosh has no types
    """A sign that cannot stand where it stands. `why` is a key of the table of messages in `query_checks`."""

    def __init__(self, why: str, text: str = "") -> None:
        self.why, self.text = why, text


class _Tagger(taggers.RegexTagger):  # type: ignore[misc]  # Whoosh has no types
    """Tags a pattern with a node that `make` makes from the match."""

    def __init__(self, expression: str, make: Any) -> None:
        super().__init__(expression)
        self.make = make

    def create(self, parser: QueryParser, match: Match[str]) -> Any:  # noqa: ARG002  # the signature is Whoosh's
        return self.make(match)


class _Signs(plugins.Plugin):  # type: ignore[misc]  # Whoosh has no types
    """Our own signs: addresses, phrases with any quotation marks, and everything that must not be read as a word."""

    def taggers(self, parser: QueryParser) -> list[tuple[_Tagger, int]]:  # noqa: ARG002  # the signature is Whoosh's
        return [
            (_Tagger(rf"{_BEFORE}(?i:not\s+)?(?i:w|pre)/[0-9]+{_AFTER}", lambda found: Trouble("proximity", found[0])), -20),
            (_Tagger(rf"{_BEFORE}(?:https?://|www\.|(?:[\w-]+\.)+[A-Za-z]{{2,}}/)[^\s()\"“”]+", lambda found: Address(found[0])), -10),
            (_Tagger('["“”](?P<text>[^"“”]*)["“”]', lambda found: Phrase(found["text"], found.start("text"))), -10),
            (_Tagger(r"~{1,2}[0-9]{0,4}(?=[\s()]|$)", lambda found: Trouble("similar", found[0])), -10),
            (_Tagger('["“”]', lambda found: Trouble("quote", found[0])), 50),
            (_Tagger(r"[\[\]{}]", lambda found: Trouble("bracket", found[0])), 50),
            (_Tagger(rf"{_BEFORE}[-!−–](?=[^\s)!−–-])", lambda found: Trouble("minus", found[0])), 50),  # the dashes people paste
            (_Tagger(rf"{_BEFORE}(?:\|\|?){_AFTER}", lambda found: Trouble("bar", found[0])), 50),
        ]


class _ImpliedAnd(plugins.Plugin):  # type: ignore[misc]  # Whoosh has no types
    """Puts an AND between operands that stand side by side, so that AND binds alike whether it is written or not."""

    def filters(self, parser: QueryParser) -> list[tuple[Any, int]]:  # noqa: ARG002  # the signature is Whoosh's
        return [(self.join, 550)]

    def join(self, parser: QueryParser, group: Any) -> Any:
        joined = group.empty_copy()
        for node in group:
            inner = self.join(parser, node) if isinstance(node, syntax.GroupNode) else node
            if len(joined) and not isinstance(joined[-1], syntax.Operator) and not isinstance(inner, syntax.InfixOperator):
                joined.append(syntax.InfixOperator("AND", syntax.AndGroup))
            joined.append(inner)
        return joined


def _operators() -> plugins.OperatorsPlugin:
    tag = plugins.OperatorsPlugin.OpTagger
    return plugins.OperatorsPlugin(
        [
            (tag(rf"{_BEFORE}NOT{_AFTER}", syntax.NotGroup, syntax.PrefixOperator, leftassoc=False), 0),
            (tag(rf"{_BEFORE}AND{_AFTER}", syntax.AndGroup), 0),
            (tag(rf"{_BEFORE}OR{_AFTER}", syntax.OrGroup), 0),
        ],
        clean=True,
    )


@lru_cache(maxsize=1)
def parser() -> QueryParser:
    """Return Whoosh's parser with our signs; it holds no state between queries."""
    signs = [
        plugins.WhitespacePlugin(),
        plugins.GroupPlugin(),
        plugins.FieldsPlugin(rf"{_BEFORE}(?P<text>[^\W\d]\w*):(?=\S)", remove_unknown=False),
        plugins.RangePlugin(_RANGE),
        _Signs(),
        _ImpliedAnd(),
        _operators(),
    ]
    return QueryParser("text", None, plugins=signs, group=Clause)


_RANGE = taggers.rcompile(r"(?P<open>[\[{])(?P<start>[^\[\]{}]{0,60}?)(?<![^\s\[{])TO(?![^\s\]}])(?P<end>[^\[\]{}]{0,60}?)(?P<close>[\]}])")

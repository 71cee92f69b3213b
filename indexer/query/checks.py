"""Validates the tokens of a query before the tree is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.i18n import Sentence, say
from indexer.query import diagnostics, other_systems
from indexer.query.diagnostics import Diagnostic, Trouble, closest, listed
from indexer.query.lexer import FIELDS, Proximity
from indexer.query.nodes import MAX_DEPTH, Dialect

MOST_TERMS: Final = 10_000
"""Words and signs of one query; a list that is longer is searched in parts."""

MOST_LETTERS: Final = 50_000
"""Length of one query as typed."""


def too_long(text: str) -> Diagnostic | None:
    """Return what is wrong with a query that is too long to be looked at sign by sign."""
    if len(text) <= MOST_LETTERS:
        return None
    return Diagnostic(
        MOST_LETTERS,
        len(text),
        say("The query is longer than {most} letters.", most=MOST_LETTERS),
        say("Search the list in several parts"),
    )


_Open = plugins.GroupPlugin.OpenBracket
_Close = plugins.GroupPlugin.CloseBracket


def faults(signs: Sequence[Any], text: str, dialect: Dialect) -> list[Diagnostic]:
    """Return what is wrong with the signs of a query, in order of place."""
    flat = [sign for sign in signs if not sign.is_ws()]
    found = [diagnostics.diagnostic(sign) for sign in flat if isinstance(sign, Trouble)]
    found += _parentheses(flat)
    found += _operands(flat, text, dialect)
    found += _fields(flat, text)
    found += [_hidden(sign) for sign in flat if isinstance(sign, syntax.WordNode) and other_systems.hidden(sign.text)]
    if dialect is Dialect.PLAIN:
        found += _small_operators(flat)
    if len(flat) > MOST_TERMS:
        found.append(
            Diagnostic(
                0,
                len(text),
                say("The query has more than {most} words and signs.", most=MOST_TERMS),
                say("Search the list in several parts"),
            )
        )
    return sorted(found, key=lambda fault: (fault.start, fault.end))


def _hidden(sign: Any) -> Diagnostic:
    return _at(
        sign,
        say("In “{sign}” an operator touches other letters.", sign=sign.text),
        say(
            "Write a space on both sides of it, like council w/5 budget; for the words themselves, use quotation marks: {quoted}",
            quoted=f'"{sign.text}"',
        ),
    )


def _small_operators(flat: Sequence[Any]) -> list[Diagnostic]:
    """Find `and`, `or`, `not` beside nearness: such a query is one of dtSearch, and read as words it would find next to nothing."""
    if not any(isinstance(sign, Proximity) for sign in flat):
        return []
    return [
        _at(
            sign,
            say("“{word}” in small letters is a word here, and no operator.", word=sign.text),
            say(
                "Write {operator}, or choose the dtSearch dialect; for the word itself, use quotation marks: {quoted}",
                operator=sign.text.upper(),
                quoted=f'"{sign.text}"',
            ),
        )
        for sign in flat
        if isinstance(sign, syntax.WordNode) and sign.text.lower() in {"and", "or", "not"}
    ]


def _at(sign: Any, message: Sentence, suggestion: Sentence) -> Diagnostic:
    return Diagnostic(sign.startchar, sign.endchar, message, suggestion)


def _parentheses(flat: Sequence[Any]) -> list[Diagnostic]:
    found, opened, deepest = [], [], 0
    for sign in flat:
        if isinstance(sign, _Open):
            opened.append(sign)
            deepest = max(deepest, len(opened))
        elif isinstance(sign, _Close):
            if opened:
                opened.pop()
            else:
                found.append(_at(sign, say("This parenthesis closes nothing."), say("Leave it out, or open one before")))
    found += [_at(sign, say("This parenthesis is never closed."), say("Close it with )")) for sign in opened]
    if deepest > MAX_DEPTH:
        found.append(_at(flat[0], *too_deep()))
    return found


def too_deep() -> tuple[Sentence, Sentence]:
    """Return what is said of a query whose parts stand too deep in each other."""
    return (
        say("Parts of the query stand more than {most} deep in each other.", most=MAX_DEPTH),
        say("Write the query with fewer parentheses, NOT and w/ in each other"),
    )


def _operands(flat: Sequence[Any], text: str, dialect: Dialect) -> list[Diagnostic]:
    """Find operators, fields and parentheses that lack what they act on."""
    found: list[Diagnostic] = []
    before: Any = None
    for sign in [*flat, None]:
        ends = sign is None or isinstance(sign, (_Close, syntax.InfixOperator))
        if ends and isinstance(before, syntax.Operator):
            found.append(_at(before, *_nothing_follows(before, text, dialect)))
        elif isinstance(sign, syntax.InfixOperator) and (before is None or isinstance(before, _Open)):
            found.append(_at(sign, *_nothing_before(sign, text, dialect)))
        elif isinstance(sign, syntax.PrefixOperator) and isinstance(before, Proximity):
            found.append(
                _at(
                    sign,
                    say("NOT cannot stand after {operator}.", operator=before.text),
                    say("For words that are not near, write a not w/5 b; for records without a word, write NOT outside of the parentheses"),
                )
            )
        elif isinstance(sign, _Close) and isinstance(before, _Open):
            found.append(
                Diagnostic(
                    before.startchar,
                    sign.endchar,
                    say("Nothing stands between the parentheses."),
                    say("Write words in them, or leave them out"),
                )
            )
        if isinstance(before, syntax.FieldnameNode) and (ends or isinstance(sign, (syntax.Operator, syntax.FieldnameNode))):
            found.append(_no_value(before, before.fieldname))
        before = sign
    return found


def _nothing_follows(sign: Any, text: str, dialect: Dialect) -> tuple[Sentence, Sentence]:
    word = text[sign.startchar : sign.endchar]
    message = say("Nothing follows {operator}.", operator=word)
    if dialect is Dialect.PLAIN and not isinstance(sign, Proximity):
        return message, say(
            "Write a word after {operator}, or leave it out; for the word itself, write it in small letters: {word}",
            operator=word,
            word=word.lower(),
        )
    return message, say(
        "Write a word after {operator}, or leave it out; for the word itself, write it in quotation marks: {word}",
        operator=word,
        word=f'"{word}"',
    )


def _nothing_before(sign: Any, text: str, dialect: Dialect) -> tuple[Sentence, Sentence]:
    word = text[sign.startchar : sign.endchar]
    message = say("Nothing stands before {operator}.", operator=word)
    if dialect is Dialect.PLAIN and not isinstance(sign, Proximity):
        return message, say(
            "Write a word before {operator}, or leave it out; for the word itself, write it in small letters: {word}",
            operator=word,
            word=word.lower(),
        )
    return message, say(
        "Write a word before {operator}, or leave it out; for the word itself, write it in quotation marks: {word}",
        operator=word,
        word=f'"{word}"',
    )


def _no_value(sign: Any, name: str) -> Diagnostic:
    return _at(
        sign,
        say("{field}: has no value.", field=name),
        say("Write the value directly after the colon, like {example}", example=_example(name)),
    )


def _fields(flat: Sequence[Any], text: str) -> list[Diagnostic]:
    found = []
    for at, sign in enumerate(flat):
        if isinstance(sign, syntax.FieldnameNode) and sign.fieldname.lower() not in FIELDS:
            following = flat[at + 1] if at + 1 < len(flat) else sign
            quoted = f'"{text[sign.startchar : following.endchar].strip().replace(chr(34), "")}"'
            message = say("There is no field {field}:.", field=sign.fieldname)
            if near := closest(sign.fieldname, FIELDS):
                hint = say(
                    "Did you mean {near}:? The fields are: {known}. For the words themselves, use quotation marks: {quoted}",
                    near=near,
                    known=listed(FIELDS),
                    quoted=quoted,
                )
            else:
                hint = say(
                    "The fields are: {known}. For the words themselves, use quotation marks: {quoted}", known=listed(FIELDS), quoted=quoted
                )
            found.append(_at(sign, message, hint))
        elif isinstance(sign, syntax.WordNode) and sign.text[-1:] == ":" and sign.text[:-1].lower() in FIELDS:
            found.append(_no_value(sign, sign.text[:-1].lower()))
    return found


def _example(field: str) -> str:
    return {
        "account": "account:riverbend",
        "platform": "platform:facebook",
        "kind": "kind:post",
        "author": 'author:"Jane Roe"',
        "from": "from:2018-07-01",
        "to": "to:2018-07-31",
        "date": "date:2018-07",
        "hashtag": "hashtag:flood",
        "mention": "mention:riverbend",
        "url": "url:riverbend.gov",
        "has": "has:picture",
        "is": "is:edited",
    }.get(field.lower(), "date:2018-07")

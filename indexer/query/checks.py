"""Validates the tokens of a query before the tree is built."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.i18n import Sentence, say
from indexer.query import diagnostics, other_systems
from indexer.query.diagnostics import Diagnostic, InvalidToken, closest, join_words
from indexer.query.lexer import FIELDS, Proximity
from indexer.query.nodes import MAX_DEPTH, Dialect

MOST_TERMS: Final = 10_000
"""Most words and operators of a query; a longer list must be split."""

MOST_LETTERS: Final = 50_000
"""Longest query, in characters as typed."""


def too_long(text: str) -> Diagnostic | None:
    """Return an error for a query that is too long to parse."""
    if len(text) <= MOST_LETTERS:
        return None
    return Diagnostic(
        MOST_LETTERS,
        len(text),
        say("The query is longer than {most} characters.", most=MOST_LETTERS),
        say("Split the list and run the parts separately"),
    )


_Open = plugins.GroupPlugin.OpenBracket
_Close = plugins.GroupPlugin.CloseBracket


def validate(tokens: Sequence[Any], text: str, dialect: Dialect) -> list[Diagnostic]:
    """Return the errors among the tokens of a query, in order of place."""
    flat = [token for token in tokens if not token.is_ws()]
    errors = [diagnostics.to_diagnostic(token) for token in flat if isinstance(token, InvalidToken)]
    errors += _check_parentheses(flat)
    errors += _check_operands(flat, text, dialect)
    errors += _check_fields(flat, text)
    errors += [
        _embedded_operator(token)
        for token in flat
        if isinstance(token, syntax.WordNode) and other_systems.has_embedded_operator(token.text)
    ]
    if dialect is Dialect.PLAIN:
        errors += _lowercase_operators(flat)
    if len(flat) > MOST_TERMS:
        errors.append(
            Diagnostic(
                0,
                len(text),
                say("The query has more than {most} words and operators.", most=MOST_TERMS),
                say("Split the list and run the parts separately"),
            )
        )
    return sorted(errors, key=lambda error: (error.start, error.end))


def _embedded_operator(token: Any) -> Diagnostic:
    return _error_at(
        token,
        say("In “{sign}”, an operator touches other letters.", sign=token.text),
        say(
            "Put a space on each side of it, as in council w/5 budget; to search for the words themselves, use quotation marks: {quoted}",
            quoted=f'"{token.text}"',
        ),
    )


def _lowercase_operators(flat: Sequence[Any]) -> list[Diagnostic]:
    """Find lowercase operators next to proximity: likely a dtSearch query, which finds next to nothing if they are read as words."""
    if not any(isinstance(token, Proximity) for token in flat):
        return []
    return [
        _error_at(
            token,
            say("Lowercase “{word}” is a word here, not an operator.", word=token.text),
            say(
                "Write {operator}, or choose dtSearch syntax; to search for the word itself, use quotation marks: {quoted}",
                operator=token.text.upper(),
                quoted=f'"{token.text}"',
            ),
        )
        for token in flat
        if isinstance(token, syntax.WordNode) and token.text.lower() in {"and", "or", "not"}
    ]


def _error_at(token: Any, message: Sentence, suggestion: Sentence) -> Diagnostic:
    return Diagnostic(token.startchar, token.endchar, message, suggestion)


def _check_parentheses(flat: Sequence[Any]) -> list[Diagnostic]:
    errors, opened, deepest = [], [], 0
    for token in flat:
        if isinstance(token, _Open):
            opened.append(token)
            deepest = max(deepest, len(opened))
        elif isinstance(token, _Close):
            if opened:
                opened.pop()
            else:
                errors.append(
                    _error_at(
                        token,
                        say("This closing parenthesis has no opening parenthesis."),
                        say("Remove it, or add an opening parenthesis before it"),
                    )
                )
    errors += [_error_at(token, say("This parenthesis is never closed."), say("Close it with )")) for token in opened]
    if deepest > MAX_DEPTH:
        errors.append(_error_at(flat[0], *too_deep()))
    return errors


def too_deep() -> tuple[Sentence, Sentence]:
    """Message and suggestion for a query that is nested too deeply."""
    return (
        say("The query is nested more than {most} levels deep.", most=MAX_DEPTH),
        say("Use fewer nested parentheses, NOT, and w/"),
    )


def _check_operands(flat: Sequence[Any], text: str, dialect: Dialect) -> list[Diagnostic]:
    """Find operators, fields and parentheses without operands."""
    errors: list[Diagnostic] = []
    previous: Any = None
    for token in [*flat, None]:
        ends = token is None or isinstance(token, (_Close, syntax.InfixOperator))
        if ends and isinstance(previous, syntax.Operator):
            errors.append(_error_at(previous, *_nothing_follows(previous, text, dialect)))
        elif isinstance(token, syntax.InfixOperator) and (previous is None or isinstance(previous, _Open)):
            errors.append(_error_at(token, *_nothing_before(token, text, dialect)))
        elif isinstance(token, syntax.PrefixOperator) and isinstance(previous, Proximity):
            errors.append(
                _error_at(
                    token,
                    say("NOT cannot follow {operator}.", operator=previous.text),
                    say(
                        "For words that are not near each other, write a not w/5 b; for records without a word, write NOT outside the "
                        "parentheses"
                    ),
                )
            )
        elif isinstance(token, _Close) and isinstance(previous, _Open):
            errors.append(
                Diagnostic(
                    previous.startchar,
                    token.endchar,
                    say("The parentheses are empty."),
                    say("Put words in them, or remove them"),
                )
            )
        if isinstance(previous, syntax.FieldnameNode) and (ends or isinstance(token, (syntax.Operator, syntax.FieldnameNode))):
            errors.append(_no_value(previous, previous.fieldname))
        previous = token
    return errors


def _nothing_follows(token: Any, text: str, dialect: Dialect) -> tuple[Sentence, Sentence]:
    word = text[token.startchar : token.endchar]
    message = say("Nothing follows {operator}.", operator=word)
    if dialect is Dialect.PLAIN and not isinstance(token, Proximity):
        return message, say(
            "Write a word after {operator}, or remove it; to search for the word itself, use lowercase: {word}",
            operator=word,
            word=word.lower(),
        )
    return message, say(
        "Write a word after {operator}, or remove it; to search for the word itself, use quotation marks: {word}",
        operator=word,
        word=f'"{word}"',
    )


def _nothing_before(token: Any, text: str, dialect: Dialect) -> tuple[Sentence, Sentence]:
    word = text[token.startchar : token.endchar]
    message = say("Nothing comes before {operator}.", operator=word)
    if dialect is Dialect.PLAIN and not isinstance(token, Proximity):
        return message, say(
            "Write a word before {operator}, or remove it; to search for the word itself, use lowercase: {word}",
            operator=word,
            word=word.lower(),
        )
    return message, say(
        "Write a word before {operator}, or remove it; to search for the word itself, use quotation marks: {word}",
        operator=word,
        word=f'"{word}"',
    )


def _no_value(token: Any, name: str) -> Diagnostic:
    return _error_at(
        token,
        say("{field}: has no value.", field=name),
        say("Write the value directly after the colon, such as {example}", example=_example(name)),
    )


def _check_fields(flat: Sequence[Any], text: str) -> list[Diagnostic]:
    errors = []
    for at, token in enumerate(flat):
        if isinstance(token, syntax.FieldnameNode) and token.fieldname.lower() not in FIELDS:
            following = flat[at + 1] if at + 1 < len(flat) else token
            quoted = f'"{text[token.startchar : following.endchar].strip().replace(chr(34), "")}"'
            message = say("There is no field {field}:.", field=token.fieldname)
            if near := closest(token.fieldname, FIELDS):
                hint = say(
                    "Did you mean {near}:? The fields are: {known}. To search for the words themselves, use quotation marks: {quoted}",
                    near=near,
                    known=join_words(FIELDS),
                    quoted=quoted,
                )
            else:
                hint = say(
                    "The fields are: {known}. To search for the words themselves, use quotation marks: {quoted}",
                    known=join_words(FIELDS),
                    quoted=quoted,
                )
            errors.append(_error_at(token, message, hint))
        elif isinstance(token, syntax.WordNode) and token.text[-1:] == ":" and token.text[:-1].lower() in FIELDS:
            errors.append(_no_value(token, token.text[:-1].lower()))
    return errors


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

"""The strict look at the signs of a query, before Whoosh's forgiving parser nests them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from whoosh.qparser import plugins, syntax

from indexer.query_diagnostics import Diagnostic, closest, listed
from indexer.query_nodes import MAX_DEPTH
from indexer.query_syntax import FIELDS, Trouble

MOST_TERMS: Final = 5_000
"""Words and signs of one query; a list that is longer is searched in parts."""

MOST_LETTERS: Final = 50_000
"""Length of one query as typed."""


def too_long(text: str) -> Diagnostic | None:
    """Return what is wrong with a query that is too long to be looked at sign by sign."""
    if len(text) <= MOST_LETTERS:
        return None
    return Diagnostic(MOST_LETTERS, len(text), f"The query is longer than {MOST_LETTERS:,} letters.", "Search the list in several parts")


_TROUBLES: Final = {
    "proximity": ("“{text}” (words near each other) is not available yet.", 'Use AND, or an exact phrase: "city council"'),
    "similar": ("“{text}” (similar words, or words near each other) is not available yet.", "Use a wildcard, like budget*"),
    "quote": ("A quotation mark has no partner.", "Close the phrase with a second quotation mark, or leave this one out"),
    "bracket": ("“{text}” stands only around a range of days.", "Write [2018-07-01 TO 2018-07-31], or ( ) around a group"),
    "minus": ("“{text}” before a word does not exclude it here.", "Write NOT before the word, or leave the sign out"),
    "bar": ("“{text}” is not an operator here.", "Write OR"),
}

_Open = plugins.GroupPlugin.OpenBracket
_Close = plugins.GroupPlugin.CloseBracket


def faults(signs: Sequence[Any], text: str) -> list[Diagnostic]:
    """Return what is wrong with the signs of a query, in order of place."""
    flat = [sign for sign in signs if not sign.is_ws()]
    found = [_trouble(sign) for sign in flat if isinstance(sign, Trouble)]
    found += _parentheses(flat)
    found += _operands([sign for sign in flat if not isinstance(sign, Trouble) or sign.why in {"quote", "bracket"}], text)
    found += _fields(flat, text)
    if len(flat) > MOST_TERMS:
        found.append(
            Diagnostic(0, len(text), f"The query has more than {MOST_TERMS:,} words and signs.", "Search the list in several parts")
        )
    return sorted(found, key=lambda fault: (fault.start, fault.end))


def _at(sign: Any, message: str, suggestion: str) -> Diagnostic:
    return Diagnostic(sign.startchar, sign.endchar, message, suggestion)


def _trouble(sign: Trouble) -> Diagnostic:
    message, suggestion = _TROUBLES[sign.why]
    return _at(sign, message.format(text=sign.text), suggestion)


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
                found.append(_at(sign, "This parenthesis closes nothing.", "Leave it out, or open one before"))
    found += [_at(sign, "This parenthesis is never closed.", "Close it with )") for sign in opened]
    if deepest + _longest_not(flat) > MAX_DEPTH:
        found.append(_at(flat[0], f"Parentheses and NOT stand more than {MAX_DEPTH} deep in each other.", "Write the query flatter"))
    return found


def _longest_not(flat: Sequence[Any]) -> int:
    """Return how many NOT there are: each may be a level of its own."""
    longest = run = 0
    for sign in flat:
        run = run + 1 if isinstance(sign, syntax.PrefixOperator) else 0
        longest = max(longest, run)
    return longest


def _operands(flat: Sequence[Any], text: str) -> list[Diagnostic]:
    """Find operators, fields and parentheses that lack what they act on."""
    found: list[Diagnostic] = []
    before: Any = None
    for sign in [*flat, None]:
        ends = sign is None or isinstance(sign, (_Close, syntax.InfixOperator))
        if (
            ends
            and isinstance(before, syntax.Operator)
            and not (isinstance(sign, syntax.InfixOperator) and before.startchar == sign.startchar)
        ):
            found.append(
                _at(before, f"Nothing follows {before.text}.", f"Write a word after {before.text}, or leave it out{_literal(before, text)}")
            )
        elif isinstance(sign, syntax.InfixOperator) and (before is None or isinstance(before, _Open)):
            found.append(
                _at(sign, f"Nothing stands before {sign.text}.", f"Write a word before {sign.text}, or leave it out{_literal(sign, text)}")
            )
        elif isinstance(sign, _Close) and isinstance(before, _Open):
            found.append(
                Diagnostic(
                    before.startchar, sign.endchar, "Nothing stands between the parentheses.", "Write words in them, or leave them out"
                )
            )
        if isinstance(before, syntax.FieldnameNode) and (ends or isinstance(sign, (syntax.Operator, syntax.FieldnameNode))):
            found.append(
                _at(
                    before,
                    f"{before.fieldname}: has no value.",
                    f"Write the value directly after the colon, like {_example(before.fieldname)}",
                )
            )
        before = sign
    return found


def _literal(sign: Any, text: str) -> str:
    word = text[sign.startchar : sign.endchar]
    return f"; for the word itself, write it in small letters: {word.lower()}"


def _fields(flat: Sequence[Any], text: str) -> list[Diagnostic]:
    found = []
    for at, sign in enumerate(flat):
        if isinstance(sign, syntax.FieldnameNode) and sign.fieldname.lower() not in FIELDS:
            near = closest(sign.fieldname, FIELDS)
            meant = f"Did you mean {near}:? " if near else ""
            following = flat[at + 1] if at + 1 < len(flat) else sign
            quoted = text[sign.startchar : following.endchar].strip().replace('"', "")
            hint = f'{meant}Fields are {listed(FIELDS)}. For the words themselves, use quotation marks: "{quoted}"'
            found.append(_at(sign, f"There is no field {sign.fieldname}:.", hint))
        elif isinstance(sign, syntax.WordNode) and sign.text[-1:] == ":" and sign.text[:-1].lower() in FIELDS:
            name = sign.text[:-1].lower()
            found.append(_at(sign, f"{name}: has no value.", f"Write the value directly after the colon, like {_example(name)}"))
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
    }.get(field.lower(), "date:2018-07")

"""Translatable messages: English strings that keep their template and values.

The indexer knows English only. A page looks the template up in its own message catalog and fills in the same values.
Everywhere else a sentence is a plain string.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

_SENTENCE: Final = "say"
_VALUES: Final = "values"
_DAY: Final = "day"


class Sentence(str):
    """An English string with its template and values. Values that are sentences are translated too."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def say(template: str, /, **values: object) -> Sentence:
    """Format a sentence. `template` is English with placeholders like `{days}` and is the key in the catalogs of other languages.

    Numbers and dates are in US format here and in the reader's locale on a page. Raises KeyError for a placeholder without a value.
    """
    sentence = Sentence(template.format(**{name: _format_us(value) for name, value in values.items()}))
    sentence.template, sentence.values = template, values
    return sentence


def _format_us(value: object) -> object:
    if type(value) is int:
        return f"{value:,}"
    return f"{value:%b} {value.day}, {value.year}" if type(value) is date else value


def message_of(error: Exception) -> str:
    """Message of an error: the sentence it was raised with, if any, else its text."""
    return error.args[0] if error.args and isinstance(error.args[0], Sentence) else str(error)


def pack(value: Any) -> Any:
    """Make a value JSON-compatible: sentences become template and values, everything else stays."""
    if isinstance(value, Sentence):
        return {_SENTENCE: value.template, _VALUES: {name: _packed(item) for name, item in value.values.items()}}
    if isinstance(value, Mapping):
        return {name: pack(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    return value


def unpack(stored: Any) -> Any:
    """Restore a value made by `pack`, including its sentences."""
    if isinstance(stored, Mapping):
        if stored.keys() == {_SENTENCE, _VALUES}:
            return say(stored[_SENTENCE], **{name: unpack(item) for name, item in stored[_VALUES].items()})
        if stored.keys() == {_DAY}:
            return date.fromisoformat(stored[_DAY])
        return {name: unpack(item) for name, item in stored.items()}
    return [unpack(item) for item in stored] if isinstance(stored, list) else stored


def _packed(value: object) -> Any:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    packed = pack(value)
    return packed if isinstance(packed, str | int | float | bool | dict | list | None) else str(packed)


def to_json(sentence: Sentence) -> str:
    """Serialize a sentence for the database."""
    return json.dumps(pack(sentence))


def from_json(stored: str | None, text: str) -> str:
    """Restore a sentence written by `to_json`, or `text` where an older version stored none."""
    return str(text) if stored is None else unpack(json.loads(stored))

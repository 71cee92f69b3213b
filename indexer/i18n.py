"""Sentences for people that another language can say too: English texts that remember their template and values.

The indexer speaks English and knows no other language. A page looks the template up in its own catalog and puts the
same values in. Everywhere else a sentence is the plain text that it is.
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
    """An English text with its template and values. A value that is itself a sentence is translated as well."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def say(template: str, /, **values: object) -> Sentence:
    """Return a sentence. `template` is English with places like `{days}`; catalogs of other languages are keyed by it.

    Numbers and dates are written the American way here and by the reader's locale on a page. Raises KeyError for a place without value.
    """
    sentence = Sentence(template.format(**{name: _american(value) for name, value in values.items()}))
    sentence.template, sentence.values = template, values
    return sentence


def _american(value: object) -> object:
    if type(value) is int:
        return f"{value:,}"
    return f"{value:%b} {value.day}, {value.year}" if type(value) is date else value


def message_of(error: Exception) -> str:
    """Return what an error says: the sentence that it was raised with, where there is one."""
    return error.args[0] if error.args and isinstance(error.args[0], Sentence) else str(error)


def pack(value: Any) -> Any:
    """Return what JSON can hold: a sentence becomes its template and values, all the rest stays."""
    if isinstance(value, Sentence):
        return {_SENTENCE: value.template, _VALUES: {name: _packed(item) for name, item in value.values.items()}}
    if isinstance(value, Mapping):
        return {name: pack(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    return value


def unpack(stored: Any) -> Any:
    """Return what `pack` was given, sentences included."""
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
    """Return a sentence as the text that a database keeps."""
    return json.dumps(pack(sentence))


def from_json(stored: str | None, text: str) -> str:
    """Return the sentence that `to_json` wrote; `text` where an older version wrote none."""
    return str(text) if stored is None else unpack(json.loads(stored))

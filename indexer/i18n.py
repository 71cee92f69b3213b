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


class FullDay(date):
    """A day for letters: "November 3, 2025"."""


class DayInYear(date):
    """A day for letters, beside one of the same year: "November 3"."""


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
    if type(value) is date:
        return f"{value:%b} {value.day}, {value.year}"
    if isinstance(value, DayInYear):
        return f"{value:%B} {value.day}"
    return f"{value:%B} {value.day}, {value.year}" if isinstance(value, FullDay) else value


def full_day(day: date) -> FullDay:
    """Return a day that sentences write out."""
    return FullDay(day.year, day.month, day.day)


def day_range(first: date, last: date) -> Sentence:
    """Return two days as a sentence writes them: "May 20 to July 12, 2019"."""
    if first == last:
        return say("{day}", day=full_day(first))
    begin = DayInYear(first.year, first.month, first.day) if first.year == last.year else full_day(first)
    return say("{first} to {last}", first=begin, last=full_day(last))


def with_full_days(text: str) -> str:
    """Return a sentence whose days are written out, at every depth; any other text unchanged."""
    if not isinstance(text, Sentence):
        return text
    values = {name: _written_out(value) for name, value in text.values.items()}
    if text.template == "{first} to {last}" and isinstance(values["first"], date) and isinstance(values["last"], date):
        return day_range(values["first"], values["last"])
    return say(text.template, **values)


def _written_out(value: object) -> object:
    if type(value) is date:
        return full_day(value)
    return with_full_days(value) if isinstance(value, str) else value


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

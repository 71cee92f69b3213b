"""JSON that keeps sentences of the indexer as they were made, so that a report of last month speaks the reader's language today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from indexer.saying import Said, say

_SENTENCE, _VALUES, _DAY = "say", "values", "day"


def pack(value: Any) -> Any:
    """Return what JSON can hold: a sentence becomes its template and values, all the rest stays."""
    if isinstance(value, Said):
        return {_SENTENCE: value.template, _VALUES: {name: _packed(one) for name, one in value.values.items()}}
    if isinstance(value, Mapping):
        return {name: pack(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [pack(one) for one in value]
    return value


def unpack(stored: Any) -> Any:
    """Return what `pack` was given, sentences that can be translated included."""
    if isinstance(stored, Mapping):
        if stored.keys() == {_SENTENCE, _VALUES}:
            return say(stored[_SENTENCE], **{name: unpack(one) for name, one in stored[_VALUES].items()})
        if stored.keys() == {_DAY}:
            return date.fromisoformat(stored[_DAY])
        return {name: unpack(one) for name, one in stored.items()}
    return [unpack(one) for one in stored] if isinstance(stored, list) else stored


def _packed(value: Any) -> Any:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    packed = pack(value)
    return packed if isinstance(packed, str | int | float | bool | dict | list | None) else str(packed)

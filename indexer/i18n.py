"""Sentences for people that another language can say too: an English text that remembers how it was made.

The indexer speaks English and knows no other language. A page looks the template up in its own catalog and puts the
same values in. Everywhere else a sentence is the plain text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

_PLACE: Final = re.compile(r"\{(\w+)\}")
_templates: dict[str, re.Pattern[str]] = {}


class Said(str):
    """An English sentence with its template and values. A value that is itself a sentence is translated as well."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def say(template: str, /, **values: object) -> Said:
    """Return a sentence. `template` is English with places like `{days}`; it is what a catalog of another language is keyed by.

    Numbers and dates are written the American way here and by the reader's locale on a page. Raises KeyError for a place without value.
    """
    said = Said(template.format(**{name: _american(value) for name, value in values.items()}))
    said.template, said.values = template, values
    return said


def _american(value: object) -> object:
    if type(value) is int:
        return f"{value:,}"
    return f"{value:%b} {value.day}, {value.year}" if type(value) is date else value


def sentence(error: Exception) -> str:
    """Return what an error says, as the sentence that it was made with where there is one."""
    return error.args[0] if error.args and isinstance(error.args[0], Said) else str(error)


def known(text: str) -> str:
    """Mark a text that the catalog keeps as plain English, so that another language can say it where it is shown.

    Returns the text. It may have places like `{days}`; then it stands at the top of a module, and `recognised` knows it.
    """
    pieces = _PLACE.split(text)  # text, name, text, name, ..., text
    if len(pieces) > 1:
        pattern = "".join(f"(?P<{piece}>.+?)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces))
        _templates[text] = re.compile(pattern, re.DOTALL)
    return text


def recognised(text: str) -> Said | None:
    """Return a kept text as the sentence that one of the `known` texts with places makes of its values.

    None for every other text. Where several fit, the one with the most places is meant.
    """
    for template in sorted(_templates, key=lambda one: -one.count("{")):
        found = _templates[template].fullmatch(text)
        if found:
            return say(template, **found.groupdict())
    return None

"""Sentences for people that another language can say too: an English text that remembers how it was made.

The indexer speaks English and knows no other language. A page looks the template up in its own catalogue and puts the
same values in. Everywhere else a sentence is the plain text that it is.
"""

from __future__ import annotations

from collections.abc import Mapping


class Said(str):
    """An English sentence with its template and values. A value that is itself a sentence is translated as well."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def say(template: str, /, **values: object) -> Said:
    """Return a sentence. `template` is English with places like `{days}`; it is what a catalogue of another language is keyed by.

    Numbers are written with commas here and by the reader's locale on a page. Raises KeyError for a place without value.
    """
    said = Said(template.format(**{name: f"{value:,}" if type(value) is int else value for name, value in values.items()}))
    said.template, said.values = template, values
    return said

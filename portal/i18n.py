"""gettext with types: `_` now, `_n` for counts, `_l` for texts that are looked up when they are shown.

The reader's language is the one chosen on the page (a cookie keeps it), else the browser's first that we speak.
Sentences of the indexer (`indexer.i18n.Sentence`) are English texts that know how they were made: `translate` says them in
the reader's language, and templates do it with every one that they print.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import flask_babel  # type: ignore[import-untyped]  # the package has no types
from babel.dates import format_date
from babel.messages.mofile import read_mo
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from indexer.i18n import Sentence, message_of, say

Locale = Any
Babel = flask_babel.Babel

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""The languages of the pages, each by its own name."""

_REGION: Final = {"en": "en_US", "es": "es_US"}
"""Where numbers and days are read: 1,234 is a thousand and more in both languages of Missouri, never a fraction."""

COOKIE: Final = "showme_language"
_TRANSLATIONS: Final = Path(__file__).parent / "translations"
_PLACE: Final = re.compile(r"\{(\w+)\}")


def chosen_language() -> str:
    """Return the language of the present request: "en" or "es"."""
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def locale_name() -> str:
    """Return the name of the locale whose numbers and days the present request is answered with: "en_US" or "es_US"."""
    return _REGION[chosen_language()]


def translate(text: str) -> str:
    """Return a sentence of the indexer in the reader's language; every other text as it is.

    Values are put in by the reader's locale: whole numbers with their thousands apart, days as people write them.
    """
    if not isinstance(text, Sentence):
        return text
    template = str(_catalog().ugettext(text.template))
    return template.format(**{name: _value(value) for name, value in text.values.items()})


def _value(value: object) -> object:
    if isinstance(value, str):
        return translate(value)
    if type(value) is int:
        return format_decimal(value, locale=locale())
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, "medium", locale=locale())
    return value


def translate_stored(text: str, *, is_marked: bool = True) -> str:
    """Return a stored text in the reader's language; what cannot be said in it is marked as English.

    New rows keep sentences. Rows of older versions, certificates and errors of libraries are plain English, and are recognize
    by the templates of today. Without the mark where it may be a name or a word of any language.
    """
    if not text or language_code() == "en":
        return translate(text)
    language = language_code()
    sentence = text if isinstance(text, Sentence) else recognize(text, language, LEAST_OF_TEXTS if is_marked else LEAST_OF_NAMES)
    if sentence is not None and sentence.template in _templates(language):
        return translate(sentence)
    return text if not is_marked else Markup('<span lang="en">{}</span>').format(text)


LEAST_OF_TEXTS: Final = 8
LEAST_OF_NAMES: Final = 20
"""So many letters of its own a template has that a text is recognized by; "{form} and {other}" serves for values only."""

_LONGEST, _DEEPEST = 2000, 3  # of the texts that older versions kept: letters, and sentences inside of sentences


def recognize(text: str, language: str, least: int = LEAST_OF_TEXTS, depth: int = _DEEPEST) -> Sentence | None:
    """Return a plain English text as the sentence that it was made as, its values recognized too; None for every other text.

    Where several templates fit, those with the most letters of their own are meant.
    """
    templates = _templates(language)
    if text in templates:
        return say(text) if templates[text][1] is None else None
    if not depth or len(text) > _LONGEST:
        return None
    fitting = [
        say(template, **{name: recognize(value, language, 1, depth - 1) or value for name, value in match.groupdict().items()})
        for template, (letters, pattern) in templates.items()
        if letters >= least and pattern is not None and (match := pattern.fullmatch(text))
    ]
    return max(fitting, key=lambda sentence: _own_letters(sentence, language), default=None)


def _own_letters(value: object, language: str) -> int:
    if not isinstance(value, Sentence):
        return 0
    return _templates(language)[value.template][0] + sum(_own_letters(inner, language) for inner in value.values.values())


@cache
def _templates(language: str) -> Mapping[str, tuple[int, re.Pattern[str] | None]]:
    """Return every text that a language has, with its number of letters outside of places, and its pattern where it has places."""
    with (_TRANSLATIONS / language / "LC_MESSAGES" / "messages.mo").open("rb") as file:
        texts = [message.id for message in read_mo(file) if isinstance(message.id, str) and message.id]
    split = {text: _PLACE.split(text) for text in texts}  # text, name, text, name, ..., text
    return {text: (sum(map(len, pieces[::2])), _pattern(pieces) if len(pieces) > 1 else None) for text, pieces in split.items()}


def _pattern(pieces: list[str]) -> re.Pattern[str]:
    names, parts = set[str](), list[str]()
    for at, piece in enumerate(pieces):
        is_place = at % 2
        parts.append(re.escape(piece) if not is_place else f"(?P={piece})" if piece in names else f"(?P<{piece}>.+?)")
        names |= {piece} if is_place else set()
    return re.compile("".join(parts), re.DOTALL)


def error_text(error: Exception) -> str:
    """Return what an error says, in the reader's language where it was made to be said."""
    return translate(message_of(error))


def install(app: Flask) -> None:
    """Let templates look texts up as this module does (a page has some hundred of them) and print sentences translated."""
    app.jinja_env.filters["translated"] = translate_stored
    app.jinja_env.finalize = lambda value: translate(value) if type(value) is Sentence else value
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # Jinja's own extension adds it
        gettext=lambda text: _catalog().ugettext(text),
        ngettext=lambda one, many, count: _catalog().ungettext(one, many, count),
        newstyle=True,
    )


def _(text: str, **values: object) -> str:
    """Return a text in the reader's language."""
    found = str(_catalog().ugettext(text))
    return found % values if values else found


def _n(one: str, many: str, count: int, /, **values: object) -> str:
    """Return the form of a text that fits a count; `%(num)s` is the count."""
    return str(_catalog().ungettext(one, many, count)) % {"num": count, **values}


def _catalog() -> Any:
    """Return the texts of the reader's language, looked for once a request."""
    if not has_request_context():
        return flask_babel.get_translations()
    if "texts" not in g:
        g.texts = flask_babel.get_translations()
    return g.texts


class Lazy:
    """A text that is translated when it is shown: for tables at the top of a module."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    def __html__(self) -> str:
        return str(_(self._text).replace("&", "&amp;").replace("<", "&lt;"))


def _l(text: str) -> Lazy:
    """Mark a text for translation when it is shown."""
    return Lazy(text)


def language_code() -> str:
    """Return the language that pages are shown in: "en" or "es"."""
    return str(locale().language)


def locale() -> Any:
    """Return the reader's locale, as Babel knows it."""
    return flask_babel.get_locale()

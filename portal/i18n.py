"""gettext with types: `_` now, `_n` for counts, `_l` for texts that are looked up when they are shown.

The reader's language is the one chosen on the page (a cookie keeps it), else the browser's first that we speak.
Sentences of the indexer (`indexer.i18n.Said`) are English texts that know how they were made: `spoken` says them in
the reader's language, and templates do it with every one that they print.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import flask_babel  # type: ignore[import-untyped]  # the package has no types
from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, g, has_request_context, request
from markupsafe import Markup

from indexer.i18n import Said, recognised, sentence

Locale = Any
Babel = flask_babel.Babel

LANGUAGES: Final = {"en": "English", "es": "Español"}
"""The languages of the pages, each by its own name."""

_REGION: Final = {"en": "en_US", "es": "es_US"}
"""Where numbers and days are read: 1,234 is a thousand and more in both languages of Missouri, never a fraction."""

COOKIE: Final = "showme_language"


def chosen() -> str:
    """Return the language of the present request: "en" or "es"."""
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def region() -> str:
    """Return the name of the locale whose numbers and days the present request is answered with: "en_US" or "es_US"."""
    return _REGION[chosen()]


def spoken(text: str) -> str:
    """Return a sentence of the indexer in the reader's language; every other text as it is.

    Values are put in by the reader's locale: whole numbers with their thousands apart, days as people write them.
    """
    if not isinstance(text, Said):
        return text
    template = str(_catalog().ugettext(text.template))
    return template.format(**{name: _value(value) for name, value in text.values.items()})


def _value(value: object) -> object:
    if isinstance(value, str):
        return spoken(value)
    if type(value) is int:
        return format_decimal(value, locale=locale())
    if isinstance(value, date) and not isinstance(value, datetime):
        return format_date(value, "medium", locale=locale())
    return value


def known(text: str, *, is_marked: bool = True) -> str:
    """Return a text that the catalog keeps as plain English in the reader's language; what cannot be said in it is marked as English.

    For what importers wrote about an archive, problems and errors of jobs: their texts are kept as they were written then.
    Without the mark where it may be a name or a word of any language.
    """
    if isinstance(text, Said):
        return spoken(text)
    if not text or language_code() == "en":
        return text
    return _translated(text) or (text if not is_marked else Markup('<span lang="en">{}</span>').format(text))


def _translated(text: str) -> str | None:
    found = str(_catalog().ugettext(text))
    if found != text:
        return found
    sentence = recognised(text)
    if sentence is None:
        return None
    values = {name: _translated(str(value)) or value for name, value in sentence.values.items()}
    return str(_catalog().ugettext(sentence.template)).format(**values)


def told(error: Exception) -> str:
    """Return what an error says, in the reader's language where it was made to be said."""
    return spoken(sentence(error))


def install(app: Flask) -> None:
    """Let templates look texts up as this module does (a page has some hundred of them) and print sentences translated."""
    app.jinja_env.filters["known"] = known
    app.jinja_env.finalize = lambda value: spoken(value) if type(value) is Said else value
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
